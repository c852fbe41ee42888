//! The control-flow graph builder. One for all languages: it hears of roles and parts as the one walk over the tree comes
//! by them, and keeps a stack of the constructs that it is in. No recursion, hence no stack to overflow.
//!
//! The state is where control stands: in a block; at edges that will lead to whatever code comes next; or nowhere, after
//! a jump. Blocks come into being when code is met, so joins without code leave no empty blocks behind. A construct whose
//! parts stand in the source in another order than they run in (Python's ternary and comprehensions) reserves a block.

mod enter;
mod frames;
mod graph;
mod labels;
mod leave;

use frames::{Edges, Frame, Jump, Phase};
pub(crate) use graph::Graph;
use graph::{BlockId, Dangling, ENTRY, EXIT};
use labels::Labels;

use crate::{
    languages::roles::{Part, Role},
    record::{BlockKind, EdgeKind, Terminator},
    text::ByteRange,
};

/// How many constructs a jump is followed outwards. No code of people's nests so deep; a file that was made to would cost
/// the square of its size.
const MAX_REACH: usize = 2_000;

/// Where control stands.
#[derive(Debug)]
enum Control {
    /// In this block.
    In(BlockId),
    /// On these edges; the code that they lead to will be a block of this kind.
    On(Vec<Dangling>, BlockKind),
    /// After a jump: what comes is not reached from here.
    Nowhere,
}

/// How a call does not come back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Diverges {
    Raises,
    /// The program is over.
    Ends,
}

/// A node as the builder sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit {
    pub role: Role,
    pub start: u32,
    pub end: u32,
    pub depth: u32,
    /// Of a `!`: negates.
    pub flag: bool,
    /// Of a `try`.
    pub has_finally: bool,
    pub has_handlers: bool,
    /// Where it opens something first.
    pub resources: Option<(u32, u32)>,
}

/// The graph of one function while the walk is in its body.
#[derive(Debug)]
pub(super) struct Flow {
    graph: Graph,
    control: Control,
    /// With the depth of the node that each belongs to.
    frames: Vec<(u32, Frame)>,
    /// The next node entered is a condition.
    condition_next: bool,
    /// The edges on which the last condition came out true and false.
    decided: Option<(Vec<Dangling>, Vec<Dangling>)>,
    /// The block of the last condition, if that was a literal.
    last_literal: Option<BlockId>,
    /// Inside of a closure or a nested definition, from this depth.
    muted_from: Option<u32>,
    exits: u32,
    /// Among the parameters: only what has to be evaluated there counts.
    in_parameters: bool,
    labels: Labels,
    /// The block of what is deferred to the function's end, and the one in which that is first done.
    deferred: Option<(BlockId, BlockId)>,
    /// By block: what is raised there has a handler.
    caught: Vec<bool>,
    /// The depths of statements that may not be there.
    may_be_absent: Vec<u32>,
}

impl Flow {
    pub fn new(body: ByteRange) -> Self {
        Flow {
            graph: Graph::new(body.start, body.end),
            control: Control::In(ENTRY),
            frames: Vec::new(),
            condition_next: false,
            decided: None,
            last_literal: None,
            muted_from: None,
            exits: 0,
            in_parameters: false,
            labels: Labels::default(),
            deferred: None,
            caught: Vec::new(),
            may_be_absent: Vec::new(),
        }
    }

    /// Of a language whose functions evaluate values for missing arguments first.
    pub fn with_parameters(parameters: ByteRange) -> Self {
        Flow { in_parameters: true, ..Flow::new(parameters) }
    }

    pub fn leave_parameters(&mut self) {
        self.in_parameters = false;
    }

    pub fn enter_body(&mut self, start: u32, end: u32) {
        self.in_parameters = false;
        self.graph.place(start, end);
    }

