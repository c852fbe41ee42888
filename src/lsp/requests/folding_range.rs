//! `textDocument/foldingRange`

use std::sync::Arc;

use tower_lsp::lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use super::Answer;
use crate::{
    extract::{self, Fold, FoldKind},
    lsp::{convert::Wide, state::State},
    text::SourceText,
};

pub fn folding_range(state: &Arc<State>, params: FoldingRangeParams) -> Answer<Option<Vec<FoldingRange>>> {
    let (state, subject) = (state.clone(), state.subject(&params.text_document.uri));
    Box::pin(async move {
        if !state.is_full(&subject) {
            return Ok(None);
        }
        let Some(analysis) = state.analysis(&subject).await? else { return Ok(None) };
        let inner = state.clone();
        let job = move |_: &_| {
            let (text, facts) = (analysis.parsed.text(), &inner.session().facts);
            let wide = inner.wide(text);
            let folds = extract::folds(&analysis.parsed);
            let folds = folds.iter().filter_map(|fold| {
                if facts.whole_line_folds { whole_lines(&wide, text, fold) } else { exact(&wide, fold) }
            });
            Ok(Some(folds.take(facts.fold_limit.unwrap_or(usize::MAX)).collect()))
        };
        state.workers.run(job).await
    })
}

fn exact(wide: &Wide, fold: &Fold) -> Option<FoldingRange> {
    let range = wide.range(fold.range.clone());
    (range.start.line < range.end.line).then(|| FoldingRange {
        start_line: range.start.line,
        start_character: Some(range.start.character),
        end_line: range.end.line,
        end_character: Some(range.end.character),
        kind: kind(fold.kind),
        collapsed_text: None,
    })
}

/// A line that holds something behind the fold must stay in sight.
fn whole_lines(wide: &Wide, text: &SourceText, fold: &Fold) -> Option<FoldingRange> {
    let range = wide.range(fold.range.clone());
    let last = text.line_range(range.end.line);
    let rest = text.raw(fold.range.end.min(last.end)..last.end);
    let stays = u32::from(!rest.trim_ascii().is_empty());
    let (start_line, end_line) = (range.start.line, range.end.line.saturating_sub(stays));
    (start_line < end_line).then(|| FoldingRange {
        start_line,
        end_line,
        kind: kind(fold.kind),
        ..FoldingRange::default()
    })
}

fn kind(kind: FoldKind) -> Option<FoldingRangeKind> {
    match kind {
        FoldKind::Code => None,
        FoldKind::Comment => Some(FoldingRangeKind::Comment),
        FoldKind::Imports => Some(FoldingRangeKind::Imports),
    }
}
