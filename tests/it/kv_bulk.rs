//! The bulk build and the ordinary writer make the same index, byte for byte.

use std::{collections::BTreeMap, ops::ControlFlow, path::Path, process::Command, sync::atomic::AtomicBool};

use proptest::prelude::*;
use rutter::{
    index::{self, First, Settings, Silent},
    kv::{Extent, FileRows, FileUpdate, Published, Store},
    record::*,
};

use crate::{
    index_runs::Workspace,
    samples::{Def, def, records},
};

fn open(dir: &Path) -> Store {
    Store::open(dir, "/r").unwrap()
}

fn dump(store: &Store) -> BTreeMap<String, String> {
    let mut rows = BTreeMap::new();
    let visit = &mut |key: &str, value: &str| {
        rows.insert(key.to_owned(), value.to_owned());
        ControlFlow::Continue(())
    };
    store.snapshot().unwrap().scan("", visit).unwrap();
    rows
}

fn build(store: &Store, files: &[FileRecords]) -> Vec<(std::sync::Arc<str>, u32)> {
    let mut bulk = store.bulk().unwrap().unwrap();
    files.iter().for_each(|file| bulk.add(&FileRows::encode(file)).unwrap());
    let filled = bulk.fill().unwrap();
    let clashes = filled.clashes().to_vec();
    assert_eq!(filled.publish(Extent::Whole).unwrap(), Published::Done);
    clashes
}

fn apply(store: &Store, files: &[FileRecords]) -> Vec<(std::sync::Arc<str>, u32)> {
    store.apply(files.iter().map(|file| FileUpdate::Replace(FileRows::encode(file))).collect()).unwrap().clashes
}

/// Files that share names, with paths and names that make keys odd; some with salted ids, and some whose ids meet.
fn files() -> impl Strategy<Value = Vec<FileRecords>> {
    let name = prop_oneof!["[a-c:]{1,3}", "[a:]{500,520}"];
    let kind = prop_oneof![Just(SymbolKind::Function), Just(SymbolKind::Struct), Just(SymbolKind::Impl)];
    let one = (name, kind).prop_map(|(name, kind)| def(&name, &format!("m::{name}"), kind));
    let file = ("[a-c:/]{1,4}", 0u32..2, "[a-z ]{0,40}", prop::collection::vec(one, 0..5), 0u64..9);
    prop::collection::vec(file, 0..9).prop_map(|files| {
        let mut made: BTreeMap<String, FileRecords> = BTreeMap::new();
        for (path, salt, body, defs, meets) in files {
            let mut defs: Vec<Def> = defs;
            defs.sort_by(|a, b| a.fqn.cmp(&b.fqn));
            let mut file = records(&path, salt, &body, &defs);
            if meets < 2 {
                meet(&mut file, meets);
            }
            made.insert(path, file);
        }
        made.into_values().collect()
    })
}

/// Gives a file an id that others have, too.
fn meet(file: &mut FileRecords, id: u64) {
    file.file.file_id = FileId(1_000_000_000_000_000 + id);
    for symbol in &mut file.symbols {
        symbol.file_id = file.file.file_id;
    }
}

proptest! {
    #![proptest_config(crate::support::cases(64))]

    #[test]
    fn both_ways_lead_to_the_same_index(files in files().prop_shuffle()) {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (open(one.path()), open(other.path()));
        prop_assert_eq!(apply(&one, &files), build(&other, &files));
        prop_assert_eq!(dump(&one), dump(&other));
    }
}

#[test]
fn of_files_that_meet_the_later_path_yields_and_is_settled_after() {
    let def = [def("f", "m::f", SymbolKind::Function)];
    let mut files: Vec<_> = ["c", "a", "b"].map(|path| records(path, 0, "fn f() {}", &def)).into();
    let id = files[0].symbols[0].symbol_id;
    // `c` and `b` meet in a symbol, `b` and `a` in the file.
    let old = std::mem::replace(&mut files[2].symbols[0].symbol_id, id);
    files[2].references.iter_mut().for_each(|reference| reference.0 = id);
    files[2].graphs.iter_mut().for_each(|graph| graph.0 = if graph.0 == old { id } else { graph.0 });
    files[2].symbol_metrics.iter_mut().for_each(|metrics| metrics.symbol_id = id);
    files[1..].iter_mut().for_each(|file| meet(file, 0));
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    // `b` yields to `a`; and so `c` need not yield to `b`.
    assert_eq!(build(&store, &files), [("b".into(), 1)]);
    assert_eq!(apply(&store, &[records("b", 1, "fn f() {}", &def)]), []);
    let other = tempfile::tempdir().unwrap();
    let other = open(other.path());
    assert_eq!(apply(&other, &files), [("b".into(), 1)]);
    apply(&other, &[records("b", 1, "fn f() {}", &def)]);
    assert_eq!(dump(&store), dump(&other));
    assert_eq!(store.snapshot().unwrap().clashes().unwrap(), ["b"]);
}

