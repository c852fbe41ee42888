//! Names without a qualifier, and whole names.

use super::{RULES, nearest, types};
use crate::{
    record::{BindingId, Confidence, Expr, SymbolKind},
    resolve::{Def, FileRef, Found, Resolver, Ty, none},
};

/// What a definition is, among names that do not hide each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Value,
    Type,
    Method,
    Constructor,
}

pub(super) fn sort(resolver: &Resolver<'_>, def: &Def) -> Sort {
    match resolver.kind_of(def) {
        Some(SymbolKind::Constructor) => Sort::Constructor,
        Some(kind) if kind.is_type() => Sort::Type,
        Some(kind) if kind.is_function() => Sort::Method,
        _ => Sort::Value,
    }
}

/// By convention.
pub(super) fn may_be_package(name: &str) -> bool {
    name.starts_with(|c: char| c.is_lowercase() || c == '_')
}

pub(super) fn types_of_package(resolver: &Resolver<'_>, package: &str, name: &str) -> Vec<Def> {
    let mut found = resolver.world().declared("java", package, name);
    found.retain(|def| sort(resolver, def) == Sort::Type);
    found
}

/// A name outside of all types: mostly that of a type.
pub(super) fn free(resolver: &mut Resolver<'_>, file: FileRef, name: &str, _: u32) -> Found {
    match of_file(resolver, file, name, Sort::Type) {
        Found::Defs(hits) => Found::Defs(hits),
        found => match of_file(resolver, file, name, Sort::Value) {
            Found::Defs(hits) => Found::Defs(hits),
            _ => or_package(found, name),
        },
    }
}

fn or_package(found: Found, name: &str) -> Found {
    match found {
        Found::Unknown | Found::Outside(_) if may_be_package(name) => Found::exact(Def::package("java", name)),
        Found::Unknown => Found::outside(name),
        found => found,
    }
}

/// A name in the body of a type: of that type, of those around it, of the file.
pub(super) fn scoped(resolver: &mut Resolver<'_>, file: FileRef, class: BindingId, name: &str, is_type: bool) -> Found {
    if !is_type {
        let mut sure = true;
        for class in around(resolver, file, class) {
            let env = [].into();
            match types::field(resolver, &class, &env, name) {
                Found::Defs(hits) => return weaker(Found::Defs(hits), sure),
                Found::Outside(_) => sure = false,
                Found::Unknown => {}
            }
        }
        if let Found::Defs(hits) = of_file(resolver, file, name, Sort::Value) {
            return weaker(Found::Defs(hits), sure);
        }
    }
    for class in around(resolver, file, class) {
        if let found @ Found::Defs(_) = types::inner(resolver, &class, name) {
            return found;
        }
        // A type is in scope in its own body; a local one nowhere else.
        if resolver.name_of(&class).as_deref() == Some(name) && sort(resolver, &class) == Sort::Type {
            return Found::exact(class);
        }
    }
    let found = of_file(resolver, file, name, Sort::Type);
    or_package(found, name)
}

fn weaker(found: Found, sure: bool) -> Found {
    if sure { found } else { found.at_most(Confidence::Likely) }
}

/// A type and those around it.
pub(super) fn around(resolver: &Resolver<'_>, file: FileRef, class: BindingId) -> Vec<Def> {
    let Some(facts) = resolver.facts(file) else { return Vec::new() };
    let mut found = Vec::new();
    let mut at = class;
    while let Some(binding) = facts.facts.bindings.get(at as usize)
        && found.len() < 64
    {
        found.push(Def::Bound(file, at));
        match facts.facts.expr(binding.value) {
            Expr::Inside { class } => at = class,
            _ => break,
        }
    }
    found
}

/// What is in scope in all of a file: what it imports by name, its own types, its package's, what it imports as a whole.
pub(super) fn of_file(resolver: &mut Resolver<'_>, file: FileRef, name: &str, wanted: Sort) -> Found {
    let top: Vec<Def> = resolver.top(file, name).into_iter().map(|id| Def::Bound(file, id)).collect();
    let mut outside = false;
    let mut hits = Vec::new();
    for def in top {
        let found = resolver.followed(Found::exact(def));
        outside |= matches!(found, Found::Outside(_));
        hits.extend(found.hits().iter().filter(|hit| sort(resolver, &hit.def) == wanted).cloned());
    }
    if !hits.is_empty() {
        return Found::Defs(hits);
    }
    if outside {
        return Found::outside(name);
    }
    if wanted == Sort::Type {
        let package = resolver.package(file);
        let types = types_of_package(resolver, &package, name);
        if !types.is_empty() {
            return Found::all(nearest(resolver, file, types));
        }
    }
    through_wildcards(resolver, file, name, wanted)
}

