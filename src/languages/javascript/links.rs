//! What modules take from each other: ES modules, CommonJS (`require`, `module.exports`), and `import()`.

use tree_sitter::Node;

use super::shapes::{self, Place};
use crate::{
    languages::roles::Seen,
    record::{Export, Import, ImportKind},
};

/// What one node links, with the text in hand.
struct Linker<'a, 'tree> {
    seen: &'a Seen<'a, 'tree>,
    imports: &'a mut Vec<Import>,
    exports: &'a mut Vec<Export>,
}

/// `import a, { b as c } from "m"`, `import "m"`, `import type ...`, `import a = require("m")`.
pub(super) fn of_import(seen: &Seen<'_, '_>, imports: &mut Vec<Import>, exports: &mut Vec<Export>) {
    let node = seen.node;
    let mut linker = Linker { seen, imports, exports };
    let kind = if has_word(node, &["type", "typeof"]) { ImportKind::Type } else { ImportKind::Import };
    let clause = child(node, |kind| matches!(kind, "import_clause" | "import_require_clause"));
    let Some(source) = node.child_by_field_name("source").or_else(|| clause?.child_by_field_name("source")) else {
        return;
    };
    let Some(clause) = clause else { return linker.import(source, kind, source, None, None) };
    let mut cursor = clause.walk();
    for part in clause.named_children(&mut cursor) {
        match part.kind() {
            "identifier" if clause.kind() == "import_require_clause" => {
                linker.import(source, kind, part, None, Some(part));
            }
            "identifier" => linker.import(source, kind, part, Some("default"), Some(part)),
            "namespace_import" => linker.import(source, kind, part, Some("*"), part.named_child(0)),
            "named_imports" => {
                let mut cursor = part.walk();
                for one in part.named_children(&mut cursor).filter(|one| one.kind() == "import_specifier") {
                    let kind = if has_word(one, &["type", "typeof"]) { ImportKind::Type } else { kind };
                    let name = one.child_by_field_name("name").map(|name| linker.text(name));
                    linker.import(source, kind, one, name.as_deref(), one.child_by_field_name("alias"));
                }
            }
            _ => {}
        }
    }
}

/// `export { a as b }`, `export * from "m"`, `export default a`, `export = a`. Declarations say themselves that they are
/// exported.
pub(super) fn of_export(seen: &Seen<'_, '_>, imports: &mut Vec<Import>, exports: &mut Vec<Export>) {
    let node = seen.node;
    let mut linker = Linker { seen, imports, exports };
    let source = node.child_by_field_name("source");
    let kind = if has_word(node, &["type"]) { ImportKind::Type } else { ImportKind::Import };
    if let Some(default) = child(node, |kind| kind == "default") {
        let value = node.child_by_field_name("value").or_else(|| node.child_by_field_name("declaration"));
        let local =
            value.and_then(|value| if is_name(value) { Some(value) } else { value.child_by_field_name("name") });
        return linker.export(default, "default", local, None);
    }
    let clause = child(node, |kind| matches!(kind, "export_clause" | "namespace_export" | "*" | "="));
    let Some(clause) = clause else { return };
    match (clause.kind(), source) {
        ("export_clause", _) => {
            let mut cursor = clause.walk();
            for one in clause.named_children(&mut cursor).filter(|one| one.kind() == "export_specifier") {
                let Some(name) = one.child_by_field_name("name") else { continue };
                let offered = linker.text(one.child_by_field_name("alias").unwrap_or(name));
                linker.export(one, &offered, Some(name), source);
                if let Some(source) = source {
                    let name = linker.text(name);
                    linker.pass_on(source, kind, one, &name);
                }
            }
        }
        ("namespace_export", Some(source)) => {
            let name = clause.named_child(0).map(|name| linker.text(name)).unwrap_or_default();
            linker.export(clause, &name, None, Some(source));
            linker.pass_on(source, kind, clause, "*");
        }
        ("*", Some(source)) => {
            linker.export(clause, "*", None, Some(source));
            linker.pass_on(source, kind, clause, "*");
        }
        ("=", _) => {
            let value = node.named_child(0).filter(|value| is_name(*value));
            linker.export(clause, "export=", value, None);
        }
        _ => {}
    }
}

/// `const a = require("m")`, `const { a, b: c } = await import("m")`, `const a = require("m").b`.
pub(super) fn of_declarator(seen: &Seen<'_, '_>, imports: &mut Vec<Import>, exports: &mut Vec<Export>) {
    let mut linker = Linker { seen, imports, exports };
    let (Some(name), Some(value)) = (seen.node.child_by_field_name("name"), seen.node.child_by_field_name("value"))
    else {
        return;
    };
    let Some((source, member)) = linker.required(value) else { return };
    let kind = ImportKind::Call;
    let member = member.map(|member| linker.text(member));
    match name.kind() {
        "identifier" => linker.import(source, kind, name, member.as_deref(), Some(name)),
        "object_pattern" if member.is_none() => {
            let mut cursor = name.walk();
            for one in name.named_children(&mut cursor) {
                let (key, local) = match one.kind() {
                    "pair_pattern" => (one.child_by_field_name("key"), one.child_by_field_name("value")),
                    "object_assignment_pattern" => (one.child_by_field_name("left"), None),
                    "shorthand_property_identifier_pattern" => (Some(one), None),
                    _ => (None, one.named_child(0)),
                };
                let key = key.map_or_else(|| "*".to_owned(), |key| linker.text(key));
                linker.import(source, kind, one, Some(&key), local.filter(|local| is_name(*local)));
            }
        }
        _ => linker.import(source, kind, source, member.as_deref(), None),
    }
}

