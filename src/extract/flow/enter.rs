//! What happens when the walk enters a construct, or a part of one.

use super::{
    Control, Dangling, Flow, Visit,
    frames::{Edges, Frame, Phase},
    take_range,
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
            Role::And | Role::Or => {
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
            Role::ComprehensionIf => Frame::Filter,
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

    pub fn enter_part(&mut self, depth: u32, part: Part, start: u32) {
        if self.is_muted() {
            return;
        }
        if part == Part::LetElse {
            let mut edges = self.leave_block(start, Terminator::Branch, EdgeKind::True);
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
        // An arm is a block even if it does nothing.
        self.here(start);
    }

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
}
