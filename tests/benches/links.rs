//! What links cost: after an edit, to write and link one file; and to answer from them.
//!
//!     cargo bench --bench links -- DIR [EDITS]
//!
//! DIR is copied, indexed, and then edited file by file, half of the time in the file of the symbol that is referred to most.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "a benchmark's numbers are its output")]
#![allow(dead_code, reason = "each benchmark uses a part of what they share")]

mod support;

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
    time::Instant,
};

use rutter::{
    extract,
    index::{self, Settings, Silent},
    kv::{FileRows, FileUpdate, Store},
    parse::Parsed,
    query::{self, Buffers, View},
    record::{FileRecords, SymbolId},
    text::SourceText,
};
use support::{File, arguments};

fn main() {
    let arguments = arguments();
    let Some(from) = arguments.first() else {
        println!("usage: cargo bench --bench links -- DIR [EDITS]");
        return;
    };
    let edits: usize = arguments.get(1).map_or(200, |edits| edits.parse().unwrap());
    let from = fs::canonicalize(from).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    let files = support::read_all(&from);
    for file in &files {
        let path = root.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.text.bytes()).unwrap();
    }
    let lines: u32 = files.iter().map(|file| file.text.lines().line_count()).sum();
    let store = Store::open(&dir.path().join("index"), &root.to_string_lossy()).unwrap();
    let settings = Settings { first: index::First::Bulk, ..Settings::default() };
    index::run(&store, &root, &settings, &Silent, &AtomicBool::new(false)).unwrap();
    println!("{}: {} files, {lines} lines", from.display(), files.len());
    let (symbol, uses, path) = most_used(&store);
    println!("most used: {symbol}, {uses} uses, in {path}\n");

    answers(&store, &files, symbol);
    let others: Vec<&File> = files.iter().filter(|file| *file.path != *path).collect();
    let busy = files.iter().find(|file| *file.path == *path).unwrap();
    let spread: Vec<&File> = (0..edits).map(|n| others[n * 7919 % others.len()]).collect();
    edit(&store, &root, "edits that move things, any file", spread.iter().copied(), moved);
    edit(&store, &root, "edits that move things, where the most used symbol is", (0..edits).map(|_| busy), moved);
    edit(&store, &root, "edits that define something, any file", spread.iter().copied(), defined);
    edit(
        &store,
        &root,
        "edits that define something, where the most used symbol is",
        (0..edits).map(|_| busy),
        defined,
    );
}

/// The symbol with the most uses.
fn most_used(store: &Store) -> (SymbolId, usize, Arc<str>) {
    let snapshot = store.snapshot().unwrap();
    let mut uses: HashMap<u64, usize> = HashMap::new();
    snapshot
        .scan("sym:rev:", &mut |key, value| {
            let id = key.split(':').nth(2).unwrap().parse().unwrap();
            *uses.entry(id).or_default() += serde_json::from_str::<Vec<serde_json::Value>>(value).unwrap().len();
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    let (id, uses) = uses.into_iter().max_by_key(|(id, uses)| (*uses, *id)).unwrap();
    let symbol = SymbolId(id);
    (symbol, uses, snapshot.symbol_path(symbol).unwrap().unwrap())
}

fn answers(store: &Store, files: &[File], most_used: SymbolId) {
    let mut times = Vec::new();
    let mut large: Vec<&File> = files.iter().collect();
    large.sort_by_key(|file| std::cmp::Reverse(file.text.len()));
    let buffers = Buffers::new();
    for (at, file) in large.iter().take(40).enumerate() {
        for n in 0..250_u64 {
            let byte = (n * 7919 + at as u64 * 104_729) % u64::from(file.text.len());
            let start = Instant::now();
            let snapshot = store.snapshot().unwrap();
            let view = View::new(&snapshot, &buffers);
            drop(query::definition(&view, &file.path, byte as u32).unwrap());
            // The first one decodes what the file's names are.
            if n > 0 {
                times.push(start.elapsed());
            }
        }
    }
    told("definition, in the 40 largest files", times);
    let snapshot = store.snapshot().unwrap();
    let view = View::new(&snapshot, &buffers);
    let symbol = snapshot.symbol(most_used).unwrap().unwrap();
    let times = (0..20).map(|_| {
        let start = Instant::now();
        let uses = query::references(&view, &symbol.path, symbol.name_byte_start, true).unwrap().unwrap();
        assert!(!uses.is_empty());
        start.elapsed()
    });
    told("references of the most used symbol", times.collect());
}

/// A line more at the top.
fn moved(text: &str, language: &str, _: usize) -> String {
    let comment = if matches!(language, "python") { "#" } else { "//" };
    format!("{comment} moved\n{text}")
}

/// A definition more at the end.
fn defined(text: &str, language: &str, n: usize) -> String {
    let definition = match language {
        "python" => format!("def added_{n}():\n    return 1\n"),
        "rust" => format!("fn added_{n}() {{}}\n"),
        "go" => format!("func added{n}() {{}}\n"),
        "java" => format!("class Added{n} {{}}\n"),
        "c" | "cpp" => format!("int added_{n}(void) {{ return 1; }}\n"),
        _ => format!("function added_{n}() {{}}\n"),
    };
    format!("{text}\n{definition}")
}

/// Writes each file anew, and links what is to be linked. Only the last is timed, and all of it.
fn edit<'f>(
    store: &Store,
    root: &Path,
    what: &str,
    files: impl Iterator<Item = &'f File>,
    change: fn(&str, &str, usize) -> String,
) {
    let (mut links, mut all) = (Vec::new(), Vec::new());
    for (n, file) in files.enumerate() {
        let text = String::from_utf8_lossy(file.text.bytes()).into_owned();
        let text = change(&text, file.language.name, n);
        let start = Instant::now();
        let records = records(root, file, &text);
        store.apply(vec![FileUpdate::Replace(FileRows::encode(&records))]).unwrap();
        let linking = Instant::now();
        index::link_pending(store, 1, &AtomicBool::new(false)).unwrap();
        links.push(linking.elapsed());
        all.push(start.elapsed());
        // As it was.
        index::refresh(store, root, &file.path, &Settings::default()).unwrap();
    }
    told(&format!("{what}: linking"), links);
    told(&format!("{what}: parsing, writing and linking"), all);
}

fn records(root: &Path, file: &File, text: &str) -> FileRecords {
    let text = Arc::new(SourceText::from_file(text.as_bytes().to_vec()).unwrap());
    let origin = index::buffer_origin(root, &file.path, text.bytes(), file.language);
    extract::extract(&Parsed::new(text, file.language).unwrap(), &origin)
}

fn told(what: &str, mut times: Vec<std::time::Duration>) {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!("{what}: p50 {:.3} ms, p95 {:.3} ms, p99 {:.3} ms, max {:.3} ms", at(0.5), at(0.95), at(0.99), at(1.0));
}
