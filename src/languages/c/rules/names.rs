//! Names that no scope of their file binds: what the file defines, what it includes, what stands elsewhere.

use super::{
    FAMILY, SEPARATOR, definitions,
    scopes::{self, Scope},
};
use crate::{
    languages::c::bind::{UNLESS, types::TAG},
    record::{BindingKind, Confidence, Expr, NONE, SymbolKind},
    resolve::{Closure, Def, FileRef, Found, Resolver},
};

/// More that bear the same name are not looked at, but for those that are in reach.
const MAX_NAMED: usize = 128;
/// That many are offered where one is as good as another.
const MAX_OFFERED: usize = 3;

/// What a name is looked for as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Behind `struct` and the like.
    Tag,
    /// In C: anything but these.
    Ordinary,
    Any,
}

/// One that bears the name.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub def: Def,
    pub kind: SymbolKind,
    /// What is around it: see [`Scope::Space`].
    pub scope: String,
    pub is_declared: bool,
    pub is_private: bool,
    pub is_unlikely: bool,
    pub is_visible: bool,
}

impl Candidate {
    pub fn file(&self) -> FileRef {
        match self.def {
            Def::Bound(file, _) | Def::File(file) => file,
            Def::Package(..) => FileRef(u32::MAX),
        }
    }

    fn is_tag(&self) -> bool {
        matches!(self.kind, SymbolKind::Struct | SymbolKind::Union | SymbolKind::Enum | SymbolKind::Class)
    }

    fn fits(&self, want: Want) -> bool {
        match want {
            Want::Any => true,
            Want::Tag => self.is_tag(),
            Want::Ordinary => !self.is_tag(),
        }
    }
}

pub(super) fn free_c(resolver: &mut Resolver<'_>, file: FileRef, name: &str, _: u32) -> Found {
    let (name, want) = match name.strip_prefix(TAG) {
        Some(name) => (name, Want::Tag),
        None => (name, Want::Ordinary),
    };
    let key = if want == Want::Tag { format!("{TAG}{name}") } else { name.to_owned() };
    resolver.once(file, &key, |resolver| {
        let all = candidates(resolver, file, name);
        let all: Vec<Candidate> = all.into_iter().filter(|one| one.fits(want)).collect();
        chosen(resolver, file, &all).unwrap_or_else(|| Found::outside(name))
    })
}

pub(super) fn free_cpp(resolver: &mut Resolver<'_>, file: FileRef, name: &str, within: u32) -> Found {
    let (name, want) = match name.strip_prefix(TAG) {
        Some(name) => (name, Want::Tag),
        None => (name, Want::Any),
    };
    // Its names are the library's, whatever a project adds to it.
    if name == "std" {
        return Found::outside(name);
    }
    for scope in scopes::around(resolver, file, within) {
        match scope {
            Scope::Type(def) => {
                let found = super::members::of_type(resolver, &def, name);
                if !found.hits().is_empty() {
                    return found;
                }
            }
            Scope::Space(space) => {
                let found = in_space(resolver, file, &space, name, want);
                if !found.is_unknown() {
                    return found;
                }
            }
        }
    }
    Found::outside(name)
}

/// What a namespace has under a name, as a file sees it.
pub(super) fn in_space(resolver: &mut Resolver<'_>, file: FileRef, space: &str, name: &str, want: Want) -> Found {
    let key = format!("{space}{SEPARATOR}{name}{}", if want == Want::Tag { " tag" } else { "" });
    resolver.once(file, &key, |resolver| {
        let all = candidates(resolver, file, name);
        let is_here = |one: &&Candidate| one.scope == space || one.kind == SymbolKind::Macro;
        let here: Vec<Candidate> = all.iter().filter(|one| is_here(one) && one.fits(want)).cloned().collect();
        if let Some(found) = chosen(resolver, file, &here) {
            return found;
        }
        used(resolver, file, space, name, &all)
    })
}

/// By `using`, in the file or in what it includes.
fn used(resolver: &mut Resolver<'_>, file: FileRef, space: &str, name: &str, all: &[Candidate]) -> Found {
    let closure = resolver.closure(file);
    for &at in closure.order.iter().rev() {
        let Some(facts) = resolver.facts(at) else { continue };
        // `using a::b;`
        for binding in resolver.top(at, name) {
            let bound = facts.facts.bindings[binding as usize];
            if bound.kind == BindingKind::Import && space.is_empty() {
                let found = resolver.means(at, bound.value);
                if !found.is_unknown() {
                    return found;
                }
            }
        }
        if !space.is_empty() || all.is_empty() {
            continue;
        }
        // `using namespace a;`
        for binding in resolver.wildcards(at) {
            let bound = facts.facts.bindings[binding as usize];
            if matches!(facts.facts.expr(bound.value), Expr::Import { .. }) || (at != file && !bound.is_top) {
                continue;
            }
            let Some(used) = space_of(resolver, at, bound.value) else { continue };
            let there: Vec<Candidate> = all.iter().filter(|one| one.scope == used).cloned().collect();
            if let Some(found) = chosen(resolver, file, &there) {
                return found;
            }
        }
    }
    Found::Unknown
}

