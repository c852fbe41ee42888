//! The constructs that control flow runs through, and the jumps out of them.

use super::{BlockId, Control, Dangling};
use crate::{
    languages::roles::Role,
    record::{EdgeKind, Terminator},
    text::ByteRange,
};

pub(super) type Edges = Vec<Dangling>;

/// A construct that the walk is in.
#[derive(Debug)]
pub(super) enum Frame {
    /// A condition without structure of its own. `constant` once it turned out to be a literal.
    Condition {
        start: u32,
        end: u32,
        constant: Option<bool>,
    },
    /// Parentheses or a negation around a condition.
    Around {
        negates: bool,
    },
    Logical {
        and: bool,
        is_condition: bool,
        short: Edges,
        seen_one: bool,
    },
    /// A chain of members that ended early on these edges.
    Optional {
        no: Edges,
    },
    DefaultValue {
        no: Edges,
    },
    If {
        yes: Edges,
        no: Edges,
        ends: Edges,
    },
    ElseIf {
        yes: Edges,
        no: Edges,
        ends: Edges,
    },
    Loop {
        kind: Role,
        header: BlockId,
        exits: Edges,
        label: Option<ByteRange>,
        yes: Edges,
        no: Edges,
        aside: Control,
        head: Head,
        /// A body has been met. (Where it is empty, some grammars have no node for it.)
        has_body: bool,
        /// Where its `continue` leads, if not to the header: a reserved block and the way on from it.
        update: Option<(BlockId, Edges)>,
        /// Of a loop that asks last: the jumps to its condition.
        continues: Edges,
        /// Control is in its `else`: jumps there are those of a loop around it.
        is_over: bool,
    },
    Labelled {
        label: ByteRange,
        exits: Edges,
    },
    Match {
        dispatch: Option<BlockId>,
        /// A guard did not hold.
        missed: Edges,
        /// On into the next arm.
        falls: Edges,
        ends: Edges,
        has_catch_all: bool,
        exhaustive: bool,
        /// `break` leaves it.
        breakable: bool,
        choice: Choice,
        /// The arm for when none of these fits: where it begins.
        otherwise: Option<BlockId>,
        arms: u32,
        /// Where the last arm begins.
        last_arm: u32,
    },
    Arm {
        catch_all: bool,
        guarded: bool,
        /// Its pattern is one to be tried here, and control has not gone on from it yet.
        untried: bool,
    },
    Try {
        phase: Phase,
        has_finally: bool,
        has_handlers: bool,
        /// The blocks of the body.
        body: std::ops::Range<BlockId>,
        /// On from the body.
        normal: Edges,
        /// On from the handlers.
        ends: Edges,
        /// Raised and not caught so far.
        uncaught: Edges,
        /// Jumps that the `finally` part takes first.
        through: Vec<(Edges, Jump)>,
    },
    Handler,
    Finally,
    /// The `with` around a [`Frame::Try`] of its own, or what opens something in a `try`, in its frame.
    With {
        /// What stands for the closing: the code from here to there.
        start: u32,
        end: u32,
        /// What is raised in it may end here.
        swallows: bool,
    },
    Variants {
        /// Where it is chosen, unless nothing leads there.
        from: Option<BlockId>,
        ends: Edges,
        has_other: bool,
    },
    Ternary {
        /// The block that is reserved for the first part where that is written before the condition.
        then: Option<BlockId>,
        decided: bool,
        yes: Edges,
        no: Edges,
        ends: Edges,
        aside: Control,
    },
    Comprehension {
        body: BlockId,
        body_end: Edges,
        headers: Vec<BlockId>,
        done: Edges,
        aside: Control,
    },
    Filter,
    Assert {
        holds: Edges,
    },
    Jump {
        kind: Role,
        label: Option<ByteRange>,
    },
    Question,
    Suspend,
    Diverging {
        terminator: Terminator,
        edge: Option<EdgeKind>,
    },
    LetElse {
        matched: Edges,
    },
}

/// How a match or switch comes to an arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// In one place.
    AtOnce,
    /// By asking the arms' conditions one after the other.
    ByConditions,
    /// By trying the arms' patterns one after the other.
    ByPatterns,
}

/// What a loop has by which it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Nothing,
    Condition,
    /// Values of something.
    Values,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// What a `with` opens, the keyword of a `try`.
    Header,
    Body,
    /// Handlers and `else`.
    After,
    Finally,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Jump {
    Return,
    Throw,
    Break(Option<ByteRange>),
    Continue(Option<ByteRange>),
    /// Out of the innermost switch, with a value.
    GiveValue,
}

impl Jump {
    pub fn edge(&self) -> EdgeKind {
        match self {
            Jump::Return => EdgeKind::Return,
            Jump::Throw => EdgeKind::Exception,
            Jump::Break(_) | Jump::GiveValue => EdgeKind::Break,
            Jump::Continue(_) => EdgeKind::Continue,
        }
    }

    /// Leads to the loop that bears this label, or none.
    pub fn aims_at(&self, label: Option<ByteRange>, bytes: &[u8]) -> bool {
        match self {
            Jump::Break(None) | Jump::Continue(None) => true,
            Jump::GiveValue => false,
            _ => label.is_some_and(|label| self.names(label, bytes)),
        }
    }

    /// Names this label.
    pub fn names(&self, label: ByteRange, bytes: &[u8]) -> bool {
        let text = |range: &ByteRange| &bytes[range.start as usize..range.end as usize];
        match self {
            Jump::Break(Some(wanted)) | Jump::Continue(Some(wanted)) => text(wanted) == text(&label),
            _ => false,
        }
    }
}
