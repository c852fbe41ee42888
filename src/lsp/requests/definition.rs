//! `textDocument/definition`: where the name under the cursor is defined.

use std::sync::Arc;

use tower_lsp::lsp_types::{GotoDefinitionParams, GotoDefinitionResponse, Location};

use super::{Answer, texts::Texts};
use crate::{
    lsp::{
        state::{State, Subject},
        work::Fault,
    },
    query,
};

pub fn definition(state: &Arc<State>, params: GotoDefinitionParams) -> Answer<Option<GotoDefinitionResponse>> {
    let asked = params.text_document_position_params;
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
            let found = query::definition(view, &path, byte)?;
            let mut texts = Texts::new(&inner);
            let places: Vec<Location> = found
                .sites
                .iter()
                .filter_map(|site| texts.location(&site.path, site.line, site.col, site.byte_end - site.byte_start))
                .collect();
            Ok::<_, Fault>((!places.is_empty()).then_some(GotoDefinitionResponse::Array(places)))
        };
        state.ask(&state.quick, own, question).await
    })
}
