//! Where JavaScript's and TypeScript's names lead.

use std::sync::LazyLock;

use super::{
    bind::{FILE, IS, KEYS, WHOLE},
    chosen, modules,
};
use crate::{
    record::{Binding, BindingKind, Expr, SymbolKind},
    resolve::{Def, FileRef, Found, REST, Resolver, Rules, Stubs, Ty, none},
};

static LIBRARY: LazyLock<Stubs> = LazyLock::new(|| Stubs::parse(include_str!("library.stubs")));

pub(super) static RULES: Rules = Rules {
    family: "javascript",
    free,
    import,
    in_module,
    member,
    special,
    normal,
    chosen: chosen::chosen,
    types_apart: true,
    forms_are_one: true,
    overrides_are_one: true,
    manifest: Some(&modules::MANIFEST),
    library: &LIBRARY,
    ..Rules::NONE
};

/// Names that the file does not bind: those of the namespaces around, else the language's own.
fn free(resolver: &mut Resolver<'_>, file: FileRef, name: &str, within: u32) -> Found {
    let mut at = within;
    while let Some(namespace) = resolver.around(file, at, |symbol| symbol.kind == SymbolKind::Namespace) {
        let Some(facts) = resolver.facts(file) else { break };
        if let Some(full) = facts.full_name(namespace) {
            let found = resolver.world().declared(RULES.family, &full, name);
            if !found.is_empty() {
                return Found::all(found);
            }
        }
        at = facts.facts.symbols.get(namespace as usize).map_or(u32::MAX, |symbol| symbol.container);
    }
    Found::outside(name)
}

fn import(resolver: &mut Resolver<'_>, file: FileRef, module: &str, name: Option<&str>) -> Found {
    let Some(found) = modules::file_of(resolver, file, module) else {
        // Of what is not there at all, nothing is known but that it is imported.
        return match modules::is_installed(resolver, file, module) {
            true => Found::outside(name.unwrap_or(module)),
            false => Found::Unknown,
        };
    };
    match name {
        Some(FILE) => Found::exact(Def::File(found)),
        Some(name) => in_module(resolver, &Def::File(found), name),
        None => whole(resolver, found),
    }
}

/// What a module is as a whole: what it offers in its place, or itself.
fn whole(resolver: &mut Resolver<'_>, file: FileRef) -> Found {
    let offered = resolver.top(file, WHOLE);
    match offered.last() {
        Some(&binding) => {
            let own = Found::exact(Def::Bound(file, binding));
            let found = resolver.followed(own.clone());
            if found.is_unknown() { own } else { found }
        }
        None => Found::exact(Def::File(file)),
    }
}

/// What a module offers under a name.
fn in_module(resolver: &mut Resolver<'_>, module: &Def, name: &str) -> Found {
    let Def::File(file) = module else { return resolver.in_module(module, name) };
    if resolver.top(*file, WHOLE).is_empty() {
        let found = offered(resolver, *file, name);
        // What CommonJS offers is what is taken of it by default.
        return match found {
            Found::Unknown if name == "default" && !has_default(resolver, *file) => Found::exact(module.clone()),
            found => found,
        };
    }
    let whole = whole(resolver, *file);
    if name == "default" {
        return whole;
    }
    let ty = resolver.ty_of_found(*file, &whole);
    let found = resolver.members(&RULES, &ty, name);
    if found.hits().is_empty() { offered(resolver, *file, name).or_else(|| found) } else { found }
}

/// What a file binds at its top level and others can take, or what it passes on.
fn offered(resolver: &mut Resolver<'_>, file: FileRef, name: &str) -> Found {
    let mut own = resolver.top(file, name);
    if let Some(facts) = resolver.facts(file) {
        own.retain(|&binding| !facts.facts.bindings[binding as usize].is_private);
    }
    if own.is_empty() {
        return resolver.through_wildcards(file, name);
    }
    resolver.followed(Found::all(own.into_iter().map(|binding| Def::Bound(file, binding)).collect()))
}

/// Whether a module takes anything by ES modules' own means, so that it must say what its default is.
fn has_default(resolver: &Resolver<'_>, file: FileRef) -> bool {
    let Some(facts) = resolver.facts(file) else { return true };
    !facts.path.ends_with("js") && !facts.path.ends_with("jsx")
}

fn member(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    let name = match name {
        "@call" => "()",
        "@index" => "[]",
        name if name.starts_with('@') => return Found::Unknown,
        name => name,
    };
    match ty {
        Ty::Func(def, _) => {
            let own = Found::all(resolver.bound_in(def, name)).or_else(|| resolver.own_member(def, name));
            if own.is_unknown() && of_function(name) { Found::outside(name) } else { own }
        }
        Ty::Of(def, _) | Ty::Type(def, _) => {
            let found = resolver.member_of(ty, name).or_else(|| Found::all(resolver.bound_in(def, name)));
            if found.is_unknown() && of_object(name) && resolver.is_type(def) { Found::outside(name) } else { found }
        }
        Ty::Module(Def::Package(..)) => resolver.member_of(ty, name),
        ty => resolver.member_of(ty, name),
    }
}

/// What every function has.
fn of_function(name: &str) -> bool {
    matches!(name, "call" | "apply" | "bind" | "length" | "name" | "prototype") || of_object(name)
}

/// What every object has.
fn of_object(name: &str) -> bool {
    matches!(
        name,
        "toString" | "hasOwnProperty" | "valueOf" | "isPrototypeOf" | "propertyIsEnumerable" | "toLocaleString"
    )
}

fn special(_: &mut Resolver<'_>, _: FileRef, what: &str, of: &Ty) -> Ty {
    match what {
        "?" => of.clone(),
        REST if of.is_unknown() => Ty::Lib("Array".into(), [Ty::Unknown].into()),
        REST => of.clone(),
        IS => Ty::lib(IS),
        KEYS => Ty::lib("string"),
        _ => Ty::Unknown,
    }
}

fn normal(ty: &Ty) -> Option<Ty> {
    let Ty::Lib(name, args) = ty else { return None };
    match &**name {
        "Partial" | "Readonly" | "Required" | "NonNullable" | "Pick" | "Omit" | "Exclude" | "NoInfer" | "ThisType" => {
            args.first().cloned()
        }
        "Extract" => args.get(1).or(args.first()).cloned(),
        "Awaited" => args.first().map(|of| match of {
            Ty::Lib(name, args) if &**name == "Promise" => args.first().cloned().unwrap_or_default(),
            of => of.clone(),
        }),
        "Object" | "Function" if args.is_empty() => (&**name == "Object").then_some(Ty::Unknown),
        "ReturnType" => args.first().map(|of| match of {
            Ty::Fn(_, gives) => (**gives).clone(),
            _ => Ty::Unknown,
        }),
        "InstanceType" => args.first().map(|of| match of {
            Ty::Type(def, args) => Ty::Of(def.clone(), args.clone()),
            Ty::LibType(name, args) => Ty::Lib(name.clone(), args.clone()),
            _ => Ty::Unknown,
        }),
        "NodeList" | "any" => Some(Ty::Lib(name.clone(), none())).filter(|_| false),
        _ => None,
    }
}

/// A parameter may be left out.
pub(super) fn is_optional(facts: &crate::record::Facts, param: &Binding) -> bool {
    let has_mark = matches!(facts.expr(param.ty), Expr::Special { what, .. } if matches!(facts.name(what), "?" | REST));
    has_mark || (param.value != 0 && param.kind == BindingKind::Parameter)
}
