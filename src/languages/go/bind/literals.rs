//! Literals. What is written in one may leave its type out, where that follows from the literal around it; a key in it is
//! a field's name, or an expression where there are no fields.

use crate::{
    bind::{Binder, Child, Leaving, Val},
    record::Expr,
};

const VALUE: &str = "literal_value";
const KEY: &str = "key";

/// `T{...}`.
pub(super) fn composite(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    for kept in b.take_later().into_iter().filter(|kept| kept.kind == VALUE) {
        b.fill(kept.expr(), Expr::Instance(ty));
    }
    b.val(Expr::Instance(ty))
}

/// `{...}`: what it is will be known in what is around it.
pub(super) fn value(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kept = b.take_later();
    let whole = b.hole();
    let is_container = b
        .before(at)
        .last()
        .is_some_and(|ty| matches!(ty.kind, "map_type" | "slice_type" | "array_type" | "implicit_length_array_type"));
    for part in kept {
        match part.kind {
            VALUE if part.field == KEY => {
                let what = b.word("range key");
                b.fill(part.expr(), Expr::Special { what, of: whole });
            }
            VALUE => b.fill(part.expr(), Expr::Element(whole)),
            KEY if !is_container => {
                if let Some(name) = b.name_of(part) {
                    let keyword = b.make(Expr::Keyword { callee: whole, name });
                    b.prefer(part, keyword);
                }
            }
            _ => {}
        }
    }
    b.later(Child { val: Val::Expr(whole), field: "", kind: VALUE, start: at.start, end: at.end });
    Val::None
}

pub(super) fn keyed(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(key), Some(value)) = (b.get(at, "key"), b.get(at, "value")) else { return Val::None };
    for part in b.take_later() {
        let field = if part.start < value.start { KEY } else { "value" };
        b.later(Child { field, ..part });
    }
    if b.name_of(key).is_some() {
        b.later(Child { kind: KEY, ..key });
    }
    Val::None
}

fn basic(b: &mut Binder<'_>, name: &str) -> Val {
    Val::Expr(b.lib(name, &[]))
}

pub(super) fn string(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    basic(b, "string")
}

pub(super) fn int(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    basic(b, "int")
}

pub(super) fn float(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    basic(b, "float64")
}

pub(super) fn rune(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    basic(b, "rune")
}

pub(super) fn boolean(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    basic(b, "bool")
}
