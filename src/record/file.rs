//! `file:path:{path}`: a file that the index knows, indexed or skipped.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::FileId;
use crate::text::Encoding;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    pub file_id: FileId,
    /// Relative to the root, with `/`; absolute for a file outside of it. Bytes that are no UTF-8 are percent-encoded.
    pub path: Arc<str>,
    pub language: Arc<str>,
    /// SHA-256 of the file's bytes, in hexadecimal; empty when the file was skipped unread.
    pub content_hash: String,
    /// In bytes, on disk or in the buffer.
    pub size: u64,
    /// The file's modification time, UTC, with nanoseconds; none for a buffer that is no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    pub indexed_at: String,
    pub source: Source,
    #[serde(default, skip_serializing_if = "is_plain")]
    pub encoding: Encoding,
    /// The number of lines, counting an empty last one.
    #[serde(default)]
    pub lines: u32,
    /// What the file's top level is called, e.g. `rich.console` or `bat::assets`: the start of its symbols' names.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub module: Arc<str>,
    /// The text itself says what that is (Java's `package`), not what lies around the file.
    #[serde(default, skip_serializing_if = "is_false")]
    pub named_in_text: bool,
    /// Not 0 where an id met another file's; see `record/ids.rs`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub salt: u32,
    /// Places that did not parse, at most [`FileRecord::MAX_PROBLEMS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Skip>,
}

impl FileRecord {
    pub const MAX_PROBLEMS: usize = 20;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Disk,
    Buffer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub kind: ProblemKind,
    pub byte_start: u32,
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
    pub end_line: u32,
    pub end_col: u32,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Text that the grammar could not place.
    SyntaxError,
    /// Something that the grammar had to assume.
    Missing,
    /// Bytes that are no UTF-8.
    InvalidUtf8,
    /// Definitions nested deeper than are recorded.
    TooDeep,
    /// More problems than are listed.
    More,
}

/// Why a file that has a language is not indexed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    pub reason: SkipReason,
    /// For people: what was seen, e.g. `12.4 MB, the limit is 4.0 MB`.
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    Binary,
    Minified,
    Generated,
    Oversized,
    Unreadable,
    /// A FIFO, a socket, a device.
    NotAFile,
    /// Parsing was given up at a limit.
    ParseLimit,
}

fn is_plain(encoding: &Encoding) -> bool {
    *encoding == Encoding::Utf8
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(salt: &u32) -> bool {
    *salt == 0
}
