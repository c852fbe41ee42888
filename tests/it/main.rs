//! The integration tests: one binary, one module a topic.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod invariants;
