//! Text and language to a syntax tree. Cannot fail: what does not parse is in the tree as an error node.
//!
//! A text is cut into pieces by what it looks like (`cuts.rs`), and each has a tree of its own: an edit costs a parse of
//! its piece, and how the parser recovers in one piece is nobody else's. Where all pieces parse, the text does. A text that
//! is met for the first time is parsed as a whole, and so is one that has been cut where it must not be (within a string,
//! say): it parses, though its pieces do not. So edits lead to the trees that a fresh parse gives, but that these may be in one
//! piece. The exception is a text that was cut well until small edits put more than 32 KB of it into one text in
//! quotes: it is called broken until it is met anew.

mod cuts;
mod earlier;
mod marks;
mod pieces;

use std::{
    borrow::Cow,
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use self::{earlier::Earlier, pieces::Known};
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
    is_whole: bool,
    whole: Whole,
    /// The trees of pieces, by what is in them.
    known: Arc<Known>,
    /// What the parser read, where that is not the text as it stands.
    reading: Option<Arc<Reading>>,
}

/// How it is known whether all of a text parses.
#[derive(Clone, Debug)]
enum Whole {
    /// From its pieces.
    ByPieces,
    /// From parsing it in one piece: it was met for the first time.
    Met,
    /// From parsing it in one piece: so much was cut apart that belongs together, here or in a text from which edits led
    /// here. The tree is that of an earlier text, with all edits since.
    Spanning(Option<Tree>),
}

/// What is needed besides the pieces to tell whether a text parses.
enum Needed<'t> {
    Nothing,
    /// A parse of all of it, from this tree as far as there is one.
    Whole(Option<&'t Tree>),
}

/// A part of the text with its tree, or all of it.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Where the part begins; the nodes' offsets are those in the whole text.
    pub start: u32,
    pub tree: Tree,
    /// Of a piece that was cut by the lines of the text: a hash of what the parser read. The same is the same tree.
    pub content: Option<u128>,
}

impl Piece {
    /// All of a text.
    fn all(tree: &Tree) -> Self {
        Piece { start: 0, tree: tree.clone(), content: None }
    }
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
    GivenUp,
}

impl Parsed {
    /// How long one text may take. Real files of the sizes that are indexed need a tenth of it on a slow machine; what
    /// needs more was made to.
    pub const TIME_LIMIT: Duration = Duration::from_secs(20);

    /// Parses a text; `None` when that took longer than [`Parsed::TIME_LIMIT`].
    pub fn new(text: Arc<SourceText>, language: &'static Language) -> Option<Self> {
        Self::new_until(text, language, &NEVER)
    }

    /// The same; `None` also once the flag is set.
    pub fn new_until(text: Arc<SourceText>, language: &'static Language, stop: &AtomicBool) -> Option<Self> {
        let reading = (language.hooks.reading)(text.bytes()).map(Arc::new);
        Self::met(text, Work { language, stop }, reading, Arc::default())
    }

    /// Parses the text that came of this one by `edits`, in their order, reusing what they left alone. The trees are those
    /// that a fresh parse gives: a piece is parsed afresh, or what is reused of it comes from a tree without a fault and leads
    /// to one.
    pub fn edited(&self, text: Arc<SourceText>, edits: &[Edit]) -> Option<Self> {
        self.edited_until(text, edits, &NEVER)
    }

    /// The same; `None` also once the flag is set.
    pub fn edited_until(&self, text: Arc<SourceText>, edits: &[Edit], stop: &AtomicBool) -> Option<Self> {
        let work = Work { language: self.language, stop };
        let reading = (self.language.hooks.reading)(text.bytes()).map(Arc::new);
        if edits.iter().any(|edit| edit.new_end - edit.start > pieces::SPAN) {
            return Self::met(text, work, reading, self.known.clone());
        }
        let bytes = read(&text, reading.as_deref());
        let is_read = self.reading.is_some() || reading.is_some();
        let earlier = Earlier { bytes: self.read(), edits: Cow::Borrowed(edits), is_read_otherwise: is_read };
        let found = self.known.pieces(bytes, work, Some(&earlier))?;
        let needed = match (found.is_whole, found.is_in_doubt) {
            (true, false) => Needed::Nothing,
            (_, is_in_doubt) => match self.needed(work)? {
                Needed::Nothing if is_in_doubt => Needed::Whole(None),
                needed => needed,
            },
        };
        let (pieces, is_whole, whole) = match needed {
            Needed::Nothing => (found.pieces, found.is_whole, Whole::ByPieces),
            Needed::Whole(base) => {
                let base = base.and_then(|base| earlier.tree(base, bytes));
                match work.parse(bytes, base.as_ref(), Until::Error) {
                    Outcome::Tree(tree) => (vec![Piece::all(&tree)], true, Whole::Spanning(Some(tree))),
                    Outcome::Error => (found.pieces, false, Whole::Spanning(base)),
                    Outcome::GivenUp => return None,
                }
            }
        };
        Some(Parsed { text, language: self.language, pieces, is_whole, whole, known: self.known.clone(), reading })
    }

