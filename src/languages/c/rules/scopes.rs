//! What is around a name: types, namespaces, the file.

use super::{FAMILY, SEPARATOR};
use crate::{
    record::{BindingKind, SymbolKind},
    resolve::{Def, FileRef, Resolver, Ty},
};

/// A place that names are looked for in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Type(Def),
    /// A namespace by its name, without what has none; the outermost is nothing.
    Space(String),
}

/// Namespaces without a name, and such whose names are those of what is around them, count for nothing.
pub(super) fn is_seen_through(name: &str) -> bool {
    name.starts_with('(')
}

/// The parts of a full name; what stands in `<>` belongs to its part.
pub(super) fn parts(full: &str) -> Vec<&str> {
    let (mut found, mut depth, mut from) = (Vec::new(), 0_u32, 0);
    let bytes = full.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'<' => depth += 1,
            b'>' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && bytes.get(at + 1) == Some(&b':') => {
                found.push(&full[from..at]);
                at += 1;
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if from < full.len() {
        found.push(&full[from..]);
    }
    found
}

/// A namespace's name without what is seen through.
pub(super) fn seen(full: &str) -> String {
    parts(full).into_iter().filter(|part| !is_seen_through(part)).collect::<Vec<_>>().join(SEPARATOR)
}

/// What is around a symbol of a file, from the inside out.
pub(super) fn around(resolver: &mut Resolver<'_>, file: FileRef, within: u32) -> Vec<Scope> {
    let mut found: Vec<Scope> = Vec::new();
    let Some(facts) = resolver.facts(file) else { return found };
    let mut at = within;
    while let Some(symbol) = facts.facts.symbols.get(at as usize) {
        if symbol.kind.is_type() && symbol.kind != SymbolKind::Enum {
            push(&mut found, Scope::Type(Def::Bound(file, symbol.binding)));
        }
        if symbol.kind == SymbolKind::Namespace
            && let Some(name) = facts.full_name(at)
        {
            push(&mut found, Scope::Space(seen(&name)));
        }
        if symbol.kind.is_function()
            && let Some(fixture) = fixture(resolver, file, symbol.binding)
        {
            push(&mut found, Scope::Type(fixture));
        }
        // What a qualified name stands before is around it, too.
        let owner = facts.owner(at);
        let container = facts.full_name(symbol.container).unwrap_or_default();
        if owner.len() > container.len() && (symbol.kind.is_function() || symbol.kind.is_type()) {
            named(resolver, file, owner, container.len(), &mut found);
        }
        at = symbol.container;
    }
    push(&mut found, Scope::Space(String::new()));
    found
}

/// `TEST_F(Fixture, Name) { .. }`: what a macro makes of it is a function of a type that inherits from its first argument.
fn fixture(resolver: &mut Resolver<'_>, file: FileRef, function: u32) -> Option<Def> {
    let facts = resolver.facts(file)?;
    let binding = *facts.facts.bindings.get(function as usize)?;
    if binding.ty != 0 || !crate::languages::c::reading::is_capitals(facts.facts.name(binding.name).as_bytes()) {
        return None;
    }
    let first = *facts.facts.list(binding.params).first()?;
    match resolver.as_type(file, facts.facts.bindings.get(first as usize)?.ty) {
        Ty::Of(def, _) => Some(def),
        _ => None,
    }
}

fn push(found: &mut Vec<Scope>, scope: Scope) {
    if !found.contains(&scope) {
        found.push(scope);
    }
}

/// Types and namespaces by their names, down to a length.
fn named(resolver: &mut Resolver<'_>, file: FileRef, owner: &str, down_to: usize, found: &mut Vec<Scope>) {
    let parts = parts(owner);
    for count in (1..=parts.len()).rev() {
        let name = parts[..count].join(SEPARATOR);
        if name.len() <= down_to {
            break;
        }
        match type_called(resolver, file, &name).or_else(|| type_seen(resolver, file, &parts[..count])) {
            Some(def) => {
                push(found, Scope::Type(def.clone()));
                beyond(resolver, &def, found);
            }
            None => push(found, Scope::Space(seen(&name))),
        }
    }
}

/// A type that is called so by way of `using`, or although it stands in a namespace without a name.
fn type_seen(resolver: &mut Resolver<'_>, file: FileRef, parts: &[&str]) -> Option<Def> {
    let (name, space) = parts.split_last()?;
    let mut space = space;
    // The name before `::` is looked for as any other.
    loop {
        let found =
            super::names::in_space(resolver, file, &seen(&space.join(SEPARATOR)), name, super::names::Want::Any);
        let is_type = |def: &Def| resolver.kind_of(def).is_some_and(|kind| kind.is_type());
        if let Some(hit) = found.hits().first() {
            return is_type(&hit.def).then(|| hit.def.clone());
        }
        space = &space[..space.len().checked_sub(1)?];
    }
}

/// The namespaces around a type that is defined elsewhere.
fn beyond(resolver: &Resolver<'_>, def: &Def, found: &mut Vec<Scope>) {
    let Some((facts, binding)) = resolver.binding_of(def) else { return };
    let Some(symbol) = facts.facts.symbols.get(binding.symbol as usize) else { return };
    let space = seen(&facts.full_name(symbol.container).unwrap_or_default());
    let is_space =
        facts.facts.symbols.get(symbol.container as usize).is_some_and(|one| one.kind == SymbolKind::Namespace);
    if is_space {
        push(found, Scope::Space(space));
    }
}

/// The type of a full name that a file is likeliest to mean.
pub(super) fn type_called(resolver: &mut Resolver<'_>, file: FileRef, full: &str) -> Option<Def> {
    let parts = parts(full);
    let (name, owner) = parts.split_last()?;
    let all = resolver.world().declared(FAMILY, &owner.join(SEPARATOR), name);
    let types: Vec<Def> = all.into_iter().filter(|def| resolver.is_type(def)).collect();
    best(resolver, file, types)
}

/// One of several of the same name: defined rather than declared, in the file or what it includes rather than elsewhere.
pub(super) fn best(resolver: &mut Resolver<'_>, file: FileRef, all: Vec<Def>) -> Option<Def> {
    if all.len() <= 1 {
        return all.into_iter().next();
    }
    let closure = resolver.closure(file);
    let rank = |def: &Def| {
        let Def::Bound(at, _) = def else { return (3, true) };
        let place = if *at == file { 0 } else { 2 - u8::from(closure.holds(*at)) };
        let is_declared = resolver.binding_of(def).is_some_and(|(_, binding)| binding.kind == BindingKind::Declaration);
        (place, is_declared)
    };
    let mut ranked: Vec<(bool, u8, usize)> = all
        .iter()
        .enumerate()
        .map(|(at, def)| {
            let (place, is_declared) = rank(def);
            (is_declared, place, at)
        })
        .collect();
    ranked.sort_unstable();
    ranked.first().map(|&(.., at)| all[at].clone())
}
