//! Types: of what a name stands for, what they inherit from, what inherits from them, and what implements a member.

use std::collections::BTreeSet;

use super::{
    View,
    definition::{Subject, subjects},
};
use crate::{
    kv::StoreError,
    link::IndexWorld,
    record::{NONE, Symbol, SymbolId, SymbolKind},
    resolve::{Def, FileRef, Resolver, Ty, World},
};

/// The types of the value that the name at a byte of a file stands for; of a type, that itself.
pub fn type_definition(view: &View<'_>, path: &str, byte: u32) -> Result<Vec<Symbol>, StoreError> {
    let Some(facts) = view.facts(path)? else { return Ok(Vec::new()) };
    let world = IndexWorld::new(view.snapshot, view.buffers);
    let mut resolver = Resolver::new(&world);
    let Some(file) = world.file(path) else { return Ok(Vec::new()) };
    let ty = match facts.token_at(byte) {
        Some(token) => resolver.ty(file, token.means),
        None => {
            let covers = |binding: &crate::record::Binding| {
                (binding.start..=binding.start + facts.name(binding.name).len() as u32).contains(&byte)
            };
            let Some(at) = facts.bindings.iter().position(covers) else { return Ok(Vec::new()) };
            resolver.def_ty(&Def::Bound(file, at as u32))
        }
    };
    let mut found = Vec::new();
    for one in ty.each() {
        let one = match one {
            Ty::Func(def, env) => resolver.returned(def, env, &[]),
            other => other.clone(),
        };
        for one in one.each() {
            if let Ty::Of(def, _) | Ty::Type(def, _) | Ty::Object(def) = one {
                found.extend(symbol(view, &resolver, def)?);
            }
        }
    }
    world.checked()?;
    Ok(found)
}

fn symbol(view: &View<'_>, resolver: &Resolver<'_>, def: &Def) -> Result<Option<Symbol>, StoreError> {
    let Some((_, symbol)) = resolver.symbol_of(def) else { return Ok(None) };
    Ok(view.symbol(symbol.id)?.map(std::borrow::Cow::into_owned))
}

/// The types of the workspace that a type inherits from or implements, in the order in which it names them.
pub fn supertypes(view: &View<'_>, of: SymbolId) -> Result<Vec<Symbol>, StoreError> {
    let world = IndexWorld::new(view.snapshot, view.buffers);
    let mut resolver = Resolver::new(&world);
    let Some(def) = world.def_of(of) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for base in resolver.bases(&def) {
        for one in base.each() {
            if let Ty::Of(def, _) | Ty::Type(def, _) = one {
                found.extend(symbol(view, &resolver, def)?);
            }
        }
    }
    world.checked()?;
    Ok(found)
}

/// The types that name this one as what they inherit from or implement, by path and place.
pub fn subtypes(view: &View<'_>, of: SymbolId) -> Result<Vec<Symbol>, StoreError> {
    let world = IndexWorld::new(view.snapshot, view.buffers);
    let mut resolver = Resolver::new(&world);
    let mut found = Vec::new();
    for def in direct_subtypes(view, &world, &mut resolver, of)? {
        found.extend(symbol(view, &resolver, &def)?);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path).then(a.byte_start.cmp(&b.byte_start)));
    world.checked()?;
    Ok(found)
}

fn direct_subtypes(
    view: &View<'_>,
    world: &IndexWorld<'_>,
    resolver: &mut Resolver<'_>,
    of: SymbolId,
) -> Result<Vec<Def>, StoreError> {
    let Some(base) = world.def_of(of) else { return Ok(Vec::new()) };
    // Whoever inherits from it names it.
    let mut files: BTreeSet<std::sync::Arc<str>> = BTreeSet::new();
    for (file, _) in view.references(of)? {
        files.extend(view.path_of(file)?);
    }
    let mut found = Vec::new();
    for path in files {
        let Some(file) = world.file(&path) else { continue };
        let Some(facts) = world.facts(file) else { continue };
        for (at, binding) in facts.facts.bindings.iter().enumerate().filter(|(_, binding)| binding.bases != NONE) {
            let def = Def::Bound(file, at as u32);
            let bases = resolver.bases(&def);
            let is = |ty: &Ty| matches!(ty, Ty::Of(def, _) | Ty::Type(def, _) if *def == base);
            if !bases.iter().any(|one| one.each().iter().any(is)) {
                continue;
            }
            // An `impl` is one for the type that it is of.
            match facts.facts.symbols.get(binding.symbol as usize) {
                Some(symbol) if symbol.kind == SymbolKind::Impl => {
                    if let Ty::Of(of, _) = resolver.self_ty(file, binding.symbol) {
                        found.push(of);
                    }
                }
                _ => found.push(def),
            }
        }
    }
    found.dedup();
    Ok(found)
}

