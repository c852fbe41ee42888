//! What only the inside of the store can show: small maps, foreign and damaged records, reading without a lock.

use tempfile::TempDir;

use super::*;
use crate::kv::{samples::skipped_rows, schema};

fn skipped(path: &str, bytes: usize) -> FileUpdate {
    FileUpdate::Replace(skipped_rows(path, bytes))
}

/// An index that is just so, and closed.
fn written(write: impl FnOnce(&Store, &mut heed::RwTxn<'_>)) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), "/r").unwrap();
    store.apply(vec![skipped("a", 9)]).unwrap();
    let written = |txn: &mut heed::RwTxn<'_>| {
        write(&store, txn);
        Ok(())
    };
    store.handle.now().environment.commit(written).unwrap();
    dir
}

#[test]
fn a_full_map_grows() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sized(dir.path(), "/r", 1 << 20).unwrap();
    for n in 0..8 {
        store.apply((0..10).map(|m| skipped(&format!("{n}-{m}"), 100_000)).collect()).unwrap();
    }
    let snapshot = store.snapshot().unwrap();
    assert!(snapshot.file("7-9").unwrap().is_some() && snapshot.file("0-0").unwrap().is_some());
    assert!(store.handle.now().environment.env.info().map_size >= 8 << 20);
}

#[test]
fn growing_waits_for_snapshots_of_this_process() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sized(dir.path(), "/r", 1 << 20).unwrap();
    let snapshot = store.snapshot().unwrap();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| store.apply((0..20).map(|m| skipped(&format!("{m}"), 100_000)).collect()));
        // The old map is still there while it is read.
        for _ in 0..1000 {
            assert!(snapshot.index().unwrap().is_some());
        }
        drop(snapshot);
        writing.join().unwrap().unwrap();
    });
    assert!(store.snapshot().unwrap().file("19").unwrap().is_some());
}

#[test]
fn another_format_is_set_aside() {
    let dir = written(|store, txn| {
        let record = br#"{"format_version":4711,"whatever":[]}"#;
        store.handle.now().environment.rows.put(txn, keys::META_INDEX, record).unwrap();
    });
    let error = Store::open_existing(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::OtherFormat { found: 4711, .. }), "{error}");
    let store = Store::open(dir.path(), "/r").unwrap();
    assert!(store.notice().unwrap().contains("format 4711"));
    assert!(store.data_dir().ends_with("gen-2"));
    assert_eq!(store.snapshot().unwrap().file("a").unwrap(), None);
}

#[test]
fn a_foreign_database_is_set_aside() {
    let dir = written(|store, txn| {
        store.handle.now().environment.rows.delete(txn, keys::META_INDEX).unwrap();
    });
    let error = Store::open_existing(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert!(Store::open(dir.path(), "/r").unwrap().notice().unwrap().contains("no record `meta:index`"));
}

#[test]
fn a_damaged_record_is_absent_to_readers_and_ends_the_index_for_the_writer() {
    let dir = written(|store, txn| {
        store.handle.now().environment.rows.put(txn, &keys::file_path_key("a"), b"{\"file_id\":").unwrap();
    });
    let store = Store::open(dir.path(), "/r").unwrap();
    assert_eq!(store.snapshot().unwrap().file("a").unwrap(), None);
    let error = store.apply(vec![skipped("a", 9)]).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("file:path:a"), "{error}");
    // What is open stays open, and the next to open the index finds a new one, in this process or another.
    let next = Store::open(dir.path(), "/r").unwrap();
    assert!(next.notice().unwrap().contains("file:path:a"));
    next.apply(vec![skipped("a", 9)]).unwrap();
    drop((store, next));
    let later = Store::open(dir.path(), "/r").unwrap();
    assert_eq!(later.notice(), None);
    assert!(later.snapshot().unwrap().file("a").unwrap().is_some());
}

#[test]
fn an_index_is_read_without_its_lock() {
    let dir = written(|_, _| {});
    let data_dir = place::data_dir(&place::home(dir.path()), 1);
    fs::remove_file(data_dir.join("lock.mdb")).unwrap();
    let (environment, identity) = Environment::open(&data_dir, Access::ReadOnly, MAP_BYTES).unwrap();
    assert!(matches!(identity, Identity::Ours));
    let txn: schema::Read<'_> = environment.env.read_txn().unwrap();
    assert!(environment.rows.get(&txn, &keys::file_path_key("a")).unwrap().is_some());
    assert!(!data_dir.join("lock.mdb").exists());
}

#[test]
fn an_examination_tells_what_does_not_belong_together() {
    let put = |key: &'static str, value: &'static str| {
        written(move |store, txn| {
            store.handle.now().environment.rows.put(txn, key.as_bytes(), value.as_bytes()).unwrap();
        })
    };
    let faults = |dir: &TempDir| Store::open(dir.path(), "/r").unwrap().examine().unwrap().faults;
    assert_eq!(faults(&put("meta:clash", "[]")), [""; 0]);
    for (key, value, fault) in [
        ("other:1", "1", "`other:1` is of no namespace"),
        ("ref:todo:7", "{", "`ref:todo:7`"),
        ("ref:facts:7", "{}", "of the file 7 one of `ref:facts:` and `file:path_of:`"),
        ("file:sym:7", "[8]", "`file:sym:7` lists 8, which has no `sym:id:`"),
        ("sym:id:8", "{}", "`sym:id:8` is in no `file:sym:`"),
    ] {
        let found = faults(&put(key, value));
        assert!(matches!(&*found, [only] if only.contains(fault)), "{key}: {found:?}");
    }
}

#[test]
fn a_condemned_index_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), "/r").unwrap();
    store.apply(vec![skipped("a", 9)]).unwrap();
    store.condemn("it is not liked");
    let next = Store::open(dir.path(), "/r").unwrap();
    assert!(next.notice().unwrap().contains("it is not liked"));
    assert!(next.snapshot().unwrap().file("a").unwrap().is_none());
}
