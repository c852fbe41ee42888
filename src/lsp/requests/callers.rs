//! `rutter/callers`: who calls a function.

use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::lsp_types::TextDocumentPositionParams;

use super::{
    Answer,
    asked::{At, at_in_any_mode},
    function::function,
    texts::Texts,
};
use crate::{
    kv::StoreError,
    lsp::state::State,
    query::{self, View},
    record::Symbol,
};

pub fn callers(state: &Arc<State>, params: TextDocumentPositionParams) -> Answer<Option<Value>> {
    let question = |view: &View<'_>, at: At<'_>| {
        let Some(symbol) = asked_about(view, &at)? else { return Ok(None) };
        let mut texts = Texts::new(at.state, at.root, view);
        let Some(called) = function(&mut texts, view, &symbol)? else { return Ok(None) };
        let mut found = Vec::new();
        for calls in query::callers(view, symbol.symbol_id)? {
            let caller = match &calls.symbol {
                Some(symbol) => function(&mut texts, view, symbol)?,
                None => None,
            };
            let Some(uri) = at.state.location_of(at.root, &calls.path).uri() else { continue };
            let places = calls.calls.iter();
            let ranges =
                places.map(|call| texts.range(&calls.path, call.line, call.col, call.byte_end - call.byte_start));
            let ranges: Vec<_> = ranges.collect();
            let confidence = calls.calls.iter().map(|call| call.confidence).max();
            found.push(json!({"function": caller, "uri": uri, "ranges": ranges, "confidence": confidence}));
        }
        Ok(Some(json!({"function": called, "callers": found})))
    };
    at_in_any_mode(state, params, |state| &state.workers, question)
}

/// The function whose name is at the position, else the one around it.
fn asked_about(view: &View<'_>, at: &At<'_>) -> Result<Option<Symbol>, StoreError> {
    let named = query::callable(view, at.path, at.byte)?.into_iter().find(|symbol| symbol.kind.is_function());
    if named.is_some() {
        return Ok(named);
    }
    let Some(file) = view.file(at.path)? else { return Ok(None) };
    let around = view.file_symbols(&file)?.function_at(at.spot())?;
    Ok(around.map(std::borrow::Cow::into_owned))
}
