//! What definitions are called, what kind they are of, and who sees them.

use std::ops::Range;

use tree_sitter::Node;

use super::shapes::{self, Place};
use crate::{
    languages::roles::{Definition, Seen},
    record::{Symbol, SymbolKind, Visibility},
};

/// The name in a definition whose table has another part for it, or that is nothing but its name.
pub(in crate::languages) fn name_of(node: Node<'_>) -> Option<Range<usize>> {
    let name = match node.kind() {
        "variable_declarator" | "public_field_definition" | "property_signature" | "method_signature" => {
            node.child_by_field_name("name")
        }
        "pair" => node.child_by_field_name("key"),
        "field_definition" => node.child_by_field_name("property"),
        "export_statement" => word(node, "default"),
        "ambient_declaration" => word(node, "global"),
        "identifier"
        | "shorthand_property_identifier"
        | "shorthand_property_identifier_pattern"
        | "property_identifier"
        | "string" => Some(node),
        _ => None,
    };
    name.map(|name| name.byte_range())
}

/// What has no name anywhere.
pub(in crate::languages) fn unnamed<'tree>(node: Node<'tree>) -> Option<(&'static str, Node<'tree>)> {
    match node.kind() {
        "call_signature" => Some(("()", node)),
        "construct_signature" => Some(("new()", node)),
        "index_signature" => Some(("[]", node)),
        "export_statement" => Some(("export=", node)),
        _ => None,
    }
}

/// What a function or class is called where it stands; or an export. What gives it a name in a declaration, in an object
/// or for other modules goes before the name that it has for itself.
pub(in crate::languages) fn given_name<'tree>(seen: &Seen<'_, 'tree>) -> Option<Node<'tree>> {
    match seen.node.kind() {
        "assignment_expression" => return assigned_name(seen, seen.node.child_by_field_name("left")?),
        "class" | "arrow_function" | "function_expression" | "generator_function" => {}
        _ => return None,
    }
    let own = seen.node.child_by_field_name("name");
    let around = seen.ancestors().next()?;
    let given = match around.kind() {
        "variable_declarator" => around.child_by_field_name("name").filter(|name| name.kind() == "identifier"),
        "pair" => around.child_by_field_name("key"),
        "field_definition" => around.child_by_field_name("property"),
        "public_field_definition" => around.child_by_field_name("name"),
        "export_statement" => own.or_else(|| word(around, "default")),
        "assignment_expression" if around.child_by_field_name("right") == Some(seen.node) => {
            let left = around.child_by_field_name("left")?;
            match shapes::place(seen, left) {
                Place::Export | Place::Prototype => assigned_name(seen, left),
                Place::Module | Place::Own | Place::Other => own.or_else(|| assigned_name(seen, left)),
            }
        }
        _ => None,
    };
    given.or(own)
}

/// `b` of `a.b` and `a["b"]`.
fn assigned_name<'tree>(seen: &Seen<'_, 'tree>, left: Node<'tree>) -> Option<Node<'tree>> {
    match left.kind() {
        "member_expression" if shapes::place(seen, left) == Place::Module => Some(left),
        "member_expression" => left.child_by_field_name("property"),
        "subscript_expression" => {
            let index = left.child_by_field_name("index").filter(|index| index.kind() == "string")?;
            index.named_child(0).filter(|text| text.kind() == "string_fragment" && index.named_child_count() == 1)
        }
        "identifier" => Some(left),
        _ => None,
    }
}

fn word<'tree>(node: Node<'tree>, word: &str) -> Option<Node<'tree>> {
    node.children(&mut node.walk()).find(|child| child.kind() == word)
}

/// Functions that objects and classes hold are methods.
pub(in crate::languages) fn kind_of(definition: &Definition<'_, '_>) -> SymbolKind {
    match definition.kind {
        SymbolKind::Method if definition.name == "constructor" && definition.container == Some(SymbolKind::Class) => {
            SymbolKind::Constructor
        }
        SymbolKind::Function => match definition.holder.map(|holder| holder.kind()) {
            Some("pair" | "field_definition" | "public_field_definition") => SymbolKind::Method,
            Some("assignment_expression") if owner(definition).is_some() || is_own(definition) => SymbolKind::Method,
            _ => SymbolKind::Function,
        },
        kind => kind,
    }
}

