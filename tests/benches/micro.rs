//! One file of a few hundred lines through each step, and many through the writer.
//!
//!     cargo bench --bench micro

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run should say where")]
#![allow(dead_code, reason = "each benchmark uses a part of what they share")]

mod support;

use std::{path::Path, sync::LazyLock};

use divan::{Bencher, counter::BytesCount};
use rutter::{
    extract::extract,
    kv::{FileRows, FileUpdate, Store},
    record::FileRecords,
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

#[divan::bench]
fn lookup_symbol(bencher: Bencher) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), "/bench").unwrap();
    let records = records();
    store.apply(records.iter().map(|one| FileUpdate::Replace(FileRows::encode(one))).collect()).unwrap();
    let ids: Vec<_> = records.iter().flat_map(|one| one.symbols.iter().map(|symbol| symbol.symbol_id)).collect();
    let mut next = ids.iter().cycle();
    bencher.bench_local(|| store.snapshot().unwrap().symbol(*next.next().unwrap()).unwrap().unwrap());
}
