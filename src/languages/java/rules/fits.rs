//! Whether an argument fits a parameter.

use super::{RULES, functions, types};
use crate::resolve::{Def, Resolver, Ty};

/// How an argument fits, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Without any conversion but to a wider type.
    Strict,
    /// Nothing is known that speaks against it.
    Maybe,
    /// A primitive value as an object, or the other way round.
    Boxed,
    No,
}

/// From narrow to wide.
const NUMBERS: [&str; 6] = ["byte", "short", "int", "long", "float", "double"];

const BOXES: [(&str, &str); 8] = [
    ("int", "Integer"),
    ("long", "Long"),
    ("char", "Character"),
    ("boolean", "Boolean"),
    ("byte", "Byte"),
    ("short", "Short"),
    ("float", "Float"),
    ("double", "Double"),
];

pub(super) fn is_primitive(name: &str) -> bool {
    BOXES.iter().any(|(own, _)| *own == name)
}

pub(super) fn unboxed(name: &str) -> Option<&'static str> {
    BOXES.iter().find(|(_, boxed)| *boxed == name).map(|(own, _)| *own)
}

fn boxed(name: &str) -> Option<&'static str> {
    BOXES.iter().find(|(own, _)| *own == name).map(|(_, boxed)| *boxed)
}

/// The type of a value: of a library's field, what it holds; several arguments are an array.
pub(super) fn value(ty: &Ty) -> Ty {
    ty.map(|ty| match ty {
        Ty::LibFunc(of, name) => match &**of {
            Ty::Lib(of, args) | Ty::LibType(of, args) => match RULES.stubs().member(of, args, name) {
                Some((member, filled)) => member.gives(&filled, &[]),
                None => Ty::Unknown,
            },
            _ => Ty::Unknown,
        },
        Ty::Lib(name, args) if &**name == "..." => Ty::Lib("[]".into(), args.clone()),
        Ty::Lib(name, _) if name.is_empty() => Ty::Unknown,
        Ty::Lib(name, _) if &**name == "?" => Ty::lib("Object"),
        other => other.clone(),
    })
}

