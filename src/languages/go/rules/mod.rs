//! Where Go's names lead.

mod build;
mod members;
mod packages;

use std::sync::LazyLock;

use crate::resolve::{Def, FileRef, Found, Resolver, Rules, Stubs, Ty};

/// What a file says its package is called, and when it is part of it: bindings of these names, which no name can be.
pub(super) const PACKAGE: &str = "package";
pub(super) const BUILD: &str = "//go:build";

const FAMILY: &str = "go";

static LIBRARY: LazyLock<Stubs> = LazyLock::new(|| Stubs::parse(include_str!("../library.stubs")));

pub(super) static RULES: Rules = Rules {
    family: FAMILY,
    free: packages::free,
    import: packages::import,
    in_module: packages::in_package,
    member: members::member,
    special,
    keyword,
    fit,
    underlying: members::underlying,
    outside_is_final: true,
    follows_imports: false,
    library: &LIBRARY,
    ..Rules::NONE
};

/// `type parameter 0` of a generic type, what a loop runs over, what an index gives, what comes out of a channel.
fn special(resolver: &mut Resolver<'_>, _: FileRef, what: &str, of: &Ty) -> Ty {
    if let Some(nth) = what.strip_prefix("type parameter ") {
        return type_parameter(resolver, of, nth.parse().unwrap_or(usize::MAX));
    }
    of.map(|of| match what {
        "range key" => ranged(resolver, of, 0),
        "range value" => ranged(resolver, of, 1),
        "receive" => resolver.part_of(&RULES, of, "@key"),
        // A generic function or type with its arguments is the same.
        "index" if matches!(of, Ty::Func(..) | Ty::Type(..)) => of.clone(),
        "index" => resolver.part_of(&RULES, of, "@index"),
        _ => Ty::Unknown,
    })
}

/// Of several arguments in one parameter each is one; named types are compared by what they are made of.
fn fit(resolver: &mut Resolver<'_>, param: &Ty, arg: &Ty) -> Option<(Ty, Ty)> {
    match (param, arg) {
        (Ty::Lib(name, args), _) => {
            let made_of = members::underlying(resolver, arg).unwrap_or_else(|| arg.clone());
            if matches!(&made_of, Ty::Lib(other, _) if other == name) {
                return Some((param.clone(), made_of));
            }
            let one = args.first().filter(|_| &**name == "[]")?;
            Some((one.clone(), arg.clone()))
        }
        (Ty::Of(..), Ty::Fn(..) | Ty::Func(..)) => {
            let made_of = members::underlying(resolver, param)?;
            Some((made_of, arg.clone()))
        }
        (Ty::Fn(..), Ty::Of(..)) => {
            let made_of = members::underlying(resolver, arg)?;
            Some((param.clone(), made_of))
        }
        _ => None,
    }
}

/// The variable that a type calls its `nth` parameter.
fn type_parameter(resolver: &Resolver<'_>, of: &Ty, nth: usize) -> Ty {
    let (Ty::Type(def, _) | Ty::Of(def, _)) = of else { return Ty::Unknown };
    let Some((facts, binding)) = resolver.binding_of(def) else { return Ty::Unknown };
    match facts.facts.list(binding.generics).get(nth) {
        Some(&var) => Ty::Var(Def::Bound(facts.file, var)),
        None => Ty::Unknown,
    }
}

/// What the first or second variable of a loop is over a value: of a function, what that calls its argument with.
fn ranged(resolver: &mut Resolver<'_>, of: &Ty, nth: usize) -> Ty {
    let of = members::underlying(resolver, of).unwrap_or_else(|| of.clone());
    let called_with = match &of {
        Ty::Fn(params, _) => params.first().cloned().unwrap_or_default(),
        Ty::Func(def, env) => {
            let Some((facts, binding)) = resolver.binding_of(def) else { return Ty::Unknown };
            let first = facts.facts.list(binding.params).first().copied();
            let first = first.and_then(|first| facts.facts.bindings.get(first as usize));
            first.map_or(Ty::Unknown, |first| resolver.as_type(facts.file, first.ty).with(env))
        }
        _ => Ty::Unknown,
    };
    if let Ty::Fn(yielded, _) = members::underlying(resolver, &called_with).unwrap_or(called_with) {
        return yielded.get(nth).cloned().unwrap_or_default();
    }
    resolver.part_of(&RULES, &of, if nth == 0 { "@key" } else { "@element" })
}

/// A key in a literal: a field, where its type has any. Of a type that is not known nothing is known either.
fn keyword(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    let made_of = members::underlying(resolver, ty).unwrap_or_else(|| ty.clone());
    match &made_of {
        Ty::Lib(of, _) if matches!(&**of, "[]" | "map") => Found::Unknown,
        Ty::Of(..) => members::field(resolver, ty, name).or_else(|| Found::outside(name)),
        _ => Found::outside(name),
    }
}
