//! Rust.
use super::{Language, roles::Hooks};
pub(super) static LANGUAGE: Language = Language {
    name: "rust",
    extensions: &["rs"],
    file_names: &[],
    interpreters: &["rust-script"],
    editor_ids: &[],
    separator: "::",
    grammar: || tree_sitter_rust::LANGUAGE.into(),
    roles: &[],
    hooks: Hooks { module_of: |_, _| String::new() },
};
