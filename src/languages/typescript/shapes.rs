//! What the kinds of nodes are that are several things, by what is in and around them.

use tree_sitter::Node;

use crate::{
    languages::roles::{
        Declared, Definition, Part,
        Role::{self, Block, Declare, DefaultValue, Define, Name, Plain, Wrapper},
        Seen,
    },
    record::SymbolKind,
};

/// A signature in an interface or a class; in the type of something else it is no definition.
pub(super) fn method(seen: &Seen<'_, '_>) -> Role {
    if seen.parent == Block { Define(SymbolKind::Method) } else { Plain }
}

pub(super) fn property(seen: &Seen<'_, '_>) -> Role {
    if seen.parent == Block { Define(SymbolKind::Property) } else { Plain }
}

/// A member of an enum that is given no value.
pub(super) fn enum_member(seen: &Seen<'_, '_>) -> Role {
    if is_bare_member(seen) { Define(SymbolKind::EnumMember) } else { Name }
}

pub(super) fn enum_string(seen: &Seen<'_, '_>) -> Role {
    if is_bare_member(seen) { Define(SymbolKind::EnumMember) } else { Plain }
}

fn is_bare_member(seen: &Seen<'_, '_>) -> bool {
    seen.part == Some(Part::Name) && seen.parent == Plain
}

/// `declare global { ... }` is a namespace that is there already.
pub(super) fn ambient(seen: &Seen<'_, '_>) -> Role {
    let is_global = seen.node.child(1).is_some_and(|word| word.kind() == "global");
    if is_global { Define(SymbolKind::Namespace) } else { Wrapper }
}

/// What runs if an argument is missing.
pub(super) fn parameter(seen: &Seen<'_, '_>) -> Role {
    if seen.node.child_by_field_name("value").is_some() { DefaultValue } else { Plain }
}

/// Parameters of a constructor may be properties of its class.
pub(super) fn parameters(seen: &Seen<'_, '_>) -> Role {
    let is_methods = seen.parent == Define(SymbolKind::Method) && seen.part == Some(Part::Parameters);
    if is_methods && properties(seen.node).next().is_some() { Declare } else { Plain }
}

pub(super) fn declared<'tree>(definition: &Definition<'_, 'tree>) -> Vec<Declared<'tree>> {
    properties(definition.node)
        .filter_map(|whole| {
            let name = whole.child_by_field_name("pattern")?;
            Some(Declared { name, kind: SymbolKind::Property, whole })
        })
        .collect()
}

fn properties<'tree>(parameters: Node<'tree>) -> impl Iterator<Item = Node<'tree>> {
    let mut cursor = parameters.walk();
    let list: Vec<Node<'tree>> = parameters.named_children(&mut cursor).collect();
    list.into_iter().filter(|parameter| {
        let mut cursor = parameter.walk();
        parameter
            .children(&mut cursor)
            .any(|child| matches!(child.kind(), "accessibility_modifier" | "override_modifier" | "readonly"))
    })
}
