//! Structs, unions, enums and classes.

use tree_sitter::Node;

use crate::{
    languages::roles::{Role, Seen},
    record::SymbolKind,
};

/// With a body it is a definition; alone before a semicolon a declaration; otherwise a type's name.
pub(in crate::languages) fn tag(seen: &Seen<'_, '_>) -> Role {
    let kind = match seen.node.kind() {
        "class_specifier" => SymbolKind::Class,
        "union_specifier" => SymbolKind::Union,
        "enum_specifier" => SymbolKind::Enum,
        _ => SymbolKind::Struct,
    };
    if seen.node.child_by_field_name("body").is_some() {
        return Role::Define(kind);
    }
    let Some(around) = seen.ancestors().next() else { return Role::Plain };
    match around.kind() {
        "type_definition" if !seen.in_function => Role::Introduce(kind),
        "field_declaration" if around.child_by_field_name("declarator").is_none() => Role::Define(kind),
        "translation_unit"
        | "declaration_list"
        | "template_declaration"
        | "compound_statement"
        | "preproc_if"
        | "preproc_ifdef"
        | "preproc_elif"
        | "preproc_else"
        | "preproc_elifdef" => Role::Define(kind),
        _ => Role::Plain,
    }
}

/// A type or namespace without a name is called as the compilers call it.
pub(in crate::languages) fn unnamed(node: Node<'_>) -> Option<(&'static str, Node<'_>)> {
    let (word, name) = match node.kind() {
        "struct_specifier" => ("struct", "(anonymous struct)"),
        "union_specifier" => ("union", "(anonymous union)"),
        "enum_specifier" => ("enum", "(anonymous enum)"),
        "class_specifier" => ("class", "(anonymous class)"),
        // The compilers have it begin at its brace.
        "namespace_definition" => return node.child_by_field_name("body").map(|body| ("(anonymous namespace)", body)),
        _ => return None,
    };
    let mut cursor = node.walk();
    let token = node.children(&mut cursor).find(|child| child.kind() == word)?;
    Some((name, token))
}
