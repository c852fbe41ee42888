//! Scopes: where names are bound, and which uses they answer.

use rustc_hash::FxHashMap;

use super::{
    ALL, Binder, BindingDraft, Child, Draft, LOCAL_VALUE, MAX_VALUES, MEMBERS, Space, State, Tok, VALUES, Val,
};
use crate::record::{BindingId, BindingKind, Expr, ExprId, ListId, NONE, NameId, ReferenceKind};
use crate::text::ByteRange;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    /// Its names are in scope in the functions in it, too.
    Class,
    /// Its names are in scope in it, and not in the functions in it (Python).
    Body,
    Function,
    /// Names that are bound with [`Where::Function`] go past it.
    Block,
    /// Uses in it see nothing of what is around it (a module written down in another).
    Enclosed,
}

/// The scope that a name is bound in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// The innermost.
    Here,
    /// That many scopes further out.
    Out(usize),
    /// The innermost that is no block.
    Function,
    /// The top level of the file.
    Module,
    /// The top level of the file. Uses of it are looked for as if it stood in another file.
    Apart,
    /// None: it is reached through something else (a member of a type).
    Nowhere,
}

/// What it means that a name is bound in the same scope once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It is the same thing, which has one more place.
    Same,
    /// It is something else, and hides the first.
    Other,
}

/// From where on a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// In all of its scope.
    All,
    /// From this byte on.
    From(u32),
    /// Between these bytes.
    Between(u32, u32),
}

/// How a name is bound.
#[derive(Clone, Copy, Debug)]
pub struct Bind {
    pub kind: BindingKind,
    pub place: Where,
    pub holds: At,
    pub again: Again,
    pub ty: ExprId,
    pub value: ExprId,
    /// Which uses it answers.
    pub space: Space,
    /// See [`crate::record::Binding`].
    pub is_private: bool,
}

impl Bind {
    pub const fn new(kind: BindingKind) -> Self {
        Bind {
            kind,
            place: Where::Here,
            holds: At::All,
            again: Again::Other,
            ty: 0,
            value: 0,
            space: ALL,
            is_private: false,
        }
    }

    pub const fn space(self, space: Space) -> Self {
        Bind { space, ..self }
    }

    pub const fn private(self, is_private: bool) -> Self {
        Bind { is_private, ..self }
    }

    pub const fn place(self, place: Where) -> Self {
        Bind { place, ..self }
    }

    pub const fn holds(self, holds: At) -> Self {
        Bind { holds, ..self }
    }

    /// The name may be bound several times, and is one thing.
    pub const fn same(self) -> Self {
        Bind { again: Again::Same, ..self }
    }

    pub const fn again(self, again: Again) -> Self {
        Bind { again, ..self }
    }

    pub const fn ty(self, ty: ExprId) -> Self {
        Bind { ty, ..self }
    }

    pub const fn value(self, value: ExprId) -> Self {
        Bind { value, ..self }
    }
}

#[derive(Debug)]
struct Entry {
    name: NameId,
    from: u32,
    to: u32,
    binding: BindingId,
    space: Space,
}

#[derive(Debug)]
pub(super) struct Scope {
    pub kind: ScopeKind,
    pub number: u32,
    /// The first token in it.
    pub(super) tokens: u32,
    entries: Vec<Entry>,
    /// Modules all of whose names go before what is bound around it.
    pub(super) opened: Vec<ExprId>,
    /// Names that belong to another scope (`global`, `nonlocal`).
    passed: Vec<(NameId, ScopeKind)>,
}

impl<'t> Binder<'t> {
    pub(super) fn open_scope(&mut self, kind: ScopeKind, _start: u32) {
        if kind == ScopeKind::Function {
            self.returns.push(Vec::new());
        }
        let number = self.scope_count;
        self.scope_count += 1;
        let tokens = self.tokens.len() as u32;
        self.scopes.push(Scope { kind, number, tokens, entries: Vec::new(), opened: Vec::new(), passed: Vec::new() });
    }

