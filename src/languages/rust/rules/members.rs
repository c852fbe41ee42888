//! What types and their objects have: fields, variants, methods of their own, of traits, and of what they lead to.

use super::{found_by, modules};
use crate::{
    record::{Confidence, SymbolKind},
    resolve::{Def, Env, Found, Hit, Resolver, Ty},
};

/// Containers whose blocks are looked at where a type's own name does not lead to a member.
const MAX_OWNERS: usize = 200;
/// With a second one it is open which trait is meant.
const MAX_TRAITS_OF_NAME: usize = 2;
/// More than this are no answer; of conversions, which what is given tells apart, there may be more.
const MAX_CANDIDATES: usize = 4;
const MAX_CONVERSIONS: usize = 32;
/// Traits are followed to what they ask for this often.
const MAX_TRAITS: usize = 32;

/// What a value or type has under a name; a field is asked for with a dot before it.
pub fn member(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    if name.starts_with('@') {
        return Found::Unknown;
    }
    resolver.hop(|resolver| match ty {
        Ty::Module(module) => {
            let found = modules::in_module(resolver, module, name);
            preferred(resolver, found, |kind| kind != Some(SymbolKind::Module))
        }
        Ty::Of(def, _) | Ty::Type(def, _) if resolver.kind_of(def) == Some(SymbolKind::TypeAlias) => {
            let of = resolver.instance(&as_type(ty));
            let found: Vec<Found> = of.each().iter().map(|one| member(resolver, one, name)).collect();
            Found::union(found)
        }
        Ty::Of(def, _) | Ty::Type(def, _) => of_type(resolver, def, ty, name),
        Ty::Object(def) => {
            let found = resolver.own_member(def, bare(name));
            of_kind(resolver, found, name)
        }
        Ty::Var(def) if resolver.kind_of(def) == Some(SymbolKind::Trait) => {
            let own = Ty::Of(def.clone(), [].into());
            of_type(resolver, def, &own, name)
        }
        Ty::Var(_) => {
            let bound = resolver.bound_of(ty);
            let found: Vec<Found> = bound.each().iter().map(|one| member(resolver, one, name)).collect();
            Found::union(found)
        }
        Ty::Lib(lib, args) | Ty::LibType(lib, args) => {
            if super::RULES.stubs().member(lib, args, name).is_some() {
                return Found::outside(name);
            }
            let inner = if matches!(ty, Ty::Lib(..)) { deref(resolver, ty) } else { Ty::Unknown };
            if inner != *ty && !inner.is_unknown() {
                let found: Vec<Found> = inner.each().iter().map(|one| member(resolver, one, name)).collect();
                return Found::union(found).or_else(|| Found::outside(name));
            }
            elsewhere(resolver, ty, name).or_else(|| Found::outside(name))
        }
        Ty::Unknown => Found::Unknown,
        _ => Found::outside(name),
    })
}

/// What a path leads to on its way: a module, a type, a variant. What is imported may be anything.
pub fn path(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    if let (Ty::Module(module), Some(name)) = (ty, name.strip_prefix("use ")) {
        return modules::in_module(resolver, module, name);
    }
    let name = name.strip_prefix("use ").unwrap_or(name);
    let Ty::Module(module) = ty else { return member(resolver, ty, name) };
    let found = modules::in_module(resolver, module, name);
    preferred(resolver, found, |kind| {
        kind.is_none_or(|kind| {
            kind.is_type() || matches!(kind, SymbolKind::Module | SymbolKind::TypeAlias | SymbolKind::EnumMember)
        })
    })
}

/// Of things of one name those of such a kind, if there are any. Files are modules.
fn preferred(resolver: &Resolver<'_>, found: Found, fits: impl Fn(Option<SymbolKind>) -> bool) -> Found {
    let Found::Defs(hits) = &found else { return found };
    let kind = |hit: &Hit| match hit.def {
        Def::File(_) => Some(SymbolKind::Module),
        _ => resolver.kind_of(&hit.def),
    };
    let kept: Vec<Hit> = hits.iter().filter(|hit| fits(kind(hit))).cloned().collect();
    if kept.is_empty() { found } else { Found::Defs(kept) }
}

