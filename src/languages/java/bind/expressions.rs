//! Expressions.

use super::{
    declarations::{anonymous, inherited, method_named},
    dimensioned, dimensions, expect, instance, kids, qualifier, special,
};
use crate::{
    bind::{Bind, Binder, Child, LOCAL_VALUE, Leaving, TYPES, Val},
    record::{BindingKind, Expr, ExprId, NONE, ReferenceKind},
};

pub(super) fn this(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.inside())
}

pub(super) fn parent(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let of = b.inside();
    Val::Expr(inherited(b, of))
}

pub(super) fn inner(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    kids(b, at).last().map_or(Val::None, |child| child.val)
}

/// What a member is asked of, and whether `super` stands between.
fn receiver(b: &mut Binder<'_>, at: &Leaving<'_>) -> Option<ExprId> {
    let object = b.get(at, "object")?;
    let is_super = kids(b, at).iter().any(|child| child.kind == "super" && child.field != "object");
    if is_super {
        if object.kind == "identifier" {
            b.set_space(object, TYPES);
        }
        let of = instance(b, object.expr());
        return Some(special(b, "outer super", of));
    }
    Some(qualifier(b, object))
}

pub(super) fn field(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(field) = b.get(at, "field") else { return Val::None };
    if field.kind == "this" {
        let Some(object) = b.get(at, "object") else { return Val::None };
        if object.kind == "identifier" {
            b.set_space(object, TYPES);
        }
        return Val::Expr(instance(b, object.expr()));
    }
    match receiver(b, at) {
        Some(of) => b.member(of, field),
        None => Val::None,
    }
}

fn arguments(b: &Binder<'_>, at: &Leaving<'_>) -> u32 {
    match b.get(at, "arguments").map(|arguments| arguments.val) {
        Some(Val::List(list)) => list,
        _ => NONE,
    }
}

pub(super) fn call(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let Some(id) = b.name_of(name) else { return Val::None };
    let of = match receiver(b, at) {
        Some(of) => of,
        None => b.inside(),
    };
    let args = arguments(b, at);
    let Val::Expr(mut callee) = method_named(b, of, name, id, args) else { return Val::None };
    b.used_for_token(callee, ReferenceKind::Call);
    if let Some(Val::List(types)) = b.get(at, "type_arguments").map(|types| types.val) {
        callee = b.make(Expr::Apply { of: callee, args: types });
    }
    b.call(callee, args)
}

/// `this(...)`, `super(...)`.
pub(super) fn constructor_call(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let args = arguments(b, at);
    let of = b.inside();
    let is_own = b.get(at, "constructor").is_some_and(|constructor| constructor.kind == "this");
    let ty = if is_own { of } else { inherited(b, of) };
    b.construct(ty, args);
    Val::None
}

pub(super) fn object(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(ty) = b.get(at, "type") else { return Val::None };
    let kids = kids(b, at);
    let of = ty.expr();
    // `outer.new Inner()`: the type is one of the object's.
    if let Some(outer) = kids.first().filter(|child| child.field.is_empty() && !child.kind.ends_with("annotation"))
        && outer.start < ty.start
        && let Some(token) = b.token_starting(ty.start)
    {
        let outer = qualifier(b, *outer);
        b.path(outer, Child { val: Val::Expr(token), ..ty });
    }
    let args = arguments(b, at);
    let made = b.construct(of, args);
    match kids.last().filter(|child| child.kind == "class_body") {
        Some(&body) => {
            let class = anonymous(b, of, body);
            let class = b.make(Expr::Bound(class));
            Val::Expr(instance(b, class))
        }
        None => made,
    }
}

const PARAMETER: Bind = Bind::new(BindingKind::Parameter).space(LOCAL_VALUE);

pub(super) fn parameters(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for child in kids(b, at) {
        b.bind(child, PARAMETER);
    }
    Val::None
}

pub(super) fn lambda(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "parameters").filter(|name| name.kind == "identifier") {
        b.bind(name, PARAMETER);
    }
    let params = b.bound_here(BindingKind::Parameter);
    let gives = match b.get(at, "body") {
        Some(body) if body.kind == "block" => match b.returns() {
            0 => b.lib("void", &[]),
            given => given,
        },
        Some(body) if is_statement(body.kind) => body.expr(),
        // It gives something, and cannot stand where nothing is asked for.
        Some(body) if body.expr() == 0 => special(b, "something", 0),
        Some(body) => body.expr(),
        None => 0,
    };
    let params = b.list(&params);
    b.val(Expr::Function { params, gives })
}

/// Whether an expression can stand where nothing is asked for.
fn is_statement(kind: &str) -> bool {
    matches!(kind, "method_invocation" | "object_creation_expression" | "assignment_expression" | "update_expression")
}

