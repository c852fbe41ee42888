//! Fields and methods, also those of what a type embeds.

use rustc_hash::FxHashSet;

use super::{
    FAMILY,
    packages::{built, is_in_package_of},
};
use crate::{
    record::{Confidence, SymbolKind},
    resolve::{Def, Env, Found, Resolver, Ty},
};

/// Types that are made of types that are made of types.
const MAX_NAMED: usize = 8;
/// Types that are looked at for one name.
const MAX_EMBEDDED: usize = 64;

/// What an object, a type or a package has under a name.
pub(super) fn member(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    match ty {
        Ty::Type(def, _) if resolver.kind_of(def) == Some(SymbolKind::TypeAlias) => match resolver.instance(ty) {
            Ty::Type(..) => Found::Unknown,
            of => member(resolver, &of, name),
        },
        Ty::Of(def, args) | Ty::Type(def, args) => {
            let env = resolver.generics_env(def, args);
            promoted(resolver, def, env, name)
        }
        _ => resolver.member_of(ty, name),
    }
}

/// The innermost of what a type has, embeds, and what that embeds.
fn promoted(resolver: &mut Resolver<'_>, def: &Def, env: Env, name: &str) -> Found {
    let mut seen: FxHashSet<Def> = FxHashSet::default();
    let mut level = vec![(def.clone(), env)];
    let (mut outside, mut unknown) = (false, false);
    while !level.is_empty() {
        let mut found = Vec::new();
        let mut below = Vec::new();
        for (def, env) in level {
            if seen.len() >= MAX_EMBEDDED || !seen.insert(def.clone()) {
                continue;
            }
            let made_of = made_of(resolver, &def, env);
            let own = own(resolver, &made_of, name);
            if !own.is_unknown() {
                found.push(own);
                continue;
            }
            for (def, env) in &made_of {
                for base in resolver.bases(def) {
                    for one in base.with(env).each() {
                        match one {
                            Ty::Of(def, args) => {
                                let env = resolver.generics_env(def, args);
                                below.push((def.clone(), env));
                            }
                            Ty::Lib(..) => outside = true,
                            _ => unknown = true,
                        }
                    }
                }
            }
        }
        if !found.is_empty() {
            let found = Found::union(found);
            // Something less deep from elsewhere may have the name, too.
            return if outside || unknown { found.at_most(Confidence::Likely) } else { found };
        }
        level = below;
    }
    if outside && !unknown { Found::outside(name) } else { Found::Unknown }
}

/// A type, and the types that it is made of: `A` of `type A B`, `B` of `type B struct {...}`, the structure itself.
fn made_of(resolver: &mut Resolver<'_>, def: &Def, env: Env) -> Vec<(Def, Env)> {
    let mut all = vec![(def.clone(), env)];
    while let Some((def, env)) = all.last().cloned().filter(|_| all.len() < MAX_NAMED) {
        match of_which(resolver, &def).map(|ty| ty.with(&env)) {
            Some(Ty::Of(def, args)) if !all.iter().any(|(known, _)| *known == def) => {
                // What is written down without a name is in its definition's own terms.
                let env = if args.is_empty() { env } else { resolver.generics_env(&def, &args) };
                all.push((def, env));
            }
            _ => break,
        }
    }
    all
}

/// The type that a definition says a type is.
fn of_which(resolver: &mut Resolver<'_>, def: &Def) -> Option<Ty> {
    let (facts, binding) = resolver.binding_of(def)?;
    (binding.ty != 0).then(|| resolver.as_type(facts.file, binding.ty))
}

/// What a type has under a name by itself: what its structure or interface lists, and methods that are declared for it.
fn own(resolver: &mut Resolver<'_>, made_of: &[(Def, Env)], name: &str) -> Found {
    if let Some((written, env)) = made_of.last() {
        let members = resolver.bound_in(written, name);
        if !members.is_empty() {
            return Found::all(members).within(env);
        }
    }
    let Some((def, env)) = made_of.first() else { return Found::Unknown };
    declared(resolver, def, name).within(env)
}

fn declared(resolver: &Resolver<'_>, def: &Def, name: &str) -> Found {
    let Def::Bound(file, _) = def else { return Found::Unknown };
    let Some(owner) = resolver.full_name(def) else { return Found::Unknown };
    let mut all = resolver.world().declared(FAMILY, &owner, name);
    let is_member = |def: &Def| {
        let kind = resolver.kind_of(def);
        matches!(kind, Some(SymbolKind::Method | SymbolKind::Field)) && is_in_package_of(resolver, def, *file)
    };
    all.retain(is_member);
    built(resolver, all, Some(*file))
}

/// A field of a structure by its name: its own, or one that bears the name of what it embeds.
pub(super) fn field(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    let (Ty::Of(def, args) | Ty::Type(def, args)) = ty else { return Found::Unknown };
    let env = resolver.generics_env(def, args);
    let made_of = made_of(resolver, def, env);
    let Some((structure, _)) = made_of.last() else { return Found::Unknown };
    Found::all(resolver.bound_in(structure, name))
}

/// What the type of an object is made of, if that has no name.
pub(super) fn underlying(resolver: &mut Resolver<'_>, ty: &Ty) -> Option<Ty> {
    let mut at = ty.clone();
    for _ in 0..MAX_NAMED {
        at = match &at {
            Ty::Of(def, args) => {
                let env = resolver.generics_env(def, args);
                match of_which(resolver, def) {
                    Some(ty) => ty.with(&env),
                    None => return (at != *ty).then_some(at),
                }
            }
            Ty::Var(def) => of_which(resolver, def)?,
            _ => return (at != *ty).then_some(at),
        };
    }
    None
}
