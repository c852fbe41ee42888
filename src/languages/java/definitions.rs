//! What Java's definitions are called, what they are, and who sees them.

use std::ops::Range;

use tree_sitter::Node;

use crate::{
    languages::roles::{Declared, Definition},
    record::{SymbolKind, Visibility},
};

/// Of a package declaration.
pub(super) fn name_of(node: Node<'_>) -> Option<Range<usize>> {
    let mut cursor = node.walk();
    let mut children = node.named_children(&mut cursor);
    children.find(|child| matches!(child.kind(), "identifier" | "scoped_identifier")).map(|name| name.byte_range())
}

/// Fields, as many as a declaration has; a record's component.
pub(super) fn declared<'tree>(definition: &Definition<'_, 'tree>) -> Vec<Declared<'tree>> {
    let node = definition.node;
    let field = |name| Declared { name, kind: SymbolKind::Field, whole: node };
    if node.kind() == "formal_parameter" {
        return node.child_by_field_name("name").map(field).into_iter().collect();
    }
    let mut cursor = node.walk();
    let declarators = node.children_by_field_name("declarator", &mut cursor);
    let names = declarators.filter_map(|declarator| declarator.child_by_field_name("name"));
    names.filter(|name| name.kind() == "identifier").map(field).collect()
}

/// A field that belongs to the type and never changes is a constant.
pub(super) fn kind_of(definition: &Definition<'_, '_>) -> SymbolKind {
    match definition.kind {
        SymbolKind::Field
            if definition.node.kind() == "constant_declaration"
                || (has_modifier(definition, "static") && has_modifier(definition, "final")) =>
        {
            SymbolKind::Constant
        }
        kind => kind,
    }
}

/// What stands in an interface is public without saying so, and so is an enum's constant; a component's field is private.
pub(super) fn visibility(definition: &Definition<'_, '_>) -> Visibility {
    if definition.kind == SymbolKind::EnumMember {
        return Visibility::Public;
    }
    if definition.node.kind() == "formal_parameter" {
        return Visibility::Private;
    }
    let said = [("public", Visibility::Public), ("protected", Visibility::Protected), ("private", Visibility::Private)];
    let said = said.into_iter().find(|(word, _)| has_modifier(definition, word)).map(|(_, visibility)| visibility);
    said.unwrap_or(match (definition.container, definition.kind) {
        (Some(SymbolKind::Interface), _) | (_, SymbolKind::Module) => Visibility::Public,
        (Some(SymbolKind::Enum), SymbolKind::Constructor) => Visibility::Private,
        _ => Visibility::Internal,
    })
}

fn has_modifier(definition: &Definition<'_, '_>, word: &str) -> bool {
    let mut cursor = definition.node.walk();
    let Some(modifiers) = definition.node.children(&mut cursor).find(|child| child.kind() == "modifiers") else {
        return false;
    };
    let mut cursor = modifiers.walk();
    modifiers.children(&mut cursor).any(|modifier| modifier.kind() == word)
}

/// Javadoc.
pub(super) fn doc_comment(comment: &str) -> Option<String> {
    let inside = comment.strip_prefix("/**").filter(|inside| !inside.starts_with('/'))?;
    Some(crate::languages::block_comment_text(inside.strip_suffix("*/").unwrap_or(inside)))
}
