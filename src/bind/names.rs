//! Names as they are written, and expressions over them.

use super::{ALL, Binder, Child, Draft, MAX_LIST, Space, State, Tok, Val};
use crate::{
    record::{Expr, ExprId, ListId, NONE, NameId, ReferenceKind},
    text::ByteRange,
};

impl<'t> Binder<'t> {
    pub fn name(&mut self, text: &'t [u8]) -> NameId {
        if let Some(&id) = self.names.get(text) {
            return id;
        }
        let id = self.word(&String::from_utf8_lossy(text));
        self.names.insert(text, id);
        id
    }

    /// A word that may not stand in the text.
    pub fn word(&mut self, word: &str) -> NameId {
        if let Some(&id) = self.words.get(word) {
            return id;
        }
        let id = self.spelled.len() as NameId;
        self.spelled.push(word.to_owned());
        self.words.insert(word.to_owned(), id);
        id
    }

    pub fn spelled(&self, name: NameId) -> &str {
        &self.spelled[name as usize]
    }

    pub fn make(&mut self, expr: Expr) -> ExprId {
        if expr == Expr::Unknown {
            return 0;
        }
        self.exprs.push(Draft::Known(expr));
        self.exprs.len() as ExprId - 1
    }

    /// An expression that is not known yet, for [`Binder::fill`].
    pub fn hole(&mut self) -> ExprId {
        self.exprs.push(Draft::Known(Expr::Unknown));
        self.exprs.len() as ExprId - 1
    }

    /// What stands in the place of a [`Binder::hole`].
    pub fn fill(&mut self, hole: ExprId, expr: Expr) {
        self.exprs[hole as usize] = Draft::Known(expr);
    }

    /// An expression, unless it is a name.
    pub fn made(&self, expr: ExprId) -> Option<Expr> {
        match self.exprs.get(expr as usize) {
            Some(Draft::Known(expr)) => Some(*expr),
            _ => None,
        }
    }

    /// Whether this stands in what other builds are made of.
    pub fn is_unlikely(&self, byte: u32) -> bool {
        let at = self.unlikely.partition_point(|range| range.start <= byte);
        at.checked_sub(1).is_some_and(|at| byte < self.unlikely[at].end)
    }

    /// The same as a value of a node; nothing where nothing is known.
    pub fn val(&mut self, expr: Expr) -> Val {
        Val::Expr(self.make(expr))
    }

    pub fn list(&mut self, members: &[u32]) -> ListId {
        self.long_list(&members[..members.len().min(MAX_LIST)])
    }

    /// A list that nothing is left out of.
    pub fn long_list(&mut self, members: &[u32]) -> ListId {
        let id = self.lists.len() as ListId;
        self.lists.push(members.len() as u32);
        self.lists.extend_from_slice(members);
        id
    }

    pub fn either(&mut self, exprs: &[ExprId]) -> ExprId {
        match exprs {
            [] => 0,
            [one] => *one,
            _ => {
                let list = self.list(exprs);
                self.make(Expr::Either(list))
            }
        }
    }

    /// A type that the language has by itself.
    pub fn lib(&mut self, name: &str, args: &[ExprId]) -> ExprId {
        let name = self.word(name);
        let args = if args.is_empty() { NONE } else { self.list(args) };
        self.make(Expr::Lib { name, args })
    }

    /// A use of the name at this place.
    pub fn name_token(&mut self, range: ByteRange, kind: ReferenceKind) -> Val {
        if range.is_empty() {
            return Val::None;
        }
        let name = self.name(self.text(range.clone()));
        let token = self.tokens.len() as u32;
        self.exprs.push(Draft::Token(token));
        let expr = self.exprs.len() as ExprId - 1;
        let scope = self.scopes.last().map_or(0, |scope| scope.number);
        let start = range.start;
        self.unanswered.add(name, token);
        self.tokens.push(Tok {
            start,
            name,
            own: expr,
            expr,
            state: State::Open,
            kind,
            within: self.within,
            scope,
            space: ALL,
            class: NONE,
            prefer: 0,
            is_use: false,
            free: name,
            args: NONE,
            also: 0,
            given: 0,
            is_many: false,
            hidden: false,
        });
        Val::Expr(expr)
    }

    pub(super) fn token_of(&self, expr: ExprId) -> Option<u32> {
        match self.exprs.get(expr as usize) {
            Some(Draft::Token(token)) => Some(*token),
            _ => None,
        }
    }

    /// The name of a child that is an identifier.
    pub fn name_of(&self, child: Child) -> Option<NameId> {
        match child.val {
            Val::Expr(expr) => self.token_of(expr).map(|token| self.tokens[token as usize].name),
            _ => None,
        }
    }

    /// Where the name of a child that is an identifier, or comes to one, stands.
    pub fn start_of(&self, child: Child) -> Option<u32> {
        match child.val {
            Val::Expr(expr) => self.token_of(expr).map(|token| self.tokens[token as usize].start),
            _ => None,
        }
    }

    /// `of.name`, where the name is the token of `name`.
    pub fn member(&mut self, of: ExprId, name: Child) -> Val {
        self.reached(name, |id| Expr::Member { of, name: id })
    }

