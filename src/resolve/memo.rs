//! What was found out already, in a way that does not depend on who asked first.
//!
//! A question that comes up while it is being answered is unknown there. An answer that rests on such a one is kept for as
//! long as the outermost question of the circle is open, and no longer.

use rustc_hash::FxHashMap;

use super::{
    Resolver,
    found::Found,
    ty::{Def, FileRef, Ty},
};
use crate::record::ExprId;

/// Questions within questions.
const MAX_DEPTH: usize = 150;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// The type of the value of an expression.
    Value(FileRef, ExprId),
    /// The type of the objects that a type expression describes.
    Type(FileRef, ExprId),
    /// The type of what a name stands for.
    Def(Def),
    /// All that a type inherits from.
    Line(Def),
    /// What an expression names.
    Means(FileRef, ExprId),
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

/// What is kept of an answer.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Ty(Ty),
    Found(Found),
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
            Answer::Found(_) => Ty::Unknown,
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
            Answer::Ty(_) => Found::Unknown,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Memo {
    /// With what each rests on (see [`super::deps`]).
    known: FxHashMap<Question, (Answer, u32)>,
    /// Being answered, and how deep each is.
    open: FxHashMap<Question, usize>,
    /// Answers that rest on open questions, with the outermost of these.
    preliminary: FxHashMap<Question, (Answer, usize, u32)>,
    in_order: Vec<Question>,
    /// The outermost open question that the answer under way rests on.
    rests_on: Option<usize>,
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
        let memo = &mut self.memo;
        if let Some((known, rests)) = memo.known.get(&question) {
            self.deps.used(*rests);
            return T::kept(known);
        }
        if let Some(&depth) = memo.open.get(&question) {
            memo.rests_on = Some(memo.rests_on.map_or(depth, |on| on.min(depth)));
            return T::default();
        }
        if let Some((ty, on, rests)) = memo.preliminary.get(&question) {
            self.deps.used(*rests);
            memo.rests_on = Some(memo.rests_on.map_or(*on, |other| other.min(*on)));
            return T::kept(ty);
        }
        let depth = memo.open.len();
        if depth >= MAX_DEPTH {
            memo.rests_on = Some(0);
            return T::default();
        }
        memo.open.insert(question.clone(), depth);
        let outer = memo.rests_on.take();
        let from = memo.in_order.len();
        let rests = self.deps.begin();
        // Whoever asked first has no part in the answer.
        let asking = self.here;
        self.here = question.file().unwrap_or(asking);
        let given = answer(self);
        self.here = asking;
        self.deps.end();
        let memo = &mut self.memo;
        memo.open.remove(&question);
        match memo.rests_on.filter(|&on| on < depth) {
            Some(on) => {
                memo.preliminary.insert(question.clone(), (given.clone().keep(), on, rests));
                memo.in_order.push(question);
                memo.rests_on = Some(outer.map_or(on, |outer| outer.min(on)));
            }
            None => {
                for question in memo.in_order.drain(from..) {
                    memo.preliminary.remove(&question);
                }
                memo.known.insert(question, (given.clone().keep(), rests));
                memo.rests_on = outer;
            }
        }
        given
    }
}
