//! What an answer rests on: every question that was put to the world on the way to it. A file must be linked again when one
//! of these may have another answer now. See [`crate::record::Dep`].
//!
//! Questions are asked within questions, and there are many: what each rests on is collected on one stack, and kept in one
//! list when it is answered.

use std::{cell::RefCell, ops::Range};

use rustc_hash::FxHashMap;

use crate::record::Dep;

/// An answer that rests on nothing.
const NOTHING: u32 = 0;
/// As far back it is looked whether something is known to matter already.
const LATELY: usize = 8;
/// Questions of which the place in the list is at hand.
const MET: usize = 1 << 10;

#[derive(Debug, Default)]
pub(super) struct Deps(RefCell<Inner>);

#[derive(Debug, Default)]
struct Inner {
    ids: FxHashMap<Dep, u32>,
    /// Some that were met lately, with their ids, each in a place of its own: most are met again at once.
    met: Vec<Option<(Dep, u32)>>,
    list: Vec<Dep>,
    /// Of each answer but [`NOTHING`], where in `kept` stands what it rests on.
    answers: Vec<Range<u32>>,
    kept: Vec<On>,
    /// What the answers under way rest on, the outermost first.
    stack: Vec<On>,
    /// Where in `stack` each of them begins.
    open: Vec<u32>,
    /// Rounds of collecting, and the last one that has seen each answer and each of `list`.
    round: u32,
    seen_answers: Vec<u32>,
    seen_deps: Vec<u32>,
}

/// Something that an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum On {
    /// A place in `list`.
    Dep(u32),
    Answer(u32),
}

impl Inner {
    /// The place of a question in the list.
    fn id(&mut self, dep: Dep) -> u32 {
        if self.met.is_empty() {
            self.met.resize(MET, None);
        }
        // Both are hashes.
        let met = &mut self.met[(dep.group as usize ^ dep.item as usize) % MET];
        if let Some((known, id)) = met
            && *known == dep
        {
            return *id;
        }
        let next = self.list.len() as u32;
        let id = *self.ids.entry(dep).or_insert(next);
        *met = Some((dep, id));
        if id == next {
            self.list.push(dep);
        }
        id
    }

    fn on(&mut self, on: On) {
        let Some(&from) = self.open.last() else { return };
        let own = &self.stack[from as usize..];
        if !own.iter().rev().take(LATELY).any(|known| *known == on) {
            self.stack.push(on);
        }
    }
}

impl Deps {
    /// The answer under way rests on this.
    pub fn on(&self, group: u64, item: u32) {
        let inner = &mut *self.0.borrow_mut();
        if inner.open.is_empty() {
            return;
        }
        let dep = Dep { group, item };
        let id = inner.id(dep);
        inner.on(On::Dep(id));
    }

    /// The memory that all of it takes, about.
    pub fn heap_bytes(&self) -> usize {
        let inner = self.0.borrow();
        let deps = inner.list.capacity() * (2 * size_of::<Dep>() + 2 * size_of::<u32>());
        let answers = inner.answers.capacity() * (size_of::<Range<u32>>() + size_of::<u32>());
        deps + answers + inner.kept.capacity() * size_of::<On>()
    }

    /// A question is begun.
    pub fn begin(&self) {
        let inner = &mut *self.0.borrow_mut();
        inner.open.push(inner.stack.len() as u32);
    }

    /// The innermost question is answered: the one around it rests on that.
    pub fn end(&self) -> u32 {
        let inner = &mut *self.0.borrow_mut();
        let Some(from) = inner.open.pop() else { return NOTHING };
        let own = &mut inner.stack[from as usize..];
        let answer = match own {
            [] => NOTHING,
            // It rests on what that one does.
            [On::Answer(answer)] => *answer,
            _ => {
                if own.len() > LATELY {
                    own.sort_unstable();
                }
                let start = inner.kept.len();
                inner.kept.extend_from_slice(own);
                if own.len() > LATELY {
                    let mut length = start;
                    for at in start..inner.kept.len() {
                        if at == start || inner.kept[at] != inner.kept[length - 1] {
                            inner.kept[length] = inner.kept[at];
                            length += 1;
                        }
                    }
                    inner.kept.truncate(length);
                }
                inner.answers.push(start as u32..inner.kept.len() as u32);
                inner.answers.len() as u32
            }
        };
        inner.stack.truncate(from as usize);
        if answer != NOTHING {
            inner.on(On::Answer(answer));
        }
        answer
    }

    /// The innermost question was asked for nothing.
    pub fn forget(&self) {
        let inner = &mut *self.0.borrow_mut();
        if let Some(from) = inner.open.pop() {
            inner.stack.truncate(from as usize);
        }
    }

    /// The answer under way rests on this answer.
    pub fn used(&self, answer: u32) {
        if answer != NOTHING {
            self.0.borrow_mut().on(On::Answer(answer));
        }
    }

    /// All that an answer rests on, sorted.
    pub fn of(&self, answer: u32) -> Vec<Dep> {
        let inner = &mut *self.0.borrow_mut();
        inner.round += 1;
        inner.seen_answers.resize(inner.answers.len() + 1, 0);
        inner.seen_deps.resize(inner.list.len(), 0);
        let round = inner.round;
        let is_new = |seen: &mut u32| std::mem::replace(seen, round) != round;
        let mut deps = Vec::new();
        let mut waiting = vec![answer];
        while let Some(answer) = waiting.pop() {
            if answer == NOTHING || !is_new(&mut inner.seen_answers[answer as usize]) {
                continue;
            }
            let range = &inner.answers[answer as usize - 1];
            for on in &inner.kept[range.start as usize..range.end as usize] {
                match *on {
                    On::Answer(answer) => waiting.push(answer),
                    On::Dep(dep) if is_new(&mut inner.seen_deps[dep as usize]) => deps.push(inner.list[dep as usize]),
                    On::Dep(_) => {}
                }
            }
        }
        deps.sort_unstable();
        deps
    }
}
