//! What types have, themselves and by inheritance.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use super::{
    RULES,
    scopes::{Sort, sort},
};
use crate::{
    record::{BindingKind, SymbolKind},
    resolve::{Args, Def, Env, Found, Hit, Resolver, Ty, none},
};

/// Types are looked for what they inherit up to this number.
const MAX_TYPES: usize = 128;

/// Methods that everything has.
const OF_OBJECT: [&str; 9] =
    ["equals", "hashCode", "toString", "getClass", "clone", "finalize", "notify", "notifyAll", "wait"];

/// A type and all that it inherits from: first itself and the classes above it, then interfaces, the nearest first.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// With type arguments, over the type's own parameters.
    pub types: Vec<Ty>,
    /// How many of them are classes above each other.
    classes: usize,
    /// The class from outside that these inherit from.
    root: Option<Ty>,
    /// All that comes from outside.
    pub outside: Vec<Ty>,
    /// Something in it is not known.
    pub unknown: bool,
}

impl Line {
    fn ty(self) -> Ty {
        let tuple = |types: Vec<Ty>| Ty::Tuple(types.into());
        let (classes, mut types) = (self.classes, self.types);
        let interfaces = types.split_off(classes);
        let root = self.root.unwrap_or_default();
        let unknown = if self.unknown { Ty::outside() } else { Ty::Unknown };
        tuple(vec![tuple(types), tuple(interfaces), root, tuple(self.outside), unknown])
    }

    fn of(ty: &Ty) -> Self {
        let mut line = Line::default();
        if let Ty::Tuple(parts) = ty
            && let [Ty::Tuple(classes), Ty::Tuple(interfaces), root, Ty::Tuple(outside), unknown] = &**parts
        {
            line.types = classes.iter().chain(interfaces.iter()).cloned().collect();
            line.classes = classes.len();
            line.root = Some(root.clone()).filter(|root| !root.is_unknown());
            line.outside = outside.to_vec();
            line.unknown = !unknown.is_unknown();
        }
        line
    }
}

pub(super) fn line(resolver: &mut Resolver<'_>, def: &Def) -> Line {
    let known = resolver.line(def, |resolver| new_line(resolver, def).ty());
    Line::of(&known)
}

fn new_line(resolver: &mut Resolver<'_>, def: &Def) -> Line {
    let mut line = Line::default();
    let mut seen: FxHashSet<Def> = FxHashSet::default();
    let mut waiting: VecDeque<Ty> = VecDeque::new();
    let mut class = Some(own(resolver, def));
    while let Some(one @ Ty::Of(def, _)) = &class {
        if line.types.len() >= MAX_TYPES || !seen.insert(def.clone()) {
            break;
        }
        let is_interface = resolver.kind_of(def) == Some(SymbolKind::Interface);
        let mut bases: VecDeque<Ty> = above(resolver, one).into();
        line.types.push(one.clone());
        let is_class = |base: &Ty| match base {
            Ty::Of(def, _) => resolver.kind_of(def) != Some(SymbolKind::Interface),
            _ => true,
        };
        class = if !is_interface && bases.front().is_some_and(is_class) { bases.pop_front() } else { None };
        waiting.extend(bases);
        match &class {
            Some(Ty::Of(..)) => {}
            Some(root) => {
                line.root = Some(root.clone());
                if root.is_unknown() { line.unknown = true } else { line.outside.push(root.clone()) }
            }
            None if is_interface => {}
            None => line.root = Some(Ty::lib("Object")),
        }
    }
    line.classes = line.types.len();
    while let Some(one) = waiting.pop_front() {
        match &one {
            Ty::Of(def, _) if line.types.len() < MAX_TYPES && seen.insert(def.clone()) => {
                waiting.extend(above(resolver, &one));
                line.types.push(one);
            }
            Ty::Of(..) => {}
            Ty::Lib(..) => line.outside.push(one),
            _ => line.unknown = true,
        }
    }
    line
}

/// A type over its own parameters.
fn own(resolver: &Resolver<'_>, def: &Def) -> Ty {
    let Some((facts, binding)) = resolver.binding_of(def) else { return Ty::Of(def.clone(), none()) };
    let vars = facts.facts.list(binding.generics).iter().map(|&var| Ty::Var(Def::Bound(facts.file, var)));
    Ty::Of(def.clone(), vars.collect())
}

/// What a type inherits from.
fn above(resolver: &mut Resolver<'_>, ty: &Ty) -> Vec<Ty> {
    let Ty::Of(def, args) = ty else { return Vec::new() };
    let env = env(resolver, def, args);
    let bases = resolver.bases(def);
    bases.iter().flat_map(|base| base.with(&env).each().to_vec()).collect()
}

/// What type parameters of a definition stand for; of a wildcard nothing more is known than their bounds.
pub(super) fn env(resolver: &Resolver<'_>, def: &Def, args: &Args) -> Env {
    let env = resolver.generics_env(def, args);
    let is_any = |ty: &Ty| matches!(ty, Ty::Lib(name, _) if &**name == "?");
    if env.iter().any(|(_, ty)| is_any(ty)) {
        return env.iter().filter(|(_, ty)| !is_any(ty)).cloned().collect();
    }
    env
}

