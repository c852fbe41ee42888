//! What was found out already, in a way that does not depend on who asked first.
//!
//! A question that comes up while it is being answered is unknown there. An answer that rests on such a one is kept for as
//! long as the outermost question of the circle is open, and no longer.

use rustc_hash::FxHashMap;

use super::{
    Resolver,
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
}

#[derive(Debug, Default)]
pub(super) struct Memo {
    /// With what each rests on (see [`super::deps`]).
    known: FxHashMap<Question, (Ty, u32)>,
    /// Being answered, and how deep each is.
    open: FxHashMap<Question, usize>,
    /// Answers that rest on open questions, with the outermost of these.
    preliminary: FxHashMap<Question, (Ty, usize, u32)>,
    in_order: Vec<Question>,
    /// The outermost open question that the answer under way rests on.
    rests_on: Option<usize>,
}

impl Resolver<'_> {
    pub(super) fn remembered(&mut self, question: Question, answer: impl FnOnce(&mut Self) -> Ty) -> Ty {
        let memo = &mut self.memo;
        if let Some((known, rests)) = memo.known.get(&question) {
            self.deps.used(*rests);
            return known.clone();
        }
        if let Some(&depth) = memo.open.get(&question) {
            memo.rests_on = Some(memo.rests_on.map_or(depth, |on| on.min(depth)));
            return Ty::Unknown;
        }
        if let Some((ty, on, rests)) = memo.preliminary.get(&question) {
            self.deps.used(*rests);
            memo.rests_on = Some(memo.rests_on.map_or(*on, |other| other.min(*on)));
            return ty.clone();
        }
        let depth = memo.open.len();
        if depth >= MAX_DEPTH {
            memo.rests_on = Some(0);
            return Ty::Unknown;
        }
        memo.open.insert(question.clone(), depth);
        let outer = memo.rests_on.take();
        let from = memo.in_order.len();
        let rests = self.deps.begin();
        let ty = answer(self);
        self.deps.end();
        let memo = &mut self.memo;
        memo.open.remove(&question);
        match memo.rests_on.filter(|&on| on < depth) {
            Some(on) => {
                memo.preliminary.insert(question.clone(), (ty.clone(), on, rests));
                memo.in_order.push(question);
                memo.rests_on = Some(outer.map_or(on, |outer| outer.min(on)));
            }
            None => {
                for question in memo.in_order.drain(from..) {
                    memo.preliminary.remove(&question);
                }
                memo.known.insert(question, (ty.clone(), rests));
                memo.rests_on = outer;
            }
        }
        ty
    }
}
