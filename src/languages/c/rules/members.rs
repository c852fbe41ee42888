//! What types and namespaces have under a name.

use rustc_hash::FxHashSet;

use super::{
    SEPARATOR, definitions,
    names::{self, Want},
    scopes, types,
};
use crate::{
    record::{BindingKind, Expr, SymbolKind},
    resolve::{Def, Env, Found, Hit, Resolver, Ty},
};

/// Types are looked for what they inherit up to this number.
const MAX_BASES: usize = 64;

pub(super) fn member(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    match ty {
        // What is behind a pointer is told by the operator, and by what the name is in.
        Ty::Lib(of, args) if types::is_pointer(of) => match args.first() {
            Some(Ty::Unknown) | None => Found::Unknown,
            Some(inner) => inner
                .each()
                .to_vec()
                .iter()
                .map(|one| member(resolver, one, name))
                .fold(Found::Unknown, |known, found| Found::union([known, found])),
        },
        Ty::LibFunc(..) => match types::settled(ty) {
            Ty::LibFunc(..) | Ty::Unknown => Found::outside(name),
            settled => member(resolver, &settled, name),
        },
        Ty::Of(def, args) | Ty::Type(def, args) => {
            let env = resolver.generics_env(def, args);
            let name = if name == "@call" { "operator()" } else { name };
            inherited(resolver, def, &env, name).or_else(|| in_other_build(resolver, def, name))
        }
        Ty::Module(Def::Package(space)) => {
            let (file, space) = (resolver.here(), scopes::seen(&space.name));
            let found = names::in_space(resolver, file, &space, name, Want::Any);
            found.or_else(|| behind_alias(resolver, &space, name))
        }
        Ty::Var(_) | Ty::Unknown => Found::Unknown,
        _ => resolver.member_of(ty, name),
    }
}

/// A type may be defined in another way for another build.
fn in_other_build(resolver: &mut Resolver<'_>, def: &Def, name: &str) -> Found {
    let def = with_body(resolver, def);
    let Some((facts, binding)) = resolver.binding_of(&def) else { return Found::Unknown };
    if !binding.is_top || binding.name == crate::record::NONE {
        return Found::Unknown;
    }
    for other in resolver.top(facts.file, facts.facts.name(binding.name)) {
        let other = Def::Bound(facts.file, other);
        if other != def && resolver.kind_of(&other) == resolver.kind_of(&def) {
            let found = own(resolver, &other, name);
            if !found.is_empty() {
                return Found::all(found).at_most(crate::record::Confidence::Likely);
            }
        }
    }
    Found::Unknown
}

/// `namespace a = b::c;`
fn behind_alias(resolver: &mut Resolver<'_>, space: &str, name: &str) -> Found {
    let file = resolver.here();
    let parts = scopes::parts(space);
    let Some((last, owner)) = parts.split_last() else { return Found::Unknown };
    let owner = owner.join(SEPARATOR);
    let Found::Defs(hits) = names::in_space(resolver, file, &owner, last, Want::Any) else { return Found::Unknown };
    for hit in hits {
        let Some((facts, binding)) = resolver.binding_of(&hit.def) else { continue };
        if binding.value == 0 || resolver.kind_of(&hit.def) != Some(SymbolKind::Namespace) {
            continue;
        }
        let ty = resolver.ty(facts.file, binding.value);
        if ty == Ty::Module(Def::package(super::FAMILY, space)) {
            return Found::Unknown;
        }
        let found = resolver.members(facts.rules, &ty, name);
        if !found.is_unknown() {
            return found;
        }
    }
    Found::Unknown
}

/// What a type has under a name where the type's own names are in scope. Each name in each of its functions is looked for
/// there first, and mostly in vain: once is enough.
pub(super) fn of_type(resolver: &mut Resolver<'_>, def: &Def, name: &str) -> Found {
    // Within itself a type is called without what it is applied to.
    resolver.found_once(def, name, |resolver| inherited(resolver, def, &[].into(), name))
}

