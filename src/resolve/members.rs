//! What objects, types and modules have under a name.

use rustc_hash::FxHashSet;

use super::{
    Resolver,
    found::{Found, Hit},
    memo::Question,
    rules::Rules,
    ty::{Def, Env, Ty},
    types::joined,
    world::FileFacts,
};
use crate::record::{Confidence, SymbolKind, item};

/// Types are looked for what they inherit up to this number.
const MAX_BASES: usize = 64;

impl Resolver<'_> {
    /// What a file or package has under a name: its own, then what it takes in whole, then what is inside of it.
    pub fn in_module(&mut self, module: &Def, name: &str) -> Found {
        match module {
            Def::File(file) => {
                let top = self.top(*file, name);
                if !top.is_empty() {
                    let defs = top.iter().map(|&binding| Def::Bound(*file, binding)).collect();
                    return self.followed(Found::all(defs));
                }
                self.through_wildcards(*file, name)
            }
            Def::Package(package) => Found::all(self.world().declared(package.family, &package.name, name)),
            Def::Bound(..) => Found::Unknown,
        }
    }

    /// A name that one of the modules has that a file takes all names of.
    pub fn through_wildcards(&mut self, file: super::FileRef, name: &str) -> Found {
        let Some(facts) = self.world.facts(file) else { return Found::Unknown };
        self.deps.on(facts.group, item("*"));
        if facts.facts.wildcards().is_empty() {
            return Found::Unknown;
        }
        // Modules may take each other in whole.
        self.remembered(Question::Through(file, name.into()), |this| this.through_wildcards_now(&facts, name))
    }

    fn through_wildcards_now(&mut self, facts: &FileFacts, name: &str) -> Found {
        // The last one hides the ones before it.
        for &binding in facts.facts.wildcards().iter().rev() {
            let value = facts.facts.bindings[binding as usize].value;
            let modules = self.means(facts.file, value);
            for hit in modules.hits() {
                let found = match &hit.def {
                    Def::File(_) | Def::Package(..) => (facts.rules.in_module)(self, &hit.def, name),
                    other => {
                        let ty = self.def_ty(other);
                        (facts.rules.member)(self, &ty, name)
                    }
                };
                if !found.is_unknown() {
                    return found;
                }
            }
        }
        Found::Unknown
    }

    /// What an object, a type or a module has under a name, itself or by what it inherits.
    pub fn member_of(&mut self, ty: &Ty, name: &str) -> Found {
        match ty {
            Ty::Unknown => Found::Unknown,
            Ty::Of(def, args) | Ty::Type(def, args) => {
                let env = self.generics_env(def, args);
                self.inherited(def, &env, name)
            }
            Ty::Module(module) => {
                let rules = self.rules_of(module);
                (rules.in_module)(self, module, name)
            }
            Ty::Object(def) => self.own_member(def, name),
            Ty::Record(def, env) => self.record_member(def, env, name),
            Ty::Lib(..) | Ty::LibType(..) | Ty::LibFunc(..) | Ty::Tuple(_) | Ty::Fn(..) | Ty::Func(..) => {
                Found::outside(name)
            }
            Ty::Var(def) => {
                let bounds = self.binding_of(def).map(|(facts, binding)| self.as_type(facts.file, binding.ty));
                match bounds {
                    Some(bound) if !bound.is_unknown() && !matches!(bound, Ty::Var(_)) => {
                        let rules = self.rules_of(def);
                        self.members(rules, &bound, name)
                    }
                    _ => Found::Unknown,
                }
            }
            Ty::Either(any) => {
                let found: Vec<Found> = any.iter().map(|one| self.member_of(one, name)).collect();
                Found::union(found)
            }
        }
    }

    /// What the body of a type binds to a name, without what it inherits.
    pub fn bound_in(&self, class: &Def, name: &str) -> Vec<Def> {
        let Def::Bound(file, id) = class else { return Vec::new() };
        let Some(facts) = self.world.facts(*file) else { return Vec::new() };
        self.deps.on(facts.group, item(name));
        facts.facts.members(*id, name).iter().map(|&member| Def::Bound(*file, member)).collect()
    }

    pub fn rules_of(&self, def: &Def) -> &'static Rules {
        match def {
            Def::Bound(file, _) | Def::File(file) => self.rules(*file),
            Def::Package(package) => self.world().rules(package.family),
        }
    }

    /// What a definition holds under a name, by its full name.
    pub fn own_member(&mut self, def: &Def, name: &str) -> Found {
        let Some(owner) = self.full_name(def) else { return Found::Unknown };
        let rules = self.rules_of(def);
        let mut all = self.world().declared(rules.family, &owner, name);
        if all.len() > 1 {
            // Of several types of one name each has its own members, if they stand in its file.
            let file = match def {
                Def::Bound(file, _) => Some(*file),
                _ => None,
            };
            let here = |def: &Def| matches!(def, Def::Bound(at, _) if Some(*at) == file);
            if all.iter().any(here) {
                all.retain(here);
            }
            let container = |member: &Def| self.symbol_of(member).map(|(_, symbol)| symbol.container);
            let symbol = self.binding_of(def).map(|(_, binding)| binding.symbol);
            if all.iter().any(|member| container(member) == symbol) {
                all.retain(|member| container(member) == symbol);
            }
        }
        Found::all(all)
    }

    /// A member of a type or of what it inherits from: breadth first, as the language's own order mostly is.
    pub fn inherited(&mut self, def: &Def, env: &Env, name: &str) -> Found {
        let mut seen: FxHashSet<Def> = FxHashSet::default();
        let mut waiting: std::collections::VecDeque<(Def, Env)> = [(def.clone(), env.clone())].into();
        let (mut outside, mut unknown) = (false, false);
        while let Some((def, env)) = waiting.pop_front() {
            if seen.len() >= MAX_BASES || !seen.insert(def.clone()) {
                continue;
            }
            let own = self.own_member(&def, name);
            if !own.is_unknown() {
                return own.within(&env);
            }
            for base in self.bases(&def) {
                for one in base.with(&env).each() {
                    match one {
                        Ty::Of(def, args) | Ty::Type(def, args) => {
                            let env = joined(&self.generics_env(def, args), &[].into());
                            waiting.push_back((def.clone(), env));
                        }
                        Ty::Lib(..) | Ty::LibType(..) => outside = true,
                        _ => unknown = true,
                    }
                }
            }
        }
        if outside && !unknown {
            return Found::outside(name);
        }
        Found::Unknown
    }

    /// The members of inherited types, near and far, that a member stands for as well.
    pub fn overridden(&mut self, def: &Def) -> Vec<Def> {
        let found: Found =
            self.remembered(Question::Overridden(def.clone()), |this| Found::all(this.overridden_now(def)));
        found.hits().iter().map(|hit| hit.def.clone()).collect()
    }

    fn overridden_now(&mut self, def: &Def) -> Vec<Def> {
        let Some((facts, symbol)) = self.symbol_of(def) else { return Vec::new() };
        let holds = |symbol: &crate::record::SymbolFacts| symbol.kind.is_type();
        let holder = facts.facts.symbols.get(symbol.container as usize).filter(|symbol| holds(symbol));
        let Some(holder) = holder.map(|holder| Def::Bound(facts.file, holder.binding)) else { return Vec::new() };
        let Some(name) = self.name_of(def) else { return Vec::new() };
        let mut found: Vec<Def> = Vec::new();
        let mut seen: FxHashSet<Def> = FxHashSet::from_iter([holder.clone()]);
        let mut waiting = vec![holder];
        while let Some(of) = waiting.pop() {
            for base in self.bases(&of) {
                for one in base.each() {
                    let (Ty::Of(base, _) | Ty::Type(base, _)) = one else { continue };
                    if seen.len() >= MAX_BASES || !seen.insert(base.clone()) {
                        continue;
                    }
                    found.extend(self.own_member(base, &name).hits().iter().map(|hit| hit.def.clone()));
                    waiting.push(base.clone());
                }
            }
        }
        found
    }

    /// The parameter of a function, or the field of a type, that bears a name.
    pub fn keyword(&mut self, ty: &Ty, name: &str) -> Found {
        match ty {
            Ty::Func(def, _) => {
                let Some((facts, binding)) = self.binding_of(def) else { return Found::Unknown };
                let named = |&&param: &&u32| {
                    facts.facts.bindings.get(param as usize).is_some_and(|param| facts.facts.name(param.name) == name)
                };
                match facts.facts.list(binding.params).iter().find(named) {
                    Some(&param) => Found::exact(Def::Bound(facts.file, param)),
                    None => Found::Unknown,
                }
            }
            Ty::Type(..) | Ty::Of(..) => self.member_of(ty, name),
            Ty::Lib(..) | Ty::LibType(..) | Ty::LibFunc(..) => Found::outside(name),
            _ => Found::Unknown,
        }
    }

    /// Whether a definition is a type.
    pub fn is_type(&self, def: &Def) -> bool {
        self.kind_of(def).is_some_and(|kind| kind.is_type() || kind == SymbolKind::TypeAlias)
    }

    /// One of several without more evidence.
    pub fn ambiguous(defs: Vec<Def>) -> Found {
        let confidence = if defs.len() == 1 { Confidence::Likely } else { Confidence::Ambiguous };
        if defs.is_empty() {
            return Found::Unknown;
        }
        Found::Defs(defs.into_iter().map(|def| Hit { confidence, ..Hit::exact(def) }).collect())
    }
}
