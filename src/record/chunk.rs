//! `chunk:{path}:{byte_start}:{byte_end}`: a piece of code of a size for reading, search and embedding.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::SymbolKind;

/// A file's chunks are disjoint, in order, and hold all of its text but white space between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    pub file_path: Arc<str>,
    pub byte_start: u32,
    pub byte_end: u32,
    /// The text; bytes that are no UTF-8 stand as U+FFFD.
    pub content: String,
    /// SHA-256 of the range's bytes, in hexadecimal.
    pub content_hash: String,
    /// The symbol that the chunk is, or is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol_kind: Option<SymbolKind>,
}
