//! Text and language to a syntax tree. Cannot fail: what does not parse is in the tree as an error node.
//!
//! A text that parses has one tree. One that does not is cut into pieces by what it looks like (`pieces.rs`), and each has a
//! tree of its own: how the parser recovers in one piece is then nobody else's, and an edit in a broken text costs a parse
//! of its piece. Both are functions of the text alone, so edits lead to the trees that a fresh parse gives.

mod pieces;

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use tree_sitter::{InputEdit, ParseOptions, ParseState, Parser, Point, Tree};

use self::pieces::Known;
use crate::{
    languages::{
        Language,
        roles::{Expansion, Hidden, Reading},
    },
    text::{ByteRange, Edit, SourceText},
};

/// A text with its syntax trees.
#[derive(Clone, Debug)]
pub struct Parsed {
    text: Arc<SourceText>,
    language: &'static Language,
    /// In the order of the text, at least one.
    pieces: Vec<Piece>,
    /// What the next parse of the whole text starts from: a tree of an earlier text, with all edits since.
    base: Option<Tree>,
    /// The trees of pieces, by what is in them.
    known: Arc<Known>,
    /// What the parser read, where that is not the text as it stands.
    reading: Option<Arc<Reading>>,
}

/// A part of the text with its tree, or all of it.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Where the part begins; the nodes' offsets are those in the whole text.
    pub start: u32,
    pub tree: Tree,
}

/// After a text larger than this, in bytes, the next one gets a new parser.
const KEEP_PARSER: usize = 1 << 20;

thread_local! {
    /// A parser keeps buffers that are worth keeping.
    static PARSER: std::cell::RefCell<Parser> = std::cell::RefCell::new(Parser::new());
}

/// Where a parse ends before the text does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    End,
    /// It is known that the text does not parse.
    Error,
}

/// What came of a parse.
enum Outcome {
    Tree(Tree),
    Error,
    TooSlow,
}

impl Parsed {
    /// How long one text may take. Real files of the sizes that are indexed need a tenth of it on a slow machine; what
    /// needs more was made to.
    pub const TIME_LIMIT: Duration = Duration::from_secs(20);

    /// Parses a text; `None` when that took longer than [`Parsed::TIME_LIMIT`].
    pub fn new(text: Arc<SourceText>, language: &'static Language) -> Option<Self> {
        let reading = (language.hooks.reading)(text.bytes()).map(Arc::new);
        Self::make(text, language, reading, None, Arc::default())
    }

    /// Parses the text that came of this one by `edits`, in their order, reusing what they left alone. The trees are those
    /// that a fresh parse gives: a whole text's parse is decided token by token, whatever of it is reused, and a broken
    /// one's pieces are parsed afresh or have not changed.
    pub fn edited(&self, text: Arc<SourceText>, edits: &[Edit]) -> Option<Self> {
        let reading = (self.language.hooks.reading)(text.bytes()).map(Arc::new);
        let (old, new) = (read(&self.text, self.reading.as_deref()), read(&text, reading.as_deref()));
        let mut base = match &self.base {
            Some(base) => base.clone(),
            // It did not parse from the start. A tree with errors is as good to start from.
            None => match parse(old, self.language, None, Until::End) {
                Outcome::Tree(tree) => tree,
                Outcome::Error | Outcome::TooSlow => return None,
            },
        };
        let point = |(row, column)| Point { row, column };
        for edit in edits {
            base.edit(&InputEdit {
                start_byte: edit.start,
                old_end_byte: edit.old_end,
                new_end_byte: edit.new_end,
                start_position: point(edit.start_point),
                old_end_position: point(edit.old_end_point),
                new_end_position: point(edit.new_end_point),
            });
        }
        // What is hidden may have changed far from the edits.
        let base = if reading.is_some() || self.reading.is_some() {
            read_otherwise(old, new, edits).map(|edits| {
                edits.iter().for_each(|edit| base.edit(edit));
                base
            })
        } else {
            Some(base)
        };
        Self::make(text, self.language, reading, base, self.known.clone())
    }