fn as_type(ty: &Ty) -> Ty {
    match ty {
        Ty::Of(def, args) => Ty::Type(def.clone(), args.clone()),
        other => other.clone(),
    }
}

fn bare(name: &str) -> &str {
    name.strip_prefix('.').unwrap_or(name)
}

/// Only fields, or anything but fields.
fn of_kind(resolver: &Resolver<'_>, found: Found, name: &str) -> Found {
    let wants_field = name.starts_with('.');
    match found {
        Found::Defs(mut hits) => {
            hits.retain(|hit| (resolver.kind_of(&hit.def) == Some(SymbolKind::Field)) == wants_field);
            if hits.is_empty() { Found::Unknown } else { Found::Defs(hits) }
        }
        found => found,
    }
}

fn of_type(resolver: &mut Resolver<'_>, def: &Def, ty: &Ty, name: &str) -> Found {
    let own = own(resolver, def, ty, name);
    if !own.is_unknown() {
        return own;
    }
    let is_field = name.starts_with('.');
    if resolver.kind_of(def) == Some(SymbolKind::Trait) {
        let found = of_supertraits(resolver, def, ty, name);
        if !found.is_unknown() {
            return found;
        }
    } else if !is_field {
        let found = elsewhere(resolver, ty, name);
        if !found.is_unknown() {
            return found;
        }
    }
    let inner = deref(resolver, ty);
    if inner != *ty && !inner.is_unknown() {
        let found: Vec<Found> = inner.each().iter().map(|one| member(resolver, one, name)).collect();
        let found = Found::union(found);
        if !found.is_unknown() {
            return found;
        }
    }
    if is_field {
        return Found::Unknown;
    }
    // A text of it is made by its `Display`.
    if name == "to_string" {
        let found = of_block(resolver, def, ty, "fmt", "Display");
        if !found.is_unknown() {
            return found;
        }
    }
    // What the language's own traits give every type that has them.
    if super::RULES.stubs().member("Anything", &[ty.clone()].into(), name).is_some() {
        return Found::outside(name);
    }
    match library_of(resolver, ty) {
        Some(Ty::Lib(lib, args)) if super::RULES.stubs().member(&lib, &args, name).is_some() => Found::outside(name),
        _ => of_traits(resolver, def, ty, name),
    }
}

/// What stands in the type itself, or in an `impl` for it that is called as it is.
fn own(resolver: &mut Resolver<'_>, def: &Def, ty: &Ty, name: &str) -> Found {
    let Some(owner) = resolver.full_name(def) else { return Found::Unknown };
    let all = Found::all(resolver.world().declared("rust", &owner, bare(name)));
    let Found::Defs(hits) = of_kind(resolver, all, name) else { return Found::Unknown };
    let symbol = resolver.binding_of(def).map(|(_, binding)| binding.symbol);
    let mut candidates: Vec<(u32, Hit)> = Vec::new();
    for hit in hits {
        let Some(container) = container_of(resolver, &hit.def) else { continue };
        let here = file_of(&hit.def) == file_of(def);
        let rank = match resolver.kind_of(&container) {
            Some(SymbolKind::Impl) => {
                let Some(env) = env_of(resolver, &container, ty) else { continue };
                let rank = u32::from(is_of_trait(resolver, &container));
                candidates.push((rank, Hit { env, ..hit }));
                continue;
            }
            // Of another type of this name.
            _ if !here || resolver.binding_of(&container).map(|(_, binding)| binding.symbol) != symbol => continue,
            _ => 0,
        };
        let env = match ty {
            Ty::Of(def, args) | Ty::Type(def, args) => resolver.generics_env(def, args),
            _ => [].into(),
        };
        candidates.push((rank, Hit { env, ..hit }));
    }
    best(name, candidates)
}

/// A member of a type that is written for a trait from outside.
fn of_block(resolver: &mut Resolver<'_>, def: &Def, ty: &Ty, name: &str, of: &str) -> Found {
    let Found::Defs(mut hits) = own(resolver, def, ty, name) else { return Found::Unknown };
    hits.retain(|hit| {
        let Some(block) = container_of(resolver, &hit.def) else { return false };
        let Some((facts, binding)) = resolver.binding_of(&block) else { return false };
        let bases = facts.facts.list(binding.bases).to_vec();
        bases.iter().any(|&base| matches!(resolver.as_type(facts.file, base), Ty::Lib(lib, _) if &*lib == of))
    });
    if hits.is_empty() { Found::Unknown } else { Found::Defs(hits) }
}

