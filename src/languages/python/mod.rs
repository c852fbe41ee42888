//! Python.
use super::{Language, roles::Hooks};
pub(super) static LANGUAGE: Language = Language {
    name: "python",
    extensions: &["py", "pyi", "pyw"],
    file_names: &["SConstruct", "SConscript", "wscript"],
    interpreters: &["python", "pypy"],
    editor_ids: &[],
    separator: ".",
    grammar: || tree_sitter_python::LANGUAGE.into(),
    roles: &[],
    hooks: Hooks { module_of: |_, _| String::new() },
};
