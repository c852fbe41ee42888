//! What gathers members or parameters on the way through it: objects, types, functions.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Bind, Binder, Child, State, Val};
use crate::{
    record::{BindingId, BindingKind, Expr, ExprId, ListId, NONE, NameId, Symbol, SymbolKind},
    text::ByteRange,
};

/// A binding that is to be a symbol.
#[derive(Clone, Debug)]
pub struct Made {
    pub name: String,
    pub range: ByteRange,
    pub kind: SymbolKind,
    /// The symbol that it is in, or [`NONE`].
    pub holder: u32,
    /// It is a member of something in that one, which has no name.
    pub in_shape: bool,
}

/// A node that the walk is in, whose parts are bound one by one.
#[derive(Clone, Debug, Default)]
pub struct Holder {
    /// What it is, in a language's own words.
    pub kind: u8,
    /// The binding that it is, if it has one already.
    pub binding: BindingId,
    /// What `this` is in it.
    pub this: ExprId,
    /// Members or parameters so far.
    pub parts: Vec<BindingId>,
    /// What else it takes over.
    pub bases: Vec<ExprId>,
    /// What is assigned to members of it: name, place, type and value.
    pub assigned: Vec<(NameId, u32, ExprId, ExprId)>,
}

impl<'t> Binder<'t> {
    /// A binding that bears no name.
    pub fn nameless(&mut self, start: u32, bind: Bind) -> BindingId {
        self.new_binding(NONE, start, false, bind)
    }

    /// A binding that other files find at the top level by this name, although no use in this file is answered by it.
    pub fn offer(&mut self, name: NameId, start: u32, bind: Bind) -> BindingId {
        let binding = self.nameless(start, bind);
        let draft = &mut self.bindings[binding as usize];
        (draft.name, draft.is_top) = (name, true);
        binding
    }

    pub fn holder(&mut self) -> Option<&mut Holder> {
        self.holders.last_mut()
    }

    /// The members of a record.
    pub fn set_parts(&mut self, binding: BindingId, parts: &[BindingId]) {
        // Lists of members may be longer than others.
        let id = self.lists.len() as ListId;
        self.lists.push(parts.len() as u32);
        self.lists.extend_from_slice(parts);
        self.bindings[binding as usize].members = id;
    }

    /// A further place where something is bound.
    pub fn add_site(&mut self, binding: BindingId, start: u32) {
        let draft = &mut self.bindings[binding as usize];
        if draft.sites.last() != Some(&start) {
            draft.sites.push(start);
        }
    }

    pub fn has_type_or_value(&self, binding: BindingId) -> bool {
        let draft = &self.bindings[binding as usize];
        draft.ty != 0 || !draft.values.is_empty()
    }

    pub fn name_of_binding(&self, binding: BindingId) -> NameId {
        self.bindings[binding as usize].name
    }

    /// One binding is what another is: its parameters, type parameters, bases and members.
    pub fn take_over(&mut self, binding: BindingId, from: BindingId) {
        let from = &self.bindings[from as usize];
        let (params, generics, bases, members) = (from.params, from.generics, from.bases, from.members);
        let draft = &mut self.bindings[binding as usize];
        (draft.params, draft.generics, draft.bases, draft.members) = (params, generics, bases, members);
    }

    /// The list of parameters in an expression that is a function, and what it gives.
    pub fn function_of(&self, expr: ExprId) -> Option<(Vec<BindingId>, ExprId)> {
        match self.known(expr)? {
            Expr::Function { params, gives } if params != NONE => {
                let from = params as usize + 1;
                Some((self.lists[from..from + self.lists[params as usize] as usize].to_vec(), gives))
            }
            Expr::Function { gives, .. } => Some((Vec::new(), gives)),
            _ => None,
        }
    }

    /// The binding that an expression is, if it is known to be one where it is made.
    pub fn record_of(&self, expr: ExprId) -> Option<BindingId> {
        match self.known(expr)? {
            Expr::Record(binding) | Expr::Bound(binding) => Some(binding),
            _ => None,
        }
    }