/// The type from outside that a method is imported from.
pub(super) fn imported_from(resolver: &Resolver<'_>, file: FileRef, name: &str) -> Option<Ty> {
    let facts = resolver.facts(file)?;
    let has = |class: &str| RULES.stubs().member(class, &none(), name).is_some();
    let class = |binding: u32| {
        let value = facts.facts.bindings.get(binding as usize)?.value;
        let Expr::Import { module, .. } = facts.facts.expr(value) else { return None };
        let class = facts.facts.name(module).rsplit('.').next()?;
        has(class).then(|| Ty::LibType(class.into(), none()))
    };
    let named = resolver.top(file, name);
    named.into_iter().chain(resolver.wildcards(file)).find_map(class)
}

fn through_wildcards(resolver: &mut Resolver<'_>, file: FileRef, name: &str, wanted: Sort) -> Found {
    let Some(facts) = resolver.facts(file) else { return Found::Unknown };
    for binding in resolver.wildcards(file) {
        let value = facts.facts.bindings[binding as usize].value;
        for hit in resolver.means(file, value).hits() {
            let defs = match &hit.def {
                Def::Package(package) if wanted == Sort::Type => {
                    let types = types_of_package(resolver, &package.name, name);
                    nearest(resolver, file, types)
                }
                Def::Bound(..) => types::all(resolver, &hit.def, name, wanted),
                _ => Vec::new(),
            };
            if !defs.is_empty() {
                return Found::all(defs);
            }
        }
    }
    if wanted == Sort::Type {
        let types = types_of_package(resolver, "java.lang", name);
        return Found::all(nearest(resolver, file, types));
    }
    Found::Unknown
}

/// A whole name, or what is imported by it.
pub(super) fn import(resolver: &mut Resolver<'_>, file: FileRef, module: &str, name: Option<&str>) -> Found {
    let found = whole(resolver, file, module);
    let Some(name) = name else { return found };
    match found.hits().first().map(|hit| hit.def.clone()) {
        Some(Def::Package(package)) => {
            let package = &*package.name;
            let types = types_of_package(resolver, package, name);
            if types.is_empty() {
                Found::outside(&outside_name(package, name))
            } else {
                Found::all(nearest(resolver, file, types))
            }
        }
        Some(class) => {
            let wanted = [Sort::Type, Sort::Value, Sort::Method];
            Found::all(wanted.iter().flat_map(|&wanted| types::all(resolver, &class, name, wanted)).collect())
        }
        None if module.is_empty() => Found::all(types_of_package(resolver, "", name)),
        None => Found::outside(name),
    }
}

/// What a type from outside is called: one that bears a name of Java's own library and is none of it, by its whole name.
fn outside_name(package: &str, name: &str) -> String {
    let is_own = package.starts_with("java.") || package.starts_with("javax.");
    if is_own || !RULES.stubs().knows(name) { name.to_owned() } else { format!("{package}.{name}") }
}

/// The type that has a whole name; else it is that of a package, by convention.
fn whole(resolver: &mut Resolver<'_>, file: FileRef, path: &str) -> Found {
    let mut from = 0;
    for part in path.split('.') {
        let package = path[..from].trim_end_matches('.');
        from += part.len() + 1;
        let types = types_of_package(resolver, package, part);
        let types = nearest(resolver, file, types);
        if types.is_empty() {
            continue;
        }
        let mut found = Found::all(types);
        for part in path.get(from..).unwrap_or_default().split('.').filter(|part| !part.is_empty()) {
            found = match found.hits().first().map(|hit| hit.def.clone()) {
                Some(class) => types::inner(resolver, &class, part),
                None => return found,
            };
        }
        return found;
    }
    let last = path.rsplit('.').next().unwrap_or(path);
    if may_be_package(last) { Found::exact(Def::package("java", path)) } else { Found::outside(last) }
}
