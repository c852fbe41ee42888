//! A function, as the answers to our own requests tell of it: see `editors/PROTOCOL.md`.

use serde_json::{Map, Value, json};

use super::{document_symbol::shown_name, texts::Texts};
use crate::{
    kv::StoreError,
    query::{self, View},
    record::Symbol,
};

/// None where its file has no URI.
pub fn function(
    texts: &mut Texts<'_>,
    view: &View<'_>,
    symbol: &Symbol,
) -> Result<Option<Map<String, Value>>, StoreError> {
    let Some(name) = texts.name_of(symbol) else { return Ok(None) };
    let metrics = view.symbol_metrics(symbol)?;
    let number = |of: fn(&crate::record::SymbolMetrics) -> Option<u32>| metrics.as_ref().and_then(of);
    let told = json!({
        "name": shown_name(symbol),
        "fqn": symbol.fqn,
        "kind": symbol.kind.as_str(),
        "uri": name.uri,
        "range": texts.whole(symbol),
        "selectionRange": name.range,
        "cyclomatic": number(|metrics| metrics.cyclomatic_complexity),
        "cognitive": number(|metrics| metrics.cognitive_complexity),
        "callers": query::callers(view, symbol.symbol_id)?.len(),
    });
    match told {
        Value::Object(told) => Ok(Some(told)),
        _ => Ok(None),
    }
}
