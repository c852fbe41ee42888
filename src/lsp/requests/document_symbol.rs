//! `textDocument/documentSymbol`: the outline, which has to fit the text that the editor shows.

use std::sync::Arc;

use tower_lsp::lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, SymbolInformation, Url,
};

use super::Answer;
use crate::{
    languages,
    lsp::{
        convert::{Wide, shown_kind},
        documents::Document,
        state::{State, Subject},
    },
    query::{self, Node},
    record::{Symbol, SymbolKind},
};

/// Longer details are cut: an outline is a narrow column.
const DETAIL_CHARS: usize = 120;

/// The answer as JSON.
pub fn document_symbol(state: &Arc<State>, params: DocumentSymbolParams) -> Answer<String> {
    let subject = state.subject(&params.text_document.uri);
    match &subject {
        Subject::Open(document) if state.session().facts.nested_symbols => of_open(state, document.clone()),
        _ => {
            let answer = of_records(state, params);
            Box::pin(async move { Ok(serde_json::to_string(&answer.await?).unwrap_or_else(|_| NOTHING.to_owned())) })
        }
    }
}

const NOTHING: &str = "null";

/// Of an open document the tree does: nobody waits for its records.
fn of_open(state: &Arc<State>, document: Document) -> Answer<String> {
    let (state, subject) = (state.clone(), Subject::Open(document.clone()));
    Box::pin(async move {
        if !state.is_full(&subject) {
            return Ok(NOTHING.to_owned());
        }
        let Some(analysis) = state.analysis_in_time(&subject).await? else { return Ok(NOTHING.to_owned()) };
        let facts = &state.session().facts;
        let (units, kinds) = (facts.units, facts.outline_kinds);
        state.quick.run(move |_| Ok(document.lab.outlines.json(&analysis.parsed, units, kinds))).await
    })
}

fn of_records(state: &Arc<State>, params: DocumentSymbolParams) -> Answer<Option<DocumentSymbolResponse>> {
    let uri = params.text_document.uri;
    let (state, subject) = (state.clone(), state.subject(&uri));
    Box::pin(async move {
        if !state.is_full(&subject) {
            return Ok(None);
        }
        let Some(text) = state.text(&subject).await? else { return Ok(None) };
        let own = match &subject {
            Subject::Open(document) => match state.records_in_time(document).await? {
                Some(records) => Some(records),
                None => return Ok(None),
            },
            Subject::Closed { .. } => None,
        };
        let (path, inner) = (subject.path().clone(), state.clone());
        let encode = move |nodes: Vec<Node>| {
            let (wide, facts) = (inner.wide(&text), &inner.session().facts);
            let kinds = facts.outline_kinds;
            if facts.nested_symbols {
                DocumentSymbolResponse::Nested(
                    nodes.into_iter().filter_map(|node| nested(&wide, kinds, node)).collect(),
                )
            } else {
                let mut flat = Vec::new();
                flatten(&wide, kinds, &uri, &nodes, None, &mut flat);
                DocumentSymbolResponse::Flat(flat)
            }
        };
        state.ask(subject.root(), &state.quick, own, move |view, _| Ok(query::outline(view, &path)?.map(encode))).await
    })
}

/// Recursion is bounded: an outline is never deeper than `query` makes it.
#[expect(deprecated, reason = "the field must be given")]
pub fn nested(wide: &Wide, kinds: bool, node: Node) -> Option<DocumentSymbol> {
    let symbol = node.symbol;
    let kind = outline_kind(&symbol)?;
    // The name that something is given where it stands is before it.
    let start = symbol.byte_start.min(symbol.name_byte_start);
    let end = symbol.byte_end.max(start);
    let name_start = symbol.name_byte_start.clamp(start, end);
    let name_end = symbol.name_byte_end.clamp(name_start, end);
    Some(DocumentSymbol {
        detail: detail(&symbol),
        kind: shown_kind(kind, kinds),
        tags: None,
        deprecated: None,
        range: wide.range(start..end),
        selection_range: wide.range(name_start..name_end),
        children: Some(node.children.into_iter().filter_map(|child| nested(wide, kinds, child)).collect()),
        name: shown_name(&symbol),
    })
}

#[expect(deprecated, reason = "the field must be given")]
fn flatten(
    wide: &Wide,
    kinds: bool,
    uri: &Url,
    nodes: &[Node],
    container: Option<&str>,
    out: &mut Vec<SymbolInformation>,
) {
    for Node { symbol, children } in nodes {
        let Some(kind) = outline_kind(symbol) else { continue };
        out.push(SymbolInformation {
            name: shown_name(symbol),
            kind: shown_kind(kind, kinds),
            tags: None,
            deprecated: None,
            location: Location { uri: uri.clone(), range: wide.range(symbol.byte_start..symbol.byte_end) },
            container_name: container.map(str::to_owned),
        });
        flatten(wide, kinds, uri, children, Some(&symbol.name), out);
    }
}

/// What is not shown has nothing in it.
fn outline_kind(symbol: &Symbol) -> Option<SymbolKind> {
    match languages::by_name(&symbol.language) {
        Some(language) => (language.hooks.outline_kind)(symbol),
        None => Some(symbol.kind),
    }
}

/// Editors refuse a whole outline for one empty name.
pub fn shown_name(symbol: &Symbol) -> String {
    if symbol.name.trim().is_empty() { format!("<{}>", symbol.kind.as_str()) } else { symbol.name.clone() }
}

/// What follows the name in the signature.
fn detail(symbol: &Symbol) -> Option<String> {
    let signature = symbol.signature.as_deref()?;
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let (_, tail) = signature.match_indices(&symbol.name).find_map(|(at, name)| {
        let (before, after) = (&signature[..at], &signature[at + name.len()..]);
        (!before.ends_with(word) && !after.starts_with(word)).then_some((before, after))
    })?;
    let tail: String = tail.trim().trim_end_matches([':', ';', '{']).trim_end().chars().take(DETAIL_CHARS).collect();
    (!tail.is_empty()).then_some(tail)
}