    pub(super) fn close_scope(&mut self) {
        let Some(scope) = self.scopes.pop() else { return };
        if scope.kind == ScopeKind::Function {
            self.returns.pop();
        }
        if !scope.entries.is_empty() {
            self.answer(&scope);
        }
        for &module in &scope.opened {
            self.prefer_all(scope.tokens, module);
        }
        match scope.kind {
            ScopeKind::Enclosed => {
                for token in self.take_all(scope.tokens) {
                    self.tokens[token as usize].state = State::Free;
                }
            }
            ScopeKind::Class => {
                self.closed_class = scope.number;
                // What a type inherits goes before what is bound around it.
                for token in self.take_of_body(scope.tokens) {
                    let token = &mut self.tokens[token as usize];
                    token.space &= !MEMBERS;
                    if token.class == NONE {
                        token.class = scope.number;
                    }
                }
            }
            ScopeKind::Module | ScopeKind::Body | ScopeKind::Function | ScopeKind::Block => {}
        }
    }

    /// The uses from here on that nothing answers so far mean what a module has under their names, if it has.
    fn prefer_all(&mut self, from: u32, module: ExprId) {
        // The names of imports say what the module is.
        let (imports, uses): (Vec<u32>, Vec<u32>) =
            self.take_all(from).into_iter().partition(|at| self.tokens[*at as usize].kind == ReferenceKind::Import);
        self.put_all_back(imports);
        for at in uses {
            let token = self.tokens[at as usize];
            // What it means otherwise is told by the scopes around.
            let other = self.tokens.len() as u32;
            self.exprs.push(Draft::Token(other));
            let own = self.exprs.len() as ExprId - 1;
            self.tokens.push(Tok { own, expr: own, hidden: true, ..token });
            self.unanswered.add(token.name, other);
            let there = self.make(Expr::Path { of: module, name: token.name });
            let both = self.list(&[there, own]);
            let expr = self.make(Expr::First(both));
            self.tokens[at as usize].state = State::Known;
            self.tokens[at as usize].expr = expr;
        }
    }

