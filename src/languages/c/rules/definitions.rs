//! From what is declared to where it is defined.

use super::{
    FAMILY,
    calls::{Signature, signature},
    names::{Candidate, candidates, directory, first_space},
};
use crate::{
    languages::c::bind::types::TAG,
    record::{BindingKind, SymbolKind},
    resolve::{Def, FileRef, Found, Resolver},
};

/// The files of more are not looked into for what they include.
const MAX_LOOKED_INTO: usize = 16;

/// Where something is defined that is declared here; itself if nowhere else, or if several places are as good.
pub(super) fn declared(resolver: &mut Resolver<'_>, def: &Def) -> Found {
    let Def::Bound(file, binding) = def else { return Found::exact(def.clone()) };
    resolver.once(*file, &format!("declared {binding}"), |resolver| declared_now(resolver, def))
}

fn declared_now(resolver: &mut Resolver<'_>, def: &Def) -> Found {
    let own = || Found::exact(def.clone());
    let Some((facts, binding)) = resolver.binding_of(def) else { return own() };
    let name = facts.facts.name(binding.name).to_owned();
    let Some(symbol) = facts.facts.symbols.get(binding.symbol as usize) else {
        // `typedef struct s t;` behind the first that names it.
        return (facts.rules.free)(resolver, facts.file, &format!("{TAG}{name}"), u32::MAX);
    };
    if binding.is_top {
        let all = candidates(resolver, facts.file, &name);
        let Some(one) = all.iter().find(|one| one.def == *def).cloned() else { return own() };
        if one.kind == SymbolKind::Namespace {
            let added: Vec<&Candidate> = all
                .iter()
                .filter(|other| other.kind == one.kind && other.scope == one.scope && other.is_visible)
                .collect();
            return Found::exact(first_space(resolver, facts.file, &added));
        }
        if one.kind == SymbolKind::Macro {
            // Another build's: the usual one's is what is meant.
            let usual =
                all.iter().find(|other| other.kind == SymbolKind::Macro && other.is_visible && !other.is_unlikely);
            return usual.map_or_else(own, |usual| Found::exact(usual.def.clone()));
        }
        return of_candidate(resolver, &one, &all);
    }
    // A member: what bears its full name and is defined.
    let owner = facts.owner(binding.symbol).to_owned();
    let is_function = symbol.kind.is_function();
    let mut defined: Vec<Def> = resolver
        .world()
        .declared(FAMILY, &owner, &name)
        .into_iter()
        .filter(|other| other != def && is_defined(resolver, other, is_function))
        .collect();
    if is_function {
        defined = same_signature(resolver, def, defined);
    }
    match one_of(resolver, facts.file, defined) {
        Some(one) => Found::exact(one),
        None => own(),
    }
}

fn is_defined(resolver: &Resolver<'_>, def: &Def, is_function: bool) -> bool {
    let Some((facts, binding)) = resolver.binding_of(def) else { return false };
    let kind = facts.facts.symbols.get(binding.symbol as usize).map(|symbol| symbol.kind);
    binding.kind != BindingKind::Declaration
        && kind.is_some_and(|kind| kind.is_function() == is_function && kind != SymbolKind::Macro)
}

/// Of functions of one name, those whose parameters are those of a declaration.
fn same_signature(resolver: &Resolver<'_>, declared: &Def, mut defined: Vec<Def>) -> Vec<Def> {
    let Some(own) = signature(resolver, declared) else { return defined };
    let all: Vec<(Def, Option<Signature>)> =
        defined.drain(..).map(|def| (def.clone(), signature(resolver, &def))).collect();
    let exact = |(_, other): &&(Def, Option<Signature>)| other.as_ref().is_some_and(|other| other.is_same(&own));
    let like = |(_, other): &&(Def, Option<Signature>)| other.as_ref().is_none_or(|other| other.is_like(&own));
    let found: Vec<Def> = all.iter().filter(exact).map(|(def, _)| def.clone()).collect();
    if !found.is_empty() {
        return found;
    }
    let found: Vec<Def> = all.iter().filter(like).map(|(def, _)| def.clone()).collect();
    if found.len() == 1 { found } else { Vec::new() }
}

/// Where what a candidate declares is defined, among all that bear its name.
pub(super) fn of_candidate(resolver: &mut Resolver<'_>, declared: &Candidate, all: &[Candidate]) -> Found {
    if !declared.is_declared {
        return Found::exact(declared.def.clone());
    }
    let file = declared.file();
    let closure = resolver.closure(file);
    let is_function = declared.kind.is_function();
    let fits = |one: &&Candidate| {
        let is_kind = if is_function {
            one.kind.is_function()
        } else if declared.kind.is_type() {
            one.kind.is_type()
        } else {
            one.kind == SymbolKind::Variable || one.kind == SymbolKind::Constant
        };
        let in_reach = one.file() == file || closure.holds(one.file());
        is_kind
            && !one.is_declared
            && one.scope == declared.scope
            && (in_reach || (!one.is_private && !declared.is_private))
    };
    let mut defined: Vec<Def> = all.iter().filter(fits).map(|one| one.def.clone()).collect();
    // By its full name, where that is written before it.
    if is_function && !declared.scope.is_empty() {
        let name = resolver.name_of(&declared.def).unwrap_or_default();
        let more = resolver.world().declared(FAMILY, &declared.scope, &name);
        for def in more {
            if !defined.contains(&def) && is_defined(resolver, &def, true) {
                defined.push(def);
            }
        }
    }
    if is_function {
        defined = same_signature(resolver, &declared.def, defined);
    }
    match one_of(resolver, file, defined) {
        Some(one) => Found::exact(one),
        None => Found::exact(declared.def.clone()),
    }
}

/// The definition that belongs to a declaration in a file: its own, one that includes it, the nearest.
fn one_of(resolver: &mut Resolver<'_>, file: FileRef, mut all: Vec<Def>) -> Option<Def> {
    let place = |def: &Def| match def {
        Def::Bound(at, _) => *at,
        _ => FileRef(u32::MAX),
    };
    let unlikely = |resolver: &Resolver<'_>, def: &Def| resolver.binding_of(def).is_some_and(|(_, of)| of.is_unlikely);
    if all.iter().any(|def| !unlikely(resolver, def)) {
        all.retain(|def| !unlikely(resolver, def));
    }
    if all.len() <= 1 {
        return all.pop();
    }
    if let Some(own) = all.iter().find(|def| place(def) == file) {
        return Some(own.clone());
    }
    let closure = resolver.closure(file);
    if let Some(taken) = all.iter().find(|def| closure.holds(place(def))) {
        return Some(taken.clone());
    }
    if all.len() <= MAX_LOOKED_INTO {
        let including: Vec<Def> = all.iter().filter(|def| resolver.closure(place(def)).holds(file)).cloned().collect();
        if !including.is_empty() {
            all = including;
        }
    }
    let path = resolver.facts(file)?.path.clone();
    let near = |def: &Def| {
        let other = resolver.facts(place(def)).map(|facts| facts.path.clone()).unwrap_or_default();
        super::includes::near(directory(&path), directory(&other))
    };
    let best = all.iter().map(near).max()?;
    let nearest: Vec<&Def> = all.iter().filter(|def| near(def) == best).collect();
    if let [one] = nearest.as_slice() { Some((*one).clone()) } else { None }
}
