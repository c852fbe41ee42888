//! `cfg:func:{function_id}`: a function's control-flow graph.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

use super::SymbolId;

/// A basic block: code that runs from its first to its last token, and the edges out of it.
///
/// Graphs are the largest part of an index, so the stored form leaves out what the rest says: `function_id` in all blocks
/// but the entry, a `kind` of `body`, a `terminator` of `goto`, an edge's kind of `next`, and the end's line and column in
/// a block on one line. [`CfgBlock::complete`] puts them back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CfgBlock {
    /// Its place in the function's list, from 0. Block 0 is the entry.
    pub id: u32,
    #[serde(default)]
    pub function_id: SymbolId,
    #[serde(default)]
    pub kind: BlockKind,
    #[serde(default)]
    pub terminator: Terminator,
    /// From the first token of the block to the end of its last; code of other blocks may lie between.
    pub byte_start: u32,
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
    #[serde(default)]
    pub end_line: u32,
    #[serde(default)]
    pub end_col: u32,
    pub successors: Vec<Edge>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    pub block: u32,
    #[serde(default, skip_serializing_if = "EdgeKind::is_next")]
    pub kind: EdgeKind,
}

impl CfgBlock {
    /// Puts back into the blocks of a function what their stored form leaves out.
    pub fn complete(blocks: &mut [CfgBlock]) {
        let Some(function_id) = blocks.first().map(|entry| entry.function_id) else { return };
        for block in blocks {
            block.function_id = function_id;
            if block.end_line == 0 {
                block.end_line = block.start_line;
                block.end_col = block.start_col + block.byte_end.saturating_sub(block.byte_start);
            }
        }
    }
}

impl Serialize for CfgBlock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("CfgBlock", 11)?;
        fields.serialize_field("id", &self.id)?;
        if self.id == 0 {
            fields.serialize_field("function_id", &self.function_id)?;
        }
        if self.kind != BlockKind::Body {
            fields.serialize_field("kind", &self.kind)?;
        }
        if self.terminator != Terminator::Goto {
            fields.serialize_field("terminator", &self.terminator)?;
        }
        fields.serialize_field("byte_start", &self.byte_start)?;
        fields.serialize_field("byte_end", &self.byte_end)?;
        fields.serialize_field("start_line", &self.start_line)?;
        fields.serialize_field("start_col", &self.start_col)?;
        if self.end_line != self.start_line && self.end_line != 0 {
            fields.serialize_field("end_line", &self.end_line)?;
            fields.serialize_field("end_col", &self.end_col)?;
        }
        fields.serialize_field("successors", &self.successors)?;
        fields.end()
    }
}

/// What part a block plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// Where the function starts.
    Entry,
    /// The way out for edges that leave the function from a block with other ways on. It holds no code. A block whose
    /// only way is out has no edges; its terminator says how it leaves.
    Exit,
    /// Straight-line code.
    #[default]
    Body,
    /// A condition, or an operand of a short-circuit operator.
    Condition,
    /// Where a loop decides whether to go round again.
    LoopHeader,
    /// The body of a `case` or match arm.
    Case,
    /// An exception handler.
    Handler,
    /// A `finally` part.
    Finally,
    /// Code that no path reaches.
    Unreachable,
}

/// How control leaves a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terminator {
    /// On to one successor.
    #[default]
    Goto,
    /// Two ways, by a condition.
    Branch,
    /// Several ways, by a value or pattern.
    Switch,
    Return,
    Break,
    Continue,
    /// `raise`, `throw`, a panic.
    Throw,
    /// On with a value, or out of the function with an error (Rust's `?`).
    Try,
    /// A call that does not come back (`exit`), or an endless loop's end.
    Never,
    /// Off the function's end; the exit block's too.
    End,
}

impl EdgeKind {
    fn is_next(&self) -> bool {
        *self == EdgeKind::Next
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// The only way on.
    #[default]
    Next,
    True,
    False,
    Case,
    /// To the part taken when no case fits.
    Default,
    /// Back to a loop's header.
    Back,
    Break,
    Continue,
    Return,
    /// Taken when something is raised.
    Exception,
}
