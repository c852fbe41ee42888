//! Statements that bind names.

use super::{
    binds, child,
    declarations::{bind_new, values},
};
use crate::{
    bind::{At, Binder, Child, LABELS, Leaving, Val, Where},
    record::{BindingKind, Expr, ExprId, ReferenceKind},
};

pub(super) fn short_var(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let names = b.listed(b.get(at, "left"));
    let given = values(b, at, "right", names.len());
    bind_all(b, at, &names, &given);
    Val::None
}

fn bind_all(b: &mut Binder<'_>, at: &Leaving<'_>, names: &[ExprId], given: &[ExprId]) {
    for (nth, &name) in names.iter().enumerate() {
        let name = child(name, at.start, at.start);
        bind_new(b, name, given.get(nth).copied().unwrap_or(0), At::From(at.end));
    }
}

/// What is assigned to is written, even where a function is named by it.
fn written(b: &mut Binder<'_>, expr: ExprId) {
    b.used_for(expr, ReferenceKind::Write);
    b.stays_use(child(expr, 0, 0));
}

pub(super) fn assignment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for expr in b.listed(b.get(at, "left")) {
        written(b, expr);
    }
    Val::None
}

pub(super) fn counting(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(of) = b.nth(at, 0) {
        written(b, of.expr());
    }
    Val::None
}

/// `:=` stands in it, not `=`.
fn declares(at: &Leaving<'_>) -> bool {
    let mut cursor = at.node.walk();
    at.node.children(&mut cursor).any(|child| child.kind() == ":=")
}

pub(super) fn range(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let names = b.listed(b.get(at, "left"));
    if !declares(at) {
        names.into_iter().for_each(|name| written(b, name));
        return Val::None;
    }
    let of = b.expr(at, "right");
    let (key, value) = (b.word("range key"), b.word("range value"));
    let given = [b.make(Expr::Special { what: key, of }), b.make(Expr::Special { what: value, of })];
    bind_all(b, at, &names, &given);
    Val::None
}

pub(super) fn receive(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let names = b.listed(b.get(at, "left"));
    if !declares(at) {
        names.into_iter().for_each(|name| written(b, name));
        return Val::None;
    }
    let given = values(b, at, "right", names.len());
    bind_all(b, at, &names, &given);
    Val::None
}

/// The `x` of `switch x := y.(type)`.
fn alias(b: &Binder<'_>, children: &[Child]) -> Option<Child> {
    let alias = children.iter().find(|child| child.field == "alias").copied()?;
    let name = b.listed(Some(alias)).first().copied()?;
    Some(child(name, alias.start, alias.end))
}

pub(super) fn type_switch(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(value) = b.get(at, "value") else { return Val::None };
    if let Some(name) = alias(b, b.kids(at)) {
        b.bind(name, binds(BindingKind::Variable).value(value.expr()).holds(At::From(value.end)));
    }
    Val::None
}

/// In a case of one type, the value is of that type.
pub(super) fn type_case(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let types = b.all(at, "type");
    if let [one] = types.as_slice()
        && b.text(one.range()) != b"nil"
        && let Some(name) = alias(b, b.before(at))
        && let Some(id) = b.name_of(name)
    {
        b.bind_name(id, name.start, binds(BindingKind::Variable).ty(one.expr()));
    }
    Val::None
}

pub(super) fn labelled(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(label) = b.get(at, "label") {
        b.bind(label, binds(BindingKind::Label).place(Where::Function).space(LABELS));
    }
    Val::None
}
