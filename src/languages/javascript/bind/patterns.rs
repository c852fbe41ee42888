//! Names that are bound by taking values apart, and what is assigned.

use super::{BOTH, CLASS, FUNCTION, VALUE, jsdoc, modules, unquoted};
use crate::{
    bind::{Bind, Binder, Child, Leaving, Pat, Val, Where},
    record::{BindingId, BindingKind, Expr, ExprId, ReferenceKind},
};

const VARIABLE: Bind = Bind::new(BindingKind::Variable).space(VALUE);

/// `{ a }`: the name of a member, and what it is bound to.
pub(super) fn shorthand(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let key = b.name_in(at.start..at.end, ReferenceKind::Read, VALUE);
    let Val::Expr(key) = key else { return Val::None };
    let Val::Expr(name) = b.name_in(at.start..at.end, ReferenceKind::Read, VALUE) else { return Val::None };
    let name = b.pat(Pat::Name(name));
    b.pat_val(Pat::Keyed(vec![(key, name)]))
}

pub(super) fn object(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    let pats = kids.into_iter().filter(|kid| kid.kind != "comment").map(|kid| b.pat_of(kid)).collect();
    b.pat_val(Pat::All(pats))
}

/// Elements may be left out.
pub(super) fn array(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    let mut pats = Vec::with_capacity(kids.len());
    let mut cursor = at.node.walk();
    let mut is_open = true;
    let mut kids = kids.into_iter();
    for part in at.node.children(&mut cursor) {
        if part.is_named() {
            let Some(kid) = kids.next() else { break };
            if kid.kind != "comment" {
                pats.push(b.pat_of(kid));
                is_open = false;
            }
        } else if part.kind() == "," {
            if is_open {
                pats.push(b.pat(Pat::Any));
            }
            is_open = true;
        }
    }
    b.pat_val(Pat::Tuple(pats))
}

pub(super) fn pair(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(key), Some(value)) = (b.get(at, "key"), b.get(at, "value")) else { return Val::None };
    let pat = b.pat_of(value);
    match (key.kind, key.val) {
        ("property_identifier", Val::Expr(key)) => b.pat_val(Pat::Keyed(vec![(key, pat)])),
        ("string", _) => {
            let name = unquoted(b, key);
            let name = b.word(&name);
            b.pat_val(Pat::Fields(vec![(name, pat)]))
        }
        _ => b.pat_val(Pat::Through(crate::bind::Through::Element, pat)),
    }
}

pub(super) fn default(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(left) = b.get(at, "left") else { return Val::None };
    let (pat, value) = (b.pat_of(left), b.expr(at, "right"));
    if let Pat::Keyed(fields) = b.pat_at(pat)
        && let [(key, name)] = fields.as_slice()
    {
        // `{ a = 1 }`: the name is what may have another value.
        let name = b.pat(Pat::Default(value, *name));
        return b.pat_val(Pat::Keyed(vec![(*key, name)]));
    }
    b.pat_val(Pat::Default(value, pat))
}

/// `...rest`: what is left is like the whole.
pub(super) fn rest(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.nth(at, 0) else { return Val::None };
    let pat = b.pat_of(name);
    b.pat_val(Pat::All(vec![pat]))
}

pub(super) fn declarator(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let mut ty = b.expr(at, "type");
    let value = b.get(at, "value");
    if ty == 0 {
        ty = jsdoc::type_before(b, at.start);
    }
    let is_var = b.parent_kind() == "variable_declaration";
    let bind = if is_var { VARIABLE.place(Where::Function).same() } else { VARIABLE };
    if name.kind != "identifier" {
        let pat = b.pat_of(name);
        b.bind_pattern(pat, bind.ty(ty).value(value.map_or(0, |value| value.expr())));
        return Val::None;
    }
    bind_value(b, name, bind, ty, value);
    Val::None
}

