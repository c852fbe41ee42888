//! Text and language to a syntax tree. Cannot fail: what does not parse is in the tree as an error node.

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use tree_sitter::{InputEdit, ParseOptions, ParseState, Parser, Point, Tree};

use crate::{
    languages::{
        Language,
        roles::{Expansion, Hidden, Reading},
    },
    text::{Edit, SourceText},
};

/// A text with its syntax tree.
#[derive(Clone, Debug)]
pub struct Parsed {
    text: Arc<SourceText>,
    language: &'static Language,
    tree: Tree,
    /// What the parser read, where that is not the text as it stands.
    reading: Option<Arc<Reading>>,
}

/// After a text larger than this, in bytes, the next one gets a new parser.
const KEEP_PARSER: usize = 1 << 20;

thread_local! {
    /// A parser keeps buffers that are worth keeping.
    static PARSER: std::cell::RefCell<Parser> = std::cell::RefCell::new(Parser::new());
}

impl Parsed {
    /// How long one text may take. Real files of the sizes that are indexed need a tenth of it on a slow machine; what
    /// needs more was made to.
    pub const TIME_LIMIT: Duration = Duration::from_secs(20);

    /// Parses a text; `None` when that took longer than [`Parsed::TIME_LIMIT`].
    pub fn new(text: Arc<SourceText>, language: &'static Language) -> Option<Self> {
        let reading = (language.hooks.reading)(text.bytes()).map(Arc::new);
        let tree = parse(read(&text, reading.as_deref()), language, None)?;
        Some(Parsed { text, language, tree, reading })
    }

    /// Parses the text that came of this one by `edits`, in their order, reusing what they left alone. The tree is the one
    /// that a fresh parse gives: where something does not parse, reuse could recover in another way (the parser weighs
    /// recoveries by what it has already), so such a text is parsed afresh.
    pub fn edited(&self, text: Arc<SourceText>, edits: &[Edit]) -> Option<Self> {
        let reading = (self.language.hooks.reading)(text.bytes()).map(Arc::new);
        // What is hidden may have changed far from the edits.
        if reading.is_some() || self.reading.is_some() {
            let tree = parse(read(&text, reading.as_deref()), self.language, None)?;
            return Some(Parsed { text, language: self.language, tree, reading });
        }
        let mut old = self.tree.clone();
        let point = |(row, column)| Point { row, column };
        for edit in edits {
            old.edit(&InputEdit {
                start_byte: edit.start,
                old_end_byte: edit.old_end,
                new_end_byte: edit.new_end,
                start_position: point(edit.start_point),
                old_end_position: point(edit.old_end_point),
                new_end_position: point(edit.new_end_point),
            });
        }
        let mut tree = parse(text.bytes(), self.language, Some(&old))?;
        if tree.root_node().has_error() {
            tree = parse(text.bytes(), self.language, None)?;
        }
        Some(Parsed { text, language: self.language, tree, reading: None })
    }

    pub fn text(&self) -> &Arc<SourceText> {
        &self.text
    }

    pub fn language(&self) -> &'static Language {
        self.language
    }

    /// What the parser did not see of the text.
    pub(crate) fn hidden(&self) -> &[Hidden] {
        self.reading.as_deref().map(|reading| reading.hidden.as_slice()).unwrap_or_default()
    }

    /// What macros define in the text.
    pub(crate) fn expansions(&self) -> &[Expansion] {
        self.reading.as_deref().map(|reading| reading.expansions.as_slice()).unwrap_or_default()
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }
}

fn read<'a>(text: &'a SourceText, reading: Option<&'a Reading>) -> &'a [u8] {
    reading.map_or(text.bytes(), |reading| &reading.bytes)
}

fn parse(bytes: &[u8], language: &Language, old: Option<&Tree>) -> Option<Tree> {
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(&(language.grammar)()).expect("the grammar is of the parser's version");
        let start = Instant::now();
        let mut give_up = |_: &ParseState| {
            if start.elapsed() > Parsed::TIME_LIMIT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut give_up);
        let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), old, Some(options));
        // A parser keeps what it used: after a text that gave up half-way it would go on there, after a large one it would
        // hold a large one's memory.
        if tree.is_none() || bytes.len() > KEEP_PARSER {
            *parser = Parser::new();
        }
        tree
    })
}
