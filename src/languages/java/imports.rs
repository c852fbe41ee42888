//! What a Java file imports, and what a module requires and exports.

use tree_sitter::Node;

use crate::record::{Export, Import, ImportKind};

/// `import java.util.List`, `import java.util.*`, `import static org.junit.Assert.assertTrue`; `requires java.base`.
pub(super) fn imports(declaration: Node<'_>, bytes: &[u8], found: &mut Vec<Import>) {
    let text = |node: Node<'_>| String::from_utf8_lossy(&bytes[node.byte_range()]).into_owned();
    if let Some(module) = declaration.child_by_field_name("module") {
        found.push(Import::of(text(module), ImportKind::Import, module.byte_range()));
        return;
    }
    let (mut name, mut kind, mut all) = (None, ImportKind::Import, false);
    let mut cursor = declaration.walk();
    for child in declaration.children(&mut cursor) {
        match child.kind() {
            "static" => kind = ImportKind::Static,
            "identifier" | "scoped_identifier" => name = Some(child),
            "asterisk" => all = true,
            _ => {}
        }
    }
    let Some(name) = name else { return };
    let path: String = text(name).split_whitespace().collect();
    let (module, member) = match path.rsplit_once('.') {
        _ if all => (path.as_str(), Some("*")),
        Some((module, member)) => (module, Some(member)),
        None => (path.as_str(), None),
    };
    let import = Import::of(module, kind, name.byte_range());
    found.push(Import { name: member.map(str::to_owned), ..import });
}

/// `exports org.example.api`.
pub(super) fn exports(directive: Node<'_>, bytes: &[u8], found: &mut Vec<Export>) {
    if directive.kind() == "exports_module_directive"
        && let Some(package) = directive.child_by_field_name("package")
    {
        let name = String::from_utf8_lossy(&bytes[package.byte_range()]).into_owned();
        found.push(Export::of(name, package.byte_range()));
    }
}
