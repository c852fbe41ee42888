//! What operators and the language's own notations give.

use super::{
    fits::{is_primitive, unboxed, value},
    functions, types,
};
use crate::{
    record::SymbolKind,
    resolve::{FileRef, Resolver, Ty},
};

pub(super) fn special(resolver: &mut Resolver<'_>, _: FileRef, what: &str, of: &Ty) -> Ty {
    match what {
        "super" => of.map(|of| parent(resolver, of)),
        // Of an interface that is named, its own methods are meant.
        "outer super" => of.map(|of| match of {
            Ty::Of(def, _) if resolver.kind_of(def) == Some(SymbolKind::Interface) => of.clone(),
            of => parent(resolver, of),
        }),
        "element" => of.map(|of| element(resolver, of)),
        "+" | "*" => match of {
            Ty::Tuple(both) => match (both.first(), both.get(1)) {
                (Some(left), Some(right)) => operation(what, left, right),
                _ => Ty::Unknown,
            },
            _ => Ty::Unknown,
        },
        "~" => {
            let of = value(of);
            promoted(&of, &Ty::lib("int"))
        }
        _ => {
            if let Some(nth) = what.strip_prefix('@').and_then(|nth| nth.parse::<usize>().ok()) {
                return of.map(|of| match functions::shape(resolver, of) {
                    Ty::Fn(params, _) => params.get(nth).cloned().unwrap_or_default(),
                    _ => Ty::Unknown,
                });
            }
            match what.strip_prefix("component ").and_then(|nth| nth.parse::<usize>().ok()) {
                Some(nth) => of.map(|of| component(resolver, of, nth)),
                None => Ty::Unknown,
            }
        }
    }
}

/// The class that a type extends: interfaces are asked by their names.
fn parent(resolver: &mut Resolver<'_>, of: &Ty) -> Ty {
    let Ty::Of(def, args) = of else { return Ty::Unknown };
    let env = types::env(resolver, def, args);
    match resolver.bases(def).first().map(|base| base.with(&env)) {
        Some(Ty::Of(base, _)) if resolver.kind_of(&base) == Some(SymbolKind::Interface) => Ty::lib("Object"),
        Some(base) => base,
        None => Ty::lib("Object"),
    }
}

/// What is in an array, or what something gives when it is run over.
fn element(resolver: &mut Resolver<'_>, of: &Ty) -> Ty {
    let of = value(of);
    match &of {
        Ty::Lib(..) => resolver.part_of(&super::RULES, &of, "@element"),
        Ty::Of(def, args) => {
            let env = types::env(resolver, def, args);
            let line = types::line(resolver, def);
            let from_outside = line.outside.iter().find_map(|one| match one.with(&env) {
                Ty::Lib(name, args) => {
                    let (member, filled) = super::RULES.stubs().member(&name, &args, "@element")?;
                    Some(member.gives(&filled, &[]))
                }
                _ => None,
            });
            if let Some(found) = from_outside {
                return found;
            }
            let (methods, _) = types::methods(resolver, def, &env, "iterator");
            let Some(hit) = methods.first() else { return Ty::Unknown };
            match resolver.returned(&hit.def, &hit.env, &[]) {
                Ty::Lib(_, args) => args.first().cloned().unwrap_or_default(),
                _ => Ty::Unknown,
            }
        }
        Ty::Var(_) => {
            let bound = functions::bound(resolver, &of);
            if bound == of { Ty::Unknown } else { bound.map(|bound| element(resolver, bound)) }
        }
        _ => Ty::Unknown,
    }
}

fn operation(what: &str, left: &Ty, right: &Ty) -> Ty {
    let (left, right) = (value(left), value(right));
    let is_text = |ty: &Ty| matches!(ty, Ty::Lib(name, _) if &**name == "String");
    if what == "+" && (is_text(&left) || is_text(&right)) {
        return Ty::lib("String");
    }
    promoted(&left, &right)
}

/// The wider of two numbers, and at least an `int`.
fn promoted(left: &Ty, right: &Ty) -> Ty {
    let kind = |ty: &Ty| match ty {
        Ty::Lib(name, _) => {
            let name = unboxed(name).unwrap_or(name);
            is_primitive(name).then(|| name.to_owned())
        }
        _ => None,
    };
    let (Some(left), Some(right)) = (kind(left), kind(right)) else { return Ty::Unknown };
    let wider = ["boolean", "double", "float", "long"].into_iter().find(|name| left == *name || right == *name);
    Ty::lib(wider.unwrap_or("int"))
}

fn component(resolver: &mut Resolver<'_>, of: &Ty, nth: usize) -> Ty {
    let Ty::Of(def, args) = of else { return Ty::Unknown };
    let env = types::env(resolver, def, args);
    let Some((facts, binding)) = resolver.binding_of(def) else { return Ty::Unknown };
    let Some(&param) = facts.facts.list(binding.params).get(nth) else { return Ty::Unknown };
    let ty = facts.facts.bindings.get(param as usize).map_or(0, |param| param.ty);
    resolver.as_type(facts.file, ty).with(&env)
}
