//! Functions: their names, parameters, and what they give back.

use tree_sitter::Node;

use super::{ARROW, CLASS, FUNCTION, OBJECT, VALUE, jsdoc, special};
use crate::{
    bind::{Bind, Binder, Child, Holder, Leaving, Pat, Val, Where},
    record::{BindingId, BindingKind, Expr, ExprId, NONE, ReferenceKind},
    resolve::REST,
};

pub(super) const PARAMETER: Bind = Bind::new(BindingKind::Parameter).space(VALUE);

pub(super) fn begin(b: &mut Binder<'_>, _: Node<'_>) {
    b.holders.push(Holder { kind: FUNCTION, binding: NONE, ..Holder::default() });
}

pub(super) fn begin_arrow(b: &mut Binder<'_>, _: Node<'_>) {
    b.holders.push(Holder { kind: ARROW, binding: NONE, ..Holder::default() });
}

/// `this` in a method is an object of the class, the class itself in a static one, or the object around.
pub(super) fn begin_method(b: &mut Binder<'_>, node: Node<'_>) {
    let around = b.holders.last().map_or((0, NONE), |holder| (holder.kind, holder.binding));
    let this = match around {
        (CLASS, _) => {
            let symbol = b.within;
            let is_static = node.children(&mut node.walk()).take(4).any(|child| child.kind() == "static");
            b.make(if is_static { Expr::SelfType { symbol } } else { Expr::SelfValue { symbol } })
        }
        (OBJECT, binding) => b.make(Expr::Record(binding)),
        _ => 0,
    };
    b.holders.push(Holder { kind: FUNCTION, binding: NONE, this, ..Holder::default() });
}

pub(super) fn begin_static(b: &mut Binder<'_>, _: Node<'_>) {
    let symbol = b.within;
    let this = b.make(Expr::SelfType { symbol });
    b.holders.push(Holder { kind: FUNCTION, binding: NONE, this, ..Holder::default() });
}

pub(super) fn end_block(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    b.holders.pop();
    Val::None
}

/// `this` in a function that is no method: what it makes, when it is called with `new`.
pub(super) fn own_this(b: &mut Binder<'_>) -> Val {
    let Some(at) = b.holders.iter().rposition(|holder| holder.kind == FUNCTION) else { return Val::None };
    let binding = b.nameless(0, Bind::new(BindingKind::Member));
    let this = b.make(Expr::Record(binding));
    (b.holders[at].this, b.holders[at].binding) = (this, binding);
    Val::Expr(this)
}

/// What a function is, as it was left.
pub(super) struct Left {
    pub params: Vec<BindingId>,
    pub generics: Vec<BindingId>,
    /// The type that is written down.
    pub ty: ExprId,
    /// What it is seen to give.
    pub gives: ExprId,
    pub made: BindingId,
}

/// The parts of a function that is left.
pub(super) fn left(b: &mut Binder<'_>, at: &Leaving<'_>) -> Left {
    // A single parameter without parentheses.
    if let Some(name) = b.get(at, "parameter").filter(|name| name.kind == "identifier") {
        add_parameter(b, name, 0, 0);
    }
    let Holder { parts, binding, assigned, .. } = b.holders.pop().unwrap_or_default();
    b.left_this = binding;
    let generics = b.bound_here(BindingKind::TypeParameter);
    let mut ty = b.expr(at, "return_type");
    let docs = jsdoc::of_function(b, at.start);
    if let Some(docs) = &docs {
        jsdoc::apply(b, docs, &parts);
        if ty == 0 {
            ty = docs.returns;
        }
    }
    let body = b.get(at, "body");
    let returned = match body {
        Some(body) if body.kind != "statement_block" => body.expr(),
        _ => b.returns(),
    };
    let (is_async, is_generator) = modifiers(b, at);
    if ty != 0 {
        let mut expected = b.make(Expr::Instance(ty));
        if is_async {
            expected = b.make(Expr::Await(expected));
        }
        if !is_generator {
            b.expect(returned, expected);
        }
    }
    let mut gives = returned;
    if is_async && !is_generator {
        gives = b.lib("Promise", &[returned]);
    } else if is_generator {
        gives = b.lib(if is_async { "AsyncGenerator" } else { "Generator" }, &[0]);
    }
    let mut made = NONE;
    if binding != NONE && !assigned.is_empty() {
        super::classes::assign_members(b, binding, &[], &assigned);
        made = binding;
        if gives == 0 {
            gives = b.make(Expr::Record(binding));
        }
    }
    Left { params: parts, generics, ty, gives, made }
}

/// `async`, `*`, before the parameters.
fn modifiers(b: &Binder<'_>, at: &Leaving<'_>) -> (bool, bool) {
    let kids = b.kids(at);
    let end = kids
        .iter()
        .find(|kid| matches!(kid.field, "parameters" | "parameter" | "body"))
        .map_or(at.start, |kid| kid.start);
    let head = b.text(at.start..end);
    let is_async = head.split(|byte| !byte.is_ascii_alphabetic()).any(|word| word == b"async");
    (is_async, head.contains(&b'*'))
}

