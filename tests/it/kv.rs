//! What the store promises: a file is replaced whole, and the index is the same whatever led to it.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use proptest::prelude::*;
use rutter::{
    kv::{FileRows, FileUpdate, Snapshot, Store, StoreError, keys},
    record::*,
};
use tempfile::TempDir;

use crate::samples::{Def, def, execution, links, records, skipped};

fn open(dir: &TempDir) -> Store {
    Store::open(dir.path(), "/home/me/project").expect("the store opens")
}

fn put(records: &FileRecords) -> FileUpdate {
    FileUpdate::Replace(FileRows::encode(records))
}

fn dump(snapshot: &Snapshot) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    snapshot
        .scan("", &mut |key, value| {
            rows.push((key.to_owned(), value.to_owned()));
            ControlFlow::Continue(())
        })
        .expect("the scan ends");
    rows
}

fn dump_of(store: &Store) -> Vec<(String, String)> {
    dump(&store.snapshot().expect("a snapshot"))
}

fn apply(store: &Store, updates: Vec<FileUpdate>) {
    assert_eq!(store.apply(updates).expect("the batch is written").clashes, []);
}

/// Links files as they say themselves.
fn link(store: &Store, files: &[&FileRecords]) {
    let state = store.snapshot().unwrap().state();
    let updates: Vec<_> = files.iter().map(|file| links(file, state)).collect();
    assert!(store.put_links(&updates).expect("the links are written"));
}

fn sample(path: &str) -> FileRecords {
    records(
        path,
        0,
        "fn f() {} struct S;",
        &[
            def("f", "m::f", SymbolKind::Function),
            def("S", "m::S", SymbolKind::Struct),
            def("S", "m::S", SymbolKind::Impl),
            def("new", "m::S::new", SymbolKind::Method),
        ],
    )
}

#[test]
fn every_record_comes_back_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let one = sample("src/a:b.rs");
    apply(&store, vec![put(&one), put(&sample("src/c.rs"))]);
    link(&store, &[&one]);
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.todo(9).unwrap().into_iter().map(|todo| todo.path).collect::<Vec<_>>(), ["src/c.rs".into()]);
    assert_eq!(&*snapshot.root(), "/home/me/project");
    assert_eq!(snapshot.file("src/a:b.rs").unwrap().unwrap(), one.file);
    assert_eq!(snapshot.file("src/a").unwrap(), None);
    let ids = snapshot.file_symbols(one.file.file_id).unwrap();
    assert_eq!(ids, one.symbols.iter().map(|symbol| symbol.symbol_id).collect::<Vec<_>>());
    for symbol in &one.symbols {
        assert_eq!(snapshot.symbol(symbol.symbol_id).unwrap().as_ref(), Some(symbol));
    }
    for (id, references) in &one.references {
        assert_eq!(snapshot.references(*id).unwrap(), [(one.file.file_id, references.clone())]);
    }
    for (id, blocks) in &one.graphs {
        assert_eq!(snapshot.graph(*id).unwrap().as_ref(), Some(blocks));
    }
    for metrics in &one.symbol_metrics {
        // Each of them is referred to from one place.
        let metrics = SymbolMetrics { fan_in: Some(1), ..metrics.clone() };
        assert_eq!(snapshot.symbol_metrics(metrics.symbol_id).unwrap(), Some(metrics));
    }
    assert_eq!(snapshot.nodes(one.file.file_id).unwrap(), Some(one.nodes.clone()));
    assert_eq!(snapshot.chunks("src/a:b.rs").unwrap(), one.chunks);
    let metrics = one.file_metrics.clone().map(|metrics| FileMetrics { fan_in: Some(0), ..metrics });
    assert_eq!(snapshot.file_metrics("src/a:b.rs").unwrap(), metrics);
    assert_eq!(*snapshot.links(one.file.file_id).unwrap(), links(&one, 0).links);
    assert_eq!(snapshot.path_of(one.file.file_id).unwrap().as_deref(), Some("src/a:b.rs"));
    // All bearers of a fully-qualified name, of both files and both kinds.
    let bearers = snapshot.symbols_by_fqn("m::S").unwrap();
    assert_eq!(bearers.len(), 4);
    assert!(bearers.is_sorted());
    // The index of names leaves `impl` blocks out.
    assert_eq!(snapshot.symbols_by_name("S", 10).unwrap().len(), 2);
    assert_eq!(snapshot.symbols_by_name("S", 1).unwrap().len(), 1);
    assert_eq!(snapshot.symbols_by_name("", 10).unwrap(), []);
    let mut names = Vec::new();
    let collect = &mut |name: &str, ids: &[SymbolId]| {
        names.push((name.to_owned(), ids.len()));
        ControlFlow::Continue(())
    };
    snapshot.names(collect).unwrap();
    assert_eq!(names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["S", "S", "f", "f", "new", "new"]);
    let mut paths = Vec::new();
    let collect = &mut |file: FileRecord| {
        paths.push(file.path);
        ControlFlow::Continue(())
    };
    snapshot.files(collect).unwrap();
    assert_eq!(paths, ["src/a:b.rs".into(), "src/c.rs".into()] as [Arc<str>; 2]);
    assert_eq!(snapshot.get("file:path:src/a::b.rs").unwrap().unwrap()["path"], "src/a:b.rs");
    assert_eq!(snapshot.get(&"x".repeat(600)).unwrap(), None);
    assert_eq!(snapshot.get("").unwrap(), None);
}

