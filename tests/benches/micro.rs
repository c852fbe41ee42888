//! One file of a few hundred lines through each step, and many through the writer.
//!
//!     cargo bench --bench micro

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run should say where")]
#![allow(dead_code, reason = "each benchmark uses a part of what they share")]

mod support;

use std::{
    path::Path,
    sync::{Arc, LazyLock, atomic::AtomicBool},
};

use divan::{Bencher, counter::BytesCount};
use rutter::{
    extract::extract,
    index,
    kv::{FileRows, FileUpdate, Store},
    parse::Parsed,
    query::{Buffers, View},
    record::FileRecords,
    text::SourceText,
};
use support::File;

/// rutter's own sources stand for real code: they are there wherever this runs.
static FILES: LazyLock<Vec<File>> =
    LazyLock::new(|| support::read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));

static PYTHON: LazyLock<File> = LazyLock::new(|| File {
    path: "bench.py".into(),
    language: rutter::languages::by_name("python").unwrap(),
    text: std::sync::Arc::new(rutter::text::SourceText::from_buffer(
        include_str!("../e2e/strangers.py").to_owned() + include_str!("../robustness/garbage.py"),
    )),
});

fn main() {
    divan::main();
}

/// The largest of our own files, and a script of Python.
fn subjects() -> Vec<&'static File> {
    vec![FILES.iter().max_by_key(|file| file.text.len()).unwrap(), &PYTHON]
}

fn records() -> Vec<FileRecords> {
    FILES.iter().map(|file| extract(&file.parse().unwrap(), &file.origin())).collect()
}

#[divan::bench(args = [0, 1])]
fn parse(bencher: Bencher, subject: usize) {
    let file = subjects()[subject];
    bencher.counter(BytesCount::new(file.text.len())).bench(|| file.parse());
}

#[divan::bench(args = [0, 1])]
fn extraction(bencher: Bencher, subject: usize) {
    let file = subjects()[subject];
    let (parsed, origin) = (file.parse().unwrap(), file.origin());
    bencher.counter(BytesCount::new(file.text.len())).bench(|| extract(&parsed, &origin));
}

#[divan::bench(args = [0, 1])]
fn encode(bencher: Bencher, subject: usize) {
    let file = subjects()[subject];
    let records = extract(&file.parse().unwrap(), &file.origin());
    bencher.counter(BytesCount::new(file.text.len())).bench(|| FileRows::encode(&records));
}

#[divan::bench]
fn commit_all(bencher: Bencher) {
    let records = records();
    bencher
        .with_inputs(|| {
            let directory = tempfile::tempdir().unwrap();
            let store = Store::open(directory.path(), "/bench").unwrap();
            let updates = records.iter().map(|one| FileUpdate::Replace(FileRows::encode(one))).collect::<Vec<_>>();
            (directory, store, updates)
        })
        .bench_values(|(directory, store, updates)| {
            store.apply(updates).unwrap();
            (directory, store)
        });
}

/// The largest of our files replaced by itself with a line more, in an index of all of them.
#[divan::bench]
fn commit_one(bencher: Bencher) {
    let (_directory, store, _) = filled();
    let file = subjects()[0];
    let changed = SourceText::from_buffer(format!("// a line more\n{}", file.text.slice(0..file.text.len())));
    let versions = [file.text.clone(), Arc::new(changed)]
        .map(|text| extract(&Parsed::new(text, file.language).unwrap(), &file.origin()));
    let mut next = versions.iter().cycle();
    bencher
        .with_inputs(|| vec![FileUpdate::Replace(FileRows::encode(next.next().unwrap()))])
        .bench_local_values(|update| store.apply(update).unwrap());
}

/// A letter typed in the middle and taken away again: two edits, each read as an editor's session reads it.
#[divan::bench(args = [0, 1])]
fn edit(bencher: Bencher, subject: usize) {
    let file = subjects()[subject];
    let before = file.parse().unwrap();
    before.prepare();
    let at = (file.text.len() / 2..file.text.len()).find_map(|at| file.text.word_at(at)).unwrap().end;
    let mut text = SourceText::clone(&file.text);
    let typing = text.replace(at..at, "x");
    let longer = Arc::new(text.clone());
    let taking = text.replace(at..at + 1, "");
    let shorter = Arc::new(text);
    bencher.bench(|| {
        let typed = before.edited(Arc::clone(&longer), &[typing]).unwrap();
        typed.edited(Arc::clone(&shorter), &[taking]).unwrap()
    });
}

/// All of our files, which are written and not linked.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn link_all(bencher: Bencher) {
    bencher.with_inputs(filled).bench_local_values(|(directory, store, records)| {
        index::link_pending(&store, 1, &AtomicBool::new(false)).unwrap();
        (directory, store, records)
    });
}

#[divan::bench]
fn lookup_symbol(bencher: Bencher) {
    let (_directory, store, records) = filled();
    let ids: Vec<_> = records.iter().flat_map(|one| one.symbols.iter().map(|symbol| symbol.symbol_id)).collect();
    let mut next = ids.iter().cycle();
    bencher.bench_local(|| store.snapshot().unwrap().symbol(*next.next().unwrap()).unwrap().unwrap());
}

#[divan::bench]
fn lookup_references(bencher: Bencher) {
    let (_directory, store, records) = filled();
    index::link_pending(&store, 1, &AtomicBool::new(false)).unwrap();
    let ids: Vec<_> = records.iter().flat_map(|one| one.symbols.iter().map(|symbol| symbol.symbol_id)).collect();
    let (mut next, buffers) = (ids.iter().cycle(), Buffers::new());
    bencher.bench_local(|| {
        let snapshot = store.snapshot().unwrap();
        View::new(&snapshot, &buffers).references(*next.next().unwrap()).unwrap()
    });
}

/// An index of all of our files, not linked.
fn filled() -> (tempfile::TempDir, Store, Vec<FileRecords>) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), "/bench").unwrap();
    let records = records();
    store.apply(records.iter().map(|one| FileUpdate::Replace(FileRows::encode(one))).collect()).unwrap();
    (directory, store, records)
}
