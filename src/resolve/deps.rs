//! What an answer rests on: every question that was put to the world on the way to it. A file must be linked again when one
//! of these may have another answer now. See [`crate::record::Dep`].

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::record::Dep;

/// A question that was answered, and what its answer rests on: directly, and by other answers.
#[derive(Debug, Default)]
struct Node {
    deps: Vec<u32>,
    children: Vec<u32>,
}

#[derive(Debug, Default)]
pub(super) struct Deps(RefCell<Inner>);

#[derive(Debug, Default)]
struct Inner {
    ids: FxHashMap<Dep, u32>,
    list: Vec<Dep>,
    nodes: Vec<Node>,
    /// Questions that are being answered, the outermost first.
    open: Vec<u32>,
}

impl Deps {
    /// The answer under way rests on this.
    pub fn on(&self, group: u64, item: u32) {
        let inner = &mut *self.0.borrow_mut();
        let Some(&node) = inner.open.last() else { return };
        let dep = Dep { group, item };
        let next = inner.list.len() as u32;
        let id = *inner.ids.entry(dep).or_insert(next);
        if id == next {
            inner.list.push(dep);
        }
        let deps = &mut inner.nodes[node as usize].deps;
        if !deps.iter().rev().take(8).any(|known| *known == id) {
            deps.push(id);
        }
    }

    /// A question is begun.
    pub fn begin(&self) -> u32 {
        let inner = &mut *self.0.borrow_mut();
        let node = inner.nodes.len() as u32;
        inner.nodes.push(Node::default());
        inner.open.push(node);
        node
    }

    /// The innermost question is answered; the one around it rests on it.
    pub fn end(&self) {
        let node = self.0.borrow_mut().open.pop();
        if let Some(node) = node {
            self.used(node);
        }
    }

    /// The answer under way rests on this answer.
    pub fn used(&self, answer: u32) {
        let inner = &mut *self.0.borrow_mut();
        if let Some(&node) = inner.open.last() {
            let children = &mut inner.nodes[node as usize].children;
            if !children.iter().rev().take(8).any(|known| *known == answer) {
                children.push(answer);
            }
        }
    }

    /// All that an answer rests on, sorted.
    pub fn of(&self, answer: u32) -> Vec<Dep> {
        let inner = self.0.borrow();
        let mut seen: FxHashSet<u32> = [answer].into_iter().collect();
        let mut waiting = vec![answer];
        let mut found: FxHashSet<u32> = FxHashSet::default();
        while let Some(node) = waiting.pop() {
            let node = &inner.nodes[node as usize];
            found.extend(&node.deps);
            waiting.extend(node.children.iter().filter(|child| seen.insert(**child)));
        }
        let mut deps: Vec<Dep> = found.into_iter().map(|id| inner.list[id as usize]).collect();
        deps.sort_unstable();
        deps
    }
}