    /// The graph, and how many ways out of the function it has. Falling off the end is one.
    pub fn finish(mut self) -> (Graph, u32) {
        let last = self.take_edges();
        self.exits += u32::from(!last.is_empty());
        let out = self.way_out();
        self.graph.connect(last, out);
        for (edges, block) in self.labels.late_jumps() {
            // A jump to a label that is not there leads nowhere known.
            self.graph.connect(edges, block.unwrap_or(out));
        }
        if let Some((deferred, first)) = self.deferred {
            // Whatever raises something from then on leads there too.
            let mut raised = raises(&mut self.caught, first..self.graph.len());
            raised.retain(|edge| edge.from != deferred && edge.from != EXIT);
            self.graph.connect(raised, deferred);
            self.graph.end(deferred, Terminator::Resume);
            self.graph.connect([Dangling { from: deferred, kind: EdgeKind::Return }], EXIT);
        }
        (self.graph, self.exits)
    }

    /// Where control goes that leaves the function.
    fn way_out(&self) -> BlockId {
        self.deferred.map_or(EXIT, |(deferred, _)| deferred)
    }

    /// An expression that control only passes by (a closure).
    pub fn enter_value(&mut self, start: u32, end: u32, depth: u32) {
        if std::mem::take(&mut self.condition_next) {
            self.frames.push((depth, Frame::Condition { start, end, constant: None }));
        }
        self.leaf(start, end, true);
    }

    /// A chain of members, whose outermost node is at this depth, ends here if there is nothing to go on with.
    pub fn optional(&mut self, at: u32, chain: u32) {
        if self.is_muted() {
            return;
        }
        let from = self.here(at);
        self.graph.end(from, Terminator::Branch);
        self.graph.decide(at, Some(from));
        let end = Dangling { from, kind: EdgeKind::False };
        match self.frames.last_mut() {
            Some((depth, Frame::Optional { no })) if *depth == chain => no.push(end),
            _ => {
                let place = self.frames.partition_point(|(depth, _)| *depth <= chain);
                self.frames.insert(place, (chain, Frame::Optional { no: vec![end] }));
            }
        }
        self.go_on(vec![Dangling { from, kind: EdgeKind::True }], BlockKind::Body);
    }

    /// A token of code. `solid` tokens make a block where there is none; punctuation only prolongs one.
    pub fn leaf(&mut self, start: u32, end: u32, solid: bool) {
        if self.in_parameters && !matches!(self.frames.last(), Some((_, Frame::DefaultValue { no })) if !no.is_empty())
        {
            return;
        }
        match self.control {
            Control::In(block) => self.graph.extend(block, start, end),
            _ if solid => {
                let block = self.here(start);
                self.graph.extend(block, start, end);
            }
            _ => {}
        }
    }

    /// From here to the node's end there is no control flow of this function's.
    pub fn mute(&mut self, depth: u32) {
        self.muted_from.get_or_insert(depth);
    }

    pub fn is_muted(&self) -> bool {
        self.muted_from.is_some()
    }

    /// The block that control is in, made if need be.
    fn here(&mut self, at: u32) -> BlockId {
        let block = match std::mem::replace(&mut self.control, Control::Nowhere) {
            Control::In(block) => block,
            Control::On(edges, kind) => {
                let block = self.graph.block(kind, at);
                self.graph.connect(edges, block);
                block
            }
            Control::Nowhere => self.graph.block(BlockKind::Unreachable, at),
        };
        self.control = Control::In(block);
        block
    }

    /// The innermost construct that fits, by its place among the frames. No code of people's nests as deep as is looked.
    fn innermost(&self, fits: impl Fn(&Frame) -> bool) -> Option<usize> {
        let skipped = self.frames.len().saturating_sub(MAX_REACH);
        self.frames[skipped..].iter().rposition(|(_, frame)| fits(frame)).map(|place| place + skipped)
    }

    /// Takes control away, as edges.
    fn take_edges(&mut self) -> Vec<Dangling> {
        match std::mem::replace(&mut self.control, Control::Nowhere) {
            Control::In(from) => vec![Dangling { from, kind: EdgeKind::Next }],
            Control::On(edges, _) => edges,
            Control::Nowhere => Vec::new(),
        }
    }

