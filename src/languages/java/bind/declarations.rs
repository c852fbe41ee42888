//! Types, what they have, and annotations.

use super::{dimensioned, dimensions, expect, special};
use crate::{
    bind::{
        Bind, Binder, Child, FUNCTIONS, LOCAL_TYPE, LOCAL_VALUE, Leaving, MEMBER_TYPE, MEMBER_VALUE, ScopeKind, TYPES,
        Val, Where,
    },
    record::{BindingId, BindingKind, Expr, ExprId, NONE, NameId},
};

/// A class, interface, enum, record or annotation. Its type parameters are bound in its own scope.
pub(super) fn class(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let is_member = matches!(b.scope_kind(Where::Out(1)), ScopeKind::Module | ScopeKind::Class);
    let around = b.inside();
    let bind = Bind::new(BindingKind::Definition).place(Where::Out(1)).value(around).space(if is_member {
        MEMBER_TYPE
    } else {
        LOCAL_TYPE
    });
    let Some(binding) = b.bind(name, bind) else { return Val::None };
    let mut bases = b.listed(b.get(at, "superclass"));
    // The class that it extends comes first; what has none extends what the language says.
    match at.node.kind() {
        "class_declaration" if bases.is_empty() => bases.push(b.lib("Object", &[])),
        "enum_declaration" => {
            let own = b.make(Expr::Bound(binding));
            bases.push(b.lib("Enum", &[own]));
        }
        "record_declaration" => bases.push(b.lib("Record", &[])),
        _ => {}
    }
    bases.extend(b.listed(b.get(at, "interfaces").or_else(|| b.of_kind(at, "extends_interfaces"))));
    if at.node.kind() == "annotation_type_declaration" {
        bases.push(b.lib("Annotation", &[]));
    }
    b.set_bases(binding, &bases);
    let generics = b.bound_here(BindingKind::TypeParameter);
    b.set_generics(binding, &generics);
    let mut members = b.listed(b.get(at, "body"));
    if at.node.kind() == "record_declaration" {
        if let Some(head) = b.get(at, "parameters") {
            b.belongs_to_body(head.range());
        }
        let components = b.bound_here(BindingKind::Parameter);
        b.set_params(binding, &components);
        members.extend(components);
    }
    let members = b.long_list(&members);
    b.set_members(binding, members);
    Val::None
}

/// All that a type's body binds.
pub(super) fn body(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::List(b.all_bound_here())
}

/// A type without a name, whose body was left just now.
pub(super) fn anonymous(b: &mut Binder<'_>, base: ExprId, body: Child) -> BindingId {
    let around = b.inside();
    let bind = Bind::new(BindingKind::Definition).place(Where::Nowhere).value(around);
    let binding = b.bind_name(NONE, body.start, bind);
    b.set_bases(binding, &[base]);
    if let Val::List(members) = body.val {
        b.set_members(binding, members);
    }
    binding
}

/// A constant of an enum, which may have a body of its own.
pub(super) fn constant(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.inside();
    if let Some(arguments) = b.get(at, "arguments")
        && let Val::List(args) = arguments.val
    {
        b.construct(ty, args);
    }
    if let Some(body) = b.get(at, "body") {
        anonymous(b, ty, body);
    }
    if let Some(name) = b.get(at, "name") {
        b.bind(name, Bind::new(BindingKind::Member).ty(ty).space(MEMBER_VALUE));
    }
    Val::None
}

/// A method without a body is a `Member`: it is what an interface asks for.
pub(super) fn method(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let by = dimensions(b, b.get(at, "dimensions"));
    let ty = b.expr(at, "type");
    let ty = dimensioned(b, ty, by);
    for value in b.all_returns() {
        expect(b, value, ty);
    }
    let kind = if b.get(at, "body").is_some() { BindingKind::Definition } else { BindingKind::Member };
    function(b, name, Bind::new(kind).ty(ty));
    Val::None
}

pub(super) fn constructor(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "name") {
        function(b, name, Bind::new(BindingKind::Definition));
    }
    Val::None
}

fn function(b: &mut Binder<'_>, name: Child, bind: Bind) {
    let (params, generics) = (b.bound_here(BindingKind::Parameter), b.bound_here(BindingKind::TypeParameter));
    if let Some(binding) = b.bind(name, bind.place(Where::Out(1)).space(FUNCTIONS)) {
        b.set_params(binding, &params);
        b.set_generics(binding, &generics);
    }
}

/// An element of an annotation is read like a method.
pub(super) fn element(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    if let Some(name) = b.get(at, "name")
        && let Some(binding) = b.bind(name, Bind::new(BindingKind::Member).ty(ty).space(FUNCTIONS))
    {
        b.set_params(binding, &[]);
    }
    Val::None
}

pub(super) fn fields(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    declare(b, at, |_| Bind::new(BindingKind::Member).space(MEMBER_VALUE));
    Val::None
}

/// Binds what a declaration declares.
pub(super) fn declare(b: &mut Binder<'_>, at: &Leaving<'_>, bind: impl Fn(Child) -> Bind) {
    let ty = b.expr(at, "type");
    let values: Vec<Child> = b.all(at, "declarator");
    let names = b.take_later();
    for name in names {
        let of = values.iter().find(|value| value.start == name.start);
        let value = of.map_or(0, Child::expr);
        let ty = dimensioned(b, ty, name.kind.matches('[').count());
        expect(b, value, ty);
        b.bind(name, bind(name).ty(ty).value(value));
    }
}

const PARAMETER: Bind = Bind::new(BindingKind::Parameter).space(LOCAL_VALUE);

pub(super) fn parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, by) = (b.expr(at, "type"), dimensions(b, b.get(at, "dimensions")));
    let ty = dimensioned(b, ty, by);
    if let Some(name) = b.get(at, "name") {
        b.bind(name, PARAMETER.ty(ty));
    }
    Val::None
}

/// `T... names`.
pub(super) fn spread(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let is_type = |child: &&Child| {
        !matches!(child.kind, "modifiers" | "variable_declarator") && !child.kind.ends_with("annotation")
    };
    let ty = super::kids(b, at).iter().find(is_type).map_or(0, Child::expr);
    let ty = b.lib("...", &[ty]);
    for name in b.take_later() {
        b.bind(name, PARAMETER.ty(ty));
    }
    Val::None
}

pub(super) fn annotation(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    if name.kind == "identifier" {
        b.set_space(name, TYPES);
    }
    let of = name.expr();
    for key in b.take_later() {
        let Some(id) = b.name_of(key) else { continue };
        method_named(b, of, key, id, NONE);
    }
    Val::None
}

/// The token of `name` means a method of `of`.
pub(super) fn method_named(b: &mut Binder<'_>, of: ExprId, name: Child, id: NameId, args: u32) -> Val {
    let member = b.make(Expr::Member { of, name: id });
    b.reached(name, |_| Expr::Chosen { of: member, args })
}

pub(super) fn pair(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(key) = b.get(at, "key") {
        b.later(key);
    }
    Val::None
}

/// What a type inherits, as an object.
pub(super) fn inherited(b: &mut Binder<'_>, of: ExprId) -> ExprId {
    special(b, "super", of)
}
