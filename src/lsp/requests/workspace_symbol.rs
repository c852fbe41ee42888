//! `workspace/symbol`: a fuzzy search over everything that is indexed, and over the open buffers.

use std::{collections::HashMap, sync::Arc};

use tower_lsp::lsp_types::{Location, Position, Range, SymbolInformation, WorkspaceSymbolParams};

use super::{Answer, document_symbol::shown_name};
use crate::{
    languages,
    lsp::{
        capabilities::Mode,
        convert::symbol_kind,
        state::{self, State},
        work::Cancel,
    },
    query::{self, Search, View},
    record::Symbol,
    text::SourceText,
};

/// Nobody reads more, and each file named has to be looked into for its columns.
const LIMIT: usize = 128;

pub fn workspace_symbol(state: &Arc<State>, params: WorkspaceSymbolParams) -> Answer<Option<Vec<SymbolInformation>>> {
    let state = state.clone();
    Box::pin(async move {
        // The main servers of these answer for them.
        let beside: Vec<&str> = languages::all()
            .iter()
            .filter(|language| state.mode(language) == Mode::Companion)
            .map(|language| language.name)
            .collect();
        if beside.len() == languages::all().len() {
            return Ok(None);
        }
        let inner = state.clone();
        let question = move |view: &View<'_>, cancel: &Cancel| {
            let cancelled = Some(cancel.flag());
            let search = Search { text: &params.query, limit: LIMIT, kind: None, without: &beside, cancel: cancelled };
            let hits = query::search(view, &search)?;
            let mut texts = Texts { state: &inner, texts: HashMap::new() };
            let mut symbols = Vec::new();
            for hit in hits {
                cancel.check()?;
                symbols.extend(texts.information(&hit.symbol));
            }
            Ok(Some(symbols))
        };
        state.ask(&state.workers, None, question).await
    })
}

/// The texts of the files that symbols are in: open, or on disk.
struct Texts<'a> {
    state: &'a State,
    texts: HashMap<Arc<str>, Option<Arc<SourceText>>>,
}

impl Texts<'_> {
    #[expect(deprecated, reason = "the field must be given")]
    fn information(&mut self, symbol: &Symbol) -> Option<SymbolInformation> {
        let uri = self.state.location_of(&symbol.path).uri()?;
        let container = symbol.fqn.strip_suffix(symbol.name.as_str()).map(|before| before.trim_end_matches([':', '.']));
        Some(SymbolInformation {
            name: shown_name(symbol),
            kind: symbol_kind(symbol.kind),
            tags: None,
            deprecated: None,
            location: Location { uri, range: self.name_range(symbol) },
            container_name: container.filter(|container| !container.is_empty()).map(str::to_owned),
        })
    }

    /// Where the name is. Without the text, columns are taken as they are: right for most lines of most files.
    fn name_range(&mut self, symbol: &Symbol) -> Range {
        let state = self.state;
        let text =
            self.texts.entry(symbol.path.clone()).or_insert_with(|| match state.documents.with_path(&symbol.path) {
                Some(document) => Some(document.text),
                None => state::read(state.location_of(&symbol.path).file()?).map(Arc::new),
            });
        let (line, start) = (symbol.name_line.saturating_sub(1), symbol.name_col);
        let end = start + symbol.name_byte_end.saturating_sub(symbol.name_byte_start);
        match text {
            Some(text) => {
                let wide = state.wide(text);
                Range { start: wide.position_of(line, start), end: wide.position_of(line, end) }
            }
            None => {
                let at = |character| Position { line, character };
                Range { start: at(start), end: at(end) }
            }
        }
    }
}
