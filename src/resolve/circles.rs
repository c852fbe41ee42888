//! Questions that go in a circle: what a function returns is what it is called with, by way of itself.
//!
//! What is found on one way round depends on where the circle was entered, and that on who asked first. So all questions of the
//! circle are answered together: at first every one is unknown, then each is answered from the answers of the round before,
//! until a round changes nothing. No question is before another in that, and so the answers are the circle's own.

use super::{
    Resolver,
    memo::{Answer, Answers, Entry, State},
    ty::FileRef,
};

/// A circle of some questions settles in about as many rounds, unless its answers grow with each.
const MORE_ROUNDS: usize = 8;
/// Answers that are found for one circle, about.
const MAX_ANSWERS: usize = 50_000;
/// Types of types are known to this depth in a circle; where that grows with each round (`x = [x]`), only to the first.
const NESTED: [u32; 2] = [4, 1];

/// The circles that are being answered, each on the way round the one before it.
#[derive(Debug, Default)]
pub(super) struct Circles {
    open: Vec<Circle>,
    members: Vec<Member>,
}

#[derive(Debug)]
struct Circle {
    /// To which depth types of types are known.
    nested: u32,
    /// How deep the question is that it was entered by.
    depth: u32,
    round: u32,
    /// Its members are those from here on: the question that it was entered by is the first.
    from: usize,
}

/// A question of a circle.
#[derive(Debug)]
struct Member {
    /// Its entry, which has the answer of the round before.
    at: u32,
    /// Which of the open circles it is of.
    circle: usize,
    /// The last round that has asked for it.
    round: u32,
    next: Answer,
}

/// How the rounds of a circle ended.
enum Outcome {
    Settled,
    /// They would go on.
    Endless,
    /// The circle is larger.
    Grown,
    /// It is a part of one that was entered further out, at this depth.
    Outward(u32),
}

impl Resolver<'_> {
    /// Answers all questions of a circle that was found by this one: it is the outermost, and those that were answered since
    /// `from` are on the way.
    pub(super) fn circled<T: Answers>(
        &mut self,
        at: usize,
        from: usize,
        about: Option<FileRef>,
        answer: &impl Fn(&mut Self) -> T,
    ) -> T {
        let first = self.memo.circles.members.len();
        let circle = self.memo.circles.open.len();
        self.memo.circles.open.push(Circle { nested: NESTED[0], depth: self.memo.depth, round: 0, from: first });
        self.join(circle, at as u32);
        let mut begun = 0;
        let outcome = loop {
            for at in self.memo.preliminary.split_off(from) {
                self.join(circle, at);
            }
            begun += self.memo.circles.members.len() - first;
            self.begin(circle);
            self.deps.begin();
            match self.rounds(circle, from, about, answer) {
                Outcome::Grown if begun < MAX_ANSWERS => self.deps.forget(),
                Outcome::Endless if self.memo.circles.open[circle].nested > NESTED[1] => {
                    self.memo.circles.open[circle].nested = NESTED[1];
                    self.deps.forget();
                }
                outcome => break outcome,
            }
        };
        if matches!(outcome, Outcome::Grown) {
            for at in self.memo.preliminary.split_off(from) {
                self.join(circle, at);
            }
        }
        // Each rests on all that any does.
        let rests = self.deps.end();
        let memo = &mut self.memo;
        let last = memo.circles.open.pop().map_or(0, |circle| circle.round);
        let members = memo.circles.members.split_off(first);
        let state = match outcome {
            Outcome::Outward(on) => {
                memo.stay_preliminary(from, on);
                memo.preliminary.extend(members.iter().map(|member| member.at));
                memo.rest_on(on);
                State::Preliminary(on)
            }
            Outcome::Settled | Outcome::Endless | Outcome::Grown => State::Known,
        };
        for member in members {
            let entry = &mut memo.entries[member.at as usize];
            let Entry { answer, .. } = std::mem::replace(entry, Entry::unasked());
            // Of what the last round did not ask for, the answer may be out of date. Nothing rests on it.
            if member.round == last || matches!(state, State::Preliminary(_)) {
                *entry = Entry { state, answer, rests };
            }
        }
        T::kept(&memo.entries[at].answer)
    }

    fn join(&mut self, circle: usize, at: u32) {
        let memo = &mut self.memo;
        memo.entries[at as usize].state = State::Member(memo.circles.members.len() as u32);
        memo.circles.members.push(Member { at, circle, round: 0, next: Answer::None });
    }

    /// Nothing is known of it.
    fn begin(&mut self, circle: usize) {
        let memo = &mut self.memo;
        let Circle { round, from, .. } = &mut memo.circles.open[circle];
        *round = 0;
        for member in &mut memo.circles.members[*from..] {
            member.round = 0;
            memo.entries[member.at as usize].answer = Answer::None;
        }
    }

    fn rounds<T: Answers>(
        &mut self,
        circle: usize,
        from: usize,
        about: Option<FileRef>,
        answer: &impl Fn(&mut Self) -> T,
    ) -> Outcome {
        let Circle { nested, depth, from: first, .. } = self.memo.circles.open[circle];
        let size = self.memo.circles.members.len() - first;
        let most = (size + MORE_ROUNDS).min((MAX_ANSWERS / size).max(MORE_ROUNDS));
        for _ in 0..most {
            let circles = &mut self.memo.circles;
            circles.open[circle].round += 1;
            circles.members[first].round = circles.open[circle].round;
            let (given, on) = self.answered(about, answer);
            let memo = &mut self.memo;
            if let Some(on) = on.filter(|&on| on < depth) {
                return Outcome::Outward(on);
            }
            if memo.preliminary.len() > from {
                return Outcome::Grown;
            }
            memo.circles.members[first].next = given.keep().nested_to(nested);
            let mut is_settled = true;
            let round = memo.circles.open[circle].round;
            for member in memo.circles.members[first..].iter_mut().filter(|member| member.round == round) {
                let known = &mut memo.entries[member.at as usize].answer;
                let next = std::mem::take(&mut member.next);
                is_settled &= *known == next;
                *known = next;
            }
            if is_settled {
                return Outcome::Settled;
            }
        }
        Outcome::Endless
    }

    /// The answer of the round before, to a question of a circle; it is asked once a round.
    pub(super) fn of_circle<T: Answers>(
        &mut self,
        nth: usize,
        about: Option<FileRef>,
        answer: &impl Fn(&mut Self) -> T,
    ) -> T {
        let memo = &mut self.memo;
        let member = &mut memo.circles.members[nth];
        let at = member.at as usize;
        let Circle { nested, depth, round, .. } = memo.circles.open[member.circle];
        let was_asked = std::mem::replace(&mut member.round, round) == round;
        memo.rest_on(depth);
        if !was_asked {
            if !memo.may_go_deeper() {
                memo.circles.members[nth].next = memo.entries[at].answer.clone();
                return T::kept(&memo.entries[at].answer);
            }
            self.deps.begin();
            let (given, on) = self.answered(about, answer);
            self.deps.end();
            let memo = &mut self.memo;
            memo.circles.members[nth].next = given.keep().nested_to(nested);
            if let Some(on) = on {
                memo.rest_on(on);
            }
        }
        T::kept(&self.memo.entries[at].answer)
    }
}
