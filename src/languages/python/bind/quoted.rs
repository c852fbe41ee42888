//! Names in strings: types that are quoted because they are defined further down, what a module says that it offers.

use crate::{
    bind::{Binder, Child, Val},
    record::{ExprId, ReferenceKind},
};

/// Strings of types are read up to this length.
const MAX_QUOTED: usize = 300;

/// `"A | b.C[D]"` as a type: its names are names.
pub(super) fn quoted_type(b: &mut Binder<'_>, range: std::ops::Range<u32>) -> ExprId {
    let text = b.text(range.clone());
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    let (Some(first), Some(last)) = (text.iter().position(is_quote), text.iter().rposition(is_quote)) else {
        return 0;
    };
    let inside = text.get(first + 1..last).unwrap_or_default();
    let is_type = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.[], |\"'".contains(byte) || !byte.is_ascii();
    if inside.len() > MAX_QUOTED || !inside.iter().all(is_type) {
        return 0;
    }
    let from = range.start + first as u32 + 1;
    // Names joined by dots are members; what stands in brackets are arguments, which matter for their names.
    let mut all: Vec<ExprId> = Vec::new();
    let (mut at, mut depth, mut of) = (0, 0_u32, 0);
    while at < inside.len() {
        let byte = inside[at];
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
        if is_word(&byte) {
            let end = inside[at..].iter().position(|byte| !is_word(byte)).map_or(inside.len(), |n| at + n);
            let range = from + at as u32..from + end as u32;
            let is_member = at > 0 && inside[at - 1] == b'.';
            let word = b.name_token(range.clone(), ReferenceKind::Type);
            let child = Child { val: word, field: "", kind: "identifier", start: range.start, end: range.end };
            of = match b.text(range) {
                b"None" => {
                    b.mere_word(child);
                    0
                }
                _ if is_member => match b.member(of, child) {
                    Val::Expr(expr) => expr,
                    _ => 0,
                },
                _ => child.expr(),
            };
            at = end;
            if depth == 0 && inside.get(at) != Some(&b'.') && of != 0 {
                all.push(of);
            }
            continue;
        }
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    b.either(&all)
}

/// Names that a list of strings is of (`__all__`).
pub(super) fn names_in_strings(b: &mut Binder<'_>, list: tree_sitter::Node<'_>) {
    let mut cursor = list.walk();
    for string in list.named_children(&mut cursor) {
        if let Some(content) = string.named_child(1).filter(|content| content.kind() == "string_content") {
            b.name_token(content.start_byte() as u32..content.end_byte() as u32, ReferenceKind::Read);
        }
    }
}
