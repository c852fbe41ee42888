//! What a Go file's package is called, by its module's `go.mod` or its place in a `GOPATH`.

use crate::languages::Surroundings;

/// The import path: `github.com/spf13/cobra/doc` for `doc/md_docs.go` of the module `github.com/spf13/cobra`. Without a
/// module, the directory; empty where there is none, then the package clause tells.
pub(super) fn module_of(path: &str, around: &dyn Surroundings) -> String {
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    // What is vendored, or lies in a GOPATH, bears its whole path.
    for root in ["vendor", "src"] {
        if let Some(inside) = below(directory, root)
            && inside.split('/').next().is_some_and(|host| host.contains('.'))
        {
            return inside.to_owned();
        }
    }
    let mut module = directory;
    loop {
        let manifest = if module.is_empty() { "go.mod".to_owned() } else { format!("{module}/go.mod") };
        if let Some(name) = around.said(&manifest, module_name) {
            let inside = directory[module.len()..].trim_start_matches('/');
            // Packages of Go's own library bear their directories' names alone.
            return match (name.as_str(), inside) {
                (_, "") => name,
                ("std", inside) => inside.to_owned(),
                (_, inside) => format!("{name}/{inside}"),
            };
        }
        if module.is_empty() {
            return directory.to_owned();
        }
        module = module.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// What comes behind the last directory of this name.
fn below<'p>(directory: &'p str, root: &str) -> Option<&'p str> {
    let at = format!("/{directory}/").rfind(&format!("/{root}/"))?;
    directory.get(at + root.len() + 1..).filter(|inside| !inside.is_empty())
}

/// `example.com/a` of `module example.com/a // comment`.
fn module_name(manifest: &str) -> Option<String> {
    let line = manifest.lines().find_map(|line| line.trim().strip_prefix("module")?.strip_prefix([' ', '\t', '"']))?;
    let line = line.split("//").next().unwrap_or(line);
    let name = line.trim().trim_matches(['"', '`']);
    (!name.is_empty()).then(|| name.to_owned())
}
