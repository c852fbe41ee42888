//! `workspace/symbol`: a fuzzy search over everything that is indexed, and over the open buffers.

use std::{cmp::Reverse, sync::Arc};

use tower_lsp::lsp_types::{Location, SymbolInformation, WorkspaceSymbolParams};

use super::{Answer, document_symbol::shown_name, texts::Texts};
use crate::{
    index, languages,
    lsp::{
        convert::shown_kind,
        root::Root,
        state::State,
        work::{Cancel, Fault},
    },
    query::{self, Search, View},
    record::Symbol,
};

/// Nobody reads more, and each file named has to be looked into for its columns.
const LIMIT: usize = 128;

pub fn workspace_symbol(state: &Arc<State>, params: WorkspaceSymbolParams) -> Answer<Option<Vec<SymbolInformation>>> {
    let (state, roots) = (state.clone(), state.roots.asked());
    Box::pin(async move {
        // What was typed last can be found.
        state.settle_buffers().await?;
        let mut found: Option<Vec<(u32, SymbolInformation)>> = None;
        for root in roots {
            if let Some(own) = in_root(&state, root, params.query.clone()).await? {
                found.get_or_insert_default().extend(own);
            }
        }
        Ok(found.map(|mut found| {
            // What is as good stays in the order of the roots.
            found.sort_by_key(|(score, _)| Reverse(*score));
            found.into_iter().take(LIMIT).map(|(_, symbol)| symbol).collect()
        }))
    })
}

/// The best of one root. None where the main servers of all languages answer for them.
async fn in_root(
    state: &Arc<State>,
    root: Arc<Root>,
    text: String,
) -> Result<Option<Vec<(u32, SymbolInformation)>>, Fault> {
    let beside = languages::all().iter().filter(|language| !state.offers_all(&root, language));
    let beside: Vec<&str> = beside.map(|language| language.name).collect();
    if beside.len() == languages::all().len() {
        return Ok(None);
    }
    let (inner, asked) = (state.clone(), root.clone());
    let question = move |view: &View<'_>, cancel: &Cancel| {
        let cancelled = Some(cancel.flag());
        let search =
            Search { text: &text, limit: LIMIT, kind: None, without: &beside, keep_names: true, cancel: cancelled };
        let hits = query::search(view, &search)?;
        let mut texts = Texts::new(&inner, &asked, view);
        let mut symbols = Vec::new();
        for hit in hits {
            cancel.check()?;
            // Of what lies in a root within this one, that root tells.
            let is_own =
                Arc::ptr_eq(&inner.roots.of_file(&index::disk_path(&asked.place.root, &hit.symbol.path)), &asked);
            if is_own && let Some(symbol) = information(&inner, &asked, &mut texts, &hit.symbol) {
                symbols.push((hit.score, symbol));
            }
        }
        Ok(Some(symbols))
    };
    state.ask(&root, &state.workers, None, question).await
}

#[expect(deprecated, reason = "the field must be given")]
fn information(state: &State, root: &Arc<Root>, texts: &mut Texts<'_>, symbol: &Symbol) -> Option<SymbolInformation> {
    let uri = state.location_of(root, &symbol.path).uri()?;
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
