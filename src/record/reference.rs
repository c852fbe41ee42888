//! `sym:rev:{symbol_id}:{file_id}`: references to the symbol from that file.

use serde::{Deserialize, Serialize};

use super::SymbolId;

/// A place that names a symbol. If it is as long as the symbol's name, its end is not stored; who reads it puts it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    pub byte_start: u32,
    #[serde(default, skip_serializing)]
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
    /// Its length in bytes, where it has another name there (`import a as b`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    pub kind: ReferenceKind,
    /// The innermost function or type around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enclosing: Option<SymbolId>,
    #[serde(default, skip_serializing_if = "Confidence::is_likely")]
    pub confidence: Confidence,
}

impl Reference {
    /// Puts back what the stored form leaves out; `length` is that of the symbol's name.
    pub fn complete(mut references: Vec<Reference>, length: u32) -> Vec<Reference> {
        for reference in &mut references {
            reference.byte_end = reference.byte_start + reference.length.unwrap_or(length);
        }
        references
    }
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
    /// It says that there is such a thing, which is defined elsewhere.
    Declaration,
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
