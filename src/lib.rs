#![doc = include_str!("ARCHITECTURE.md")]
#![warn(missing_debug_implementations)]

pub mod bind;
pub mod cli;
pub mod disk;
pub mod extract;
pub mod history;
pub mod index;
pub mod kv;
pub mod languages;
pub mod link;
pub mod lsp;
pub mod parse;
pub mod query;
pub mod record;
pub mod resolve;
pub mod settings;
pub mod text;
