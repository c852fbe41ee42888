//! Where Rust's names lead.

mod crates;
mod found_by;
mod members;
mod modules;

use std::sync::LazyLock;

use crate::{
    record::{Confidence, ExprId, ListId, NONE},
    resolve::{Def, FileRef, Found, Hit, Resolver, Rules, Stubs, Ty},
};

pub(super) use found_by::found_by;

static LIBRARY: LazyLock<Stubs> = LazyLock::new(|| Stubs::parse(include_str!("../library.stubs")));

pub(super) static RULES: Rules = Rules {
    family: "rust",
    separator: "::",
    free: modules::free,
    import: modules::import,
    in_module: modules::in_module,
    module: modules::module,
    member: members::member,
    path: Some(members::path),
    special,
    deref: members::deref,
    normal,
    keyword,
    library_of: members::library_of,
    underlying: members::underlying,
    chosen,
    imports_answer: false,
    own_type_is_block: true,
    variants_have_fields: true,
    library: &LIBRARY,
    ..Rules::NONE
};

/// Of several functions those that are given such a value.
fn chosen(resolver: &mut Resolver<'_>, file: FileRef, of: ExprId, args: ListId) -> (Found, Ty) {
    let found = resolver.means(file, of);
    let ty = resolver.ty(file, of);
    let Some(facts) = resolver.facts(file).filter(|_| found.hits().len() > 1) else { return (found, ty) };
    let Some(&arg) = facts.facts.list(args).first() else { return (found, ty) };
    let given = resolver.ty(file, arg);
    let mut fitting = Vec::new();
    for hit in found.hits() {
        let Some((facts, binding)) = resolver.binding_of(&hit.def) else { continue };
        let Some(&param) = facts.facts.list(binding.params).first() else { continue };
        let asked = facts.facts.bindings.get(param as usize).map_or(0, |param| param.ty);
        if is_like(&resolver.as_type(facts.file, asked), &given) {
            fitting.push(hit.clone());
        }
    }
    match fitting.as_slice() {
        [one] => {
            let exact = Found::Defs(vec![Hit { confidence: Confidence::Likely, ..one.clone() }]);
            let ty = resolver.ty_of_found(file, &exact);
            (exact, ty)
        }
        _ if found.hits().len() > MAX_CONVERSIONS => (Found::Unknown, ty),
        _ => (found, ty),
    }
}

/// That many conversions may be the one that is meant.
const MAX_CONVERSIONS: usize = 4;

/// A value of one type is given where the other is asked for, as far as their names tell.
fn is_like(asked: &Ty, given: &Ty) -> bool {
    match (asked, given) {
        (Ty::Of(def, _), Ty::Of(other, _)) => def == other,
        (Ty::Lib(name, _), Ty::Lib(other, _)) => name == other && !name.is_empty(),
        (Ty::Tuple(parts), Ty::Tuple(given)) => {
            parts.len() == given.len() && parts.iter().zip(given.iter()).all(|(part, given)| is_like(part, given))
        }
        _ => false,
    }
}

/// A place of a tuple, a new object, a type for its objects, a value with what is said of its type.
fn special(resolver: &mut Resolver<'_>, _: FileRef, what: &str, of: &Ty) -> Ty {
    match what {
        "new" => of.map(|of| resolver.instance(of)),
        "type" => of.map(|of| match of {
            Ty::Of(def, args) => Ty::Type(def.clone(), args.clone()),
            other => other.clone(),
        }),
        "typed" => match of {
            Ty::Tuple(both) => match &**both {
                [value, ty] => typed(value, ty),
                _ => Ty::Unknown,
            },
            _ => Ty::Unknown,
        },
        place => match place.parse() {
            Ok(nth) => of.map(|of| nth_of(resolver, of, nth, 0)),
            Err(_) => Ty::Unknown,
        },
    }
}

/// What is open in a type, from the value.
fn typed(value: &Ty, ty: &Ty) -> Ty {
    match (ty, value) {
        (Ty::Unknown, Ty::Lib(name, _)) if &**name == "Collected" || &**name == "Parsed" => Ty::Unknown,
        (Ty::Unknown, _) => value.clone(),
        (_, Ty::Lib(name, _)) if &**name == "Parsed" => Ty::Lib("Result".into(), [ty.clone()].into()),
        (Ty::Lib(name, args), Ty::Lib(of, items)) if &**of == "Collected" => {
            let item = items.first().cloned().unwrap_or_default();
            let args = match (&**name, args.first(), &item) {
                // Results of items become a result of a collection.
                ("Result" | "Option", Some(inner), Ty::Lib(_, items)) => {
                    let items = Ty::Lib("Collected".into(), items.iter().take(1).cloned().collect());
                    [typed(&items, inner)].into()
                }
                (_, Some(Ty::Unknown), _) if args.len() == 1 => [item].into(),
                (_, Some(_), Ty::Tuple(parts)) if args.len() == 2 && parts.len() == 2 => args
                    .iter()
                    .zip(parts.iter())
                    .map(|(arg, part)| if arg.is_unknown() { part } else { arg })
                    .cloned()
                    .collect(),
                (_, None, _) => [item].into(),
                _ => args.clone(),
            };
            Ty::Lib(name.clone(), args)
        }
        (Ty::Lib(name, args), Ty::Lib(of, given)) if name == of && args.len() == given.len() => {
            Ty::Lib(name.clone(), args.iter().zip(given.iter()).map(|(arg, given)| typed(given, arg)).collect())
        }
        _ => ty.clone(),
    }
}

fn nth_of(resolver: &mut Resolver<'_>, of: &Ty, nth: usize, depth: u32) -> Ty {
    match of {
        Ty::Tuple(parts) => parts.get(nth).cloned().unwrap_or_default(),
        Ty::Of(def, args) => {
            let Some((facts, binding)) = resolver.binding_of(def) else { return Ty::Unknown };
            let Some(&place) = facts.facts.list(binding.params).get(nth).filter(|_| binding.params != NONE) else {
                return Ty::Unknown;
            };
            let ty = facts.facts.bindings.get(place as usize).map_or(0, |place| place.ty);
            let env = resolver.generics_env(def, args);
            resolver.as_type(facts.file, ty).with(&env)
        }
        Ty::Lib(..) if depth < 4 => {
            let inner = members::deref(resolver, of);
            if inner == *of { Ty::Unknown } else { inner.map(|inner| nth_of(resolver, inner, nth, depth + 1)) }
        }
        _ => Ty::Unknown,
    }
}

/// What is in a box is as good as the box.
fn normal(ty: &Ty) -> Option<Ty> {
    let Ty::Lib(name, args) = ty else { return None };
    match &**name {
        "Box" | "Pin" | "ManuallyDrop" => Some(args.first().cloned().unwrap_or_else(|| ty.clone())),
        _ => None,
    }
}

/// A field in a literal or a pattern.
fn keyword(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    members::member(resolver, ty, &format!(".{name}"))
}

/// The file or module that something is defined in.
fn kind_is_module(resolver: &Resolver<'_>, def: &Def) -> bool {
    resolver.kind_of(def) == Some(crate::record::SymbolKind::Module)
}
