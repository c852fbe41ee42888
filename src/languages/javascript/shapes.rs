//! What the kinds of nodes are that are several things, by what is in and around them.

use tree_sitter::Node;

use crate::{
    languages::roles::{
        Part,
        Role::{self, Define, Export, Import, Name, Plain, Statement, True, Wrapper},
        Seen,
    },
    record::SymbolKind,
};

/// A function that is an expression.
pub(super) fn is_function(node: Node<'_>) -> bool {
    matches!(node.kind(), "arrow_function" | "function_expression" | "generator_function")
}

/// A function or a class that bears the name that it is given where it stands.
fn takes_name(node: Node<'_>) -> bool {
    is_function(node) || node.kind() == "class"
}

/// A variable of the module, or what gives a function its name. Variables of functions are local to them.
pub(super) fn declarator(seen: &Seen<'_, '_>) -> Role {
    let value = seen.node.child_by_field_name("value");
    if value.is_some_and(takes_name) {
        return Wrapper;
    }
    if seen.in_function {
        return Plain;
    }
    let name = seen.node.child_by_field_name("name");
    if name.is_none_or(|name| name.kind() != "identifier") {
        // What it takes apart is defined name by name.
        return Wrapper;
    }
    Define(seen.ancestors().next().map_or(SymbolKind::Variable, declared_kind))
}

/// What a declaration declares, or the head of a loop.
pub(super) fn declared_kind(declaration: Node<'_>) -> SymbolKind {
    let word = declaration.child_by_field_name("kind").map(|word| word.kind());
    if matches!(word, Some("const" | "using" | "await")) { SymbolKind::Constant } else { SymbolKind::Variable }
}

/// A name that is bound by taking a value apart, by a loop or by a handler: one of the module's variables, if that is where
/// it stands.
pub(super) fn binding(seen: &Seen<'_, '_>) -> Role {
    if seen.part != Some(Part::Pattern) || seen.in_function {
        return Name;
    }
    let mut around = seen.ancestors();
    let holder = around.find(|node| {
        !matches!(
            node.kind(),
            "object_pattern"
                | "array_pattern"
                | "pair_pattern"
                | "rest_pattern"
                | "assignment_pattern"
                | "object_assignment_pattern"
        )
    });
    let Some(holder) = holder else { return Name };
    match holder.kind() {
        "variable_declarator" if holder.child_by_field_name("name") != Some(seen.node) => {
            Define(around.next().map_or(SymbolKind::Variable, declared_kind))
        }
        "for_in_statement" if holder.child_by_field_name("kind").is_some() => Define(declared_kind(holder)),
        "catch_clause" => Define(SymbolKind::Variable),
        _ => Name,
    }
}

/// A property of an object that is not local to a function, or what gives a function its name.
pub(super) fn pair(seen: &Seen<'_, '_>) -> Role {
    if seen.node.child_by_field_name("value").is_some_and(is_function) {
        Wrapper
    } else if seen.in_function {
        Plain
    } else {
        Define(SymbolKind::Property)
    }
}

pub(super) fn shorthand(seen: &Seen<'_, '_>) -> Role {
    if seen.in_function { Name } else { Define(SymbolKind::Property) }
}

/// A field, or what gives a function its name.
pub(in crate::languages) fn field(seen: &Seen<'_, '_>) -> Role {
    match seen.node.child_by_field_name("value") {
        Some(value) if is_function(value) => Wrapper,
        _ => Define(SymbolKind::Property),
    }
}

/// What gives a function its name, or one of the module's exports.
pub(super) fn assignment(seen: &Seen<'_, '_>) -> Role {
    let (Some(left), Some(right)) = (seen.node.child_by_field_name("left"), seen.node.child_by_field_name("right"))
    else {
        return Plain;
    };
    if takes_name(right) {
        return Wrapper;
    }
    match place(seen, left) {
        _ if seen.in_function => Plain,
        // What is defined elsewhere is offered here.
        Place::Module if right.kind() == "identifier" => Plain,
        Place::Export
            if left.child_by_field_name("property").is_some_and(|name| seen.text(name) == seen.text(right)) =>
        {
            Plain
        }
        Place::Module | Place::Export => Define(SymbolKind::Constant),
        Place::Prototype => Define(SymbolKind::Property),
        Place::Own | Place::Other => Plain,
    }
}

/// What is assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `module.exports`.
    Module,
    /// `exports.a`, `module.exports.a`.
    Export,
    /// `A.prototype.a`.
    Prototype,
    /// `this.a`.
    Own,
    Other,
}

pub(super) fn place(seen: &Seen<'_, '_>, left: Node<'_>) -> Place {
    let object = left.child_by_field_name("object").filter(|_| left.kind() == "member_expression");
    let (Some(object), Some(property)) = (object, left.child_by_field_name("property")) else { return Place::Other };
    match seen.text(object) {
        b"module" if seen.text(property) == b"exports" => Place::Module,
        b"exports" | b"module.exports" => Place::Export,
        b"this" => Place::Own,
        _ if object.child_by_field_name("property").is_some_and(|name| seen.text(name) == b"prototype") => {
            Place::Prototype
        }
        _ => Place::Other,
    }
}

/// What passes names on from another module brings them in as well. An expression that is exported is a definition.
pub(super) fn export(seen: &Seen<'_, '_>) -> Role {
    let node = seen.node;
    if node.child_by_field_name("source").is_some() {
        return Import;
    }
    let is_assigned = || node.children(&mut node.walk()).any(|child| child.kind() == "=");
    let defines = match node.child_by_field_name("value") {
        Some(value) => !takes_name(value),
        None => is_assigned(),
    };
    if defines { Define(SymbolKind::Constant) } else { Export }
}

/// A statement that is nothing but an assignment may give a function its name.
pub(super) fn statement(seen: &Seen<'_, '_>) -> Role {
    let holds = seen.node.named_child(0).map(|child| child.kind());
    if matches!(holds, Some("assignment_expression" | "internal_module")) { Wrapper } else { Statement }
}

/// A condition that is left out holds.
pub(super) fn nothing(seen: &Seen<'_, '_>) -> Role {
    if seen.part == Some(Part::Condition) { True } else { Plain }
}
