//! Which lines hold code, which only a comment.

use crate::text::{LineIndex, Place};

const CODE: u8 = 1;
const COMMENT: u8 = 2;

/// Marks made in the order of the text.
#[derive(Debug)]
pub(super) struct LineMarks<'t> {
    lines: &'t LineIndex,
    marks: Vec<u8>,
    /// The line of the last token.
    at: u32,
}

/// Lines of each sort up to each line, so that any range of lines is counted in two look-ups.
#[derive(Debug)]
pub(super) struct LineCounts {
    /// `(code, comment only)` in the lines before.
    before: Vec<(u32, u32)>,
}

impl<'t> LineMarks<'t> {
    pub fn new(lines: &'t LineIndex) -> Self {
        LineMarks { lines, marks: vec![0; lines.line_count() as usize], at: 0 }
    }

    pub fn code(&mut self, start: u32, end: u32) {
        self.mark(start, end, CODE);
    }

    pub fn comment(&mut self, start: u32, end: u32) {
        self.mark(start, end, COMMENT);
    }

    fn mark(&mut self, start: u32, end: u32, what: u8) {
        while self.at + 1 < self.lines.line_count() && self.lines.line_start(self.at + 1) <= start {
            self.at += 1;
        }
        let mut line = self.at;
        loop {
            self.marks[line as usize] |= what;
            line += 1;
            if line >= self.lines.line_count() || self.lines.line_start(line) >= end {
                break;
            }
        }
    }

    pub fn count(self) -> LineCounts {
        let mut sum = (0, 0);
        let mut before = Vec::with_capacity(self.marks.len() + 1);
        before.push(sum);
        for mark in self.marks {
            sum.0 += u32::from(mark & CODE != 0);
            sum.1 += u32::from(mark == COMMENT);
            before.push(sum);
        }
        LineCounts { before }
    }
}

impl LineCounts {
    /// `(code, comment only)` of lines `first..=last`, 1-based as in records.
    pub fn between(&self, first: u32, last: u32) -> (u32, u32) {
        let sum = |line: u32| self.before[(line as usize).min(self.before.len() - 1)];
        let (from, to) = (sum(first - 1), sum(last));
        (to.0 - from.0, to.1 - from.1)
    }

    pub fn all(&self) -> (u32, u32) {
        self.before.last().copied().unwrap_or_default()
    }
}

/// The number of lines a text has as people count: an empty last one is none.
pub(super) fn lines_of(lines: &LineIndex, end: Place) -> u32 {
    if end.col == 0 { end.line } else { lines.line_count() }
}
