//! What a Rust file's module is called, by Cargo's conventions.

use serde::Deserialize;

use crate::languages::Surroundings;

#[derive(Deserialize)]
struct Manifest {
    package: Option<Named>,
    lib: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

/// `bat::assets` for `src/assets.rs` of the package `bat`; `main.rs`, `lib.rs` and `mod.rs` bear their directory's name.
/// Files in `tests`, `examples` and `benches`, and binaries beside a library, are crates of their own. Outside of a
/// package, the file's own name.
pub(super) fn module_of(path: &str, around: &dyn Surroundings) -> String {
    let (package, inside) = package_of(path, around);
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut parts: Vec<&str> = stem.split('/').collect();
    let mut krate = package.map(|name| name.replace('-', "_"));
    match parts.as_slice() {
        ["src", "bin", ..] | ["tests" | "examples" | "benches", ..] => {
            parts.drain(..if parts[0] == "src" { 2 } else { 1 });
            krate = None;
        }
        ["src", ..] => {
            parts.remove(0);
        }
        _ => {}
    }
    if let Some(&("mod" | "lib" | "main")) = parts.last()
        && (parts.len() > 1 || krate.is_some())
    {
        parts.pop();
    }
    let parts: Vec<&str> = krate.as_deref().into_iter().chain(parts).filter(|part| !part.is_empty()).collect();
    parts.join("::")
}

/// The name of the package around a path, and the path inside of it.
fn package_of<'p>(path: &'p str, around: &dyn Surroundings) -> (Option<String>, &'p str) {
    let mut end = path.len();
    while let Some(slash) = path[..end].rfind('/') {
        if let Some(found) = manifest(&path[..=slash], around) {
            return (Some(found), &path[slash + 1..]);
        }
        end = slash;
    }
    match manifest("", around) {
        Some(found) => (Some(found), path),
        None => (None, path.rsplit('/').next().unwrap_or(path)),
    }
}

/// The crate's name by the manifest in a directory (given with its `/`), if there is a package.
fn manifest(directory: &str, around: &dyn Surroundings) -> Option<String> {
    around.said(&format!("{directory}Cargo.toml"), |text| {
        let manifest: Manifest = toml::from_str(text).ok()?;
        manifest.lib.and_then(|lib| lib.name).or(manifest.package?.name)
    })
}
