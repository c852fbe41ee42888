//! Calls of macros. What most of them are given are expressions, or statements, and is read as such; of the rest, the
//! names that are joined by dots and colons.

use std::cell::RefCell;

use tree_sitter::{Node, Parser, Range, Tree};

use super::*;
use crate::{
    bind::{At, Bind},
    record::BindingKind,
    text::ByteRange,
};

/// More than this is not read once more.
const MAX_READ: usize = 64 * 1024;
/// An end of a statement is looked for this far behind a call.
const MAX_AHEAD: usize = 4096;

/// What these are given is no code of the place where they stand.
const MAKES_CODE: &[&[u8]] = &[b"quote", b"quote_spanned", b"parse_quote", b"parse_quote_spanned"];

pub fn macro_invocation(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if is_unread(b) {
        return Val::None;
    }
    let Some(name) = b.get(at, "macro") else { return Val::None };
    let expr = name.expr();
    b.used_for(expr, ReferenceKind::Call);
    let mut cursor = at.node.walk();
    let Some(given) = at.node.children(&mut cursor).find(|child| child.kind() == "token_tree") else {
        return Val::None;
    };
    let name = b.text(name.range()).rsplit(|&byte| byte == b':').next().unwrap_or_default();
    if MAKES_CODE.contains(&name) {
        return Val::None;
    }
    let read = given_code(b, given).and_then(|tree| {
        formatted(b, &tree);
        b.read(&tree)
    });
    if read.is_none() {
        flat(b, given);
    }
    let args = read.map_or(0, |child| child.expr());
    match name {
        b"vec" => {
            let element = if args == 0 { 0 } else { b.make(Expr::Element(args)) };
            Val::Expr(b.lib("Vec", &[element]))
        }
        b"format" => Val::Expr(b.lib("String", &[])),
        b"matches" | b"cfg" => Val::Expr(b.lib("bool", &[])),
        b"concat" | b"stringify" | b"env" | b"include_str" | b"file" => Val::Expr(b.lib("str", &[])),
        b"dbg" => Val::Expr(args),
        b"write" | b"writeln" => Val::Expr(b.lib("Result", &[])),
        _ => Val::None,
    }
}

/// What stands in the brackets, as the parser reads it: a tuple, a list, statements; if it can be read as that.
fn given_code(b: &Binder<'_>, given: Node<'_>) -> Option<Tree> {
    let (start, end) = (given.start_byte(), given.end_byte());
    if end - start > MAX_READ || end < start + 2 {
        return None;
    }
    let mut range = given.range();
    if b.bytes[start] == b'{' {
        range.start_byte += 1;
        range.start_point.column += 1;
        range.end_byte -= 1;
        range.end_point.column = range.end_point.column.saturating_sub(1);
    }
    let mut ranges = vec![range];
    let ahead = &b.bytes[end..b.bytes.len().min(end + MAX_AHEAD)];
    if let Some(semicolon) = ahead.iter().position(|&byte| byte == b';') {
        let mut point = given.end_position();
        point.column += semicolon;
        let mut after = point;
        after.column += 1;
        let start_byte = end + semicolon;
        ranges.push(Range { start_byte, end_byte: start_byte + 1, start_point: point, end_point: after });
    }
    let tree = PARSER.with_borrow_mut(|parser| {
        parser.set_included_ranges(&ranges).ok()?;
        parser.parse(b.bytes, None)
    })?;
    (!tree.root_node().has_error()).then_some(tree)
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new({
        let mut parser = Parser::new();
        // Without its grammar a parser reads nothing.
        let _ = parser.set_language(&tree_sitter_rust::LANGUAGE.into());
        parser
    });
}

/// Names in the texts among the arguments: `"{name}"`, `"{:width$}"`.
fn formatted(b: &mut Binder<'_>, tree: &Tree) {
    let Some(statement) = tree.root_node().named_child(0) else { return };
    let Some(args) = statement.named_child(0) else { return };
    let mut cursor = args.walk();
    let texts: Vec<ByteRange> = args
        .named_children(&mut cursor)
        .filter(|arg| matches!(arg.kind(), "string_literal" | "raw_string_literal"))
        .map(|arg| arg.start_byte() as u32..arg.end_byte() as u32)
        .collect();
    for text in texts {
        names_in_format(b, text);
    }
}

fn names_in_format(b: &mut Binder<'_>, range: ByteRange) {
    let text = b.text(range.clone());
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let mut at = 0;
    while let Some(open) = text[at..].iter().position(|&byte| byte == b'{').map(|open| at + open) {
        if text.get(open + 1) == Some(&b'{') {
            at = open + 2;
            continue;
        }
        let Some(close) = text[open..].iter().position(|&byte| byte == b'}').map(|close| open + close) else { return };
        let mut from = open + 1;
        while from < close {
            let end = text[from..close].iter().position(|byte| !is_word(byte)).map_or(close, |end| from + end);
            let is_name = end > from && !text[from].is_ascii_digit();
            // The first word is an argument; behind the colon those with a `$` are.
            if is_name && ((from == open + 1 && matches!(text[end], b'}' | b':')) || text[end] == b'$') {
                b.name_in(range.start + from as u32..range.start + end as u32, ReferenceKind::Read, VALUE);
            }
            from = end + 1;
        }
        at = close + 1;
    }
}

