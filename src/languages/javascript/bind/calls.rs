//! Calls, members, what is made; elements of JSX.

use super::{ASSIGNING_DEFINES, list_of, modules, unquoted};
use crate::{
    bind::{Binder, Child, Leaving, Val},
    record::{Expr, ExprId, ListId, NONE, ReferenceKind},
};

pub(super) fn member(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "object");
    let Some(name) = b.get(at, "property") else { return Val::None };
    if b.mode == ASSIGNING_DEFINES && b.text(at.start..at.end) == b"module.exports" {
        let own = b.word("");
        let whole = b.make(Expr::Import { module: own, name: NONE });
        let whole = b.make(Expr::ValueType(whole));
        if let Some(module) = b.get(at, "object") {
            b.reached(module, |_| Expr::ValueType(whole));
        }
        return b.reached(name, |_| Expr::ValueType(whole));
    }
    if b.mode == ASSIGNING_DEFINES && b.get(at, "object").is_some_and(|object| b.text(object.range()) == b"exports") {
        let own = b.word("");
        let whole = b.make(Expr::Import { module: own, name: NONE });
        return b.member(whole, name);
    }
    b.member(of, name)
}

pub(super) fn subscript(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "object");
    let Some(index) = b.get(at, "index").filter(|_| of != 0) else { return Val::None };
    match index.kind {
        "string" => {
            let name = unquoted(b, index);
            let name = b.word(&name);
            b.val(Expr::Member { of, name })
        }
        "number" => {
            let what = b.name(b.text(index.range()));
            let by = b.make(Expr::Special { what, of: 0 });
            b.val(Expr::Index { of, by })
        }
        _ => b.val(Expr::Index { of, by: 0 }),
    }
}

pub(super) fn arguments(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids: Vec<Child> = b.kids(at).iter().filter(|kid| kid.kind != "comment").copied().collect();
    Val::List(b.exprs_of(&kids))
}

pub(super) fn call(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(callee) = b.get(at, "function") else { return Val::None };
    let arguments = b.get(at, "arguments");
    if let Some(required) = modules::required(b, callee, arguments) {
        return Val::Expr(required);
    }
    let mut of = callee.expr();
    if of == 0 {
        return Val::None;
    }
    let args = match list_of(arguments) {
        NONE => b.list(&[]),
        args => args,
    };
    b.used_for(of, ReferenceKind::Call);
    b.called_with(callee, args);
    if let Some(Val::List(types)) = b.get(at, "type_arguments").map(|types| types.val) {
        of = b.make(Expr::Apply { of, args: types });
    }
    let of = b.make(Expr::Chosen { of, args });
    let call = b.make(Expr::Call { callee: of, args });
    want(b, call, args);
    Val::Expr(call)
}

/// Arguments that are written down are what the call expects.
fn want(b: &mut Binder<'_>, call: ExprId, args: ListId) {
    for (nth, arg) in b.listed_at(args).into_iter().enumerate().take(16) {
        if b.can_be_told(arg) {
            let wanted = b.make(Expr::Wanted { call, nth: nth as u32 });
            b.expect(arg, wanted);
        }
    }
}

pub(super) fn construct(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let mut ty = b.expr(at, "constructor");
    b.used_for(ty, ReferenceKind::Call);
    if ty == 0 {
        return Val::None;
    }
    if let Some(Val::List(types)) = b.get(at, "type_arguments").map(|types| types.val) {
        ty = b.make(Expr::Apply { of: ty, args: types });
    }
    let args = match list_of(b.get(at, "arguments")) {
        NONE => b.list(&[]),
        args => args,
    };
    let made = b.make(Expr::New { ty, args });
    want(b, made, args);
    Val::Expr(made)
}

pub(super) fn awaited(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.nth(at, 0).map_or(0, |child| child.expr());
    if of == 0 { Val::None } else { b.val(Expr::Await(of)) }
}

/// `<Name prop={value}>`: a use of a component; its attributes are members of what that is called with.
pub(super) fn element(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let attributes = b.take_later();
    let name = b.get(at, "name");
    let of = component(b, name);
    for attribute in attributes {
        if attribute.field == "value" {
            continue;
        }
        if of == 0 {
            b.mere_word(attribute);
            continue;
        }
        let props = b.make(Expr::Parameter { of, nth: 0 });
        b.member(props, attribute);
    }
    Val::None
}

pub(super) fn closing_element(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let name = b.get(at, "name");
    component(b, name);
    Val::None
}

/// Names in small letters are elements of the page.
fn component(b: &mut Binder<'_>, name: Option<Child>) -> ExprId {
    let Some(name) = name else { return 0 };
    let is_own = name.kind == "identifier" && b.text(name.range()).first().is_some_and(u8::is_ascii_lowercase);
    if is_own {
        b.mere_word(name);
        return 0;
    }
    name.expr()
}

pub(super) fn attribute(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    if let Some(name) = kids.first().filter(|name| name.kind == "property_identifier") {
        b.later(*name);
    }
    Val::None
}
