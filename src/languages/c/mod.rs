//! C.

pub(super) mod comments;
pub(super) mod declarators;
pub(super) mod evidence;
pub(super) mod imports;
pub(super) mod reading;
pub(super) mod rows;
pub(super) mod tags;

use std::sync::OnceLock;

use super::{
    Language,
    roles::{Cognitive, Counting, Definition, Hooks, Row},
};
use crate::record::{SymbolKind, Visibility};

pub(super) static LANGUAGE: Language = Language {
    name: "c",
    extensions: &["c", "h"],
    file_names: &[],
    interpreters: &["tcc"],
    editor_ids: &[],
    separator: "::",
    grammar: || tree_sitter_c::LANGUAGE.into(),
    rows: &ROWS,
    table: OnceLock::new(),
    hooks: Hooks { kind_of: |definition| definition.kind, visibility, never_returns: NEVER_RETURNS, ..HOOKS },
};

const ROWS: [Row; rows::SHARED.len() + rows::OWN.len()] = rows::joined(rows::SHARED, rows::OWN);

/// The C library's, and the compilers' own.
pub(super) const NEVER_RETURNS: &[&str] = &[
    "exit",
    "_exit",
    "_Exit",
    "quick_exit",
    "abort",
    "longjmp",
    "siglongjmp",
    "_longjmp",
    "pthread_exit",
    "thrd_exit",
    "__assert_fail",
    "__builtin_unreachable",
    "__builtin_trap",
    "__builtin_abort",
    "__builtin_longjmp",
];

/// What C and C++ have in common.
pub(super) const HOOKS: Hooks = Hooks {
    reading: reading::read_c,
    // What a file defines belongs to the program, whatever the file is called.
    module_of: |_, _| String::new(),
    name_of: declarators::name_of,
    unnamed: tags::unnamed,
    around: |_| Vec::new(),
    declared: declarators::declared,
    owner_of: |_| None,
    closure_name: |_| None,
    anonymous: "<lambda>",
    imports: imports::imports,
    exports: |_, _, _| {},
    kind_of: |definition| definition.kind,
    visibility,
    doc_comment: comments::doc_comment,
    inner_doc: |_| None,
    self_type_name: |text| text,
    never_returns: NEVER_RETURNS,
    raising_macros: &[],
    catch_all: &[],
    matches_are_exhaustive: false,
    parameters_run: false,
    assigning_binds: false,
    capitals_bind: true,
    definitions_run: false,
    self_names: &[],
    counting: Counting {
        arms_without_catch_all: true,
        loop_and_try_else: false,
        assertions: false,
        guards: false,
        variants: true,
        closures_count_outside: true,
        cognitive: Cognitive { recursion: false, ..Cognitive::PAPER },
    },
};

/// `static` at the top level is for this file only.
fn visibility(definition: &Definition<'_, '_>) -> Visibility {
    let is_local = definition.container.is_none() && has_word(definition, b"static");
    if is_local && definition.kind != SymbolKind::Macro { Visibility::Private } else { Visibility::Public }
}

/// One of the words before what is declared.
pub(super) fn has_word(definition: &Definition<'_, '_>, word: &[u8]) -> bool {
    let mut cursor = definition.node.walk();
    let mut children = definition.node.children(&mut cursor);
    children.any(|child| child.kind() == "storage_class_specifier" && &definition.bytes[child.byte_range()] == word)
}
