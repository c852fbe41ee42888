//! The integration tests: one binary, one module a topic.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod cli_commands;
mod cli_names;
mod cursors;
mod extraction;
mod fixtures;
mod index_bad_input;
mod index_runs;
mod invariants;
mod kv;
mod kv_bulk;
mod kv_clash;
mod kv_damage;
mod kv_format;
mod kv_open;
mod languages;
mod links;
mod lsp_beside;
mod lsp_edits;
mod lsp_keystrokes;
mod lsp_names;
mod lsp_session;
mod lsp_stdio;
mod lsp_transport;
mod lsp_workspace;
mod names;
mod numbers;
mod query;
mod samples;
mod search;
mod settings;
mod support;
mod text;
mod watch;

// What the fuzzers share.
#[allow(dead_code, reason = "the fuzzers use more of it")]
#[path = "../fuzz/dice.rs"]
mod dice;
#[path = "../fuzz/typing.rs"]
mod typing;