fn fixtures() -> Workspace {
    let workspace = Workspace::new(&[("empty.py", ""), ("binary.py", "\0\0"), ("notes.txt", "no source")]);
    for language in ["python", "rust"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(language);
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{language}/{}", entry.file_name().to_string_lossy());
            workspace.write(&path, &std::fs::read(entry.path()).unwrap());
        }
    }
    workspace
}

#[test]
fn real_files_make_the_same_index_on_any_number_of_threads() {
    let visible = fixtures();
    let expected = visible.run();
    assert!(expected.files_indexed > 5 && expected.files_skipped == 1);
    for threads in [1, 4] {
        let bulk = fixtures();
        let summary = bulk.run_with(&Settings { threads, first: First::Bulk, ..Settings::default() });
        assert_eq!(summary, expected);
        assert_eq!(bulk.dump(), visible.dump());
        assert!(bulk.store.data_dir().ends_with("gen-2"));
        // From then on it is an index like any other.
        let again = bulk.run_with(&Settings { first: First::Bulk, ..Settings::default() });
        assert_eq!((again.files_indexed, again.files_unchanged), (0, expected.files_indexed));
        bulk.write("python/new.py", b"def f():\n    pass\n");
        bulk.run_with(&Settings { first: First::Bulk, ..Settings::default() });
        assert!(bulk.store.data_dir().ends_with("gen-2"));
        assert!(bulk.store.snapshot().unwrap().file("python/new.py").unwrap().is_some());
    }
}

#[test]
fn the_record_of_the_run_is_in_the_index_that_it_builds() {
    let workspace = fixtures();
    let settings = Settings { first: First::Bulk, ..Settings::default() };
    let args = vec!["rutter".to_owned()];
    let cancel = AtomicBool::new(false);
    index::run_logged(&workspace.store, &workspace.root, args, &settings, &Silent, &cancel).unwrap();
    let log = workspace.store.snapshot().unwrap().executions(10).unwrap();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].outcome, Outcome::Success);
    assert!(log[0].files_indexed > 5);
}

#[test]
fn who_has_the_empty_index_open_finds_what_another_process_has_built() {
    let workspace = fixtures();
    let dir = workspace.store.dir().to_owned();
    let done = Command::new(env!("CARGO_BIN_EXE_rutter"))
        .args(["index", "--quiet", "--index-dir"])
        .args([&dir, &workspace.root])
        .status()
        .unwrap();
    assert!(done.success());
    // Whoever writes looks at once; whoever only reads, within a second.
    workspace.store.apply(Vec::new()).unwrap();
    let snapshot = workspace.store.snapshot().unwrap();
    assert!(snapshot.file("python/broken.py").unwrap().is_some());
    assert_eq!(snapshot.executions(10).unwrap().len(), 1);
}

#[test]
fn compaction_leaves_every_row_and_no_room() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let file = |n: usize, body: &str| records(&format!("d/{n}.rs"), 0, body, &[def("f", "m::f", SymbolKind::Function)]);
    let long = "fn f() {}\n".repeat(2000);
    apply(&store, &(0..100).map(|n| file(n, &long)).collect::<Vec<_>>());
    apply(&store, &(0..100).map(|n| file(n, "fn f() {}")).collect::<Vec<_>>());
    let (rows, old) = (dump(&store), store.data_dir());
    let reading = store.snapshot().unwrap();
    let compacted = store.compact().unwrap().unwrap();
    assert!(compacted.after * 4 < compacted.before, "{compacted:?}");
    assert_eq!(dump(&store), rows);
    assert_ne!(store.data_dir(), old);
    assert!(!old.join("data.mdb").exists(), "the old one is gone");
    // Whoever reads the old one reads on.
    assert!(reading.file("d/7.rs").unwrap().is_some());
    drop(reading);
    apply(&store, &[file(100, "fn f() {}")]);
    assert!(store.snapshot().unwrap().file("d/100.rs").unwrap().is_some());
}
