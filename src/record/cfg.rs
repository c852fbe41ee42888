//! `cfg:func:{function_id}`: a function's control-flow graph.

use serde::{Deserialize, Serialize};

use super::SymbolId;

/// A basic block: code that runs from its first to its last token, and the edges out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    pub block: u32,
    pub kind: EdgeKind,
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
