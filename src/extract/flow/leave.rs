//! What happens when the walk leaves a construct, or a part of one.

use rustc_hash::FxHashMap;

use super::{
    BlockId, Control, Dangling, Flow,
    frames::{Choice, Edges, Frame, Head, Jump, Phase},
};
use crate::{
    languages::roles::{Part, Role},
    record::{BlockKind, EdgeKind, Terminator},
};

impl Flow {
    pub fn leave_part(&mut self, depth: u32, part: Part, end: u32, bytes: &[u8]) {
        if self.is_muted() {
            return;
        }
        if matches!(part, Part::Subject | Part::Condition)
            && matches!(self.frames.last(), Some((at, Frame::Match { choice, .. })) if *at == depth && *choice != Choice::ByPatterns)
        {
            self.dispatch(self.frames.len() - 1, end);
            return;
        }
        if part == Part::Guard && matches!(self.frames.last(), Some((_, Frame::Arm { .. } | Frame::Match { .. }))) {
            return self.leave_guard(end);
        }
        if self.frames.last().is_none_or(|(at, _)| *at != depth) {
            return;
        }
        if part == Part::Body && self.has_resources() {
            return self.leave_resources(bytes);
        }
        // The frame is taken out so that it and the rest can change side by side.
        let Some((_, mut frame)) = self.frames.pop() else { return };
        let mut done = false;
        match (&mut frame, part) {
            (Frame::Loop { kind: kind @ (Role::DoWhile | Role::DoUntil), header, no, .. }, Part::Condition) => {
                let decided = self.take_decided(end);
                let (mut again, on) = if *kind == Role::DoUntil { (decided.1, decided.0) } else { decided };
                again.iter_mut().for_each(|edge| edge.kind = EdgeKind::Back);
                self.graph.connect(again, *header);
                *no = on;
            }
            (
                Frame::If { yes, no, .. } | Frame::ElseIf { yes, no, .. } | Frame::Loop { yes, no, .. },
                Part::Condition,
            ) => {
                (*yes, *no) = self.take_decided(end);
            }
            // There may be several; each goes on from the one before.
            (Frame::Loop { aside, update: Some((_, on)), .. }, Part::Update) => {
                *on = self.take_edges();
                self.control = std::mem::replace(aside, Control::Nowhere);
            }
            (Frame::If { ends, .. } | Frame::ElseIf { ends, .. }, Part::Then)
            | (Frame::If { ends, .. } | Frame::Ternary { ends, .. }, Part::Else) => ends.append(&mut self.take_edges()),
            (Frame::Around { negates: true }, Part::Operand | Part::Condition) => {
                self.decided = self.decided.take().map(|(yes, no)| (no, yes));
            }
            (Frame::Logical { and, short, seen_one, .. }, Part::Operand | Part::Target) => {
                let (yes, no) = self.take_decided(end);
                let (on, mut off) = if *and { (yes, no) } else { (no, yes) };
                short.append(&mut off);
                *seen_one = true;
                self.go_on(on, BlockKind::Condition);
            }
            (Frame::Loop { aside, .. }, Part::Pattern) => {
                self.control = std::mem::replace(aside, Control::Nowhere);
            }
            // Asked last: control goes on into the condition.
            (Frame::Loop { kind: Role::DoWhile | Role::DoUntil, .. }, Part::Body) => {}
            (Frame::Loop { header, update: Some((block, on)), .. }, Part::Body) => {
                let edges = self.take_edges();
                self.graph.connect(edges, *block);
                let mut on = std::mem::take(on);
                on.iter_mut().filter(|edge| edge.kind == EdgeKind::Next).for_each(|edge| edge.kind = EdgeKind::Back);
                self.graph.connect(on, *header);
            }
            (Frame::Loop { header, .. }, Part::Body) => self.loop_back(*header),
            (Frame::Loop { exits, .. }, Part::Else) => exits.append(&mut self.take_edges()),
            (Frame::Try { phase, body, normal, .. }, Part::Body) => {
                body.end = self.graph.len();
                *normal = self.take_edges();
                *phase = Phase::After;
            }
            (Frame::Try { normal, .. }, Part::Else) => *normal = self.take_edges(),
            (Frame::Ternary { decided: true, ends, .. }, Part::Then) => ends.append(&mut self.take_edges()),
            (Frame::Ternary { ends, aside, .. }, Part::Then) => {
                ends.append(&mut self.take_edges());
                self.control = std::mem::replace(aside, Control::Nowhere);
            }
            (Frame::Ternary { then, decided, yes, no, .. }, Part::Condition) => {
                let (on, other) = self.take_decided(end);
                match *then {
                    Some(then) => self.graph.connect(on, then),
                    None => *yes = on,
                }
                *decided = true;
                *no = other;
            }
            (Frame::Comprehension { body_end, aside, .. }, Part::Body) => {
                *body_end = self.take_edges();
                self.control = std::mem::replace(aside, Control::Nowhere);
            }
            (Frame::Filter, Part::Condition) => {
                let (mut yes, mut no) = self.take_decided(end);
                match self.frames.last() {
                    Some((_, Frame::Comprehension { headers, .. })) if !headers.is_empty() => {
                        let header = headers[headers.len() - 1];
                        self.graph.connect(no, header);
                    }
                    // In a text with errors it may filter nothing: then control goes on either way.
                    _ => yes.append(&mut no),
                }
                self.go_on(yes, BlockKind::Body);
            }
            (Frame::Assert { holds }, Part::Condition) => {
                let (yes, no) = self.take_decided(end);
                *holds = yes;
                self.go_on(no, BlockKind::Body);
            }
            (Frame::Arm { .. }, Part::Condition) if self.chooses(Choice::ByConditions) => {
                let (mut yes, no) = self.take_decided(end);
                if let Some((_, Frame::Match { missed, falls, .. })) = self.frames.last_mut() {
                    *missed = no;
                    yes.append(falls);
                }
                self.go_on(yes, BlockKind::Case);
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

    pub fn leave(&mut self, depth: u32, end: u32, bytes: &[u8]) {
        if let Some(from) = self.muted_from {
            if from == depth {
                self.muted_from = None;
            } else {
                return;
            }
        }
        while self.frames.last().is_some_and(|(at, _)| *at == depth) {
            if let Some((_, Frame::Loop { kind: Role::While | Role::For, head, has_body: false, .. })) =
                self.frames.last()
                && *head != Head::Nothing
            {
                self.enter_part(depth, Part::Body, end);
                self.leave_part(depth, Part::Body, end, bytes);
            }
            if let Some((_, frame)) = self.frames.pop() {
                self.leave_frame(frame, end, bytes);
            }
        }
    }

    fn leave_frame(&mut self, frame: Frame, end: u32, bytes: &[u8]) {
        match frame {
            Frame::Condition { start, constant, .. } => {
                let from = self.here(end);
                self.control = Control::Nowhere;
                self.graph.decide(start, constant.is_none().then_some(from));
                self.last_literal = constant.is_some().then_some(from);
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
                    self.as_value(&mut both.0);
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
            Frame::Optional { mut no } | Frame::DefaultValue { mut no } => {
                let mut edges = self.take_edges();
                edges.append(&mut no);
                self.go_on(edges, BlockKind::Body);
            }
            Frame::Loop { kind: Role::ComprehensionFor, header, .. } => self.leave_comprehension_for(header, end),
            // In a text with errors a loop may have no body.
            Frame::Loop { kind: Role::For, head: Head::Nothing, mut exits, update: None, header, .. } => {
                if !self.graph.is_entered(header) {
                    exits.append(&mut self.take_edges());
                }
                self.go_on(exits, BlockKind::Body);
            }
            Frame::Loop { mut exits, yes, no, .. } => {
                exits.extend(yes.into_iter().chain(no));
                self.go_on(exits, BlockKind::Body);
            }
            // Nothing leaves it early: control goes on in its last block.
            Frame::Labelled { exits, .. } if exits.is_empty() => {}
            Frame::Labelled { mut exits, .. } => {
                exits.append(&mut self.take_edges());
                self.go_on(exits, BlockKind::Body);
            }
            Frame::Match { choice: Choice::ByConditions, missed, falls, mut ends, otherwise, .. } => {
                ends.append(&mut self.take_edges());
                ends.extend(falls);
                match otherwise {
                    Some(block) => self.graph.connect(missed, block),
                    None => ends.extend(missed),
                }
                self.go_on(ends, BlockKind::Body);
            }
            Frame::Match { choice: Choice::ByPatterns, missed, mut ends, arms, .. } => {
                // Of a match without arms, in a text with errors, control is still in the head.
                let here = self.take_edges();
                ends.extend(if arms == 0 { here } else { missed });
                self.go_on(ends, BlockKind::Body);
            }
            Frame::Match {
                dispatch,
                missed,
                falls,
                mut ends,
                has_catch_all,
                exhaustive,
                breakable,
                arms,
                last_arm,
                ..
            } => {
                if exhaustive && breakable && arms == 0 {
                    // It waits for ever.
                    self.leave_block(end, Terminator::Never, EdgeKind::Next);
                } else if exhaustive && breakable && !has_catch_all {
                    // Each arm counts, and the last of them need not be asked for.
                    self.graph.decide(last_arm, None);
                }
                // What the last label leaves control to.
                ends.append(&mut self.take_edges());
                ends.extend(falls);
                match dispatch {
                    Some(from) if !exhaustive && !has_catch_all => {
                        ends.push(Dangling { from, kind: EdgeKind::Default });
                        ends.extend(missed);
                    }
                    Some(_) if !exhaustive => ends.extend(missed),
                    _ => {}
                }
                self.go_on(ends, BlockKind::Body);
            }
            Frame::Variants { from, mut ends, has_other } => {
                ends.append(&mut self.take_edges());
                if let Some(from) = from.filter(|_| !has_other) {
                    ends.push(Dangling { from, kind: EdgeKind::Default });
                }
                self.go_on(ends, BlockKind::Body);
            }
            Frame::Arm { catch_all, guarded, .. } => {
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
            Frame::With { .. } => {}
            Frame::Try { has_finally: true, phase: Phase::Finally, .. } => {}
            frame @ Frame::Try { .. } if matches!(self.frames.last(), Some((_, Frame::With { .. }))) => {
                self.leave_with(frame, bytes);
            }
            Frame::Try { mut normal, ends, uncaught, through, .. } => {
                normal.extend(ends);
                // Only a text with errors has no body.
                normal.append(&mut self.take_edges());
                let below = self.frames.len();
                self.jump_if_any(uncaught, Jump::Throw, below, bytes);
                // Only a text with errors says `finally` and has none.
                for (edges, jump) in through {
                    self.jump(edges, jump, below, bytes);
                }
                self.go_on(normal, BlockKind::Body);
            }
            // Without a second part the condition's value is the value (`a ?: b`).
            Frame::Ternary { yes, no, mut ends, .. } => {
                ends.extend(yes.into_iter().chain(no));
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
                // Where it does not hold, it raises: a block of its own, so that the decision is one inside a `try` too.
                if !matches!(self.control, Control::Nowhere) {
                    let edges = self.leave_block(end, Terminator::Throw, EdgeKind::Exception);
                    let below = self.frames.len();
                    self.jump(edges, Jump::Throw, below, bytes);
                }
                self.go_on(holds, BlockKind::Body);
            }
            Frame::Jump { kind: Role::Goto, label } => {
                let edges = self.leave_block(end, Terminator::Jump, EdgeKind::Jump);
                self.go_to(edges, label, bytes);
            }
            Frame::Jump { kind: Role::Fallthrough, .. } => {
                let edges = self.leave_block(end, Terminator::Fallthrough, EdgeKind::Fallthrough);
                let place = self.innermost(|frame| matches!(frame, Frame::Match { .. }));
                if let Some(Frame::Match { falls, .. }) = place.map(|place| &mut self.frames[place].1) {
                    falls.extend(edges);
                }
            }
            Frame::Suspend => {
                let edges = self.leave_block(end, Terminator::Suspend, EdgeKind::Resume);
                self.go_on(edges, BlockKind::Body);
            }
            Frame::Jump { kind, label } => {
                let (jump, terminator) = match kind {
                    Role::Break => (Jump::Break(label), Terminator::Break),
                    Role::Continue => (Jump::Continue(label), Terminator::Continue),
                    Role::Throw => (Jump::Throw, Terminator::Throw),
                    Role::GiveValue => (Jump::GiveValue, Terminator::Break),
                    _ => (Jump::Return, Terminator::Return),
                };
                let edges = self.leave_block(end, terminator, jump.edge());
                let below = self.frames.len();
                self.jump(edges, jump, below, bytes);
            }
            Frame::Question => {
                let edges = self.leave_block(end, Terminator::Try, EdgeKind::Return);
                self.graph.decide(end, edges.first().map(|edge| edge.from));
                let on = edges.iter().map(|edge| Dangling { kind: EdgeKind::Next, ..*edge }).collect();
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

    /// Where an operation gives a value, its last operand decides nothing: both its ways on are one.
    fn as_value(&mut self, edges: &mut Edges) {
        // A literal has one way only as it is, and is no decision, if it is the last operand.
        let literal = self.last_literal.take();
        if literal.is_some() {
            self.graph.undecide(None);
        }
        let mut ways: FxHashMap<BlockId, u32> = FxHashMap::default();
        for edge in edges.iter_mut() {
            if literal == Some(edge.from) {
                edge.kind = EdgeKind::Next;
            }
            *ways.entry(edge.from).or_default() += 1;
        }
        edges.retain_mut(|edge| match ways.get_mut(&edge.from) {
            Some(2) => {
                ways.insert(edge.from, 0);
                edge.kind = EdgeKind::Next;
                self.graph.go_on(edge.from);
                self.graph.undecide(Some(edge.from));
                true
            }
            Some(0) => false,
            _ => {
                if !self.graph.branches(edge.from) {
                    edge.kind = EdgeKind::Next;
                }
                true
            }
        });
    }

    fn leave_guard(&mut self, end: u32) {
        let (yes, mut no) = self.take_decided(end);
        match self.frames.as_mut_slice() {
            [.., (_, Frame::Match { missed, .. }), (_, Frame::Arm { guarded, .. })] => {
                missed.append(&mut no);
                *guarded = true;
            }
            // Of a label, which is no frame of its own.
            [.., (_, Frame::Match { missed, .. })] => missed.append(&mut no),
            _ => {}
        }
        self.go_on(yes, BlockKind::Body);
    }

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
        self.graph.end(from, Terminator::Resume);
        self.control = Control::Nowhere;
        let below = self.frames.len() - 1;
        for jump in jumps {
            self.jump(vec![Dangling { from, kind: jump.edge() }], jump, below, bytes);
        }
        if falls_through {
            self.go_on(vec![Dangling { from, kind: EdgeKind::Next }], BlockKind::Body);
        }
    }

    /// The end of a `with`: what it opened is closed, however its body was left, and may swallow what was raised.
    fn leave_with(&mut self, frame: Frame, bytes: &[u8]) {
        let Some(&(depth, Frame::With { start, mut end, swallows })) = self.frames.last() else { return };
        self.frames.push((depth, frame));
        let closing = self.graph.len();
        self.enter_finally(start);
        if start == end {
            let word = bytes[start as usize..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            end += word as u32;
        }
        if let Control::In(block) = self.control {
            self.graph.extend(block, start, end);
        }
        self.leave_finally(end, bytes);
        self.frames.pop();
        let mut edges = self.take_edges();
        if swallows {
            edges.push(Dangling { from: closing, kind: EdgeKind::Exception });
        }
        self.go_on(edges, BlockKind::Body);
    }

    /// Whether control is in the body of a `try` that opened something.
    fn has_resources(&self) -> bool {
        matches!(
            self.frames.as_slice(),
            [
                ..,
                (_, Frame::Try { .. }),
                (_, Frame::With { swallows: false, .. }),
                (_, Frame::Try { phase: Phase::Body, .. })
            ]
        )
    }

    /// The end of such a body: what was opened is closed, before anything is handled.
    fn leave_resources(&mut self, bytes: &[u8]) {
        let Some((_, mut frame)) = self.frames.pop() else { return };
        if let Frame::Try { phase, body, normal, .. } = &mut frame {
            body.end = self.graph.len();
            *normal = self.take_edges();
            *phase = Phase::After;
        }
        self.leave_with(frame, bytes);
        self.frames.pop();
        let after = self.take_edges();
        if let Some((_, Frame::Try { phase, body, normal, .. })) = self.frames.last_mut() {
            body.end = self.graph.len();
            *normal = after;
            *phase = Phase::After;
        }
    }

    fn leave_comprehension_for(&mut self, header: BlockId, end_of_header: u32) {
        self.lead_to(header);
        // Without a comprehension around it, in a text with errors, it is no loop.
        let Some((_, Frame::Comprehension { headers, done, .. })) = self.frames.last_mut() else { return };
        self.graph.end(header, Terminator::Branch);
        self.graph.decide(end_of_header, Some(header));
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