    pub(super) fn known(&self, expr: ExprId) -> Option<Expr> {
        match self.exprs.get(expr as usize) {
            Some(super::Draft::Known(expr)) => Some(*expr),
            _ => None,
        }
    }

    /// What the node around the one that is left is.
    pub fn parent_kind(&self) -> &'static str {
        self.open.len().checked_sub(2).map_or("", |at| self.open[at].kind)
    }

    /// The kind of the node that many levels around the one that is left.
    pub fn kind_around(&self, levels: usize) -> &'static str {
        self.open.len().checked_sub(1 + levels).map_or("", |at| self.open[at].kind)
    }

    /// The field that the parent is of what is around it.
    pub fn parent_field(&self) -> &'static str {
        self.open.len().checked_sub(2).map_or("", |at| self.open[at].field)
    }

    /// What the token of a child is called with.
    pub fn called_with(&mut self, child: Child, args: ListId) {
        if let Val::Expr(expr) = child.val {
            let token = match self.token_of(expr) {
                Some(token) => Some(token as usize),
                None => self.last_token_of(expr),
            };
            if let Some(token) = token {
                self.tokens[token].args = args;
            }
        }
    }

    /// The token of a member is the last one that means it.
    fn last_token_of(&self, expr: ExprId) -> Option<usize> {
        self.meant.get(&expr).map(|&token| token as usize)
    }

    /// What is assigned to the name that a child is, wherever that is bound.
    pub fn gives(&mut self, child: Child, value: ExprId) {
        if let Val::Expr(expr) = child.val
            && let Some(token) = self.token_of(expr)
        {
            self.tokens[token as usize].given = value;
        }
    }
}

impl Binder<'_> {
    /// One more member of a record that is built step by step.
    pub fn add_part(&mut self, binding: BindingId, part: BindingId) {
        let list = self.bindings[binding as usize].members;
        let mut parts = if list == NONE { Vec::new() } else { self.listed_at(list) };
        parts.push(part);
        self.set_parts(binding, &parts);
    }

    /// The members of a list.
    pub fn listed_at(&self, list: ListId) -> Vec<u32> {
        if list == NONE {
            return Vec::new();
        }
        let from = list as usize + 1;
        self.lists[from..from + self.lists[list as usize] as usize].to_vec()
    }

    /// One binding has the parameters of another.
    pub fn take_params(&mut self, binding: BindingId, from: BindingId) {
        self.bindings[binding as usize].params = self.bindings[from as usize].params;
    }

    pub fn has_type(&self, binding: BindingId) -> bool {
        self.bindings[binding as usize].ty != 0
    }

    /// `object`, `Object`: a type that says nothing of what is in it.
    pub fn is_plain_object(&self, ty: ExprId) -> bool {
        let Some(token) = self.token_of(ty) else { return false };
        let name = self.tokens[token as usize].name;
        matches!(self.spelled(name), "Object" | "object")
    }

    /// What `keyof` is asked of, in an expression that is that.
    pub fn keys_of(&self, ty: ExprId) -> ExprId {
        match self.known(ty) {
            Some(Expr::Special { of, .. }) => of,
            _ => 0,
        }
    }

    /// Other files reach what is bound: it is a symbol, if nothing else makes one of it.
    pub fn make_symbol(&mut self, binding: BindingId, in_shape: bool) {
        self.made.push((binding, self.within, in_shape));
    }

    /// What is to be a symbol, and is none yet.
    pub fn open_members(&mut self, symbols: &[Symbol]) -> Vec<Made> {
        self.close_all();
        let known: FxHashSet<u32> = symbols.iter().map(|symbol| symbol.name_byte_start).collect();
        let mut found = Vec::new();
        for &(binding, holder, in_shape) in &self.made {
            let draft = &self.bindings[binding as usize];
            let Some(name) = self.spelled.get(draft.name as usize).filter(|_| !known.contains(&draft.start)) else {
                continue;
            };
            let range = draft.start..draft.start + name.len() as u32;
            let kind = match draft.kind {
                BindingKind::Signature | BindingKind::Definition => SymbolKind::Method,
                _ => SymbolKind::Property,
            };
            found.push(Made { name: name.clone(), range, kind, holder, in_shape });
        }
        found
    }

    /// Symbols stand at other places of their list.
    pub fn move_symbols(&mut self, places: &[u32]) {
        let moved = |symbol: u32| places.get(symbol as usize).copied().unwrap_or(symbol);
        for token in &mut self.tokens {
            token.within = moved(token.within);
        }
        for draft in &mut self.exprs {
            if let super::Draft::Known(
                Expr::SelfValue { symbol }
                | Expr::SelfType { symbol }
                | Expr::Super { symbol }
                | Expr::Object { symbol },
            ) = draft
            {
                *symbol = moved(*symbol);
            }
        }
    }
}

