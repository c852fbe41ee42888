//! Objects and lists that are written down.

use tree_sitter::Node;

use super::{OBJECT, VALUE, unquoted};
use crate::{
    bind::{Bind, Binder, Child, Holder, Leaving, Val, Where},
    record::{BindingId, BindingKind, Expr, ExprId, NONE, NameId, ReferenceKind},
};

const MEMBER: Bind = Bind::new(BindingKind::Member).place(Where::Nowhere);

pub(super) fn begin(b: &mut Binder<'_>, node: Node<'_>) {
    let binding = b.nameless(node.start_byte() as u32, Bind::new(BindingKind::Variable));
    b.holders.push(Holder { kind: OBJECT, binding, ..Holder::default() });
}

pub(super) fn object(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let Holder { binding, parts, bases, .. } = b.holders.pop().unwrap_or_default();
    b.set_parts(binding, &parts);
    b.set_bases(binding, &bases);
    b.val(Expr::Record(binding))
}

/// The object that the walk is in.
fn around(b: &Binder<'_>) -> BindingId {
    b.holders.last().filter(|holder| holder.kind == OBJECT).map_or(NONE, |holder| holder.binding)
}

/// A key is a member of what is expected there, or else of the object itself.
fn bind_key(b: &mut Binder<'_>, key: Child, bind: Bind) -> Option<BindingId> {
    let record = around(b);
    expect_key(b, record, key);
    b.bind(key, bind)
}

pub(super) fn expect_key(b: &mut Binder<'_>, record: BindingId, key: Child) {
    let val = b.name_token(key.range(), ReferenceKind::Write);
    let key = Child { val, ..key };
    b.stays_use(key);
    b.reached(key, |name| Expr::Expected { record, name });
}

pub(super) fn add(b: &mut Binder<'_>, binding: BindingId) {
    if let Some(holder) = b.holder() {
        holder.parts.push(binding);
    }
}

/// What is expected of a member of the object around.
pub(super) fn expected(b: &mut Binder<'_>, name: NameId) -> ExprId {
    let record = around(b);
    if record == NONE { 0 } else { b.make(Expr::Expected { record, name }) }
}

pub(super) fn pair(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(key), Some(value)) = (b.get(at, "key"), b.get(at, "value")) else { return Val::None };
    let expr = value.expr();
    let name = match key.kind {
        "property_identifier" | "private_property_identifier" => b.name_of(key),
        "string" => {
            let name = unquoted(b, key);
            Some(b.word(&name))
        }
        "number" => Some(b.name(b.text(key.range()))),
        _ => None,
    };
    let Some(name) = name else { return Val::None };
    if b.can_be_told(expr) {
        let expected = expected(b, name);
        b.expect(expr, expected);
    }
    let is_function = matches!(value.kind, "arrow_function" | "function_expression" | "generator_function");
    let (params, value) = match b.function_of(expr).filter(|_| is_function) {
        Some((params, gives)) => (Some(params), gives),
        None => (None, expr),
    };
    let binding = match key.kind {
        "property_identifier" => bind_key(b, key, MEMBER.value(value)),
        _ => Some(b.bind_name(name, key.start, MEMBER.value(value))),
    };
    if let Some(binding) = binding {
        if let Some(params) = params {
            b.set_params(binding, &params);
        }
        add(b, binding);
    }
    Val::None
}

/// `{ a }`: a member that is what the name means.
pub(super) fn shorthand(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let used = b.name_in(at.start..at.end, ReferenceKind::Read, VALUE);
    let Val::Expr(value) = used else { return Val::None };
    let child = Child { val: used, field: "", kind: "identifier", start: at.start, end: at.end };
    b.stays_use(child);
    let name = b.name(b.text(at.start..at.end));
    let binding = b.bind_name(name, at.start, MEMBER.value(value));
    add(b, binding);
    let expected = expected(b, name);
    b.also(child, expected);
    Val::None
}

pub(super) fn spread(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.nth(at, 0).map_or(0, |child| child.expr());
    if b.parent_kind() == "object" {
        if let Some(holder) = b.holder() {
            holder.bases.push(value);
        }
        return Val::None;
    }
    b.val(Expr::Element(value))
}

pub(super) fn array(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let elements: Vec<ExprId> = b
        .kids(at)
        .iter()
        .filter(|kid| kid.kind != "comment")
        .map(Child::expr)
        .filter(|&expr| expr != 0)
        .take(8)
        .collect();
    let element = b.either(&elements);
    Val::Expr(b.lib("Array", &[element]))
}
