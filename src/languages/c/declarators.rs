//! Names in C's declarators, which wrap the name in what it is: `(*f[3])(int)`.

use std::ops::Range;

use tree_sitter::Node;

use crate::{
    languages::roles::{Declared, Definition},
    record::SymbolKind,
};

/// Where a definition's name is; of a declarator, the name that it is of.
pub(in crate::languages) fn name_of(node: Node<'_>) -> Option<Range<usize>> {
    match node.kind() {
        "struct_specifier" | "union_specifier" | "enum_specifier" | "class_specifier" => {
            innermost(node.child_by_field_name("name")?).map(name_range)
        }
        // A conversion: `operator bool` of `operator bool() const`.
        "operator_cast" => Some(name_range(node)),
        "preproc_def" | "preproc_function_def" | "enumerator" => {
            node.child_by_field_name("name").map(|name| name.byte_range())
        }
        "function_definition" => declarator_name(node.child_by_field_name("declarator")?).map(name_range),
        _ => None,
    }
}

fn name_range(name: Node<'_>) -> Range<usize> {
    if name.kind() != "operator_cast" {
        return name.byte_range();
    }
    let mut end = name.end_byte();
    let mut inner = name.child_by_field_name("declarator");
    while let Some(node) = inner {
        if let Some(parameters) = node.child_by_field_name("parameters") {
            end = parameters.start_byte();
        }
        inner = node.child_by_field_name("declarator");
    }
    name.start_byte()..end
}

/// The name at the bottom of a declarator: an identifier, an operator, a destructor.
pub(in crate::languages) fn declarator_name(declarator: Node<'_>) -> Option<Node<'_>> {
    let mut node = declarator;
    loop {
        match node.kind() {
            "identifier" | "field_identifier" | "type_identifier" | "primitive_type" | "operator_name"
            | "destructor_name" | "operator_cast" => return Some(node),
            "qualified_identifier" | "template_function" | "template_method" | "dependent_name" => {
                return innermost(node);
            }
            _ => node = inner(node)?,
        }
    }
}

/// One declarator further in.
fn inner(node: Node<'_>) -> Option<Node<'_>> {
    node.child_by_field_name("declarator").or_else(|| {
        let mut cursor = node.walk();
        let mut children = node.named_children(&mut cursor);
        children.find(|child| child.kind().ends_with("declarator") || child.kind().ends_with("identifier"))
    })
}

/// `f` of `a::b<int>::f<char>`.
pub(in crate::languages) fn innermost(name: Node<'_>) -> Option<Node<'_>> {
    let mut node = name;
    loop {
        node = match node.kind() {
            "qualified_identifier" | "template_function" | "template_method" => node.child_by_field_name("name")?,
            "dependent_name" => node.named_child(0)?,
            // `int A::*member`.
            "pointer_type_declarator" => return declarator_name(node),
            _ => return Some(node),
        };
    }
}

/// Whether what a declarator declares is a function, and not a pointer to one or an array of them.
pub(in crate::languages) fn is_function(declarator: Node<'_>) -> bool {
    let mut node = declarator;
    loop {
        match node.kind() {
            "function_declarator" => match inner(node) {
                // `(*f)(int)` is a pointer, `(f)(int)` is not.
                Some(inside) if inside.kind() == "parenthesized_declarator" => node = inside,
                _ => return true,
            },
            "pointer_declarator" | "reference_declarator" => match inner(node) {
                // `*f(int)` returns a pointer.
                Some(inside) if !matches!(inside.kind(), "identifier" | "field_identifier") => node = inside,
                _ => return false,
            },
            "parenthesized_declarator" | "attributed_declarator" => match inner(node) {
                Some(inside) if inside.kind() == "pointer_declarator" && node.kind() == "parenthesized_declarator" => {
                    return inside_returns(inside);
                }
                Some(inside) => node = inside,
                None => return false,
            },
            "operator_cast" => return true,
            _ => return false,
        }
    }
}

/// `(*f(int))(char)`: in the parentheses is a function that returns a pointer to one.
fn inside_returns(pointer: Node<'_>) -> bool {
    inner(pointer).is_some_and(|inside| inside.kind() == "function_declarator" && is_function(inside))
}

/// What a declaration declares: a variable, function, field or type for each of its declarators.
pub(in crate::languages) fn declared<'tree>(definition: &Definition<'_, 'tree>) -> Vec<Declared<'tree>> {
    let node = definition.node;
    let mut cursor = node.walk();
    let declarators: Vec<Node<'tree>> = node.children_by_field_name("declarator", &mut cursor).collect();
    let is_alone = declarators.len() == 1;
    let in_type = definition.container.is_some_and(SymbolKind::is_type);
    let kind = |declarator| match node.kind() {
        "type_definition" => SymbolKind::TypeAlias,
        _ if is_function(declarator) => SymbolKind::Function,
        _ if in_type => SymbolKind::Field,
        _ => SymbolKind::Variable,
    };
    let one = |declarator: Node<'tree>| {
        let name = declarator_name(declarator)?;
        let whole = if is_alone { node } else { declarator };
        Some(Declared { name, kind: kind(declarator), whole })
    };
    declarators.into_iter().filter_map(one).collect()
}
