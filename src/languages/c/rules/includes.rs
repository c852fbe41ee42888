//! Which file an `#include` takes in.

use crate::resolve::{Def, FileRef, Found, Resolver};

/// Where headers are kept below a directory.
const BELOW: &[&str] = &["", "include", "src", "lib", "inc"];

/// What compilers are told to build a project with.
const COMMANDS: &[&str] = &["compile_commands.json", "build/compile_commands.json"];
const MAX_COMMANDS: usize = 64 << 20;
/// That many directories of headers are looked into.
const MAX_DIRECTORIES: usize = 200;

/// `module` is the path with the mark before it: `"a/b.h`, `<a/b.h`.
pub(super) fn import(resolver: &mut Resolver<'_>, file: FileRef, module: &str, _: Option<&str>) -> Found {
    let is_quoted = module.starts_with('"');
    let path = module.get(1..).unwrap_or_default();
    match included(resolver, file, path, is_quoted) {
        Some(found) => Found::exact(Def::File(found)),
        // What is in quotes belongs to the project, wherever it is.
        None if is_quoted => Found::Unknown,
        None => Found::outside(path),
    }
}

fn included(resolver: &mut Resolver<'_>, file: FileRef, path: &str, is_quoted: bool) -> Option<FileRef> {
    let own = resolver.facts(file)?.path.clone();
    let directory = own.rsplit_once('/').map_or("", |(directory, _)| directory);
    if is_quoted && let Some(found) = at(resolver, directory, path) {
        return Some(found);
    }
    if path.starts_with('/') || (!is_quoted && is_library(path)) {
        return None;
    }
    for told in directories(resolver).iter() {
        if let Some(found) = at(resolver, told, path) {
            return Some(found);
        }
    }
    let mut above = directory;
    loop {
        for below in BELOW {
            if above == directory && below.is_empty() && is_quoted {
                continue;
            }
            let directory = joined(above, below);
            if let Some(found) = at(resolver, &directory, path) {
                return Some(found);
            }
        }
        if above.is_empty() {
            break;
        }
        above = above.rsplit_once('/').map_or("", |(above, _)| above);
    }
    by_ending(resolver, directory, path)
}

fn at(resolver: &Resolver<'_>, directory: &str, path: &str) -> Option<FileRef> {
    resolver.world().file(&normal(&joined(directory, path))?)
}

fn joined(directory: &str, path: &str) -> String {
    match (directory.is_empty(), path.is_empty()) {
        (true, _) => path.to_owned(),
        (_, true) => directory.to_owned(),
        _ => format!("{directory}/{path}"),
    }
}

/// Without `.` and `..`; nothing for what lies outside of the workspace.
fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
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

/// The one file whose path ends so; of several the nearest, if one is nearer than all others.
fn by_ending(resolver: &Resolver<'_>, directory: &str, path: &str) -> Option<FileRef> {
    let path = path.trim_start_matches("./").trim_start_matches("../");
    let name = path.rsplit('/').next()?;
    let ending = format!("/{path}");
    let fits = |found: &&std::sync::Arc<str>| ***found == *path || found.ends_with(&ending);
    let all = resolver.world().files_called(name);
    let near = |found: &str| near(directory, found);
    let mut fitting: Vec<&std::sync::Arc<str>> = all.iter().filter(fits).collect();
    fitting.sort_by_key(|found| std::cmp::Reverse(near(found)));
    match fitting.as_slice() {
        [] => None,
        [one] => resolver.world().file(one),
        [first, second, ..] if near(first) > near(second) => resolver.world().file(first),
        _ => None,
    }
}

/// How many directories two paths have in common.
pub(super) fn near(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}

/// Directories of headers that compilers are told of, from the workspace's root on.
fn directories(resolver: &mut Resolver<'_>) -> std::sync::Arc<[Box<str>]> {
    resolver.words_once("include directories", |resolver| {
        let text = COMMANDS.iter().find_map(|path| resolver.world().layout(path));
        let Some(text) = text.filter(|text| text.len() < MAX_COMMANDS) else { return Vec::new() };
        let mut found: Vec<Box<str>> = Vec::new();
        let root = root_of(&text);
        let mut rest = &*text;
        while let Some(from) = rest.find(['-']) {
            rest = &rest[from + 1..];
            let Some(told) = ["isystem", "iquote", "I"].iter().find_map(|option| rest.strip_prefix(option)) else {
                continue;
            };
            let told = told.trim_start_matches(['"', ',', ' ', '\n', '\\']);
            let end = told.find(['"', ' ', '\\', '\n']).unwrap_or(told.len());
            let directory = &told[..end];
            let inside = match directory.strip_prefix(&root) {
                Some(inside) => inside.trim_start_matches('/'),
                None if directory.starts_with('/') || directory.is_empty() => continue,
                None => directory,
            };
            let Some(inside) = normal(inside) else { continue };
            if !found.iter().any(|known| **known == *inside) {
                found.push(inside.into());
            }
            if found.len() >= MAX_DIRECTORIES {
                break;
            }
        }
        found
    })
}

/// The directory that all files of the commands lie in.
fn root_of(text: &str) -> String {
    let mut root: Option<&str> = None;
    let mut rest = text;
    while let Some(from) = rest.find("\"file\"") {
        rest = rest[from + 6..].trim_start_matches([' ', ':', '"', '\t']);
        let end = rest.find('"').unwrap_or(rest.len());
        let directory = rest[..end].rsplit_once('/').map_or("", |(directory, _)| directory);
        root = Some(match root {
            None => directory,
            Some(known) => {
                let common = known.split('/').zip(directory.split('/')).take_while(|(a, b)| a == b);
                let length: usize = common.map(|(part, _)| part.len() + 1).sum();
                known[..length.saturating_sub(1).min(known.len())].trim_end_matches('/')
            }
        });
    }
    let root = root.unwrap_or_default();
    // Sources mostly lie below the root.
    root.strip_suffix("/src").unwrap_or(root).to_owned()
}

/// A header of the languages' libraries and of the system.
fn is_library(path: &str) -> bool {
    if !path.contains('.') {
        return true;
    }
    const C: &[&str] = &[
        "assert.h",
        "complex.h",
        "ctype.h",
        "errno.h",
        "fenv.h",
        "float.h",
        "inttypes.h",
        "iso646.h",
        "limits.h",
        "locale.h",
        "math.h",
        "setjmp.h",
        "signal.h",
        "stdalign.h",
        "stdarg.h",
        "stdatomic.h",
        "stdbool.h",
        "stddef.h",
        "stdint.h",
        "stdio.h",
        "stdlib.h",
        "stdnoreturn.h",
        "string.h",
        "tgmath.h",
        "threads.h",
        "time.h",
        "uchar.h",
        "wchar.h",
        "wctype.h",
        "unistd.h",
        "fcntl.h",
        "pthread.h",
        "dirent.h",
        "dlfcn.h",
        "netdb.h",
        "poll.h",
        "pwd.h",
        "grp.h",
        "regex.h",
        "sched.h",
        "semaphore.h",
        "strings.h",
        "syslog.h",
        "termios.h",
        "utime.h",
        "windows.h",
        "malloc.h",
        "io.h",
        "direct.h",
        "getopt.h",
        "memory.h",
        "alloca.h",
    ];
    C.contains(&path) || path.starts_with("sys/") || path.starts_with("netinet/") || path.starts_with("arpa/")
}
