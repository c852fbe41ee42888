//! What was found out already, in a way that does not depend on who asked first.
//!
//! A question that comes up while it is being answered goes in a circle (see [`super::circles`]): it is unknown there, and what
//! rests on that is preliminary until the outermost question of the circle is answered.

use std::ops::{Index, IndexMut};

use rustc_hash::FxHashMap;

use super::{
    Resolver,
    circles::Circles,
    found::{Found, Hit},
    ty::{Def, FileRef, Ty, nested},
};
use crate::record::ExprId;

/// Questions within questions. No code that somebody wrote goes as deep; what is asked behind that is unknown.
const MAX_DEPTH: u32 = 4000;
/// As many answers are forgotten for what lies behind that.
const MAX_CUT: usize = 1000;
/// What lies behind an answer, and behind a question that is found by a hash, about.
const ANSWER_BYTES: usize = 48;
const OTHER_BYTES: usize = 32;
/// The stack that one question may take, and as much as is added where there is less.
const STACK: (usize, usize) = (128 << 10, 2 << 20);

/// What is asked of an expression has its own place in a list; the rest is found by a hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// The type of the value of an expression.
    Value(FileRef, ExprId),
    /// The type of the objects that a type expression describes.
    Type(FileRef, ExprId),
    /// What an expression names.
    Means(FileRef, ExprId),
    /// Which functions the arguments of a call choose.
    Chosen(FileRef, ExprId),
    /// The type of what a name stands for.
    Def(Def),
    /// All that a type inherits from.
    Line(Def),
    /// What of inherited types bears the name of a member.
    Overridden(Def),
    /// What a name means in a place of its own.
    Name(Def, Box<str>),
    /// What a file has under a name by the modules that it takes in whole.
    Through(FileRef, Box<str>),
    /// What rules ask of a file, by their own key.
    Once(FileRef, Box<str>),
}

impl Question {
    fn file(&self) -> Option<FileRef> {
        match self {
            Question::Value(file, _)
            | Question::Type(file, _)
            | Question::Means(file, _)
            | Question::Chosen(file, _)
            | Question::Through(file, _)
            | Question::Once(file, _) => Some(*file),
            Question::Def(def) | Question::Line(def) | Question::Overridden(def) | Question::Name(def, _) => {
                match def {
                    Def::Bound(file, _) | Def::File(file) => Some(*file),
                    Def::Package(..) => None,
                }
            }
        }
    }
}

/// Questions of each expression that have a place.
const PLACES: usize = 3;

/// What is kept of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Answer {
    #[default]
    None,
    Ty(Ty),
    Found(Found),
    Both(Box<(Found, Ty)>),
}

/// What questions are answered with.
pub(super) trait Answers: Clone + Default {
    fn keep(self) -> Answer;
    fn kept(answer: &Answer) -> Self;
}

impl Answer {
    /// The same with types of types to a depth only; what is not known is always [`Answer::None`].
    pub fn nested_to(self, depth: u32) -> Self {
        let within = |found: Found| match found {
            Found::Defs(hits) => {
                let hit = |hit: Hit| Hit { env: nested(&hit.env, depth), ..hit };
                Found::Defs(hits.into_iter().map(hit).collect())
            }
            found => found,
        };
        match self {
            Answer::Ty(ty) if ty.is_unknown() => Answer::None,
            Answer::Found(found) if found.is_unknown() => Answer::None,
            Answer::Both(both) if both.0.is_unknown() && both.1.is_unknown() => Answer::None,
            Answer::Ty(ty) => Answer::Ty(ty.nested_to(depth)),
            Answer::Found(found) => Answer::Found(within(found)),
            Answer::Both(both) => Answer::Both(Box::new((within(both.0), both.1.nested_to(depth)))),
            Answer::None => Answer::None,
        }
    }
}

impl Answers for Ty {
    fn keep(self) -> Answer {
        Answer::Ty(self)
    }

    fn kept(answer: &Answer) -> Self {
        match answer {
            Answer::Ty(ty) => ty.clone(),
            _ => Ty::Unknown,
        }
    }
}

impl Answers for Found {
    fn keep(self) -> Answer {
        Answer::Found(self)
    }

    fn kept(answer: &Answer) -> Self {
        match answer {
            Answer::Found(found) => found.clone(),
            _ => Found::Unknown,
        }
    }
}

