//! C++.

mod bind;
mod names;
mod rows;

use std::sync::OnceLock;

use super::{
    Language, c,
    roles::{Checking, Definition, Hooks, MarkedSpan, Marks, Row, Shape, joined},
};
use crate::record::{SymbolKind, Visibility};

pub(super) static LANGUAGE: Language = Language {
    name: "cpp",
    extensions: &["cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "h++", "ipp", "tpp", "inl", "tcc"],
    file_names: &[],
    interpreters: &[],
    editor_ids: &["c++"],
    separator: "::",
    grammar: || tree_sitter_cpp::LANGUAGE.into(),
    rows: &ROWS,
    table: OnceLock::new(),
    hooks: Hooks {
        marks: Marks {
            spans: &[MarkedSpan::new("/*", "*/"), MarkedSpan::new("R\"(", ")\"")],
            has_wordy_spans: true,
            ..Marks::C
        },
        shape: Shape::Preprocessed,
        reading: c::reading::read_cpp,
        name_of: names::name_of,
        around: names::around,
        declared: names::declared,
        owner_of: names::owner_of,
        closure_name: names::closure_name,
        imports: names::imports,
        kind_of,
        visibility,
        // `x ? void() : fail()`.
        checking: Checking { names: &["assert"], structures: 1, more: 0, copies: 1 },
        never_returns: NEVER_RETURNS,
        self_names: &["this"],
        binding: &BINDING,
        rules: &c::rules::CPP_RULES,
        ..c::HOOKS
    },
};

pub(in crate::languages) use bind::{called, member, taken_apart};

static BINDING: [crate::bind::Row; bind::ROWS.len()] = bind::ROWS;

const ROWS: [Row; c::rows::SHARED.len() + rows::OWN.len()] = joined(c::rows::SHARED, rows::OWN);

/// The C++ library's beside C's.
const NEVER_RETURNS: &[&str] = &[
    "exit",
    "_exit",
    "_Exit",
    "quick_exit",
    "abort",
    "longjmp",
    "siglongjmp",
    "pthread_exit",
    "__assert_fail",
    "__builtin_unreachable",
    "__builtin_trap",
    "std::exit",
    "std::_Exit",
    "std::quick_exit",
    "std::abort",
    "std::terminate",
    "std::unreachable",
    "std::longjmp",
    "std::rethrow_exception",
    "std::throw_with_nested",
    "::exit",
    "::_exit",
    "::abort",
];

/// A function of a type is a method; one that bears its type's name makes one.
fn kind_of(definition: &Definition<'_, '_>) -> SymbolKind {
    if definition.kind != SymbolKind::Function || names::is_friend(definition) {
        return definition.kind;
    }
    if let Some(owner) = names::owner_of(definition) {
        let class = owner.rsplit("::").next().unwrap_or(&owner);
        return if class == definition.name { SymbolKind::Constructor } else { SymbolKind::Method };
    }
    match definition.container {
        Some(kind) if kind.is_type() => {
            let class = definition.container_name.and_then(|name| name.split('<').next());
            if class == Some(definition.name) { SymbolKind::Constructor } else { SymbolKind::Method }
        }
        _ => SymbolKind::Function,
    }
}

/// By the access that a class says or has; in a namespace without a name, and with `static`, for this file only.
fn visibility(definition: &Definition<'_, '_>) -> Visibility {
    match definition.container {
        Some(SymbolKind::Enum) => Visibility::Public,
        Some(kind) if kind.is_type() => match definition.access {
            Some("private") => Visibility::Private,
            Some("protected") => Visibility::Protected,
            None if kind == SymbolKind::Class => Visibility::Private,
            _ => Visibility::Public,
        },
        None | Some(SymbolKind::Namespace) => {
            let is_hidden = definition.container_name == Some("(anonymous namespace)")
                || (names::owner_of(definition).is_none() && c::has_word(definition, b"static"));
            if is_hidden && definition.kind != SymbolKind::Macro { Visibility::Private } else { Visibility::Public }
        }
        _ => Visibility::Public,
    }
}