/// What type parameters of one in a line stand for, where the line's own stand for these.
fn env_in(resolver: &Resolver<'_>, one: &Ty, outer: &Env) -> Env {
    match one {
        Ty::Of(def, args) => {
            let args: Args = args.iter().map(|arg| arg.with(outer)).collect();
            env(resolver, def, &args)
        }
        _ => [].into(),
    }
}

/// The definition of one in a line.
fn def_of(one: &Ty) -> Option<&Def> {
    match one {
        Ty::Of(def, _) => Some(def),
        _ => None,
    }
}

/// Whether one type is or inherits from another; nothing if that cannot be told.
pub(super) fn is_a(resolver: &mut Resolver<'_>, def: &Def, base: &Def) -> Option<bool> {
    if def == base {
        return Some(true);
    }
    let line = line(resolver, def);
    if line.types.iter().any(|one| def_of(one) == Some(base)) {
        return Some(true);
    }
    if line.unknown { None } else { Some(false) }
}

/// A field by its name. Outside, if it may be inherited from there.
pub(super) fn field(resolver: &mut Resolver<'_>, def: &Def, env: &Env, name: &str) -> Found {
    let line = line(resolver, def);
    for one in &line.types {
        let Some(class) = def_of(one) else { continue };
        let mut own = resolver.bound_in(class, name);
        own.retain(|def| sort(resolver, def) == Sort::Value);
        if !own.is_empty() {
            let env = env_in(resolver, one, env);
            return Found::all(own).within(&env);
        }
    }
    // The names of the fields of these are known.
    let may_have =
        |one: &Ty| matches!(one, Ty::Lib(name, _) if !matches!(&**name, "Object" | "Enum" | "Record" | "Annotation"));
    if !line.unknown && line.outside.iter().any(may_have) { Found::outside(name) } else { Found::Unknown }
}

/// A type in another.
pub(super) fn inner(resolver: &mut Resolver<'_>, def: &Def, name: &str) -> Found {
    Found::all(all(resolver, def, name, Sort::Type).into_iter().take(1).collect())
}

/// All of a sort that a type has under a name.
pub(super) fn all(resolver: &mut Resolver<'_>, def: &Def, name: &str, wanted: Sort) -> Vec<Def> {
    let line = line(resolver, def);
    let mut found = Vec::new();
    for class in line.types.iter().filter_map(def_of) {
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
    let line = line(resolver, def);
    let mut hits: Vec<Hit> = Vec::new();
    let has = |one: &Ty| match one {
        Ty::Lib(of, args) => RULES.stubs().member(of, args, name).is_some(),
        _ => false,
    };
    for (at, one) in line.types.iter().enumerate() {
        // What a class from outside has goes before what an interface asks for.
        if at == line.classes
            && hits.is_empty()
            && let Some(root) = &line.root
            && (has(root) || OF_OBJECT.contains(&name))
        {
            let found = if has(root) { root.with(env) } else { Ty::lib("Object") };
            return (hits, Some(found));
        }
        let Some(class) = def_of(one) else { continue };
        for member in resolver.bound_in(class, name) {
            // A record's component is read by a method of its name.
            let is_component =
                || matches!(resolver.binding_of(&member), Some((_, binding)) if binding.kind == BindingKind::Parameter);
            if sort(resolver, &member) == Sort::Method || is_component() {
                hits.push(Hit { env: env_in(resolver, one, env), ..Hit::exact(member) });
            }
        }
    }
    if !hits.is_empty() {
        return (hits, None);
    }
    if let Some(one) = line.outside.iter().find(|one| has(one)) {
        return (hits, Some(one.with(env)));
    }
    if OF_OBJECT.contains(&name) {
        return (hits, Some(Ty::lib("Object")));
    }
    // What nothing is known of may have everything.
    let may_have = |one: &&Ty| matches!(one, Ty::Lib(name, _) if !RULES.stubs().knows(name));
    let outside = line.outside.iter().find(may_have).map(|_| Ty::outside());
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
    let line = line(resolver, def);
    let mut found: Option<(Def, Ty, String)> = None;
    let mut given: FxHashSet<String> = FxHashSet::default();
    for one in &line.types {
        let Some(Def::Bound(file, id)) = def_of(one) else { continue };
        let Some(facts) = resolver.whole(*file) else { continue };
        let members = facts.facts.bindings.get(*id as usize).map_or(&[][..], |class| facts.facts.list(class.members));
        for &member in members {
            let Some(binding) = facts.facts.bindings.get(member as usize) else { continue };
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
                None => found = Some((member, one.clone(), name.to_owned())),
            }
        }
    }
    let (method, one, _) = found?;
    let env = env_in(resolver, &one, env);
    Some((method, env))
}