    fn go_on(&mut self, edges: Vec<Dangling>, kind: BlockKind) {
        self.control = if edges.is_empty() { Control::Nowhere } else { Control::On(edges, kind) };
    }

    /// Leads control, wherever it stands, into a block.
    fn lead_to(&mut self, block: BlockId) {
        let edges = self.take_edges();
        self.graph.connect(edges, block);
        self.control = Control::In(block);
    }

    /// Leads control back to a loop's header.
    fn loop_back(&mut self, header: BlockId) {
        let mut edges = self.take_edges();
        for edge in &mut edges {
            if edge.kind == EdgeKind::Next {
                edge.kind = EdgeKind::Back;
            }
        }
        self.graph.connect(edges, header);
    }

    /// Ends the block that control is in and leaves.
    fn leave_block(&mut self, at: u32, terminator: Terminator, kind: EdgeKind) -> Vec<Dangling> {
        let from = self.here(at);
        self.graph.end(from, terminator);
        self.control = Control::Nowhere;
        vec![Dangling { from, kind }]
    }

    fn take_decided(&mut self, at: u32) -> (Vec<Dangling>, Vec<Dangling>) {
        match self.decided.take() {
            Some(decided) => decided,
            // The condition is missing in the text: either way may be taken.
            None => {
                let from = self.here(at);
                self.graph.end(from, Terminator::Branch);
                self.graph.decide(at, Some(from));
                self.control = Control::Nowhere;
                (vec![Dangling { from, kind: EdgeKind::True }], vec![Dangling { from, kind: EdgeKind::False }])
            }
        }
    }

    /// Sends edges where a jump leads, as seen from below frame `from`; a `finally` in between takes them first.
    fn jump(&mut self, mut edges: Vec<Dangling>, jump: Jump, from: usize, bytes: &[u8]) {
        for index in (0..from).rev().take(MAX_REACH) {
            match &mut self.frames[index].1 {
                // What may be raised in a body leads from each of its blocks to the handlers or the `finally` already.
                Frame::Try { phase: Phase::Body, has_handlers, has_finally, .. }
                    if jump == Jump::Throw && (*has_handlers || *has_finally) =>
                {
                    return;
                }
                Frame::Try { has_finally: true, phase, through, .. }
                    if !matches!(*phase, Phase::Finally | Phase::Header) =>
                {
                    through.push((edges, jump));
                    return;
                }
                Frame::Loop { kind, label, header, exits, update, continues, is_over: false, .. }
                    if jump.aims_at(label.clone(), bytes) =>
                {
                    match (&jump, update) {
                        (Jump::Continue(_), _) if matches!(kind, Role::DoWhile | Role::DoUntil) => {
                            continues.append(&mut edges)
                        }
                        (Jump::Continue(_), Some((update, _))) => self.graph.connect(edges, *update),
                        (Jump::Continue(_), None) => self.graph.connect(edges, *header),
                        _ => exits.append(&mut edges),
                    }
                    return;
                }
                Frame::Match { breakable, ends, .. }
                    if jump == Jump::GiveValue || (*breakable && jump == Jump::Break(None)) =>
                {
                    ends.append(&mut edges);
                    return;
                }
                Frame::Labelled { label, exits } if jump.names(label.clone(), bytes) => {
                    exits.append(&mut edges);
                    return;
                }
                _ => {}
            }
        }
        self.exits += 1;
        let out = self.way_out();
        self.graph.connect(edges, out);
    }