/// The namespace that an expression names.
fn space_of(resolver: &mut Resolver<'_>, file: FileRef, expr: u32) -> Option<String> {
    let found = resolver.means(file, expr);
    let hit = found.hits().first()?;
    match &hit.def {
        Def::Package(space) => Some(scopes::seen(&space.name)),
        def => (resolver.kind_of(def) == Some(SymbolKind::Namespace))
            .then(|| resolver.full_name(def))
            .flatten()
            .map(|name| scopes::seen(&name)),
    }
}

/// All that bear a name outside of functions and types, those first that a file is likelier to mean.
pub(super) fn candidates(resolver: &mut Resolver<'_>, file: FileRef, name: &str) -> Vec<Candidate> {
    let closure = resolver.closure(file);
    let mut defs = resolver.world().named(FAMILY, name, MAX_NAMED);
    if defs.len() >= MAX_NAMED {
        // Those in reach may not be among them.
        for &at in &closure.order {
            for binding in resolver.top(at, name) {
                let def = Def::Bound(at, binding);
                if !defs.contains(&def) {
                    defs.push(def);
                }
            }
        }
    }
    let place = |at: FileRef| {
        if at == file {
            return 0;
        }
        closure.place(at).saturating_add(1)
    };
    let mut found: Vec<(usize, Candidate)> = Vec::new();
    for def in defs {
        let Some(mut one) = candidate(resolver, &def) else { continue };
        one.is_visible = closure.holds(one.file());
        if one.is_visible && one.kind == SymbolKind::Macro && is_librarys(&closure, resolver, &def, name) {
            continue;
        }
        if one.is_visible && !one.is_unlikely {
            one.is_unlikely = is_left_out(resolver, file, &def, name);
        }
        found.push((place(one.file()), one));
    }
    // What is only taken in for other builds goes behind what is for the usual one, if there is any.
    let is_usual = |one: &Candidate| one.is_visible && !one.is_unlikely && !closure.is_unlikely(one.file());
    if found.iter().any(|(_, one)| is_usual(one)) {
        for (_, one) in found.iter_mut().filter(|(_, one)| one.is_visible) {
            one.is_unlikely |= closure.is_unlikely(one.file());
        }
    }
    found.sort_by_key(|(place, one)| (*place, one.is_unlikely));
    found.into_iter().map(|(_, one)| one).collect()
}

/// The macros that must not be defined for something to count.
fn unless(resolver: &Resolver<'_>, def: &Def) -> Vec<String> {
    let Some((facts, binding)) = resolver.binding_of(def) else { return Vec::new() };
    let name = |expr: u32| match facts.facts.expr(expr) {
        Expr::Special { what, .. } => facts.facts.name(what).strip_prefix(UNLESS).map(str::to_owned),
        _ => None,
    };
    match facts.facts.expr(binding.value) {
        Expr::Either(list) => facts.facts.list(list).iter().filter_map(|&expr| name(expr)).collect(),
        _ => name(binding.value).into_iter().collect(),
    }
}

/// Another file that is included defines what something must not be defined with.
fn is_left_out(resolver: &mut Resolver<'_>, file: FileRef, def: &Def, name: &str) -> bool {
    let Def::Bound(own, _) = def else { return false };
    unless(resolver, def).into_iter().any(|guard| {
        let key = format!("guard {} {guard}", own.0);
        let found = resolver.once(file, &key, |resolver| {
            let closure = resolver.closure(file);
            let defined = resolver.world().named(FAMILY, &guard, MAX_NAMED).into_iter().find(|other| {
                let Def::Bound(at, _) = other else { return false };
                at != own
                    && closure.holds(*at)
                    && resolver.kind_of(other) == Some(SymbolKind::Macro)
                    && resolver.binding_of(other).is_some_and(|(_, of)| !of.is_unlikely)
                    // Of several that stand back for each other, none does so here.
                    && (guard != name || !unless(resolver, other).contains(&guard))
            });
            defined.map_or(Found::Unknown, Found::exact)
        });
        !found.is_unknown()
    })
}

