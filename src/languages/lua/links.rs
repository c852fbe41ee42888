//! What a Lua file takes from others (`require`) and gives to them (what its chunk returns).

use tree_sitter::Node;

use super::definitions::{Places, string_text};
use crate::{
    languages::roles::Seen,
    record::{Export, Import, ImportKind},
};

/// `local a = require "a.b"`, `require("a").b`, `local ok, a = pcall(require, "a")`.
pub(super) fn of_call(seen: &Seen<'_, '_>, imports: &mut Vec<Import>, _: &mut Vec<Export>) {
    let Some((source, offset)) = required(seen) else { return };
    let text = |node: Node<'_>| String::from_utf8_lossy(seen.text(node)).into_owned();
    let mut member = None;
    let mut value = seen.node;
    let mut alias = None;
    for around in seen.ancestors() {
        match around.kind() {
            "dot_index_expression" if member.is_none() && offset == 0 => member = around.child_by_field_name("field"),
            "expression_list" => {}
            "assignment_statement" => {
                alias = Places::of(around).and_then(|places| places.target_of(value, offset));
                break;
            }
            _ => break,
        }
        if around.kind() != "expression_list" {
            value = around;
        }
    }
    let module = text(source);
    let name = member.map(text);
    let own = name.as_deref().unwrap_or(&module);
    let alias = alias.map(text).filter(|alias| alias != own);
    imports.push(Import { alias, name, ..Import::of(module.clone(), ImportKind::Call, source.byte_range()) });
}

/// The text that says which module a call is for, and the place of the module among the call's values.
fn required<'tree>(seen: &Seen<'_, 'tree>) -> Option<(Node<'tree>, usize)> {
    let callee = seen.text(seen.node.child_by_field_name("name")?);
    let arguments = seen.node.child_by_field_name("arguments").filter(|_| matches!(callee, b"require" | b"pcall"))?;
    if callee == b"require" {
        return Some((string_text(arguments.named_child(0)?)?, 0));
    }
    let is_required = seen.text(arguments.named_child(0)?) == b"require";
    Some((string_text(arguments.named_child(1).filter(|_| is_required)?)?, 1))
}

/// `return M`, `return { f = f }` at a chunk's end.
pub(super) fn of_return(seen: &Seen<'_, '_>, _: &mut Vec<Import>, exports: &mut Vec<Export>) {
    let is_chunks = seen.ancestors().next().is_some_and(|around| around.kind() == "chunk");
    let Some(values) = seen.node.named_child(0).filter(|_| is_chunks) else { return };
    let Some(value) = values.named_child(0) else { return };
    let text = |node: Node<'_>| String::from_utf8_lossy(seen.text(node)).into_owned();
    match value.kind() {
        "identifier" => {
            exports.push(Export { local: Some(text(value)), ..Export::of("default", value.byte_range()) });
        }
        "table_constructor" => {
            let mut cursor = value.walk();
            for field in value.named_children(&mut cursor) {
                let Some(name) = super::definitions::name_of(field) else { continue };
                let local = field.child_by_field_name("value").filter(|value| value.kind() == "identifier");
                let name = String::from_utf8_lossy(&seen.bytes[name]).into_owned();
                let local = local.map(text).filter(|local| *local != name);
                exports.push(Export { local, ..Export::of(name, field.byte_range()) });
            }
        }
        _ => {}
    }
}
