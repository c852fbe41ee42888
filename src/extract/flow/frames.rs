//! The constructs that control flow runs through: what each does when it, or a part of it, is entered and left.

use super::{BlockId, Control, Dangling, Flow, Visit};
use crate::{
    languages::roles::{Part, Role},
    record::{BlockKind, EdgeKind, Terminator},
    text::ByteRange,
};

type Edges = Vec<Dangling>;

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
    },
    Labelled {
        label: ByteRange,
        exits: Edges,
    },
    Match {
        dispatch: Option<BlockId>,
        missed: Edges,
        ends: Edges,
        has_catch_all: bool,
        exhaustive: bool,
    },
    Arm {
        catch_all: bool,
        guarded: bool,
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
    Ternary {
        then: BlockId,
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
    Diverging {
        terminator: Terminator,
        edge: Option<EdgeKind>,
    },
    LetElse {
        matched: Edges,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
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
}

impl Jump {
    fn edge(&self) -> EdgeKind {
        match self {
            Jump::Return => EdgeKind::Return,
            Jump::Throw => EdgeKind::Exception,
            Jump::Break(_) => EdgeKind::Break,
            Jump::Continue(_) => EdgeKind::Continue,
        }
    }

    /// Leads to the loop that bears this label, or none.
    pub fn aims_at(&self, label: Option<ByteRange>, bytes: &[u8]) -> bool {
        match self {
            Jump::Break(None) | Jump::Continue(None) => true,
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

impl Flow {
    pub fn enter(&mut self, visit: Visit, exhaustive_matches: bool) {
        let Visit { role, start, depth, .. } = visit;
        if self.is_muted() {
            return;
        }
        let is_condition = std::mem::take(&mut self.condition_next);
        match role {
            Role::And | Role::Or => {
                self.branches += 1;
                let frame = Frame::Logical { and: role == Role::And, is_condition, short: Vec::new(), seen_one: false };
                self.frames.push((depth, frame));
                return;
            }
            Role::Paren if is_condition => return self.frames.push((depth, Frame::Around { negates: false })),
            Role::Not if is_condition && visit.flag => {
                return self.frames.push((depth, Frame::Around { negates: true }));
            }
            Role::ComprehensionIf if is_condition => {
                return self.frames.push((depth, Frame::Around { negates: false }));
            }
            Role::True | Role::False => {
                if let Some((_, Frame::Condition { start: from, end: to, constant })) = self.frames.last_mut()
                    && (*from, *to) == (start, visit.end)
                {
                    *constant = Some(role == Role::True);
                } else if is_condition {
                    self.frames
                        .push((depth, Frame::Condition { start, end: visit.end, constant: Some(role == Role::True) }));
                }
                return;
            }
            _ if is_condition => self.frames.push((depth, Frame::Condition { start, end: visit.end, constant: None })),
            _ => {}
        }
        if let Some(frame) = self.frame_of(visit, exhaustive_matches) {
            self.frames.push((depth, frame));
        }
    }

    fn frame_of(&mut self, visit: Visit, exhaustive: bool) -> Option<Frame> {
        let Visit { role, start, depth, flag, has_finally, has_handlers, .. } = visit;
        self.branches +=
            u32::from(matches!(role, Role::If | Role::ElseIf | Role::Match | Role::Ternary | Role::Assert));
        self.loops += u32::from(matches!(role, Role::While | Role::For | Role::Loop | Role::ComprehensionFor));
        Some(match role {
            Role::If => Frame::If { yes: Vec::new(), no: Vec::new(), ends: Vec::new() },
            Role::ElseIf => Frame::ElseIf { yes: Vec::new(), no: Vec::new(), ends: Vec::new() },
            Role::While | Role::Loop | Role::For | Role::ComprehensionFor => {
                let header = self.graph.block(BlockKind::LoopHeader, start);
                if matches!(role, Role::While | Role::Loop) {
                    self.lead_to(header);
                }
                let (exits, yes, no) = Default::default();
                Frame::Loop { kind: role, header, exits, label: None, yes, no, aside: Control::Nowhere }
            }
            Role::Match => {
                Frame::Match { dispatch: None, missed: Vec::new(), ends: Vec::new(), has_catch_all: false, exhaustive }
            }
            Role::Arm => {
                self.enter_arm(start, flag);
                Frame::Arm { catch_all: flag, guarded: false }
            }
            Role::Try => {
                let edges = self.take_edges();
                self.go_on(edges, BlockKind::Body);
                let first = self.graph.len();
                Frame::Try {
                    phase: Phase::Body,
                    has_finally,
                    has_handlers,
                    body: first..first,
                    normal: Vec::new(),
                    ends: Vec::new(),
                    uncaught: Vec::new(),
                    through: Vec::new(),
                }
            }
            Role::Handler => {
                self.enter_handler(start, flag);
                Frame::Handler
            }
            Role::Finally => {
                self.enter_finally(start);
                Frame::Finally
            }
            Role::Ternary => {
                let then = self.graph.block(BlockKind::Body, start);
                Frame::Ternary { then, no: Vec::new(), ends: Vec::new(), aside: Control::Nowhere }
            }
            Role::Comprehension => {
                let body = self.graph.block(BlockKind::Body, start);
                let (body_end, headers, done) = Default::default();
                Frame::Comprehension { body, body_end, headers, done, aside: Control::Nowhere }
            }
            Role::ComprehensionIf => {
                self.branches += 1;
                Frame::Filter
            }
            Role::Assert => Frame::Assert { holds: Vec::new() },
            Role::Return | Role::Break | Role::Continue | Role::Throw => Frame::Jump { kind: role, label: None },
            Role::Question => Frame::Question,
            Role::Closure => {
                self.mute(depth);
                return None;
            }
            _ => return None,
        })
    }

    /// A part of the node at `depth` begins.
    pub fn enter_part(&mut self, depth: u32, part: Part, start: u32) {
        if self.is_muted() {
            return;
        }
        if part == Part::LetElse {
            let mut edges = self.leave_block(start, Terminator::Branch, EdgeKind::True);
            self.branches += 1;
            let no = edges.iter().map(|edge| Dangling { kind: EdgeKind::False, ..*edge }).collect();
            self.frames.push((depth, Frame::LetElse { matched: std::mem::take(&mut edges) }));
            return self.go_on(no, BlockKind::Body);
        }
        let Some((at, frame)) = self.frames.last_mut() else { return };
        if part == Part::Guard && matches!(frame, Frame::Arm { .. }) {
            self.condition_next = true;
            return;
        }
        if *at != depth {
            return;
        }
        match (frame, part) {
            (Frame::Around { .. } | Frame::Logical { .. }, Part::Operand) | (_, Part::Condition) => {
                self.condition_next = true;
            }
            (Frame::If { yes, .. } | Frame::ElseIf { yes, .. }, Part::Then) => {
                let edges = std::mem::take(yes);
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::If { no, .. } | Frame::Ternary { no, .. }, Part::Else) => {
                let edges = std::mem::take(no);
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::Loop { header, aside, .. }, Part::Pattern) => {
                let header = *header;
                *aside = std::mem::replace(&mut self.control, Control::In(header));
            }
            (Frame::Loop { kind: Role::While, yes, .. }, Part::Body) => {
                let edges = std::mem::take(yes);
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::Loop { kind: Role::For, header, no, .. }, Part::Body) => {
                let header = *header;
                no.push(Dangling { from: header, kind: EdgeKind::False });
                self.lead_to(header);
                self.graph.end(header, Terminator::Branch);
                self.go_on(vec![Dangling { from: header, kind: EdgeKind::True }], BlockKind::Body);
            }
            (Frame::Loop { no, .. }, Part::Else) => {
                let edges = std::mem::take(no);
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::Try { normal, .. }, Part::Else) => {
                let edges = std::mem::take(normal);
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::Ternary { then, aside, .. }, Part::Then) => {
                let then = *then;
                *aside = std::mem::replace(&mut self.control, Control::In(then));
            }
            (Frame::Comprehension { body, aside, .. }, Part::Body) => {
                let body = *body;
                *aside = std::mem::replace(&mut self.control, Control::In(body));
            }
            _ => {}
        }
    }

    /// A part of the node at `depth` is over; `end` is where.
    pub fn leave_part(&mut self, depth: u32, part: Part, end: u32) {
        if self.is_muted() {
            return;
        }
        if part == Part::Guard && matches!(self.frames.last(), Some((_, Frame::Arm { .. }))) {
            return self.leave_guard(end);
        }
        if self.frames.last().is_none_or(|(at, _)| *at != depth) {
            return;
        }
        // The frame is taken out so that it and the rest can change side by side.
        let Some((_, mut frame)) = self.frames.pop() else { return };
        let mut done = false;
        match (&mut frame, part) {
            (
                Frame::If { yes, no, .. } | Frame::ElseIf { yes, no, .. } | Frame::Loop { yes, no, .. },
                Part::Condition,
            ) => {
                (*yes, *no) = self.take_decided(end);
            }
            (Frame::If { ends, .. } | Frame::ElseIf { ends, .. }, Part::Then)
            | (Frame::If { ends, .. } | Frame::Ternary { ends, .. }, Part::Else) => ends.append(&mut self.take_edges()),
            (Frame::Around { negates }, Part::Operand | Part::Condition) => {
                if *negates {
                    self.decided = self.decided.take().map(|(yes, no)| (no, yes));
                }
            }
            (Frame::Logical { and, short, seen_one, .. }, Part::Operand) => {
                let (yes, no) = self.take_decided(end);
                let (on, mut off) = if *and { (yes, no) } else { (no, yes) };
                short.append(&mut off);
                *seen_one = true;
                self.go_on(on, BlockKind::Condition);
            }
            (Frame::Loop { aside, .. }, Part::Pattern) => {
                self.control = std::mem::replace(aside, Control::Nowhere);
            }
            (Frame::Loop { header, .. }, Part::Body) => self.loop_back(*header),
            (Frame::Loop { exits, .. }, Part::Else) => exits.append(&mut self.take_edges()),
            (Frame::Try { phase, body, normal, .. }, Part::Body) => {
                body.end = self.graph.len();
                *normal = self.take_edges();
                *phase = Phase::After;
            }
            (Frame::Try { normal, .. }, Part::Else) => *normal = self.take_edges(),
            (Frame::Ternary { ends, aside, .. }, Part::Then) => {
                ends.append(&mut self.take_edges());
                self.control = std::mem::replace(aside, Control::Nowhere);
            }
            (Frame::Ternary { then, no, .. }, Part::Condition) => {
                let (yes, other) = self.take_decided(end);
                self.graph.connect(yes, *then);
                *no = other;
            }
            (Frame::Comprehension { body_end, aside, .. }, Part::Body) => {
                *body_end = self.take_edges();
                self.control = std::mem::replace(aside, Control::Nowhere);
            }
            (Frame::Filter, Part::Condition) => {
                let (yes, no) = self.take_decided(end);
                if let Some((_, Frame::Comprehension { headers, .. })) = self.frames.last()
                    && let Some(&header) = headers.last()
                {
                    self.graph.connect(no, header);
                }
                self.go_on(yes, BlockKind::Body);
            }
            (Frame::Assert { holds }, Part::Condition) => {
                let (yes, no) = self.take_decided(end);
                *holds = yes;
                self.go_on(no, BlockKind::Body);
            }
            (Frame::LetElse { matched }, Part::LetElse) => {
                matched.append(&mut self.take_edges());
                self.go_on(std::mem::take(matched), BlockKind::Body);
                done = true;
            }
            _ => {}
        }
        if !done {
            self.frames.push((depth, frame));
        }
    }

    /// The node at `depth` is over; `end` is where.
    pub fn leave(&mut self, depth: u32, end: u32, bytes: &[u8]) {
        if let Some(from) = self.muted_from {
            if from == depth {
                self.muted_from = None;
            } else {
                return;
            }
        }
        while self.frames.last().is_some_and(|(at, _)| *at == depth) {
            if let Some((_, frame)) = self.frames.pop() {
                self.leave_frame(frame, end, bytes);
            }
        }
    }

    fn leave_frame(&mut self, frame: Frame, end: u32, bytes: &[u8]) {
        match frame {
            Frame::Condition { constant, .. } => {
                let from = self.here(end);
                self.control = Control::Nowhere;
                let edge = |kind| vec![Dangling { from, kind }];
                self.decided = Some(match constant {
                    None => {
                        self.graph.end(from, Terminator::Branch);
                        (edge(EdgeKind::True), edge(EdgeKind::False))
                    }
                    Some(true) => (edge(EdgeKind::True), Vec::new()),
                    Some(false) => (Vec::new(), edge(EdgeKind::False)),
                });
            }
            Frame::Logical { and, is_condition, short, seen_one } => {
                // After the last operand control stands on the edges that would lead to a further one.
                let on = self.take_edges();
                let mut both = (on, short);
                if !seen_one {
                    return;
                }
                if is_condition {
                    self.decided = Some(if and { both } else { (both.1, both.0) });
                } else {
                    both.0.append(&mut both.1);
                    self.go_on(both.0, BlockKind::Body);
                }
            }
            Frame::If { yes, no, mut ends } => {
                ends.extend(yes.into_iter().chain(no));
                self.go_on(ends, BlockKind::Body);
            }
            Frame::ElseIf { yes, no, mut ends } => {
                ends.extend(yes);
                if let Some((_, Frame::If { no: outer_no, ends: outer_ends, .. })) = self.frames.last_mut() {
                    *outer_no = no;
                    outer_ends.append(&mut ends);
                } else {
                    ends.extend(no);
                    self.go_on(ends, BlockKind::Body);
                }
            }
            Frame::Loop { kind: Role::ComprehensionFor, header, .. } => self.leave_comprehension_for(header),
            Frame::Loop { mut exits, yes, no, .. } => {
                exits.extend(yes.into_iter().chain(no));
                self.go_on(exits, BlockKind::Body);
            }
            Frame::Labelled { mut exits, .. } => {
                exits.append(&mut self.take_edges());
                self.go_on(exits, BlockKind::Body);
            }
            Frame::Match { dispatch, missed, mut ends, has_catch_all, exhaustive } => {
                match dispatch {
                    Some(from) if !exhaustive && !has_catch_all => {
                        ends.push(Dangling { from, kind: EdgeKind::Default });
                        ends.extend(missed);
                    }
                    Some(_) if !exhaustive => ends.extend(missed),
                    Some(_) => {}
                    None => ends.append(&mut self.take_edges()),
                }
                self.go_on(ends, BlockKind::Body);
            }
            Frame::Arm { catch_all, guarded } => {
                let mut edges = self.take_edges();
                if let Some((_, Frame::Match { ends, has_catch_all, .. })) = self.frames.last_mut() {
                    ends.append(&mut edges);
                    *has_catch_all |= catch_all && !guarded;
                }
            }
            Frame::Handler => {
                let mut edges = self.take_edges();
                if let Some((_, Frame::Try { ends, .. })) = self.frames.last_mut() {
                    ends.append(&mut edges);
                }
            }
            Frame::Finally => self.leave_finally(end, bytes),
            Frame::Try { has_finally: true, phase: Phase::Finally, .. } => {}
            Frame::Try { mut normal, ends, uncaught, through, .. } => {
                normal.extend(ends);
                let below = self.frames.len();
                self.jump_if_any(uncaught, Jump::Throw, below, bytes);
                // Only a text with errors says `finally` and has none.
                for (edges, jump) in through {
                    self.jump(edges, jump, below, bytes);
                }
                self.go_on(normal, BlockKind::Body);
            }
            Frame::Ternary { no, mut ends, .. } => {
                ends.extend(no);
                ends.append(&mut self.take_edges());
                self.go_on(ends, BlockKind::Body);
            }
            Frame::Comprehension { body, mut body_end, headers, done, .. } => {
                let edges = self.take_edges();
                self.graph.connect(edges, body);
                if let Some(&header) = headers.last() {
                    self.go_on(body_end, BlockKind::Body);
                    self.loop_back(header);
                    self.go_on(done, BlockKind::Body);
                } else {
                    body_end.extend(done);
                    self.go_on(body_end, BlockKind::Body);
                }
            }
            Frame::Assert { holds } => {
                let mut edges = self.take_edges();
                for edge in edges.iter_mut().filter(|edge| edge.kind == EdgeKind::Next) {
                    edge.kind = EdgeKind::Exception;
                }
                let below = self.frames.len();
                self.jump_if_any(edges, Jump::Throw, below, bytes);
                self.go_on(holds, BlockKind::Body);
            }
            Frame::Jump { kind, label } => {
                let (jump, terminator) = match kind {
                    Role::Break => (Jump::Break(label), Terminator::Break),
                    Role::Continue => (Jump::Continue(label), Terminator::Continue),
                    Role::Throw => (Jump::Throw, Terminator::Throw),
                    _ => (Jump::Return, Terminator::Return),
                };
                let edges = self.leave_block(end, terminator, jump.edge());
                let below = self.frames.len();
                self.jump(edges, jump, below, bytes);
            }
            Frame::Question => {
                let edges = self.leave_block(end, Terminator::Try, EdgeKind::Return);
                let on = edges.iter().map(|edge| Dangling { kind: EdgeKind::Next, ..*edge }).collect();
                self.branches += 1;
                let below = self.frames.len();
                self.jump(edges, Jump::Return, below, bytes);
                self.go_on(on, BlockKind::Body);
            }
            Frame::Diverging { terminator, edge } => {
                let edges = self.leave_block(end, terminator, edge.unwrap_or(EdgeKind::Exception));
                let below = self.frames.len();
                if edge.is_some() {
                    self.jump(edges, Jump::Throw, below, bytes);
                }
            }
            Frame::LetElse { mut matched } => {
                matched.append(&mut self.take_edges());
                self.go_on(matched, BlockKind::Body);
            }
            Frame::Around { .. } | Frame::Filter => {}
        }
    }

    fn jump_if_any(&mut self, edges: Edges, jump: Jump, below: usize, bytes: &[u8]) {
        if !edges.is_empty() {
            self.jump(edges, jump, below, bytes);
        }
    }

    fn enter_arm(&mut self, start: u32, catch_all: bool) {
        let Some((_, Frame::Match { dispatch: known, .. })) = self.frames.last() else { return };
        let from = match *known {
            Some(from) => from,
            None => {
                let from = self.here(start);
                self.graph.end(from, Terminator::Switch);
                from
            }
        };
        let Some((_, Frame::Match { dispatch, missed, .. })) = self.frames.last_mut() else { return };
        *dispatch = Some(from);
        let kind = if catch_all { EdgeKind::Default } else { EdgeKind::Case };
        let mut edges = vec![Dangling { from, kind }];
        edges.append(missed);
        self.go_on(edges, BlockKind::Case);
    }

    fn leave_guard(&mut self, end: u32) {
        let (yes, no) = self.take_decided(end);
        self.branches += 1;
        if let [.., (_, Frame::Match { missed, .. }), (_, Frame::Arm { guarded, .. })] = self.frames.as_mut_slice() {
            *missed = no;
            *guarded = true;
        }
        self.go_on(yes, BlockKind::Body);
    }

    /// Whatever runs in a `try` may raise; handlers are tried in their order.
    fn enter_handler(&mut self, start: u32, catches_all: bool) {
        let handler = self.graph.block(BlockKind::Handler, start);
        let Some((_, Frame::Try { phase, body, uncaught, .. })) = self.frames.last_mut() else {
            self.control = Control::In(handler);
            return;
        };
        let mut raised = std::mem::take(uncaught);
        raised.extend(take_range(body).map(|from| Dangling { from, kind: EdgeKind::Exception }));
        if !catches_all {
            uncaught.push(Dangling { from: handler, kind: EdgeKind::Exception });
        }
        *phase = Phase::After;
        self.graph.connect(raised, handler);
        self.control = Control::In(handler);
    }

    fn enter_finally(&mut self, start: u32) {
        let block = self.graph.block(BlockKind::Finally, start);
        let Some((_, Frame::Try { phase, body, normal, ends, uncaught, through, .. })) = self.frames.last_mut() else {
            self.control = Control::In(block);
            return;
        };
        uncaught.extend(take_range(body).map(|from| Dangling { from, kind: EdgeKind::Exception }));
        let mut edges: Edges = normal.iter().chain(ends.iter()).chain(uncaught.iter()).copied().collect();
        for (jumping, _) in through.iter_mut() {
            edges.append(jumping);
        }
        *phase = Phase::Finally;
        self.graph.connect(edges, block);
        self.control = Control::In(block);
    }

    /// On from a `finally` part: as it came in, by falling through, by a jump, or by what was raised.
    fn leave_finally(&mut self, end: u32, bytes: &[u8]) {
        let Some((_, Frame::Try { normal, ends, uncaught, through, .. })) = self.frames.last_mut() else { return };
        let falls_through = !(std::mem::take(normal).is_empty() && std::mem::take(ends).is_empty());
        let mut jumps: Vec<Jump> = Vec::new();
        if !std::mem::take(uncaught).is_empty() {
            jumps.push(Jump::Throw);
        }
        for (_, jump) in std::mem::take(through) {
            if !jumps.contains(&jump) {
                jumps.push(jump);
            }
        }
        if matches!(self.control, Control::Nowhere) {
            return;
        }
        let from = self.here(end);
        self.control = Control::Nowhere;
        let below = self.frames.len() - 1;
        for jump in jumps {
            self.jump(vec![Dangling { from, kind: jump.edge() }], jump, below, bytes);
        }
        if falls_through {
            self.go_on(vec![Dangling { from, kind: EdgeKind::Next }], BlockKind::Body);
        }
    }

    fn leave_comprehension_for(&mut self, header: BlockId) {
        self.lead_to(header);
        self.graph.end(header, Terminator::Branch);
        let Some((_, Frame::Comprehension { headers, done, .. })) = self.frames.last_mut() else { return };
        let outer = headers.last().copied();
        headers.push(header);
        let exhausted = Dangling { from: header, kind: EdgeKind::False };
        match outer {
            Some(outer) => self.graph.connect([exhausted], outer),
            None => done.push(exhausted),
        }
        self.go_on(vec![Dangling { from: header, kind: EdgeKind::True }], BlockKind::Body);
    }
}

/// The blocks of a range, and none when asked again.
fn take_range(range: &mut std::ops::Range<BlockId>) -> std::ops::Range<BlockId> {
    let taken = range.clone();
    range.start = range.end;
    taken
}
