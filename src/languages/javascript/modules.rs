//! The file that a module's name leads to.

use serde_json::Value;

use crate::resolve::{FileRef, Manifest, Resolver};

/// In the order in which the compiler looks for them.
const ENDINGS: [&str; 11] = [".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs", ".d.mts", ".d.cts"];
/// Written endings, and those of the sources that they are made of.
const SOURCES: [(&str, &[&str]); 4] = [
    (".js", &[".ts", ".tsx", ".d.ts"]),
    (".jsx", &[".tsx", ".d.ts"]),
    (".mjs", &[".mts", ".d.mts"]),
    (".cjs", &[".cts", ".d.cts"]),
];
/// Settings that extend others are followed this often.
const MAX_EXTENDS: usize = 5;

/// Packages are known by the names that they give themselves.
pub(super) static MANIFEST: Manifest = Manifest { file_name: "package.json", key_of: name_in };

pub(super) fn file_of(resolver: &Resolver<'_>, file: FileRef, module: &str) -> Option<FileRef> {
    let facts = resolver.facts(file)?;
    let directory = facts.path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let module = module.split(['?', '!']).next().unwrap_or(module);
    if module.starts_with('.') {
        return at(resolver, &joined(directory, module)?);
    }
    if module.is_empty() {
        return Some(file);
    }
    if module.starts_with('/') || module.contains(':') {
        return None;
    }
    by_settings(resolver, directory, module)
        .or_else(|| of_package(resolver, directory, module))
        .filter(|&found| found != file || module.starts_with('.'))
}

