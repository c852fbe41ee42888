//! A real project, edited at random: after any edits its index must be that of a fresh run, byte for byte.
//!
//!     cargo bench --bench edits -- DIR [SECONDS [SEED [EDITS]]]
//!
//! DIR is copied. In each round it gets so many edits (files that go and come back, are renamed, lose, swap or repeat lines
//! and definitions), half of them told as an editor tells of them, and then the whole index is compared. The first
//! difference is made smaller, told, and ends the run; the exit code tells. The same seed gives the same edits.

#![allow(clippy::unwrap_used, reason = "a fuzzer that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "what was found is its output")]
#![allow(dead_code, reason = "each program uses a part of what the benchmarks share")]

mod changes;
mod dice;
#[path = "../benches/support/mod.rs"]
mod support;

use std::{
    collections::BTreeMap,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::AtomicBool,
    time::{Duration, Instant, SystemTime},
};

use changes::{Change, Texts};
use dice::Dice;
use rutter::{
    index::{self, First, Settings, Silent},
    kv::Store,
};
use support::arguments;

fn main() -> ExitCode {
    let arguments = arguments();
    let Some(from) = arguments.first() else {
        println!("usage: cargo bench --bench edits -- DIR [SECONDS [SEED [EDITS]]]");
        return ExitCode::from(2);
    };
    let number = |at: usize, otherwise: u64| arguments.get(at).map_or(otherwise, |number| number.parse().unwrap());
    let (seconds, seed, edits) = (number(1, 60), number(2, 1), number(3, 12) as usize);
    let texts = changes::read(Path::new(from));
    assert!(!texts.is_empty(), "{from} has no files");
    println!("{} files, {seconds} s, seed {seed}, {edits} edits a round", texts.len());

    let mut index = Index::new(&texts);
    let mut now = texts.clone();
    let (mut rounds, mut all) = (0, 0);
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        let mut dice = Dice::new(seed, rounds);
        // From time to time as it was: else little is left after long.
        if rounds % 8 == 7 {
            let back = Change::between(&now, &texts);
            index.follow(&back, &mut now);
        }
        let before = now.clone();
        let changes: Vec<Change> = (0..edits).map(|_| changes::any(&mut now, &texts, &mut dice)).collect();
        let mut at = before.clone();
        changes.iter().for_each(|change| index.follow(change, &mut at));
        rounds += 1;
        all += changes.len();
        if let Some(difference) = index.difference(&now) {
            println!("round {rounds}, {} edits: {difference}", changes.len());
            smaller(&before, changes);
            return ExitCode::FAILURE;
        }
    }
    println!("{rounds} rounds, {all} edits, no difference");
    ExitCode::SUCCESS
}

/// Leaves out what the difference does not need, edits first and then files.
fn smaller(before: &Texts, mut changes: Vec<Change>) {
    let mut before = before.clone();
    let still = |before: &Texts, changes: &[Change]| {
        let mut now = before.clone();
        let mut index = Index::new(before);
        changes.iter().for_each(|change| index.follow(change, &mut now));
        index.difference(&now)
    };
    let Some(mut difference) = still(&before, &changes) else {
        println!("it does not come again from the state before the round: an earlier round has a part in it");
        return;
    };
    let mut at = 0;
    while at < changes.len() {
        let mut fewer = changes.clone();
        fewer.remove(at);
        match still(&before, &fewer) {
            Some(found) => (changes, difference) = (fewer, found),
            None => at += 1,
        }
    }
    let mut part = before.len().div_ceil(2);
    loop {
        let paths: Vec<String> = before.keys().cloned().collect();
        for some in paths.chunks(part) {
            let mut fewer = before.clone();
            some.iter().for_each(|path| drop(fewer.remove(path)));
            if let Some(found) = still(&fewer, &changes) {
                (before, difference) = (fewer, found);
            }
        }
        if part == 1 {
            break;
        }
        part = part.div_ceil(2);
    }
    println!("files: {:?}", before.keys().collect::<Vec<_>>());
    for change in &changes {
        println!("{}", change.told(&before));
    }
    println!("{difference}");
}

/// A copy of the project, and its index.
struct Index {
    _dir: tempfile::TempDir,
    root: PathBuf,
    store: Store,
    step: u64,
}

impl Index {
    fn new(texts: &Texts) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap().join("root");
        fs::create_dir(&root).unwrap();
        let store = Store::open(&dir.path().join("index"), &root.to_string_lossy()).unwrap();
        let index = Index { _dir: dir, root, store, step: 0 };
        texts.iter().for_each(|(path, text)| index.write(path, Some(text)));
        index.run();
        index
    }

    fn run(&self) {
        let settings = Settings { first: First::Bulk, ..Settings::default() };
        index::run(&self.store, &self.root, &settings, &Silent, &AtomicBool::new(false)).unwrap();
    }

    fn write(&self, path: &str, text: Option<&[u8]>) {
        let path = self.root.join(path);
        let Some(text) = text else {
            let _ = fs::remove_file(path);
            return;
        };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        // As if it had been there for long, and at another time for each edit.
        let time = SystemTime::now() - Duration::from_secs(1_000_000 - self.step);
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }

    fn follow(&mut self, change: &Change, now: &mut Texts) {
        self.step += 1;
        change.apply(now);
        for path in change.paths() {
            self.write(path, now.get(path).map(Vec::as_slice));
        }
        if change.is_told {
            for path in change.paths() {
                index::refresh(&self.store, &self.root, path, &Settings::default()).unwrap();
            }
        } else {
            self.run();
        }
    }

    /// The first row that a fresh index has not, or has otherwise.
    fn difference(&self, now: &Texts) -> Option<String> {
        self.run();
        let (old, new) = (self.dump(), Index::new(now).dump());
        let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let other: Vec<&&String> = keys.iter().filter(|key| old.get(**key) != new.get(**key)).collect();
        // Where a name leads says more than what that rests on.
        let first = other.iter().find(|key| key.starts_with("ref:links")).or(other.first())?;
        let (old, new) = (old.get(**first), new.get(**first));
        let show =
            |value: Option<&String>| value.map_or("nothing".to_owned(), |value| value.chars().take(2000).collect());
        let file = first.rsplit(':').next().and_then(|id| self.path_of(id)).unwrap_or_default();
        Some(format!(
            "{} rows differ; {first} {file}\n  followed: {}\n  fresh:    {}",
            other.len(),
            show(old),
            show(new)
        ))
    }

    fn path_of(&self, id: &str) -> Option<String> {
        let mut found = None;
        let mut take = |_: &str, value: &str| {
            found = Some(value.to_owned());
            ControlFlow::Break(())
        };
        self.store.snapshot().unwrap().scan(&format!("file:path_of:{id}"), &mut take).unwrap();
        found
    }

    /// All records but those of runs and of the index itself, without clock times.
    fn dump(&self) -> BTreeMap<String, String> {
        let mut rows = BTreeMap::new();
        let mut add = |key: &str, value: &str| {
            if key.starts_with("file:path:") {
                let mut value: serde_json::Value = serde_json::from_str(value).unwrap();
                value.as_object_mut().unwrap().retain(|name, _| !name.ends_with("_at"));
                rows.insert(key.to_owned(), value.to_string());
            } else if !key.starts_with("execlog:") && !key.starts_with("meta:") {
                rows.insert(key.to_owned(), value.to_owned());
            }
            ControlFlow::Continue(())
        };
        self.store.snapshot().unwrap().scan("", &mut add).unwrap();
        rows
    }
}
