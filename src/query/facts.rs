//! What is told of a symbol: its record, its metrics, the shape of its control flow, and how far that can be trusted.

use std::borrow::Cow;

use serde::Serialize;

use super::{Note, Shape, View};
use crate::{
    kv::StoreError,
    record::{Symbol, SymbolMetrics},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SymbolFacts {
    pub symbol: Symbol,
    pub metrics: Option<SymbolMetrics>,
    /// Of a function with a body.
    pub shape: Option<Shape>,
    pub notes: Vec<Note>,
}

impl SymbolFacts {
    pub(super) fn of(view: &View, symbol: Cow<Symbol>) -> Result<Self, StoreError> {
        let graph = if symbol.kind.is_function() { view.graph(&symbol.path, symbol.symbol_id)? } else { None };
        SymbolFacts::with_shape(view, symbol, graph.map(|blocks| Shape::of(&blocks)))
    }

    pub(super) fn with_shape(view: &View, symbol: Cow<Symbol>, shape: Option<Shape>) -> Result<Self, StoreError> {
        let notes = match view.file(&symbol.path)? {
            Some(file) => Note::on_lines(view, &file, (symbol.start_line, symbol.end_line)),
            None => Vec::new(),
        };
        Ok(SymbolFacts { metrics: view.symbol_metrics(&symbol)?, shape, notes, symbol: symbol.into_owned() })
    }

    /// The lines, from 1, where code begins that no path reaches.
    pub fn unreachable_lines(&self) -> &[u32] {
        self.shape.as_ref().map_or(&[], |shape| &shape.unreachable_lines)
    }
}
