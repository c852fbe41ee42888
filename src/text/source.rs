//! One text: its bytes, its lines, and edits to it.

use std::{borrow::Cow, ops::Range};

use super::{Encoding, LineIndex, NotText, Place, decode::decode};

/// Half-open range of byte offsets.
pub type ByteRange = Range<u32>;

/// One replacement: byte offsets, and the same as (row, byte column) where only `\n` ends a row, as parsers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    pub start: usize,
    pub old_end: usize,
    pub new_end: usize,
    pub start_point: (usize, usize),
    pub old_end_point: (usize, usize),
    pub new_end_point: (usize, usize),
}

/// Where an offset is, given where an earlier one is.
fn feed_point(bytes: &[u8], (from, point): (usize, (usize, usize)), offset: usize) -> (usize, usize) {
    let between = &bytes[from..offset];
    match memchr::memrchr(b'\n', between) {
        Some(last) => (point.0 + memchr::memchr_iter(b'\n', between).count(), between.len() - last - 1),
        None => (point.0, point.1 + between.len()),
    }
}

/// A text and its line table. Texts over 4 GiB do not occur: indexing stops far below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    bytes: Vec<u8>,
    lines: LineIndex,
    encoding: Encoding,
}

impl SourceText {
    /// The text of a file's bytes.
    pub fn from_file(bytes: Vec<u8>) -> Result<Self, NotText> {
        let (bytes, encoding) = decode(bytes)?;
        let lines = LineIndex::new(&bytes);
        Ok(SourceText { bytes, lines, encoding })
    }

    /// The text that an editor holds.
    pub fn from_buffer(text: String) -> Self {
        let bytes = text.into_bytes();
        let lines = LineIndex::new(&bytes);
        SourceText { bytes, lines, encoding: Encoding::Utf8 }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    pub fn len(&self) -> u32 {
        self.bytes.len() as u32
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The text of a range, drawn back to the text's bounds; bytes that are no UTF-8 show as U+FFFD.
    pub fn slice(&self, range: ByteRange) -> Cow<'_, str> {
        String::from_utf8_lossy(self.raw(range))
    }

    /// The bytes of a range, drawn back to the text's bounds.
    pub fn raw(&self, range: ByteRange) -> &[u8] {
        let end = (range.end as usize).min(self.bytes.len());
        let start = (range.start as usize).min(end);
        &self.bytes[start..end]
    }

    pub fn place(&self, offset: u32) -> Place {
        self.lines.place(offset)
    }

    /// The offset of a place. A column beyond the line's end is the line's end, a line beyond the text its end.
    pub fn offset(&self, place: Place) -> u32 {
        let range = self.line_range(place.line);
        range.start.saturating_add(place.col).min(range.end)
    }

    /// The bytes of a line without its line end; empty at the end of the text for a line beyond it.
    pub fn line_range(&self, line: u32) -> ByteRange {
        let start = self.lines.line_start(line);
        let mut end = self.lines.line_start(line.saturating_add(1)).max(start);
        if line < self.lines.line_count() - 1 {
            end -= 1;
            if self.bytes[end as usize] == b'\n' && end > start && self.bytes[end as usize - 1] == b'\r' {
                end -= 1;
            }
        }
        start..end
    }

    /// Replaces a range of bytes, drawn back to the text's bounds, and says what a parser needs to know of it. The caller
    /// gives offsets on character boundaries of this text.
    pub fn replace(&mut self, range: ByteRange, with: &str) -> Edit {
        let end = (range.end as usize).min(self.bytes.len());
        let start = (range.start as usize).min(end);
        let start_point = feed_point(&self.bytes, (0, (0, 0)), start);
        let old_end_point = feed_point(&self.bytes, (start, start_point), end);
        self.bytes.splice(start..end, with.bytes());
        let new_end = start + with.len();
        self.lines.replace(start, end, new_end, &self.bytes);
        let new_end_point = feed_point(&self.bytes, (start, start_point), new_end);
        Edit { start, old_end: end, new_end, start_point, old_end_point, new_end_point }
    }

    /// The identifier that an offset stands in or just behind: letters, digits, `_`, `$` and whatever is not ASCII.
    pub fn word_at(&self, offset: u32) -> Option<ByteRange> {
        let part = |&byte: &u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80;
        let at = (offset as usize).min(self.bytes.len());
        let start = at - self.bytes[..at].iter().rev().take_while(|byte| part(byte)).count();
        let end = at + self.bytes[at..].iter().take_while(|byte| part(byte)).count();
        (start < end && !self.bytes[start].is_ascii_digit()).then_some(start as u32..end as u32)
    }
}
