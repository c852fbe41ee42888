//! Modules: files, and what is written in braces.

use super::{crates, found_by, kind_is_module};
use crate::{
    record::{Expr, NONE, SymbolFacts, SymbolKind},
    resolve::{Def, FileFacts, FileRef, Found, Resolver, Ty},
};

/// Macros of one name that are looked at.
const MAX_MACROS: usize = 32;

/// A name that no scope of its file binds.
pub fn free(resolver: &mut Resolver<'_>, file: FileRef, name: &str, within: u32) -> Found {
    match name {
        "crate" | "$crate" => return Found::exact(Def::File(crates::root(resolver, file))),
        "self" => return Found::exact(module_around(resolver, file, within)),
        "super" => {
            let module = module_around(resolver, file, within);
            return parent(resolver, &module);
        }
        _ => {}
    }
    if let Some(name) = name.strip_suffix('!') {
        return match wildcards(resolver, file, within, name) {
            Found::Unknown | Found::Outside(_) => macros(resolver, file, within, name),
            found => found,
        };
    }
    match wildcards(resolver, file, within, name) {
        Found::Unknown => crates::named(resolver, file, name),
        Found::Outside(_) => match crates::named(resolver, file, name) {
            Found::Unknown => Found::outside(name),
            found => found,
        },
        found => found,
    }
    .or_else(|| Found::outside(name))
}

/// A macro is known behind its definition, in other modules too.
fn macros(resolver: &mut Resolver<'_>, file: FileRef, within: u32, name: &str) -> Found {
    let mut all = resolver.world().declared_by("rust", &found_by::macros(name), name, MAX_MACROS);
    all.retain(|def| {
        let Some((facts, symbol)) = resolver.symbol_of(def) else { return false };
        // Those of modules in braces are known in these.
        let is_around = || contains(&facts, symbol.container, within);
        symbol.kind == SymbolKind::Macro && (symbol.container == NONE || (facts.file == file && is_around()))
    });
    let here = |def: &Def| matches!(def, Def::Bound(at, _) if *at == file);
    if all.iter().any(here) {
        all.retain(here);
    }
    let root = crates::root(resolver, file);
    all.retain(|def| matches!(def, Def::Bound(at, _) if crates::root(resolver, *at) == root));
    if all.is_empty() { Found::outside(name) } else { Resolver::ambiguous(all) }
}

/// A symbol is around another of its file, or is that.
fn contains(facts: &FileFacts, outer: u32, inner: u32) -> bool {
    let mut at = inner;
    while let Some(symbol) = facts.facts.symbols.get(at as usize) {
        if at == outer {
            return true;
        }
        at = symbol.container;
    }
    false
}

/// A crate, or the file of a module (`mod`, the symbol, the path that is told).
pub fn import(resolver: &mut Resolver<'_>, file: FileRef, module: &str, name: Option<&str>) -> Found {
    match (module.strip_prefix("mod "), name) {
        (Some(place), Some(name)) => {
            let (symbol, path) = place.split_once(' ').unwrap_or((place, ""));
            match crates::module_file(resolver, file, symbol.parse().unwrap_or(NONE), name, path) {
                Some(file) => Found::exact(Def::File(file)),
                None => Found::Unknown,
            }
        }
        _ => crates::named(resolver, file, module).or_else(|| Found::outside(module)),
    }
}

/// The type of a module's name.
pub fn module(resolver: &mut Resolver<'_>, def: &Def) -> Ty {
    let Some((facts, binding)) = resolver.binding_of(def) else { return Ty::Unknown };
    if binding.members != NONE {
        return Ty::Module(def.clone());
    }
    match resolver.means(facts.file, binding.value).hits() {
        [hit] => Ty::Module(hit.def.clone()),
        _ => Ty::Unknown,
    }
}