    /// The `of` of `of.name`.
    pub fn object_of(&self, access: ExprId) -> Option<ExprId> {
        match self.exprs.get(access as usize) {
            Some(Draft::Known(Expr::Member { of, .. })) => Some(*of),
            _ => None,
        }
    }

    /// `of::name`.
    pub fn path(&mut self, of: ExprId, name: Child) -> Val {
        self.reached(name, |id| Expr::Path { of, name: id })
    }

    /// The token of `child` means what this says: it is no use of a name in scope.
    pub fn reached(&mut self, child: Child, means: impl FnOnce(NameId) -> Expr) -> Val {
        let Val::Expr(expr) = child.val else { return Val::None };
        let Some(token) = self.token_of(expr) else { return Val::None };
        let name = self.tokens[token as usize].name;
        let expr = self.make(means(name));
        self.set_meaning(token, expr);
        Val::Expr(expr)
    }

    /// What a path or member is called with tells which of several it is.
    pub fn choose(&mut self, expr: ExprId, args: ListId) -> ExprId {
        let newest = self.tokens.iter().rposition(|token| token.expr == expr && token.state == State::Known);
        let chosen = self.make(Expr::Chosen { of: expr, args });
        if let Some(token) = newest {
            self.tokens[token].expr = chosen;
        }
        chosen
    }

    /// The token of `child` means what an expression means.
    pub fn same_as(&mut self, child: Child, expr: ExprId) {
        if let Val::Expr(token) = child.val
            && let Some(token) = self.token_of(token)
        {
            self.set_meaning(token, expr);
        }
    }

    pub(super) fn set_meaning(&mut self, at: u32, expr: ExprId) {
        let token = &mut self.tokens[at as usize];
        token.state = State::Known;
        token.expr = expr;
        self.meant.insert(expr, at);
    }

    /// A use that only names of some kinds answer.
    pub fn name_in(&mut self, range: ByteRange, kind: ReferenceKind, space: Space) -> Val {
        let val = self.name_token(range, kind);
        if let Val::Expr(_) = val
            && let Some(token) = self.tokens.last_mut()
        {
            token.space = space;
        }
        val
    }

    /// Which kinds of names may answer the use that a child is.
    pub fn set_space(&mut self, child: Child, space: Space) {
        if let Val::Expr(expr) = child.val
            && let Some(token) = self.token_of(expr)
        {
            self.tokens[token as usize].space = space;
        }
    }

    /// Where no scope answers the use that a child is, it is looked for under this name.
    pub fn look_for(&mut self, child: Child, word: &str) {
        let word = self.word(word);
        if let Val::Expr(expr) = child.val
            && let Some(token) = self.token_of(expr)
        {
            self.tokens[token as usize].free = word;
        }
    }

    /// The use that a child is means this, if it leads anywhere.
    pub fn prefer(&mut self, child: Child, expr: ExprId) {
        if let Val::Expr(token) = child.val
            && let Some(token) = self.token_of(token)
        {
            self.tokens[token as usize].prefer = expr;
        }
    }

    /// The use that a child is means this, too.
    pub fn also(&mut self, child: Child, expr: ExprId) {
        if let Val::Expr(token) = child.val
            && let Some(token) = self.token_of(token)
        {
            self.tokens[token as usize].also = expr;
        }
    }

    /// The token of a child is a use, although something is defined by the same word (a field that bears the name of its
    /// type).
    pub fn stays_use(&mut self, child: Child) {
        if let Val::Expr(expr) = child.val
            && let Some(token) = self.token_of(expr)
        {
            self.tokens[token as usize].is_use = true;
        }
    }

    /// The token of a child is no name of anything.
    pub fn mere_word(&mut self, child: Child) {
        if let Val::Expr(expr) = child.val
            && let Some(token) = self.token_of(expr)
        {
            self.tokens[token as usize].state = State::Word;
        }
    }

    /// What the name that an expression ends in is written for.
    pub fn used_for(&mut self, expr: ExprId, kind: ReferenceKind) {
        let token = match self.exprs.get(expr as usize) {
            Some(Draft::Token(token)) => Some(*token as usize),
            // The token of a member is the last one that means it.
            Some(Draft::Known(Expr::Member { .. } | Expr::Path { .. } | Expr::Import { .. })) => {
                self.meant.get(&expr).map(|&token| token as usize)
            }
            _ => None,
        };
        if let Some(token) = token {
            self.tokens[token].kind = kind;
        }
    }

    /// The expression of the token that starts at this byte, of the newest ones.
    pub fn token_starting(&self, start: u32) -> Option<ExprId> {
        self.token_from(start).map(|token| self.tokens[token as usize].own)
    }

    pub(super) fn token_from(&self, start: u32) -> Option<u32> {
        let newest = self.tokens.iter().enumerate().rev().take(MAX_LIST * 4);
        newest.into_iter().find(|(_, token)| token.start == start).map(|(at, _)| at as u32)
    }

    /// What the name of this expression, as it was made, is written for.
    pub fn used_for_token(&mut self, expr: ExprId, kind: ReferenceKind) {
        if let Some(token) = self.token_of(expr) {
            self.tokens[token as usize].kind = kind;
        }
    }
}
