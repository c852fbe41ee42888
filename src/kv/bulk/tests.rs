//! What only the inside can show: runs on disk, and what another process may do meanwhile.

use std::{fs, ops::ControlFlow, path::Path};

use super::*;
use crate::kv::{FileUpdate, env::hold, error::Failure, samples::skipped_rows as rows, writer};

fn open(dir: &Path) -> Store {
    Store::open(dir, "/r").unwrap()
}

fn dump(store: &Store) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let visit = &mut |key: &str, value: &str| {
        rows.push((key.to_owned(), value.to_owned()));
        ControlFlow::Continue(())
    };
    store.snapshot().unwrap().scan("", visit).unwrap();
    rows
}

/// Sizes around those of the pieces in which runs are read, in no order of paths.
fn mixed() -> Vec<FileRows> {
    let sizes = [0, 1, 70_000, 9, 16 << 10, (16 << 10) - 300, 400_000, 5_000, 12, 33_000, 260 << 10, 3];
    (0..sizes.len() * 9).map(|n| rows(&format!("{}/{n}", n * 7 % 10), sizes[n * 5 % sizes.len()])).collect()
}

#[test]
fn many_runs_make_the_index_that_the_ordinary_writer_makes() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (open(one.path()), open(other.path()));
    one.apply(mixed().into_iter().map(FileUpdate::Replace).collect()).unwrap();
    for limit in [1, 100_000, 1 << 30] {
        let mut bulk = other.bulk_sized(limit).unwrap().unwrap();
        mixed().iter().for_each(|rows| bulk.add(rows).unwrap());
        assert_eq!(bulk.fill().unwrap().publish(Extent::Whole).unwrap(), Published::Done);
        assert!(dump(&one) == dump(&other), "with {limit} bytes in memory");
    }
}

#[test]
fn a_build_that_is_given_up_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let before = dump(&store);
    let mut bulk = store.bulk_sized(1).unwrap().unwrap();
    bulk.add(&rows("a", 9)).unwrap();
    bulk.add(&rows("b", 9)).unwrap();
    assert!(place::home(dir.path()).join("gen-2").exists());
    assert!(store.bulk().unwrap().is_none(), "one builds at a time");
    drop(bulk);
    assert!(!place::home(dir.path()).join("gen-2").exists());
    assert_eq!(dump(&store), before);
    assert!(store.bulk().unwrap().is_some());
}

#[test]
fn what_is_written_to_a_filled_one_is_seen_with_the_rest_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let before = dump(&store);
    for published in [false, true] {
        let mut bulk = store.bulk().unwrap().unwrap();
        bulk.add(&rows("a", 9)).unwrap();
        let filled = bulk.fill().unwrap();
        filled.store().apply(vec![FileUpdate::Replace(rows("b", 9))]).unwrap();
        assert_eq!(&*filled.store().snapshot().unwrap().root(), "/r");
        assert_eq!(dump(&store), before, "nobody sees it");
        if published {
            filled.publish(Extent::Whole).unwrap();
            let snapshot = store.snapshot().unwrap();
            assert!(snapshot.file("a").unwrap().is_some() && snapshot.file("b").unwrap().is_some());
        } else {
            drop(filled);
            assert_eq!(dump(&store), before);
            assert!(!place::home(dir.path()).join("gen-2").exists());
        }
    }
}

#[test]
fn what_a_killed_build_left_is_removed_and_a_living_ones_is_not() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let home = place::home(dir.path());
    let left = home.join("gen-2");
    let leave = || {
        fs::create_dir_all(&left).unwrap();
        fs::write(left.join("data.mdb"), "half").unwrap();
    };
    leave();
    let building = place::try_build(&home).unwrap().unwrap();
    drop(open(dir.path()));
    assert!(left.exists());
    drop(building);
    let store = open(dir.path());
    assert!(!left.exists());
    leave();
    let mut bulk = store.bulk().unwrap().unwrap();
    bulk.add(&rows("a", 9)).unwrap();
    bulk.fill().unwrap().publish(Extent::Whole).unwrap();
    assert!(store.snapshot().unwrap().file("a").unwrap().is_some());
}

#[test]
fn all_who_have_the_index_open_go_over_and_records_of_runs_go_along() {
    let dir = tempfile::tempdir().unwrap();
    let (store, other) = (open(dir.path()), open(dir.path()));
    let base = store.handle.now();
    let before = dump(&store);
    let mut bulk = store.bulk().unwrap().unwrap();
    bulk.add(&rows("a", 9)).unwrap();
    let snapshot = other.snapshot().unwrap();
    bulk.fill().unwrap().publish(Extent::Whole).unwrap();
    assert_eq!(snapshot.file("a").unwrap(), None, "a snapshot stays what it is");
    assert!(other.snapshot().unwrap().file("a").unwrap().is_some());
    assert!(dump(&other).iter().filter(|row| !row.0.starts_with("file:")).eq(&before));
    assert!(other.data_dir().ends_with("gen-2"));
    // A writer that had the old one in hand is sent to the new one.
    let stale = writer::apply(&base, &[FileUpdate::Replace(rows("b", 9))]);
    assert!(matches!(stale, Err(Failure::Superseded)), "{stale:?}");
}

#[test]
fn another_processs_index_is_gone_over_to() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let base = store.handle.now();
    let mut bulk = store.bulk().unwrap().unwrap();
    bulk.add(&rows("a", 9)).unwrap();
    bulk.fill().unwrap().publish(Extent::Whole).unwrap();
    // As if this one had been somewhere else all the time.
    let new = store.handle.now();
    store.handle.replace(&mut hold(&store.handle.looked), base);
    drop(new);
    store.apply(vec![FileUpdate::Replace(rows("b", 9))]).unwrap();
    let snapshot = store.snapshot().unwrap();
    assert!(snapshot.file("a").unwrap().is_some() && snapshot.file("b").unwrap().is_some());
}

#[test]
fn a_part_takes_no_files_place_and_the_faster_of_two_wins() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut part = store.bulk().unwrap().unwrap();
    part.add(&rows("a", 9)).unwrap();
    store.apply(vec![FileUpdate::Replace(rows("b", 9))]).unwrap();
    assert_eq!(part.fill().unwrap().publish(Extent::Part).unwrap(), Published::Superseded);
    assert!(store.snapshot().unwrap().file("b").unwrap().is_some());
    let mut late = store.bulk().unwrap().unwrap();
    late.add(&rows("c", 9)).unwrap();
    let home = place::home(dir.path());
    let faster = place::data_dir(&home, 9);
    fs::create_dir(&faster).unwrap();
    fs::copy(store.data_dir().join("data.mdb"), faster.join("data.mdb")).unwrap();
    let opening = place::lock(&home).unwrap();
    place::publish(&home, 9, &opening).unwrap();
    drop(opening);
    assert_eq!(late.fill().unwrap().publish(Extent::Whole).unwrap(), Published::Superseded);
    store.apply(Vec::new()).unwrap();
    assert!(store.data_dir().ends_with("gen-9"));
}

#[test]
fn pages_are_full() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut bulk = store.bulk().unwrap().unwrap();
    (0..20_000).for_each(|n| bulk.add(&rows(&format!("{n}"), 100)).unwrap());
    bulk.fill().unwrap().publish(Extent::Whole).unwrap();
    let info = store.snapshot().unwrap().info().unwrap();
    let bytes: u64 = info.namespaces.iter().map(|space| space.bytes).sum();
    assert!(info.file_bytes * 10 < bytes * 12, "{} bytes for rows of {bytes}", info.file_bytes);
}