/// A member that is given to what a name is bound to, by assigning to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    /// The token of the name.
    of: u32,
    member: BindingId,
    /// The symbol that the assignment is in, or [`NONE`].
    within: u32,
    /// Objects that are written down may be given members, too, not functions alone.
    of_objects: bool,
}

impl Binder<'_> {
    /// What the name that starts at a place is bound to has this member, too.
    pub fn member_of_name(&mut self, start: u32, member: BindingId, of_objects: bool) {
        let from = self.tokens.iter().rposition(|token| token.start <= start);
        if let Some(of) = from.filter(|&of| self.tokens[of].start == start) {
            let within = self.within;
            self.given.push(Given { of: of as u32, member, within, of_objects });
        }
    }

    /// See [`Binder::left_this`].
    pub fn last_this(&self) -> Option<BindingId> {
        (self.left_this != NONE).then_some(self.left_this)
    }

    /// The name that starts at a place, however far back.
    pub fn token_at_start(&self, start: u32) -> Option<ExprId> {
        let from = self.tokens.iter().rposition(|token| token.start <= start)?;
        let token = &self.tokens[from];
        (token.start == start).then_some(token.own)
    }

    /// The token that ends in this expression is a use, although something is defined by the same word.
    pub fn stays_use_of(&mut self, expr: ExprId) {
        if let Some(token) = self.last_token_of(expr) {
            self.tokens[token].is_use = true;
        }
    }

    /// Where the first statement of the file begins, if the walk has left it.
    pub fn first_at_top(&self) -> Option<u32> {
        let from = self.open.first()?.vals;
        let to = self.open.get(1)?.vals;
        let first = self.vals[from..to].iter().find(|child| !matches!(child.kind, "comment" | "hash_bang_line"))?;
        Some(first.start)
    }

    /// The walk is at its end: all scopes are left.
    pub(super) fn close_all(&mut self) {
        while !self.scopes.is_empty() {
            self.close_scope();
        }
        self.settle();
    }

    /// Gives members to what names are bound to, now that this is known.
    fn settle(&mut self) {
        let mut known: FxHashMap<(BindingId, NameId), BindingId> = FxHashMap::default();
        let mut parts: FxHashMap<BindingId, Vec<BindingId>> = FxHashMap::default();
        for Given { of, member, within, of_objects } in std::mem::take(&mut self.given) {
            let State::Bound(binding) = self.tokens[of as usize].state else { continue };
            let draft = &self.bindings[binding as usize];
            let value = draft.values.first().copied().unwrap_or_default();
            let holder = match self.known(value) {
                _ if draft.kind == BindingKind::Definition || draft.params != NONE => binding,
                Some(Expr::Record(record)) if of_objects && draft.ty == 0 => record,
                _ => continue,
            };
            let own = self.bindings[holder as usize].members;
            parts.entry(holder).or_insert_with(|| {
                let own = self.listed_at(own);
                known.extend(own.iter().map(|&one| ((holder, self.bindings[one as usize].name), one)));
                own
            });
            let (name, start, values) = {
                let draft = &self.bindings[member as usize];
                (draft.name, draft.start, draft.values.clone())
            };
            match known.get(&(holder, name)).copied() {
                Some(known) => {
                    values.into_iter().for_each(|value| self.add_value(known, value));
                    self.add_site(known, start);
                }
                None => {
                    self.made.push((member, within, true));
                    known.insert((holder, name), member);
                    parts.entry(holder).or_default().push(member);
                }
            }
        }
        for (holder, parts) in parts {
            self.set_parts(holder, &parts);
        }
    }
}
