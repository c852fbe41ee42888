//! What Go's definitions are called, what they are, and to whom they belong.

use std::ops::Range;

use tree_sitter::Node;

use crate::{
    languages::roles::{Declared, Definition, Seen},
    record::{SymbolKind, Visibility},
};

/// Of a package clause.
pub(super) fn name_of(node: Node<'_>) -> Option<Range<usize>> {
    node.named_child(0).filter(|_| node.kind() == "package_clause").map(|name| name.byte_range())
}

/// Variables and constants, as many as a line declares; fields, also those that bear the name of the type that they embed;
/// what an interface embeds.
pub(super) fn declared<'tree>(definition: &Definition<'_, 'tree>) -> Vec<Declared<'tree>> {
    let node = definition.node;
    let kind = match node.kind() {
        "const_spec" => SymbolKind::Constant,
        "var_spec" => SymbolKind::Variable,
        _ => SymbolKind::Field,
    };
    let mut cursor = node.walk();
    let mut names: Vec<Node<'tree>> =
        node.children_by_field_name("name", &mut cursor).filter(|name| name.is_named()).collect();
    if names.is_empty() {
        names.extend(embedded(node));
    }
    // The blank identifier names nothing, but for a field it takes its place.
    names.retain(|name| kind == SymbolKind::Field || &definition.bytes[name.byte_range()] != b"_");
    names.into_iter().map(|name| Declared { name, kind, whole: node }).collect()
}

/// `T` of the embedded `T`, `*T`, `p.T` and `T[A]`. A union of types (`~int | ~string`) embeds none of them.
fn embedded(node: Node<'_>) -> Option<Node<'_>> {
    let mut at = match node.kind() {
        "type_elem" if node.named_child_count() != 1 => return None,
        "type_elem" => node.named_child(0)?,
        _ => node.child_by_field_name("type")?,
    };
    loop {
        at = match at.kind() {
            "type_identifier" => return Some(at),
            "pointer_type" | "parenthesized_type" => at.named_child(0)?,
            "qualified_type" => at.child_by_field_name("name")?,
            "generic_type" => at.child_by_field_name("type")?,
            _ => return None,
        };
    }
}

/// The type of a method's receiver.
pub(super) fn owner_of(definition: &Definition<'_, '_>) -> Option<String> {
    let receiver = definition.node.child_by_field_name("receiver")?;
    let parameter = receiver.named_child(0)?;
    let name = embedded(parameter)?;
    Some(String::from_utf8_lossy(&definition.bytes[name.byte_range()]).into_owned())
}

/// `f` of `f := func() {}` and of `f = func() {}`, in functions; a variable of a package is a symbol itself.
pub(super) fn closure_name<'tree>(seen: &Seen<'_, 'tree>) -> Option<Node<'tree>> {
    if !seen.in_function {
        return None;
    }
    let mut around = seen.ancestors();
    let list = around.next().filter(|list| list.kind() == "expression_list")?;
    let place =
        (0..list.named_child_count() as u32).find(|&n| list.named_child(n).is_some_and(|it| it == seen.node))?;
    let statement = around.next()?;
    let name = match statement.kind() {
        "short_var_declaration" | "assignment_statement" => {
            statement.child_by_field_name("left")?.named_child(place)?
        }
        "var_spec" => {
            let mut cursor = statement.walk();
            statement.children_by_field_name("name", &mut cursor).filter(|name| name.is_named()).nth(place as usize)?
        }
        _ => return None,
    };
    (name.kind() == "identifier" && seen.text(name) != b"_").then_some(name)
}

/// A type is what it is defined by.
pub(super) fn kind_of(definition: &Definition<'_, '_>) -> SymbolKind {
    if definition.kind != SymbolKind::Class {
        return definition.kind;
    }
    match definition.node.child_by_field_name("type").map(|of| of.kind()) {
        Some("struct_type") => SymbolKind::Struct,
        Some("interface_type") => SymbolKind::Interface,
        _ => SymbolKind::Class,
    }
}

/// What begins with a capital is seen outside of the package.
pub(super) fn visibility(definition: &Definition<'_, '_>) -> Visibility {
    match definition.name.chars().next() {
        Some(first) if first.is_uppercase() => Visibility::Public,
        _ => Visibility::Internal,
    }
}

/// `// text`, `/* text */`. Directives (`//go:build`) are no text, but may stand between that and the definition.
pub(super) fn doc_comment(comment: &str) -> Option<String> {
    if let Some(line) = comment.strip_prefix("//") {
        let is_directive = line.split_once(':').is_some_and(|(tool, rest)| {
            !tool.is_empty()
                && tool.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
                && rest.starts_with(|c: char| c.is_ascii_lowercase())
        });
        let text = line.trim_end().strip_prefix([' ', '\t']).unwrap_or(line.trim_end());
        return Some(if is_directive { String::new() } else { text.to_owned() });
    }
    let inside = comment.strip_prefix("/*")?;
    Some(crate::languages::block_comment_text(inside.strip_suffix("*/").unwrap_or(inside)))
}
