//! A text in pieces that do or do not parse for themselves.
//!
//! A cut (`cuts.rs`) may be wrong, within a string, say: then pieces do not parse though the text does. What matters is that
//! the same text is always cut alike, and that pieces which all parse are a text that does, with the same nodes.

use std::{
    ops::Range,
    sync::{Mutex, PoisonError},
};

use rustc_hash::FxHashMap;
use tree_sitter::{InputEdit, Point, Tree};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::{Outcome, Piece, Until, Work, cuts::cuts, earlier::Earlier, marks};

/// In bytes: no more is joined, but where a comment holds it together.
pub(super) const SPAN: usize = 32 << 10;
/// For comments, how often as much as the text has is joined in all. To pass over what is in one costs little, but there may
/// be as many marks that begin one as there are pieces.
const SPANS: usize = 4;
/// Trees that were not needed for so many texts are forgotten; large ones sooner, for each keystroke makes another.
const KEPT: u64 = 64;
const LARGE_KEPT: u64 = 4;

/// In bytes: from here on it is worth while to reuse what an edit has left of a piece.
const LARGE: usize = 8 << 10;

/// The trees of pieces, by what is in them. Shared by the texts that come of one another by edits.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Trees>);

#[derive(Debug, Default)]
struct Trees {
    kept: FxHashMap<u128, Kept>,
    /// How many texts there were.
    texts: u64,
}

#[derive(Debug)]
struct Kept {
    /// None of what does not parse and is needed only if it does.
    tree: Option<Tree>,
    has_fault: bool,
    /// With a fault: the last tree without one that edits led here from, with these edits. What the parser made of a text
    /// with a fault is not reused: it may read a word otherwise than it would without the fault, and be kept as it is.
    base: Option<Tree>,
    /// Without a fault: what would end the comment that it may end in.
    open: Option<&'static str>,
    /// For how many texts after the one that needed it last it is kept, and the number of that.
    kept: u64,
    needed: u64,
}

/// What a piece is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// As it was cut.
    Cut,
    /// Of several that were cut apart, if they parse together.
    Joined,
}

/// A text in pieces.
#[derive(Debug)]
pub(super) struct Found {
    pub pieces: Vec<Piece>,
    pub is_whole: bool,
    /// Whether it is whole only a parse of the whole text can tell.
    pub is_in_doubt: bool,
}

impl Known {
    /// The pieces of a text; `None` when one of them takes too long, or the work is stopped.
    pub fn pieces(&self, bytes: &[u8], work: Work<'_>, earlier: Option<&Earlier<'_>>) -> Option<Found> {
        let mut trees = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        trees.texts += 1;
        let mut at = Cutting { trees: &mut trees, bytes, work, earlier };
        let mut cuts = cuts(bytes, work.language.hooks.shape);
        cuts.push(bytes.len());
        let mut parts = Vec::with_capacity(cuts.len());
        let (mut start, mut row) = (0, 0);
        for end in cuts {
            let (content, has_fault) = at.look(start..end, row, Wanted::Cut)?;
            parts.push(Cut { range: start..end, row, content, has_fault, is_in_doubt: false });
            row += memchr::memchr_iter(b'\n', &bytes[start..end]).count();
            start = end;
        }
        let parts = at.closed(parts)?;
        let parts = at.joined(parts)?;
        // What was joined may end in a comment as well.
        let parts = at.closed(parts)?;
        let is_in_doubt = parts.iter().any(|part| part.is_in_doubt);
        let is_whole = !parts.iter().any(|part| part.has_fault);
        let piece = |part: Cut| {
            let tree = moved(trees.kept.get(&part.content)?.tree.clone()?, part.range.start, part.row);
            Some(Piece { start: part.range.start as u32, tree, content: Some(part.content) })
        };
        let pieces = parts.into_iter().filter_map(piece).collect();
        let now = trees.texts;
        if now.is_multiple_of(LARGE_KEPT) {
            trees.kept.retain(|_, tree| tree.needed + tree.kept > now);
        }
        Some(Found { pieces, is_whole, is_in_doubt })
    }
}

/// A part of the text, and what is known of it.
#[derive(Clone, Debug)]
struct Cut {
    range: Range<usize>,
    row: usize,
    content: u128,
    has_fault: bool,
    /// It may end in a comment that ends far behind it.
    is_in_doubt: bool,
}

/// A text on its way into pieces.
struct Cutting<'a> {
    trees: &'a mut Trees,
    bytes: &'a [u8],
    work: Work<'a>,
    earlier: Option<&'a Earlier<'a>>,
}

