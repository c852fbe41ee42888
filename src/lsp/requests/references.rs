//! `textDocument/references` and `documentHighlight`: where what a name means is used.

use std::sync::Arc;

use tower_lsp::lsp_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, Location, ReferenceParams,
};

use super::{
    Answer,
    asked::{At, at},
    texts::Texts,
};
use crate::{lsp::state::State, query, record::ReferenceKind};

pub fn references(state: &Arc<State>, params: ReferenceParams) -> Answer<Option<Vec<Location>>> {
    let with_definition = params.context.include_declaration;
    let question = move |view: &query::View<'_>, At { state, root, path, byte, .. }: At<'_>| {
        let Some(uses) = query::references(view, path, byte, with_definition)? else { return Ok(None) };
        let mut texts = Texts::new(state, root, view);
        let length = |one: &query::Use| one.byte_end - one.byte_start;
        Ok(Some(uses.iter().filter_map(|one| texts.location(&one.path, one.line, one.col, length(one))).collect()))
    };
    at(state, params.text_document_position, |state| &state.workers, question)
}

/// By what the name means; of a name of which nothing is known, where else it is written that nothing is known of.
pub fn document_highlight(
    state: &Arc<State>,
    params: DocumentHighlightParams,
) -> Answer<Option<Vec<DocumentHighlight>>> {
    let question = |view: &query::View<'_>, At { state, root, path, byte, .. }: At<'_>| {
        let uses = query::highlights(view, path, byte)?;
        let mut texts = Texts::new(state, root, view);
        let highlights = uses.iter().map(|one| DocumentHighlight {
            range: texts.range(&one.path, one.line, one.col, one.byte_end - one.byte_start),
            kind: Some(if one.is_definition || one.kind == ReferenceKind::Write {
                DocumentHighlightKind::WRITE
            } else {
                DocumentHighlightKind::READ
            }),
        });
        Ok(Some(highlights.collect()))
    };
    at(state, params.text_document_position_params, |state| &state.quick, question)
}
