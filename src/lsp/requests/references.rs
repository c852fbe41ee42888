//! `textDocument/references`: where the name under the cursor is used.

use std::sync::Arc;

use tower_lsp::lsp_types::{Location, ReferenceParams};

use super::{Answer, texts::Texts};
use crate::{
    lsp::{
        state::{State, Subject},
        work::Fault,
    },
    query,
};

pub fn references(state: &Arc<State>, params: ReferenceParams) -> Answer<Option<Vec<Location>>> {
    let asked = params.text_document_position;
    let with_definition = params.context.include_declaration;
    let (state, subject) = (state.clone(), state.subject(&asked.text_document.uri));
    Box::pin(async move {
        if !state.is_full(&subject) {
            return Ok(None);
        }
        let Some(text) = state.text(&subject).await? else { return Ok(None) };
        let own = match &subject {
            Subject::Open(document) => state.records_in_time(document).await?,
            Subject::Closed { .. } => None,
        };
        let (inner, path) = (state.clone(), subject.path().clone());
        let question = move |view: &query::View<'_>, _: &_| {
            let byte = inner.wide(&text).offset(asked.position);
            let Some(uses) = query::references(view, &path, byte, with_definition)? else { return Ok(None) };
            let mut texts = Texts::new(&inner);
            let places = uses
                .iter()
                .filter_map(|one| texts.location(&one.path, one.line, one.col, one.byte_end - one.byte_start));
            Ok::<_, Fault>(Some(places.collect()))
        };
        state.ask(&state.workers, own, question).await
    })
}