impl Cutting<'_> {
    /// What a part is known by, once it is, and whether there is a fault in it. `None` as of [`Known::pieces`].
    fn look(&mut self, range: Range<usize>, row: usize, wanted: Wanted) -> Option<(u128, bool)> {
        let piece = &self.bytes[range.clone()];
        let content = content(piece, wanted);
        if !self.trees.kept.contains_key(&content) {
            let base = self.base(piece, range, row, wanted);
            let tree = self.parse(piece, base.as_ref(), wanted)?;
            let has_fault = tree.as_ref().is_none_or(|tree| tree.root_node().has_error());
            let base = base.filter(|_| has_fault);
            let kept = if piece.len() < LARGE { KEPT } else { LARGE_KEPT };
            let open = if has_fault { None } else { marks::open_comment(piece, &self.work.language.hooks.marks) };
            self.trees.kept.insert(content, Kept { tree, has_fault, base, open, kept, needed: 0 });
        }
        let now = self.trees.texts;
        let kept = self.trees.kept.get_mut(&content)?;
        kept.needed = now;
        Some((content, kept.has_fault))
    }

    /// What an edit has left of a large part.
    fn base(&self, piece: &[u8], range: Range<usize>, row: usize, wanted: Wanted) -> Option<Tree> {
        let part = self.earlier.filter(|_| piece.len() >= LARGE)?.part(range, row, self.bytes)?;
        let known = self.trees.kept.get(&content(part.bytes, wanted))?;
        part.tree(if known.has_fault { known.base.as_ref() } else { known.tree.as_ref() }?, piece)
    }

    fn parse(&self, piece: &[u8], base: Option<&Tree>, wanted: Wanted) -> Option<Option<Tree>> {
        if base.is_some() || wanted == Wanted::Joined {
            match self.work.parse(piece, base, Until::Error) {
                Outcome::Tree(tree) => return Some(Some(tree)),
                Outcome::Error if wanted == Wanted::Joined => return Some(None),
                Outcome::Error => {}
                Outcome::GivenUp => return None,
            }
        }
        match self.work.parse(piece, None, Until::End) {
            Outcome::Tree(tree) => Some(Some(tree)),
            Outcome::Error | Outcome::GivenUp => None,
        }
    }

    /// The parts, with those that may end in a comment up to where that ends: together they parse, or they do not.
    fn closed(&mut self, parts: Vec<Cut>) -> Option<Vec<Cut>> {
        let mut out = Vec::with_capacity(parts.len());
        let mut room = SPAN + SPANS * self.bytes.len();
        let mut at = 0;
        while at < parts.len() {
            let mut part = parts[at].clone();
            at += 1;
            // With what follows it may end in another one.
            while let Some(needed) = self.end_of_comment(&part) {
                let more = parts[at..].iter().take_while(|next| next.range.start <= needed).count();
                let range = part.range.start..parts[at + more - 1].range.end;
                let Some(rest) = room.checked_sub(range.len()) else {
                    part.is_in_doubt = true;
                    break;
                };
                room = rest;
                let (content, has_fault) = self.look(range.clone(), part.row, Wanted::Joined)?;
                if has_fault {
                    part.has_fault = true;
                    break;
                }
                part = Cut { range, content, ..part };
                at += more;
            }
            out.push(part);
        }
        Some(out)
    }

    /// Where the comment ends that a part may end in, if it ends anywhere.
    fn end_of_comment(&self, part: &Cut) -> Option<usize> {
        let close = self.trees.kept.get(&part.content)?.open?;
        memchr::memmem::find(&self.bytes[part.range.end..], close.as_bytes()).map(|length| part.range.end + length)
    }

    /// The parts, with one for several that parse together though the first does not by itself: they were cut where they
    /// must not be, within a text in quotes, say.
    fn joined(&mut self, parts: Vec<Cut>) -> Option<Vec<Cut>> {
        let mut out = Vec::with_capacity(parts.len());
        let mut at = 0;
        while at < parts.len() {
            let part = &parts[at];
            if part.has_fault
                && let Some(end) = self.end_of_joined(&parts[at..])
            {
                let range = part.range.start..end;
                let (content, has_fault) = self.look(range.clone(), part.row, Wanted::Joined)?;
                if !has_fault {
                    out.push(Cut { range, row: part.row, content, has_fault, is_in_doubt: false });
                    at += parts[at..].iter().take_while(|part| part.range.start < end).count();
                    continue;
                }
            }
            out.push(part.clone());
            at += 1;
        }
        Some(out)
    }

    /// Where a part has to end that goes on behind the first of these, by its marks; within [`SPAN`].
    fn end_of_joined(&self, parts: &[Cut]) -> Option<usize> {
        let start = parts[0].range.start;
        let ends: Vec<usize> = parts.iter().map(|part| part.range.end - start).take_while(|end| *end <= SPAN).collect();
        let window = &self.bytes[start..start + ends.last()?];
        let end = marks::end(window, &ends, &self.work.language.hooks.marks)?;
        (end > parts[0].range.len()).then_some(start + end)
    }
}

fn content(piece: &[u8], wanted: Wanted) -> u128 {
    xxh3_128_with_seed(piece, u64::from(wanted == Wanted::Joined))
}

/// A tree whose text begins at an offset, at the start of a row.
fn moved(mut tree: Tree, start: usize, row: usize) -> Tree {
    if start > 0 {
        let origin = Point { row: 0, column: 0 };
        tree.edit(&InputEdit {
            start_byte: 0,
            old_end_byte: 0,
            new_end_byte: start,
            start_position: origin,
            old_end_position: origin,
            new_end_position: Point { row, column: 0 },
        });
    }
    tree
}
