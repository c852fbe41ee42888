//! Patterns.

use super::*;
use crate::bind::{Pat, PatId};

/// What a part of a pattern binds. A name in capitals is one of a constant or a variant.
pub fn pattern(b: &mut Binder<'_>, child: Child) -> PatId {
    let is_use = child.kind != "identifier" || b.text(child.range()).first().is_some_and(u8::is_ascii_uppercase);
    match child.val {
        Val::Expr(_) if is_use => b.pat(Pat::Any),
        _ => b.pat_of(child),
    }
}

pub fn same_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match parts(b, at).last() {
        Some(&child) => Val::Pat(pattern(b, child)),
        None => Val::None,
    }
}

/// By place, from a byte on; behind `..` it is not known which place it is.
fn in_places(b: &mut Binder<'_>, from: u32, all: &[Child]) -> PatId {
    // `_` is a node without a name: places are told by the commas.
    let (mut from, mut place, mut is_rest) = (from, 0, false);
    let mut places: Vec<PatId> = Vec::new();
    for &child in all {
        place += b.text(from..child.start).iter().filter(|&&byte| byte == b',').count();
        from = child.end;
        match child.kind {
            "line_comment" | "block_comment" | "attribute_item" => continue,
            "remaining_field_pattern" => {
                is_rest = true;
                continue;
            }
            _ => {}
        }
        let pat = pattern(b, child);
        if is_rest {
            places.push(unknown_part(b, pat));
            continue;
        }
        while places.len() < place.min(MAX_PLACES) {
            places.push(b.pat(Pat::Any));
        }
        places.push(pat);
    }
    b.pat(Pat::Tuple(places))
}

/// Places of tuples are told up to this one.
const MAX_PLACES: usize = 32;

/// Binds its names to nothing that is known.
fn unknown_part(b: &mut Binder<'_>, pat: PatId) -> PatId {
    b.pat(Pat::Case(0, pat))
}

pub fn tuple_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all = b.kids(at).to_vec();
    Val::Pat(in_places(b, at.start, &all))
}

pub fn slice_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all = parts(b, at);
    let mut pats = Vec::with_capacity(all.len());
    for child in all {
        let pat = pattern(b, child);
        // `rest @ ..` is as the whole.
        let is_rest = child.kind == "captured_pattern" && b.text(child.range()).ends_with(b"..");
        pats.push(b.pat(if is_rest { Pat::All(vec![pat]) } else { Pat::Elements(vec![pat]) }));
    }
    b.pat_val(Pat::All(pats))
}

pub fn tuple_struct_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(shape) = b.get(at, "type") else { return Val::None };
    let all: Vec<Child> = b.kids(at).iter().filter(|child| child.start >= shape.end).copied().collect();
    let inside = in_places(b, shape.end, &all);
    let by = shape.expr();
    b.pat_val(Pat::Case(by, inside))
}

pub fn struct_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(shape) = b.get(at, "type") else { return Val::None };
    let by = shape.expr();
    name_fields(b, by);
    let fields: Vec<PatId> = parts(b, at)
        .iter()
        .filter_map(|child| match child.val {
            Val::Pat(pat) => Some(pat),
            _ => None,
        })
        .collect();
    let inside = b.pat(Pat::All(fields));
    b.pat_val(Pat::Case(by, inside))
}

/// The names of fields that were kept are those of what has this shape.
pub fn name_fields(b: &mut Binder<'_>, by: ExprId) {
    let shape = b.make(Expr::Case { of: 0, by });
    for field in b.take_later().into_iter().filter(|field| matches!(field.field, "field" | "both")) {
        if field.field == "field" {
            b.reached(field, |name| Expr::Keyword { callee: shape, name });
            continue;
        }
        // The name of a local and of a field at once.
        let local = field.expr();
        let again = Child { val: b.name_token(field.range(), ReferenceKind::Read), ..field };
        let Some(name) = b.name_of(again) else { continue };
        let field = b.make(Expr::Keyword { callee: shape, name });
        let both = b.list(&[local, field]);
        b.reached(again, |_| Expr::Either(both));
        b.mere_use(local);
    }
}

/// `name: pattern` or `name`.
pub fn field_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let member = String::from_utf8_lossy(b.text(name.range())).into_owned();
    let member = b.word(&format!(".{member}"));
    let pat = match b.get(at, "pattern") {
        Some(inside) => {
            b.later(Child { field: "field", ..name });
            pattern(b, inside)
        }
        None => {
            b.later(Child { field: "both", ..name });
            b.pat_of(name)
        }
    };
    b.pat_val(Pat::Fields(vec![(member, pat)]))
}

pub fn captured_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all = parts(b, at);
    let mut pats = Vec::with_capacity(2);
    if let Some(&name) = all.first() {
        pats.push(b.pat_of(name));
    }
    if let Some(&inside) = all.get(1) {
        pats.push(pattern(b, inside));
    }
    b.pat_val(Pat::All(pats))
}

pub fn or_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all = parts(b, at);
    let pats: Vec<PatId> = all.iter().map(|&child| pattern(b, child)).collect();
    b.pat_val(Pat::All(pats))
}

pub fn match_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(&inside) = parts(b, at).iter().find(|child| child.field != "condition") else { return Val::None };
    Val::Pat(pattern(b, inside))
}
