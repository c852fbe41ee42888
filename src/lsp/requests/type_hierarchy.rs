//! `textDocument/prepareTypeHierarchy` and `typeHierarchy/*`: what a type inherits from, and what inherits from it.

use std::sync::Arc;

use tower_lsp::lsp_types::{
    TypeHierarchyItem, TypeHierarchyPrepareParams, TypeHierarchySubtypesParams, TypeHierarchySupertypesParams,
};

use super::{
    Answer,
    asked::{At, at},
    document_symbol::shown_name,
    texts::{Texts, id_in, identity},
};
use crate::{
    kv::StoreError,
    lsp::{
        convert::symbol_kind,
        state::State,
        work::{Cancel, Fault},
    },
    query::{self, View},
    record::{Symbol, SymbolId},
};

type Items = Answer<Option<Vec<TypeHierarchyItem>>>;

pub fn prepare(state: &Arc<State>, params: TypeHierarchyPrepareParams) -> Items {
    let question = |view: &View<'_>, At { state, root, path, byte, .. }: At<'_>| {
        let named = query::callable(view, path, byte)?;
        let types: Vec<Symbol> = match named.iter().any(|symbol| symbol.kind.is_type()) {
            true => named.into_iter().filter(|symbol| symbol.kind.is_type()).collect(),
            false => query::type_definition(view, path, byte)?,
        };
        let mut texts = Texts::new(state, root, view);
        let items: Vec<_> = types.iter().filter_map(|symbol| item(&mut texts, symbol)).collect();
        Ok((!items.is_empty()).then_some(items))
    };
    at(state, params.text_document_position_params, |state| &state.workers, question)
}

pub fn supertypes(state: &Arc<State>, params: TypeHierarchySupertypesParams) -> Items {
    related(state, params.item, query::supertypes)
}

pub fn subtypes(state: &Arc<State>, params: TypeHierarchySubtypesParams) -> Items {
    related(state, params.item, query::subtypes)
}

fn related(
    state: &Arc<State>,
    of: TypeHierarchyItem,
    question: fn(&View<'_>, SymbolId) -> Result<Vec<Symbol>, StoreError>,
) -> Items {
    let (state, root) = (state.clone(), state.subject(&of.uri).root().clone());
    Box::pin(async move {
        let Some(id) = id_in(of.data.as_ref()) else { return Ok(None) };
        state.settle_buffers().await?;
        let (inner, asked) = (state.clone(), root.clone());
        let question = move |view: &View<'_>, _: &Cancel| {
            let mut texts = Texts::new(&inner, &asked, view);
            let found = question(view, id)?;
            Ok::<_, Fault>(Some(found.iter().filter_map(|symbol| item(&mut texts, symbol)).collect()))
        };
        state.ask(&root, &state.workers, None, question).await
    })
}

fn item(texts: &mut Texts<'_>, symbol: &Symbol) -> Option<TypeHierarchyItem> {
    let name = texts.name_of(symbol)?;
    Some(TypeHierarchyItem {
        name: shown_name(symbol),
        kind: symbol_kind(symbol.kind),
        tags: None,
        detail: Some(symbol.fqn.clone()),
        uri: name.uri,
        range: texts.whole(symbol),
        selection_range: name.range,
        data: Some(identity(symbol)),
    })
}
