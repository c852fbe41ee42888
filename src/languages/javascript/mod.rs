//! JavaScript, with JSX. Most of it is TypeScript's too.

pub(super) mod bind;
mod chosen;
mod layout;
mod links;
mod modules;
pub(super) mod names;
pub(super) mod rows;
mod rules;
pub(super) mod shapes;
mod typedefs;

use std::sync::OnceLock;

use super::{
    Language,
    roles::{Cognitive, Counting, Hooks, MarkedSpan, Marks, Row, joined},
};

pub(super) static LANGUAGE: Language = Language {
    name: "javascript",
    extensions: &["js", "mjs", "cjs", "jsx"],
    file_names: &["Jakefile"],
    interpreters: &["node", "nodejs", "bun"],
    editor_ids: &["javascriptreact", "javascript.jsx", "jsx", "js"],
    separator: ".",
    grammar: || tree_sitter_javascript::LANGUAGE.into(),
    rows: &ROWS,
    table: OnceLock::new(),
    hooks: Hooks { types_in_comment: typedefs::types_in_comment, binding: bind::ROWS, ..HOOKS },
};

const WITH_JSX: [Row; rows::SHARED.len() + rows::JSX.len()] = joined(rows::SHARED, rows::JSX);
const ROWS: [Row; WITH_JSX.len() + rows::OWN.len()] = joined(&WITH_JSX, rows::OWN);

/// What JavaScript and TypeScript have in common.
pub(super) const HOOKS: Hooks = Hooks {
    marks: Marks { spans: &[MarkedSpan::new("/*", "*/"), MarkedSpan::escaping("`", "`")], ..Marks::C },
    module_of: layout::module_of,
    name_of: names::name_of,
    unnamed: names::unnamed,
    owner_of: names::owner_of,
    closure_name: names::given_name,
    stands_for_module: names::stands_for_module,
    held_by: names::held_by,
    anonymous: "<anonymous>",
    kind_of: names::kind_of,
    visibility: names::visibility,
    doc_comment: names::doc_comment,
    outline_kind: names::outline_kind,
    never_returns: &["process.exit", "process.abort", "Deno.exit"],
    parameters_run: true,
    self_names: &["this"],
    rules: &rules::RULES,
    counting: Counting {
        types_count_outside: false,
        cognitive: Cognitive {
            closures_count_outside: false,
            functions_count_outside: false,
            recursion: false,
            runs_as_written: true,
            runs_through_parentheses: true,
            only_ands_run: true,
            ..Cognitive::PAPER
        },
        ..Counting::PLAIN
    },
    ..Hooks::NONE
};
