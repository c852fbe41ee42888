//! What an index costs, measured against what parsing alone costs, on the same files in the same run.
//!
//!     cargo bench --bench budget -- DIR [ROUNDS]
//!
//! CPU seconds are those of all threads of a process. The rounds alternate, so that a machine that is busy for a while is
//! busy for both; the ratio is taken within a round.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "a benchmark's numbers are its output")]
#![allow(dead_code, reason = "each benchmark uses a part of what they share")]

mod support;

use std::{
    fs,
    ops::ControlFlow,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::AtomicBool,
    thread,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};
use rutter::{
    index::{self, First, Progress, Settings, Summary},
    kv::Store,
    record::Skip,
};
use support::{File, arguments, spread};

const MAX_FILE_SIZE: u64 = 4 << 20;

struct Silent;

impl Progress for Silent {
    fn found(&self, _: u64) {}
    fn done(&self, _: &str) {}
    fn skipped(&self, _: &str, _: &Skip) {}
    fn to_link(&self, _: u64) {}
    fn linked(&self, _: u64) {}
}

fn main() {
    let arguments = arguments();
    let Some(root) = arguments.first() else {
        println!("usage: cargo bench --bench budget -- DIR [ROUNDS]");
        return;
    };
    let root = fs::canonicalize(root).unwrap();
    let rounds = arguments.get(1).map_or(5, |rounds| rounds.parse().unwrap());

    let (files, summary) = indexed_files(&root);
    let bytes: u64 = files.iter().map(|file| u64::from(file.text.len())).sum();
    let lines: u64 = files.iter().map(|file| u64::from(file.text.lines().line_count())).sum();
    println!("{}: {} files, {:.1} MB, {} lines", root.display(), files.len(), bytes as f64 / 1e6, lines);
    let Summary { files_indexed, files_skipped, symbols_indexed, references_indexed, .. } = summary;
    println!(
        "first run: {files_indexed} files indexed, {files_skipped} skipped, {symbols_indexed} symbols, \
         {references_indexed} references\n"
    );

    let (mut one, mut all, mut parse) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let parsing = cpu(|| files.iter().for_each(|file| drop(file.parse())));
        let with_one = cpu(|| drop(full_index(&root, 1)));
        let with_all = cpu(|| drop(full_index(&root, 0)));
        println!(
            "round {round}: parse {parsing:.2} s, index with 1 thread {with_one:.2} s, with all cores {with_all:.2} s CPU"
        );
        parse.push(parsing);
        one.push(with_one / parsing);
        all.push(with_all / parsing);
    }
    for (name, ratios) in [("1 thread", one), ("all cores", all)] {
        let (least, median, most) = spread(ratios);
        println!("index / parse, {name}: median {median:.2}, min {least:.2}, max {most:.2} (at most 2.2)");
    }

    let directory = tempfile::tempdir().unwrap();
    let (first, memory) = watched_run(&root, directory.path());
    println!("\n`rutter index` afresh: {first:.2} s, peak memory {memory}");
    let disk = database(directory.path());
    let metadata = fs::metadata(&disk).unwrap();
    let (length, allocated) = (metadata.len(), metadata.blocks() * 512);
    println!(
        "data.mdb: {:.1} MB long, {:.1} MB on disk: {:.2} bytes a source byte (at most 4)",
        length as f64 / 1e6,
        allocated as f64 / 1e6,
        allocated as f64 / bytes as f64
    );
    let again = (0..rounds).map(|_| watched_run(&root, directory.path()).0).collect();
    let (least, median, most) = spread(again);
    let per_million = median * 1e6 / lines as f64;
    println!(
        "unchanged: median {median:.3} s, min {least:.3}, max {most:.3}: {per_million:.3} s a million lines (at most 0.3)"
    );
}

/// The files that the index reads, into memory.
fn indexed_files(root: &Path) -> (Vec<File>, Summary) {
    let (directory, store, summary) = full_index(root, 0);
    let mut files = Vec::new();
    store
        .snapshot()
        .unwrap()
        .files(&mut |file| {
            if file.skipped.is_none() {
                files.extend(support::read(root, &file.path));
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    drop(directory);
    (files, summary)
}

fn full_index(root: &Path, threads: usize) -> (tempfile::TempDir, Store, Summary) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), root.to_str().unwrap()).unwrap();
    let settings = Settings { max_file_size: MAX_FILE_SIZE, threads, first: First::Bulk, ..Settings::default() };
    let summary = index::run(&store, root, &settings, &Silent, &AtomicBool::new(false)).unwrap();
    (directory, store, summary)
}

/// The CPU seconds of this process, all threads, that a piece of work takes.
fn cpu(work: impl FnOnce()) -> f64 {
    let now = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let start = now();
    work();
    now() - start
}

/// Runs `rutter index` as a process: the seconds by the clock, and its peak memory. Pages of the index that the kernel
/// shows it are its own only as long as nobody else needs the memory: they are told apart.
fn watched_run(root: &Path, index: &Path) -> (f64, String) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_rutter"))
        .arg("index")
        .arg(root)
        .arg("--index-dir")
        .arg(index)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let (mut peak, mut own) = (0, 0);
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        peak = peak.max(kilobytes(&text, "VmHWM:"));
        own = own.max(kilobytes(&text, "RssAnon:"));
        thread::sleep(Duration::from_millis(2));
    }
    let seconds = start.elapsed().as_secs_f64();
    (
        seconds,
        format!("{:.0} MB, of it {:.0} MB without mapped files (at most 200)", peak as f64 / 1e3, own as f64 / 1e3),
    )
}

fn kilobytes(status: &str, field: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

/// The database of the generation that counts.
fn database(index: &Path) -> PathBuf {
    let index = index.join(format!("v{}", rutter::kv::FORMAT_VERSION));
    let generation = fs::read_to_string(index.join("CURRENT")).unwrap();
    index.join(generation.trim()).join("data.mdb")
}