/// A project's macro for where the library has none: the file includes what has it.
fn is_librarys(closure: &Closure, resolver: &Resolver<'_>, def: &Def, name: &str) -> bool {
    let headers: &[&str] = match name {
        "assert" | "static_assert" => &["assert.h", "cassert"],
        "NULL" | "offsetof" => &["stddef.h", "cstddef", "stdlib.h", "stdio.h", "string.h"],
        "MIN" | "MAX" => &["sys/param.h"],
        "bool" | "true" | "false" => &["stdbool.h"],
        "errno" => &["errno.h", "cerrno"],
        "CHAR_BIT" | "INT_MAX" | "INT_MIN" | "UINT_MAX" | "LONG_MAX" | "LONG_MIN" | "ULONG_MAX" | "PATH_MAX"
        | "LLONG_MAX" | "ULLONG_MAX" => &["limits.h", "climits"],
        "SIZE_MAX" | "UINT8_MAX" | "UINT16_MAX" | "UINT32_MAX" | "UINT64_MAX" | "INT32_MAX" | "INT64_MAX"
        | "UINT64_C" | "INT64_C" | "UINT32_C" => &["stdint.h", "inttypes.h", "cstdint"],
        "M_PI" | "NAN" | "INFINITY" => &["math.h", "cmath"],
        "EXIT_SUCCESS" | "EXIT_FAILURE" => &["stdlib.h", "cstdlib"],
        _ => return false,
    };
    headers.iter().any(|header| closure.takes_from_outside(header))
        && unless(resolver, def).iter().any(|guard| guard == name)
}

fn candidate(resolver: &Resolver<'_>, def: &Def) -> Option<Candidate> {
    let (facts, binding) = resolver.binding_of(def)?;
    let symbol = facts.facts.symbols.get(binding.symbol as usize)?;
    if !binding.is_top && symbol.kind != SymbolKind::Namespace {
        return None;
    }
    // What is around it in the text; a C type's types and names of numbers are known outside of it.
    let mut scope: Vec<&str> = Vec::new();
    let mut is_hidden = false;
    let is_cpp = std::ptr::eq(facts.rules, &super::CPP_RULES);
    let mut at = symbol.container;
    // A macro knows of none.
    if symbol.kind == SymbolKind::Macro {
        at = NONE;
    }
    while let Some(around) = facts.facts.symbols.get(at as usize) {
        let bound = &facts.facts.bindings[around.binding as usize];
        let name = facts.facts.name(bound.name);
        is_hidden |= around.kind == SymbolKind::Namespace && scopes::is_seen_through(name);
        let is_inline = around.kind == SymbolKind::Namespace && bound.is_private;
        if around.kind == SymbolKind::Namespace && !scopes::is_seen_through(name) && !is_inline && is_cpp {
            scope.push(name);
        }
        at = around.container;
    }
    scope.reverse();
    Some(Candidate {
        def: def.clone(),
        kind: symbol.kind,
        scope: scope.join(SEPARATOR),
        is_declared: binding.kind == BindingKind::Declaration,
        is_private: (binding.is_private && symbol.kind != SymbolKind::Namespace) || is_hidden,
        is_unlikely: binding.is_unlikely,
        is_visible: false,
    })
}

/// What a file means by a name that these bear.
pub(super) fn chosen(resolver: &mut Resolver<'_>, file: FileRef, all: &[Candidate]) -> Option<Found> {
    let visible: Vec<&Candidate> = all.iter().filter(|one| one.is_visible).collect();
    if visible.is_empty() {
        return elsewhere(resolver, file, all);
    }
    let is_macro = |one: &&&Candidate| one.kind == SymbolKind::Macro;
    // A macro goes before all that it is called like, unless it is for other builds. Of several the last one counts: the
    // file's own, or else that of what it includes last.
    let likely = visible.iter().filter(|one| is_macro(one) && !one.is_unlikely);
    let likely = likely.reduce(|last, one| if last.file() == file || last.file() == one.file() { last } else { one });
    let others = || visible.iter().any(|one| one.kind != SymbolKind::Macro && !one.is_unlikely);
    if let Some(one) = likely.or_else(|| visible.iter().find(|one| is_macro(one) && !others())) {
        return Some(Found::exact(one.def.clone()));
    }
    let visible: Vec<&Candidate> = visible.into_iter().filter(|one| one.kind != SymbolKind::Macro).collect();
    if visible.iter().all(|one| one.kind == SymbolKind::Namespace) {
        return Some(Found::exact(first_space(resolver, file, &visible)));
    }
    // What another file has instead.
    let visible: Vec<&Candidate> = match visible.iter().any(|one| !one.is_unlikely) {
        true => visible.into_iter().filter(|one| !one.is_unlikely).collect(),
        false => visible,
    };
    // A function or variable hides a type.
    let values: Vec<&Candidate> = visible.iter().filter(|one| !is_type(one.kind)).copied().collect();
    let mut visible = if values.is_empty() { visible } else { values };
    // `typedef struct s s;`: the name alone is that of the type, which hides the tag.
    if visible.iter().any(|one| one.kind == SymbolKind::TypeAlias) && visible.iter().any(|one| one.is_tag()) {
        visible.retain(|one| !one.is_tag());
    }
    if visible.iter().any(|one| one.kind.is_function()) {
        let functions: Vec<&Candidate> = visible.into_iter().filter(|one| one.kind.is_function()).collect();
        return Some(functions_among(resolver, file, &functions, all));
    }
    let defined = visible.iter().find(|one| !one.is_declared && !one.is_unlikely);
    let defined = defined.or_else(|| visible.iter().find(|one| !one.is_declared));
    match defined {
        Some(one) => Some(Found::exact(one.def.clone())),
        None => Some(definitions::of_candidate(resolver, visible[0], all)),
    }
}

