//! `sym:rev:{symbol_id}:{file_id}`: references to the symbol from that file.

use serde::{Deserialize, Serialize};

use super::SymbolId;

/// A place that names a symbol. A name is one token, so its line and column tell its start and `byte_end` its length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    pub byte_start: u32,
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
    pub kind: ReferenceKind,
    /// The innermost function or type around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enclosing: Option<SymbolId>,
    #[serde(default, skip_serializing_if = "Confidence::is_likely")]
    pub confidence: Confidence,
}

impl Confidence {
    fn is_likely(&self) -> bool {
        *self == Confidence::Likely
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    Call,
    Read,
    Write,
    Type,
    Import,
}

/// How far a binding can be trusted. Left out where it is `likely`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The language's own rules lead here.
    Exact,
    /// The one candidate in reach, by its name.
    #[default]
    Likely,
    /// One candidate of several.
    Ambiguous,
}
