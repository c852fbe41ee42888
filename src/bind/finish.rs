//! What a file's names came to, as it is recorded: expressions that nothing needs are left out.

use rustc_hash::FxHashMap;

use super::{Binder, Draft, State};
use crate::record::{
    Binding, BindingId, BindingKind, Expr, ExprId, Facts, ListId, NONE, NameId, ReferenceKind, Symbol, SymbolFacts,
    SymbolId, Token,
};

/// Chains of expressions are followed this far; what goes on is unknown.
const MAX_DEPTH: u32 = 200;

impl Binder<'_> {
    /// `owners` are what the symbols' full names have before their own names.
    pub fn finish(mut self, symbols: &[Symbol], owners: &[String]) -> Facts {
        self.close_all();
        let at_name: FxHashMap<u32, usize> = symbols
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, symbol)| symbol.kind.has_name())
            .map(|(at, symbol)| (symbol.name_byte_start, at))
            .collect();
        let mut keep = Keep {
            facts: Facts { exprs: vec![Expr::Unknown], ..Facts::default() },
            exprs: vec![NONE; self.exprs.len()],
            names: vec![NONE; self.spelled.len()],
            lists: FxHashMap::default(),
            own: FxHashMap::default(),
            binder: &self,
        };
        keep.exprs[0] = 0;
        let mut symbol_bindings: Vec<BindingId> = vec![NONE; symbols.len()];
        let nameless: FxHashMap<BindingId, u32> = self.nameless.iter().map(|&(symbol, id)| (id, symbol)).collect();
        for (id, draft) in self.bindings.iter().enumerate() {
            let places =
                std::iter::once(&draft.start).chain(&draft.sites).filter(|_| draft.kind != BindingKind::Wildcard);
            let fits = |symbol: &usize| {
                symbol_bindings[*symbol] == NONE
                    && self.spelled.get(draft.name as usize).is_some_and(|name| *name == symbols[*symbol].name)
            };
            let named = places.filter_map(|place| at_name.get(place).copied()).find(fits);
            let symbol = named.or_else(|| nameless.get(&(id as BindingId)).map(|&symbol| symbol as usize));
            let symbol = symbol.filter(|&symbol| symbol < symbols.len());
            if let Some(symbol) = symbol {
                symbol_bindings[symbol] = id as BindingId;
            }
            let values: Vec<ExprId> = draft.values.clone();
            let value = keep.either(&values);
            let binding = Binding {
                name: keep.name(draft.name),
                kind: draft.kind,
                is_top: draft.is_top,
                is_private: draft.is_private,
                is_unlikely: draft.is_unlikely,
                start: symbol.map_or(draft.start, |symbol| symbols[symbol].name_byte_start),
                symbol: symbol.map_or(NONE, |symbol| symbol as u32),
                ty: keep.expr(draft.ty),
                value,
                params: keep.list(draft.params, true),
                generics: keep.list(draft.generics, true),
                bases: keep.list(draft.bases, false),
                sites: keep.sites(&draft.sites),
                members: keep.list(draft.members, true),
            };
            keep.facts.bindings.push(binding);
        }
        // A symbol that no handler has bound is there all the same.
        for (at, symbol) in symbols.iter().enumerate() {
            if symbol_bindings[at] != NONE {
                continue;
            }
            symbol_bindings[at] = keep.facts.bindings.len() as BindingId;
            let name = keep.own_name(&symbol.name);
            keep.facts.bindings.push(Binding {
                name,
                kind: BindingKind::Member,
                // What a macro defines is known where its call stands; whether further on, is not known.
                is_top: symbol.expanded,
                is_private: symbol.expanded,
                is_unlikely: false,
                start: symbol.name_byte_start,
                symbol: at as u32,
                ty: 0,
                value: 0,
                params: NONE,
                generics: NONE,
                bases: NONE,
                sites: NONE,
                members: NONE,
            });
        }
        // What a macro defines does not stand where its name is.
        let of_name = |(at, _): &(usize, &BindingId)| symbols[*at].kind.has_name() && !symbols[*at].expanded;
        let starts: FxHashMap<u32, BindingId> = symbol_bindings
            .iter()
            .enumerate()
            .rev()
            .filter(of_name)
            .map(|(_, &id)| (keep.facts.bindings[id as usize].start, id))
            .collect();
        let mut tokens = Vec::with_capacity(self.tokens.len());
        for token in &self.tokens {
            let means = match token.state {
                _ if token.hidden => continue,
                State::Word => continue,
                State::Binds(binding) if self.says_what_is_elsewhere(binding) => keep.push(Expr::Declared(binding)),
                State::Binds(binding) if self.bindings[binding as usize].kind != BindingKind::Import => continue,
                State::Binds(binding) => keep.bound(binding),
                // It is where a symbol is defined that no handler knows of.
                _ if starts.contains_key(&token.start) && !token.is_use => continue,
                State::Open | State::Free => keep.token(token),
                State::Bound(binding) => keep.bound(binding),
                State::Known => keep.expr(token.expr),
            };
            let means = keep.preferred(token, means);
            let means = keep.chosen(token, means);
            let means = keep.beside(token, means);
            let name = keep.name(token.name);
            let (start, within) = (token.start, token.within);
            let kind = match token.state {
                State::Binds(binding) if self.says_what_is_elsewhere(binding) => ReferenceKind::Declaration,
                State::Binds(_) => ReferenceKind::Import,
                _ => token.kind,
            };
            tokens.push(Token { start, name, kind, means, within });
        }
        let Keep { mut facts, .. } = keep;
        let by_id: FxHashMap<SymbolId, u32> =
            symbols.iter().enumerate().map(|(at, symbol)| (symbol.symbol_id, at as u32)).collect();
        let mut owner_ids: FxHashMap<&str, u32> = FxHashMap::default();
        for (at, symbol) in symbols.iter().enumerate() {
            let owner = *owner_ids.entry(&owners[at]).or_insert_with(|| {
                facts.owners.push(owners[at].clone());
                facts.owners.len() as u32 - 1
            });
            facts.symbols.push(SymbolFacts {
                id: symbol.symbol_id,
                kind: symbol.kind,
                owner,
                container: symbol.container.and_then(|id| by_id.get(&id).copied()).unwrap_or(NONE),
                binding: symbol_bindings[at],
            });
        }
        tokens.sort_by_key(|token| token.start);
        tokens.dedup_by_key(|token| token.start);
        facts.tokens = tokens.into();
        facts
    }

    /// What is bound may be another thing than what its name leads to.
    fn says_what_is_elsewhere(&self, binding: BindingId) -> bool {
        let draft = &self.bindings[binding as usize];
        draft.kind == BindingKind::Declaration
            || (draft.is_unlikely && draft.is_top && draft.kind == BindingKind::Definition)
    }
}

