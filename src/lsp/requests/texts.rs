//! The texts of the files that an answer names: open, or on disk. An editor's columns are not those of the index.

use std::{collections::HashMap, sync::Arc};

use tower_lsp::lsp_types::{Location, Position, Range};

use crate::{
    lsp::state::{self, State},
    text::SourceText,
};

pub struct Texts<'a> {
    state: &'a State,
    texts: HashMap<Arc<str>, Option<Arc<SourceText>>>,
}

impl std::fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").field("files", &self.texts.len()).finish_non_exhaustive()
    }
}

impl<'a> Texts<'a> {
    pub fn new(state: &'a State) -> Self {
        Texts { state, texts: HashMap::new() }
    }

    /// A name in a file: its line (1-based), byte column and length in bytes.
    pub fn location(&mut self, path: &Arc<str>, line: u32, col: u32, length: u32) -> Option<Location> {
        let uri = self.state.location_of(path).uri()?;
        Some(Location { uri, range: self.range(path, line, col, length) })
    }

    /// Without the text, columns are taken as they are: right for most lines of most files.
    pub fn range(&mut self, path: &Arc<str>, line: u32, col: u32, length: u32) -> Range {
        let state = self.state;
        let text = self.texts.entry(path.clone()).or_insert_with(|| match state.documents.with_path(path) {
            Some(document) => Some(document.text),
            None => state::read(state.location_of(path).file()?).map(Arc::new),
        });
        let (line, end) = (line.saturating_sub(1), col + length);
        match text {
            Some(text) => {
                let wide = state.wide(text);
                Range { start: wide.position_of(line, col), end: wide.position_of(line, end) }
            }
            None => {
                let at = |character| Position { line, character };
                Range { start: at(col), end: at(end) }
            }
        }
    }
}
