//! What a Python file's module is called, by its packages.

use crate::languages::Surroundings;

/// `rich.console` for `src/rich/console.py`: the directories with an `__init__.py` above it, and the file's name, which
/// `__init__` leaves out.
pub(super) fn module_of(path: &str, around: &dyn Surroundings) -> String {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut parts = Vec::new();
    if stem != "__init__" {
        parts.push(stem);
    }
    let mut directory = directory;
    while !directory.is_empty() && is_package(directory, around) {
        let (above, name) = directory.rsplit_once('/').unwrap_or(("", directory));
        parts.push(name);
        directory = above;
    }
    parts.reverse();
    parts.join(".")
}

fn is_package(directory: &str, around: &dyn Surroundings) -> bool {
    ["__init__.py", "__init__.pyi"].iter().any(|name| around.exists(&format!("{directory}/{name}")))
}
