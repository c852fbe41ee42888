//! Conditions that are known from what is written: `while (1)`, `if ((1 << 3) & 4)`, `x && "this must hold"`.

use tree_sitter::Node;

use crate::languages::roles::{Role, Seen};

/// Longer expressions are not looked at: they are read anew from each node in them.
const MAX_TEXT: usize = 60;

/// A literal that a condition may consist of.
pub(in crate::languages) fn literal(seen: &Seen<'_, '_>) -> Role {
    told(value(seen.node, seen.bytes), Role::Plain)
}

/// An operation, unless all that is in it are numbers.
pub(in crate::languages) fn operation(seen: &Seen<'_, '_>) -> Role {
    let operator = seen.node.child_by_field_name("operator").map(|operator| operator.kind());
    match operator {
        Some("&&" | "||" | "and" | "or") => Role::Logical,
        _ if seen.node.byte_range().len() > MAX_TEXT => Role::Logical,
        _ => told(value(seen.node, seen.bytes), Role::Logical),
    }
}

fn told(value: Option<i64>, otherwise: Role) -> Role {
    match value {
        Some(0) => Role::False,
        Some(_) => Role::True,
        None => otherwise,
    }
}

/// The value of a short expression of numbers. (The texts that are looked at bound the depth.)
fn value(node: Node<'_>, bytes: &[u8]) -> Option<i64> {
    let field = |name| node.child_by_field_name(name);
    match node.kind() {
        "number_literal" => number(&bytes[node.byte_range()]),
        "char_literal" => Some(i64::from(&bytes[node.byte_range()] != b"'\\0'")),
        "parenthesized_expression" if node.named_child_count() == 1 => value(node.named_child(0)?, bytes),
        "unary_expression" => {
            let operand = value(field("argument")?, bytes)?;
            match field("operator")?.kind() {
                "-" => operand.checked_neg(),
                "~" => Some(!operand),
                "!" => Some(i64::from(operand == 0)),
                _ => Some(operand),
            }
        }
        "binary_expression" => {
            let (left, right) = (value(field("left")?, bytes)?, value(field("right")?, bytes)?);
            match field("operator")?.kind() {
                "+" => left.checked_add(right),
                "-" => left.checked_sub(right),
                "*" => left.checked_mul(right),
                "/" => left.checked_div(right),
                "%" => left.checked_rem(right),
                "<<" => u32::try_from(right).ok().and_then(|by| left.checked_shl(by)),
                ">>" => u32::try_from(right).ok().and_then(|by| left.checked_shr(by)),
                "&" => Some(left & right),
                "|" => Some(left | right),
                "^" => Some(left ^ right),
                "==" => Some(i64::from(left == right)),
                "!=" => Some(i64::from(left != right)),
                "<" => Some(i64::from(left < right)),
                ">" => Some(i64::from(left > right)),
                "<=" => Some(i64::from(left <= right)),
                ">=" => Some(i64::from(left >= right)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.replace('\'', "").to_ascii_lowercase();
    let text = text.trim_end_matches(['u', 'l', 'z']);
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x', ..] => (&text[2..], 16),
        [b'0', b'b', ..] => (&text[2..], 2),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    i64::from_str_radix(digits, radix).ok()
}