/// What is kept, and where it stands then.
struct Keep<'b, 't> {
    facts: Facts,
    exprs: Vec<ExprId>,
    names: Vec<NameId>,
    lists: FxHashMap<(ListId, bool), ListId>,
    /// Names that no word of the file is.
    own: FxHashMap<String, NameId>,
    binder: &'b Binder<'t>,
}

impl Keep<'_, '_> {
    fn name(&mut self, name: NameId) -> NameId {
        if name == NONE {
            return NONE;
        }
        if self.names[name as usize] == NONE {
            self.names[name as usize] = self.facts.names.len() as NameId;
            self.facts.names.push(&self.binder.spelled[name as usize]);
        }
        self.names[name as usize]
    }

    fn own_name(&mut self, name: &str) -> NameId {
        match self.binder.words.get(name) {
            Some(&id) => self.name(id),
            None => *self.own.entry(name.to_owned()).or_insert_with(|| {
                self.facts.names.push(name);
                self.facts.names.len() as NameId - 1
            }),
        }
    }

    fn push(&mut self, expr: Expr) -> ExprId {
        self.facts.exprs.push(expr);
        self.facts.exprs.len() as ExprId - 1
    }

    fn token(&mut self, token: &super::Tok) -> ExprId {
        self.expr(token.expr)
    }

