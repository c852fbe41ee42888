//! What happens when the walk enters a construct, or a part of one.

use super::{
    BlockId, Control, Dangling, Flow, Visit,
    frames::{Choice, Edges, Frame, Head, Phase},
    raises, take_range,
};
use crate::{
    languages::roles::{Part, Role},
    record::{BlockKind, EdgeKind, Terminator},
};

impl Flow {
    pub fn enter(&mut self, visit: Visit, exhaustive_matches: bool) {
        let Visit { role, start, depth, .. } = visit;
        if self.is_muted() {
            return;
        }
        let is_condition = std::mem::take(&mut self.condition_next);
        match role {
            Role::And | Role::Or | Role::Coalesce => {
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
        let Visit { role, start, end, depth, has_finally, has_handlers, resources, .. } = visit;
        Some(match role {
            Role::If => Frame::If { yes: Vec::new(), no: Vec::new(), ends: Vec::new() },
            Role::ElseIf => Frame::ElseIf { yes: Vec::new(), no: Vec::new(), ends: Vec::new() },
            Role::While
            | Role::MacroLoop
            | Role::DoWhile
            | Role::DoUntil
            | Role::Loop
            | Role::For
            | Role::ComprehensionFor => {
                let header = self.graph.block(BlockKind::LoopHeader, start);
                if !matches!(role, Role::For | Role::ComprehensionFor) {
                    self.lead_to(header);
                }
                // A labelled statement's label is the loop's too.
                let label = match self.frames.last() {
                    Some((at, Frame::Labelled { label, .. })) if at + 1 == depth => Some(label.clone()),
                    _ => None,
                };
                let (exits, yes, no, continues) = Default::default();
                let aside = Control::Nowhere;
                let head = Head::Nothing;
                Frame::Loop {
                    kind: role,
                    header,
                    exits,
                    label,
                    yes,
                    no,
                    aside,
                    head,
                    has_body: false,
                    update: None,
                    continues,
                    is_over: false,
                }
            }
            Role::Match | Role::MatchInTurn | Role::Switch | Role::Select | Role::Ladder => Frame::Match {
                dispatch: None,
                missed: Vec::new(),
                falls: Vec::new(),
                ends: Vec::new(),
                has_catch_all: false,
                exhaustive: role == Role::Select || (exhaustive && role == Role::Match),
                breakable: !matches!(role, Role::Match | Role::MatchInTurn),
                choice: match role {
                    Role::Ladder => Choice::ByConditions,
                    Role::MatchInTurn => Choice::ByPatterns,
                    _ => Choice::AtOnce,
                },
                otherwise: None,
                arms: 0,
                last_arm: start,
            },
            Role::Arm | Role::DefaultArm => {
                let catch_all = role == Role::DefaultArm;
                self.enter_arm(start, catch_all, false);
                let untried = !catch_all && self.chooses(Choice::ByPatterns);
                Frame::Arm { catch_all, guarded: false, untried }
            }
            Role::Case | Role::DefaultCase => {
                self.enter_arm(start, role == Role::DefaultCase, true);
                return None;
            }
            Role::Variants | Role::VariantsUnless => {
                let from = match self.control {
                    Control::Nowhere => None,
                    _ => Some(self.here(start)),
                };
                self.graph.decide(start, from);
                if let Some(from) = from {
                    self.graph.end(from, Terminator::Switch);
                    self.go_on(vec![Dangling { from, kind: EdgeKind::Case }], BlockKind::Case);
                }
                Frame::Variants { from, ends: Vec::new(), has_other: false }
            }
            Role::Variant | Role::OtherVariant => {
                self.enter_variant(start, role == Role::OtherVariant);
                return None;
            }
            Role::With => {
                // Its keyword stands for the closing.
                self.frames.push((depth, Frame::With { start, end: start, swallows: true }));
                self.closing()
            }
            Role::Defer => {
                let deferred = match self.deferred {
                    Some((deferred, _)) => deferred,
                    None => {
                        let here = self.here(start);
                        let deferred = self.graph.block(BlockKind::Finally, start);
                        self.deferred = Some((deferred, here));
                        deferred
                    }
                };
                self.graph.extend(deferred, start, end);
                return None;
            }
            Role::Try => {
                // Its keyword raises nothing, and is not in its body.
                let Some((start, end)) = resources else {
                    return Some(self.try_frame(Phase::Header, has_finally, has_handlers));
                };
                let edges = self.take_edges();
                self.go_on(edges, BlockKind::Body);
                self.frames.push((depth, self.try_frame(Phase::Body, has_finally, has_handlers)));
                self.frames.push((depth, Frame::With { start, end, swallows: false }));
                self.closing()
            }
            Role::Handler | Role::CatchAll => {
                self.enter_handler(start, role == Role::CatchAll);
                Frame::Handler
            }
            Role::Finally => {
                self.enter_finally(start);
                Frame::Finally
            }
            Role::Ternary => {
                let (yes, no, ends) = Default::default();
                Frame::Ternary { then: None, decided: false, yes, no, ends, aside: Control::Nowhere }
            }
            Role::Comprehension => {
                let body = self.graph.block(BlockKind::Body, start);
                let (body_end, headers, done) = Default::default();
                Frame::Comprehension { body, body_end, headers, done, aside: Control::Nowhere }
            }
            Role::ComprehensionIf => Frame::Filter,
            Role::Assert => Frame::Assert { holds: Vec::new() },
            Role::Return | Role::Break | Role::Continue | Role::Throw | Role::Goto | Role::Fallthrough => {
                Frame::Jump { kind: role, label: None }
            }
            Role::GiveValue => Frame::Jump { kind: role, label: None },
            Role::Question => Frame::Question,
            Role::Suspend => Frame::Suspend,
            Role::DefaultValue => Frame::DefaultValue { no: Vec::new() },
            _ => return None,
        })
    }

    fn try_frame(&self, phase: Phase, has_finally: bool, has_handlers: bool) -> Frame {
        let first = self.graph.len();
        let (normal, ends, uncaught, through) = Default::default();
        Frame::Try { phase, has_finally, has_handlers, body: first..first, normal, ends, uncaught, through }
    }

    /// The frame of a body after which something is closed.
    fn closing(&self) -> Frame {
        self.try_frame(Phase::Header, true, false)
    }

    pub fn enter_part(&mut self, depth: u32, part: Part, start: u32) {
        if self.is_muted() {
            return;
        }
        if part == Part::LetElse {
            let mut edges = self.leave_block(start, Terminator::Branch, EdgeKind::True);
            self.graph.decide(start, edges.first().map(|edge| edge.from));
            let no = edges.iter().map(|edge| Dangling { kind: EdgeKind::False, ..*edge }).collect();
            self.frames.push((depth, Frame::LetElse { matched: std::mem::take(&mut edges) }));
            return self.go_on(no, BlockKind::Body);
        }
        if part == Part::Fallback
            && matches!(self.frames.last(), Some((at, Frame::DefaultValue { .. })) if *at == depth)
        {
            let edges = self.leave_block(start, Terminator::Branch, EdgeKind::True);
            self.graph.decide(start, edges.first().map(|edge| edge.from));
            if let Some((_, Frame::DefaultValue { no })) = self.frames.last_mut() {
                no.extend(edges.iter().map(|edge| Dangling { kind: EdgeKind::False, ..*edge }));
            }
            return self.go_on(edges, BlockKind::Body);
        }
        if matches!(part, Part::Guard | Part::Body)
            && matches!(self.frames.last(), Some((_, Frame::Arm { untried: true, .. })))
        {
            self.leave_pattern(start);
        }
        let Some((at, frame)) = self.frames.last_mut() else { return };
        if part == Part::Guard && matches!(frame, Frame::Arm { .. } | Frame::Match { .. }) {
            self.condition_next = true;
            return;
        }
        if *at != depth {
            return;
        }
        if let (Frame::Loop { has_body, .. }, Part::Body) = (&mut *frame, part) {
            *has_body = true;
        }
        match (frame, part) {
            // Only where arms are asked in turn is theirs a condition.
            (Frame::Arm { .. }, Part::Condition) => self.condition_next = self.chooses(Choice::ByConditions),
            // A switch's value stands where others have a condition.
            (Frame::Match { .. }, Part::Condition | Part::Subject) => {}
            (Frame::Loop { kind: Role::DoWhile | Role::DoUntil, continues, .. }, Part::Condition) => {
                let mut edges = std::mem::take(continues);
                edges.append(&mut self.take_edges());
                self.go_on(edges, BlockKind::Condition);
                self.condition_next = true;
            }
            (Frame::Loop { kind: Role::For, header, head, .. }, Part::Condition) => {
                *head = Head::Condition;
                let header = *header;
                self.lead_to(header);
                self.condition_next = true;
            }
            (Frame::Loop { head, .. }, Part::Condition) => {
                *head = Head::Condition;
                self.condition_next = true;
            }
            (Frame::Logical { .. }, Part::Operand | Part::Target) => self.condition_next = true,
            (Frame::Around { .. }, Part::Operand) | (_, Part::Condition) => self.condition_next = true,
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
            (Frame::Loop { head, .. }, Part::Iterable) => *head = Head::Values,
            (Frame::Loop { aside, update: Some((_, on)), .. }, Part::Update) => {
                let on = std::mem::take(on);
                *aside = std::mem::replace(&mut self.control, Control::Nowhere);
                match on.as_slice() {
                    [Dangling { from, kind: EdgeKind::Next }] => self.control = Control::In(*from),
                    _ => self.go_on(on, BlockKind::Body),
                }
            }
            (Frame::Loop { header, head, aside, update, .. }, Part::Update) => {
                // It is written before the body, and runs after it.
                let header = *header;
                let starts_here = *head == Head::Nothing;
                let block = self.graph.block(BlockKind::Body, start);
                *update = Some((block, Vec::new()));
                if starts_here {
                    let edges = match std::mem::replace(&mut self.control, Control::Nowhere) {
                        Control::In(from) => vec![Dangling { from, kind: EdgeKind::Next }],
                        Control::On(edges, _) => edges,
                        Control::Nowhere => Vec::new(),
                    };
                    self.graph.connect(edges, header);
                    *aside = Control::In(header);
                } else {
                    *aside = std::mem::replace(&mut self.control, Control::Nowhere);
                }
                self.control = Control::In(block);
            }
            (
                Frame::Loop { kind: Role::While, yes, .. } | Frame::Loop { head: Head::Condition, yes, .. },
                Part::Body,
            ) => {
                let edges = std::mem::take(yes);
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::Loop { kind: Role::For, head: Head::Values, header, no, .. }, Part::Body) => {
                let header = *header;
                no.push(Dangling { from: header, kind: EdgeKind::False });
                self.lead_to(header);
                self.graph.end(header, Terminator::Branch);
                self.graph.decide(start, Some(header));
                self.go_on(vec![Dangling { from: header, kind: EdgeKind::True }], BlockKind::Body);
            }
            (Frame::Loop { kind: Role::For, header, update, .. }, Part::Body) => {
                // Nothing is asked: it goes round for ever.
                let header = *header;
                if update.is_none() {
                    self.lead_to(header);
                }
                self.graph.decide(start, None);
            }
            (Frame::Loop { no, is_over, .. }, Part::Else) => {
                *is_over = true;
                let edges = std::mem::take(no);
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::Try { phase, body, .. }, Part::Body) if *phase == Phase::Header => {
                *phase = Phase::Body;
                let first = self.graph.len();
                *body = first..first;
                let edges = self.take_edges();
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::Try { normal, .. }, Part::Else) => {
                let edges = std::mem::take(normal);
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::Ternary { decided: true, yes, .. }, Part::Then) => {
                let edges = std::mem::take(yes);
                self.go_on(edges, BlockKind::Body);
            }
            (Frame::Ternary { then, aside, .. }, Part::Then) => {
                let block = self.graph.block(BlockKind::Body, start);
                *then = Some(block);
                *aside = std::mem::replace(&mut self.control, Control::In(block));
            }
            (Frame::Comprehension { body, aside, .. }, Part::Body) => {
                let body = *body;
                *aside = std::mem::replace(&mut self.control, Control::In(body));
            }
            _ => {}
        }
    }

    /// An arm, or a label that control `falls` into from above. Labels may stand deeper in the switch than its arms.
    fn enter_arm(&mut self, start: u32, catch_all: bool, falls: bool) {
        let Some(place) = self.innermost(|frame| matches!(frame, Frame::Match { .. })) else {
            // A label that belongs to nothing, in a text that the grammar took for another.
            if !catch_all {
                self.graph.decide(start, None);
            }
            return;
        };
        match self.frames[place].1 {
            Frame::Match { choice: Choice::ByConditions, .. } => return self.enter_rung(place, start, catch_all),
            Frame::Match { choice: Choice::ByPatterns, .. } => return self.enter_trial(place, start),
            _ => {}
        }
        let from = self.dispatch(place, start);
        let Frame::Match { missed, falls: fallen, has_catch_all, exhaustive, breakable, arms, last_arm, .. } =
            &mut self.frames[place].1
        else {
            return;
        };
        *last_arm = start;
        let kind = if catch_all { EdgeKind::Default } else { EdgeKind::Case };
        // A second arm for all the rest is never chosen.
        let is_spare = catch_all && *has_catch_all;
        let mut edges = if is_spare { Vec::new() } else { vec![Dangling { from, kind }] };
        edges.append(missed);
        edges.append(fallen);
        // Of n arms that leave nothing over, one needs no question; nor does the one for all the rest.
        let is_counted = !(is_spare && *breakable);
        *arms += u32::from(is_counted);
        let asks = if *exhaustive { *arms > 1 && is_counted } else { !catch_all };
        if falls {
            *has_catch_all |= catch_all;
            edges.append(&mut self.take_edges());
        }
        if asks {
            self.graph.decide(start, (!is_spare).then_some(from));
        }
        self.go_on(edges, BlockKind::Case);
        // An arm is a block even if it does nothing.
        self.here(start);
    }

    /// How the innermost match or switch does.
    pub(super) fn chooses(&self, how: Choice) -> bool {
        let mut frames = self.frames.iter().rev();
        frames.find_map(|(_, frame)| match frame {
            Frame::Match { choice, .. } => Some(*choice),
            _ => None,
        }) == Some(how)
    }

    /// An arm whose pattern is tried when those before it did not fit.
    fn enter_trial(&mut self, place: usize, start: u32) {
        let before = self.take_edges();
        let Frame::Match { missed, arms, .. } = &mut self.frames[place].1 else { return };
        let edges = if *arms == 0 { before } else { std::mem::take(missed) };
        *arms += 1;
        self.go_on(edges, BlockKind::Case);
        self.here(start);
    }

    /// The arm's pattern fits, or the next one is tried.
    fn leave_pattern(&mut self, at: u32) {
        let edges = self.leave_block(at, Terminator::Branch, EdgeKind::Case);
        self.graph.decide(at, edges.first().map(|edge| edge.from));
        if let [.., (_, Frame::Match { missed, .. }), (_, Frame::Arm { untried, .. })] = self.frames.as_mut_slice() {
            missed.extend(edges.iter().map(|edge| Dangling { kind: EdgeKind::False, ..*edge }));
            *untried = false;
        }
        self.go_on(edges, BlockKind::Case);
    }

    /// An arm of a switch that asks one after the other: control comes to its condition from the one before, and to the arm
    /// for everything else from the last.
    fn enter_rung(&mut self, place: usize, start: u32, catch_all: bool) {
        let is_first = matches!(self.frames[place].1, Frame::Match { arms: 0, .. });
        let before = if is_first && catch_all { self.take_edges() } else { Vec::new() };
        let block = catch_all.then(|| self.graph.block(BlockKind::Case, start));
        let Frame::Match { missed, falls, otherwise, arms, .. } = &mut self.frames[place].1 else { return };
        *arms += 1;
        match block {
            Some(block) => {
                missed.extend(before);
                *otherwise = Some(block);
                let falls = std::mem::take(falls);
                self.graph.connect(falls, block);
                self.control = Control::In(block);
            }
            None if !is_first => {
                let missed = std::mem::take(missed);
                self.go_on(missed, BlockKind::Condition);
            }
            None => {}
        }
    }

    /// The block in which the match at this place among the frames chooses.
    pub(super) fn dispatch(&mut self, place: usize, at: u32) -> BlockId {
        if let Frame::Match { dispatch: Some(from), .. } = self.frames[place].1 {
            return from;
        }
        let from = self.here(at);
        self.graph.end(from, Terminator::Switch);
        self.control = Control::Nowhere;
        if let Frame::Match { dispatch, .. } = &mut self.frames[place].1 {
            *dispatch = Some(from);
        }
        from
    }

    fn enter_variant(&mut self, start: u32, is_other: bool) {
        let mut ended = self.take_edges();
        let place = self.innermost(|frame| matches!(frame, Frame::Variants { .. }));
        let Some(Frame::Variants { from, ends, has_other }) = place.map(|place| &mut self.frames[place].1) else {
            self.go_on(ended, BlockKind::Body);
            if !is_other {
                self.graph.decide(start, None);
            }
            return;
        };
        ends.append(&mut ended);
        *has_other |= is_other;
        let from = *from;
        if !is_other {
            self.graph.decide(start, from);
        }
        let kind = if is_other { EdgeKind::Default } else { EdgeKind::Case };
        self.go_on(from.map(|from| Dangling { from, kind }).into_iter().collect(), BlockKind::Case);
    }

    fn enter_handler(&mut self, start: u32, catches_all: bool) {
        let handler = self.graph.block(BlockKind::Handler, start);
        let Some((_, Frame::Try { phase, body, uncaught, .. })) = self.frames.last_mut() else {
            self.control = Control::In(handler);
            return;
        };
        let mut raised = std::mem::take(uncaught);
        raised.extend(raises(&mut self.caught, take_range(body)));
        if !catches_all {
            uncaught.push(Dangling { from: handler, kind: EdgeKind::Exception });
        }
        *phase = Phase::After;
        self.graph.connect(raised, handler);
        self.control = Control::In(handler);
    }

    pub(super) fn enter_finally(&mut self, start: u32) {
        let block = self.graph.block(BlockKind::Finally, start);
        let Some((_, Frame::Try { phase, body, normal, ends, uncaught, through, .. })) = self.frames.last_mut() else {
            self.control = Control::In(block);
            return;
        };
        // What is in the body, if no handler took it, in the handlers and in `else`.
        body.end = block;
        uncaught.extend(raises(&mut self.caught, take_range(body)));
        let mut edges: Edges = normal.iter().chain(ends.iter()).chain(uncaught.iter()).copied().collect();
        for (jumping, _) in through.iter_mut() {
            edges.append(jumping);
        }
        *phase = Phase::Finally;
        self.graph.connect(edges, block);
        self.control = Control::In(block);
    }
}