/// The module that a symbol of a file stands in.
pub fn module_around(resolver: &Resolver<'_>, file: FileRef, within: u32) -> Def {
    let is_module = |symbol: &SymbolFacts| symbol.kind == SymbolKind::Module;
    match resolver.around(file, within, is_module).and_then(|symbol| resolver.def_of_symbol(file, symbol)) {
        Some(def) => def,
        None => Def::File(file),
    }
}

/// The module that a module is in.
pub fn parent(resolver: &mut Resolver<'_>, module: &Def) -> Found {
    match module {
        Def::File(file) => match crates::parent(resolver, *file) {
            Some((above, symbol)) => {
                let def = module_around(resolver, above, symbol);
                Found::exact(def)
            }
            None => Found::Unknown,
        },
        def => match resolver.symbol_of(def) {
            Some((facts, symbol)) => Found::exact(module_around(resolver, facts.file, symbol.container)),
            None => Found::Unknown,
        },
    }
}

/// What a module has under a name.
pub fn in_module(resolver: &mut Resolver<'_>, module: &Def, name: &str) -> Found {
    match name {
        "super" => return parent(resolver, module),
        "self" => return Found::exact(module.clone()),
        _ => {}
    }
    resolver.found_once(module, name, |resolver| {
        let (file, symbol, defs) = match module {
            Def::File(file) => {
                let top = resolver.top(*file, name);
                (*file, NONE, top.into_iter().map(|binding| Def::Bound(*file, binding)).collect())
            }
            Def::Bound(file, _) => {
                let Some((_, binding)) = resolver.binding_of(module) else { return Found::Unknown };
                (*file, binding.symbol, resolver.bound_in(module, name))
            }
            Def::Package(..) => return Found::Unknown,
        };
        let own = resolver.followed(Found::all(defs));
        if !own.is_unknown() {
            return own;
        }
        match wildcards(resolver, file, symbol, name) {
            Found::Unknown if symbol == NONE && crates::root(resolver, file) == file => {
                // Macros that are exported stand at the top of their crate.
                match macros(resolver, file, NONE, name) {
                    Found::Outside(_) => Found::Unknown,
                    found => found,
                }
            }
            found => found,
        }
    })
}

/// A name of one of the modules and enums that all names are taken of where this symbol is.
fn wildcards(resolver: &mut Resolver<'_>, file: FileRef, within: u32, name: &str) -> Found {
    let Some(facts) = resolver.facts(file) else { return Found::Unknown };
    let taken = resolver.wildcards(file);
    if taken.is_empty() {
        return Found::Unknown;
    }
    // From the innermost function up to the module.
    let mut around = Vec::new();
    let mut at = within;
    loop {
        around.push(at);
        match facts.facts.symbols.get(at as usize) {
            Some(symbol) if symbol.kind == SymbolKind::Module => break,
            Some(symbol) => at = symbol.container,
            None => break,
        }
    }
    let mut outside = false;
    for &binding in taken.iter().rev() {
        let wildcard = facts.facts.bindings[binding as usize];
        let place = match facts.facts.expr(wildcard.ty) {
            Expr::SelfType { symbol } => symbol,
            _ => NONE,
        };
        if !around.contains(&place) {
            continue;
        }
        match resolver.means(file, wildcard.value) {
            Found::Outside(_) => outside = true,
            Found::Unknown => {}
            Found::Defs(hits) => {
                for hit in hits {
                    let found = match &hit.def {
                        Def::File(_) => in_module(resolver, &hit.def, name),
                        def if kind_is_module(resolver, def) => in_module(resolver, &hit.def, name),
                        // The variants of an enum.
                        def => {
                            let variants = resolver.own_member(def, name);
                            let is_variant = |def: &Def| resolver.kind_of(def) == Some(SymbolKind::EnumMember);
                            match variants.hits().iter().all(|hit| is_variant(&hit.def)) {
                                true => variants,
                                false => Found::Unknown,
                            }
                        }
                    };
                    match found {
                        Found::Unknown => {}
                        Found::Outside(_) => outside = true,
                        found => return found,
                    }
                }
            }
        }
    }
    if outside { Found::outside(name) } else { Found::Unknown }
}
