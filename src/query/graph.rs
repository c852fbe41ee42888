//! A function's control-flow graph. Its renderings are in `graph_render.rs`.

use serde::Serialize;

use super::{Shape, Spot, SymbolFacts, View};
use crate::{
    kv::StoreError,
    record::{BlockKind, CfgBlock, EdgeKind, Terminator},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FunctionGraph {
    pub function: SymbolFacts,
    /// The entry first; empty for a function without a body. There is an exit block only where an edge leads to it.
    pub blocks: Vec<CfgBlock>,
}

impl FunctionGraph {
    pub(super) fn edge_count(&self) -> usize {
        self.blocks.iter().map(|block| block.successors.len()).sum()
    }
}

/// The graph of the innermost function at a spot; `None` when there is none, or the file is not indexed.
pub fn function_graph(view: &View, path: &str, spot: Spot) -> Result<Option<FunctionGraph>, StoreError> {
    let Some(file) = view.file(path)? else { return Ok(None) };
    let Some(function) = view.file_symbols(&file)?.function_at(spot)? else { return Ok(None) };
    let blocks = view.graph(&function.path, function.symbol_id)?.map(|blocks| blocks.into_owned());
    let shape = blocks.as_deref().map(Shape::of);
    let function = SymbolFacts::with_shape(view, function, shape)?;
    Ok(Some(FunctionGraph { function, blocks: blocks.unwrap_or_default() }))
}

/// Control leaves the function here: in the exit block, or at the end of a block that no edge leads on from.
pub fn leaves(block: &CfgBlock) -> bool {
    let out = matches!(block.terminator, Terminator::Return | Terminator::Throw | Terminator::End);
    block.kind == BlockKind::Exit || (out && block.successors.is_empty())
}

/// An edge to a block that lies before, or is said to be one: a loop.
pub(super) fn is_back(kind: EdgeKind) -> bool {
    kind == EdgeKind::Back || kind == EdgeKind::Continue
}

pub(super) fn edge_name(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Next => "next",
        EdgeKind::True => "true",
        EdgeKind::False => "false",
        EdgeKind::Case => "case",
        EdgeKind::Default => "default",
        EdgeKind::Back => "back",
        EdgeKind::Break => "break",
        EdgeKind::Continue => "continue",
        EdgeKind::Jump => "jump",
        EdgeKind::Fallthrough => "fallthrough",
        EdgeKind::Resume => "resume",
        EdgeKind::Return => "return",
        EdgeKind::Exception => "exception",
    }
}

pub(super) fn block_name(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Entry => "entry",
        BlockKind::Exit => "exit",
        BlockKind::Body => "body",
        BlockKind::Condition => "condition",
        BlockKind::LoopHeader => "loop header",
        BlockKind::Case => "case",
        BlockKind::Handler => "handler",
        BlockKind::Finally => "finally",
        BlockKind::Unreachable => "unreachable",
    }
}
