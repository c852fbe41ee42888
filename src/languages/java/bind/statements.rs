//! Locals, labels, switches, patterns.

use super::{declarations::declare, dimensioned, dimensions, expect, instance, kids, special};
use crate::{
    bind::{At, Bind, Binder, Child, LABELS, LOCAL_VALUE, Leaving, TYPES, Val},
    record::{BindingKind, Expr, ExprId, NONE},
};

const VARIABLE: Bind = Bind::new(BindingKind::Variable).space(LOCAL_VALUE);

/// How many values of a `switch` are looked at.
const MAX_ARMS: usize = 8;

pub(super) fn locals(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    declare(b, at, |name| VARIABLE.holds(At::From(name.start)));
    Val::None
}

/// The name is bound by what knows its type.
pub(super) fn declarator(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.expr(at, "value");
    if let Some(name) = b.get(at, "name").filter(|name| name.kind == "identifier") {
        let kind = match dimensions(b, b.get(at, "dimensions")) {
            0 => name.kind,
            1 => "[]",
            2 => "[][]",
            _ => "[][][]",
        };
        b.later(Child { kind, ..name });
    }
    Val::Expr(value)
}

pub(super) fn for_each(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, of) = (b.expr(at, "type"), b.expr(at, "value"));
    let by = dimensions(b, b.get(at, "dimensions"));
    let ty = dimensioned(b, ty, by);
    let value = if ty == 0 { special(b, "element", of) } else { 0 };
    let from = b.get(at, "body").map_or(at.start, |body| body.start);
    if let Some(name) = b.get(at, "name") {
        b.bind(name, VARIABLE.ty(ty).value(value).holds(At::From(from)));
    }
    Val::None
}

pub(super) fn resource(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, value) = (b.expr(at, "type"), b.expr(at, "value"));
    if let Some(name) = b.get(at, "name") {
        expect(b, value, ty);
        b.bind(name, VARIABLE.ty(ty).value(value).holds(At::From(name.start)));
    }
    Val::None
}

pub(super) fn caught(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.of_kind(at, "catch_type").map_or(0, |child| child.expr());
    if let Some(name) = b.get(at, "name") {
        b.bind(name, VARIABLE.ty(ty));
    }
    Val::None
}

pub(super) fn labeled(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = kids(b, at).first() {
        b.bind(*name, Bind::new(BindingKind::Label).space(LABELS));
    }
    Val::None
}

pub(super) fn jump(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(label) = b.of_kind(at, "identifier") {
        b.set_space(label, LABELS);
    }
    Val::None
}

pub(super) fn returned(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = kids(b, at).first().map(Child::expr);
    if let Some(value) = value {
        // That something is given back matters, too.
        let value = if value == 0 { special(b, "something", 0) } else { value };
        b.returned(value);
    }
    Val::None
}

/// Bare names are constants of the enum that is asked about, if it is one.
pub(super) fn label(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for child in kids(b, at) {
        if child.kind == "identifier" {
            b.later(child);
        }
    }
    Val::None
}

pub(super) fn rule(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.of_kind(at, "expression_statement").map_or(Val::None, |child| child.val)
}

pub(super) fn arms(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let rules = kids(b, at).into_iter().filter(|child| child.kind == "switch_rule" && child.expr() != 0);
    let rules: Vec<Child> = rules.take(MAX_ARMS).collect();
    Val::List(b.exprs_of(&rules))
}

pub(super) fn switch(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "condition");
    for label in b.take_later() {
        if let Some(name) = b.name_of(label)
            && of != 0
        {
            let constant = b.make(Expr::Member { of, name });
            b.prefer(label, constant);
        }
    }
    let values = b.listed(b.get(at, "body"));
    Val::Expr(b.either(&values))
}

pub(super) fn instance_of(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "right");
    if let Some(name) = b.get(at, "name") {
        b.bind(name, VARIABLE.ty(ty).holds(At::From(name.start)));
    }
    Val::Expr(b.lib("boolean", &[]))
}

/// Comes to its binding, as a list: for what it is a part of.
pub(super) fn type_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = kids(b, at);
    let Some(name) = kids.last().filter(|name| name.kind == "identifier").copied() else { return Val::None };
    let ty = kids.iter().rev().nth(1).map_or(0, Child::expr);
    match b.bind(name, VARIABLE.ty(ty).holds(At::From(name.start))) {
        Some(binding) => Val::List(b.list(&[binding])),
        None => Val::None,
    }
}

pub(super) fn components(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let mut bindings = Vec::new();
    for child in kids(b, at) {
        let is_name = child.kind == "record_pattern_component";
        bindings.push(b.listed(Some(child).filter(|_| is_name)).first().copied().unwrap_or(NONE));
    }
    Val::List(b.list(&bindings))
}

pub(super) fn record_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = kids(b, at);
    let Some(&ty) = kids.first() else { return Val::None };
    if ty.kind == "identifier" {
        b.set_space(ty, TYPES);
    }
    let of: ExprId = instance(b, ty.expr());
    for (nth, binding) in b.listed(kids.get(1).copied()).into_iter().enumerate() {
        if binding != NONE {
            let value = special(b, &format!("component {nth}"), of);
            b.add_value(binding, value);
        }
    }
    Val::None
}