/// `own` are the type parameters that the arguments decide.
pub(super) fn fits(resolver: &mut Resolver<'_>, arg: &Ty, param: &Ty, own: &[Def]) -> Fit {
    match (arg, param) {
        (_, Ty::Either(any)) => {
            // Of a type parameter's bounds all must fit.
            any.iter().map(|one| fits(resolver, arg, one, own)).max().unwrap_or(Fit::Maybe)
        }
        (Ty::Either(any), _) => {
            let all: Vec<Fit> = any.iter().map(|one| fits(resolver, one, param, own)).collect();
            // Of two branches each must fit.
            all.iter().copied().max().unwrap_or(Fit::Maybe)
        }
        (Ty::Unknown, _) => Fit::Maybe,
        (_, Ty::Unknown) => Fit::Maybe,
        (Ty::Lib(name, _), _) if name.is_empty() => Fit::Maybe,
        (_, Ty::Lib(name, _)) if name.is_empty() => Fit::Maybe,
        (Ty::Lib(name, _), _) if &**name == "null" => match param {
            Ty::Lib(param, _) if is_primitive(param) => Fit::No,
            _ => Fit::Strict,
        },
        (Ty::Lib(name, _), _) if &**name == "void" => Fit::No,
        (Ty::Var(arg), Ty::Var(param)) if arg == param => Fit::Strict,
        (Ty::Var(_), Ty::Var(var)) if !own.contains(var) => match functions::bound_once(resolver, arg) {
            Some(bound) => fits(resolver, &bound, param, own),
            None => Fit::Boxed,
        },
        // What it stands for is not known here; nothing but itself fits without doubt.
        (_, Ty::Var(var)) if !own.contains(var) => Fit::Boxed,
        (_, Ty::Var(_)) => {
            let bound = functions::bound(resolver, param);
            let fit = match arg {
                Ty::Lib(name, _) if is_primitive(name) => Fit::Boxed,
                _ => Fit::Strict,
            };
            match bound {
                Ty::Var(_) => fit,
                bound => match fits(resolver, arg, &bound, own) {
                    Fit::Strict => fit,
                    other => other,
                },
            }
        }
        (Ty::Var(_), _) => match functions::bound(resolver, arg) {
            Ty::Var(_) => fits(resolver, &Ty::lib("Object"), param, own),
            // It is all of its bounds.
            bound => {
                let all: Vec<Fit> = bound.each().iter().map(|one| fits(resolver, one, param, own)).collect();
                all.into_iter().min().unwrap_or(Fit::Maybe)
            }
        },
        (Ty::Lib(name, args), Ty::Lib(other, params)) if &**name == "[]" && matches!(&**other, "[]" | "...") => {
            match (args.first(), params.first()) {
                (Some(Ty::Lib(arg, _)), Some(Ty::Lib(param, _))) if is_primitive(arg) || is_primitive(param) => {
                    if arg == param { Fit::Strict } else { Fit::No }
                }
                (Some(Ty::Lib(arg, _)), Some(Ty::Var(_))) if is_primitive(arg) => Fit::No,
                (Some(_), Some(Ty::Lib(param, _))) if is_primitive(param) => Fit::No,
                (Some(arg), Some(param)) => fits(resolver, arg, param, own),
                _ => Fit::Maybe,
            }
        }
        (Ty::Lib(name, _), Ty::Lib(param, _)) if &**name == "[]" => {
            if matches!(&**param, "Object" | "Cloneable" | "Serializable") { Fit::Strict } else { Fit::No }
        }
        (Ty::Lib(name, _), _) if &**name == "[]" => Fit::No,
        (Ty::Lib(arg, _), Ty::Lib(param, _)) => by_name(arg, param),
        (_, Ty::Lib(param, _)) if &**param == "Object" => Fit::Strict,
        (Ty::Of(arg, _), Ty::Of(param, _)) => match types::is_a(resolver, arg, param) {
            Some(true) => Fit::Strict,
            Some(false) => Fit::No,
            None => Fit::Maybe,
        },
        (Ty::Of(arg, _), Ty::Lib(param, _)) => {
            if is_primitive(param) || &**param == "[]" {
                return Fit::No;
            }
            let line = types::line(resolver, arg);
            let bases: Vec<Fit> = line
                .outside
                .iter()
                .map(|base| match base {
                    Ty::Lib(base, _) => by_name(base, param),
                    _ => Fit::Maybe,
                })
                .collect();
            let none = if line.unknown { Fit::Maybe } else { Fit::No };
            bases.into_iter().min().map_or(none, |best| best.min(none))
        }
        // A library's type does not inherit from the workspace's.
        (Ty::Lib(..), Ty::Of(..)) => Fit::No,
        _ => Fit::Maybe,
    }
}

/// Both are types from outside.
fn by_name(arg: &str, param: &str) -> Fit {
    let last = |name: &str| name.rsplit('.').next().map(str::to_owned);
    if arg == param || last(arg) == last(param) {
        return Fit::Strict;
    }
    match (is_primitive(arg), is_primitive(param)) {
        (true, true) => widened(arg, param),
        (true, false) => match boxed(arg).map(|boxed| by_name(boxed, param)) {
            Some(Fit::Strict) => Fit::Boxed,
            _ => Fit::No,
        },
        (false, true) => match unboxed(arg) {
            Some(own) if own == param || widened(own, param) == Fit::Strict => Fit::Boxed,
            Some(_) => Fit::No,
            None => Fit::No,
        },
        (false, false) => {
            if param == "Object" {
                return Fit::Strict;
            }
            match RULES.stubs().is_a(arg, param) {
                Some(true) => Fit::Strict,
                Some(false) => Fit::No,
                None => Fit::Maybe,
            }
        }
    }
}

fn widened(arg: &str, param: &str) -> Fit {
    let place = |name: &str| NUMBERS.iter().position(|number| *number == name);
    let is_wider = match (place(arg), place(param)) {
        (Some(arg), Some(param)) => arg <= param,
        (None, Some(param)) => arg == "char" && param >= 2,
        _ => false,
    };
    if is_wider { Fit::Strict } else { Fit::No }
}
