//! Crates, and the files of their modules, by Cargo's conventions.

use serde::Deserialize;

use crate::{
    record::{NONE, SymbolKind},
    resolve::{Def, FileRef, Found, Resolver},
};

/// Modules within modules.
const MAX_MODULES: usize = 64;

fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn joined(directory: &str, path: &str) -> String {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The file of `mod name;` in a file, within a symbol.
pub fn module_file(resolver: &Resolver<'_>, file: FileRef, symbol: u32, name: &str, told: &str) -> Option<FileRef> {
    let facts = resolver.facts(file)?;
    let directory = directory_of(&facts.path);
    let stem = name_of(&facts.path).strip_suffix(".rs").unwrap_or_default();
    // Modules in braces around it are directories.
    let mut around: Vec<&str> = Vec::new();
    let mut at = facts.facts.symbols.get(symbol as usize).map_or(NONE, |symbol| symbol.container);
    while let Some(symbol) = facts.facts.symbols.get(at as usize) {
        if symbol.kind == SymbolKind::Module {
            let binding = facts.facts.bindings.get(symbol.binding as usize)?;
            around.push(facts.facts.name(binding.name));
        }
        at = symbol.container;
    }
    around.reverse();
    let inside = around.join("/");
    let file_at = |path: String| resolver.world().file(&path);
    if !told.is_empty() {
        return file_at(joined(&joined(directory, &inside), told));
    }
    let in_directory = |directory: &str| {
        let base = joined(directory, &inside);
        file_at(joined(&base, &format!("{name}.rs"))).or_else(|| file_at(joined(&base, &format!("{name}/mod.rs"))))
    };
    match stem {
        "mod" | "lib" | "main" => in_directory(directory),
        _ => in_directory(&joined(directory, stem)).or_else(|| in_directory(directory)),
    }
}

/// The file that a file is a module of, and the symbol in it that its declaration stands in.
pub fn parent(resolver: &Resolver<'_>, file: FileRef) -> Option<(FileRef, u32)> {
    let facts = resolver.facts(file)?;
    let mut directory = directory_of(&facts.path);
    let mut name = name_of(&facts.path).strip_suffix(".rs")?;
    if matches!(name, "lib" | "main") {
        return None;
    }
    if name == "mod" {
        name = name_of(directory);
        directory = directory_of(directory);
    }
    let beside = format!("{directory}.rs");
    let candidates = [joined(directory, "mod.rs"), beside, joined(directory, "lib.rs"), joined(directory, "main.rs")];
    candidates.iter().find_map(|path| {
        let above = resolver.world().file(path).filter(|above| *above != file)?;
        let is_it = |&binding: &u32| resolver.kind_of(&Def::Bound(above, binding)) == Some(SymbolKind::Module);
        resolver.top(above, name).iter().any(is_it).then_some((above, NONE))
    })
}

/// The file that the crate of a file begins with.
pub fn root(resolver: &Resolver<'_>, file: FileRef) -> FileRef {
    let mut at = file;
    for _ in 0..MAX_MODULES {
        match parent(resolver, at) {
            Some((above, _)) => at = above,
            None => break,
        }
    }
    let Some(facts) = resolver.facts(at) else { return at };
    let name = name_of(&facts.path);
    if at != file || matches!(name, "lib.rs" | "main.rs") {
        return at;
    }
    // A module whose declaration is not found: the crate is the one around it, unless each file is one.
    let mut directory = directory_of(&facts.path);
    loop {
        if matches!(name_of(directory), "bin" | "tests" | "examples" | "benches") {
            return at;
        }
        let roots = ["lib.rs", "main.rs"];
        if let Some(found) = roots.iter().find_map(|root| resolver.world().file(&joined(directory, root))) {
            return found;
        }
        if directory.is_empty() || name_of(directory) == "src" {
            return at;
        }
        directory = directory_of(directory);
    }
}

#[derive(Deserialize, Default)]
struct Manifest {
    package: Option<Named>,
    lib: Option<Named>,
    workspace: Option<Workspace>,
    #[serde(default)]
    dependencies: toml::Table,
    #[serde(default, rename = "dev-dependencies")]
    dev: toml::Table,
    #[serde(default, rename = "build-dependencies")]
    build: toml::Table,
    #[serde(default)]
    target: toml::Table,
}

#[derive(Deserialize, Default)]
struct Named {
    name: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize, Default)]