    fn make(
        text: Arc<SourceText>,
        language: &'static Language,
        reading: Option<Arc<Reading>>,
        base: Option<Tree>,
        known: Arc<Known>,
    ) -> Option<Self> {
        let bytes = read(&text, reading.as_deref());
        let (pieces, base) = match parse(bytes, language, base.as_ref(), Until::Error) {
            Outcome::Tree(tree) => (vec![Piece { start: 0, tree: tree.clone() }], Some(tree)),
            Outcome::Error => (known.pieces(bytes, language)?, base),
            Outcome::TooSlow => return None,
        };
        Some(Parsed { text, language, pieces, base, known, reading })
    }

    /// Makes ready for an edit that breaks the text: the trees of its pieces.
    pub fn prepare(&self) {
        if self.is_whole() {
            // What takes too long now takes too long then, and is told then.
            drop(self.known.pieces(read(&self.text, self.reading.as_deref()), self.language));
        }
    }

    pub fn text(&self) -> &Arc<SourceText> {
        &self.text
    }

    pub fn language(&self) -> &'static Language {
        self.language
    }

    /// All of the text parses.
    pub fn is_whole(&self) -> bool {
        matches!(&*self.pieces, [all] if !all.tree.root_node().has_error())
    }

    /// What the parser did not see of the text.
    pub(crate) fn hidden(&self) -> &[Hidden] {
        self.reading.as_deref().map(|reading| reading.hidden.as_slice()).unwrap_or_default()
    }

    /// What macros define in the text.
    pub(crate) fn expansions(&self) -> &[Expansion] {
        self.reading.as_deref().map(|reading| reading.expansions.as_slice()).unwrap_or_default()
    }

    /// What the parser read.
    pub(crate) fn read(&self) -> &[u8] {
        read(&self.text, self.reading.as_deref())
    }

    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The tree around an offset.
    pub(crate) fn tree_at(&self, offset: u32) -> &Tree {
        let after = self.pieces.partition_point(|piece| piece.start <= offset);
        &self.pieces[after.saturating_sub(1)].tree
    }

    /// From the first token to the last.
    pub(crate) fn range(&self) -> ByteRange {
        let root = |piece: &Piece| piece.tree.root_node().byte_range();
        let (first, last) = (root(&self.pieces[0]), root(&self.pieces[self.pieces.len() - 1]));
        first.start as u32..last.end as u32
    }
}

fn read<'a>(text: &'a SourceText, reading: Option<&'a Reading>) -> &'a [u8] {
    reading.map_or(text.bytes(), |reading| &reading.bytes)
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

fn parse(bytes: &[u8], language: &Language, old: Option<&Tree>, until: Until) -> Outcome {
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(&(language.grammar)()).expect("the grammar is of the parser's version");
        let start = Instant::now();
        let (mut is_error, mut calls) = (false, 0u32);
        let mut give_up = |state: &ParseState| {
            // The parser has found no way on without an error: none of its trees will be without one.
            is_error |= until == Until::Error && state.has_error();
            calls += 1;
            let is_late = calls.is_multiple_of(64) && start.elapsed() > Parsed::TIME_LIMIT;
            if is_error || is_late { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut give_up);
        let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), old, Some(options));
        // A parser keeps what it used: after a text that gave up half-way it would go on there, after a large one it would
        // hold a large one's memory.
        if bytes.len() > KEEP_PARSER {
            *parser = Parser::new();
        } else if tree.is_none() {
            parser.reset();
        }
        match tree {
            Some(tree) if until == Until::Error && tree.root_node().has_error() => Outcome::Error,
            Some(tree) => Outcome::Tree(tree),
            None if is_error => Outcome::Error,
            None => Outcome::TooSlow,
        }
    })
}
