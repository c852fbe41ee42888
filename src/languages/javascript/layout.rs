//! What a file's module is called, by its package.

use serde::Deserialize;

use crate::languages::Surroundings;

#[derive(Deserialize)]
struct Manifest {
    name: Option<String>,
}

/// `rxjs/src/internal/Observable` for `src/internal/Observable.ts` of the package `rxjs`, as one imports it; `index` bears
/// its directory's name. Outside of a package, the path.
pub(in crate::languages) fn module_of(path: &str, around: &dyn Surroundings) -> String {
    let (package, inside) = package_of(path, around);
    let (directory, name) = inside.rsplit_once('/').unwrap_or(("", inside));
    let stem = name.strip_suffix(".d.ts").unwrap_or_else(|| name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    let stem = if stem == "index" && !(directory.is_empty() && package.is_none()) { "" } else { stem };
    let parts: Vec<&str> =
        [package.as_deref().unwrap_or_default(), directory, stem].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("/")
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
    (manifest("", around), path)
}

/// The package's name by the manifest in a directory (given with its `/`). Some say no more than which kind of modules lie
/// there.
fn manifest(directory: &str, around: &dyn Surroundings) -> Option<String> {
    around.said(&format!("{directory}package.json"), |text| {
        let manifest: Manifest = serde_json::from_str(text).ok()?;
        manifest.name.filter(|name| !name.is_empty())
    })
}