impl Answers for (Found, Ty) {
    fn keep(self) -> Answer {
        Answer::Both(Box::new(self))
    }

    fn kept(answer: &Answer) -> Self {
        match answer {
            Answer::Both(both) => (**both).clone(),
            _ => Self::default(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    /// Not asked, or what was found out cannot be kept.
    Unasked,
    /// Being answered: how deep.
    Open(u32),
    /// It rests on open questions: how deep the outermost of these is.
    Preliminary(u32),
    /// One of a circle that is being answered: its place among [`Circles`]' members.
    Member(u32),
    Known,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub state: State,
    pub answer: Answer,
    /// What it rests on (see [`super::deps`]).
    pub rests: u32,
}

impl Entry {
    pub fn unasked() -> Self {
        Entry { state: State::Unasked, answer: Answer::None, rests: 0 }
    }
}

#[derive(Debug, Default)]
pub(super) struct Memo {
    /// By file, and by [`PLACES`] times the expression: the entry's place, plus one.
    exprs: Vec<Vec<u32>>,
    /// What these take.
    exprs_bytes: usize,
    others: FxHashMap<Question, u32>,
    pub entries: Entries,
    /// Open questions.
    pub depth: u32,
    /// Entries with answers that rest on open questions.
    pub preliminary: Vec<u32>,
    /// The outermost open question that the answer under way rests on.
    pub rests_on: Option<u32>,
    /// Questions within questions were too many for the answer under way.
    is_cut: bool,
    pub circles: Circles,
}

/// A list that grows without being moved.
#[derive(Debug, Default)]
pub(super) struct Entries {
    parts: Vec<Vec<Entry>>,
    length: usize,
}

impl Entries {
    const PART: usize = 1024;

    fn push(&mut self, entry: Entry) {
        if self.length.is_multiple_of(Self::PART) {
            self.parts.push(Vec::with_capacity(Self::PART));
        }
        self.parts[self.length / Self::PART].push(entry);
        self.length += 1;
    }
}

impl Index<usize> for Entries {
    type Output = Entry;

    fn index(&self, at: usize) -> &Entry {
        &self.parts[at / Self::PART][at % Self::PART]
    }
}

impl IndexMut<usize> for Entries {
    fn index_mut(&mut self, at: usize) -> &mut Entry {
        &mut self.parts[at / Self::PART][at % Self::PART]
    }
}

impl Memo {
    /// The place of a question's entry.
    fn entry(&mut self, question: Question) -> usize {
        let next = self.entries.length as u32;
        let place = match question {
            Question::Value(file, expr) => place(&mut self.exprs, &mut self.exprs_bytes, file, expr, 0),
            Question::Type(file, expr) => place(&mut self.exprs, &mut self.exprs_bytes, file, expr, 1),
            Question::Means(file, expr) => place(&mut self.exprs, &mut self.exprs_bytes, file, expr, 2),
            question => self.others.entry(question).or_default(),
        };
        if *place == 0 {
            *place = next + 1;
            self.entries.push(Entry::unasked());
        }
        (*place - 1) as usize
    }

    /// The memory that all of it takes, about.
    pub fn heap_bytes(&self) -> usize {
        let others = self.others.len() * (size_of::<Question>() + OTHER_BYTES);
        self.exprs_bytes + others + self.entries.length * (size_of::<Entry>() + ANSWER_BYTES)
    }

    pub fn rest_on(&mut self, depth: u32) {
        self.rests_on = Some(self.rests_on.map_or(depth, |on| on.min(depth)));
    }

    /// Whether there may be a question within the one under way. If not, the answer rests on how it was come to.
    pub fn may_go_deeper(&mut self) -> bool {
        let may = self.depth < MAX_DEPTH;
        if !may {
            self.rest_on(0);
            self.is_cut = true;
        }
        may
    }

    /// What rests on a question that is answered rests on what that one does.
    pub fn stay_preliminary(&mut self, from: usize, on: u32) {
        for &at in &self.preliminary[from..] {
            if let State::Preliminary(outermost) = &mut self.entries[at as usize].state {
                *outermost = on.min(*outermost);
            }
        }
    }
}

/// The place of a question of an expression.
fn place<'a>(exprs: &'a mut Vec<Vec<u32>>, bytes: &mut usize, file: FileRef, expr: ExprId, nth: usize) -> &'a mut u32 {
    let file = file.0 as usize;
    if exprs.len() <= file {
        exprs.resize_with(file + 1, Vec::new);
    }
    let at = expr as usize * PLACES + nth;
    if exprs[file].len() <= at {
        *bytes -= exprs[file].capacity() * size_of::<u32>();
        exprs[file].resize(at + 1, 0);
        *bytes += exprs[file].capacity() * size_of::<u32>();
    }
    &mut exprs[file][at]
}

impl Resolver<'_> {
    /// All that a type inherits from, in a language's own order and form.
    pub fn line(&mut self, def: &Def, answer: impl Fn(&mut Self) -> Ty) -> Ty {
        self.remembered(Question::Line(def.clone()), answer)
    }