    /// What the token rather means, if that leads anywhere.
    fn preferred(&mut self, token: &super::Tok, means: ExprId) -> ExprId {
        // A local is one thing, whatever it is called with.
        if let State::Bound(binding) = token.state
            && matches!(self.binder.exprs.get(token.prefer as usize), Some(Draft::Known(Expr::Chosen { .. })))
            && matches!(self.binder.bindings[binding as usize].kind, BindingKind::Variable | BindingKind::Parameter)
        {
            return means;
        }
        let preferred = if token.prefer == 0 { 0 } else { self.expr(token.prefer) };
        if preferred == 0 {
            return means;
        }
        let list = self.raw_list(&[preferred, means]);
        self.push(Expr::First(list))
    }

    /// What the token means, and what it means beside that.
    fn beside(&mut self, token: &super::Tok, means: ExprId) -> ExprId {
        let leads = match self.binder.exprs.get(token.also as usize) {
            Some(Draft::Known(Expr::Expected { record, .. })) => self.binder.bindings[*record as usize].ty != 0,
            _ => token.also != 0,
        };
        let also = if leads { self.expr(token.also) } else { 0 };
        if also == 0 {
            return means;
        }
        let list = self.raw_list(&[means, also]);
        self.push(Expr::Either(list))
    }

    /// What is called may be one of several of its name, as its arguments tell.
    fn chosen(&mut self, token: &super::Tok, means: ExprId) -> ExprId {
        let is_one = match token.state {
            State::Bound(binding) => {
                !token.is_many && self.binder.bindings[binding as usize].kind != BindingKind::Import
            }
            _ => means == 0,
        };
        if token.args == NONE || is_one {
            return means;
        }
        let args = self.list(token.args, false);
        self.push(Expr::Chosen { of: means, args })
    }

    /// A name that its scopes do not bind, within the bodies of types.
    fn open(&mut self, token: super::Tok) -> Expr {
        let name = self.name(token.free);
        match self.binder.classes.get(&token.class) {
            Some(&class) if token.class != NONE => {
                let of = self.push(Expr::Inside { class });
                if token.space & super::VALUES == 0 { Expr::Path { of, name } } else { Expr::Member { of, name } }
            }
            _ => Expr::Free { name, within: token.within },
        }
    }

    fn bound(&mut self, binding: BindingId) -> ExprId {
        self.push(Expr::Bound(binding))
    }

    fn either(&mut self, values: &[ExprId]) -> ExprId {
        let kept: Vec<u32> = values.iter().map(|&value| self.expr(value)).filter(|&value| value != 0).collect();
        match kept.as_slice() {
            [] => 0,
            [one] => *one,
            _ => {
                let list = self.raw_list(&kept);
                self.push(Expr::Either(list))
            }
        }
    }

    fn raw_list(&mut self, members: &[u32]) -> ListId {
        let id = self.facts.lists.len() as ListId;
        self.facts.lists.push(members.len() as u32);
        self.facts.lists.extend_from_slice(members);
        id
    }

    fn sites(&mut self, sites: &[u32]) -> ListId {
        if sites.is_empty() { NONE } else { self.raw_list(sites) }
    }

    fn list(&mut self, list: ListId, of_bindings: bool) -> ListId {
        self.list_at(list, of_bindings, 0)
    }

    fn list_at(&mut self, list: ListId, of_bindings: bool, depth: u32) -> ListId {
        if list == NONE {
            return NONE;
        }
        if let Some(&known) = self.lists.get(&(list, of_bindings)) {
            return known;
        }
        let binder = self.binder;
        let from = list as usize + 1;
        let members = &binder.lists[from..from + binder.lists[list as usize] as usize];
        let kept: Vec<u32> =
            members.iter().map(|&member| if of_bindings { member } else { self.expr_at(member, depth) }).collect();
        let id = self.raw_list(&kept);
        self.lists.insert((list, of_bindings), id);
        id
    }

    fn expr(&mut self, expr: ExprId) -> ExprId {
        self.expr_at(expr, 0)
    }

