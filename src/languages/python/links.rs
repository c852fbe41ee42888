//! What a Python file takes from others (`import`) and says that it offers (`__all__`).

use tree_sitter::Node;

use crate::{
    languages::roles::Seen,
    record::{Export, Import, ImportKind},
};

/// Values put together from more parts are data.
const MAX_PARTS: usize = 32;

/// `import a.b as c`, `from ..a import b as c`, `from __future__ import annotations`.
pub(super) fn imports(statement: Node<'_>, bytes: &[u8], found: &mut Vec<Import>) {
    let text =
        |node: Node<'_>| -> String { String::from_utf8_lossy(&bytes[node.byte_range()]).split_whitespace().collect() };
    let module = match statement.kind() {
        "future_import_statement" => Some("__future__".to_owned()),
        _ => statement.child_by_field_name("module_name").map(text),
    };
    let mut cursor = statement.walk();
    for one in statement.children_by_field_name("name", &mut cursor) {
        let (name, alias) = match one.kind() {
            "aliased_import" => match one.child_by_field_name("name") {
                Some(name) => (text(name), one.child_by_field_name("alias").map(text)),
                None => continue,
            },
            _ => (text(one), None),
        };
        // By PEP 484, `a as a` is there for others.
        let exported = alias.as_ref() == Some(&name);
        let alias = alias.filter(|_| !exported);
        let import = match &module {
            Some(module) => {
                Import { name: Some(name), ..Import::of(module.clone(), ImportKind::Import, one.byte_range()) }
            }
            None => Import::of(name, ImportKind::Import, one.byte_range()),
        };
        found.push(Import { alias, exported, ..import });
    }
    let mut cursor = statement.walk();
    let all = statement.children(&mut cursor).find(|child| child.kind() == "wildcard_import");
    if let (Some(all), Some(module)) = (all, module) {
        let import = Import::of(module, ImportKind::Import, all.byte_range());
        found.push(Import { name: Some("*".to_owned()), ..import });
    }
}

/// `__all__ = ["a"]`, `__all__ += ("b",)`, `__all__ = base.__all__ + ["c"]`.
pub(super) fn of_assignment(seen: &Seen<'_, '_>, _: &mut Vec<Import>, exports: &mut Vec<Export>) {
    let (Some(left), Some(right)) = (seen.node.child_by_field_name("left"), seen.node.child_by_field_name("right"))
    else {
        return;
    };
    if !seen.in_function && seen.text(left) == b"__all__" {
        offered(seen, right, exports);
    }
}

/// `__all__.extend(["a"])`, `__all__.append("b")`.
pub(super) fn of_call(seen: &Seen<'_, '_>, _: &mut Vec<Import>, exports: &mut Vec<Export>) {
    let callee = seen.node.child_by_field_name("function").map(|callee| seen.text(callee));
    if !seen.in_function
        && matches!(callee, Some(b"__all__.extend" | b"__all__.append"))
        && let Some(arguments) = seen.node.child_by_field_name("arguments")
    {
        offered(seen, arguments, exports);
    }
}

/// The names in a list, a tuple or a sum of these.
fn offered(seen: &Seen<'_, '_>, value: Node<'_>, exports: &mut Vec<Export>) {
    let mut waiting = vec![value];
    let mut parts = 0;
    while let Some(part) = waiting.pop() {
        match part.kind() {
            "string" => {
                let content = part.named_child(1).filter(|content| content.kind() == "string_content");
                if let Some(content) = content.filter(|_| part.named_child_count() == 3) {
                    let name = String::from_utf8_lossy(seen.text(content)).into_owned();
                    exports.push(Export::of(name, part.byte_range()));
                }
            }
            "list" | "tuple" | "argument_list" | "binary_operator" | "parenthesized_expression" => {
                parts += 1;
                if parts > MAX_PARTS {
                    return;
                }
                let mut cursor = part.walk();
                let from = waiting.len();
                waiting.extend(part.named_children(&mut cursor));
                waiting[from..].reverse();
            }
            _ => {}
        }
    }
}
