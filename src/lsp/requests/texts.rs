//! The texts of the files that an answer names: open, or on disk. An editor's columns are not those of the index.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};
use tower_lsp::lsp_types::{Location, Position, Range};

use crate::{
    lsp::{
        root::Root,
        state::{self, State},
    },
    query::View,
    record::{Symbol, SymbolId},
    text::SourceText,
};

pub struct Texts<'a> {
    state: &'a State,
    root: &'a Arc<Root>,
    view: &'a View<'a>,
    texts: HashMap<Arc<str>, Option<Arc<SourceText>>>,
}

impl std::fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").field("files", &self.texts.len()).finish_non_exhaustive()
    }
}

impl<'a> Texts<'a> {
    pub fn new(state: &'a State, root: &'a Arc<Root>, view: &'a View<'a>) -> Self {
        Texts { state, root, view, texts: HashMap::new() }
    }

    /// A name in a file: its line (1-based), byte column and length in bytes.
    pub fn location(&mut self, path: &Arc<str>, line: u32, col: u32, length: u32) -> Option<Location> {
        let uri = self.state.location_of(self.root, path).uri()?;
        Some(Location { uri, range: self.range(path, line, col, length) })
    }

    /// Where a symbol's name stands.
    pub fn name_of(&mut self, symbol: &Symbol) -> Option<Location> {
        let length = symbol.name_byte_end.saturating_sub(symbol.name_byte_start);
        self.location(&symbol.path, symbol.name_line, symbol.name_col, length)
    }

    /// All of a symbol, its name in it.
    pub fn whole(&mut self, symbol: &Symbol) -> Range {
        let start = self.range(&symbol.path, symbol.start_line, symbol.start_col, 0).start;
        let end = self.range(&symbol.path, symbol.end_line, symbol.end_col, 0).end;
        let length = symbol.name_byte_end.saturating_sub(symbol.name_byte_start);
        let name = self.range(&symbol.path, symbol.name_line, symbol.name_col, length);
        Range { start: start.min(name.start), end: end.max(name.end) }
    }

    /// Of a file that is all ASCII, and without the text, columns are taken as they are.
    pub fn range(&mut self, path: &Arc<str>, line: u32, col: u32, length: u32) -> Range {
        let (state, root) = (self.state, self.root);
        let text = self.texts.entry(path.clone()).or_insert_with(|| match state.documents.with_path(root, path) {
            Some(document) => Some(document.text),
            None if self.view.is_ascii(path).unwrap_or(false) => None,
            None => state::read(state.location_of(root, path).file()?).map(Arc::new),
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

/// What an item of a hierarchy comes back with.
pub fn identity(symbol: &Symbol) -> Value {
    json!({"symbol_id": symbol.symbol_id.to_string()})
}

/// The symbol of an item; none for one that is not ours.
pub fn id_in(data: Option<&Value>) -> Option<SymbolId> {
    data?.get("symbol_id")?.as_str()?.parse().ok().map(SymbolId)
}