    fn expr_at(&mut self, id: ExprId, depth: u32) -> ExprId {
        if id == NONE {
            return 0;
        }
        if self.exprs[id as usize] != NONE {
            return self.exprs[id as usize];
        }
        if depth > MAX_DEPTH {
            return 0;
        }
        let depth = depth + 1;
        let binder = self.binder;
        let kept = match binder.exprs[id as usize] {
            Draft::Token(token) => {
                let token = binder.tokens[token as usize];
                match token.state {
                    State::Bound(binding) | State::Binds(binding) => Expr::Bound(binding),
                    State::Open | State::Free => self.open(token),
                    State::Known if token.expr != id => {
                        let known = self.expr_at(token.expr, depth);
                        self.exprs[id as usize] = known;
                        return known;
                    }
                    State::Known | State::Word => Expr::Unknown,
                }
            }
            Draft::Known(expr) => self.rebuilt(expr, depth),
        };
        let kept = if kept == Expr::Unknown { 0 } else { self.push(kept) };
        self.exprs[id as usize] = kept;
        kept
    }

    /// The same with everything in it where it stands now. Recursion ends at [`MAX_DEPTH`].
    fn rebuilt(&mut self, expr: Expr, depth: u32) -> Expr {
        let on = |this: &mut Self, of: ExprId| this.expr_at(of, depth);
        match expr {
            Expr::Unknown | Expr::Bound(_) | Expr::Record(_) | Expr::Declared(_) | Expr::Above { .. } => expr,
            Expr::SelfValue { .. } | Expr::SelfType { .. } | Expr::Super { .. } | Expr::Object { .. } => expr,
            Expr::Free { name, within } => Expr::Free { name: self.name(name), within },
            Expr::Member { of, name } => Expr::Member { of: on(self, of), name: self.name(name) },
            Expr::Path { of, name } => Expr::Path { of: on(self, of), name: self.name(name) },
            Expr::Call { callee, args } => {
                Expr::Call { callee: on(self, callee), args: self.list_at(args, false, depth) }
            }
            Expr::New { ty, args } => Expr::New { ty: on(self, ty), args: self.list_at(args, false, depth) },
            Expr::Instance(of) => Expr::Instance(on(self, of)),
            Expr::Element(of) => Expr::Element(on(self, of)),
            Expr::Index { of, by } => Expr::Index { of: on(self, of), by: on(self, by) },
            Expr::Nth { of, nth } => Expr::Nth { of: on(self, of), nth },
            Expr::Await(of) => Expr::Await(on(self, of)),
            Expr::Unwrap(of) => Expr::Unwrap(on(self, of)),
            Expr::Deref(of) => Expr::Deref(on(self, of)),
            Expr::AddressOf(of) => Expr::AddressOf(on(self, of)),
            Expr::Either(list) => Expr::Either(self.list_at(list, false, depth)),
            Expr::Tuple(list) => Expr::Tuple(self.list_at(list, false, depth)),
            Expr::Apply { of, args } => Expr::Apply { of: on(self, of), args: self.list_at(args, false, depth) },
            Expr::Lib { name, args } => Expr::Lib { name: self.name(name), args: self.list_at(args, false, depth) },
            Expr::Import { module, name } => Expr::Import { module: self.name(module), name: self.name(name) },
            Expr::Function { params, gives } => {
                Expr::Function { params: self.list_at(params, true, depth), gives: on(self, gives) }
            }
            Expr::Given { call, slot } => Expr::Given { call: on(self, call), slot },
            Expr::Result(of) => Expr::Result(on(self, of)),
            Expr::TypeOf(of) => Expr::TypeOf(on(self, of)),
            Expr::Special { what, of } => Expr::Special { what: self.name(what), of: on(self, of) },
            Expr::Keyword { callee, name } => Expr::Keyword { callee: on(self, callee), name: self.name(name) },
            Expr::Case { of, by } => Expr::Case { of: on(self, of), by: on(self, by) },
            // Until here it is the number of its scope.
            Expr::Inside { class } => match self.binder.classes.get(&class) {
                Some(&class) => Expr::Inside { class },
                None => Expr::Unknown,
            },
            Expr::Chosen { of, args } => Expr::Chosen { of: on(self, of), args: self.list_at(args, false, depth) },
            Expr::First(list) => Expr::First(self.list_at(list, false, depth)),
            Expr::ValueType(of) => Expr::ValueType(on(self, of)),
            Expr::Wanted { call, nth } => Expr::Wanted { call: on(self, call), nth },
            Expr::Parameter { of, nth } => Expr::Parameter { of: on(self, of), nth },
            Expr::Expected { record, name } => Expr::Expected { record, name: self.name(name) },
        }
    }
}
