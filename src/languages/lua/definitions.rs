//! What a Lua file defines. Lua has no definitions but that of functions: all else is assigned, to a local, to a global, or to
//! a table's field.

use std::ops::Range;

use tree_sitter::Node;

use crate::{
    languages::roles::{
        Declared, Definition,
        Role::{self, Declare, Define, Introduce, Plain, Statement, Wrapper},
        Seen,
    },
    record::{SymbolKind, Visibility},
};

/// More values in one assignment are data.
const MAX_VALUES: usize = 32;

/// Tables nested deeper are data, too.
const MAX_NESTING: usize = 64;

/// An assignment: what is assigned to, and the values.
#[derive(Clone, Copy)]
pub(super) struct Places<'tree> {
    targets: Node<'tree>,
    values: Option<Node<'tree>>,
}

impl<'tree> Places<'tree> {
    /// Of an assignment, or of a declaration with or without one.
    pub fn of(node: Node<'tree>) -> Option<Self> {
        let first = node.named_child(0)?;
        match first.kind() {
            "variable_list" => {
                Some(Places { targets: first, values: node.named_child(1).filter(|node| is_list(*node)) })
            }
            "assignment_statement" => Places::of(first),
            _ => None,
        }
    }

    fn targets(self) -> Vec<Node<'tree>> {
        let mut cursor = self.targets.walk();
        let targets = self.targets.children_by_field_name("name", &mut cursor);
        targets.filter(|target| target.is_named()).take(MAX_VALUES).collect()
    }

    fn values(self) -> Vec<Node<'tree>> {
        let Some(values) = self.values else { return Vec::new() };
        let mut cursor = values.walk();
        values.named_children(&mut cursor).filter(|value| !value.is_extra()).take(MAX_VALUES).collect()
    }

    /// What a value is assigned to, or the value that comes so many places behind it in a call's values.
    pub fn target_of(self, value: Node<'_>, offset: usize) -> Option<Node<'tree>> {
        let place = self.values().iter().position(|one| *one == value)?;
        self.targets().get(place + offset).copied()
    }

    /// All that there is is one name and one function.
    fn is_one_function(self) -> bool {
        matches!((&*self.targets(), &*self.values()), ([_], [value]) if is_function(*value))
    }
}

fn is_list(node: Node<'_>) -> bool {
    node.kind() == "expression_list"
}

fn is_function(node: Node<'_>) -> bool {
    node.kind() == "function_definition"
}

/// Locals of the chunk are its definitions; those of functions and blocks are local to them.
pub(super) fn declaration(seen: &Seen<'_, '_>) -> Role {
    let is_top = seen.ancestors().next().is_some_and(|around| around.kind() == "chunk");
    match Places::of(seen.node) {
        Some(places) if places.is_one_function() => Wrapper,
        Some(_) if is_top => Declare,
        _ => Statement,
    }
}

/// What gives a function its name, a field of one of the file's tables, or a global where it is met first.
pub(super) fn assignment(seen: &Seen<'_, '_>) -> Role {
    let Some(places) = Places::of(seen.node) else { return Plain };
    if places.is_one_function() {
        return Wrapper;
    }
    let is_declared = seen.ancestors().next().is_some_and(|around| around.kind() == "variable_declaration");
    if is_declared {
        return Plain;
    }
    match &*places.targets() {
        _ if seen.in_function => Statement,
        [target] if target.kind() == "identifier" => Introduce(SymbolKind::Variable),
        [target] if own_table(*target).is_some_and(|table| !is_of_the_library(seen.text(table))) => Declare,
        _ => Statement,
    }
}