    /// Parses a text of which nothing is known.
    fn met(text: Arc<SourceText>, work: Work<'_>, reading: Option<Arc<Reading>>, known: Arc<Known>) -> Option<Self> {
        let bytes = read(&text, reading.as_deref());
        let (pieces, is_whole) = match work.parse(bytes, None, Until::Error) {
            Outcome::Tree(tree) => (vec![Piece::all(&tree)], true),
            Outcome::Error => (known.pieces(bytes, work, None)?.pieces, false),
            Outcome::GivenUp => return None,
        };
        Some(Parsed { text, language: work.language, pieces, is_whole, whole: Whole::Met, known, reading })
    }

    /// What an edit of this text whose pieces do not tell needs. `None` when the work was given up.
    fn needed(&self, work: Work<'_>) -> Option<Needed<'_>> {
        Some(match &self.whole {
            Whole::Spanning(base) => Needed::Whole(base.as_ref()),
            Whole::Met if self.is_whole => {
                let found = self.known.pieces(self.read(), work, None)?;
                let is_told = found.is_whole && !found.is_in_doubt;
                if is_told { Needed::Nothing } else { Needed::Whole(Some(&self.pieces[0].tree)) }
            }
            Whole::Met | Whole::ByPieces => Needed::Nothing,
        })
    }

    /// Its pieces are not known yet: the next edit would have to wait for them.
    pub fn is_unprepared(&self) -> bool {
        self.is_whole && matches!(self.whole, Whole::Met)
    }

    /// Makes ready for an edit: the trees of its pieces.
    pub fn prepare(&self) {
        if self.is_unprepared() {
            // What takes too long now takes too long then, and is told then.
            drop(self.known.pieces(self.read(), Work { language: self.language, stop: &NEVER }, None));
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
        self.is_whole
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

    /// Where the text would be cut into pieces, if it were.
    pub(crate) fn cuts(&self) -> Vec<usize> {
        cuts::cuts(self.read(), self.language.hooks.shape)
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

/// What never stops a parse.
static NEVER: AtomicBool = AtomicBool::new(false);

/// What a parse is of, and what stops it.
#[derive(Clone, Copy, Debug)]
struct Work<'a> {
    language: &'static Language,
    stop: &'a AtomicBool,
}

impl Work<'_> {
    fn parse(self, bytes: &[u8], old: Option<&Tree>, until: Until) -> Outcome {
        PARSER.with_borrow_mut(|parser| {
            parser.set_language(&(self.language.grammar)()).expect("the grammar is of the parser's version");
            let start = Instant::now();
            let (mut is_error, mut calls) = (false, 0u32);
            let mut give_up = |state: &ParseState| {
                // The parser has found no way on without an error: none of its trees will be without one.
                is_error |= until == Until::Error && state.has_error();
                calls += 1;
                let is_late = calls.is_multiple_of(64) && start.elapsed() > Parsed::TIME_LIMIT;
                if is_error || is_late || self.stop.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
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
                None => Outcome::GivenUp,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parse_stops_when_it_is_told_to() {
        let python = crate::languages::by_name("python").expect("a language of ours");
        let text = Arc::new(SourceText::from_buffer("a = (1, 2, [3, 4])\n".repeat(10_000)));
        let stopped = AtomicBool::new(true);
        assert!(Parsed::new_until(text.clone(), python, &stopped).is_none());
        let parsed = Parsed::new(text.clone(), python).expect("a tree");
        assert!(parsed.edited_until(text.clone(), &[], &stopped).is_none());
        assert!(parsed.edited(text, &[]).is_some_and(|parsed| parsed.is_whole()), "what was stopped leaves no trace");
    }

    /// `X.class` is read as a field where a fault before it leaves no class to expect; without the fault it is none again.
    #[test]
    fn what_a_fault_made_of_a_word_goes_with_the_fault() {
        let method = |number: usize| {
            let lines = [
                "    @Test",
                &format!("    void m{number}() {{"),
                "        final Support<Listener> s = Support.create(Listener.class);",
                "        assertEquals(Listener.class, s.getClass());",
                "        s.add(\"a\");",
                "    }\n\n",
            ];
            lines.join("\n")
        };
        let java = crate::languages::by_name("java").expect("a language of ours");
        let text = format!("public class A {{\n{}}}\n", (0..100).map(method).collect::<String>());
        let whole = Parsed::new(Arc::new(SourceText::from_buffer(text)), java).expect("a tree");
        let trees =
            |parsed: &Parsed| parsed.pieces.iter().map(|piece| piece.tree.root_node().to_sexp()).collect::<String>();
        let mut was_otherwise = false;
        for at in (0..method(0).len() as u32).step_by(5) {
            for mark in ["\"", "}"] {
                let mut text = SourceText::clone(whole.text());
                let edit = text.replace(at..at + 1, mark);
                let spoilt = whole.edited(Arc::new(text.clone()), &[edit]).expect("a tree");
                was_otherwise |= trees(&spoilt).contains("arguments: (argument_list (field_access");
                let taken = whole.text().slice(at..at + 1).into_owned();
                // A text of which no tree is known yet.
                let (end, remark) = (text.len() - 2, format!("// {at} {mark}\n"));
                let edits = [text.replace(at..at + 1, &taken), text.replace(end..end, &remark)];
                let mended = spoilt.edited(Arc::new(text.clone()), &edits).expect("a tree");
                let fresh = Parsed::new(Arc::new(text), java).expect("a tree");
                assert!(trees(&mended) == trees(&fresh), "{mark:?} at {at}");
            }
        }
        assert!(was_otherwise, "no fault of these has made another thing of a word");
    }
}
