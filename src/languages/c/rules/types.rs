//! What operators and notations make of types.

use super::{members, scopes};
use crate::{
    languages::c::bind::types::POINTER,
    record::{BindingKind, SymbolKind},
    resolve::{Args, Def, FileRef, Found, Resolver, Ty, none},
};

/// `->` may lead through so many objects.
const MAX_ARROWS: u32 = 8;

pub(super) fn is_pointer(name: &str) -> bool {
    name == POINTER
}

fn pointer_to(ty: Ty) -> Ty {
    Ty::Lib(POINTER.into(), [ty].into())
}

/// A field of a type from outside, as the value that it has.
pub(super) fn settled(ty: &Ty) -> Ty {
    let Ty::LibFunc(of, name) = ty else { return ty.clone() };
    match &**of {
        Ty::Lib(of, given) | Ty::LibType(of, given) => super::LIBRARY
            .member(of, given, name)
            .map_or_else(Ty::outside, |(member, filled)| member.gives(&filled, &[])),
        _ => Ty::outside(),
    }
}

/// Types from outside that are others by another name.
pub(super) fn normal(ty: &Ty) -> Option<Ty> {
    match ty {
        // `std::vector<T>::iterator`.
        Ty::LibFunc(..) => Some(settled(ty)),
        _ => None,
    }
}

/// `*x`.
pub(super) fn deref(resolver: &mut Resolver<'_>, ty: &Ty) -> Ty {
    match ty {
        Ty::Lib(name, args) if is_pointer(name) => args.first().cloned().unwrap_or_default(),
        Ty::LibFunc(..) => match settled(ty) {
            Ty::LibFunc(..) => Ty::Unknown,
            settled => deref(resolver, &settled),
        },
        Ty::Lib(..) => resolver.part_of(&super::CPP_RULES, ty, "@deref"),
        Ty::Fn(..) | Ty::Func(..) => ty.clone(),
        Ty::Of(def, _) => match operator(resolver, ty, "operator*") {
            // Of a type without the operator it may be a pointer to one that a macro hides.
            Ty::Unknown if is_c(resolver, def) => ty.clone(),
            found => found,
        },
        _ => Ty::Unknown,
    }
}

fn is_c(resolver: &Resolver<'_>, def: &Def) -> bool {
    resolver.binding_of(def).is_some_and(|(facts, _)| std::ptr::eq(facts.rules, &super::RULES))
}

