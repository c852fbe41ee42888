//! Types as they are written.

use tree_sitter::Node;

use super::{NOWHERE, binds, child, declarations::signature, parts};
use crate::{
    bind::{Binder, Leaving, Val, Where},
    record::{BindingKind, Expr, ExprId, NONE},
};

const EMBEDDED: &str = "embedded";

/// `struct { ... }`: a type without a name, whose members are its fields and what its bases have.
pub(super) fn structure(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kept = b.take_later();
    let bases: Vec<ExprId> = kept.iter().filter(|kept| kept.kind == EMBEDDED).map(|kept| kept.expr()).collect();
    written(b, at, &bases)
}

pub(super) fn interface(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let bases: Vec<ExprId> =
        b.kids(at).iter().filter(|child| child.kind == "type_elem").map(|child| child.expr()).collect();
    written(b, at, &bases)
}

fn written(b: &mut Binder<'_>, at: &Leaving<'_>, bases: &[ExprId]) -> Val {
    let members = b.all_bound_here();
    // It stands for the type that is defined by it.
    let name = b.before(at).iter().find(|child| child.field == "name").and_then(|&name| b.name_of(name));
    let binding = b.bind_name(name.unwrap_or(NONE), NOWHERE, binds(BindingKind::Definition).place(Where::Nowhere));
    b.set_members(binding, members);
    b.set_bases(binding, bases);
    b.val(Expr::Bound(binding))
}

/// `a, b T`, or `T`, `*T`, `p.T`, `T[A]` for a field that bears the name of its type.
pub(super) fn field(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    let bind = binds(BindingKind::Member).ty(ty).space(0);
    let names = b.all(at, "name");
    for &name in &names {
        b.bind(name, bind);
    }
    if !names.is_empty() {
        return Val::None;
    }
    if let Some(name) = at.node.child_by_field_name("type").and_then(name_in)
        && let Some(expr) = b.token_starting(name.start_byte() as u32)
    {
        let name = child(expr, name.start_byte() as u32, name.end_byte() as u32);
        b.stays_use(name);
        if let Some(id) = b.name_of(name) {
            b.bind_name(id, name.start, bind);
        }
        b.later(crate::bind::Child { val: Val::Expr(ty), kind: EMBEDDED, ..name });
    }
    Val::None
}

/// The name of a type in how it is written.
fn name_in(node: Node<'_>) -> Option<Node<'_>> {
    let mut at = node;
    loop {
        at = match at.kind() {
            "type_identifier" => return Some(at),
            "pointer_type" | "parenthesized_type" => at.named_child(0)?,
            "qualified_type" => at.child_by_field_name("name")?,
            "generic_type" => at.child_by_field_name("type")?,
            _ => return None,
        };
    }
}

/// A method of an interface.
pub(super) fn method(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let (params, ty) = signature(b, at);
    let bind = binds(BindingKind::Definition).place(Where::Out(1)).ty(ty).space(0);
    if let Some(binding) = b.bind(name, bind) {
        b.set_params(binding, &params);
    }
    Val::None
}

/// What an interface embeds, an argument, a constraint: one type, or any of several.
pub(super) fn element(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let types: Vec<ExprId> = parts(b, at).iter().map(|part| part.expr()).filter(|&expr| expr != 0).collect();
    if let Some(name) = at.node.named_child(0).filter(|_| at.node.named_child_count() == 1).and_then(name_in)
        && let Some(expr) = b.token_starting(name.start_byte() as u32)
    {
        b.stays_use(child(expr, name.start_byte() as u32, name.end_byte() as u32));
    }
    Val::Expr(b.either(&types))
}

pub(super) fn slice(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let element = b.expr(at, "element");
    Val::Expr(b.lib("[]", &[element]))
}

pub(super) fn map(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (key, value) = (b.expr(at, "key"), b.expr(at, "value"));
    Val::Expr(b.lib("map", &[key, value]))
}

pub(super) fn channel(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.expr(at, "value");
    Val::Expr(b.lib("chan", &[value]))
}

/// Of a type, or of a function without a name.
pub(super) fn function(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (params, ty) = signature(b, at);
    let (params, gives) = (b.list(&params), if ty == 0 { 0 } else { b.make(Expr::Instance(ty)) });
    b.val(Expr::Function { params, gives })
}

pub(super) fn qualified(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "package");
    match b.get(at, "name") {
        Some(name) => b.member(of, name),
        None => Val::None,
    }
}

pub(super) fn generic(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "type");
    match b.get(at, "type_arguments").map(|args| args.val) {
        Some(Val::List(args)) => b.val(Expr::Apply { of, args }),
        _ => Val::Expr(of),
    }
}