#[test]
fn what_does_not_fit_a_key_is_found_by_its_value() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let path = "deep/".repeat(800) + "a.rs";
    let long = "n".repeat(3000);
    let file = records(&path, 0, "fn n() {}", &[def(&long, &format!("m::{long}"), SymbolKind::Function)]);
    let before = dump_of(&store);
    apply(&store, vec![put(&file), put(&sample("src/c.rs"))]);
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.file(&path).unwrap().unwrap(), file.file);
    assert_eq!(snapshot.file(&(path.clone() + "x")).unwrap(), None);
    assert_eq!(snapshot.chunks(&path).unwrap(), file.chunks);
    assert_eq!(snapshot.symbols_by_name(&long, 9).unwrap(), [file.symbols[0].symbol_id]);
    assert_eq!(snapshot.symbols_by_fqn(&format!("m::{long}")).unwrap(), [file.symbols[0].symbol_id]);
    let mut found = false;
    snapshot
        .names(&mut |name, _| {
            found |= name == long;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(found);
    drop(snapshot);
    apply(&store, vec![FileUpdate::Remove(path.into()), FileUpdate::Remove("src/c.rs".into())]);
    assert_eq!(dump_of(&store), before);
}

#[test]
fn a_value_that_does_not_decode_counts_as_absent() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let file = sample("a.rs");
    apply(&store, vec![put(&file)]);
    let snapshot = store.snapshot().unwrap();
    // A file's id where a function's is expected: there is no such record; and a list is no symbol.
    assert_eq!(snapshot.graph(SymbolId(file.file.file_id.0)).unwrap(), None);
    assert_eq!(snapshot.symbol(SymbolId(7)).unwrap(), None);
    // Of a file each list is there, or the index is damaged.
    let of_no_file = snapshot.file_symbols(FileId(7));
    assert!(matches!(of_no_file, Err(StoreError::Damaged { .. })), "{of_no_file:?}");
}

#[test]
fn of_several_updates_of_one_path_the_last_counts() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let empty = dump_of(&store);
    let (old, new) = (records("a.rs", 0, "old", &[]), sample("a.rs"));
    let remove = || FileUpdate::Remove("a.rs".into());
    apply(&store, vec![put(&old), remove(), put(&new)]);
    assert_eq!(store.snapshot().unwrap().chunks("a.rs").unwrap(), new.chunks);
    apply(&store, vec![put(&old), remove()]);
    assert_eq!(dump_of(&store), empty);
    apply(&store, vec![remove()]);
    apply(&store, vec![]);
    assert_eq!(dump_of(&store), empty);
}

#[test]
fn a_file_that_is_skipped_now_keeps_nothing_of_what_it_was() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (store, fresh) = (open(&dir), open(&other));
    apply(&store, vec![put(&sample("a.rs"))]);
    apply(&store, vec![put(&skipped("a.rs"))]);
    apply(&fresh, vec![put(&skipped("a.rs"))]);
    assert_eq!(dump_of(&store), dump_of(&fresh));
}

