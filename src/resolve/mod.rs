//! Names to definitions, across files: through scopes, imports, members of what is known of types.
//!
//! A [`Resolver`] answers from the facts of files alone ([`World`]), each question by itself and always the same,
//! whatever was asked before: what a circle of definitions says of itself is only kept once the whole circle is known.
//! No evidence, no answer: what is not known is [`Found::Unknown`], what the workspace does not define [`Found::Outside`].

mod calls;
mod circles;
mod closure;
mod deps;
mod found;
mod list;
mod members;
mod memo;
mod rules;
mod stubs;
mod ty;
mod types;
mod wanted;
mod watched;
mod world;

use std::{rc::Rc, sync::Arc};

pub use closure::Closure;
pub use found::{Found, Hit};
pub use rules::{Manifest, PLAIN, Rules};
pub use stubs::Stubs;
pub use ty::{Args, Def, Env, FileRef, Ty, none};
pub use wanted::REST;
pub use watched::Watched;
pub use world::{FileFacts, World};

use crate::record::{
    Binding, BindingId, BindingKind, Confidence, Expr, ExprId, Facts, ListId, NONE, NameId, SymbolFacts, SymbolKind,
    Token,
};
use closure::Kept;
use deps::Deps;
use memo::{Memo, Question};

/// Names are followed from one to the next this often.
const MAX_HOPS: u32 = 32;

pub struct Resolver<'w> {
    world: &'w dyn World,
    memo: Memo,
    deps: Deps,
    hops: u32,
    /// Records whose bases are being looked through.
    records: Vec<Def>,
    kept: Kept,
    /// The file that asks for a member.
    here: FileRef,
    /// What may be kept for questions to come, in bytes.
    limit: usize,
}

impl std::fmt::Debug for Resolver<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

impl<'w> Resolver<'w> {
    pub fn new(world: &'w dyn World) -> Self {
        Resolver {
            world,
            memo: Memo::default(),
            deps: Deps::default(),
            hops: 0,
            records: Vec::new(),
            kept: Kept::default(),
            here: FileRef(u32::MAX),
            limit: usize::MAX,
        }
    }

    /// Keeps what it has found out in so many bytes, about, as far as it is asked to look ([`Resolver::forgets`]).
    pub fn within(self, limit: usize) -> Self {
        Resolver { limit, ..self }
    }

    pub fn facts(&self, file: FileRef) -> Option<Rc<FileFacts>> {
        self.world.facts(file)
    }

    /// The tokens and lines of a file, and nothing else of its facts for sure.
    pub fn written(&self, file: FileRef) -> Option<Arc<Facts>> {
        self.world.written(file)
    }

    /// The memory that is held for questions to come, about.
    pub fn heap_bytes(&self) -> usize {
        self.memo.heap_bytes() + self.deps.heap_bytes() + self.kept.heap_bytes() + list::live_bytes()
    }

