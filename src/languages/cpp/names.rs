//! What C++ calls things: qualified names, nested namespaces, operators, lambdas.

use std::ops::Range;

use tree_sitter::Node;

use crate::{
    languages::{
        c::{self, declarators},
        roles::{Declared, Definition, Seen},
    },
    record::{Import, ImportKind, SymbolKind},
};

pub(super) fn name_of(node: Node<'_>) -> Option<Range<usize>> {
    if node.kind() != "namespace_definition" {
        return declarators::name_of(node);
    }
    let name = node.child_by_field_name("name")?;
    Some(parts(name).pop().unwrap_or(name).byte_range())
}

/// `a` and `b` of `namespace a::b::c`.
pub(super) fn around(node: Node<'_>) -> Vec<Node<'_>> {
    let name = if node.kind() == "namespace_definition" { node.child_by_field_name("name") } else { None };
    let mut parts = name.map(parts).unwrap_or_default();
    parts.pop();
    parts
}

/// The identifiers of a name, in order.
fn parts(name: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut inner = Some(name);
    while let Some(node) = inner.take() {
        if node.kind() != "nested_namespace_specifier" {
            found.push(node);
            break;
        }
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if child.kind() == "nested_namespace_specifier" {
                inner = Some(child);
            } else if !child.is_extra() {
                found.push(child);
            }
        }
    }
    found
}

/// What a declaration declares. In a class, what looks like a constructor of another name is a macro's call.
pub(super) fn declared<'tree>(definition: &Definition<'_, 'tree>) -> Vec<Declared<'tree>> {
    let mut all = declarators::declared(definition);
    let has_type = definition.node.child_by_field_name("type").is_some();
    let class = definition.container_name.and_then(|name| name.split('<').next()).map(str::as_bytes);
    all.retain(|one| {
        has_type
            || one.kind != SymbolKind::Function
            || one.name.kind() != "identifier"
            || Some(&definition.bytes[one.name.byte_range()]) == class
    });
    all
}

/// `A::B` of `void A::B<int>::f()`.
pub(super) fn owner_of(definition: &Definition<'_, '_>) -> Option<String> {
    let node = definition.node;
    let mut declarator = match node.kind() {
        "function_definition" | "declaration" => node.child_by_field_name("declarator")?,
        kind if kind.ends_with("declarator") => node,
        // `struct A::B { .. }`.
        "struct_specifier" | "class_specifier" | "union_specifier" => {
            node.child_by_field_name("name").filter(|name| name.kind() == "qualified_identifier")?
        }
        _ => return None,
    };
    while declarator.kind() != "qualified_identifier" {
        let mut cursor = declarator.walk();
        let inner = declarator.child_by_field_name("declarator").or_else(|| {
            let mut children = declarator.named_children(&mut cursor);
            children.find(|child| child.kind().ends_with("declarator") || child.kind() == "qualified_identifier")
        });
        declarator = inner?;
    }
    let mut owner = String::new();
    let mut part = Some(declarator);
    while let Some(node) = part.filter(|node| node.kind() == "qualified_identifier") {
        if let Some(scope) = node.child_by_field_name("scope") {
            let text = String::from_utf8_lossy(&definition.bytes[scope.byte_range()]);
            if !owner.is_empty() {
                owner += "::";
            }
            owner += text.split('<').next().unwrap_or_default().trim();
        }
        part = node.child_by_field_name("name");
    }
    (!owner.is_empty()).then_some(owner)
}

/// A friend that is defined where it is made one.
pub(super) fn is_friend(definition: &Definition<'_, '_>) -> bool {
    let bytes = definition.bytes;
    let before = bytes[..definition.node.start_byte()].trim_ascii_end();
    before.ends_with(b"friend")
}

/// A lambda that a variable of a function is made of. (Elsewhere the variable is a definition of its own.)
pub(super) fn closure_name<'tree>(seen: &Seen<'_, 'tree>) -> Option<Node<'tree>> {
    let variable = seen.ancestors().next().filter(|around| seen.in_function && around.kind() == "init_declarator")?;
    variable.child_by_field_name("declarator").filter(|name| name.kind() == "identifier")
}

/// `#include`, `using a::b`, `using namespace a`.
pub(super) fn imports(node: Node<'_>, bytes: &[u8], found: &mut Vec<Import>) {
    if node.kind() != "using_declaration" {
        return c::imports::imports(node, bytes, found);
    }
    let Some(name) = node.named_child(0) else { return };
    let text = String::from_utf8_lossy(&bytes[name.byte_range()]);
    let text: String = text.split_whitespace().collect();
    let mut cursor = node.walk();
    let of_all = node.children(&mut cursor).any(|child| matches!(child.kind(), "namespace" | "enum"));
    let (module, name_in_it) = match text.rsplit_once("::") {
        _ if of_all => (text.as_str(), "*"),
        Some((module, name)) => (module, name),
        None => return,
    };
    let mut import = Import::of(module, ImportKind::Import, name.byte_range());
    import.name = Some(name_in_it.to_owned());
    found.push(import);
}