/// The members of the type itself go before those of traits.
fn best(name: &str, mut candidates: Vec<(u32, Hit)>) -> Found {
    let Some(rank) = candidates.iter().map(|(rank, _)| *rank).min() else { return Found::Unknown };
    candidates.retain(|(other, _)| *other == rank);
    let many = candidates.len() > 1;
    let most = if matches!(name, "from" | "try_from") { MAX_CONVERSIONS } else { MAX_CANDIDATES };
    if candidates.len() > most {
        return Found::Unknown;
    }
    let found = Found::Defs(candidates.into_iter().map(|(_, hit)| hit).collect());
    if many { found.at_most(Confidence::Ambiguous) } else { found }
}

fn file_of(def: &Def) -> Option<crate::resolve::FileRef> {
    match def {
        Def::Bound(file, _) => Some(*file),
        _ => None,
    }
}

fn container_of(resolver: &Resolver<'_>, def: &Def) -> Option<Def> {
    let (facts, symbol) = resolver.symbol_of(def)?;
    resolver.def_of_symbol(facts.file, symbol.container)
}

fn is_of_trait(resolver: &Resolver<'_>, block: &Def) -> bool {
    resolver.binding_of(block).is_some_and(|(facts, binding)| !facts.facts.list(binding.bases).is_empty())
}

/// What the type parameters of an `impl` stand for, if it is one for this type.
fn env_of(resolver: &mut Resolver<'_>, block: &Def, ty: &Ty) -> Option<Env> {
    let (facts, binding) = resolver.binding_of(block)?;
    let of = resolver.as_type(facts.file, binding.ty);
    let of = match of {
        Ty::Either(_) | Ty::Unknown => return None,
        of => of,
    };
    let fits = match (&of, ty) {
        (Ty::Of(def, _), Ty::Of(other, _) | Ty::Type(other, _)) => def == other,
        (Ty::Lib(name, _), Ty::Lib(other, _) | Ty::LibType(other, _)) => !name.is_empty() && name == other,
        _ => false,
    };
    if !fits {
        return None;
    }
    let ty = match ty {
        Ty::Type(def, args) => Ty::Of(def.clone(), args.clone()),
        Ty::LibType(name, args) => Ty::Lib(name.clone(), args.clone()),
        other => other.clone(),
    };
    let mut told = Vec::new();
    resolver.unify(&of, &ty, &mut told, 0);
    Some(told.into())
}

/// In an `impl` that stands in another module than the type, found by the name that is asked for.
fn elsewhere(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    if name.starts_with('.') || matches!(ty, Ty::Lib(lib, _) if lib.is_empty()) {
        return Found::Unknown;
    }
    let of = match ty {
        Ty::Of(def, _) | Ty::Type(def, _) => resolver.name_of(def).unwrap_or_default(),
        Ty::Lib(lib, _) | Ty::LibType(lib, _) => lib.to_string(),
        _ => return Found::Unknown,
    };
    let mut candidates = Vec::new();
    for def in resolver.world().declared_by("rust", &found_by::blocks(&of), name, MAX_OWNERS) {
        let Some((facts, symbol)) = resolver.symbol_of(&def) else { continue };
        let Some(container) = resolver.def_of_symbol(facts.file, symbol.container) else { continue };
        if resolver.kind_of(&container) != Some(SymbolKind::Impl) {
            continue;
        }
        if let Some(env) = env_of(resolver, &container, ty) {
            candidates.push((u32::from(is_of_trait(resolver, &container)), Hit { env, ..Hit::exact(def) }));
        }
    }
    best(name, candidates)
}

