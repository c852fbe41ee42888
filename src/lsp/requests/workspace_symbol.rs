//! `workspace/symbol`: a fuzzy search over everything that is indexed, and over the open buffers.

use std::sync::Arc;

use tower_lsp::lsp_types::{Location, SymbolInformation, WorkspaceSymbolParams};

use super::{Answer, document_symbol::shown_name, texts::Texts};
use crate::{
    languages,
    lsp::{capabilities::Mode, convert::shown_kind, state::State, work::Cancel},
    query::{self, Search, View},
    record::Symbol,
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
            let mut texts = Texts::new(&inner, view);
            let mut symbols = Vec::new();
            for hit in hits {
                cancel.check()?;
                symbols.extend(information(&inner, &mut texts, &hit.symbol));
            }
            Ok(Some(symbols))
        };
        state.ask(&state.workers, None, question).await
    })
}

#[expect(deprecated, reason = "the field must be given")]
fn information(state: &State, texts: &mut Texts<'_>, symbol: &Symbol) -> Option<SymbolInformation> {
    let uri = state.location_of(&symbol.path).uri()?;
    let container = symbol.fqn.strip_suffix(symbol.name.as_str()).map(|before| before.trim_end_matches([':', '.']));
    let length = symbol.name_byte_end.saturating_sub(symbol.name_byte_start);
    Some(SymbolInformation {
        name: shown_name(symbol),
        kind: shown_kind(symbol.kind, state.session().facts.search_kinds),
        tags: None,
        deprecated: None,
        location: Location { uri, range: texts.range(&symbol.path, symbol.name_line, symbol.name_col, length) },
        container_name: container.filter(|container| !container.is_empty()).map(str::to_owned),
    })
}