/// A member of a type or of what it inherits from, breadth first.
fn inherited(resolver: &mut Resolver<'_>, def: &Def, env: &Env, name: &str) -> Found {
    let mut seen: FxHashSet<Def> = FxHashSet::default();
    let mut waiting: std::collections::VecDeque<(Def, Env)> = [(def.clone(), env.clone())].into();
    let (mut outside, mut unknown) = (false, false);
    while let Some((def, env)) = waiting.pop_front() {
        if seen.len() >= MAX_BASES || !seen.insert(def.clone()) {
            continue;
        }
        let def = with_body(resolver, &def);
        let own = own(resolver, &def, name);
        if !own.is_empty() {
            return Found::Defs(own.into_iter().map(Hit::exact).collect()).within(&env);
        }
        if let Some(member) = in_macros(resolver, &def, name) {
            return Found::exact(member);
        }
        for base in resolver.bases(&def) {
            for one in base.with(&env).each() {
                match one {
                    Ty::Of(def, args) | Ty::Type(def, args) => {
                        let env = resolver.generics_env(def, args);
                        waiting.push_back((def.clone(), env));
                    }
                    Ty::Lib(..) | Ty::LibType(..) => outside = true,
                    _ => unknown = true,
                }
            }
        }
    }
    if outside && !unknown { Found::outside(name) } else { Found::Unknown }
}

/// What the macros among a type's members declare.
fn in_macros(resolver: &mut Resolver<'_>, def: &Def, name: &str) -> Option<Def> {
    let mut waiting: Vec<Def> = vec![def.clone()];
    let mut seen = 0;
    while let Some(def) = waiting.pop() {
        let Some((facts, binding)) = resolver.binding_of(&def) else { continue };
        let is_macro = resolver.kind_of(&def) == Some(SymbolKind::Macro);
        if is_macro && let Some(member) = resolver.inside(facts.file, binding.symbol, name).pop() {
            return Some(member);
        }
        for &taken in facts.facts.list(binding.bases) {
            if !matches!(facts.facts.expr(taken), Expr::Free { .. } | Expr::Bound(_)) || seen >= MAX_BASES {
                continue;
            }
            seen += 1;
            let found = resolver.means(facts.file, taken);
            let macros = found.hits().iter().filter(|hit| resolver.kind_of(&hit.def) == Some(SymbolKind::Macro));
            waiting.extend(macros.map(|hit| hit.def.clone()));
        }
    }
    None
}

/// A type that is only declared here, where it is defined.
pub(super) fn with_body(resolver: &mut Resolver<'_>, def: &Def) -> Def {
    let is_declared = resolver.binding_of(def).is_some_and(|(_, binding)| binding.kind == BindingKind::Declaration);
    if !is_declared {
        return def.clone();
    }
    definitions::declared(resolver, def).hits().first().map_or_else(|| def.clone(), |hit| hit.def.clone())
}

/// What a type has itself: functions where they are defined.
pub(super) fn own(resolver: &mut Resolver<'_>, def: &Def, name: &str) -> Vec<Def> {
    let Some((facts, binding)) = resolver.binding_of(def) else { return Vec::new() };
    let mut found: Vec<Def> = Vec::new();
    for member in resolver.inside(facts.file, binding.symbol, name) {
        let is_declared = resolver.binding_of(&member).is_some_and(|(_, of)| of.kind == BindingKind::Declaration);
        let defined = if is_declared { definitions::declared(resolver, &member) } else { Found::exact(member) };
        for hit in defined.hits() {
            if !found.contains(&hit.def) {
                found.push(hit.def.clone());
            }
        }
    }
    // A type's own name in it is the type; so is what makes one.
    if found.iter().any(|member| matches!(resolver.kind_of(member), Some(SymbolKind::Constructor))) {
        return vec![def.clone()];
    }
    found
}
