//! A range as records write it: bytes, and lines with columns.

use crate::text::{ByteRange, SourceText};

/// Half-open; lines 1-based, columns 0-based bytes. The end is the place just behind the last byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub byte_start: u32,
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
    pub end_line: u32,
    pub end_col: u32,
}

impl Span {
    pub fn of(text: &SourceText, range: ByteRange) -> Self {
        let (start, end) = (text.place(range.start), text.place(range.end));
        Span {
            byte_start: range.start,
            byte_end: range.end,
            start_line: start.line_1(),
            start_col: start.col,
            end_line: end.line_1(),
            end_col: end.col,
        }
    }
}