pub(super) fn set(b: &mut Binder<'_>, binding: BindingId, left: &Left) {
    b.set_params(binding, &left.params);
    b.set_generics(binding, &left.generics);
}

pub(super) fn declaration(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let left = left(b, at);
    let Some(name) = b.get(at, "name") else { return Val::None };
    let bind = Bind::new(BindingKind::Definition).space(VALUE).place(Where::Out(1)).ty(left.ty).value(left.gives);
    if let Some(binding) = b.bind(name, bind) {
        set(b, binding, &left);
        if left.made != NONE {
            // What is made of it has what its prototype has.
            let of = b.make(Expr::Bound(binding));
            b.set_bases(left.made, &[of]);
        }
        return b.val(Expr::Bound(binding));
    }
    Val::None
}

/// A form of a function without a body.
pub(super) fn signature(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let left = left(b, at);
    let Some(name) = b.get(at, "name") else { return Val::None };
    let bind = Bind::new(BindingKind::Signature).space(VALUE).place(Where::Out(1)).ty(left.ty);
    if let Some(binding) = b.bind(name, bind) {
        set(b, binding, &left);
        lead_to_body(b, name, binding);
    }
    Val::None
}

/// The name of a form without a body leads to what has one.
pub(super) fn lead_to_body(b: &mut Binder<'_>, name: Child, binding: BindingId) {
    let val = b.name_token(name.range(), ReferenceKind::Read);
    let name = Child { val, ..name };
    b.stays_use(name);
    let of = b.make(Expr::Bound(binding));
    b.reached(name, |_| Expr::Chosen { of, args: NONE });
}

pub(super) fn expression(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let left = left(b, at);
    let function = value_of(b, &left);
    // What the function binds itself hides its own name.
    if let Some(name) = b.get(at, "name") {
        let place = if b.binds_here(name) { Where::Nowhere } else { Where::Here };
        let bind = Bind::new(BindingKind::Definition).space(VALUE).place(place).ty(left.ty).value(left.gives);
        if let Some(binding) = b.bind(name, bind) {
            set(b, binding, &left);
        }
    }
    function
}

pub(super) fn arrow(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let left = left(b, at);
    value_of(b, &left)
}

fn value_of(b: &mut Binder<'_>, left: &Left) -> Val {
    let gives = if left.ty == 0 { left.gives } else { b.make(Expr::Instance(left.ty)) };
    let params = b.list(&left.params);
    b.val(Expr::Function { params, gives })
}

pub(super) fn returned(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.kids(at).iter().rev().find(|kid| kid.kind != "comment").map_or(0, Child::expr);
    b.returned(value);
    Val::None
}

/// JavaScript's parameters are patterns; TypeScript's have nodes of their own.
pub(super) fn parameters(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for child in b.kids(at).to_vec() {
        if !matches!(child.kind, "required_parameter" | "optional_parameter" | "comment" | "decorator") {
            add_parameter(b, child, 0, 0);
        }
    }
    Val::None
}

/// Binds a parameter, as the next one of the function around.
pub(super) fn add_parameter(b: &mut Binder<'_>, name: Child, mut ty: ExprId, mut value: ExprId) {
    let mut pat = b.pat_of(name);
    if let Pat::Default(default, inner) = b.pat_at(pat) {
        (pat, value) = (inner, default);
    }
    if name.kind == "rest_pattern" {
        ty = special(b, REST, ty);
        if let Pat::All(inner) = b.pat_at(pat) {
            pat = inner.first().copied().unwrap_or(pat);
        }
    }
    let bind = PARAMETER.ty(ty).value(value);
    let binding = match b.pat_at(pat) {
        Pat::Name(expr) => b.bind(Child { val: Val::Expr(expr), ..name }, bind),
        _ => {
            // The parts are those of a parameter without a name.
            let binding = b.nameless(name.start, bind);
            let whole = b.make(Expr::Bound(binding));
            b.bind_pattern(pat, Bind::new(BindingKind::Variable).space(VALUE).value(whole));
            Some(binding)
        }
    };
    if let (Some(binding), Some(holder)) = (binding, b.holder()) {
        holder.parts.push(binding);
    }
}

/// `name: T = value`, `name?: T`, `{ a }: T`, `this: T`.
pub(super) fn parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (mut ty, value) = (b.expr(at, "type"), b.expr(at, "value"));
    let Some(pattern) = b.get(at, "pattern").or_else(|| b.get(at, "name")) else {
        return Val::None;
    };
    if pattern.kind == "this" {
        let this = b.make(Expr::Instance(ty));
        if let Some(holder) = b.holder() {
            holder.this = this;
        }
        return Val::None;
    }
    if value != 0 && ty != 0 {
        let expected = b.make(Expr::Instance(ty));
        b.expect(value, expected);
    }
    if at.node.kind() == "optional_parameter" {
        ty = special(b, "?", ty);
    }
    add_parameter(b, pattern, ty, value);
    Val::None
}

pub(super) fn function_type(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let holder = b.holders.pop().unwrap_or_default();
    let gives = match b.expr(at, "return_type") {
        0 => b.expr(at, "type"),
        ty => ty,
    };
    let params = b.list(&holder.parts);
    b.val(Expr::Function { params, gives })
}
