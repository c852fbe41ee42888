//! `#include`.

use tree_sitter::Node;

use crate::record::{Import, ImportKind};

pub(in crate::languages) fn imports(node: Node<'_>, bytes: &[u8], found: &mut Vec<Import>) {
    let Some(path) = node.child_by_field_name("path") else { return };
    let range = path.byte_range();
    let text = String::from_utf8_lossy(&bytes[range.clone()]);
    let (kind, inside) = match path.kind() {
        "string_literal" => (ImportKind::Include, text.trim_matches('"')),
        "system_lib_string" => (ImportKind::SystemInclude, text.trim_start_matches('<').trim_end_matches('>')),
        // By a macro: what it stands for is not known here.
        _ => (ImportKind::Include, &*text),
    };
    found.push(Import::of(inside, kind, range));
}
