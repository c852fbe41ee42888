//! `textDocument/definition`, `declaration`, `typeDefinition`, `implementation`: places that a name leads to.

use std::sync::Arc;

use tower_lsp::lsp_types::{GotoDefinitionParams, GotoDefinitionResponse, Location, TextDocumentPositionParams};

use super::{
    Answer,
    asked::{At, at},
    texts::Texts,
};
use crate::{
    kv::StoreError,
    lsp::state::State,
    query::{self, View},
    record::Symbol,
};

type Places = Answer<Option<GotoDefinitionResponse>>;

pub fn definition(state: &Arc<State>, params: GotoDefinitionParams) -> Places {
    at(
        state,
        params.text_document_position_params,
        |state| &state.quick,
        |view, At { state, root, path, byte, .. }| {
            let found = query::definition(view, path, byte)?;
            let mut texts = Texts::new(state, root, view);
            let length = |site: &query::Site| site.byte_end - site.byte_start;
            let places =
                found.sites.iter().filter_map(|site| texts.location(&site.path, site.line, site.col, length(site)));
            Ok(response(places.collect()))
        },
    )
}

pub fn type_definition(state: &Arc<State>, params: GotoDefinitionParams) -> Places {
    symbols(state, params.text_document_position_params, query::type_definition)
}

pub fn implementation(state: &Arc<State>, params: GotoDefinitionParams) -> Places {
    symbols(state, params.text_document_position_params, query::implementations)
}

fn symbols(
    state: &Arc<State>,
    asked: TextDocumentPositionParams,
    question: fn(&View<'_>, &str, u32) -> Result<Vec<Symbol>, StoreError>,
) -> Places {
    at(
        state,
        asked,
        |state| &state.workers,
        move |view, At { state, root, path, byte, .. }| {
            let found = question(view, path, byte)?;
            let mut texts = Texts::new(state, root, view);
            Ok(response(found.iter().filter_map(|symbol| texts.name_of(symbol)).collect()))
        },
    )
}

fn response(places: Vec<Location>) -> Option<GotoDefinitionResponse> {
    (!places.is_empty()).then_some(GotoDefinitionResponse::Array(places))
}