    /// All names of a module go before those that are bound around the innermost scope.
    pub fn open_module(&mut self, module: ExprId) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.opened.push(module);
        }
    }

    /// Binds the uses in a scope that its names answer.
    fn answer(&mut self, scope: &Scope) {
        let mut by_name: FxHashMap<NameId, Vec<&Entry>> = FxHashMap::default();
        for entry in &scope.entries {
            by_name.entry(entry.name).or_default().push(entry);
        }
        // In the order in which they are bound.
        for entry in &scope.entries {
            let Some(entries) = by_name.remove(&entry.name) else { continue };
            let uses = self.take_uses(entry.name, scope.tokens);
            self.answer_uses(scope, &entries, &uses);
            self.put_back(entry.name, uses);
        }
    }

    /// Binds uses of one name to what a scope binds to it.
    fn answer_uses(&mut self, scope: &Scope, entries: &[&Entry], uses: &[u32]) {
        let mut given = Vec::new();
        for &at in uses {
            let token = &mut self.tokens[at as usize];
            if scope.kind == ScopeKind::Body && token.scope != scope.number {
                continue;
            }
            let holds =
                |entry: &&&Entry| entry.from <= token.start && token.start < entry.to && entry.space & token.space != 0;
            // Of several that hold, the one that was bound last; values go before types.
            // What may be anything (an import) goes behind what is told.
            let order = |entry: &&&Entry| {
                (entry.space & token.space & VALUES != 0, entry.from, entry.space != ALL, entry.binding)
            };
            if let Some(entry) = entries.iter().filter(holds).max_by_key(order) {
                token.state = State::Bound(entry.binding);
                // In a type within a function, what that inherits goes before what the function binds.
                if entry.space == LOCAL_VALUE
                    && token.prefer == 0
                    && let Some(&class) = self.classes.get(&token.class)
                    && self.bindings[class as usize].bases != NONE
                {
                    self.exprs.push(Draft::Known(Expr::Above { class }));
                    let of = self.exprs.len() as ExprId - 1;
                    self.exprs.push(Draft::Known(Expr::Member { of, name: token.name }));
                    token.prefer = self.exprs.len() as ExprId - 1;
                }
                let is_form = |entry: &&Entry| self.bindings[entry.binding as usize].kind == BindingKind::Signature;
                token.is_many = token.args != NONE && entries.iter().any(is_form);
                if token.given != 0 {
                    given.push((entry.binding, token.given));
                }
            }
        }
        for (binding, value) in given {
            let draft = &self.bindings[binding as usize];
            if draft.kind == BindingKind::Variable && draft.ty == 0 {
                self.add_value(binding, value);
            }
        }
    }

    /// One of the scopes around binds the name of a child so far.
    pub fn is_bound(&self, child: Child) -> bool {
        let Some(name) = self.name_of(child) else { return false };
        self.scopes
            .iter()
            .any(|scope| scope.entries.iter().any(|entry| entry.name == name && entry.from <= child.start))
    }

    /// How many scopes are open.
    pub fn depth(&self) -> usize {
        self.scopes.len()
    }

    pub fn scope_kind(&self, place: Where) -> ScopeKind {
        self.scope_at(place).map_or(ScopeKind::Module, |at| self.scopes[at].kind)
    }

    fn scope_at(&self, place: Where) -> Option<usize> {
        let last = self.scopes.len() - 1;
        match place {
            Where::Here => Some(last),
            Where::Out(by) => Some(last.saturating_sub(by)),
            Where::Function => Some(self.scopes.iter().rposition(|s| s.kind != ScopeKind::Block).unwrap_or(0)),
            Where::Module => Some(0),
            Where::Apart | Where::Nowhere => None,
        }
    }

    /// In the scope at `place`, the name is that of a scope further out.
    pub fn pass(&mut self, name: NameId, place: Where, to: ScopeKind) {
        if let Some(at) = self.scope_at(place) {
            self.scopes[at].passed.push((name, to));
        }
    }

    /// A name is bound at the top level of the file, as far as it is known, for a use at this byte.
    pub fn answers_at_top(&self, name: NameId, byte: u32) -> bool {
        let entries = self.scopes.first().map(|scope| &scope.entries).into_iter().flatten();
        entries.into_iter().any(|entry| entry.name == name && (entry.from..entry.to).contains(&byte))
    }

    /// From this byte on, the name is not bound at the top level any more.
    pub fn unbind(&mut self, name: NameId, byte: u32) {
        let entries = self.scopes.first_mut().map(|scope| &mut scope.entries).into_iter().flatten();
        for entry in entries.filter(|entry| entry.name == name && entry.to > byte) {
            entry.to = byte;
        }
    }

    /// Binds the name of a child that is an identifier.
    pub fn bind(&mut self, child: Child, bind: Bind) -> Option<BindingId> {
        let Val::Expr(expr) = child.val else { return None };
        let token = self.token_of(expr)?;
        Some(self.bind_token(token, bind))
    }

    pub(super) fn bind_token(&mut self, token: u32, bind: Bind) -> BindingId {
        let tok = self.tokens[token as usize];
        let mut at = self.scope_at(bind.place);
        if let Some(scope) = at
            && let Some((_, to)) = self.scopes[scope].passed.iter().find(|(name, _)| *name == tok.name)
        {
            at = match to {
                ScopeKind::Module => Some(0),
                _ => self.scopes[..scope].iter().rposition(|s| {
                    s.kind == ScopeKind::Function && s.entries.iter().any(|entry| entry.name == tok.name)
                }),
            }
            .or(Some(0));
        }
        let known = at.filter(|_| bind.again == Again::Same).and_then(|at| {
            let same = |entry: &&Entry| entry.name == tok.name;
            self.scopes[at].entries.iter().find(same).map(|entry| entry.binding)
        });
        if let Some(binding) = known {
            let draft = &mut self.bindings[binding as usize];
            if bind.value != 0 && draft.values.len() < MAX_VALUES {
                draft.values.push(bind.value);
            }
            if draft.ty == 0 {
                draft.ty = bind.ty;
            }
            draft.sites.push(tok.start);
            let tok = &mut self.tokens[token as usize];
            tok.state = State::Bound(binding);
            tok.kind = ReferenceKind::Write;
            return binding;
        }
        let is_top = at == Some(0) || bind.place == Where::Apart;
        let binding = self.new_binding(tok.name, tok.start, is_top, bind);
        self.tokens[token as usize].state = State::Binds(binding);
        if let Some(at) = at {
            let (from, to) = match bind.holds {
                At::All => (0, u32::MAX),
                At::From(from) => (from, u32::MAX),
                At::Between(from, to) => (from, to),
            };
            self.scopes[at].entries.push(Entry { name: tok.name, from, to, binding, space: bind.space });
        }
        binding
    }

    /// A member of the type around is assigned to, and defined by that unless it is already. Its token stays a use.
    pub fn own_member(&mut self, child: Child, ty: ExprId, value: ExprId) -> Option<BindingId> {
        let at = self.scopes.iter().rposition(|scope| matches!(scope.kind, ScopeKind::Class | ScopeKind::Body))?;
        let tok = self.tokens[self.token_from(child.start)? as usize];
        let scope = &self.scopes[at];
        let entry = scope.entries.iter().find(|entry| entry.name == tok.name).map(|entry| entry.binding);
        let known = entry.or_else(|| self.members.get(&(scope.number, tok.name)).copied());
        let number = scope.number;
        match known {
            Some(binding) => {
                self.add_value(binding, value);
                let draft = &mut self.bindings[binding as usize];
                if draft.ty == 0 {
                    draft.ty = ty;
                }
                draft.sites.push(tok.start);
                Some(binding)
            }
            None => {
                let bind = Bind::new(BindingKind::Member).ty(ty).value(value);
                let binding = self.new_binding(tok.name, tok.start, false, bind);
                self.members.insert((number, tok.name), binding);
                Some(binding)
            }
        }
    }

    /// A binding of a name that stands nowhere, or is found where the text says (`start`).
    pub fn bind_name(&mut self, name: NameId, start: u32, bind: Bind) -> BindingId {
        let at = self.scope_at(bind.place);
        let is_top = at == Some(0) || bind.place == Where::Apart;
        let binding = self.new_binding(name, start, is_top, bind);
        if let Some(at) = at {
            let (from, to) = match bind.holds {
                At::All => (0, u32::MAX),
                At::From(from) => (from, u32::MAX),
                At::Between(from, to) => (from, to),
            };
            self.scopes[at].entries.push(Entry { name, from, to, binding, space: bind.space });
        }
        binding
    }

    pub(super) fn new_binding(&mut self, name: NameId, start: u32, is_top: bool, bind: Bind) -> BindingId {
        self.bindings.push(BindingDraft {
            name,
            kind: bind.kind,
            is_top,
            is_private: bind.is_private,
            is_unlikely: self.is_unlikely(start),
            start,
            ty: bind.ty,
            values: if bind.value == 0 { Vec::new() } else { vec![bind.value] },
            params: NONE,
            generics: NONE,
            bases: NONE,
            sites: Vec::new(),
            members: NONE,
        });
        self.bindings.len() as BindingId - 1
    }

    /// All names of a module are in scope where this stands.
    pub fn wildcard(&mut self, module: ExprId, start: u32, place: Where) -> BindingId {
        let name = self.word("*");
        let is_top = self.scope_at(place) == Some(0) || place == Where::Apart;
        self.new_binding(name, start, is_top, Bind::new(BindingKind::Wildcard).value(module))
    }

    /// Where a name is bound.
    pub fn bound_start(&self, binding: BindingId) -> u32 {
        self.bindings[binding as usize].start
    }

    pub fn set_params(&mut self, binding: BindingId, params: &[BindingId]) {
        let list = self.list(params);
        self.bindings[binding as usize].params = list;
    }

    pub fn set_generics(&mut self, binding: BindingId, generics: &[BindingId]) {
        if !generics.is_empty() {
            let list: ListId = self.list(generics);
            self.bindings[binding as usize].generics = list;
        }
    }

    pub fn set_bases(&mut self, binding: BindingId, bases: &[ExprId]) {
        if !bases.is_empty() {
            let list = self.list(bases);
            self.bindings[binding as usize].bases = list;
        }
    }

    /// The body of a type that was left last is that of this binding, and binds these.
    pub fn set_members(&mut self, binding: BindingId, members: ListId) {
        if self.closed_class != NONE {
            self.classes.insert(self.closed_class, binding);
        }
        self.bindings[binding as usize].members = members;
    }

    /// The names in this range are looked for in the body of the type that was left last, too.
    pub fn belongs_to_body(&mut self, range: ByteRange) {
        let class = self.closed_class;
        let newest = self.tokens.iter_mut().rev().take_while(|token| token.start >= range.start);
        for token in newest.filter(|token| token.start < range.end && token.state == State::Open) {
            token.space &= !MEMBERS;
            token.class = class;
        }
    }

    /// An object that has what is put into it under the name of this binding.
    pub fn object_named(&mut self, binding: BindingId) -> ExprId {
        let class = self.scope_count;
        self.scope_count += 1;
        self.classes.insert(class, binding);
        self.make(Expr::Inside { class })
    }

    /// All that the innermost scope binds, as a list.
    pub fn all_bound_here(&mut self) -> ListId {
        let Some(scope) = self.scopes.last() else { return NONE };
        let all: Vec<BindingId> = scope.entries.iter().map(|entry| entry.binding).collect();
        self.long_list(&all)
    }

    /// The innermost body of a type around, as a place to look for names from.
    pub fn inside(&mut self) -> ExprId {
        match self.scopes.iter().rev().find(|scope| scope.kind == ScopeKind::Class).map(|scope| scope.number) {
            Some(class) => self.make(Expr::Inside { class }),
            None => 0,
        }
    }

    pub fn type_of(&self, binding: BindingId) -> ExprId {
        self.bindings.get(binding as usize).map_or(0, |binding| binding.ty)
    }

    /// What the innermost scope binds of a kind holds from this byte on.
    pub fn hold_from(&mut self, kind: BindingKind, from: u32) {
        if let Some(scope) = self.scopes.last_mut() {
            for entry in scope.entries.iter_mut().filter(|entry| self.bindings[entry.binding as usize].kind == kind) {
                entry.from = from;
            }
        }
    }

    /// What a scope has bound last to a name that is of one of these kinds.
    pub fn bound_at(&self, place: Where, name: NameId, space: Space) -> Option<BindingId> {
        let scope = &self.scopes[self.scope_at(place)?];
        let is_it = |entry: &&Entry| entry.name == name && entry.space & space != 0;
        scope.entries.iter().rev().find(is_it).map(|entry| entry.binding)
    }

    pub fn set_type(&mut self, binding: BindingId, ty: ExprId) {
        self.bindings[binding as usize].ty = ty;
    }

    pub fn add_value(&mut self, binding: BindingId, value: ExprId) {
        let values = &mut self.bindings[binding as usize].values;
        if value != 0 && values.len() < MAX_VALUES {
            values.push(value);
        }
    }

    /// One more type that what is bound is of.
    pub fn add_type(&mut self, binding: BindingId, ty: ExprId) {
        let known = self.bindings[binding as usize].ty;
        let ty = if known == 0 { ty } else { self.either(&[known, ty]) };
        self.bindings[binding as usize].ty = ty;
    }

    /// What the innermost scope binds to a name so far.
    pub fn bound_to(&self, name: NameId) -> Option<BindingId> {
        let scope = self.scopes.last()?;
        scope.entries.iter().rev().find(|entry| entry.name == name).map(|entry| entry.binding)
    }

    /// What the scopes around bind to a name so far as this.
    pub fn bound_around(&self, name: NameId, kind: BindingKind) -> Option<BindingId> {
        let is = |entry: &&Entry| entry.name == name && self.bindings[entry.binding as usize].kind == kind;
        self.scopes.iter().rev().find_map(|scope| scope.entries.iter().rev().find(is).map(|entry| entry.binding))
    }

    /// The kinds of names that the scope at `place` binds to a name so far.
    pub fn spaces_at(&self, place: Where, name: NameId) -> Option<Space> {
        let scope = &self.scopes[self.scope_at(place)?];
        let spaces = scope.entries.iter().filter(|entry| entry.name == name).map(|entry| entry.space);
        spaces.reduce(|all, space| all | space)
    }

    /// What a symbol is that has no name of its own in the text.
    pub fn bind_symbol(&mut self, symbol: u32, bind: Bind) -> BindingId {
        let binding = self.new_binding(NONE, NONE, false, bind);
        self.nameless.push((symbol, binding));
        binding
    }

    /// The innermost scope binds the name of a child.
    pub fn binds_here(&self, child: Child) -> bool {
        let name = self.name_of(child);
        self.scopes.last().is_some_and(|scope| scope.entries.iter().any(|entry| Some(entry.name) == name))
    }

    /// The bindings of a kind in the innermost scope, in the order of their places.
    pub fn bound_here(&self, kind: BindingKind) -> Vec<BindingId> {
        self.all_bound_at(Where::Here, kind)
    }

    /// The same of another scope.
    pub fn all_bound_at(&self, place: Where, kind: BindingKind) -> Vec<BindingId> {
        let Some(scope) = self.scope_at(place).and_then(|at| self.scopes.get(at)) else { return Vec::new() };
        let is = |id: &BindingId| self.bindings[*id as usize].kind == kind;
        let mut found: Vec<BindingId> = scope.entries.iter().map(|entry| entry.binding).filter(is).collect();
        found.sort_by_key(|id| self.bindings[*id as usize].start);
        found
    }
}
