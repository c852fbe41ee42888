//! Classes and interfaces with their members, enums.

use tree_sitter::Node;

use super::{
    ASSIGNING_DEFINES, BOTH, CLASS, ENUM, INTERFACE, OBJECT, SHAPE, TYPE, functions, jsdoc, objects, unquoted,
};
use crate::{
    bind::{Bind, Binder, Child, Holder, Leaving, Val, Where},
    record::{BindingId, BindingKind, Expr, ExprId, NONE, NameId},
};

const MEMBER: Bind = Bind::new(BindingKind::Member).place(Where::Nowhere);

pub(super) fn begin(b: &mut Binder<'_>, _: Node<'_>) {
    begin_kind(b, CLASS);
}

pub(super) fn begin_interface(b: &mut Binder<'_>, _: Node<'_>) {
    begin_kind(b, INTERFACE);
}

fn begin_kind(b: &mut Binder<'_>, kind: u8) {
    let symbol = b.within;
    let this = b.make(Expr::SelfValue { symbol });
    b.holders.push(Holder { kind, binding: NONE, this, ..Holder::default() });
}

/// The base of JavaScript's classes.
pub(super) fn heritage(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.nth(at, 0).map_or(Val::None, |base| base.val)
}

/// `extends Base<T>`, with its type arguments beside it.
pub(super) fn extends(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "value");
    match b.get(at, "type_arguments").map(|args| args.val) {
        Some(Val::List(args)) => b.val(Expr::Apply { of, args }),
        _ => Val::Expr(of),
    }
}

/// What is listed behind `extends` or `implements`.
pub(super) fn bases(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let mut all = Vec::new();
    for kid in b.kids(at).to_vec() {
        all.extend(b.listed(Some(kid)).into_iter().filter(|&base| base != 0));
    }
    Val::List(b.list(&all))
}

pub(super) fn class(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Holder { parts, assigned, .. } = b.holders.pop().unwrap_or_default();
    let generics = b.bound_here(BindingKind::TypeParameter);
    let heritage = b.of_kind(at, "class_heritage");
    let mut bases = b.listed(heritage);
    bases.retain(|&base| base != 0);
    if let Some(base) = jsdoc::base(b, at.start) {
        bases.insert(0, base);
    }
    let is_declaration = at.node.kind() != "class";
    let bind =
        Bind::new(BindingKind::Definition).space(BOTH).place(if is_declaration { Where::Out(1) } else { Where::Here });
    let binding = match b.get(at, "name") {
        Some(name) => b.bind(name, bind),
        None => Some(b.nameless(at.start, bind)),
    };
    let Some(binding) = binding else { return Val::None };
    b.set_generics(binding, &generics);
    b.set_bases(binding, &bases);
    if let Some(&made) = parts.iter().find(|&&part| is_constructor(b, part)) {
        b.take_params(binding, made);
    }
    assign_members(b, NONE, &parts, &assigned);
    b.val(Expr::Bound(binding))
}

fn is_constructor(b: &Binder<'_>, member: BindingId) -> bool {
    let name = b.name_of_binding(member);
    name != NONE && b.spelled(name) == "constructor"
}

/// What is assigned to members: those that are there already have more values, the others are members by that.
pub(super) fn assign_members(
    b: &mut Binder<'_>,
    record: BindingId,
    parts: &[BindingId],
    assigned: &[(NameId, u32, ExprId, ExprId)],
) {
    let mut known: Vec<(NameId, BindingId)> = parts.iter().map(|&part| (b.name_of_binding(part), part)).collect();
    let mut own = parts.to_vec();
    for &(name, start, ty, value) in assigned {
        match known.iter().find(|(other, _)| *other == name) {
            Some(&(_, member)) if own[parts.len()..].contains(&member) => {
                b.add_value(member, value);
                if ty != 0 {
                    b.set_type(member, ty);
                }
                b.add_site(member, start);
            }
            Some(&(_, member)) if b.has_type_or_value(member) => {}
            Some(&(_, member)) => b.add_value(member, value),
            None if b.mode == ASSIGNING_DEFINES => {
                let member = b.bind_name(name, start, MEMBER.ty(ty).value(value));
                b.make_symbol(member, record != NONE);
                known.push((name, member));
                own.push(member);
            }
            None => {}
        }
    }
    if record != NONE {
        b.set_parts(record, &own);
    }
}

fn add(b: &mut Binder<'_>, binding: BindingId) {
    if let Some(holder) = b.holder() {
        holder.parts.push(binding);
    }
}

/// Binds the name of a member.
fn bind_member(b: &mut Binder<'_>, name: Child, bind: Bind) -> Option<BindingId> {
    let binding = match name.kind {
        "property_identifier" | "private_property_identifier" => b.bind(name, bind),
        "string" => {
            let text = String::from_utf8_lossy(b.text(name.range())).into_owned();
            let word = if in_shape(b) { unquoted(b, name) } else { text };
            let word = b.word(&word);
            Some(b.bind_name(word, name.start, bind))
        }
        "number" => {
            let word = b.name(b.text(name.range()));
            Some(b.bind_name(word, name.start, bind))
        }
        "computed_property_name" => {
            let word = String::from_utf8_lossy(b.text(name.range())).into_owned();
            let word = b.word(&word);
            Some(b.bind_name(word, name.start, bind))
        }
        _ => None,
    }?;
    add(b, binding);
    Some(binding)
}

