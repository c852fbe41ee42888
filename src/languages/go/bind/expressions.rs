//! Expressions.

use crate::{
    bind::{Binder, Leaving, Val},
    record::{Expr, ExprId, NONE, ReferenceKind},
};

pub(super) fn selector(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "operand");
    match b.get(at, "field") {
        Some(name) => b.member(of, name),
        None => Val::None,
    }
}

pub(super) fn call(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(callee) = b.get(at, "function") else { return Val::None };
    let args = match b.get(at, "arguments").map(|arguments| arguments.val) {
        Some(Val::List(list)) => list,
        _ => NONE,
    };
    let mut of = callee.expr();
    b.used_for(of, ReferenceKind::Call);
    if matches!(b.text(callee.range()), b"new" | b"make") {
        let first = b.listed(b.get(at, "arguments")).first().copied().unwrap_or(0);
        return instance(b, first);
    }
    if let Some(Val::List(types)) = b.get(at, "type_arguments").map(|types| types.val) {
        of = b.make(Expr::Apply { of, args: types });
    }
    if of == 0 { Val::None } else { b.call(of, args) }
}

fn instance(b: &mut Binder<'_>, ty: ExprId) -> Val {
    if ty == 0 { Val::None } else { b.val(Expr::Instance(ty)) }
}

/// A value that is said to be of a type.
pub(super) fn of_type(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    instance(b, ty)
}

fn special(b: &mut Binder<'_>, what: &str, of: ExprId) -> Val {
    if of == 0 {
        return Val::None;
    }
    let what = b.word(what);
    b.val(Expr::Special { what, of })
}

pub(super) fn index(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "operand");
    special(b, "index", of)
}

/// A part of something is of the same type.
pub(super) fn slice(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    Val::Expr(b.expr(at, "operand"))
}

/// `F[A, B]`.
pub(super) fn instantiation(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = super::parts(b, at);
    let Some((of, args)) = kids.split_first() else { return Val::None };
    let args = b.exprs_of(args);
    b.val(Expr::Apply { of: of.expr(), args })
}

pub(super) fn unary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "operand");
    match b.bytes.get(at.start as usize) {
        Some(b'<') => special(b, "receive", of),
        Some(b'!') => Val::Expr(b.lib("bool", &[])),
        // A pointer has what it points to.
        _ => Val::Expr(of),
    }
}

pub(super) fn binary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let operator = at.node.child_by_field_name("operator").map_or("", |operator| operator.kind());
    match operator {
        "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" => Val::Expr(b.lib("bool", &[])),
        _ => {
            // A literal takes the type of the other operand.
            let left = b.get(at, "left").filter(|left| !left.kind.ends_with("_literal"));
            match left.map(|left| left.expr()) {
                Some(left) if left != 0 => Val::Expr(left),
                _ => Val::Expr(b.expr(at, "right")),
            }
        }
    }
}
