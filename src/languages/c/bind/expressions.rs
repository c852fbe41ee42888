//! Expressions: what they come to, and members by what they are members of.

use super::{CPP, types::POINTER};
use crate::{
    bind::{Binder, Leaving, Val},
    record::{Expr, ExprId, ReferenceKind},
};

pub(super) fn returned(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.nth(at, 0).map_or(0, |child| child.expr());
    b.returned(value);
    Val::None
}

pub(super) fn special(b: &mut Binder<'_>, what: &str, of: ExprId) -> Val {
    if of == 0 {
        return Val::None;
    }
    let what = b.word(what);
    b.val(Expr::Special { what, of })
}

pub(super) fn arguments(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids: Vec<_> = b.kids(at).iter().filter(|child| child.kind != "comment").copied().collect();
    Val::List(b.exprs_of(&kids))
}

pub(super) fn call(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(callee) = b.get(at, "function") else { return Val::None };
    let args = match b.get(at, "arguments").map(|args| args.val) {
        Some(Val::List(args)) => args,
        _ => b.list(&[]),
    };
    // A number as a type: `int(x)`.
    if callee.kind == "primitive_type" {
        return callee.val;
    }
    let of = callee.expr();
    if b.mode & CPP == 0 {
        b.used_for_token(of, ReferenceKind::Call);
        return b.call(of, args);
    }
    crate::languages::cpp::called(b, callee, args)
}

/// `a.b`, `a->b`.
pub(super) fn field(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "argument");
    let Some(name) = b.get(at, "field") else { return Val::None };
    let mut of = of;
    if b.mode & CPP != 0 && at.node.child_by_field_name("operator").is_some_and(|operator| operator.kind() == "->") {
        of = match special(b, "arrow", of) {
            Val::Expr(expr) => expr,
            _ => 0,
        };
    }
    match name.kind {
        "field_identifier" => b.member(of, name),
        _ => crate::languages::cpp::member(b, of, name),
    }
}

pub(super) fn subscript(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "argument");
    special(b, "index", of)
}

/// `*x`, `&x`.
pub(super) fn pointer(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "argument");
    if of == 0 {
        return Val::None;
    }
    match at.node.child_by_field_name("operator").map(|operator| operator.kind()) {
        Some("*") => b.val(Expr::Deref(of)),
        _ => special(b, "address", of),
    }
}

pub(super) fn unary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match at.node.child_by_field_name("operator").map(|operator| operator.kind()) {
        Some("!" | "not") => Val::Expr(b.lib("bool", &[])),
        _ => Val::Expr(b.expr(at, "argument")),
    }
}

pub(super) fn updated(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "argument");
    b.used_for_token(of, ReferenceKind::Write);
    Val::Expr(of)
}

pub(super) fn cast(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    if ty == 0 { Val::None } else { b.val(Expr::Instance(ty)) }
}

pub(super) fn assignment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "left");
    b.used_for_token(of, ReferenceKind::Write);
    if let Some(list) = b.get(at, "right").filter(|right| right.kind == "initializer_list")
        && of != 0
    {
        let alone = b.list(&[of]);
        b.fill(list.expr(), Expr::Either(alone));
    }
    Val::Expr(of)
}

/// A pointer stays one when a number is added; what else an operator gives is mostly of the kind of its first operand.
pub(super) fn binary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let operator = at.node.child_by_field_name("operator").map_or("", |operator| operator.kind());
    match operator {
        "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||" | "and" | "or" => Val::Expr(b.lib("bool", &[])),
        _ if b.mode & CPP == 0 => {
            let (left, right) = (b.expr(at, "left"), b.expr(at, "right"));
            let known: Vec<ExprId> = [left, right].into_iter().filter(|&expr| expr != 0).collect();
            match operator {
                "+" => Val::Expr(b.either(&known)),
                _ => Val::Expr(left),
            }
        }
        _ => {
            let left = b.expr(at, "left");
            special(b, &format!("operator{operator}"), left)
        }
    }
}

pub(super) fn conditional(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let both = [b.expr(at, "consequence"), b.expr(at, "alternative")];
    let known: Vec<ExprId> = both.into_iter().filter(|&expr| expr != 0).collect();
    Val::Expr(b.either(&known))
}

pub(super) fn compound_literal(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    if ty == 0 {
        return Val::None;
    }
    if let Some(list) = b.get(at, "value").filter(|value| value.kind == "initializer_list") {
        b.fill(list.expr(), Expr::Instance(ty));
    }
    b.val(Expr::Instance(ty))
}

/// What is initialized by a list is told by what is around it: until then it is a hole.
pub(super) fn begin_initializers(b: &mut Binder<'_>, _: tree_sitter::Node<'_>) {
    let hole = b.hole();
    b.holes.push(hole);
}

pub(super) fn initializers(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(hole) = b.holes.pop() else { return Val::None };
    // Lists in the list are elements, or members by their places.
    for (nth, child) in b.kids(at).to_vec().into_iter().filter(|child| child.kind != "comment").enumerate() {
        if child.kind == "initializer_list" {
            let what = b.word(&format!("part{nth}"));
            b.fill(child.expr(), Expr::Special { what, of: hole });
        }
    }
    Val::Expr(hole)
}

/// `.a = { .. }`, `[i] = { .. }`.
pub(super) fn initializer_pair(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(&hole) = b.holes.last() else { return Val::None };
    let mut of = hole;
    for designator in b.all(at, "designator") {
        of = match (designator.kind, designator.val) {
            ("field_designator", _) => match b.token_starting(name_start(b, designator.start)) {
                Some(token) => {
                    let child = crate::bind::Child { val: Val::Expr(token), ..designator };
                    match b.member(of, child) {
                        Val::Expr(expr) => expr,
                        _ => 0,
                    }
                }
                None => 0,
            },
            ("field_identifier", _) => match b.member(of, designator) {
                Val::Expr(expr) => expr,
                _ => 0,
            },
            _ => match special(b, "index", of) {
                Val::Expr(expr) => expr,
                _ => 0,
            },
        };
    }
    if let Some(list) = b.get(at, "value").filter(|value| value.kind == "initializer_list")
        && of != 0
    {
        let alone = b.list(&[of]);
        b.fill(list.expr(), Expr::Either(alone));
    }
    Val::None
}

/// The name behind the dot.
fn name_start(b: &Binder<'_>, from: u32) -> u32 {
    let rest = &b.bytes[from as usize..];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    from + rest.iter().position(is_name).unwrap_or_default() as u32
}

pub(super) fn designator(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.nth(at, 0).map_or(Val::None, |name| name.val)
}

/// `offsetof(T, m)`.
pub(super) fn offset(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    if let Some(name) = b.get(at, "member") {
        let of = if ty == 0 { 0 } else { b.make(Expr::Instance(ty)) };
        b.member(of, name);
    }
    Val::Expr(b.lib("int", &[]))
}

pub(super) fn string(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let of = b.lib("char", &[]);
    Val::Expr(b.lib(POINTER, &[of]))
}

pub(super) fn number(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let text = b.text(at.start..at.end);
    let is_float = text.contains(&b'.') && !text.starts_with(b"sizeof");
    Val::Expr(b.lib(if is_float { "double" } else { "int" }, &[]))
}

pub(super) fn character(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("char", &[]))
}
