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

/// `[]T(x)`. What looks like `T[A](x)` may be a call of a function that is given its types.
pub(super) fn conversion(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match b.get(at, "type") {
        Some(of) if matches!(of.kind, "generic_type" | "type_identifier" | "qualified_type") && of.expr() != 0 => {
            let args = b.list(&[b.expr(at, "operand")]);
            b.used_for(of.expr(), ReferenceKind::Call);
            b.call(of.expr(), args)
        }
        _ => of_type(b, at),
    }
}

fn special(b: &mut Binder<'_>, what: &str, of: ExprId) -> Val {
    if of == 0 {
        return Val::None;
    }
    let what = b.word(what);
    b.val(Expr::Special { what, of })
}

pub(super) fn index(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (of, by) = (b.expr(at, "operand"), b.get(at, "index"));
    let part = special(b, "index", of);
    // A function or type may be given its arguments like that.
    match (part, by) {
        (Val::Expr(of), Some(by)) if by.expr() != 0 && !by.kind.ends_with("_literal") => {
            let args = b.list(&[by.expr()]);
            b.val(Expr::Apply { of, args })
        }
        _ => part,
    }
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