/// `Type::name`, `object::name`, `Type::new`.
pub(super) fn reference(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = kids(b, at);
    let (Some(&of), Some(&last)) = (kids.first(), kids.last()) else { return Val::None };
    let gives = if kids.len() > 1 && last.kind == "identifier" {
        let of = qualifier(b, of);
        let Some(id) = b.name_of(last) else { return Val::None };
        let Val::Expr(method) = method_named(b, of, last, id, NONE) else { return Val::None };
        b.make(Expr::Result(method))
    } else {
        if of.kind == "identifier" {
            b.set_space(of, TYPES);
        }
        match of.kind {
            "array_type" => instance(b, of.expr()),
            _ => b.make(Expr::New { ty: of.expr(), args: NONE }),
        }
    };
    b.val(Expr::Function { params: NONE, gives })
}

pub(super) fn element(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "array");
    Val::Expr(special(b, "element", of))
}

pub(super) fn array(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    let by: usize = b
        .all(at, "dimensions")
        .into_iter()
        .map(|child| if child.kind == "dimensions" { dimensions(b, Some(child)) } else { 1 })
        .sum();
    let ty = dimensioned(b, ty, by);
    Val::Expr(instance(b, ty))
}

pub(super) fn cast(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, value) = (b.expr(at, "type"), b.expr(at, "value"));
    expect(b, value, ty);
    Val::Expr(instance(b, ty))
}

pub(super) fn class(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = kids(b, at).first().map_or(0, Child::expr);
    let ty = b.lib("Class", &[of]);
    Val::Expr(instance(b, ty))
}

pub(super) fn assignment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(left) = b.get(at, "left") else { return Val::None };
    let (of, value) = (left.expr(), b.expr(at, "right"));
    b.used_for(of, ReferenceKind::Write);
    b.used_for_token(of, ReferenceKind::Write);
    if let Some(Expr::Function { .. }) = b.made(value)
        && of != 0
    {
        let ty = b.make(Expr::TypeOf(of));
        expect(b, value, ty);
    }
    left.val
}

pub(super) fn update(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(of) = kids(b, at).first().copied() else { return Val::None };
    b.used_for(of.expr(), ReferenceKind::Write);
    b.used_for_token(of.expr(), ReferenceKind::Write);
    of.val
}

pub(super) fn choice(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all = [b.expr(at, "consequence"), b.expr(at, "alternative")];
    Val::Expr(b.either(&all))
}

pub(super) fn binary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (left, right) = (b.expr(at, "left"), b.expr(at, "right"));
    let (Some(first), Some(second)) = (b.get(at, "left"), b.get(at, "right")) else { return Val::None };
    let operator = b.text(first.end..second.start);
    let operator = operator.iter().find(|byte| b"+-*/%&|^<>=!".contains(byte)).copied().unwrap_or_default();
    let text = b.text(first.end..second.start).trim_ascii();
    match (operator, text) {
        (b'+', _) if is_text(b, left) || is_text(b, right) => Val::Expr(b.lib("String", &[])),
        (b'+', _) => Val::Expr(operation(b, "+", left, right)),
        (b'-' | b'*' | b'/' | b'%' | b'^', _) | (b'&' | b'|', [_]) => Val::Expr(operation(b, "*", left, right)),
        (b'<' | b'>', b"<<" | b">>" | b">>>") => Val::Expr(special(b, "~", left)),
        _ => Val::Expr(b.lib("boolean", &[])),
    }
}

fn is_text(b: &mut Binder<'_>, expr: ExprId) -> bool {
    let text = b.word("String");
    b.made(expr) == Some(Expr::Lib { name: text, args: NONE })
}

fn operation(b: &mut Binder<'_>, what: &str, left: ExprId, right: ExprId) -> ExprId {
    let both = b.list(&[left, right]);
    let both = b.make(Expr::Tuple(both));
    special(b, what, both)
}

pub(super) fn unary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "operand");
    if b.bytes.get(at.start as usize) == Some(&b'!') {
        return Val::Expr(b.lib("boolean", &[]));
    }
    Val::Expr(special(b, "~", of))
}

pub(super) fn text(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("String", &[]))
}

pub(super) fn character(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("char", &[]))
}

pub(super) fn integer(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let is_long = matches!(b.text(at.start..at.end).last(), Some(b'l' | b'L'));
    Val::Expr(b.lib(if is_long { "long" } else { "int" }, &[]))
}

pub(super) fn float(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let is_float = matches!(b.text(at.start..at.end).last(), Some(b'f' | b'F'));
    Val::Expr(b.lib(if is_float { "float" } else { "double" }, &[]))
}

pub(super) fn boolean(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("boolean", &[]))
}

pub(super) fn null(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("null", &[]))
}
