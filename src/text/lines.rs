//! Byte offset <-> line and byte column.
//!
//! A line ends at `\n`, `\r\n` or a lone `\r`, as the Language Server Protocol and Python's tokenizer have it. The crate
//! `line-index` splits at `\n` only and counts a byte order mark as a column, hence this table of our own.

use memchr::memchr2_iter;

/// A place in a text: line and byte column, both 0-based. Records write lines 1-based; see [`Place::line_1`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub line: u32,
    pub col: u32,
}

impl Place {
    /// The line as people and records count it, from 1.
    pub fn line_1(self) -> u32 {
        self.line + 1
    }
}

/// Where each line begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    /// The first entry is the length of the byte order mark, else 0: a mark belongs to no line.
    starts: Vec<u32>,
    len: u32,
}

/// Where lines begin behind the line ends in a range.
fn starts_behind(bytes: &[u8], range: std::ops::Range<usize>) -> impl Iterator<Item = u32> {
    let from = range.start;
    let ends = memchr2_iter(b'\n', b'\r', &bytes[range]).map(move |at| from + at);
    // The `\r` of `\r\n` ends no line of its own.
    ends.filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n')).map(|at| at as u32 + 1)
}

impl LineIndex {
    pub fn new(bytes: &[u8]) -> Self {
        let mark = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 1);
        starts.push(mark);
        starts.extend(starts_behind(bytes, 0..bytes.len()));
        LineIndex { starts, len: bytes.len() as u32 }
    }

    /// Follows a replacement of bytes; `bytes` is the text after it.
    pub fn replace(&mut self, start: usize, old_end: usize, new_end: usize, bytes: &[u8]) {
        // A mark may have come or gone.
        if start < 3 {
            *self = LineIndex::new(bytes);
            return;
        }
        // Whether the byte before ends a line may depend on what was put behind it.
        let from = start - 1;
        let first = self.starts[1..].partition_point(|&at| at as usize <= from) + 1;
        let rest = self.starts[1..].partition_point(|&at| at as usize <= old_end) + 1;
        for at in &mut self.starts[rest..] {
            *at = (*at as usize - old_end + new_end) as u32;
        }
        self.starts.splice(first..rest, starts_behind(bytes, from..new_end));
        self.len = bytes.len() as u32;
    }

    /// Where each line begins.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// The number of lines, at least 1: a text that ends in a line end has an empty last line.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Where the line begins; the end of the text for a line beyond it.
    pub fn line_start(&self, line: u32) -> u32 {
        self.starts.get(line as usize).copied().unwrap_or(self.len)
    }

    /// The place of an offset. Offsets inside a byte order mark and beyond the end are drawn to the nearest place.
    pub fn place(&self, offset: u32) -> Place {
        let offset = offset.min(self.len);
        let line = self.starts.partition_point(|&start| start <= offset).max(1) - 1;
        Place { line: line as u32, col: offset.saturating_sub(self.starts[line]) }
    }
}
