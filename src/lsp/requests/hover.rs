//! `textDocument/hover`: an answer now rather than a better one later, for the editor waits with everybody's.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, timeout_at};
use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use super::Answer;
use crate::{
    lsp::{
        capabilities::Mode,
        documents::Document,
        state::{State, Subject},
        work::Fault,
    },
    query::{self, Style},
    record::FileRecords,
    text::Place,
};

/// So long the index that is being opened and the records of a text that was just changed are waited for.
const DEADLINE: Duration = Duration::from_millis(50);

pub fn hover(state: &Arc<State>, params: HoverParams) -> Answer<Option<Hover>> {
    let asked = params.text_document_position_params;
    let (state, subject) = (state.clone(), state.subject(&asked.text_document.uri));
    Box::pin(async move {
        let deadline = Instant::now() + DEADLINE;
        let Some(text) = state.text(&subject).await? else { return Ok(None) };
        let offset = state.wide(&text).offset(asked.position);
        let (own, place) = match &subject {
            Subject::Open(document) if document.language.is_none() => return Ok(None),
            Subject::Open(document) => known(&state, document, offset, deadline).await?,
            Subject::Closed { .. } => (None, text.place(offset)),
        };
        let style = match subject.language().map(|language| state.mode(language)) {
            Some(Mode::Companion) => Style::Companion,
            _ => Style::Full,
        };
        let word = text.word_at(offset);
        let (path, name) = (subject.path().clone(), word.clone().map(|word| text.slice(word).into_owned()));
        if timeout_at(deadline, state.index()).await.is_err() {
            return Ok(None);
        }
        let facts =
            state.ask(&state.quick, own, move |view, _| Ok(query::hover(view, &path, place, name.as_deref())?)).await?;
        Ok(facts.map(|facts| {
            let (kind, value) = if state.session().facts.hover_markdown {
                (MarkupKind::Markdown, facts.to_markdown(style))
            } else {
                (MarkupKind::PlainText, facts.to_text(style))
            };
            let range = word.map(|word| state.wide(&text).range(word));
            Hover { contents: HoverContents::Markup(MarkupContent { kind, value }), range }
        }))
    })
}

/// The records to answer from, and the place in the text that they fit. Those of the text before the last edits, if those
/// of the text itself are not there in time; else what the index has.
async fn known(
    state: &Arc<State>,
    document: &Document,
    offset: u32,
    deadline: Instant,
) -> Result<(Option<Arc<FileRecords>>, Place), Fault> {
    // A task of its own: what is not ready in time is ready for the next who asks.
    let records = tokio::spawn({
        let (state, document) = (state.clone(), document.clone());
        async move { state.records(&document).await }
    });
    match timeout_at(deadline, records).await {
        Ok(Ok(Ok(records))) => return Ok((records, document.text.place(offset))),
        Ok(Ok(Err(Fault::TooSlow))) | Err(_) => {}
        Ok(Ok(Err(fault))) => return Err(fault),
        Ok(Err(fault)) => return Err(fault.into()),
    }
    let Some(latest) = document.lab.latest() else { return Ok((None, document.text.place(offset))) };
    let before = document.lab.earlier_offset(offset, latest.revision, document.revision).unwrap_or(offset);
    Ok((latest.made_records().cloned(), latest.parsed.text().place(before)))
}