/// What an operator of a type gives.
fn operator(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Ty {
    let found = members::member(resolver, ty, name);
    match found {
        Found::Defs(hits) => {
            let all: Vec<Ty> = hits
                .iter()
                .map(|hit| {
                    let of = resolver.def_ty(&hit.def);
                    let rules = resolver.rules_of(&hit.def);
                    let of = of.with(&hit.env);
                    resolver.called(rules, &of, &[]).with(&hit.env)
                })
                .collect();
            Ty::either(all)
        }
        Found::Outside(_) => Ty::outside(),
        Found::Unknown => Ty::Unknown,
    }
}

pub(super) fn special(resolver: &mut Resolver<'_>, _: FileRef, what: &str, of: &Ty) -> Ty {
    match what {
        "address" => of.map(|of| match of {
            Ty::Func(..) | Ty::Fn(..) | Ty::Unknown => of.clone(),
            other => pointer_to(other.clone()),
        }),
        "arrow" => of.map(|of| arrow(resolver, of, 0)),
        "index" => of.map(|of| index(resolver, of)),
        "each" => of.map(|of| each(resolver, of)),
        "this" => this(resolver, of),
        "enumeration" => enumeration(resolver, of),
        "instance" => of.map(|of| resolver.instance(of)),
        _ => {
            if let Some(nth) = what.strip_prefix("part").and_then(|nth| nth.parse().ok()) {
                return of.map(|of| part(resolver, of, nth));
            }
            if what.starts_with("operator") {
                return of.map(|of| match of {
                    Ty::Of(..) => operator(resolver, of, what),
                    Ty::Lib(..) => of.clone(),
                    _ => Ty::Unknown,
                });
            }
            match what.strip_prefix("made ") {
                // `std::make_unique<T>()`.
                Some(name) => of.map(|of| Ty::Lib(name.into(), [of.clone()].into())),
                None => Ty::Unknown,
            }
        }
    }
}

/// What `->` leads to.
fn arrow(resolver: &mut Resolver<'_>, ty: &Ty, depth: u32) -> Ty {
    match ty {
        Ty::Lib(name, args) if is_pointer(name) => args.first().cloned().unwrap_or_default(),
        Ty::Lib(..) => resolver.part_of(&super::CPP_RULES, ty, "@deref"),
        Ty::LibFunc(..) => match settled(ty) {
            Ty::LibFunc(..) => Ty::outside(),
            settled => arrow(resolver, &settled, depth),
        },
        Ty::Of(..) if depth < MAX_ARROWS => match operator(resolver, ty, "operator->") {
            Ty::Unknown => ty.clone(),
            next => next.map(|next| arrow(resolver, next, depth + 1)),
        },
        Ty::Of(..) => ty.clone(),
        _ => Ty::Unknown,
    }
}

/// `x[i]`.
fn index(resolver: &mut Resolver<'_>, ty: &Ty) -> Ty {
    match ty {
        Ty::Lib(name, args) if is_pointer(name) => args.first().cloned().unwrap_or_default(),
        Ty::Lib(..) => resolver.part_of(&super::CPP_RULES, ty, "@index"),
        Ty::LibFunc(..) => match settled(ty) {
            Ty::LibFunc(..) => Ty::outside(),
            settled => index(resolver, &settled),
        },
        Ty::Of(def, _) => match operator(resolver, ty, "operator[]") {
            Ty::Unknown if is_c(resolver, def) => ty.clone(),
            found => found,
        },
        _ => Ty::Unknown,
    }
}

/// What a loop over it has in turn.
fn each(resolver: &mut Resolver<'_>, ty: &Ty) -> Ty {
    match ty {
        Ty::Lib(name, args) if is_pointer(name) => args.first().cloned().unwrap_or_default(),
        Ty::Lib(..) => resolver.part_of(&super::CPP_RULES, ty, "@element"),
        Ty::LibFunc(..) => match settled(ty) {
            Ty::LibFunc(..) => Ty::outside(),
            settled => each(resolver, &settled),
        },
        Ty::Of(..) => {
            let begin = operator(resolver, ty, "begin");
            begin.map(|begin| deref(resolver, begin))
        }
        _ => Ty::Unknown,
    }
}

/// A place in what is taken apart or initialized.
fn part(resolver: &mut Resolver<'_>, ty: &Ty, nth: usize) -> Ty {
    match ty {
        Ty::Lib(name, args) if is_pointer(name) => args.first().cloned().unwrap_or_default(),
        Ty::Lib(name, args) if matches!(&**name, "pair" | "tuple") => args.get(nth).cloned().unwrap_or_default(),
        Ty::Lib(..) => resolver.part_of(&super::CPP_RULES, ty, "@element"),
        Ty::Tuple(parts) => parts.get(nth).cloned().unwrap_or_default(),
        Ty::Of(def, args) => {
            let def = members::with_body(resolver, def);
            let env = resolver.generics_env(&def, args);
            let Some((facts, binding)) = resolver.binding_of(&def) else { return Ty::Unknown };
            let fields = facts.facts.symbols.iter().filter(|symbol| {
                symbol.kind == SymbolKind::Field
                    && symbol.container == binding.symbol
                    && facts.facts.bindings[symbol.binding as usize].kind != BindingKind::Declaration
            });
            let field = fields.map(|symbol| symbol.binding).nth(nth);
            resolver.whole(facts.file);
            field.map_or(Ty::Unknown, |field| resolver.def_ty(&Def::Bound(facts.file, field)).with(&env))
        }
        _ => Ty::Unknown,
    }
}

/// An object of the type around a function, as a pointer.
fn this(resolver: &mut Resolver<'_>, of: &Ty) -> Ty {
    let Ty::Object(def) = of else { return Ty::Unknown };
    let Some((facts, binding)) = resolver.binding_of(def) else { return Ty::Unknown };
    for scope in scopes::around(resolver, facts.file, binding.symbol) {
        if let scopes::Scope::Type(def) = scope {
            let Some((facts, binding)) = resolver.binding_of(&def) else { return Ty::Unknown };
            let generics = facts.facts.list(binding.generics);
            let args: Args = generics.iter().map(|&var| Ty::Var(Def::Bound(facts.file, var))).collect();
            return pointer_to(Ty::Of(def, args));
        }
    }
    Ty::Unknown
}

/// The enumeration that a name of a number belongs to.
fn enumeration(resolver: &mut Resolver<'_>, of: &Ty) -> Ty {
    let Ty::Object(def) = of else { return Ty::Unknown };
    let Some((facts, symbol)) = resolver.symbol_of(def) else { return Ty::Unknown };
    match resolver.def_of_symbol(facts.file, symbol.container) {
        Some(of) if resolver.kind_of(&of) == Some(SymbolKind::Enum) => Ty::Of(of, none()),
        _ => Ty::Unknown,
    }
}