/// What implements a type (what inherits from it, directly or not), or overrides a member of it. By path and place.
pub fn implementations(view: &View<'_>, path: &str, byte: u32) -> Result<Vec<Symbol>, StoreError> {
    let Some(facts) = view.facts(path)? else { return Ok(Vec::new()) };
    let Some((_, subjects)) = subjects(view, path, &facts, byte)? else { return Ok(Vec::new()) };
    let world = IndexWorld::new(view.snapshot, view.buffers);
    let mut resolver = Resolver::new(&world);
    let mut found = Vec::new();
    for subject in subjects {
        let Subject::Symbol(id, _) = subject else { continue };
        let Some(of) = view.symbol(id)? else { continue };
        if of.kind.is_type() || of.kind == SymbolKind::TypeAlias {
            for def in all_subtypes(view, &world, &mut resolver, id)? {
                found.extend(symbol(view, &resolver, &def)?);
            }
            continue;
        }
        let Some(holder) = of.container.or_else(|| holder(&world, id)) else { continue };
        for def in all_subtypes(view, &world, &mut resolver, holder)? {
            for hit in resolver.own_member(&def, &of.name).hits() {
                found.extend(symbol(view, &resolver, &hit.def)?);
            }
        }
        if found.is_empty() && of.kind.is_function() {
            found.push(of.into_owned());
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path).then(a.byte_start.cmp(&b.byte_start)));
    found.dedup_by_key(|symbol| symbol.symbol_id);
    world.checked()?;
    Ok(found)
}

/// The type that a member belongs to, where it does not stand in it.
fn holder(world: &IndexWorld<'_>, member: SymbolId) -> Option<SymbolId> {
    let Def::Bound(file, binding) = world.def_of(member)? else { return None };
    let facts = world.facts(file)?;
    let owner = facts.owner(facts.facts.bindings[binding as usize].symbol).to_owned();
    let (before, name) = owner.rsplit_once(facts.rules.separator).unwrap_or(("", &owner));
    let defs = world.declared(facts.rules.family, before, name);
    defs.iter().find_map(|def| match def {
        Def::Bound(file, binding) => symbol_id(world, *file, *binding),
        _ => None,
    })
}

fn symbol_id(world: &IndexWorld<'_>, file: FileRef, binding: u32) -> Option<SymbolId> {
    let facts = world.facts(file)?;
    let symbol = facts.facts.bindings.get(binding as usize)?.symbol;
    facts.facts.symbols.get(symbol as usize).filter(|symbol| symbol.kind.is_type()).map(|symbol| symbol.id)
}

/// So many types are looked at.
const MAX_SUBTYPES: usize = 2000;

fn all_subtypes(
    view: &View<'_>,
    world: &IndexWorld<'_>,
    resolver: &mut Resolver<'_>,
    of: SymbolId,
) -> Result<Vec<Def>, StoreError> {
    let mut found: Vec<Def> = Vec::new();
    let mut waiting = vec![of];
    while let Some(of) = waiting.pop() {
        for def in direct_subtypes(view, world, resolver, of)? {
            if found.len() >= MAX_SUBTYPES || found.contains(&def) {
                continue;
            }
            waiting.extend(resolver.symbol_of(&def).map(|(_, symbol)| symbol.id));
            found.push(def);
        }
    }
    Ok(found)
}
