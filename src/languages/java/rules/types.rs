//! What types have, themselves and by inheritance.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use super::{
    RULES,
    scopes::{Sort, sort},
};
use crate::{
    record::{BindingKind, SymbolKind},
    resolve::{Def, Env, Found, Hit, Resolver, Ty},
};

/// Types are looked for what they inherit up to this number.
const MAX_TYPES: usize = 128;

/// Methods that everything has.
const OF_OBJECT: [&str; 9] =
    ["equals", "hashCode", "toString", "getClass", "clone", "finalize", "notify", "notifyAll", "wait"];

/// A type and all that it inherits from, the nearest first.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Each with what its type parameters stand for.
    pub types: Vec<(Def, Env)>,
    /// Objects of types from outside.
    pub outside: Vec<Ty>,
    /// Something in it is not known.
    pub unknown: bool,
}

pub(super) fn line(resolver: &mut Resolver<'_>, def: &Def, env: &Env) -> Line {
    let mut line = Line::default();
    let mut seen: FxHashSet<Def> = FxHashSet::default();
    let mut waiting: VecDeque<(Def, Env)> = [(def.clone(), env.clone())].into();
    while let Some((def, env)) = waiting.pop_front() {
        if line.types.len() >= MAX_TYPES || !seen.insert(def.clone()) {
            continue;
        }
        for base in resolver.bases(&def) {
            for one in base.with(&env).each() {
                match one {
                    Ty::Of(base, args) | Ty::Type(base, args) => {
                        let env = resolver.generics_env(base, args);
                        waiting.push_back((base.clone(), env));
                    }
                    Ty::Lib(..) => line.outside.push(one.clone()),
                    _ => line.unknown = true,
                }
            }
        }
        line.types.push((def, env));
    }
    line
}

/// Whether one type is or inherits from another; nothing if that cannot be told.
pub(super) fn is_a(resolver: &mut Resolver<'_>, def: &Def, base: &Def) -> Option<bool> {
    if def == base {
        return Some(true);
    }
    let line = line(resolver, def, &[].into());
    if line.types.iter().any(|(one, _)| one == base) {
        return Some(true);
    }
    if line.unknown { None } else { Some(false) }
}

/// A field by its name. Outside, if it may be inherited from there.
pub(super) fn field(resolver: &mut Resolver<'_>, def: &Def, env: &Env, name: &str) -> Found {
    let line = line(resolver, def, env);
    for (class, env) in &line.types {
        let mut own = resolver.bound_in(class, name);
        own.retain(|def| sort(resolver, def) == Sort::Value);
        if !own.is_empty() {
            return Found::all(own).within(env);
        }
    }
    let may_have = |one: &Ty| matches!(one, Ty::Lib(name, _) if !matches!(&**name, "Enum" | "Record" | "Annotation"));
    if !line.unknown && line.outside.iter().any(may_have) { Found::outside(name) } else { Found::Unknown }
}

/// A type in another.
pub(super) fn inner(resolver: &mut Resolver<'_>, def: &Def, name: &str) -> Found {
    Found::all(all(resolver, def, name, Sort::Type).into_iter().take(1).collect())
}

/// All of a sort that a type has under a name.
pub(super) fn all(resolver: &mut Resolver<'_>, def: &Def, name: &str, wanted: Sort) -> Vec<Def> {
    let line = line(resolver, def, &[].into());
    let mut found = Vec::new();
    for (class, _) in &line.types {
        let own = resolver.bound_in(class, name);
        found.extend(own.into_iter().filter(|def| sort(resolver, def) == wanted));
        if !found.is_empty() && wanted != Sort::Method {
            break;
        }
    }
    found
}

/// All methods of a name, the nearest first; and, where there are none, the type from outside that may have one.
pub(super) fn methods(resolver: &mut Resolver<'_>, def: &Def, env: &Env, name: &str) -> (Vec<Hit>, Option<Ty>) {
    let line = line(resolver, def, env);
    let mut hits: Vec<Hit> = Vec::new();
    for (class, env) in &line.types {
        for member in resolver.bound_in(class, name) {
            // A record's component is read by a method of its name.
            let is_component =
                || matches!(resolver.binding_of(&member), Some((_, binding)) if binding.kind == BindingKind::Parameter);
            if sort(resolver, &member) == Sort::Method || is_component() {
                hits.push(Hit { env: env.clone(), ..Hit::exact(member) });
            }
        }
    }
    if !hits.is_empty() {
        return (hits, None);
    }
    let known = line.outside.iter().find(|one| match one {
        Ty::Lib(of, args) => RULES.stubs().member(of, args, name).is_some(),
        _ => false,
    });
    let outside = known.cloned().or_else(|| match OF_OBJECT.contains(&name) {
        true => Some(Ty::lib("Object")),
        false => None,
    });
    // What nothing is known of may have everything.
    let may_have = |one: &&Ty| matches!(one, Ty::Lib(name, _) if !RULES.stubs().knows(name));
    let outside = outside.or_else(|| line.outside.iter().find(may_have).map(|_| Ty::outside()));
    (hits, outside)
}

/// The methods that make objects of a type.
pub(super) fn constructors(resolver: &mut Resolver<'_>, def: &Def, env: &Env) -> Vec<Hit> {
    let Some(name) = resolver.name_of(def) else { return Vec::new() };
    let mut own = resolver.bound_in(def, &name);
    own.retain(|def| sort(resolver, def) == Sort::Constructor);
    own.into_iter().map(|def| Hit { env: env.clone(), ..Hit::exact(def) }).collect()
}

/// The one method that an interface asks for.
pub(super) fn only_method(resolver: &mut Resolver<'_>, def: &Def, env: &Env) -> Option<(Def, Env)> {
    if resolver.kind_of(def) != Some(SymbolKind::Interface) {
        return None;
    }
    let line = line(resolver, def, env);
    let mut found: Option<(Def, Env, String)> = None;
    let mut given: FxHashSet<String> = FxHashSet::default();
    for (class, env) in &line.types {
        let Def::Bound(file, id) = class else { continue };
        let Some(facts) = resolver.whole(*file) else { continue };
        let members = facts.facts.bindings.get(*id as usize).map_or(&[][..], |class| facts.facts.list(class.members));
        for &member in members {
            let binding = facts.facts.bindings[member as usize];
            let member = Def::Bound(*file, member);
            let name = facts.facts.name(binding.name);
            if sort(resolver, &member) != Sort::Method || OF_OBJECT.contains(&name) {
                continue;
            }
            if binding.kind != BindingKind::Member {
                given.insert(name.to_owned());
                continue;
            }
            match &found {
                _ if given.contains(name) => {}
                Some((.., known)) if known != name => return None,
                Some(_) => {}
                None => found = Some((member, env.clone(), name.to_owned())),
            }
        }
    }
    found.map(|(def, env, _)| (def, env))
}