fn is_type(kind: SymbolKind) -> bool {
    kind.is_type() || kind == SymbolKind::TypeAlias
}

/// Of several places that add to a namespace, the first in the text with all that it includes.
pub(super) fn first_space(resolver: &mut Resolver<'_>, file: FileRef, all: &[&Candidate]) -> Def {
    let closure = resolver.closure(file);
    let place = |one: &&&Candidate| closure.place(one.file());
    all.iter().min_by_key(place).map_or_else(|| all[0].def.clone(), |one| one.def.clone())
}

/// A function; in C++ all that share its name, each where it is defined.
fn functions_among(resolver: &mut Resolver<'_>, file: FileRef, visible: &[&Candidate], all: &[Candidate]) -> Found {
    let is_cpp = resolver.facts(file).is_some_and(|facts| std::ptr::eq(facts.rules, &super::CPP_RULES));
    if !is_cpp {
        let defined = visible.iter().find(|one| !one.is_declared && !one.is_unlikely);
        let defined = defined.or_else(|| visible.iter().find(|one| !one.is_declared));
        return match defined {
            Some(one) => Found::exact(one.def.clone()),
            None => definitions::of_candidate(resolver, visible[0], all),
        };
    }
    let mut found: Vec<Found> = Vec::new();
    for one in visible {
        found.push(if one.is_declared {
            definitions::of_candidate(resolver, one, all)
        } else {
            Found::exact(one.def.clone())
        });
    }
    Found::union(found)
}

/// Nothing of the name is in reach: what the program has elsewhere, if what the file includes is not all known.
fn elsewhere(resolver: &mut Resolver<'_>, file: FileRef, all: &[Candidate]) -> Option<Found> {
    let closure = resolver.closure(file);
    let path = resolver.facts(file)?.path.clone();
    // A header may be included behind what it needs.
    if closure.is_complete && !is_header(&path) {
        return only_function(resolver, all);
    }
    let reachable: Vec<&Candidate> = all
        .iter()
        .filter(|one| !one.is_private || resolver.facts(one.file()).is_some_and(|facts| is_header(&facts.path)))
        .collect();
    let name = resolver.name_of(&reachable.first()?.def)?;
    if is_librarys_name(&name) {
        return None;
    }
    let defined: Vec<&Candidate> = reachable.iter().filter(|one| !one.is_declared).copied().collect();
    let mut pool = if defined.is_empty() { reachable } else { defined };
    if pool.iter().any(|one| !one.is_unlikely) {
        pool.retain(|one| !one.is_unlikely);
    }
    let near = |one: &Candidate| {
        let other = resolver.facts(one.file()).map(|facts| facts.path.clone()).unwrap_or_default();
        super::includes::near(directory(&path), directory(&other))
    };
    let best = pool.iter().map(|one| near(one)).max()?;
    pool.retain(|one| near(one) == best);
    if pool.iter().all(|one| one.kind == SymbolKind::Namespace) {
        return Some(Found::exact(pool[0].def.clone()).at_most(Confidence::Likely));
    }
    if pool.len() > MAX_OFFERED {
        return None;
    }
    Some(Resolver::ambiguous(pool.into_iter().map(|one| one.def.clone()).collect()))
}

fn is_librarys_name(name: &str) -> bool {
    super::LIBRARY.knows(name) || super::LIBRARY.function(name).is_some()
}

/// In C a function has its name in all of the program: the only one of a name is meant where a macro hides its declaration.
fn only_function(resolver: &Resolver<'_>, all: &[Candidate]) -> Option<Found> {
    let is_it =
        |one: &&Candidate| one.kind.is_function() && !one.is_declared && !one.is_private && one.scope.is_empty();
    let [one] = all.iter().filter(is_it).collect::<Vec<_>>()[..] else { return None };
    let rules = resolver.rules_of(&one.def);
    let name = resolver.name_of(&one.def)?;
    if !std::ptr::eq(rules, &super::RULES)
        || all.iter().any(|other| !other.kind.is_function())
        || is_librarys_name(&name)
    {
        return None;
    }
    Some(Found::exact(one.def.clone()).at_most(Confidence::Likely))
}

pub(super) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

fn is_header(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    !matches!(ending, "c" | "cc" | "cpp" | "cxx" | "c++" | "C")
}