/// What the traits have that a trait asks for.
fn of_supertraits(resolver: &mut Resolver<'_>, def: &Def, ty: &Ty, name: &str) -> Found {
    let mut seen = vec![def.clone()];
    let mut at = 0;
    let mut outside = false;
    while at < seen.len() && seen.len() < MAX_TRAITS {
        for base in resolver.bases(&seen[at].clone()) {
            for one in base.each() {
                match one {
                    Ty::Of(def, _) if !seen.contains(def) => {
                        let found = own(resolver, def, one, name);
                        if !found.is_unknown() {
                            return found.within(&[(def.clone(), ty.clone())].into());
                        }
                        seen.push(def.clone());
                    }
                    Ty::Lib(lib, args) => outside |= super::RULES.stubs().member(lib, args, name).is_some(),
                    _ => {}
                }
            }
        }
        at += 1;
    }
    if outside { Found::outside(name) } else { Found::Unknown }
}

/// A method that a trait of the workspace gives to those who have it, where the type has no such method itself.
fn of_traits(resolver: &mut Resolver<'_>, def: &Def, ty: &Ty, name: &str) -> Found {
    if resolver.kind_of(def) == Some(SymbolKind::Trait) {
        return Found::Unknown;
    }
    let mut all = resolver.world().declared_by("rust", &found_by::traits(name), name, MAX_TRAITS_OF_NAME);
    all.retain(|def| {
        let holder = container_of(resolver, def).and_then(|holder| resolver.kind_of(&holder));
        holder == Some(SymbolKind::Trait) && resolver.kind_of(def).is_some_and(SymbolKind::is_function)
    });
    let [one] = all.as_slice() else { return Found::Unknown };
    let Some(of) = container_of(resolver, one) else { return Found::Unknown };
    // In the trait the type is called `Self`.
    let env: Env = [(of, ty.clone())].into();
    Found::Defs(vec![Hit { env, confidence: Confidence::Likely, ..Hit::exact(one.clone()) }])
}

/// What a value leads to: what a pointer holds, what a type says in its `Deref`.
pub fn deref(resolver: &mut Resolver<'_>, ty: &Ty) -> Ty {
    match ty {
        Ty::Lib(name, args) => match super::RULES.stubs().member(name, args, "@deref") {
            Some((member, filled)) => member.gives(&filled, &[]),
            None => ty.clone(),
        },
        Ty::Of(def, _) if resolver.kind_of(def) != Some(SymbolKind::Trait) => {
            if own(resolver, def, ty, "deref").is_unknown() {
                return ty.clone();
            }
            associated(resolver, def, ty, "Target").unwrap_or_else(|| ty.clone())
        }
        _ => ty.clone(),
    }
}

/// The type that a type has under a name.
fn associated(resolver: &mut Resolver<'_>, def: &Def, ty: &Ty, name: &str) -> Option<Ty> {
    let found = own(resolver, def, ty, name);
    let hit = found.hits().first()?.clone();
    let alias = Ty::Type(hit.def, [].into());
    Some(resolver.instance(&alias).with(&hit.env))
}

/// What is bound to be a function, or something of the library, is called and run over as that.
pub fn underlying(resolver: &mut Resolver<'_>, ty: &Ty) -> Option<Ty> {
    let Ty::Var(_) = ty else { return None };
    let bound = resolver.bound_of(ty);
    bound.each().iter().find(|one| matches!(one, Ty::Fn(..) | Ty::Lib(..))).cloned()
}

/// The library's type that an object of a type can be taken for where the workspace says nothing.
pub fn library_of(resolver: &mut Resolver<'_>, ty: &Ty) -> Option<Ty> {
    match ty {
        Ty::Of(def, _) => {
            let runs = ["next", "into_iter"].iter().any(|name| !own(resolver, def, ty, name).is_unknown());
            let item = if runs { associated(resolver, def, ty, "Item") } else { None };
            Some(match item {
                Some(item) => Ty::Lib("Iterator".into(), [item].into()),
                None => Ty::Lib("Anything".into(), [ty.clone()].into()),
            })
        }
        Ty::Type(..) => Some(Ty::LibType("Anything".into(), [resolver.instance(ty)].into())),
        Ty::Var(_) => {
            let bound = resolver.bound_of(ty);
            let lib = bound.each().iter().find(|one| matches!(one, Ty::Lib(..))).cloned();
            Some(lib.unwrap_or_else(|| Ty::Lib("Anything".into(), [ty.clone()].into())))
        }
        _ => None,
    }
}