/// `this.f = ...`.
fn is_own(definition: &Definition<'_, '_>) -> bool {
    let object = assigned(definition).and_then(|left| left.child_by_field_name("object"));
    object.is_some_and(|object| object.kind() == "this")
}

/// `A` of `A.prototype.f = ...`.
pub(in crate::languages) fn owner_of(definition: &Definition<'_, '_>) -> Option<String> {
    owner(definition).map(|owner| String::from_utf8_lossy(owner).into_owned())
}

fn owner<'a>(definition: &Definition<'a, '_>) -> Option<&'a [u8]> {
    let prototype = assigned(definition)?.child_by_field_name("object")?;
    let name = prototype.child_by_field_name("property")?;
    let owner = prototype.child_by_field_name("object")?;
    (&definition.bytes[name.byte_range()] == b"prototype").then(|| &definition.bytes[owner.byte_range()])
}

/// The left side of the assignment that a definition is, or is named by.
fn assigned<'tree>(definition: &Definition<'_, 'tree>) -> Option<Node<'tree>> {
    let nodes = [Some(definition.node), definition.holder];
    let assignment = nodes.into_iter().flatten().find(|node| node.kind() == "assignment_expression")?;
    assignment.child_by_field_name("left")
}

/// `module.exports = { ... }`.
pub(in crate::languages) fn stands_for_module(definition: &Definition<'_, '_>) -> bool {
    definition.kind == SymbolKind::Constant && definition.name == "module.exports"
}

/// The variable or field that a function or class is the value of.
pub(in crate::languages) fn held_by(seen: &Seen<'_, '_>) -> Option<SymbolKind> {
    let mut around = seen.ancestors();
    match around.next()?.kind() {
        "variable_declarator" => around.next().map(shapes::declared_kind),
        "field_definition" | "public_field_definition" => Some(SymbolKind::Property),
        _ => None,
    }
}

/// What is exported where it stands is public; other things of a module are its own. Members are as they say.
pub(in crate::languages) fn visibility(definition: &Definition<'_, '_>) -> Visibility {
    use SymbolKind::{Constant, Method, Module, Namespace, Property, Variable};
    if definition.name.starts_with('#') {
        return Visibility::Private;
    }
    let nodes = [Some(definition.node), definition.holder];
    let modifier = nodes.into_iter().flatten().find_map(|node| word(node, "accessibility_modifier"));
    match modifier.map(|modifier| &definition.bytes[modifier.byte_range()]) {
        Some(b"private") => return Visibility::Private,
        Some(b"protected") => return Visibility::Protected,
        _ => {}
    }
    let in_module = matches!(definition.container, None | Some(Namespace));
    let is_member = matches!(definition.kind, Method | Property | Module);
    let is_offered = definition.exported
        || definition.node.kind() == "export_statement"
        || (matches!(definition.kind, Constant | Variable | SymbolKind::Function | SymbolKind::Class)
            && assigned(definition).is_some_and(|left| is_export(definition, left)));
    if in_module && !is_member && !is_offered { Visibility::Private } else { Visibility::Public }
}

fn is_export(definition: &Definition<'_, '_>, left: Node<'_>) -> bool {
    let text = &definition.bytes[left.byte_range()];
    text == b"module.exports" || text.starts_with(b"exports.") || text.starts_with(b"module.exports.")
}

/// `/** text */`.
pub(in crate::languages) fn doc_comment(comment: &str) -> Option<String> {
    let inside = comment.trim_end().strip_prefix("/**")?.strip_suffix("*/")?;
    if inside.starts_with('*') {
        return None;
    }
    Some(super::super::block_comment_text(inside))
}

/// As tsserver lists them.
pub(in crate::languages) fn outline_kind(symbol: &Symbol) -> Option<SymbolKind> {
    Some(match symbol.kind {
        SymbolKind::TypeAlias => SymbolKind::Variable,
        SymbolKind::Method if matches!(symbol.name.as_str(), "()" | "new()") => SymbolKind::Variable,
        kind => symbol.held_by.unwrap_or(kind),
    })
}
