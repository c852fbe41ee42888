//! What is told of a symbol: its record, its metrics, its unreachable code, and how far that can be trusted.

use std::borrow::Cow;

use serde::Serialize;

use super::{Note, View};
use crate::{
    kv::StoreError,
    record::{BlockKind, CfgBlock, Symbol, SymbolMetrics},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SymbolFacts {
    pub symbol: Symbol,
    pub metrics: Option<SymbolMetrics>,
    /// The lines, from 1, where code begins that no path reaches.
    pub unreachable_lines: Vec<u32>,
    pub notes: Vec<Note>,
}

impl SymbolFacts {
    pub(super) fn of(view: &View, symbol: Cow<Symbol>) -> Result<Self, StoreError> {
        let metrics = view.symbol_metrics(&symbol)?;
        let unreachable = metrics.as_ref().and_then(|metrics| metrics.unreachable_blocks).unwrap_or(0);
        // Graphs are long; most have nothing to tell beyond what the metrics say.
        let graph = if unreachable > 0 { view.graph(&symbol)? } else { None };
        let notes = match view.file(&symbol.path)? {
            Some(file) => Note::on_lines(&file, (symbol.start_line, symbol.end_line)),
            None => Vec::new(),
        };
        Ok(SymbolFacts {
            metrics,
            unreachable_lines: graph.map(|blocks| unreachable_lines(&blocks)).unwrap_or_default(),
            notes,
            symbol: symbol.into_owned(),
        })
    }
}

pub(super) fn unreachable_lines(blocks: &[CfgBlock]) -> Vec<u32> {
    let unreachable = blocks.iter().filter(|block| block.kind == BlockKind::Unreachable);
    let mut lines: Vec<u32> = unreachable.map(|block| block.start_line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}
