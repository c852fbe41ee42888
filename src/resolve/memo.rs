//! What was found out already, in a way that does not depend on who asked first.
//!
//! A question that comes up while it is being answered is unknown there. An answer that rests on such a one is kept for as
//! long as the outermost question of the circle is open, and no longer.

use std::ops::{Index, IndexMut};

use rustc_hash::FxHashMap;

use super::{
    Resolver,
    found::Found,
    ty::{Def, FileRef, Ty},
};
use crate::record::ExprId;

/// Questions within questions.
const MAX_DEPTH: u32 = 150;

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
#[derive(Clone, Debug, Default)]
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
enum State {
    /// Not asked, or what was found out cannot be kept.
    Unasked,
    /// Being answered: how deep.
    Open(u32),
    /// It rests on open questions: how deep the outermost of these is.
    Preliminary(u32),
    Known,
}

#[derive(Debug)]
struct Entry {
    state: State,
    answer: Answer,
    /// What it rests on (see [`super::deps`]).
    rests: u32,
}

#[derive(Debug, Default)]
pub(super) struct Memo {
    /// By file, and by [`PLACES`] times the expression: the entry's place, plus one.
    exprs: Vec<Vec<u32>>,
    others: FxHashMap<Question, u32>,
    entries: Entries,
    /// Open questions.
    depth: u32,
    /// Entries with answers that rest on open questions.
    preliminary: Vec<u32>,
    /// The outermost open question that the answer under way rests on.
    rests_on: Option<u32>,
}

/// A list that grows without being moved.
#[derive(Debug, Default)]
struct Entries {
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
            Question::Value(file, expr) => place(&mut self.exprs, file, expr, 0),
            Question::Type(file, expr) => place(&mut self.exprs, file, expr, 1),
            Question::Means(file, expr) => place(&mut self.exprs, file, expr, 2),
            question => self.others.entry(question).or_default(),
        };
        if *place == 0 {
            *place = next + 1;
            self.entries.push(Entry { state: State::Unasked, answer: Answer::None, rests: 0 });
        }
        (*place - 1) as usize
    }

    fn rest_on(&mut self, depth: u32) {
        self.rests_on = Some(self.rests_on.map_or(depth, |on| on.min(depth)));
    }
}

/// The place of a question of an expression.
fn place(exprs: &mut Vec<Vec<u32>>, file: FileRef, expr: ExprId, nth: usize) -> &mut u32 {
    let file = file.0 as usize;
    if exprs.len() <= file {
        exprs.resize_with(file + 1, Vec::new);
    }
    let at = expr as usize * PLACES + nth;
    if exprs[file].len() <= at {
        exprs[file].resize(at + 1, 0);
    }
    &mut exprs[file][at]
}

impl Resolver<'_> {
    /// All that a type inherits from, in a language's own order and form.
    pub fn line(&mut self, def: &Def, answer: impl FnOnce(&mut Self) -> Ty) -> Ty {
        self.remembered(Question::Line(def.clone()), answer)
    }

    /// What a name means in a place of its own, which may be asked for on the way to that.
    pub fn found_once(&mut self, place: &Def, name: &str, answer: impl FnOnce(&mut Self) -> Found) -> Found {
        self.remembered(Question::Name(place.clone(), name.into()), answer)
    }

    pub(super) fn remembered<T: Answers>(&mut self, question: Question, answer: impl FnOnce(&mut Self) -> T) -> T {
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
            State::Unasked => {}
        }
        let depth = memo.depth;
        if depth >= MAX_DEPTH {
            memo.rests_on = Some(0);
            return T::default();
        }
        memo.entries[at].state = State::Open(depth);
        memo.depth += 1;
        let outer = memo.rests_on.take();
        let from = memo.preliminary.len();
        self.deps.begin();
        // Whoever asked first has no part in the answer.
        let asking = self.here;
        self.here = about.unwrap_or(asking);
        let given = answer(self);
        self.here = asking;
        let rests = self.deps.end();
        let memo = &mut self.memo;
        memo.depth -= 1;
        let state = match memo.rests_on.filter(|&on| on < depth) {
            Some(on) => {
                memo.preliminary.push(at as u32);
                memo.rests_on = outer;
                memo.rest_on(on);
                State::Preliminary(on)
            }
            None => {
                for at in memo.preliminary.drain(from..) {
                    let entry = &mut memo.entries[at as usize];
                    (entry.state, entry.answer) = (State::Unasked, Answer::None);
                }
                memo.rests_on = outer;
                State::Known
            }
        };
        memo.entries[at] = Entry { state, answer: given.clone().keep(), rests };
        given
    }
}
