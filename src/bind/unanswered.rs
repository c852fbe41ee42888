//! Uses that no scope has answered so far, so that a scope which is left looks at those that it may answer and no others:
//! there may be as many scopes around a use as the text is deep.

use super::{Binder, State, Tok};
use crate::{
    record::{ExprId, NameId, ReferenceKind},
    text::ByteRange,
};

#[derive(Debug, Default)]
pub(super) struct Unanswered {
    /// By name, each in the order in which they were met.
    by_name: Vec<Vec<u32>>,
    /// All of them, for scopes that nothing is looked for beyond.
    all: Vec<u32>,
    /// Those that no body of a type has been left around.
    in_no_body: Vec<u32>,
}

impl Unanswered {
    pub fn add(&mut self, name: NameId, token: u32) {
        let name = name as usize;
        if self.by_name.len() <= name {
            self.by_name.resize_with(name + 1, Vec::new);
        }
        self.by_name[name].push(token);
        self.all.push(token);
        self.in_no_body.push(token);
    }
}

impl Binder<'_> {
    /// The open uses of a name from a token on. They are to be given back with [`Binder::put_back`].
    pub(super) fn take_uses(&mut self, name: NameId, from: u32) -> Vec<u32> {
        let Some(all) = self.unanswered.by_name.get_mut(name as usize) else { return Vec::new() };
        let uses = split_from(all, from);
        self.still_open(uses)
    }

    /// What is still open of the uses that were taken.
    pub(super) fn put_back(&mut self, name: NameId, uses: Vec<u32>) {
        let mut uses = self.still_open(uses);
        if let Some(all) = self.unanswered.by_name.get_mut(name as usize) {
            all.append(&mut uses);
        }
    }

    /// All open uses from a token on. Those that are not answered are to be given back with [`Binder::put_all_back`].
    pub(super) fn take_all(&mut self, from: u32) -> Vec<u32> {
        let uses = split_from(&mut self.unanswered.all, from);
        self.still_open(uses)
    }

    /// Uses that were taken and may be answered by scopes further out, before any token is added.
    pub(super) fn put_all_back(&mut self, mut uses: Vec<u32>) {
        self.unanswered.all.append(&mut uses);
    }

    /// The open uses from a token on that no body of a type has been left around before.
    pub(super) fn take_of_body(&mut self, from: u32) -> Vec<u32> {
        let uses = split_from(&mut self.unanswered.in_no_body, from);
        self.still_open(uses)
    }

    /// Names that stand in the innermost scope itself and mean nothing so far, from a byte on: each with where it stands.
    pub fn open_here(&self, from: u32) -> Vec<(ByteRange, ReferenceKind, ExprId)> {
        let Some(scope) = self.scopes.last() else { return Vec::new() };
        let newest = self.tokens[scope.tokens as usize..].iter();
        let is_here = |token: &&Tok| token.scope == scope.number && token.state == State::Open && token.start >= from;
        newest
            .filter(is_here)
            .map(|token| {
                let end = token.start + self.spelled[token.name as usize].len() as u32;
                (token.start..end, token.kind, token.own)
            })
            .collect()
    }

    fn still_open(&self, mut uses: Vec<u32>) -> Vec<u32> {
        uses.retain(|&token| self.tokens[token as usize].state == State::Open);
        uses
    }
}

/// The tokens of a sorted list from one on, taken out of it.
fn split_from(tokens: &mut Vec<u32>, from: u32) -> Vec<u32> {
    tokens.split_off(tokens.partition_point(|token| *token < from))
}
