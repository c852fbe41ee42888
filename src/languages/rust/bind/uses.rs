//! `use` and `extern crate`.

use tree_sitter::Node;

use super::*;
use crate::{
    bind::Bind,
    record::{BindingKind, NONE, NameId},
};

/// Lists nested deeper are left out.
const MAX_NESTING: usize = 32;
/// Segments of one path.
const MAX_SEGMENTS: usize = 32;

const IMPORT: Bind = Bind::new(BindingKind::Import);

pub fn use_declaration(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.mode -= 1;
    if is_unread(b) {
        return Val::None;
    }
    let Some(argument) = at.node.child_by_field_name("argument") else { return Val::None };
    let mut waiting = vec![(argument, Path::default(), 0)];
    while let Some((tree, prefix, nesting)) = waiting.pop() {
        match tree.kind() {
            "scoped_use_list" | "use_list" => {
                let prefix = match tree.child_by_field_name("path") {
                    Some(path) => follow(b, path, prefix, false),
                    // `::{a, b}`
                    None if tree.kind() == "scoped_use_list" => Path { is_global: true, ..prefix },
                    None => prefix,
                };
                let list = tree.child_by_field_name("list").unwrap_or(tree);
                if nesting < MAX_NESTING {
                    let mut cursor = list.walk();
                    let items: Vec<Node<'_>> =
                        list.named_children(&mut cursor).filter(|item| !item.is_extra()).collect();
                    waiting.extend(items.into_iter().rev().map(|item| (item, prefix, nesting + 1)));
                }
            }
            "use_wildcard" => {
                let path = tree.named_child(0).map_or(prefix, |path| follow(b, path, prefix, false));
                if b.scope_kind(crate::bind::Where::Here) == crate::bind::ScopeKind::Block {
                    b.open_module(path.expr);
                    continue;
                }
                let within = b.within;
                let all = b.wildcard(path.expr, tree.start_byte() as u32, crate::bind::Where::Here);
                let place = b.make(Expr::SelfType { symbol: within });
                b.set_type(all, place);
            }
            "use_as_clause" => {
                let Some(path) = tree.child_by_field_name("path") else { continue };
                let path = follow(b, path, prefix, true);
                let Some(alias) = tree.child_by_field_name("alias") else { continue };
                let range = alias.start_byte() as u32..alias.end_byte() as u32;
                if b.text(range.clone()) != b"_" {
                    let val = b.name_token(range.clone(), ReferenceKind::Import);
                    let child = Child { val, field: "", kind: "identifier", start: range.start, end: range.end };
                    b.bind(child, IMPORT.value(path.expr));
                }
            }
            _ => {
                let path = follow(b, tree, prefix, true);
                import(b, path);
            }
        }
    }
    Val::None
}

/// A path as far as it is read.
#[derive(Clone, Copy, Default)]
struct Path {
    expr: ExprId,
    /// The token of its last name, and that name.
    token: Option<Child>,
    name: Option<NameId>,
    /// It began with `::`.
    is_global: bool,
    /// Its last name is its first.
    is_single: bool,
    /// Its first name.
    first: Option<NameId>,
    /// It ends in `self`: what is imported is what the list is of.
    ends_in_self: bool,
}

/// The path goes on with the names in a node.
fn follow(b: &mut Binder<'_>, path: Node<'_>, from: Path, is_last: bool) -> Path {
    let mut segments: Vec<Node<'_>> = Vec::new();
    let mut at = Some(path);
    let mut reached = from;
    while let Some(node) = at {
        match node.kind() {
            "scoped_identifier" => {
                segments.extend(node.child_by_field_name("name"));
                at = node.child_by_field_name("path");
                reached.is_global |= at.is_none();
            }
            _ => {
                segments.push(node);
                at = None;
            }
        }
        if segments.len() > MAX_SEGMENTS {
            return Path::default();
        }
    }
    let last = segments.len().saturating_sub(1);
    for (at, node) in segments.into_iter().rev().enumerate() {
        reached = step(b, node, reached, is_last && at == last);
    }
    reached
}

fn step(b: &mut Binder<'_>, node: Node<'_>, from: Path, is_last: bool) -> Path {
    let range = node.start_byte() as u32..node.end_byte() as u32;
    let is_first = from.token.is_none();
    let val = b.name_in(range.clone(), ReferenceKind::Import, if is_first { TYPE } else { 0 });
    let kind = if node.kind() == "identifier" { "identifier" } else { "" };
    let child = Child { val, field: "", kind, start: range.start, end: range.end };
    let (expr, name) = (child.expr(), b.name_of(child));
    let within = b.within;
    let expr = match node.kind() {
        "self" if !is_first => {
            b.same_as(child, from.expr);
            return Path { token: Some(child), ends_in_self: true, ..from };
        }
        "self" | "super" | "crate" if is_first => match b.reached(child, |name| Expr::Free { name, within }) {
            Val::Expr(expr) => expr,
            _ => 0,
        },
        _ if is_first && from.is_global => match b.reached(child, |module| Expr::Import { module, name: NONE }) {
            Val::Expr(expr) => expr,
            _ => 0,
        },
        _ if is_first => expr,
        _ => {
            // What is imported may be several things of one name.
            let own = String::from_utf8_lossy(b.text(range)).into_owned();
            let all = b.word(&format!("use {own}"));
            match b.reached(child, |name| Expr::Path { of: from.expr, name: if is_last { all } else { name } }) {
                Val::Expr(expr) => expr,
                _ => 0,
            }
        }
    };
    let first = from.first.or(name);
    Path { expr, token: Some(child), name, is_global: from.is_global, is_single: is_first, first, ends_in_self: false }
}

/// Binds the last name of a path.
fn import(b: &mut Binder<'_>, path: Path) {
    let (Some(token), Some(name)) = (path.token, path.name) else { return };
    if path.is_single {
        // `use a;`, `use a::{self}`: a crate, or what is there already.
        let value = b.make(Expr::Import { module: name, name: NONE });
        match path.ends_in_self {
            true => {
                b.bind_name(name, token.start, IMPORT.value(value));
            }
            false if token.kind == "identifier" => {
                b.bind(token, IMPORT.value(value));
            }
            false => {}
        }
        return;
    }
    // `use a::a;` does not say what the first one is.
    let bind = if path.first == path.name { IMPORT.space(VALUE | MACROS) } else { IMPORT };
    b.bind_name(name, token.start, bind.value(path.expr));
}

pub fn extern_crate(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.mode -= 1;
    if is_unread(b) {
        return Val::None;
    }
    let Some(name) = at.node.child_by_field_name("name") else { return Val::None };
    let range = name.start_byte() as u32..name.end_byte() as u32;
    let val = b.name_token(range.clone(), ReferenceKind::Import);
    let child = Child { val, field: "", kind: "identifier", start: range.start, end: range.end };
    let Some(module) = b.name_of(child) else { return Val::None };
    let value = b.make(Expr::Import { module, name: NONE });
    match at.node.child_by_field_name("alias") {
        Some(alias) => {
            b.reached(child, |_| Expr::Import { module, name: NONE });
            let range = alias.start_byte() as u32..alias.end_byte() as u32;
            let val = b.name_token(range.clone(), ReferenceKind::Import);
            let alias = Child { val, field: "", kind: "identifier", start: range.start, end: range.end };
            b.bind(alias, IMPORT.value(value));
        }
        None => {
            b.bind(child, IMPORT.value(value));
        }
    }
    Val::None
}
