//! `rutter/controlFlow`: a function's control-flow graph, for whoever draws it, and drawn.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::lsp_types::TextDocumentPositionParams;

use super::{
    Answer,
    asked::{At, at_in_any_mode},
    function::function,
    texts::Texts,
};
use crate::{
    lsp::state::State,
    query::{self, View, block_code},
};

#[derive(Debug, Deserialize)]
pub struct Params {
    #[serde(flatten)]
    at: TextDocumentPositionParams,
    /// What nobody knows is drawn by nobody.
    #[serde(default)]
    formats: Vec<String>,
}

pub fn control_flow(state: &Arc<State>, params: Params) -> Answer<Option<Value>> {
    let formats = params.formats;
    let question = move |view: &View<'_>, at: At<'_>| {
        let Some(graph) = query::function_graph(view, at.path, at.spot())? else { return Ok(None) };
        let mut texts = Texts::new(at.state, at.root, view);
        let Some(function) = function(&mut texts, view, &graph.function.symbol)? else { return Ok(None) };
        let wide = at.state.wide(at.text);
        let blocks = graph.blocks.iter().map(|block| {
            json!({
                "id": block.id,
                "kind": block.kind,
                "terminator": block.terminator,
                "range": wide.range(block.byte_start..block.byte_end),
                "code": block_code(block, at.text),
                "leaves": query::leaves(block),
            })
        });
        let blocks: Vec<Value> = blocks.collect();
        let edges = graph.blocks.iter().flat_map(|block| {
            let of = block.successors.iter();
            of.map(|edge| json!({"from": block.id, "to": edge.block, "kind": edge.kind}))
        });
        let edges: Vec<Value> = edges.collect();
        let mut answer = json!({"function": function, "version": at.version, "blocks": blocks, "edges": edges});
        for format in &formats {
            match format.as_str() {
                "dot" => answer["dot"] = graph.to_dot(Some(at.text)).into(),
                "mermaid" => answer["mermaid"] = graph.to_mermaid(Some(at.text)).into(),
                "svg" => answer["svg"] = graph.to_svg(Some(at.text)).into(),
                "boxes" => answer["boxes"] = json!(graph.to_boxes(Some(at.text))),
                _ => {}
            }
        }
        Ok(Some(answer))
    };
    at_in_any_mode(state, params.at, |state| &state.workers, question)
}
