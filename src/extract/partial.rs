//! A walk over a part of a file: what it has to know of the rest, and what it found out about that.

use super::definitions::{Definitions, MAX_DEPTH};
use crate::{record::SymbolKind, text::ByteRange};

/// What a part of a file depends on: whether the file has defined something before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub name: ByteRange,
    /// None of what is defined at the top level by assigning to it.
    pub kind: Option<SymbolKind>,
    pub is_there: bool,
}

impl Definitions<'_> {
    /// Whether the file has defined something of this name and kind so far.
    pub fn knows(&mut self, name: ByteRange, kind: SymbolKind) -> bool {
        let is_there = self.known.contains(&(self.text.raw(name.clone()), kind));
        self.found += 1;
        self.asked.push(Asked { name, kind: Some(kind), is_there });
        is_there
    }

    /// Whether what was asked would be answered alike.
    pub fn answers_alike(&self, asked: &Asked) -> bool {
        let name = self.text.raw(asked.name.clone());
        let is_there = match asked.kind {
            Some(kind) => self.known.contains(&(name, kind)),
            None => self.assigned_elsewhere.contains(name) || self.assigned.contains_key(&(None, name)),
        };
        is_there == asked.is_there
    }

    /// Something of this name is assigned to, at the top level, where the walk does not go.
    pub fn learn_assigned(&mut self, name: ByteRange) {
        let name = self.text.raw(name);
        if !self.assigned.contains_key(&(None, name)) {
            self.assigned_elsewhere.insert(name);
        }
    }

    /// Something of this name and kind is defined where the walk does not go.
    pub fn learn(&mut self, name: ByteRange, kind: SymbolKind) {
        self.known.insert((self.text.raw(name), kind));
    }

    /// What decides on what an assignment or a definition makes here, in a number: how deep it is, in what, and what that is
    /// in.
    pub fn around(&self) -> u16 {
        let kind = |nth: usize| {
            let scope = self.scopes.len().checked_sub(nth).map(|at| &self.scopes[at]);
            scope.map_or(0, |scope| 1 + u16::from(scope.kind.is_type()) + 2 * u16::from(scope.kind.is_function()))
        };
        (self.scopes.len().min(MAX_DEPTH) as u16) << 4 | kind(1) << 2 | kind(2)
    }
}