struct Workspace {
    #[serde(default)]
    dependencies: toml::Table,
}

impl Manifest {
    fn read(resolver: &Resolver<'_>, directory: &str) -> Option<Manifest> {
        toml::from_str(&resolver.world().layout(&joined(directory, "Cargo.toml"))?).ok()
    }

    fn crate_name(&self) -> Option<String> {
        let lib = self.lib.as_ref().and_then(|lib| lib.name.as_ref());
        let name = lib.or_else(|| self.package.as_ref().and_then(|package| package.name.as_ref()))?;
        Some(name.replace('-', "_"))
    }

    /// A dependency by the name that code calls it by, with its key.
    fn dependency(&self, name: &str) -> Option<(&str, &toml::Value)> {
        let targets = self.target.values().filter_map(|target| target.get("dependencies")?.as_table());
        [&self.dependencies, &self.dev, &self.build].into_iter().chain(targets).find_map(|table| in_table(table, name))
    }
}

fn in_table<'t>(table: &'t toml::Table, name: &str) -> Option<(&'t str, &'t toml::Value)> {
    table.iter().find(|(key, _)| key.replace('-', "_") == name).map(|(key, value)| (key.as_str(), value))
}

/// The directory of the package that a file is in.
fn package_of(resolver: &Resolver<'_>, file: FileRef) -> Option<String> {
    let facts = resolver.facts(file)?;
    let mut directory = directory_of(&facts.path);
    loop {
        if let Some(text) = resolver.world().layout(&joined(directory, "Cargo.toml"))
            && text.contains("[package]")
        {
            return Some(directory.to_owned());
        }
        if directory.is_empty() {
            return None;
        }
        directory = directory_of(directory);
    }
}

/// A crate of the workspace, as a file calls it.
pub fn named(resolver: &mut Resolver<'_>, file: FileRef, name: &str) -> Found {
    if matches!(name, "std" | "core" | "alloc") || name.starts_with(|first: char| first.is_uppercase()) {
        return Found::Unknown;
    }
    let Some(package) = package_of(resolver, file) else { return Found::Unknown };
    let place = Def::package("rust", &format!("package {package}"));
    resolver.found_once(&place, name, |resolver| match of_package(resolver, &package, name) {
        Some(file) => Found::exact(Def::File(file)),
        None => Found::Unknown,
    })
}

fn of_package(resolver: &Resolver<'_>, package: &str, name: &str) -> Option<FileRef> {
    let manifest = Manifest::read(resolver, package)?;
    if manifest.crate_name().as_deref() == Some(name) {
        return library(resolver, package, &manifest);
    }
    let (key, dependency) = manifest.dependency(name)?;
    if let Some(path) = dependency.get("path").and_then(toml::Value::as_str) {
        let at = joined(package, path);
        return library(resolver, &at, &Manifest::read(resolver, &at)?);
    }
    dependency.get("workspace")?;
    // The workspace says where it is.
    let mut directory = package;
    loop {
        if let Some(workspace) = Manifest::read(resolver, directory).and_then(|manifest| manifest.workspace) {
            let path = workspace.dependencies.get(key)?.get("path")?.as_str()?;
            let at = joined(directory, path);
            return library(resolver, &at, &Manifest::read(resolver, &at)?);
        }
        if directory.is_empty() {
            return None;
        }
        directory = directory_of(directory);
    }
}

fn library(resolver: &Resolver<'_>, package: &str, manifest: &Manifest) -> Option<FileRef> {
    let path = manifest.lib.as_ref().and_then(|lib| lib.path.as_deref()).unwrap_or("src/lib.rs");
    resolver.world().file(&joined(package, path))
}