#[test]
fn all_namespaces_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let file = records("a.rs", 1, "fn f() {}", &[def("f", "f", SymbolKind::Function)]);
    apply(&store, vec![put(&file)]);
    store.log(&execution(1)).unwrap();
    link(&store, &[&file]);
    let info = store.snapshot().unwrap().info().unwrap();
    assert_eq!(info.namespaces.len(), keys::NAMESPACES.len());
    assert_eq!(info.namespaces.iter().map(|space| space.records).sum::<u64>(), info.records);
    for space in &info.namespaces {
        let expected = match space.prefix {
            "chunk:" => 2,
            // It is linked, and nothing in it is found by other words than names.
            "ref:todo:" | "ref:owner:" => 0,
            _ => 1,
        };
        assert_eq!(space.records, expected, "{}", space.prefix);
    }
    assert!(info.used_bytes <= info.file_bytes && info.file_bytes <= info.map_bytes);
}

#[test]
fn links_that_were_made_from_an_older_state_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let (one, other) = (sample("a.rs"), sample("b.rs"));
    apply(&store, vec![put(&one)]);
    let state = store.snapshot().unwrap().state();
    apply(&store, vec![put(&other)]);
    assert!(!store.put_links(&[links(&one, state)]).unwrap());
    assert_eq!(store.snapshot().unwrap().todo(9).unwrap().len(), 2);
    link(&store, &[&one, &other]);
    assert_eq!(store.snapshot().unwrap().todo(9).unwrap(), []);
}

#[test]
fn who_rests_on_what_has_changed_is_to_be_linked_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let one = sample("a.rs");
    apply(&store, vec![put(&one)]);
    link(&store, &[&one]);
    let before = dump_of(&store);
    // It rests on whether there is such a file.
    let to_do = |store: &Store| store.snapshot().unwrap().todo(9).unwrap().len();
    apply(&store, vec![put(&sample("src/unrelated.rs"))]);
    assert_eq!(to_do(&store), 1);
    apply(&store, vec![FileUpdate::Remove("src/unrelated.rs".into())]);
    assert_eq!(to_do(&store), 0);
    apply(&store, vec![put(&sample("src/other.rs"))]);
    assert_eq!(to_do(&store), 2);
    apply(&store, vec![FileUpdate::Remove("src/other.rs".into())]);
    assert_eq!(to_do(&store), 1);
    link(&store, &[&one]);
    assert_eq!(dump_of(&store), before);
    apply(&store, vec![FileUpdate::Remove("a.rs".into())]);
    assert_eq!(dump_of(&store), dump_of(&open(&tempfile::tempdir().unwrap())));
}

#[test]
fn the_log_keeps_the_newest_runs() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    for n in 0..rutter::kv::EXECUTIONS_KEPT as u32 + 5 {
        store.log(&execution(n)).unwrap();
    }
    let snapshot = store.snapshot().unwrap();
    let all = snapshot.executions(usize::MAX).unwrap();
    assert_eq!(all.len(), rutter::kv::EXECUTIONS_KEPT);
    assert_eq!(all[0], execution(rutter::kv::EXECUTIONS_KEPT as u32 + 4));
    assert_eq!(all.last(), Some(&execution(5)));
    assert_eq!(snapshot.executions(2).unwrap().len(), 2);
}

#[test]
fn a_reader_meets_the_old_file_or_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let versions: Vec<FileRecords> = (0..2)
        .map(|n| records("a.rs", 0, &"x".repeat(40 + n), &[def(&format!("f{n}"), "f", SymbolKind::Function)]))
        .collect();
    apply(&store, vec![put(&versions[0])]);
    let old = store.snapshot().unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            (1..40).for_each(|n| apply(&store, vec![put(&versions[n % 2])]));
            done.store(true, Ordering::Relaxed);
        });
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let snapshot = store.snapshot().unwrap();
                    let file = snapshot.file("a.rs").unwrap().unwrap();
                    let chunks = snapshot.chunks("a.rs").unwrap();
                    let read: u64 = chunks.iter().map(|chunk| chunk.content.len() as u64).sum();
                    assert_eq!(read, file.size);
                    let ids = snapshot.file_symbols(file.file_id).unwrap();
                    assert_eq!(snapshot.symbols_by_fqn("f").unwrap(), ids);
                    let name = snapshot.symbol(ids[0]).unwrap().unwrap().name;
                    assert_eq!(name, format!("f{}", read - 40));
                }
            });
        }
    });
    assert_eq!(old.file("a.rs").unwrap().unwrap().size, 40);
}

