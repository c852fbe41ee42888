//! Packages: what their files share, and what others see of them.

use super::{BUILD, FAMILY, PACKAGE, build::Target};
use crate::{
    record::{Confidence, Expr},
    resolve::{Def, FileFacts, FileRef, Found, Resolver},
};

/// First parts of the paths of Go's own packages.
const STANDARD: &[&str] = &[
    "C",
    "archive",
    "arena",
    "bufio",
    "builtin",
    "bytes",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "weak",
];

/// At most so many are named where nothing tells which it is.
const MAX_CANDIDATES: usize = 3;

/// A name of the package, of one that all names are imported of, or of the language.
pub(super) fn free(resolver: &mut Resolver<'_>, file: FileRef, name: &str, _: u32) -> Found {
    let Some(facts) = resolver.facts(file) else { return Found::Unknown };
    let mut defs = resolver.world().declared(FAMILY, &facts.module, name);
    defs.retain(|def| is_in_package_of(resolver, def, file));
    if !defs.is_empty() {
        return built(resolver, defs, Some(file));
    }
    resolver.through_wildcards(file, name).or_else(|| Found::outside(name))
}

/// A package by its path. What the workspace has of it will be seen when something of it is asked for.
pub(super) fn import(resolver: &mut Resolver<'_>, file: FileRef, path: &str, _: Option<&str>) -> Found {
    let package = |path: &str| Found::exact(Def::package(FAMILY, path));
    let Some(facts) = resolver.facts(file) else { return Found::Unknown };
    let first = first_of(path);
    if STANDARD.contains(&first) && !is_library(resolver, &facts) {
        return Found::outside(&path.replace('/', "."));
    }
    if let Some(below) = path.strip_prefix('.') {
        // Relative to the file, as it was once done.
        let mut at: Vec<&str> = facts.module.split('/').collect();
        for part in below.trim_start_matches('/').split('/') {
            match part {
                "." => {}
                ".." => {
                    at.pop();
                }
                part => at.push(part),
            }
        }
        return package(&at.join("/"));
    }
    package(path)
}

fn first_of(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

/// A file is part of Go's own library and programs: their packages are found where they are.
fn is_library(resolver: &Resolver<'_>, facts: &FileFacts) -> bool {
    let says_so = |path: &str| {
        let text = resolver.world().layout(path);
        text.is_some_and(|text| text.lines().any(|line| line.trim() == "module std"))
    };
    STANDARD.contains(&first_of(&facts.module)) || says_so("go.mod") || says_so("src/go.mod")
}

/// What others see of a package under a name. A directory without a module is a package by the end of its path.
pub(super) fn in_package(resolver: &mut Resolver<'_>, package: &Def, name: &str) -> Found {
    let Def::Package(package) = package else { return Found::Unknown };
    let path = &*package.name;
    let found = exported(resolver, path, name, |_| true);
    let mut rest: &str = path;
    while found.hits().is_empty()
        && let Some((_, below)) = rest.split_once('/')
    {
        rest = below;
        let found = exported(resolver, rest, name, |facts| match directory(&facts.path) {
            "" => resolver.world().layout("go.mod").is_none(),
            directory => directory == &*facts.module,
        });
        if !found.hits().is_empty() {
            return found.at_most(Confidence::Likely);
        }
    }
    found
}

fn exported(resolver: &Resolver<'_>, path: &str, name: &str, fits: impl Fn(&FileFacts) -> bool) -> Found {
    let mut defs = resolver.world().declared(FAMILY, path, name);
    defs.retain(|def| file_of(resolver, def).is_some_and(|facts| fits(&facts)));
    // Tests of a package from outside, and programs beside it, are packages of their own.
    let others = |def: &Def| {
        let facts = file_of(resolver, def);
        facts.is_some_and(|facts| {
            let package = said(resolver, &facts, PACKAGE).first().copied().unwrap_or_default();
            package == "main" || package.ends_with("_test") && facts.path.ends_with("_test.go")
        })
    };
    if defs.iter().any(|def| !others(def)) {
        defs.retain(|def| !others(def));
    } else {
        defs.retain(|def| file_of(resolver, def).is_some_and(|facts| !facts.path.ends_with("_test.go")));
    }
    if defs.is_empty() { Found::outside(name) } else { built(resolver, defs, None) }
}

/// Of several definitions of one name those that are built together with a file, or here.
pub(super) fn built(resolver: &Resolver<'_>, mut defs: Vec<Def>, with: Option<FileRef>) -> Found {
    if defs.len() < 2 {
        return Found::all(defs);
    }
    if with.is_some_and(|with| defs.iter().any(|def| is_in(def, with))) {
        defs.retain(|def| with.is_some_and(|with| is_in(def, with)));
    }
    let target = match with.and_then(|file| resolver.facts(file)) {
        Some(facts) => Target::of(&facts.path, &said(resolver, &facts, BUILD)),
        None => Target::USUAL,
    };
    let is_built = |def: &Def| {
        let facts = file_of(resolver, def);
        facts.is_some_and(|facts| target.takes(&facts.path, &said(resolver, &facts, BUILD)))
    };
    if defs.len() > 1 && defs.iter().any(is_built) {
        defs.retain(is_built);
    }
    defs.truncate(MAX_CANDIDATES);
    if defs.len() == 1 { Found::all(defs) } else { Resolver::ambiguous(defs) }
}

fn is_in(def: &Def, file: FileRef) -> bool {
    matches!(def, Def::Bound(at, _) if *at == file)
}

fn file_of(resolver: &Resolver<'_>, def: &Def) -> Option<std::rc::Rc<FileFacts>> {
    match def {
        Def::Bound(file, _) => resolver.facts(*file),
        _ => None,
    }
}

/// Files of one directory that say that they are of one package.
pub(super) fn is_in_package_of(resolver: &Resolver<'_>, def: &Def, file: FileRef) -> bool {
    if is_in(def, file) {
        return true;
    }
    let (Some(one), Some(other)) = (file_of(resolver, def), resolver.facts(file)) else { return false };
    directory(&one.path) == directory(&other.path) && said(resolver, &one, PACKAGE) == said(resolver, &other, PACKAGE)
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// What is said of a file.
fn said<'f>(resolver: &Resolver<'_>, facts: &'f FileFacts, what: &str) -> Vec<&'f str> {
    let mut found = Vec::new();
    for id in resolver.top(facts.file, what) {
        let value = facts.facts.bindings.get(id as usize).map_or(0, |binding| binding.value);
        if let Expr::Import { module, .. } = facts.facts.expr(value) {
            found.push(facts.facts.name(module));
        }
    }
    found
}
