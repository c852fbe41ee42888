//! What a Go file imports.

use tree_sitter::Node;

use crate::record::{Import, ImportKind};

/// `import "fmt"`, `import f "fmt"`, `import . "fmt"`, `import _ "embed"`, each alone or in a group.
pub(super) fn imports(declaration: Node<'_>, bytes: &[u8], found: &mut Vec<Import>) {
    let mut cursor = declaration.walk();
    for child in declaration.named_children(&mut cursor) {
        match child.kind() {
            "import_spec" => found.extend(import(child, bytes)),
            "import_spec_list" => {
                let mut cursor = child.walk();
                let specs = child.named_children(&mut cursor).filter(|spec| spec.kind() == "import_spec");
                found.extend(specs.filter_map(|spec| import(spec, bytes)));
            }
            _ => {}
        }
    }
}

fn import(spec: Node<'_>, bytes: &[u8]) -> Option<Import> {
    let text = |node: Node<'_>| String::from_utf8_lossy(&bytes[node.byte_range()]).into_owned();
    let path = spec.child_by_field_name("path")?;
    let module = text(path).trim_matches(['"', '`']).to_owned();
    let mut import = Import::of(module, ImportKind::Import, spec.byte_range());
    if let Some(name) = spec.child_by_field_name("name") {
        if name.kind() == "dot" {
            import.name = Some("*".to_owned());
        } else {
            import.alias = Some(text(name));
        }
    }
    Some(import)
}
