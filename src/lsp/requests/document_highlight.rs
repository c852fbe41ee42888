//! `textDocument/documentHighlight`: where else the text spells the name under the cursor.

use std::sync::Arc;

use tower_lsp::lsp_types::{DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams};

use super::Answer;
use crate::{extract, lsp::state::State};

pub fn document_highlight(
    state: &Arc<State>,
    params: DocumentHighlightParams,
) -> Answer<Option<Vec<DocumentHighlight>>> {
    let asked = params.text_document_position_params;
    let (state, subject) = (state.clone(), state.subject(&asked.text_document.uri));
    Box::pin(async move {
        if !state.is_full(&subject) {
            return Ok(None);
        }
        let Some(analysis) = state.analysis(&subject).await? else { return Ok(None) };
        let inner = state.clone();
        let job = move |_: &_| {
            let wide = inner.wide(analysis.parsed.text());
            let occurrences = extract::occurrences(&analysis.parsed, wide.offset(asked.position));
            let highlights = occurrences.into_iter().map(|occurrence| DocumentHighlight {
                range: wide.range(occurrence.range),
                kind: Some(if occurrence.is_write {
                    DocumentHighlightKind::WRITE
                } else {
                    DocumentHighlightKind::READ
                }),
            });
            Ok(Some(highlights.collect()))
        };
        state.workers.run(job).await
    })
}