    pub fn rules(&self, file: FileRef) -> &'static Rules {
        self.world.facts(file).map_or(&PLAIN, |facts| facts.rules)
    }

    /// What a token of a file means.
    pub fn token(&mut self, file: FileRef, token: &Token) -> Found {
        self.means(file, token.means)
    }

    /// What the binding itself stands for, when its own name is asked about.
    pub fn binding(&mut self, file: FileRef, binding: BindingId) -> Found {
        self.followed(Found::exact(Def::Bound(file, binding)))
    }

    pub fn binding_of(&self, def: &Def) -> Option<(Rc<FileFacts>, Binding)> {
        let Def::Bound(file, binding) = def else { return None };
        let facts = self.world.facts(*file)?;
        let binding = *facts.facts.bindings.get(*binding as usize)?;
        self.deps.on(facts.group, facts.facts.item(binding.name));
        Some((facts, binding))
    }

    pub fn symbol_of(&self, def: &Def) -> Option<(Rc<FileFacts>, SymbolFacts)> {
        let (facts, binding) = self.binding_of(def)?;
        let symbol = *facts.facts.symbols.get(binding.symbol as usize)?;
        Some((facts, symbol))
    }

    pub fn kind_of(&self, def: &Def) -> Option<SymbolKind> {
        self.symbol_of(def).map(|(_, symbol)| symbol.kind)
    }

    /// The name that something is bound to.
    pub fn name_of(&self, def: &Def) -> Option<String> {
        let (facts, binding) = self.binding_of(def)?;
        Some(facts.facts.name(binding.name).to_owned())
    }

    /// How long that is, in bytes.
    pub fn name_length_of(&self, def: &Def) -> Option<u32> {
        let (facts, binding) = self.binding_of(def)?;
        Some(facts.facts.name(binding.name).len() as u32)
    }

    /// The full name of a symbol.
    pub fn full_name(&self, def: &Def) -> Option<String> {
        let (facts, binding) = self.binding_of(def)?;
        facts.full_name(binding.symbol)
    }

    /// The definition that a symbol of a file is.
    pub fn def_of_symbol(&self, file: FileRef, symbol: u32) -> Option<Def> {
        let facts = self.world.facts(file)?;
        Some(Def::Bound(file, facts.facts.symbols.get(symbol as usize)?.binding))
    }

    /// The innermost symbol that fits, from one outwards.
    pub fn around(&self, file: FileRef, symbol: u32, fits: impl Fn(&SymbolFacts) -> bool) -> Option<u32> {
        let facts = self.world.facts(file)?;
        let mut at = symbol;
        while let Some(symbol) = facts.facts.symbols.get(at as usize) {
            if fits(symbol) {
                return Some(at);
            }
            at = symbol.container;
        }
        None
    }

    /// What an expression of a file names.
    pub fn means(&mut self, file: FileRef, expr: ExprId) -> Found {
        let Some(facts) = self.world.facts(file) else { return Found::Unknown };
        match facts.facts.expr(expr) {
            Expr::Bound(binding) => self.followed(Found::exact(Def::Bound(file, binding))),
            Expr::Declared(binding) => (facts.rules.declared)(self, &Def::Bound(file, binding)),
            Expr::Free { name, within } => self.remembered(Question::Means(file, expr), |this| {
                let found = (facts.rules.free)(this, file, facts.facts.name(name), within);
                this.followed(found)
            }),
            Expr::Import { module, name } => self.remembered(Question::Means(file, expr), |this| {
                let name = (name != NONE).then(|| facts.facts.name(name));
                let found = (facts.rules.import)(this, file, facts.facts.name(module), name);
                this.followed(found)
            }),
            Expr::Member { of, name } => {
                self.remembered(Question::Means(file, expr), |this| this.member(file, &facts, of, name, false))
            }
            Expr::Path { of, name } => {
                self.remembered(Question::Means(file, expr), |this| this.member(file, &facts, of, name, true))
            }
            Expr::Chosen { of, args } => {
                let (found, _) = self.chosen(file, expr, of, args);
                self.followed(found)
            }
            Expr::First(list) => {
                let mut last = Found::Unknown;
                for &one in facts.facts.list(list) {
                    last = self.means(file, one);
                    let is_final = facts.rules.outside_is_final && matches!(last, Found::Outside(_));
                    if !last.hits().is_empty() || is_final {
                        break;
                    }
                }
                last
            }
            Expr::Keyword { callee, name } => {
                let ty = self.ty(file, callee);
                let name = facts.facts.name(name);
                let found: Vec<Found> = ty.each().iter().map(|one| (facts.rules.keyword)(self, one, name)).collect();
                Found::union(found)
            }
            Expr::Expected { record, name } => {
                let expected = self.expected(file, record);
                let found = self.members(facts.rules, &expected, facts.facts.name(name));
                self.followed(found)
            }
            Expr::Apply { of, .. } | Expr::AddressOf(of) | Expr::Instance(of) | Expr::ValueType(of) => {
                self.means(file, of)
            }
            Expr::SelfType { symbol } if facts.rules.own_type_is_block => {
                let holds = |symbol: &SymbolFacts| symbol.kind.is_type() || symbol.kind == SymbolKind::Impl;
                match self.around(file, symbol, holds).and_then(|symbol| self.def_of_symbol(file, symbol)) {
                    Some(def) => Found::exact(def),
                    None => Found::Unknown,
                }
            }
            Expr::SelfType { symbol } | Expr::SelfValue { symbol } => match self.self_ty(file, symbol) {
                Ty::Of(def, _) => Found::exact(def),
                Ty::Lib(name, _) => Found::outside(&name),
                _ => Found::Unknown,
            },
            Expr::Either(list) => {
                let found: Vec<Found> = facts.facts.list(list).iter().map(|&one| self.means(file, one)).collect();
                Found::union(found)
            }
            _ => Found::Unknown,
        }
    }

    /// What the value or type of an expression has under a name.
    fn member(&mut self, file: FileRef, facts: &FileFacts, of: ExprId, name: NameId, is_path: bool) -> Found {
        let name = facts.facts.name(name);
        if let Expr::Inside { class } = facts.facts.expr(of) {
            let found = (facts.rules.scoped)(self, file, class, name, is_path);
            return self.followed(found);
        }
        let ty = self.ty(file, of);
        let found = match facts.rules.path.filter(|_| is_path) {
            Some(path) => {
                let found: Vec<Found> = ty.each().iter().map(|one| path(self, one, name)).collect();
                Found::union(found)
            }
            None => self.members(facts.rules, &ty, name),
        };
        self.followed(found)
    }

    /// Which of several functions of a name a call's arguments choose, and what they are as one.
    fn chosen(&mut self, file: FileRef, expr: ExprId, of: ExprId, args: ListId) -> (Found, Ty) {
        let rules = self.rules(file);
        self.remembered(Question::Chosen(file, expr), |this| (rules.chosen)(this, file, of, args))
    }

    /// What any of the types has under a name.
    pub fn members(&mut self, rules: &Rules, ty: &Ty, name: &str) -> Found {
        let found: Vec<Found> = ty.each().iter().map(|one| (rules.member)(self, one, name)).collect();
        let many = found.iter().filter(|found| !found.is_unknown()).count() > 1;
        let found = Found::union(found);
        if many && found.hits().len() > 1 { found.at_most(Confidence::Likely) } else { found }
    }

    /// One step on the way from name to name, of which there are no more than some.
    pub fn hop(&mut self, step: impl FnOnce(&mut Self) -> Found) -> Found {
        if self.hops >= MAX_HOPS {
            return Found::Unknown;
        }
        self.hops += 1;
        let found = step(self);
        self.hops -= 1;
        found
    }

    /// Behind imports, what they stand for.
    pub fn followed(&mut self, found: Found) -> Found {
        let Found::Defs(hits) = &found else { return found };
        if !hits.iter().any(|hit| self.is_import(&hit.def)) {
            return found;
        }
        if self.hops >= MAX_HOPS {
            return Found::Unknown;
        }
        self.hops += 1;
        let all: Vec<Found> = hits
            .iter()
            .map(|hit| match self.binding_of(&hit.def) {
                Some((facts, binding)) if binding.kind == BindingKind::Import && facts.rules.follows_imports => {
                    self.means(facts.file, binding.value)
                }
                _ => Found::Defs(vec![hit.clone()]),
            })
            .collect();
        self.hops -= 1;
        Found::union(all)
    }

    fn is_import(&self, def: &Def) -> bool {
        self.binding_of(def).is_some_and(|(_, binding)| binding.kind == BindingKind::Import)
    }
}