/// Files that share names, with paths that break key schemes.
fn some_file() -> impl Strategy<Value = FileRecords> {
    let path = prop_oneof![
        Just("a".to_owned()),
        Just("a:0".to_owned()),
        Just("a:b".to_owned()),
        Just("ab".to_owned()),
        Just("src/main.rs".to_owned()),
        Just("é/ü.py".to_owned()),
        Just("long/".repeat(150)),
    ];
    let name = prop_oneof![Just("new".to_owned()), Just("f".to_owned()), Just("a:b".to_owned()), Just("n".repeat(600))];
    let fqn = prop_oneof![Just("m::f".to_owned()), Just("m".to_owned()), Just("q".repeat(700))];
    let kind = prop_oneof![Just(SymbolKind::Function), Just(SymbolKind::Struct), Just(SymbolKind::Impl)];
    let symbol = (name, fqn, kind).prop_map(|(name, fqn, kind)| Def { name, fqn, kind });
    (path, "[a-z]{0,30}", prop::collection::vec(symbol, 0..5), prop::bool::weighted(0.1)).prop_map(
        |(path, body, defs, skip)| {
            if skip { skipped(&path) } else { records(&path, 0, &body, &defs) }
        },
    )
}

fn files() -> impl Strategy<Value = Vec<FileRecords>> {
    prop::collection::vec(some_file(), 0..8)
}

/// The last version of each path.
fn last_versions(files: &[FileRecords]) -> Vec<&FileRecords> {
    let mut last: Vec<&FileRecords> = Vec::new();
    for file in files {
        last.retain(|other| other.file.path != file.file.path);
        last.push(file);
    }
    last
}

proptest! {
    #![proptest_config(crate::support::cases(48))]

    #[test]
    fn the_index_is_the_same_whatever_led_to_it(
        history in files(),
        target in files(),
        sizes in prop::collection::vec(1usize..5, 12),
        shuffle: prop::sample::Index,
    ) {
        let target = last_versions(&target);
        let fresh = tempfile::tempdir().unwrap();
        let fresh = open(&fresh);
        apply(&fresh, target.iter().map(|file| put(file)).collect());

        // Another history, other batches, another order.
        let used = tempfile::tempdir().unwrap();
        let store = open(&used);
        let mut sizes = sizes.into_iter().cycle();
        let mut pending = &history[..];
        while !pending.is_empty() {
            let (batch, rest) = pending.split_at(sizes.next().unwrap().min(pending.len()));
            apply(&store, batch.iter().map(put).collect());
            pending = rest;
        }
        let mut updates: Vec<FileUpdate> = target.iter().map(|file| put(file)).collect();
        for file in &history {
            if !target.iter().any(|kept| kept.file.path == file.file.path) {
                updates.push(FileUpdate::Remove(file.file.path.clone()));
            }
        }
        if !updates.is_empty() {
            let by = shuffle.index(updates.len());
            updates.rotate_left(by);
        }
        while !updates.is_empty() {
            let rest = updates.split_off(sizes.next().unwrap().min(updates.len()));
            apply(&store, std::mem::replace(&mut updates, rest));
        }
        prop_assert_eq!(dump_of(&store), dump_of(&fresh));

        // What was written is taken for sound when it is opened again.
        drop(store);
        let again = open(&used);
        prop_assert_eq!(again.notice(), None);
        prop_assert_eq!(dump_of(&again), dump_of(&fresh));
    }

    #[test]
    fn a_file_that_goes_leaves_nothing(others in files(), file in some_file()) {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        let others = last_versions(&others).into_iter().filter(|other| other.file.path != file.file.path);
        apply(&store, others.map(put).collect());
        let before = dump_of(&store);
        apply(&store, vec![put(&file)]);
        prop_assert_ne!(&dump_of(&store), &before);
        apply(&store, vec![FileUpdate::Remove(file.file.path.clone())]);
        prop_assert_eq!(dump_of(&store), before);
    }

    #[test]
    fn writing_the_same_again_changes_nothing(files in files()) {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        let files = last_versions(&files);
        apply(&store, files.iter().map(|file| put(file)).collect());
        let before = dump_of(&store);
        apply(&store, files.iter().map(|file| put(file)).collect());
        prop_assert_eq!(dump_of(&store), before);
    }
}
