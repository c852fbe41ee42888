//! `textDocument/hover`: an answer now rather than a better one later, for the editor waits with everybody's.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, timeout_at};
use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind, Position};

use super::Answer;
use crate::{
    extract,
    lsp::{
        documents::Document,
        state::{State, Subject},
        work::Fault,
    },
    query::{self, Style, Word},
    record::FileRecords,
    text::{ByteRange, Place, SourceText},
};

/// So long the index that is being opened and the records of a text that was just changed are waited for.
const DEADLINE: Duration = Duration::from_millis(50);

/// What there is to answer from.
struct Known {
    /// The text that the client asks about.
    text: Arc<SourceText>,
    /// The records of an open document, and the place in the text that they fit: that of the document, or of what it was
    /// before the last edits.
    own: Option<Arc<FileRecords>>,
    place: Place,
    /// The identifier in the client's text. A word in a comment or a string is none, as far as the tree is known.
    name: Option<ByteRange>,
}

pub fn hover(state: &Arc<State>, params: HoverParams) -> Answer<Option<Hover>> {
    let asked = params.text_document_position_params;
    let (state, subject) = (state.clone(), state.subject(&asked.text_document.uri));
    Box::pin(async move {
        let deadline = Instant::now() + DEADLINE;
        let known = match &subject {
            Subject::Open(document) if document.language.is_none() => return Ok(None),
            Subject::Open(document) => open(&state, document, asked.position, deadline).await?,
            Subject::Closed { .. } => match closed(&state, &subject, asked.position, deadline).await? {
                Some(known) => known,
                None => return Ok(None),
            },
        };
        // Of a language that is none of ours nothing is known either way.
        let style =
            if state.is_full(&subject) || subject.language().is_none() { Style::Full } else { Style::Companion };
        let Known { text, own, place, name } = known;
        let (path, word) = (subject.path().clone(), name.clone().map(|name| Word::of(&text, name)));
        if timeout_at(deadline, state.index(subject.root())).await.is_err() {
            return Ok(None);
        }
        let facts = state
            .ask(subject.root(), &state.quick, own, move |view, _| Ok(query::hover(view, &path, place, word.as_ref())?))
            .await?;
        Ok(facts.map(|facts| {
            let (kind, value) = if state.session().facts.hover_markdown {
                (MarkupKind::Markdown, facts.to_markdown(style))
            } else {
                (MarkupKind::PlainText, facts.to_text(style))
            };
            let range = name.map(|name| state.wide(&text).range(name));
            Hover { contents: HoverContents::Markup(MarkupContent { kind, value }), range }
        }))
    })
}

/// Of an open document: its own records; those of the text before the last edits, if its own are not there in time; else
/// what the index has.
async fn open(state: &Arc<State>, document: &Document, at: Position, deadline: Instant) -> Result<Known, Fault> {
    let text = document.text.clone();
    let offset = state.wide(&text).offset(at);
    // A task of its own: what is not ready in time is ready for the next who asks.
    let worked_out = tokio::spawn({
        let (state, document) = (state.clone(), document.clone());
        async move {
            let analysis = state.analysis(&Subject::Open(document.clone())).await?;
            Ok((analysis, state.records(&document).await?))
        }
    });
    match timeout_at(deadline, worked_out).await {
        Ok(Ok(Ok((analysis, own)))) => {
            let name = match analysis {
                Some(analysis) => extract::name_at(&analysis.parsed, offset),
                None => text.word_at(offset),
            };
            return Ok(Known { place: text.place(offset), text, own, name });
        }
        Ok(Ok(Err(Fault::TooSlow))) | Err(_) => {}
        Ok(Ok(Err(fault))) => return Err(fault),
        Ok(Err(fault)) => return Err(fault.into()),
    }
    let word = text.word_at(offset);
    let Some(latest) = document.lab.latest() else {
        return Ok(Known { place: text.place(offset), text, own: None, name: word });
    };
    let before = document.lab.earlier_offset(offset, latest.revision, document.revision).unwrap_or(offset);
    let name = word.filter(|_| extract::name_at(&latest.parsed, before).is_some());
    Ok(Known { text, own: latest.made_records().cloned(), place: latest.parsed.text().place(before), name })
}

/// Of a document that is not open: the text on disk, with its tree if that is there in time; none without a text.
async fn closed(
    state: &Arc<State>,
    subject: &Subject,
    at: Position,
    deadline: Instant,
) -> Result<Option<Known>, Fault> {
    let analysis = match timeout_at(deadline, state.analysis(subject)).await {
        Ok(Err(Fault::TooSlow)) | Err(_) => None,
        Ok(analysis) => analysis?,
    };
    let text = match &analysis {
        Some(analysis) => analysis.parsed.text().clone(),
        None => match state.text(subject).await? {
            Some(text) => text,
            None => return Ok(None),
        },
    };
    let offset = state.wide(&text).offset(at);
    let name = match analysis {
        Some(analysis) => extract::name_at(&analysis.parsed, offset),
        None => text.word_at(offset),
    };
    Ok(Some(Known { place: text.place(offset), text, own: None, name }))
}
