//! What is told of a symbol: its record, its metrics, the shape of its control flow, and how far that can be trusted.

use std::borrow::Cow;

use serde::Serialize;

use super::{Note, Shape, View, WhyLine, why::heaviest};
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
    /// The lines that make the most of a complex function's cognitive complexity, in the order of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heaviest: Vec<WhyLine>,
    /// So many more lines add to it.
    #[serde(skip_serializing_if = "is_zero")]
    pub lighter: usize,
}

/// Of simpler functions nobody asks why.
const COMPLEX: u32 = 5;
/// So many lines are named.
const HEAVIEST: usize = 4;

fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl SymbolFacts {
    pub(super) fn of(view: &View, symbol: Cow<Symbol>) -> Result<Self, StoreError> {
        let graph = if symbol.kind.is_function() { view.graph(&symbol.path, symbol.symbol_id)? } else { None };
        SymbolFacts::with_shape(view, symbol, graph.map(|blocks| Shape::of(&blocks)))
    }

    pub(super) fn with_shape(view: &View, symbol: Cow<Symbol>, shape: Option<Shape>) -> Result<Self, StoreError> {
        let mut notes = match view.file(&symbol.path)? {
            Some(file) => Note::on_lines(view, &file, (symbol.start_line, symbol.end_line)),
            None => Vec::new(),
        };
        let metrics = view.symbol_metrics(&symbol)?;
        if metrics.as_ref().is_some_and(|metrics| metrics.fan_in.is_some()) && view.snapshot.is_linking()? {
            notes.push(Note::Linking);
        }
        let cognitive = metrics.as_ref().and_then(|metrics| metrics.cognitive_complexity).unwrap_or_default();
        let (heaviest, lighter) = if symbol.kind.is_function() && cognitive >= COMPLEX {
            heaviest(view, &symbol.path, symbol.symbol_id, HEAVIEST)?
        } else {
            (Vec::new(), 0)
        };
        Ok(SymbolFacts { metrics, shape, notes, heaviest, lighter, symbol: symbol.into_owned() })
    }

    /// The lines, from 1, where code begins that no path reaches.
    pub fn unreachable_lines(&self) -> &[u32] {
        self.shape.as_ref().map_or(&[], |shape| &shape.unreachable_lines)
    }
}