    /// A label: of the loop or jump that was just entered, or of a block or statement (`parent` is its depth). A
    /// statement's is a place that jumps may lead to, from anywhere in the block around it (`scope`) at least; one that is
    /// there for something is led to, though nobody sees from where.
    pub fn label(
        &mut self,
        range: ByteRange,
        parent: u32,
        scope: Option<ByteRange>,
        is_for_something: bool,
        bytes: &[u8],
    ) {
        match self.frames.last_mut() {
            Some((depth, Frame::Loop { label, .. } | Frame::Jump { label, .. })) if *depth == parent => {
                *label = Some(range);
                return;
            }
            _ => self.frames.push((parent, Frame::Labelled { label: range.clone(), exits: Vec::new() })),
        }
        if let Some(scope) = scope {
            let block = self.graph.block(BlockKind::Body, range.start);
            if is_for_something && self.is_nowhere() {
                self.graph.assume(block);
            }
            self.lead_to(block);
            let edges = self.labels.add(&bytes[range.start as usize..range.end as usize], scope, block);
            self.graph.connect(edges, block);
        }
    }

    /// Code here is not reached.
    pub fn is_nowhere(&self) -> bool {
        matches!(self.control, Control::Nowhere)
    }

    /// Where control does not stand, it may come here all the same (a macro may hold a label).
    pub fn assume(&mut self, at: u32) {
        if self.is_nowhere() && !self.is_muted() {
            let block = self.graph.block(BlockKind::Body, at);
            self.graph.assume(block);
            self.control = Control::In(block);
        }
    }

    /// What comes next at this depth may not be part of the program (`#[cfg(windows)] return;`).
    pub fn may_be_absent(&mut self, depth: u32) {
        if self.may_be_absent.last() != Some(&depth) {
            self.may_be_absent.push(depth);
        }
    }

    /// A statement at this depth is over: where it may not be there, control may come by all the same.
    pub fn passed(&mut self, depth: u32, end: u32) {
        while self.may_be_absent.pop_if(|absent| *absent > depth).is_some() {}
        if self.may_be_absent.pop_if(|absent| *absent == depth).is_some() {
            self.assume(end);
        }
    }

    /// Leads edges to a label, which may be one that has not come yet.
    fn go_to(&mut self, edges: Edges, label: Option<ByteRange>, bytes: &[u8]) {
        let Some(label) = label else {
            // A jump to an address that is computed: to any label, or none.
            let out = self.way_out();
            return self.graph.connect(edges, out);
        };
        let name = &bytes[label.start as usize..label.end as usize];
        match self.labels.seen_from(name, label.start) {
            Some(block) => self.graph.connect(edges, block),
            None => self.labels.wait(name, label.start, edges),
        }
    }

    /// The call or macro at this depth does not come back.
    pub fn never_returns(&mut self, depth: u32, how: Diverges) {
        let (terminator, edge) = match how {
            Diverges::Raises => (Terminator::Throw, Some(EdgeKind::Exception)),
            Diverges::Ends => (Terminator::Never, None),
        };
        self.frames.push((depth, Frame::Diverging { terminator, edge }));
    }
}

/// The edges on which what is raised leaves these blocks, but for those that have a nearer handler. Whatever does not fit
/// there goes on from there.
fn raises(caught: &mut Vec<bool>, blocks: std::ops::Range<BlockId>) -> Edges {
    caught.resize(caught.len().max(blocks.end as usize), false);
    let open = blocks.filter(|&block| !std::mem::replace(&mut caught[block as usize], true));
    open.map(|from| Dangling { from, kind: EdgeKind::Exception }).collect()
}

/// The blocks of a range, and none when asked again.
fn take_range(range: &mut std::ops::Range<BlockId>) -> std::ops::Range<BlockId> {
    let taken = range.clone();
    range.start = range.end;
    taken
}

impl Part {
    /// Whether the builder wants to hear of it.
    pub(super) fn shapes_flow(self) -> bool {
        use Part::{
            Body, Condition, Else, Fallback, Guard, Iterable, LetElse, Operand, Pattern, Subject, Target, Then, Update,
        };
        matches!(
            self,
            Body | Condition
                | Else
                | Fallback
                | Guard
                | Iterable
                | LetElse
                | Operand
                | Pattern
                | Subject
                | Target
                | Then
                | Update
        )
    }
}