fn in_class(b: &Binder<'_>) -> bool {
    b.holders.last().is_some_and(|holder| holder.kind == CLASS)
}

fn in_shape(b: &Binder<'_>) -> bool {
    b.holders.last().is_some_and(|holder| matches!(holder.kind, SHAPE | OBJECT))
}

/// A field of a class: JavaScript's has another name for its name.
pub(super) fn field(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "property").or_else(|| b.get(at, "name")) else { return Val::None };
    let mut ty = b.expr(at, "type");
    if ty == 0 {
        ty = jsdoc::type_before(b, at.start);
    }
    let value = b.get(at, "value");
    let Some(value) = value else {
        bind_member(b, name, MEMBER.ty(ty));
        return Val::None;
    };
    let expr = value.expr();
    let expected = if ty == 0 { 0 } else { b.make(Expr::Instance(ty)) };
    b.expect(expr, expected);
    let is_function = matches!(value.kind, "arrow_function" | "function_expression" | "generator_function");
    match b.function_of(expr).filter(|_| is_function) {
        Some((params, gives)) => {
            let gives = if ty == 0 { gives } else { b.make(Expr::Result(expected)) };
            if let Some(binding) = bind_member(b, name, MEMBER.value(gives)) {
                b.set_params(binding, &params);
            }
        }
        None => {
            bind_member(b, name, MEMBER.ty(ty).value(expr));
        }
    }
    Val::None
}

pub(super) fn method(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let left = functions::left(b, at);
    let Some(name) = b.get(at, "name") else { return Val::None };
    let kind = if is_getter(b, at, name) { BindingKind::Accessor } else { BindingKind::Definition };
    let bind = Bind::new(kind).place(Where::Nowhere).ty(left.ty).value(left.gives);
    let record = b.holders.last().filter(|holder| holder.kind == OBJECT).map(|holder| holder.binding);
    if let Some(record) = record.filter(|_| name.kind == "property_identifier") {
        objects::expect_key(b, record, name);
    }
    if let Some(binding) = bind_member(b, name, bind) {
        functions::set(b, binding, &left);
    }
    Val::None
}

/// `get x()`, `set x(value)`.
fn is_getter(b: &Binder<'_>, at: &Leaving<'_>, name: Child) -> bool {
    let head = b.text(at.start..name.start);
    head.split(|byte| !byte.is_ascii_alphabetic()).any(|word| matches!(word, b"get" | b"set"))
}

/// A method without a body, of an interface, an abstract class, a type.
pub(super) fn method_signature(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let left = functions::left(b, at);
    let Some(name) = b.get(at, "name") else { return Val::None };
    let kind = if is_getter(b, at, name) { BindingKind::Accessor } else { BindingKind::Signature };
    if let Some(binding) = bind_member(b, name, Bind::new(kind).place(Where::Nowhere).ty(left.ty)) {
        functions::set(b, binding, &left);
        if kind == BindingKind::Signature && name.kind == "property_identifier" && in_class(b) {
            functions::lead_to_body(b, name, binding);
        }
        offer(b, binding);
    }
    Val::None
}

pub(super) fn call_signature(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let mut left = functions::left(b, at);
    if left.ty == 0 {
        left.ty = b.expr(at, "type");
    }
    let name = b.word(if at.node.kind() == "call_signature" { "()" } else { "new()" });
    let binding = b.bind_name(name, at.start, Bind::new(BindingKind::Signature).place(Where::Nowhere).ty(left.ty));
    functions::set(b, binding, &left);
    add(b, binding);
    Val::None
}

pub(super) fn property_signature(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    let Some(name) = b.get(at, "name") else { return Val::None };
    if let Some(binding) = bind_member(b, name, MEMBER.ty(ty)) {
        offer(b, binding);
    }
    Val::None
}

/// Other files reach members of types that are written down.
fn offer(b: &mut Binder<'_>, binding: BindingId) {
    if in_shape(b) {
        b.make_symbol(binding, true);
    }
}

pub(super) fn interface(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.holders.pop();
    let generics = b.bound_here(BindingKind::TypeParameter);
    let bases = b.listed(b.of_kind(at, "extends_type_clause"));
    let Some(name) = b.get(at, "name") else { return Val::None };
    let bind = Bind::new(BindingKind::Definition).space(TYPE).place(Where::Out(1));
    if let Some(binding) = b.bind(name, bind) {
        b.set_generics(binding, &generics);
        b.set_bases(binding, &bases);
    }
    Val::None
}

pub(super) fn begin_enum(b: &mut Binder<'_>, _: Node<'_>) {
    b.holders.push(Holder { kind: ENUM, binding: NONE, ..Holder::default() });
}

pub(super) fn enumeration(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Holder { parts, .. } = b.holders.pop().unwrap_or_default();
    let Some(name) = b.get(at, "name") else { return Val::None };
    if let Some(binding) = b.bind(name, Bind::new(BindingKind::Definition).space(BOTH).place(Where::Out(1))) {
        let ty = b.make(Expr::Bound(binding));
        for part in parts {
            b.set_type(part, ty);
        }
    }
    Val::None
}

pub(super) fn enum_body(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for name in b.all(at, "name") {
        bind_member(b, name, MEMBER);
    }
    Val::None
}

pub(super) fn enum_member(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "name") {
        bind_member(b, name, MEMBER);
    }
    Val::None
}
