mod fixtures;
mod kv;
mod samples;
mod index_bad_input;
mod index_runs;
mod lsp_edits;
mod lsp_session;
mod lsp_stdio;
mod lsp_transport;
mod support;
//! The integration tests: one binary, one module a topic.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod invariants;
