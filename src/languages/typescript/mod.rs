//! TypeScript, and TypeScript with JSX: two grammars with one table, since `<T>x` is an assertion in the one and the start of
//! an element in the other.

mod rows;
mod shapes;

use std::sync::OnceLock;

use super::{
    Language, javascript,
    javascript::{
        bind::{ASSERTIONS, JSX as JSX_BINDING, SHARED as SHARED_BINDING, TYPES, joined as bind_joined},
        rows::{JSX, SHARED},
    },
    roles::{Hooks, Row, joined},
};
use crate::bind;

pub(super) static LANGUAGE: Language = Language {
    name: "typescript",
    extensions: &["ts", "mts", "cts"],
    file_names: &[],
    interpreters: &["deno", "ts-node"],
    editor_ids: &["ts"],
    separator: ".",
    grammar: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    rows: &ROWS,
    table: OnceLock::new(),
    hooks: Hooks { binding: &BINDING_TS, ..HOOKS },
};

pub(super) static LANGUAGE_TSX: Language = Language {
    name: "typescriptreact",
    extensions: &["tsx"],
    file_names: &[],
    interpreters: &["tsx"],
    editor_ids: &["tsx", "typescript.tsx"],
    separator: ".",
    grammar: || tree_sitter_typescript::LANGUAGE_TSX.into(),
    rows: &ROWS_TSX,
    table: OnceLock::new(),
    hooks: Hooks { binding: &BINDING_TSX, ..HOOKS },
};

const ROWS: [Row; SHARED.len() + rows::OWN.len()] = joined(SHARED, rows::OWN);
const ROWS_TSX: [Row; ROWS.len() + JSX.len()] = joined(&ROWS, JSX);

const BINDING: [bind::Row; SHARED_BINDING.len() + TYPES.len()] = bind_joined(SHARED_BINDING, TYPES);
const BINDING_TS: [bind::Row; BINDING.len() + ASSERTIONS.len()] = bind_joined(&BINDING, ASSERTIONS);
const BINDING_TSX: [bind::Row; BINDING.len() + JSX_BINDING.len()] = bind_joined(&BINDING, JSX_BINDING);

const HOOKS: Hooks = Hooks { declared: shapes::declared, ..javascript::HOOKS };