/// A package from outside lies beside the workspace's own files.
pub(super) fn is_installed(resolver: &Resolver<'_>, file: FileRef, module: &str) -> bool {
    let Some(facts) = resolver.facts(file) else { return false };
    if module.starts_with(['.', '/', '#']) {
        return false;
    }
    let (name, _) = package_and_path(module);
    let mut around = facts.path.rsplit_once('/').map_or("", |(directory, _)| directory);
    loop {
        let prefix = if around.is_empty() { String::new() } else { format!("{around}/") };
        if resolver.world().layout(&format!("{prefix}node_modules/{name}/package.json")).is_some() {
            return true;
        }
        if around.is_empty() {
            return false;
        }
        around = around.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// `@scope/name/inside` as the name of a package and a path in it.
fn package_and_path(module: &str) -> (&str, &str) {
    let end = match module.strip_prefix('@') {
        Some(scoped) => scoped.find('/').and_then(|slash| scoped[slash + 1..].find('/').map(|next| slash + next + 2)),
        None => module.find('/'),
    };
    let (name, inside) = module.split_at(end.unwrap_or(module.len()));
    (name, inside.trim_start_matches('/'))
}

/// A path from a directory, without its dots; `None` if it leads out of the workspace.
fn joined(directory: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The file at a path that may go without its ending, or that of a directory.
fn at(resolver: &Resolver<'_>, path: &str) -> Option<FileRef> {
    let world = resolver.world();
    for (written, sources) in SOURCES {
        if let Some(stem) = path.strip_suffix(written) {
            let found = sources.iter().find_map(|ending| world.file(&format!("{stem}{ending}")));
            if let Some(found) = found.or_else(|| world.file(path)) {
                return Some(found);
            }
        }
    }
    if ENDINGS.iter().any(|ending| path.ends_with(ending))
        && let Some(found) = world.file(path)
    {
        return Some(found);
    }
    let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
    if !path.is_empty()
        && let Some(found) = ENDINGS.iter().find_map(|ending| world.file(&format!("{path}{ending}")))
    {
        return Some(found);
    }
    if let Some(found) = ENDINGS.iter().find_map(|ending| world.file(&format!("{prefix}index{ending}"))) {
        return Some(found);
    }
    let manifest = world.layout(&format!("{prefix}package.json"))?;
    entry(resolver, path, &manifest, "")
}

/// `paths` and `baseUrl` of the settings that hold for a directory.
fn by_settings(resolver: &Resolver<'_>, directory: &str, module: &str) -> Option<FileRef> {
    let mut around = directory;
    loop {
        for name in ["tsconfig.json", "jsconfig.json", "tsconfig.base.json"] {
            let path = if around.is_empty() { name.to_owned() } else { format!("{around}/{name}") };
            if let Some(found) = by_file(resolver, &path, module) {
                return Some(found);
            }
        }
        if around.is_empty() {
            return None;
        }
        around = around.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

fn by_file(resolver: &Resolver<'_>, path: &str, module: &str) -> Option<FileRef> {
    let mut path = path.to_owned();
    for _ in 0..MAX_EXTENDS {
        let text = resolver.world().layout(&path)?;
        let settings: Value = serde_json::from_str(&plain(&text)).ok()?;
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
        let options = &settings["compilerOptions"];
        let base = options["baseUrl"].as_str().and_then(|base| joined(&directory, base));
        if let Some(paths) = options["paths"].as_object() {
            let from = base.clone().unwrap_or_else(|| directory.clone());
            let mut fitting: Vec<(&str, &str, &Value)> = paths
                .iter()
                .filter_map(|(pattern, targets)| match pattern.split_once('*') {
                    Some((head, tail)) => {
                        let inside = module.strip_prefix(head)?.strip_suffix(tail)?;
                        Some((pattern.as_str(), inside, targets))
                    }
                    None => (pattern == module).then_some((pattern.as_str(), "", targets)),
                })
                .collect();
            // The longest head fits best.
            fitting.sort_by_key(|(pattern, ..)| std::cmp::Reverse((!pattern.contains('*'), pattern.len())));
            for (_, inside, targets) in fitting {
                for target in targets.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    let target = joined(&from, &target.replacen('*', inside, 1));
                    if let Some(found) = target.and_then(|target| at(resolver, &target)) {
                        return Some(found);
                    }
                }
            }
        }
        if let Some(base) = base
            && let Some(found) = joined(&base, module).and_then(|path| at(resolver, &path))
        {
            return Some(found);
        }
        let extended = settings["extends"].as_str().filter(|extended| extended.starts_with('.'))?;
        path = joined(&directory, extended)?;
        if !path.ends_with(".json") {
            path.push_str(".json");
        }
    }
    None
}

/// JSON without comments and commas that end lists.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_text = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                in_text = !in_text;
                out.push(c);
            }
            '\\' if in_text => {
                out.push(c);
                out.extend(chars.next());
            }
            '/' if !in_text && chars.peek() == Some(&'/') => {
                while chars.peek().is_some_and(|&c| c != '\n') {
                    chars.next();
                }
            }
            '/' if !in_text && chars.peek() == Some(&'*') => {
                chars.next();
                let mut last = ' ';
                for c in chars.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            '}' | ']' if !in_text => {
                let kept = out.trim_end().len();
                if out[..kept].ends_with(',') {
                    out.truncate(kept - 1);
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A package of the workspace, by the name in its manifest: the one around, or another one.
fn of_package(resolver: &Resolver<'_>, directory: &str, module: &str) -> Option<FileRef> {
    if let Some(inside) = module.strip_prefix('#') {
        return own_import(resolver, directory, inside);
    }
    let (name, inside) = package_and_path(module);
    for root in resolver.world().said(&MANIFEST, name).iter() {
        let prefix = if root.is_empty() { String::new() } else { format!("{root}/") };
        let Some(manifest) = resolver.world().layout(&format!("{prefix}package.json")) else { continue };
        if let Some(found) = entry(resolver, root, &manifest, inside) {
            return Some(found);
        }
    }
    None
}

fn name_in(manifest: &str) -> Option<String> {
    let manifest: Value = serde_json::from_str(manifest).ok()?;
    manifest["name"].as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// `#inside`, as the manifest around says.
fn own_import(resolver: &Resolver<'_>, directory: &str, inside: &str) -> Option<FileRef> {
    let mut around = directory;
    loop {
        let path = if around.is_empty() { "package.json".to_owned() } else { format!("{around}/package.json") };
        if let Some(text) = resolver.world().layout(&path) {
            let manifest: Value = serde_json::from_str(&text).ok()?;
            let targets = mapped(&manifest["imports"], &format!("#{inside}"));
            return targets.into_iter().find_map(|target| at(resolver, &joined(around, &target)?));
        }
        if around.is_empty() {
            return None;
        }
        around = around.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// What a package has under a path: its sources before what is made of them.
fn entry(resolver: &Resolver<'_>, root: &str, manifest: &str, inside: &str) -> Option<FileRef> {
    let manifest: Value = serde_json::from_str(manifest).ok()?;
    let mut targets = Vec::new();
    let key = if inside.is_empty() { ".".to_owned() } else { format!("./{inside}") };
    if inside.is_empty() {
        targets.extend(manifest["source"].as_str().map(str::to_owned));
    }
    targets.extend(mapped(&manifest["exports"], &key));
    if inside.is_empty() {
        let named = ["types", "typings", "module", "main"].iter().filter_map(|name| manifest[*name].as_str());
        targets.extend(named.map(str::to_owned));
        targets.push("index".to_owned());
    } else {
        targets.push(inside.to_owned());
    }
    // What is made lies in a directory of its own beside the sources.
    let sources: Vec<String> = targets.iter().filter_map(|target| source_of(target)).collect();
    let mut guesses = Vec::new();
    for source in ["src", "lib"] {
        guesses.push(if inside.is_empty() { format!("{source}/index") } else { format!("{source}/{inside}") });
    }
    let is_made = targets.first().is_some_and(|target| source_of(target).is_some());
    let ordered: Vec<String> = match is_made {
        true => sources.into_iter().chain(guesses).chain(targets).collect(),
        false => sources.into_iter().chain(targets).chain(guesses).collect(),
    };
    ordered.into_iter().find_map(|target| {
        let path = joined(root, &target)?;
        // A directory's own manifest would lead back here.
        if path == root { None } else { file_at(resolver, &path) }
    })
}

/// Like [`at`], without manifests.
fn file_at(resolver: &Resolver<'_>, path: &str) -> Option<FileRef> {
    let world = resolver.world();
    for (written, sources) in SOURCES {
        if let Some(stem) = path.strip_suffix(written) {
            let found = sources.iter().find_map(|ending| world.file(&format!("{stem}{ending}")));
            if let Some(found) = found.or_else(|| world.file(path)) {
                return Some(found);
            }
        }
    }
    if ENDINGS.iter().any(|ending| path.ends_with(ending)) {
        return world.file(path);
    }
    let own = ENDINGS.iter().find_map(|ending| world.file(&format!("{path}{ending}")));
    own.or_else(|| ENDINGS.iter().find_map(|ending| world.file(&format!("{path}/index{ending}"))))
}

/// `./dist/esm/a.d.ts` is made of `./src/a`.
fn source_of(target: &str) -> Option<String> {
    let mut parts: Vec<&str> = target.split('/').filter(|part| !matches!(*part, "." | "")).collect();
    let made =
        |part: &&str| matches!(*part, "dist" | "build" | "out" | "lib-esm" | "es" | "esm" | "cjs" | "output" | "types");
    if !parts.first().is_some_and(made) {
        return None;
    }
    while parts.first().is_some_and(|part| made(part) || matches!(*part, "src" | "source" | "esm5" | "umd")) {
        parts.remove(0);
    }
    let inside = parts.join("/");
    let stem = [".d.ts", ".d.mts", ".d.cts", ".min.js", ".js", ".mjs", ".cjs"]
        .iter()
        .find_map(|ending| inside.strip_suffix(ending))
        .unwrap_or(&inside);
    (!stem.is_empty()).then(|| format!("src/{stem}"))
}

/// What a manifest's table says of a key: all that any condition leads to, types first.
fn mapped(table: &Value, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    match table {
        Value::String(_) if key == "." => targets(table, "", &mut found),
        Value::Object(entries) if entries.keys().any(|key| key.starts_with(['.', '#'])) => {
            if let Some(value) = entries.get(key) {
                targets(value, "", &mut found);
                return found;
            }
            let fitting = entries.iter().filter_map(|(pattern, value)| {
                let (head, tail) = pattern.split_once('*')?;
                let inside = key.strip_prefix(head)?.strip_suffix(tail)?;
                Some((head.len(), inside, value))
            });
            if let Some((_, inside, value)) = fitting.max_by_key(|(length, ..)| *length) {
                targets(value, inside, &mut found);
            }
        }
        Value::Object(_) if key == "." => targets(table, "", &mut found),
        _ => {}
    }
    found
}

fn targets(value: &Value, inside: &str, found: &mut Vec<String>) {
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::String(target) if found.len() < 16 => found.push(target.replace('*', inside)),
            Value::Array(all) => waiting.extend(all.iter().rev()),
            Value::Object(conditions) => waiting.extend(conditions.values().rev()),
            _ => {}
        }
    }
}