/// A call of `require` or `import`, unless a declaration says what is taken from it.
pub(super) fn of_call(seen: &Seen<'_, '_>, imports: &mut Vec<Import>, exports: &mut Vec<Export>) {
    let mut linker = Linker { seen, imports, exports };
    let Some((source, _)) = linker.required(seen.node) else { return };
    let mut member = None;
    for around in seen.ancestors() {
        match around.kind() {
            "member_expression" if member.is_none() => member = around.child_by_field_name("property"),
            "await_expression" | "parenthesized_expression" => {}
            "variable_declarator" => return,
            _ => break,
        }
    }
    let member = member.map(|member| linker.text(member));
    linker.import(source, ImportKind::Call, source, member.as_deref(), None);
}

/// `module.exports = a`, `module.exports = { a, b: c }`, `exports.a = b`.
pub(super) fn of_assignment(seen: &Seen<'_, '_>, imports: &mut Vec<Import>, exports: &mut Vec<Export>) {
    let mut linker = Linker { seen, imports, exports };
    let (Some(left), Some(right)) = (seen.node.child_by_field_name("left"), seen.node.child_by_field_name("right"))
    else {
        return;
    };
    match shapes::place(seen, left) {
        Place::Export => {
            let name = left.child_by_field_name("property").map(|name| linker.text(name)).unwrap_or_default();
            linker.export(left, &name, Some(right).filter(|right| is_name(*right)), None);
        }
        Place::Module if right.kind() == "object" => {
            let mut cursor = right.walk();
            for one in right.named_children(&mut cursor) {
                let (name, local) = match one.kind() {
                    "shorthand_property_identifier" => (Some(one), None),
                    "pair" => (one.child_by_field_name("key"), one.child_by_field_name("value")),
                    "method_definition" => (one.child_by_field_name("name"), None),
                    "spread_element" => {
                        let passed = one.named_child(0).and_then(|value| linker.required(value));
                        if let Some((source, None)) = passed {
                            linker.export(one, "*", None, Some(source));
                        }
                        continue;
                    }
                    _ => continue,
                };
                let Some(name) = name.filter(|name| name.kind() != "computed_property_name") else { continue };
                let name = linker.text(name);
                linker.export(one, &name, local.filter(|local| is_name(*local)), None);
            }
        }
        Place::Module => {
            let local = if is_name(right) { Some(right) } else { right.child_by_field_name("name") };
            let passed = linker.required(right).filter(|(_, member)| member.is_none());
            linker.export(left, "default", local, passed.map(|(source, _)| source));
        }
        _ => {}
    }
}

impl<'tree> Linker<'_, 'tree> {
    /// `name` is what is taken; `alias` what it is called here, which is told if it is another name.
    fn import(
        &mut self,
        source: Node<'_>,
        kind: ImportKind,
        at: Node<'_>,
        name: Option<&str>,
        alias: Option<Node<'_>>,
    ) {
        let alias = alias.map(|alias| self.text(alias)).filter(|alias| name != Some(alias.as_str()));
        let module = self.text(source);
        self.imports.push(Import { name: name.map(str::to_owned), alias, ..Import::of(module, kind, at.byte_range()) });
    }

    /// Brings in what is offered on.
    fn pass_on(&mut self, source: Node<'_>, kind: ImportKind, at: Node<'_>, name: &str) {
        let module = self.text(source);
        self.imports.push(Import {
            name: Some(name.to_owned()),
            exported: true,
            ..Import::of(module, kind, at.byte_range())
        });
    }

    fn export(&mut self, at: Node<'_>, name: &str, local: Option<Node<'_>>, source: Option<Node<'_>>) {
        self.exports.push(Export {
            local: local.map(|local| self.text(local)).filter(|local| local != name),
            module: source.map(|source| self.text(source)),
            ..Export::of(name, at.byte_range())
        });
    }

    /// The module that an expression is, with the member that is taken of it.
    fn required(&self, value: Node<'tree>) -> Option<(Node<'tree>, Option<Node<'tree>>)> {
        let (mut value, mut member) = (value, None);
        loop {
            match value.kind() {
                "await_expression" | "parenthesized_expression" | "as_expression" | "non_null_expression" => {
                    value = value.named_child(0)?;
                }
                "member_expression" if member.is_none() => {
                    member = value.child_by_field_name("property");
                    value = value.child_by_field_name("object")?;
                }
                "call_expression" => break,
                _ => return None,
            }
        }
        let callee = value.child_by_field_name("function")?;
        let is_import =
            callee.kind() == "import" || (callee.kind() == "identifier" && self.seen.text(callee) == b"require");
        let arguments = value.child_by_field_name("arguments").filter(|_| is_import)?;
        let source = arguments.named_child(0)?;
        let is_text = source.kind() == "string"
            || (source.kind() == "template_string" && child(source, |kind| kind == "template_substitution").is_none());
        is_text.then_some((source, member))
    }

    /// Without quotes.
    fn text(&self, node: Node<'_>) -> String {
        let text = String::from_utf8_lossy(self.seen.text(node));
        if matches!(node.kind(), "string" | "template_string") {
            text.trim_matches(['"', '\'', '`']).to_owned()
        } else {
            text.into_owned()
        }
    }
}

fn is_name(node: Node<'_>) -> bool {
    matches!(node.kind(), "identifier" | "member_expression")
}

fn child<'tree>(node: Node<'tree>, fits: impl Fn(&str) -> bool) -> Option<Node<'tree>> {
    node.children(&mut node.walk()).find(|child| fits(child.kind()))
}

/// A keyword among the node's own words.
fn has_word(node: Node<'_>, words: &[&str]) -> bool {
    child(node, |kind| words.contains(&kind)).is_some()
}
