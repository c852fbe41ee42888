//! What a file takes in whole, and what that takes in: headers.

use std::{collections::VecDeque, sync::Arc};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Resolver,
    found::Found,
    memo::Question,
    ty::{Def, FileRef},
};
use crate::record::{BindingId, Expr, item};

/// More is not kept at a time.
const MAX_CLOSURES: usize = 512;

/// All that a file takes in, and itself.
#[derive(Debug, Default)]
pub struct Closure {
    /// In the order in which their texts stand when they are put in each other's places.
    pub order: Vec<FileRef>,
    /// With the place of each in `order`.
    places: FxHashMap<FileRef, u32>,
    /// Those from here on in the order are only taken in by what is for other builds.
    likely: u32,
    /// What it takes in from outside of the workspace.
    outside: FxHashSet<Box<str>>,
    /// Everything that it should hold is there.
    pub is_complete: bool,
}

impl Closure {
    pub fn holds(&self, file: FileRef) -> bool {
        self.places.contains_key(&file)
    }

    /// The place of a file in the order.
    pub fn place(&self, file: FileRef) -> usize {
        self.places.get(&file).map_or(usize::MAX, |&place| place as usize)
    }

    /// A file is only taken in where the text is for other builds than the usual one.
    pub fn is_unlikely(&self, file: FileRef) -> bool {
        self.places.get(&file).is_some_and(|&place| place >= self.likely)
    }

    pub fn takes_from_outside(&self, name: &str) -> bool {
        self.outside.contains(name)
    }
}

/// What a file takes in itself.
#[derive(Debug)]
struct Taken {
    files: Vec<FileRef>,
    /// Where the text is for other builds.
    unlikely: Vec<FileRef>,
    outside: Vec<Box<str>>,
    is_complete: bool,
}

type Words = Arc<[Box<str>]>;

/// Answers that rest on nothing but what they are kept under; with what each rests on (see [`super::deps`]).
#[derive(Debug, Default)]
pub(super) struct Kept {
    taken: FxHashMap<FileRef, (Arc<Taken>, u32)>,
    closures: FxHashMap<FileRef, (Arc<Closure>, u32)>,
    words: FxHashMap<Box<str>, (Words, u32)>,
    /// What the closures take, about.
    bytes: usize,
}

impl Kept {
    /// The memory that all of it takes, about.
    pub fn heap_bytes(&self) -> usize {
        self.bytes
    }
}

impl Resolver<'_> {
    /// The modules all of whose names are in scope in a file.
    pub fn wildcards(&self, file: FileRef) -> Vec<BindingId> {
        let Some(facts) = self.world.facts(file) else { return Vec::new() };
        self.deps.on(facts.group, item("*"));
        facts.facts.wildcards().to_vec()
    }

    /// All that a file takes in whole, by way of others as well.
    pub fn closure(&mut self, file: FileRef) -> Arc<Closure> {
        if let Some((closure, rests)) = self.kept.closures.get(&file) {
            self.deps.used(*rests);
            return closure.clone();
        }
        self.deps.begin();
        let (closure, is_known) = self.known(|this| Arc::new(this.closure_now(file)));
        let rests = self.deps.end();
        if !is_known {
            return closure;
        }
        if self.kept.closures.len() >= MAX_CLOSURES {
            self.kept.closures.clear();
            self.kept.bytes = 0;
        }
        self.kept.bytes += closure.order.len() * 3 * size_of::<u64>();
        self.kept.closures.insert(file, (closure.clone(), rests));
        closure
    }

    fn closure_now(&mut self, file: FileRef) -> Closure {
        let mut closure = Closure { is_complete: true, ..Closure::default() };
        let mut seen: FxHashSet<FileRef> = FxHashSet::default();
        let mut others = self.take_in(&mut closure, &mut seen, file);
        closure.likely = closure.order.len() as u32;
        while let Some(file) = others.pop_front() {
            let more = self.take_in(&mut closure, &mut seen, file);
            others.extend(more);
        }
        closure
    }

    /// Adds a file with what it takes in to a closure. Returns what the text takes in for other builds.
    fn take_in(&mut self, closure: &mut Closure, seen: &mut FxHashSet<FileRef>, file: FileRef) -> VecDeque<FileRef> {
        let mut others = VecDeque::new();
        if !seen.insert(file) {
            return others;
        }
        // Each with the place of the next one that it takes in.
        let mut open = vec![(file, self.taken(file), 0)];
        while let Some((at, taken, next)) = open.last_mut() {
            let Some(&inner) = taken.files.get(*next) else {
                closure.is_complete &= taken.is_complete;
                closure.outside.extend(taken.outside.iter().cloned());
                closure.places.insert(*at, closure.order.len() as u32);
                closure.order.push(*at);
                others.extend(taken.unlikely.iter().copied());
                open.pop();
                continue;
            };
            *next += 1;
            if seen.insert(inner) {
                let taken = self.taken(inner);
                open.push((inner, taken, 0));
            }
        }
        others
    }

    fn taken(&mut self, file: FileRef) -> Arc<Taken> {
        if let Some((taken, rests)) = self.kept.taken.get(&file) {
            self.deps.used(*rests);
            return taken.clone();
        }
        self.deps.begin();
        let (taken, is_known) = self.known(|this| Arc::new(this.taken_now(file)));
        let rests = self.deps.end();
        if is_known {
            self.kept.taken.insert(file, (taken.clone(), rests));
        }
        taken
    }

    fn taken_now(&mut self, file: FileRef) -> Taken {
        let mut taken = Taken { files: Vec::new(), unlikely: Vec::new(), outside: Vec::new(), is_complete: true };
        let Some(facts) = self.world.facts(file) else { return taken };
        for binding in self.wildcards(file) {
            let bound = facts.facts.bindings[binding as usize];
            let value = bound.value;
            if !matches!(facts.facts.expr(value), Expr::Import { .. }) {
                continue;
            }
            let found = self.means(file, value);
            taken.is_complete &= !found.is_unknown();
            if let Found::Outside(name) = &found
                && !bound.is_unlikely
            {
                taken.outside.push(name.clone());
            }
            let files = if bound.is_unlikely { &mut taken.unlikely } else { &mut taken.files };
            files.extend(found.hits().iter().filter_map(|hit| match hit.def {
                Def::File(file) => Some(file),
                _ => None,
            }));
        }
        taken
    }

    /// An answer that only depends on the file and the key.
    pub fn once(&mut self, file: FileRef, key: &str, answer: impl Fn(&mut Self) -> Found) -> Found {
        self.remembered(Question::Once(file, key.into()), answer)
    }

    /// Words that only depend on the key: what a file that says how a project is laid out comes to.
    pub fn words_once(&mut self, key: &str, answer: impl FnOnce(&mut Self) -> Vec<Box<str>>) -> Words {
        if let Some((words, rests)) = self.kept.words.get(key) {
            self.deps.used(*rests);
            return words.clone();
        }
        self.deps.begin();
        let words: Words = answer(self).into();
        let rests = self.deps.end();
        self.kept.words.insert(key.into(), (words.clone(), rests));
        words
    }

    /// The file that asks for a member, where that matters for what is in its reach.
    pub fn here(&self) -> FileRef {
        self.here
    }
}