    /// What a name means in a place of its own, which may be asked for on the way to that.
    pub fn found_once(&mut self, place: &Def, name: &str, answer: impl Fn(&mut Self) -> Found) -> Found {
        self.remembered(Question::Name(place.clone(), name.into()), answer)
    }

    /// The answer to a question. It is asked for again where the question goes in a circle, and must be a function of what it
    /// asks of the resolver.
    pub(super) fn remembered<T: Answers>(&mut self, question: Question, answer: impl Fn(&mut Self) -> T) -> T {
        let about = question.file();
        let memo = &mut self.memo;
        let at = memo.entry(question);
        let entry = &memo.entries[at];
        match entry.state {
            State::Known => {
                self.deps.used(entry.rests);
                return T::kept(&entry.answer);
            }
            State::Preliminary(on) => {
                self.deps.used(entry.rests);
                let kept = T::kept(&entry.answer);
                memo.rest_on(on);
                return kept;
            }
            State::Open(depth) => {
                memo.rest_on(depth);
                return T::default();
            }
            State::Member(member) => return self.of_circle(member as usize, about, &answer),
            State::Unasked => {}
        }
        let depth = memo.depth;
        if !memo.may_go_deeper() {
            return T::default();
        }
        memo.entries[at].state = State::Open(depth);
        let from = memo.preliminary.len();
        self.deps.begin();
        let (given, on) = self.answered(about, &answer);
        let memo = &mut self.memo;
        if depth == 0 && std::mem::take(&mut memo.is_cut) {
            // Asked from elsewhere, they would be cut elsewhere. Where there are many, nobody has the time for that.
            let is_kept = memo.preliminary.len() - from > MAX_CUT;
            for at in memo.preliminary.drain(from..) {
                let entry = &mut memo.entries[at as usize];
                if is_kept { entry.state = State::Known } else { *entry = Entry::unasked() }
            }
        } else if on == Some(depth) {
            // What was found on the way round depends on where the circle was entered.
            self.deps.forget();
            return self.circled(at, from, about, &answer);
        }
        let rests = self.deps.end();
        let memo = &mut self.memo;
        let state = match on.filter(|&on| on < depth) {
            Some(on) => {
                memo.stay_preliminary(from, on);
                memo.preliminary.push(at as u32);
                memo.rest_on(on);
                State::Preliminary(on)
            }
            None => State::Known,
        };
        memo.entries[at] = Entry { state, answer: given.clone().keep(), rests };
        given
    }

    /// An answer, and whether it is one for good: none that rests on open questions.
    pub(super) fn known<T>(&mut self, answer: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let outer = self.memo.rests_on.take();
        let given = answer(self);
        let on = std::mem::replace(&mut self.memo.rests_on, outer);
        if let Some(on) = on {
            self.memo.rest_on(on);
        }
        (given, on.is_none())
    }

    /// An answer as it is found now, and the outermost open question that it rests on.
    pub(super) fn answered<T>(&mut self, about: Option<FileRef>, answer: &impl Fn(&mut Self) -> T) -> (T, Option<u32>) {
        let memo = &mut self.memo;
        memo.depth += 1;
        let outer = memo.rests_on.take();
        // Whoever asked has no part in the answer.
        let asking = self.here;
        self.here = about.unwrap_or(asking);
        let hops = std::mem::take(&mut self.hops);
        let records = std::mem::take(&mut self.records);
        let given = stacker::maybe_grow(STACK.0, STACK.1, || answer(self));
        (self.here, self.hops, self.records) = (asking, hops, records);
        self.memo.depth -= 1;
        let on = std::mem::replace(&mut self.memo.rests_on, outer);
        (given, on)
    }
}
