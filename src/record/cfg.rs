//! `cfg:func:{function_id}`: a function's control-flow graph.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

use super::SymbolId;

/// A basic block: code that runs from its first to its last token, and the edges out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CfgBlock {
    /// Its place in the function's list, from 0. Block 0 is the entry.
    pub id: u32,
    pub function_id: SymbolId,
    pub kind: BlockKind,
    pub terminator: Terminator,
    /// From the first token of the block to the end of its last; code of other blocks may lie between.
    pub byte_start: u32,
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
    pub end_line: u32,
    pub end_col: u32,
    pub successors: Vec<Edge>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    pub block: u32,
    pub kind: EdgeKind,
}

/// The stored form: the function once, and a column a field, so that a block takes some 60 bytes and not 230. Entry `n` of
/// each column is the block whose `id` is `n`. Written from the blocks as they are.
#[derive(Clone, Copy, Debug)]
pub struct CfgColumns<'a>(pub &'a [CfgBlock]);

impl Serialize for CfgColumns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let blocks = self.0;
        let mut columns = serializer.serialize_struct("CfgColumns", 10)?;
        columns.serialize_field("function_id", &blocks.first().map(|block| block.function_id))?;
        columns.serialize_field("kind", &Column(blocks, |block| block.kind))?;
        columns.serialize_field("terminator", &Column(blocks, |block| block.terminator))?;
        columns.serialize_field("byte_start", &Column(blocks, |block| block.byte_start))?;
        columns.serialize_field("byte_end", &Column(blocks, |block| block.byte_end))?;
        columns.serialize_field("start_line", &Column(blocks, |block| block.start_line))?;
        columns.serialize_field("start_col", &Column(blocks, |block| block.start_col))?;
        columns.serialize_field("end_line", &Column(blocks, |block| block.end_line))?;
        columns.serialize_field("end_col", &Column(blocks, |block| block.end_col))?;
        columns.serialize_field("successors", &Column(blocks, |block| Pairs(&block.successors)))?;
        columns.end()
    }
}

/// A field of each block.
struct Column<'a, T>(&'a [CfgBlock], fn(&'a CfgBlock) -> T);

impl<T: Serialize> Serialize for Column<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

/// Edges as pairs of the block that they lead to and their kind.
struct Pairs<'a>(&'a [Edge]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|edge| (edge.block, edge.kind)))
    }
}

/// The columns as they are read.
#[derive(Debug, Deserialize)]
pub struct StoredCfg {
    function_id: Option<SymbolId>,
    kind: Vec<BlockKind>,
    terminator: Vec<Terminator>,
    byte_start: Vec<u32>,
    byte_end: Vec<u32>,
    start_line: Vec<u32>,
    start_col: Vec<u32>,
    end_line: Vec<u32>,
    end_col: Vec<u32>,
    successors: Vec<Vec<(u32, EdgeKind)>>,
}

impl StoredCfg {
    /// `None` when the columns do not fit together.
    pub fn blocks(self) -> Option<Vec<CfgBlock>> {
        let count = self.kind.len();
        let numbers =
            [&self.byte_start, &self.byte_end, &self.start_line, &self.start_col, &self.end_line, &self.end_col];
        if numbers.iter().any(|column| column.len() != count)
            || [self.terminator.len(), self.successors.len()] != [count; 2]
        {
            return None;
        }
        let edges = |pairs: Vec<(u32, EdgeKind)>| pairs.into_iter().map(|(block, kind)| Edge { block, kind }).collect();
        (self.successors.into_iter().enumerate())
            .map(|(at, successors)| {
                Some(CfgBlock {
                    id: at as u32,
                    function_id: self.function_id?,
                    kind: self.kind[at],
                    terminator: self.terminator[at],
                    byte_start: self.byte_start[at],
                    byte_end: self.byte_end[at],
                    start_line: self.start_line[at],
                    start_col: self.start_col[at],
                    end_line: self.end_line[at],
                    end_col: self.end_col[at],
                    successors: edges(successors),
                })
            })
            .collect()
    }
}

/// What part a block plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// Where the function starts.
    Entry,
    /// The way out for edges that leave the function from a block with other ways on. It holds no code. A block whose
    /// only way is out has no edges; its terminator says how it leaves.
    Exit,
    /// Straight-line code.
    Body,
    /// A condition, or an operand of a short-circuit operator.
    Condition,
    /// Where a loop decides whether to go round again.
    LoopHeader,
    /// The body of a `case` or match arm.
    Case,
    /// An exception handler.
    Handler,
    /// A `finally` part, the end of a `with`, what is deferred to the function's end.
    Finally,
    /// Code that no path reaches.
    Unreachable,
}

/// How control leaves a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terminator {
    /// On to one successor.
    Goto,
    /// Two ways, by a condition.
    Branch,
    /// Several ways, by a value or pattern.
    Switch,
    Return,
    Break,
    Continue,
    /// `goto`.
    Jump,
    /// On into the next case of a switch.
    Fallthrough,
    /// Stops (`await`, `yield`) and goes on later.
    Suspend,
    /// The end of a `finally` part, a `with` or deferred calls: on to where the way in was bound for. Its ways on decide
    /// nothing.
    Resume,
    /// `raise`, `throw`, a panic.
    Throw,
    /// On with a value, or out of the function with an error (Rust's `?`).
    Try,
    /// A call that does not come back (`exit`), or an endless loop's end.
    Never,
    /// Off the function's end; the exit block's too.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// The only way on.
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
    /// By a `goto`.
    Jump,
    /// From one case of a switch into the next.
    Fallthrough,
    /// After an `await` or `yield`.
    Resume,
    Return,
    /// Taken when something is raised.
    Exception,
}