/// `M` of `M.x`.
fn own_table(target: Node<'_>) -> Option<Node<'_>> {
    let table = target.child_by_field_name("table").filter(|_| target.kind() == "dot_index_expression")?;
    Some(table).filter(|table| table.kind() == "identifier")
}

/// Tables that no file of people's makes.
fn is_of_the_library(table: &[u8]) -> bool {
    matches!(
        table,
        b"_G"
            | b"_ENV"
            | b"bit"
            | b"bit32"
            | b"coroutine"
            | b"debug"
            | b"io"
            | b"jit"
            | b"math"
            | b"os"
            | b"package"
            | b"self"
            | b"string"
            | b"table"
            | b"utf8"
            | b"vim"
    )
}

/// Between what gives a function its name and the function.
pub(super) fn values(seen: &Seen<'_, '_>) -> Role {
    if seen.parent == Wrapper { Wrapper } else { Plain }
}

/// A field of a table that is one of the file's definitions, or what gives a function its name.
pub(super) fn field(seen: &Seen<'_, '_>) -> Role {
    let value = seen.node.child_by_field_name("value");
    if name_of(seen.node).is_none() {
        return Plain;
    }
    if value.is_some_and(is_function) {
        return Wrapper;
    }
    if seen.in_function || !is_module(seen) { Plain } else { Define(SymbolKind::Field) }
}

/// The field's table is what a definition of the file is, or what the file returns, or a field of such a table.
fn is_module(seen: &Seen<'_, '_>) -> bool {
    let mut around = seen.ancestors().take(MAX_NESTING);
    let holder = around.find(|node| !matches!(node.kind(), "table_constructor" | "field" | "expression_list"));
    let outer = around.next();
    let is_top = |node: Option<Node<'_>>| node.is_some_and(|node| node.kind() == "chunk");
    match holder.map(|holder| holder.kind()) {
        Some("return_statement") => is_top(outer),
        Some("assignment_statement") if outer.is_some_and(|outer| outer.kind() == "variable_declaration") => {
            is_top(around.next())
        }
        Some("assignment_statement") => true,
        _ => false,
    }
}

/// The name of what is declared or assigned to, and of a field: `f` of `M.f`, `M:f` and `M["f"]`.
pub(super) fn name_of(node: Node<'_>) -> Option<Range<usize>> {
    let name = match node.kind() {
        "identifier" => Some(node),
        "function_declaration" => return name_of(node.child_by_field_name("name")?),
        "assignment_statement" => return name_of(Places::of(node)?.targets().first().copied()?),
        "dot_index_expression" => node.child_by_field_name("field"),
        "method_index_expression" => node.child_by_field_name("method"),
        "bracket_index_expression" => node.child_by_field_name("field").and_then(string_text),
        "field" => {
            let name = node.child_by_field_name("name")?;
            let is_bare = name.kind() == "identifier" && name.start_byte() == node.start_byte();
            if is_bare { Some(name) } else { string_text(name) }
        }
        _ => None,
    };
    name.map(|name| name.byte_range())
}

/// What stands between a string's quotes, on one line: what goes on is no name.
pub(super) fn string_text(node: Node<'_>) -> Option<Node<'_>> {
    let on_a_line = |content: &Node<'_>| content.start_position().row == content.end_position().row;
    node.child_by_field_name("content").filter(|_| node.kind() == "string").filter(on_a_line)
}

/// The names of a declaration or assignment, but for those that functions bear.
pub(super) fn declared<'tree>(definition: &Definition<'_, 'tree>) -> Vec<Declared<'tree>> {
    let Some(places) = Places::of(definition.node) else { return Vec::new() };
    let values = places.values();
    let kind = |target: Node<'_>| match target.kind() {
        "identifier" if is_constant(definition.bytes, target) => SymbolKind::Constant,
        "identifier" => SymbolKind::Variable,
        _ => SymbolKind::Field,
    };
    let names = places.targets().into_iter().enumerate();
    names
        .filter(|(place, _)| !values.get(*place).is_some_and(|value| is_function(*value)))
        .map(|(_, name)| Declared { name, kind: kind(name), whole: definition.node })
        .collect()
}

/// `x <const>`.
fn is_constant(bytes: &[u8], name: Node<'_>) -> bool {
    let behind = bytes.get(name.end_byte()..).unwrap_or_default().trim_ascii_start();
    behind.strip_prefix(b"<").is_some_and(|attribute| attribute.trim_ascii_start().starts_with(b"const"))
}

/// The variable, field or key that a function is the value of.
pub(super) fn closure_name<'tree>(seen: &Seen<'_, 'tree>) -> Option<Node<'tree>> {
    let mut around = seen.ancestors();
    let holder = around.next()?;
    match holder.kind() {
        "field" => {
            let name = holder.child_by_field_name("name")?;
            Some(string_text(name).unwrap_or(name)).filter(|name| name_of(holder) == Some(name.byte_range()))
        }
        "expression_list" => {
            let target = Places::of(around.next()?)?.target_of(seen.node, 0)?;
            match target.kind() {
                "identifier" => Some(target),
                "dot_index_expression" => target.child_by_field_name("field"),
                _ => string_text(target.child_by_field_name("field")?),
            }
        }
        _ => None,
    }
}

/// The table that a definition is in: `M` of `function M.f()`, `M:f()`, `M.f = ...`.
pub(super) fn owner_of(definition: &Definition<'_, '_>) -> Option<String> {
    let table = target(definition)?.child_by_field_name("table")?;
    Some(String::from_utf8_lossy(&definition.bytes[table.byte_range()]).into_owned())
}

/// What is declared, or assigned to.
fn target<'tree>(definition: &Definition<'_, 'tree>) -> Option<Node<'tree>> {
    let node = definition.holder.unwrap_or(definition.node);
    if node.kind() == "function_declaration" {
        return node.child_by_field_name("name");
    }
    let bears =
        |target: &Node<'_>| name_of(*target).is_some_and(|name| &definition.bytes[name] == definition.name.as_bytes());
    Places::of(node)?.targets().into_iter().find(bears)
}

/// A function with a `self` is a method; a variable in capitals is a constant.
pub(super) fn kind_of(definition: &Definition<'_, '_>) -> SymbolKind {
    match definition.kind {
        SymbolKind::Function if has_self(definition) => SymbolKind::Method,
        SymbolKind::Variable if is_capitals(definition.name) => SymbolKind::Constant,
        kind => kind,
    }
}

fn has_self(definition: &Definition<'_, '_>) -> bool {
    let name = definition.node.child_by_field_name("name");
    let first = definition.node.child_by_field_name("parameters").and_then(|parameters| parameters.named_child(0));
    name.is_some_and(|name| name.kind() == "method_index_expression")
        || first.is_some_and(|first| &definition.bytes[first.byte_range()] == b"self")
}

fn is_capitals(name: &str) -> bool {
    name.len() > 1
        && name.bytes().any(|byte| byte.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// What is `local` is the file's own.
pub(super) fn visibility(definition: &Definition<'_, '_>) -> Visibility {
    let node = definition.holder.unwrap_or(definition.node);
    let is_local = match node.kind() {
        // In a declaration the word stands before it.
        "assignment_statement" => {
            let before = definition.bytes[..node.start_byte()].trim_ascii_end().strip_suffix(b"local");
            before.is_some_and(|before| before.last().is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_'))
        }
        "function_declaration" | "variable_declaration" => definition.bytes[node.byte_range()].starts_with(b"local"),
        _ => false,
    };
    if is_local { Visibility::Private } else { Visibility::Public }
}

/// Comments before a definition: `--- text`, `-- text` and `--[[ text ]]`; lines of nothing but dashes are none.
pub(super) fn doc_comment(comment: &str) -> Option<String> {
    let text = comment.strip_prefix("--")?;
    if let Some(inside) =
        text.strip_prefix('[').map(|text| text.trim_start_matches('=')).and_then(|text| text.strip_prefix('['))
    {
        let inside = inside.trim_end_matches(']').trim_end_matches('=').trim_end_matches(']');
        return Some(crate::languages::dedent(inside.trim_start_matches('-')));
    }
    let text = text.trim_start_matches('-');
    if text.is_empty() && comment.len() > 3 {
        return None;
    }
    Some(text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned())
}
