//! `sym:rev:{symbol_id}:{file_id}`: references to the symbol from that file.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeSeq};

use super::SymbolId;

/// A place that names a symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub byte_start: u32,
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
    /// Its length in bytes, where it has another name there (`import a as b`).
    pub length: Option<u32>,
    pub kind: ReferenceKind,
    /// The innermost function or type around it.
    pub enclosing: Option<SymbolId>,
    pub confidence: Confidence,
}

/// What stands in the place of an `enclosing` that is that of the reference before.
const SAME: SymbolId = SymbolId(0);

/// The stored form: an array for each reference, which ends where nothing but what goes without saying would follow. So one
/// takes some 40 bytes, and 140 with the names of fields.
#[derive(Clone, Copy, Debug)]
pub struct ReferenceRows<'a>(pub &'a [Reference]);

/// A reference as it is stored. Its end is not: it is as long as the symbol's name, if nothing else is said.
#[derive(Debug, Deserialize)]
pub struct ReferenceRow(
    u32,
    u32,
    u32,
    ReferenceKind,
    #[serde(default)] Option<SymbolId>,
    #[serde(default)] Confidence,
    #[serde(default)] Option<u32>,
);

impl Serialize for ReferenceRows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut around = None;
        serializer.collect_seq(self.0.iter().map(|reference| {
            let is_same = reference.enclosing.is_some() && reference.enclosing == around;
            around = reference.enclosing;
            Row(reference, if is_same { Some(SAME) } else { reference.enclosing })
        }))
    }
}

/// A reference, and what is written of what is around it.
struct Row<'a>(&'a Reference, Option<SymbolId>);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Row(reference, enclosing) = self;
        let count = match (reference.length, reference.confidence, enclosing) {
            (Some(_), ..) => 7,
            (None, Confidence::Likely | Confidence::Ambiguous, _) => 6,
            (None, Confidence::Exact, Some(_)) => 5,
            (None, Confidence::Exact, None) => 4,
        };
        let mut row = serializer.serialize_seq(Some(count))?;
        row.serialize_element(&reference.byte_start)?;
        row.serialize_element(&reference.start_line)?;
        row.serialize_element(&reference.start_col)?;
        row.serialize_element(&reference.kind)?;
        if count > 4 {
            row.serialize_element(enclosing)?;
        }
        if count > 5 {
            row.serialize_element(&reference.confidence)?;
        }
        if count > 6 {
            row.serialize_element(&reference.length)?;
        }
        row.end()
    }
}

impl ReferenceRow {
    /// With what the stored form leaves out; `named` is the length of the symbol's name.
    pub fn references(rows: Vec<ReferenceRow>, named: u32) -> Vec<Reference> {
        let mut around = None;
        (rows.into_iter())
            .map(|ReferenceRow(byte_start, start_line, start_col, kind, enclosing, confidence, length)| {
                if enclosing != Some(SAME) {
                    around = enclosing;
                }
                let byte_end = byte_start + length.unwrap_or(named);
                let enclosing = around;
                Reference { byte_start, byte_end, start_line, start_col, length, kind, enclosing, confidence }
            })
            .collect()
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

/// How far a binding can be trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The language's own rules lead here.
    #[default]
    Exact,
    /// The one candidate in reach, by its name.
    Likely,
    /// One candidate of several.
    Ambiguous,
}
