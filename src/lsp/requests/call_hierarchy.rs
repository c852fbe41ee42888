//! `textDocument/prepareCallHierarchy` and `callHierarchy/*`: who calls a function, and what it calls.

use std::sync::Arc;

use tower_lsp::lsp_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem, CallHierarchyOutgoingCall,
    CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, Range,
};

use super::{
    Answer,
    asked::{At, at},
    document_symbol::shown_name,
    texts::{Texts, id_in, identity},
};
use crate::{
    lsp::{convert::symbol_kind, state::State, work::Cancel},
    query::{self, Calls, View},
    record::{Symbol, SymbolKind},
};

pub fn prepare(state: &Arc<State>, params: CallHierarchyPrepareParams) -> Answer<Option<Vec<CallHierarchyItem>>> {
    let question = |view: &View<'_>, At { state, root, path, byte, .. }: At<'_>| {
        let found = query::callable(view, path, byte)?;
        let mut texts = Texts::new(state, root, view);
        let can_be_called =
            |symbol: &&Symbol| symbol.kind.is_function() || symbol.kind.is_type() || symbol.kind == SymbolKind::Macro;
        let items: Vec<_> = found.iter().filter(can_be_called).filter_map(|symbol| item(&mut texts, symbol)).collect();
        Ok((!items.is_empty()).then_some(items))
    };
    at(state, params.text_document_position_params, |state| &state.quick, question)
}

pub fn incoming(
    state: &Arc<State>,
    params: CallHierarchyIncomingCallsParams,
) -> Answer<Option<Vec<CallHierarchyIncomingCall>>> {
    let (state, root) = (state.clone(), state.subject(&params.item.uri).root().clone());
    Box::pin(async move {
        let Some(id) = id_in(params.item.data.as_ref()) else { return Ok(None) };
        state.settle_buffers().await?;
        let (inner, asked) = (state.clone(), root.clone());
        let question = move |view: &View<'_>, cancel: &Cancel| {
            let mut texts = Texts::new(&inner, &asked, view);
            let mut found = Vec::new();
            for calls in query::callers(view, id)? {
                cancel.check()?;
                let from = match &calls.symbol {
                    Some(symbol) => item(&mut texts, symbol),
                    None => file_item(&mut texts, &calls),
                };
                let from_ranges = ranges(&mut texts, &calls);
                found.extend(from.map(|from| CallHierarchyIncomingCall { from, from_ranges }));
            }
            Ok(Some(found))
        };
        state.ask(&root, &state.workers, None, question).await
    })
}

pub fn outgoing(
    state: &Arc<State>,
    params: CallHierarchyOutgoingCallsParams,
) -> Answer<Option<Vec<CallHierarchyOutgoingCall>>> {
    let (state, root) = (state.clone(), state.subject(&params.item.uri).root().clone());
    Box::pin(async move {
        let Some(id) = id_in(params.item.data.as_ref()) else { return Ok(None) };
        state.settle_buffers().await?;
        let (inner, asked) = (state.clone(), root.clone());
        let question = move |view: &View<'_>, cancel: &Cancel| {
            let Some(function) = view.symbol(id)? else { return Ok(None) };
            let mut texts = Texts::new(&inner, &asked, view);
            let mut found = Vec::new();
            for calls in query::callees(view, &function)? {
                cancel.check()?;
                let to = calls.symbol.as_ref().and_then(|symbol| item(&mut texts, symbol));
                let from_ranges = ranges(&mut texts, &calls);
                found.extend(to.map(|to| CallHierarchyOutgoingCall { to, from_ranges }));
            }
            Ok(Some(found))
        };
        state.ask(&root, &state.workers, None, question).await
    })
}

fn ranges(texts: &mut Texts<'_>, calls: &Calls) -> Vec<Range> {
    let of = calls.calls.iter();
    of.map(|call| texts.range(&calls.path, call.line, call.col, call.byte_end - call.byte_start)).collect()
}

fn item(texts: &mut Texts<'_>, symbol: &Symbol) -> Option<CallHierarchyItem> {
    let selection_range = texts.name_of(symbol)?;
    Some(CallHierarchyItem {
        name: shown_name(symbol),
        kind: symbol_kind(symbol.kind),
        tags: None,
        detail: Some(symbol.fqn.clone()),
        uri: selection_range.uri,
        range: texts.whole(symbol),
        selection_range: selection_range.range,
        data: Some(identity(symbol)),
    })
}

/// Calls that stand in no function.
fn file_item(texts: &mut Texts<'_>, calls: &Calls) -> Option<CallHierarchyItem> {
    let first = calls.calls.first()?;
    let place = texts.location(&calls.path, first.line, first.col, first.byte_end - first.byte_start)?;
    Some(CallHierarchyItem {
        name: calls.path.rsplit('/').next().unwrap_or(&calls.path).to_owned(),
        kind: tower_lsp::lsp_types::SymbolKind::FILE,
        tags: None,
        detail: Some(calls.path.to_string()),
        uri: place.uri,
        range: place.range,
        selection_range: place.range,
        data: None,
    })
}
