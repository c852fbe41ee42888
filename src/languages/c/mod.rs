//! C.

pub(super) mod bind;
pub(super) mod builds;
pub(super) mod comments;
pub(super) mod constants;
pub(super) mod declarators;
pub(super) mod evidence;
pub(super) mod imports;
pub(super) mod reading;
pub(super) mod rows;
pub(super) mod rules;
pub(super) mod tags;

use std::sync::OnceLock;

use super::{
    Language,
    roles::{Checking, Cognitive, Counting, Definition, Hooks, Row, Shape, joined},
};
use crate::record::{Symbol, SymbolKind, Visibility};

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
    hooks: Hooks {
        kind_of: |definition| definition.kind,
        visibility,
        never_returns: NEVER_RETURNS,
        binding: &BINDING,
        rules: &rules::RULES,
        ..HOOKS
    },
};

static BINDING: [crate::bind::Row; bind::ROWS.len()] = bind::ROWS;

const ROWS: [Row; rows::SHARED.len() + rows::OWN.len()] = joined(rows::SHARED, rows::OWN);

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
    shape: Shape::Preprocessed,
    // What a file defines belongs to the program, whatever the file is called: its module has no name.
    name_of: declarators::name_of,
    unnamed: tags::unnamed,
    declared: declarators::declared,
    anonymous: "<lambda>",
    imports: imports::imports,
    visibility,
    outline_kind,
    doc_comment: comments::doc_comment,
    never_returns: NEVER_RETURNS,
    // `sizeof ((x) ? 1 : 0), ({ if (x) ; else fail(); })`.
    may_not_run: reading::is_capitals,
    checking: Checking { names: &["assert"], structures: 2, more: 1, copies: 2 },
    counting: Counting {
        guards: false,
        variants: true,
        closures_count_outside: true,
        functions_count_outside: true,
        cognitive: Cognitive {
            recursion: false,
            further_heads_nest: true,
            valued_statements_nest: true,
            bare_branches_are_unseen: true,
            runs_through_all: true,
            ..Cognitive::PAPER
        },
        ..Counting::PLAIN
    },
    ..Hooks::NONE
};

/// As clangd lists them: types by another name are types, and macros are no part of a file's outline.
fn outline_kind(symbol: &Symbol) -> Option<SymbolKind> {
    match symbol.kind {
        SymbolKind::Macro => None,
        SymbolKind::TypeAlias => Some(SymbolKind::Class),
        kind => Some(kind),
    }
}

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
