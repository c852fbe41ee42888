//! What requests about a position have in common: the document as it is when they come, its records, the byte asked about.

use std::sync::Arc;

use tower_lsp::lsp_types::TextDocumentPositionParams;

use super::Answer;
use crate::{
    lsp::{
        root::Root,
        state::{State, Subject},
        work::{Fault, Workers},
    },
    query::{Spot, View},
    text::SourceText,
};

/// Where somebody asks.
#[derive(Debug)]
pub struct At<'a> {
    pub state: &'a State,
    pub root: &'a Arc<Root>,
    pub path: &'a Arc<str>,
    pub byte: u32,
    /// The text that the answer has to fit, and the client's number for it where it is open.
    pub text: &'a SourceText,
    pub version: Option<i32>,
}

impl At<'_> {
    pub fn spot(&self) -> Spot {
        Spot::Place(self.text.place(self.byte))
    }
}

/// Puts a question about a position. Nothing where a main server answers for the language, or where there is no text.
pub fn at<T: Send + 'static>(
    state: &Arc<State>,
    asked: TextDocumentPositionParams,
    workers: fn(&State) -> &Workers,
    question: impl FnOnce(&View<'_>, At<'_>) -> Result<Option<T>, Fault> + Send + 'static,
) -> Answer<Option<T>> {
    if state.is_full(&state.subject(&asked.text_document.uri)) {
        at_in_any_mode(state, asked, workers, question)
    } else {
        Box::pin(async { Ok(None) })
    }
}

/// As [`at`], also where a main server answers for the language: what it does not know of.
pub fn at_in_any_mode<T: Send + 'static>(
    state: &Arc<State>,
    asked: TextDocumentPositionParams,
    workers: fn(&State) -> &Workers,
    question: impl FnOnce(&View<'_>, At<'_>) -> Result<Option<T>, Fault> + Send + 'static,
) -> Answer<Option<T>> {
    let (state, subject) = (state.clone(), state.subject(&asked.text_document.uri));
    Box::pin(async move {
        let Some(text) = state.text(&subject).await? else { return Ok(None) };
        let own = match &subject {
            Subject::Open(document) => state.records_in_time(document).await?,
            Subject::Closed { .. } => None,
        };
        state.settle_buffers().await?;
        state.check_current(&subject)?;
        let (inner, root, path) = (state.clone(), subject.root().clone(), subject.path().clone());
        let version = match &subject {
            Subject::Open(document) => Some(document.version),
            Subject::Closed { .. } => None,
        };
        let job = move |view: &View<'_>, _: &_| {
            let byte = inner.wide(&text).offset(asked.position);
            question(view, At { state: &inner, root: &root, path: &path, byte, text: &text, version })
        };
        let answer = state.ask(subject.root(), workers(&state), own, job).await?;
        state.check_current(&subject)?;
        Ok(answer)
    })
}