/// Binds a name to a value; what is a function or a class bears the name itself.
pub(super) fn bind_value(
    b: &mut Binder<'_>,
    name: Child,
    bind: Bind,
    ty: ExprId,
    value: Option<Child>,
) -> Option<BindingId> {
    let Some(value) = value else { return b.bind(name, bind.ty(ty)) };
    let expr = value.expr();
    let expected = if ty == 0 { 0 } else { b.make(Expr::Instance(ty)) };
    b.expect(expr, expected);
    let is_function = matches!(value.kind, "arrow_function" | "function_expression" | "generator_function");
    if is_function && let Some((params, gives)) = b.function_of(expr) {
        let gives = if ty == 0 { gives } else { b.make(Expr::Result(expected)) };
        let binding = b.bind(name, bind.value(gives))?;
        b.set_params(binding, &params);
        return Some(binding);
    }
    if value.kind == "class"
        && let Some(class) = b.record_of(expr)
    {
        let binding = b.bind(name, Bind { space: BOTH, ..bind })?;
        b.take_over(binding, class);
        return Some(binding);
    }
    b.bind(name, bind.ty(ty).value(expr))
}

pub(super) fn for_in(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let over = b.expr(at, "right");
    let operator = at.node.child_by_field_name("operator").map_or("", |operator| operator.kind());
    let value = match operator {
        "of" => b.make(Expr::Element(over)),
        _ => b.lib("string", &[]),
    };
    let kind = at.node.child_by_field_name("kind").map(|kind| kind.kind());
    let (Some(left), Some(kind)) = (b.get(at, "left"), kind) else { return Val::None };
    let pat = b.pat_of(left);
    let bind = if kind == "var" { VARIABLE.place(Where::Function).same() } else { VARIABLE };
    b.bind_pattern(pat, bind.value(value));
    Val::None
}

pub(super) fn catch(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(parameter) = b.get(at, "parameter") {
        let ty = b.expr(at, "type");
        let pat = b.pat_of(parameter);
        b.bind_pattern(pat, VARIABLE.ty(ty));
    }
    Val::None
}

pub(super) fn assignment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(left), Some(right)) = (b.get(at, "left"), b.get(at, "right")) else { return Val::None };
    let value = right.expr();
    match left.kind {
        "identifier" => {
            b.gives(left, value);
            b.used_for_token(left.expr(), ReferenceKind::Write);
            b.expect(value, left.expr());
        }
        "member_expression" | "subscript_expression" => {
            b.used_for(left.expr(), ReferenceKind::Write);
            let ty = jsdoc::type_before(b, at.start);
            if own_member(b, left, right, ty) {
                b.expect(value, left.expr());
            } else if !modules::assigned(b, left, right) {
                b.stays_use_of(left.expr());
                b.expect(value, left.expr());
            }
        }
        _ => {}
    }
    Val::Expr(value)
}

/// `this.x = value` in a class, or in a function that makes objects.
fn own_member(b: &mut Binder<'_>, left: Child, right: Child, ty: ExprId) -> bool {
    let text = b.text(left.range());
    let Some(name) = text.strip_prefix(b"this.") else { return false };
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#') || !byte.is_ascii();
    if !name.iter().all(is_word) {
        return false;
    }
    let name = b.name(name);
    let start = left.start + 5;
    let value = right.expr();
    let Some(at) = b.holders.iter().rposition(|holder| matches!(holder.kind, FUNCTION | CLASS)) else { return false };
    // A method assigns to its class.
    let class = at.checked_sub(1).filter(|&around| b.holders[around].kind == CLASS && b.holders[at].kind == FUNCTION);
    let holder = &mut b.holders[class.unwrap_or(at)];
    holder.assigned.push((name, start, ty, value));
    true
}

pub(super) fn augmented(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (left, right) = (b.expr(at, "left"), b.expr(at, "right"));
    b.used_for(left, ReferenceKind::Write);
    let operator = at.node.child_by_field_name("operator").map_or("", |operator| operator.kind());
    match operator {
        "||=" | "??=" => {
            if let Some(name) = b.get(at, "left") {
                b.gives(name, right);
            }
            super::either(b, left, right)
        }
        "&&=" => Val::Expr(right),
        _ => Val::None,
    }
}

pub(super) fn update(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "argument");
    b.used_for(of, ReferenceKind::Write);
    Val::Expr(b.lib("number", &[]))
}
