//! Which form of a function a call means, by its arguments.

use super::rules::{RULES, is_optional};
use crate::{
    record::{BindingKind, Expr, ExprId, ListId, NONE},
    resolve::{Def, FileFacts, FileRef, Found, REST, Resolver, Ty},
};

/// Forms of one function are compared up to this number.
const MAX_FORMS: usize = 40;

pub(super) fn chosen(resolver: &mut Resolver<'_>, file: FileRef, of: ExprId, args: ListId) -> (Found, Ty) {
    let mut found = resolver.means(file, of);
    let is_function = |resolver: &Resolver<'_>, def: &Def| resolver.kind_of(def).is_some_and(|kind| kind.is_function());
    // What is called is the function, where a type bears its name.
    if let Found::Defs(hits) = &mut found
        && hits.iter().any(|hit| is_function(resolver, &hit.def))
    {
        hits.retain(|hit| is_function(resolver, &hit.def));
    }
    let Some(hit) = found.hits().first().filter(|hit| is_function(resolver, &hit.def)).cloned() else {
        let ty = resolver.ty(file, of);
        return (found, ty);
    };
    if args == NONE {
        return (body_of(resolver, &hit.def), Ty::Unknown);
    }
    let mut forms = match found.hits() {
        [hit] => resolver.forms(&hit.def),
        hits => {
            let first = file_of(&hits[0].def);
            // Methods of several types that a value may have are no forms of each other.
            if hits.iter().any(|hit| file_of(&hit.def) != first || !is_function(resolver, &hit.def)) {
                let ty = resolver.ty(file, of);
                return (found, ty);
            }
            hits.iter().map(|hit| hit.def.clone()).collect()
        }
    };
    forms.truncate(MAX_FORMS);
    let is_signature = |resolver: &Resolver<'_>, def: &Def| {
        resolver.binding_of(def).is_some_and(|(_, binding)| binding.kind == BindingKind::Signature)
    };
    // What does the work is not seen by who calls.
    if forms.iter().any(|form| is_signature(resolver, form)) {
        forms.retain(|form| is_signature(resolver, form));
    }
    if forms.len() == 1 && found.hits().len() == 1 && forms[0] == hit.def {
        let ty = resolver.ty(file, of);
        return (found, ty);
    }
    let Some(facts) = resolver.facts(file) else { return (found, Ty::Unknown) };
    let args = facts.facts.list(args).to_vec();
    let fits = |resolver: &mut Resolver<'_>, form: &Def, depth: Depth| fits(resolver, form, &facts, &args, depth);
    let best = forms
        .iter()
        .find(|form| fits(resolver, form, Depth::Types))
        .or_else(|| forms.iter().find(|form| fits(resolver, form, Depth::Number)))
        .or(forms.first())
        .cloned();
    let Some(best) = best else { return (found, Ty::Unknown) };
    let mut one = hit;
    one.def = best;
    let picked = Found::Defs(vec![one]);
    let ty = resolver.ty_of_found(file, &picked);
    // Type arguments that are written in the call.
    let ty = match (resolver.ty(file, of), ty) {
        (Ty::Func(_, given), Ty::Func(def, env)) if env.is_empty() => Ty::Func(def, given),
        (_, ty) => ty,
    };
    (picked, ty)
}

/// The form of a function that has a body, or the last one.
fn body_of(resolver: &mut Resolver<'_>, def: &Def) -> Found {
    let forms = resolver.forms(def);
    let has_body =
        |form: &&Def| resolver.binding_of(form).is_some_and(|(_, binding)| binding.kind != BindingKind::Signature);
    match forms.iter().find(has_body).or(forms.last()) {
        Some(form) => Found::exact(form.clone()),
        None => Found::exact(def.clone()),
    }
}