/// What the names before this one come to, and what stands between.
#[derive(Clone, Copy, Default)]
struct Chain {
    of: ExprId,
    joint: Joint,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Joint {
    #[default]
    None,
    Dot,
    Colons,
    /// It is bound by what follows.
    Let,
    /// What follows is the name of something that is defined here.
    Defines,
}

/// Names in tokens that are no code as they stand.
fn flat(b: &mut Binder<'_>, given: Node<'_>) {
    let mut chain = Chain::default();
    let mut around: Vec<Chain> = Vec::new();
    let mut cursor = given.walk();
    if !cursor.goto_first_child() {
        return;
    }
    loop {
        let node = cursor.node();
        let is_tree = node.kind() == "token_tree";
        if is_tree && cursor.goto_first_child() {
            around.push(chain);
            chain = Chain::default();
            continue;
        }
        let after = &b.bytes[node.end_byte()..];
        chain = token(b, node, after, chain);
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() || around.is_empty() {
                return;
            }
            let group = cursor.node();
            chain = grouped(b, around.pop().unwrap_or_default(), b.bytes[group.start_byte()]);
        }
    }
}

/// What a chain comes to behind a group in brackets.
fn grouped(b: &mut Binder<'_>, chain: Chain, bracket: u8) -> Chain {
    if chain.of == 0 || chain.joint != Joint::None {
        return Chain::default();
    }
    let expr = match bracket {
        b'(' => Expr::Call { callee: chain.of, args: crate::record::NONE },
        b'[' => Expr::Index { of: chain.of, by: 0 },
        _ => return Chain::default(),
    };
    Chain { of: b.make(expr), joint: Joint::None }
}

fn token(b: &mut Binder<'_>, node: Node<'_>, after: &[u8], chain: Chain) -> Chain {
    let range = node.start_byte() as u32..node.end_byte() as u32;
    let text = b.text(range.clone());
    let next = after.trim_ascii_start();
    let path_follows = next.starts_with(b"::");
    match node.kind() {
        "identifier" | "self" | "super" | "crate" | "primitive_type" => {
            let is_call = next.starts_with(b"(") || next.starts_with(b"::<");
            let is_label = next.starts_with(b":") && !path_follows;
            let of = match chain.joint {
                Joint::Dot if is_call => member(b, range, chain.of, false),
                Joint::Dot => member(b, range, chain.of, true),
                Joint::Colons => {
                    let child = word(b, range, VALUE);
                    expr_of(b.path(chain.of, child))
                }
                Joint::Let => {
                    let end = range.end;
                    let child = word(b, range, VALUE);
                    if text.first().is_some_and(|first| !first.is_ascii_uppercase()) && !is_call {
                        let bind = Bind::new(BindingKind::Variable).space(VALUE).holds(At::From(end));
                        b.bind(child, bind);
                    }
                    0
                }
                Joint::Defines => 0,
                Joint::None if is_label => 0,
                Joint::None => free(b, node.kind(), range, path_follows, next),
            };
            Chain { of, joint: Joint::None }
        }
        "mutable_specifier" => chain,
        "string_literal" => {
            names_in_format(b, range);
            Chain { of: b.lib("str", &[]), joint: Joint::None }
        }
        _ => {
            let joint = match text {
                b"." => Joint::Dot,
                b"::" => Joint::Colons,
                b"let" => Joint::Let,
                b"fn" | b"struct" | b"enum" | b"trait" | b"mod" | b"macro_rules" | b"'" | b"const" | b"static"
                | b"type" => Joint::Defines,
                b"?" => return Chain { of: if chain.of == 0 { 0 } else { b.make(Expr::Unwrap(chain.of)) }, ..chain },
                b"await" => return Chain { joint: Joint::None, ..chain },
                _ => return Chain::default(),
            };
            Chain { of: if matches!(joint, Joint::Dot | Joint::Colons) { chain.of } else { 0 }, joint }
        }
    }
}

fn word(b: &mut Binder<'_>, range: ByteRange, space: Space) -> Child {
    let val = b.name_in(range.clone(), ReferenceKind::Read, space);
    Child { val, field: "", kind: "identifier", start: range.start, end: range.end }
}

fn expr_of(val: Val) -> ExprId {
    match val {
        Val::Expr(expr) => expr,
        _ => 0,
    }
}

fn member(b: &mut Binder<'_>, range: ByteRange, of: ExprId, is_field: bool) -> ExprId {
    let child = word(b, range.clone(), VALUE);
    if !is_field {
        return expr_of(b.member(of, child));
    }
    let name = String::from_utf8_lossy(b.text(range)).into_owned();
    let name = b.word(&format!(".{name}"));
    expr_of(b.reached(child, |_| Expr::Member { of, name }))
}

fn free(b: &mut Binder<'_>, kind: &str, range: ByteRange, path_follows: bool, next: &[u8]) -> ExprId {
    let within = b.within;
    if b.text(range.clone()) == b"Self" {
        let child = word(b, range, TYPE);
        return expr_of(b.reached(child, |_| Expr::SelfType { symbol: within }));
    }
    match kind {
        "super" | "crate" => {
            let child = word(b, range, TYPE);
            expr_of(b.reached(child, |name| Expr::Free { name, within }))
        }
        "self" if path_follows => {
            let child = word(b, range, TYPE);
            expr_of(b.reached(child, |name| Expr::Free { name, within }))
        }
        _ => {
            let is_macro = next.starts_with(b"!") && !next.starts_with(b"!=");
            let space = match () {
                () if path_follows => TYPE,
                () if is_macro => MACROS,
                () => BOTH,
            };
            let child = word(b, range, space);
            if is_macro {
                ask_for_macro(b, child);
            }
            child.expr()
        }
    }
}
