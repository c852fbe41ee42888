//! Types as they are written.

use super::*;
use crate::{
    bind::{Bind, Where},
    record::{BindingKind, NONE},
};

pub fn primitive(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if is_unread(b) {
        return Val::None;
    }
    let name = String::from_utf8_lossy(b.text(at.start..at.end)).into_owned();
    Val::Expr(b.lib(&name, &[]))
}

pub fn generic(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "type");
    // `Iterator<Item = T>`: the name is one of what it is written for.
    for name in b.take_later().into_iter().filter(|name| name.kind == "type_identifier") {
        b.path(of, name);
    }
    match b.get(at, "type_arguments").map(|arguments| arguments.val) {
        Some(Val::List(args)) => b.val(Expr::Apply { of, args }),
        _ => Val::Expr(of),
    }
}

pub fn type_arguments(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let types: Vec<Child> =
        parts(b, at).into_iter().filter(|child| !matches!(child.kind, "lifetime" | "trait_bounds")).collect();
    Val::List(b.exprs_of(&types))
}

pub fn type_binding(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "name") {
        b.mere_word(name);
        b.later(name);
    }
    Val::Expr(b.expr(at, "type"))
}

pub fn inner_type(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    Val::Expr(b.expr(at, "type"))
}

pub fn inner_trait(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    Val::Expr(b.expr(at, "trait"))
}

pub fn array_type(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let element = b.expr(at, "element");
    Val::Expr(b.lib("slice", &[element]))
}

pub fn tuple_type(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let types = parts(b, at);
    let list = b.exprs_of(&types);
    b.val(Expr::Tuple(list))
}

pub fn unit(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("()", &[]))
}

/// `Fn(A) -> B`, `fn(A) -> B`.
pub fn function_type(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let gives = b.expr(at, "return_type");
    let types = b.listed(b.get(at, "parameters"));
    let bind = |ty| Bind::new(BindingKind::Parameter).place(Where::Nowhere).ty(ty);
    let params: Vec<_> = types.into_iter().map(|ty| b.bind_name(NONE, NONE, bind(ty))).collect();
    let params = b.list(&params);
    b.val(Expr::Function { params, gives })
}

/// `A + B`: what either has.
pub fn bounded(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match bounds(b, at) {
        Val::List(list) => {
            let all = b.listed(Some(Child { val: Val::List(list), field: "", kind: "", start: 0, end: 0 }));
            Val::Expr(b.either(&all))
        }
        other => other,
    }
}

pub fn bounds(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all: Vec<ExprId> = parts(b, at)
        .into_iter()
        .filter(|child| child.kind != "lifetime")
        .flat_map(|child| b.listed(Some(child)))
        .filter(|&expr| expr != 0)
        .collect();
    Val::List(b.list(&all))
}
