//! `rutter/metrics`: a document's functions with their numbers, and what these were at git's HEAD.

use std::{collections::HashMap, sync::Arc};

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::lsp_types::TextDocumentIdentifier;

use super::{Answer, function::function, texts::Texts};
use crate::{
    lsp::{
        head,
        state::{State, Subject},
    },
    query::View,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    text_document: TextDocumentIdentifier,
}

pub fn metrics(state: &Arc<State>, params: Params) -> Answer<Option<Value>> {
    let (state, subject) = (state.clone(), state.subject(&params.text_document.uri));
    Box::pin(async move {
        let (own, head, version) = match &subject {
            Subject::Open(document) => {
                let head = head::of(&state, document).await?.map(|(head, _)| head);
                (state.records_in_time(document).await?, head, Some(document.version))
            }
            Subject::Closed { .. } => (None, None, None),
        };
        let commit = head.as_ref().map(|head| head.commit.clone());
        let functions_at_head = head.map_or_else(HashMap::new, |head| head.functions.clone());
        let (inner, root, path) = (state.clone(), subject.root().clone(), subject.path().clone());
        let question = move |view: &View<'_>, cancel: &crate::lsp::work::Cancel| {
            let Some(file) = view.file(&path)? else { return Ok(None) };
            let symbols = view.file_symbols(&file)?;
            let mut texts = Texts::new(&inner, &root, view);
            let mut functions = Vec::new();
            for at in 0..symbols.len() {
                cancel.check()?;
                let Some(symbol) = symbols.get(at)?.filter(|symbol| symbol.kind.is_function()) else { continue };
                let Some(mut told) = function(&mut texts, view, &symbol)? else { continue };
                let before = functions_at_head.get(&symbol.symbol_id);
                let before = before.map(|now| json!({"cyclomatic": now.cyclomatic, "cognitive": now.cognitive}));
                told.insert("head".to_owned(), before.unwrap_or_default());
                functions.push(Value::Object(told));
            }
            Ok(Some(json!({"version": version, "head": commit, "functions": functions})))
        };
        let answer = state.ask(subject.root(), &state.workers, own, question).await?;
        state.check_current(&subject)?;
        Ok(answer)
    })
}
