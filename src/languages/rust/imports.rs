//! `use` and `extern crate`.

use tree_sitter::Node;

use crate::record::{Import, ImportKind};

/// Lists nested deeper are left out: their paths would grow with the square of the depth.
const MAX_NESTING: usize = 32;

/// One import for each name that the declaration brings in, in the text's order.
pub(super) fn imports(declaration: Node<'_>, bytes: &[u8], found: &mut Vec<Import>) {
    let text = |node: Node<'_>| text_of(node, bytes);
    let exported =
        declaration.child(0).is_some_and(|first| first.kind() == "visibility_modifier" && text(first) != "pub(self)");
    if declaration.kind() == "extern_crate_declaration" {
        let Some(name) = declaration.child_by_field_name("name") else { return };
        let alias = declaration.child_by_field_name("alias").map(text);
        found.push(Import { alias, exported, ..Import::of(text(name), ImportKind::Import, name.byte_range()) });
        return;
    }
    let Some(argument) = declaration.child_by_field_name("argument") else { return };
    let from = found.len();
    let mut waiting = vec![(argument, String::new(), 0)];
    while let Some((tree, prefix, nesting)) = waiting.pop() {
        match tree.kind() {
            "scoped_use_list" | "use_list" => {
                let prefix =
                    tree.child_by_field_name("path").map_or(prefix.clone(), |path| below(&prefix, &text(path)));
                let list = tree.child_by_field_name("list").unwrap_or(tree);
                if nesting < MAX_NESTING {
                    let mut cursor = list.walk();
                    let items = list.named_children(&mut cursor).filter(|item| !item.is_extra());
                    waiting.extend(items.map(|item| (item, prefix.clone(), nesting + 1)));
                }
            }
            "use_wildcard" => {
                let path = tree.named_child(0).map(text).unwrap_or_default();
                let module = below(&prefix, &path);
                let import = Import::of(module, ImportKind::Import, tree.byte_range());
                found.push(Import { name: Some("*".to_owned()), exported, ..import });
            }
            "use_as_clause" => {
                let Some(path) = tree.child_by_field_name("path") else { continue };
                let alias = tree.child_by_field_name("alias").map(text);
                let one = one(&below(&prefix, &text(path)), tree);
                found.push(Import { alias, exported, ..one });
            }
            _ => found.push(Import { exported, ..one(&below(&prefix, &text(tree)), tree) }),
        }
    }
    found[from..].sort_by_key(|import| import.byte_start);
}

/// `Read` of `std::io`, of `std::io::Read`; `self` in a list is what the list is of.
fn one(path: &str, node: Node<'_>) -> Import {
    let path = path.strip_suffix("::self").unwrap_or(path);
    match path.rsplit_once("::") {
        Some((module, name)) if !module.is_empty() => {
            let import = Import::of(module, ImportKind::Import, node.byte_range());
            Import { name: Some(name.to_owned()), ..import }
        }
        _ => Import::of(path, ImportKind::Import, node.byte_range()),
    }
}

fn below(prefix: &str, path: &str) -> String {
    match (prefix, path) {
        (prefix, "") => prefix.to_owned(),
        ("", path) => path.to_owned(),
        (prefix, path) => format!("{prefix}::{path}"),
    }
}

fn text_of(node: Node<'_>, bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[node.byte_range()]).split_whitespace().collect()
}