fn file_of(def: &Def) -> Option<FileRef> {
    match def {
        Def::Bound(file, _) => Some(*file),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Number,
    Types,
}

fn fits(resolver: &mut Resolver<'_>, form: &Def, caller: &FileFacts, args: &[ExprId], depth: Depth) -> bool {
    let Some((facts, binding)) = resolver.binding_of(form) else { return false };
    let params = facts.facts.list(binding.params).to_vec();
    let is_rest = |at: usize| {
        params.get(at).and_then(|&param| facts.facts.bindings.get(param as usize)).is_some_and(
            |param| matches!(facts.facts.expr(param.ty), Expr::Special { what, .. } if facts.facts.name(what) == REST),
        )
    };
    let has_rest = params.len().checked_sub(1).is_some_and(is_rest);
    let spreads = args.iter().any(|&arg| matches!(caller.facts.expr(arg), Expr::Element(_)));
    let needed = params
        .iter()
        .filter(|&&param| {
            facts.facts.bindings.get(param as usize).is_some_and(|param| !is_optional(&facts.facts, param))
        })
        .count();
    if (!spreads && args.len() < needed) || (!has_rest && args.len() > params.len()) {
        return false;
    }
    // What is spread is of no known number: only what takes any fits surely.
    if spreads && !has_rest && depth == Depth::Types {
        return false;
    }
    if depth == Depth::Number {
        return true;
    }
    args.iter().enumerate().all(|(nth, &arg)| {
        let param = if nth >= params.len() || is_rest(nth) { params.last() } else { params.get(nth) };
        let Some(param) = param.and_then(|&param| facts.facts.bindings.get(param as usize)) else { return true };
        if has_rest && nth + 1 >= params.len() {
            return true;
        }
        may_be(resolver, &facts, param.ty, caller, arg)
    })
}

/// Whether a value may be given where a type is asked for; what is not known may.
fn may_be(resolver: &mut Resolver<'_>, facts: &FileFacts, ty: ExprId, caller: &FileFacts, arg: ExprId) -> bool {
    let ty = match facts.facts.expr(ty) {
        Expr::Special { what, of } if facts.facts.name(what) == "?" => of,
        _ => ty,
    };
    if ty == 0 || ty == NONE {
        return true;
    }
    let is_function = matches!(caller.facts.expr(arg), Expr::Function { .. });
    if is_function {
        return takes_function(resolver, facts, ty, caller, arg, 0);
    }
    let wanted = resolver.as_type(facts.file, ty);
    if matches!(caller.facts.expr(arg), Expr::Record(_)) {
        return wanted.is_unknown() || wanted.each().iter().any(takes_record);
    }
    let given = resolver.ty(caller.file, arg);
    if wanted.is_unknown() || given.is_unknown() {
        return true;
    }
    let mut fits = false;
    for wanted in wanted.each() {
        for given in given.each() {
            fits |= is_like(resolver, wanted, given, 0);
        }
    }
    fits
}

fn is_primitive(name: &str) -> bool {
    matches!(name, "string" | "number" | "boolean" | "symbol" | "bigint")
}

fn takes_record(wanted: &Ty) -> bool {
    match wanted {
        Ty::Lib(name, _) => {
            !is_primitive(name) && !matches!(&**name, "Array" | "ReadonlyArray" | "Date" | "RegExp" | "Function")
        }
        Ty::Fn(..) | Ty::Func(..) | Ty::Tuple(_) => false,
        _ => true,
    }
}

/// Whether a function that is written down may be given: one that tells nothing of its type is no type guard, and takes
/// no more than it is called with.
fn takes_function(
    resolver: &mut Resolver<'_>,
    facts: &FileFacts,
    ty: ExprId,
    caller: &FileFacts,
    arg: ExprId,
    depth: u32,
) -> bool {
    let Expr::Function { params: own, gives: own_gives } = caller.facts.expr(arg) else { return true };
    match facts.facts.expr(ty) {
        Expr::Function { params, gives } => {
            let is_guard = |facts: &FileFacts, gives: ExprId| {
                let gives = match facts.facts.expr(gives) {
                    Expr::Instance(of) => of,
                    _ => gives,
                };
                matches!(facts.facts.expr(gives), Expr::Special { what, .. } if facts.facts.name(what) == super::bind::IS)
            };
            if is_guard(facts, gives) && !is_guard(caller, own_gives) {
                return false;
            }
            let wanted = facts.facts.list(params);
            let has_rest = wanted.last().and_then(|&last| facts.facts.bindings.get(last as usize)).is_some_and(|last| {
                matches!(facts.facts.expr(last.ty), Expr::Special { what, .. } if facts.facts.name(what) == REST)
            });
            let required = caller.facts.list(own).iter().filter(|&&param| {
                caller.facts.bindings.get(param as usize).is_some_and(|param| {
                    let has_mark = matches!(caller.facts.expr(param.ty), Expr::Special { .. });
                    !has_mark
                })
            });
            has_rest || required.count() <= wanted.len()
        }
        Expr::Either(list) if depth < 4 => {
            let all = facts.facts.list(list).to_vec();
            all.into_iter().any(|one| takes_function(resolver, facts, one, caller, arg, depth + 1))
        }
        _ => {
            let wanted = resolver.as_type(facts.file, ty);
            wanted.is_unknown()
                || wanted.each().to_vec().iter().any(|wanted| match wanted {
                    Ty::Lib(name, _) => &**name == "Function" || &**name == "Object",
                    Ty::Of(..) | Ty::Record(..) => !(RULES.member)(resolver, wanted, "@call").hits().is_empty(),
                    Ty::Tuple(_) => false,
                    _ => true,
                })
        }
    }
}

fn is_like(resolver: &mut Resolver<'_>, wanted: &Ty, given: &Ty, depth: u32) -> bool {
    if depth > 4 {
        return true;
    }
    match (wanted, given) {
        (Ty::Var(var), _) => {
            let bound = resolver.binding_of(var).map(|(facts, binding)| resolver.as_type(facts.file, binding.ty));
            match bound {
                Some(bound) if !bound.is_unknown() => {
                    bound.each().to_vec().iter().any(|one| is_like(resolver, one, given, depth + 1))
                }
                _ => true,
            }
        }
        (Ty::Lib(wanted, _), Ty::Lib(given, _)) if is_primitive(wanted) || is_primitive(given) => {
            wanted == given || given.is_empty()
        }
        (Ty::Lib(wanted, _), Ty::Of(..) | Ty::Record(..) | Ty::Func(..) | Ty::Fn(..) | Ty::Tuple(_))
            if is_primitive(wanted) =>
        {
            false
        }
        (Ty::Of(..) | Ty::Record(..) | Ty::Fn(..), Ty::Lib(given, _)) if is_primitive(given) => false,
        (Ty::Fn(_, wanted), Ty::Fn(_, given)) => !is_guard(wanted) || is_guard(given) || given.is_unknown(),
        (Ty::Fn(_, wanted), Ty::Func(def, env)) if is_guard(wanted) => {
            let given = resolver.returned(def, env, &[]);
            is_guard(&given) || given.is_unknown()
        }
        (Ty::Fn(..), Ty::Of(..) | Ty::Record(..)) => !(RULES.member)(resolver, given, "@call").hits().is_empty(),
        (Ty::Lib(wanted, _), Ty::Of(def, _)) if matches!(&**wanted, "Array" | "Function" | "Date" | "RegExp") => {
            resolver.bases(def).iter().any(|base| matches!(base, Ty::Lib(..) | Ty::Unknown))
        }
        (Ty::Of(wanted_def, _), Ty::Of(given_def, _)) => {
            wanted_def == given_def || !is_class(resolver, wanted_def) || inherits(resolver, given_def, wanted_def)
        }
        (Ty::Of(..), Ty::Func(..) | Ty::Fn(..)) => !(RULES.member)(resolver, wanted, "@call").hits().is_empty(),
        (Ty::Of(def, _), Ty::Lib(given, _)) if matches!(&**given, "Array") => {
            !is_class(resolver, def) && !(RULES.member)(resolver, wanted, "@index").hits().is_empty()
        }
        _ => true,
    }
}

/// What a function gives that tells the type of what it was given.
fn is_guard(ty: &Ty) -> bool {
    matches!(ty, Ty::Lib(name, _) if &**name == super::bind::IS)
}

fn is_class(resolver: &Resolver<'_>, def: &Def) -> bool {
    resolver.kind_of(def) == Some(crate::record::SymbolKind::Class)
}

fn inherits(resolver: &mut Resolver<'_>, def: &Def, from: &Def) -> bool {
    let mut waiting = vec![def.clone()];
    let mut count = 0;
    while let Some(def) = waiting.pop() {
        count += 1;
        if &def == from || count > 32 {
            return true;
        }
        for base in resolver.bases(&def) {
            for one in base.each() {
                match one {
                    Ty::Of(def, _) => waiting.push(def.clone()),
                    Ty::Unknown => return true,
                    _ => {}
                }
            }
        }
    }
    false
}
