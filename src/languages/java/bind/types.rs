//! Types as they are written.

use super::{dimensioned, dimensions, kids};
use crate::{
    bind::{Bind, Binder, Child, LOCAL_TYPE, Leaving, TYPES, Val},
    record::{BindingKind, Expr, ExprId},
};

/// A type that the language has.
pub(super) fn own(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let name = String::from_utf8_lossy(b.text(at.start..at.end)).into_owned();
    Val::Expr(b.lib(&name, &[]))
}

/// Comes to what its last child comes to.
pub(super) fn last(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match kids(b, at).last() {
        Some(child) if child.kind != "super" => child.val,
        _ => Val::None,
    }
}

/// Of `?` no more is known than what its place asks for.
pub(super) fn wildcard(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match kids(b, at).last().filter(|child| child.kind != "super" && !child.kind.ends_with("annotation")) {
        Some(child) => child.val,
        None => Val::Expr(b.lib("?", &[])),
    }
}

pub(super) fn list(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = kids(b, at);
    Val::List(b.exprs_of(&kids))
}

/// Any of several types.
pub(super) fn any(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all: Vec<ExprId> = kids(b, at).iter().map(Child::expr).filter(|&expr| expr != 0).collect();
    Val::Expr(b.either(&all))
}

/// `T extends A & B`.
pub(super) fn parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let bounds: Vec<ExprId> = b.listed(b.of_kind(at, "type_bound")).into_iter().filter(|&bound| bound != 0).collect();
    let ty = b.either(&bounds);
    if let Some(name) = b.of_kind(at, "type_identifier") {
        b.bind(name, Bind::new(BindingKind::TypeParameter).ty(ty).space(LOCAL_TYPE));
    }
    Val::None
}

pub(super) fn generic(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = kids(b, at);
    let of = kids.first().map_or(0, Child::expr);
    let args = b.listed(kids.get(1).copied());
    if args.is_empty() {
        return Val::Expr(of);
    }
    let args = b.list(&args);
    b.val(Expr::Apply { of, args })
}

pub(super) fn array(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (element, by) = (b.expr(at, "element"), dimensions(b, b.get(at, "dimensions")));
    Val::Expr(dimensioned(b, element, by))
}

/// `a.b.C` where only a type can stand.
pub(super) fn scoped_type(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids: Vec<Child> = kids(b, at).into_iter().filter(|child| !child.kind.ends_with("annotation")).collect();
    match kids.as_slice() {
        [of, name] => {
            let of = of.expr();
            b.path(of, *name)
        }
        _ => Val::None,
    }
}

/// The same in the name of an annotation.
pub(super) fn scoped(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(of), Some(name)) = (b.get(at, "scope"), b.get(at, "name")) else { return Val::None };
    if of.kind == "identifier" {
        b.set_space(of, TYPES);
    }
    b.path(of.expr(), name)
}
