//! Ranges that an editor asks for of a text that it shows: folds, growing selections, occurrences of a name.

use crate::{parse::Parsed, text::ByteRange};

/// Lines that can be hidden behind their first one. The range is of bytes, from the first line's code to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    pub range: ByteRange,
    pub kind: FoldKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    Code,
    Comment,
    Imports,
}

/// A place that spells the name under the cursor, in code (not in strings and comments).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub range: ByteRange,
    /// It is defined or assigned here.
    pub is_write: bool,
}

/// In source order; only what spans at least two lines.
pub fn folds(parsed: &Parsed) -> Vec<Fold> {
    let _ = parsed;
    todo!()
}

/// The ranges around an offset, the innermost first, each larger than the one before.
pub fn selection(parsed: &Parsed, offset: u32) -> Vec<ByteRange> {
    let _ = (parsed, offset);
    todo!()
}

/// All occurrences of the identifier at an offset, in source order; none where there is no identifier.
pub fn occurrences(parsed: &Parsed, offset: u32) -> Vec<Occurrence> {
    let _ = (parsed, offset);
    todo!()
}
