//! A text as it was before some edits, and what a parse may reuse of its trees.

use std::{borrow::Cow, ops::Range};

use tree_sitter::{InputEdit, Point, Tree};

use crate::text::Edit;

/// A text and the edits that lead from it to another.
#[derive(Clone, Debug)]
pub(super) struct Earlier<'a> {
    /// What the parser read of it.
    pub bytes: &'a [u8],
    /// In their order.
    pub edits: Cow<'a, [Edit]>,
    /// Beside the edits the parser may read something else than before: what is hidden may have changed far from them.
    pub is_read_otherwise: bool,
}

impl<'a> Earlier<'a> {
    /// A tree of the earlier text, with the edits: what the parse of the new one starts from.
    pub fn tree(&self, tree: &Tree, new: &[u8]) -> Option<Tree> {
        let mut tree = tree.clone();
        let point = |(row, column)| Point { row, column };
        for edit in &*self.edits {
            tree.edit(&InputEdit {
                start_byte: edit.start,
                old_end_byte: edit.old_end,
                new_end_byte: edit.new_end,
                start_position: point(edit.start_point),
                old_end_position: point(edit.old_end_point),
                new_end_position: point(edit.new_end_point),
            });
        }
        if self.is_read_otherwise {
            read_otherwise(self.bytes, new, &self.edits)?.iter().for_each(|edit| tree.edit(edit));
        }
        Some(tree)
    }

    /// What a part of the new text was, if all edits were made in it. The part begins at the start of this row.
    pub fn part(&self, of: Range<usize>, row: usize, new: &[u8]) -> Option<Earlier<'a>> {
        let end = (of.end + self.bytes.len()).checked_sub(new.len()).filter(|&end| end <= self.bytes.len())?;
        let bytes = self.bytes.get(of.start..end)?;
        let mut length = bytes.len();
        let mut edits = Vec::with_capacity(self.edits.len());
        for edit in &*self.edits {
            let offset = |at: usize| at.checked_sub(of.start);
            let point = |(at, column): (usize, usize)| Some((at.checked_sub(row)?, column));
            let edit = Edit {
                start: offset(edit.start)?,
                old_end: offset(edit.old_end)?,
                new_end: offset(edit.new_end)?,
                start_point: point(edit.start_point)?,
                old_end_point: point(edit.old_end_point)?,
                new_end_point: point(edit.new_end_point)?,
            };
            length = edit.new_end + length.checked_sub(edit.old_end)?;
            edits.push(edit);
        }
        let is_read_otherwise = self.is_read_otherwise;
        (length == of.len()).then_some(Earlier { bytes, edits: Cow::Owned(edits), is_read_otherwise })
    }
}

/// Where the parser now reads something else than before, beside the edits; `None` when that cannot be told.
fn read_otherwise(old: &[u8], new: &[u8], edits: &[Edit]) -> Option<Vec<InputEdit>> {
    let mut old = old.to_vec();
    for edit in edits {
        old.splice(edit.start..edit.old_end, std::iter::repeat_n(b' ', edit.new_end - edit.start));
    }
    if old.len() != new.len() {
        return None;
    }
    const BLOCK: usize = 256;
    let mut differing: Vec<std::ops::Range<usize>> = Vec::new();
    for (block, (old, new)) in old.chunks(BLOCK).zip(new.chunks(BLOCK)).enumerate() {
        if old != new {
            let (start, end) = (block * BLOCK, block * BLOCK + new.len());
            match differing.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ => differing.push(start..end),
            }
        }
    }
    let (mut at, mut point) = (0, Point { row: 0, column: 0 });
    let mut point_of = |offset: usize| {
        let between = &new[at..offset];
        point = match memchr::memrchr(b'\n', between) {
            Some(last) => {
                Point { row: point.row + memchr::memchr_iter(b'\n', between).count(), column: between.len() - last - 1 }
            }
            None => Point { row: point.row, column: point.column + between.len() },
        };
        at = offset;
        point
    };
    let edits = differing.into_iter().map(|range| {
        let (start_position, end_position) = (point_of(range.start), point_of(range.end));
        InputEdit {
            start_byte: range.start,
            old_end_byte: range.end,
            new_end_byte: range.end,
            start_position,
            old_end_position: end_position,
            new_end_position: end_position,
        }
    });
    Some(edits.collect())
}
