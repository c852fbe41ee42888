//! `textDocument/selectionRange`: for each position the ranges around it, each inside the next.

use std::sync::Arc;

use tower_lsp::lsp_types::{Position, Range, SelectionRange, SelectionRangeParams};

use super::Answer;
use crate::{
    extract,
    lsp::{convert::Wide, state::State, work::Cancel},
    parse::Parsed,
};

/// A chain is written, read and dropped by recursion, here and in the client, where some readers of JSON give up at 128
/// levels: of code nested deeper than this, only the innermost ranges and the outermost one are told.
const MAX_DEPTH: usize = 100;

pub fn selection_range(state: &Arc<State>, params: SelectionRangeParams) -> Answer<Option<Vec<SelectionRange>>> {
    let (state, subject) = (state.clone(), state.subject(&params.text_document.uri));
    Box::pin(async move {
        if !state.is_full(&subject) {
            return Ok(None);
        }
        let Some(analysis) = state.analysis(&subject).await? else { return Ok(None) };
        let inner = state.clone();
        let job = move |cancel: &Cancel| {
            let wide = inner.wide(analysis.parsed.text());
            let chain = |position| {
                cancel.check()?;
                Ok(around(&analysis.parsed, &wide, position))
            };
            params.positions.into_iter().map(chain).collect::<Result<Vec<_>, _>>().map(Some)
        };
        let answer = state.workers.run(job).await?;
        state.check_current(&subject)?;
        Ok(answer)
    })
}

/// At a position with nothing around it, the empty range there: each position has to have its answer.
fn around(parsed: &Parsed, wide: &Wide, position: Position) -> SelectionRange {
    let offset = wide.offset(position);
    let mut ranges = extract::selection(parsed, offset);
    if ranges.len() > MAX_DEPTH {
        ranges.drain(MAX_DEPTH - 1..ranges.len() - 1);
    }
    let outward_in = ranges.into_iter().rev().map(|range| wide.range(range));
    let chain = outward_in.fold(None, |parent: Option<SelectionRange>, range: Range| {
        Some(SelectionRange { range, parent: parent.map(Box::new) })
    });
    chain.unwrap_or_else(|| SelectionRange { range: wide.range(offset..offset), parent: None })
}
