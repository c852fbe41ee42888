//! Java's switches: old and new, statements and expressions.

use tree_sitter::Node;

use crate::languages::roles::{Role, Seen};

/// A switch that gives a value has an arm for each, and so has one over patterns.
pub(super) fn switch(seen: &Seen<'_, '_>) -> Role {
    if gives_value(seen) || has_patterns(seen.node) { Role::Select } else { Role::Switch }
}

/// Whether it stands where an expression does.
fn gives_value(seen: &Seen<'_, '_>) -> bool {
    let mut around = seen.ancestors();
    match around.next().map(|node| node.kind()) {
        Some(
            "program"
            | "block"
            | "constructor_body"
            | "switch_block_statement_group"
            | "labeled_statement"
            | "if_statement"
            | "while_statement"
            | "do_statement"
            | "for_statement"
            | "enhanced_for_statement",
        ) => false,
        // What an arrow leads to; nowhere else is it an expression that makes a statement.
        Some("expression_statement") => around.next().is_some_and(|node| node.kind() == "switch_rule"),
        _ => true,
    }
}

fn has_patterns(switch: Node<'_>) -> bool {
    let Some(body) = switch.child_by_field_name("body") else { return false };
    let mut cursor = body.walk();
    let labels = body.named_children(&mut cursor).filter_map(|arm| arm.named_child(0));
    let mut firsts = labels.filter_map(|label| label.named_child(0));
    firsts.any(|first| first.kind() == "pattern")
}

/// `case 1, 2 -> ...`.
pub(super) fn rule(seen: &Seen<'_, '_>) -> Role {
    let is_default = seen.node.named_child(0).is_some_and(|label| is_default(seen, label));
    if is_default { Role::DefaultArm } else { Role::Arm }
}

/// A label with a colon; one with an arrow is a part of its arm.
pub(super) fn label(seen: &Seen<'_, '_>) -> Role {
    match seen.parent {
        Role::Arm | Role::DefaultArm => Role::Plain,
        _ if is_default(seen, seen.node) => Role::DefaultCase,
        _ => Role::Case,
    }
}

fn is_default(seen: &Seen<'_, '_>, label: Node<'_>) -> bool {
    seen.text(label) == b"default"
}
