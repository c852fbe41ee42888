//! Whatever happens to a data file: LMDB does not meet it, readers are told, and the next run has the index whole.
//!
//! These tests run in the process of all others: a crash would end them, too.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{LazyLock, atomic::AtomicBool},
    time::{Duration, SystemTime},
};

use proptest::prelude::*;
use rutter::{
    index::{self, Settings, Silent},
    kv::{FileRows, FileUpdate, Store, StoreError},
    record::SymbolKind,
};

use crate::{
    index_runs::Workspace,
    samples::{def, home, records},
};

const PAGE: usize = 4096;

/// A real index, many pages deep: its directory holds it as it was closed.
static SOUND: LazyLock<(tempfile::TempDir, BTreeMap<String, String>)> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), "/r").unwrap();
    let mut bulk = store.bulk().unwrap().unwrap();
    for n in 0..40 {
        bulk.add(&FileRows::encode(&file(n, n * 50))).unwrap();
    }
    bulk.fill().unwrap().publish(rutter::kv::Extent::Whole).unwrap();
    // Pages that are free, and some that were written in no order.
    for n in (0..40).step_by(7) {
        store.apply(vec![FileUpdate::Replace(FileRows::encode(&file(n, 9000)))]).unwrap();
    }
    store.apply((20..30).map(|n| FileUpdate::Remove(path(n).into())).collect()).unwrap();
    let rows = dump(&store).unwrap();
    (dir, rows)
});

fn path(n: usize) -> String {
    format!("src/{n}.rs")
}

fn file(n: usize, body: usize) -> rutter::record::FileRecords {
    let defs: Vec<_> = (0..6).map(|k| def(&format!("f{k}"), &format!("m{n}::f{k}"), SymbolKind::Function)).collect();
    records(&path(n), 0, &"x".repeat(body + n), &defs)
}

/// All rows. Each value is JSON.
fn dump(store: &Store) -> Result<BTreeMap<String, String>, StoreError> {
    let mut rows = BTreeMap::new();
    store.snapshot()?.scan("", &mut |key, value| {
        serde_json::from_str::<serde::de::IgnoredAny>(value).unwrap_or_else(|error| panic!("{key}: {error}: {value}"));
        rows.insert(key.to_owned(), value.to_owned());
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

fn data(dir: &Path) -> PathBuf {
    home(dir).join(fs::read_to_string(home(dir).join("CURRENT")).unwrap().trim_end()).join("data.mdb")
}

/// A copy whose bytes `harm` has changed.
fn harmed(harm: impl FnOnce(&mut Vec<u8>)) -> tempfile::TempDir {
    let (sound, _) = &*SOUND;
    let dir = tempfile::tempdir().unwrap();
    let from = data(sound.path());
    let generation = home(dir.path()).join(from.parent().unwrap().file_name().unwrap());
    fs::create_dir_all(&generation).unwrap();
    fs::copy(home(sound.path()).join("CURRENT"), home(dir.path()).join("CURRENT")).unwrap();
    let mut bytes = fs::read(&from).unwrap();
    harm(&mut bytes);
    fs::write(generation.join("data.mdb"), bytes).unwrap();
    dir
}

/// Changes records of symbols, wherever they stand. In place: others may have the file open. Some may lie on pages
/// that are free.
fn spoil(data: &Path) {
    let mut bytes = fs::read(data).unwrap();
    for at in 0..bytes.len() - 9 {
        if &bytes[at..at + 9] == b"{\"symbol_" {
            bytes[at] = b'#';
        }
    }
    OpenOptions::new().write(true).open(data).unwrap().write_all(&bytes).unwrap();
}

/// What must hold for any harm: readers get what was written or an error that says what to do, writers go on.
fn survives(dir: &Path) -> Result<(), TestCaseError> {
    let read = match Store::open_existing(dir) {
        Ok(store) => dump(&store),
        Err(error) => Err(error),
    };
    match &read {
        Ok(rows) => prop_assert_eq!(rows, &SOUND.1),
        Err(error) => {
            prop_assert!(!matches!(error, StoreError::Lmdb { .. } | StoreError::Io { .. }), "{error}");
            prop_assert!(error.to_string().contains("rutter index"), "{error}");
            prop_assert!(error.to_string().contains(&dir.display().to_string()), "{error}");
        }
    }
    let store = Store::open(dir, "/r").unwrap();
    let set_aside = store.notice().is_some();
    prop_assert_eq!(set_aside, read.is_err(), "{:?}", store.notice());
    let added = match store.apply(vec![FileUpdate::Replace(FileRows::encode(&file(99, 50_000)))]) {
        // A record that is JSON and no file's is found by who writes the file.
        Err(error) if !set_aside => {
            prop_assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
            return Ok(());
        }
        added => added,
    };
    added.unwrap();
    let rows = dump(&store).unwrap();
    let is_there = rows.contains_key("file:path:src/99.rs");
    prop_assert!(is_there);
    Ok(())
}

proptest! {
    #![proptest_config(crate::support::cases(120))]

    #[test]
    fn a_flipped_bit_is_survived(at in any::<prop::sample::Index>(), bit in 0u32..8) {
        let dir = harmed(|bytes| {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        });
        survives(dir.path())?;
    }

    #[test]
    fn changed_bytes_of_page_headers_are_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..64, any::<u8>()), 1..4),
    ) {
        let dir = harmed(|bytes| {
            for (page, at, value) in &changes {
                let page = page.index(bytes.len() / PAGE);
                bytes[page * PAGE + at] = *value;
            }
        });
        survives(dir.path())?;
    }
}

proptest! {
    #![proptest_config(crate::support::cases(40))]

    #[test]
    fn zeroed_pages_never_give_a_wrong_index(at in any::<prop::sample::Index>(), pages in 1usize..9) {
        let dir = harmed(|bytes| {
            let at = at.index(bytes.len() / PAGE) * PAGE;
            let end = bytes.len().min(at + pages * PAGE);
            bytes[at..end].fill(0);
        });
        survives(dir.path())?;
    }

    #[test]
    fn a_page_in_anothers_place_never_gives_a_wrong_index(
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let dir = harmed(|bytes| {
            let pages = bytes.len() / PAGE;
            let from = from.index(pages) * PAGE;
            bytes.copy_within(from..from + PAGE, to.index(pages) * PAGE);
        });
        survives(dir.path())?;
    }

    #[test]
    fn a_file_cut_short_never_gives_a_wrong_index(length in any::<prop::sample::Index>()) {
        let dir = harmed(|bytes| {
            let length = length.index(bytes.len() - 1) + 1;
            bytes.truncate(length);
        });
        survives(dir.path())?;
    }

    #[test]
    fn every_sound_index_is_found_sound(
        batches in prop::collection::vec(prop::collection::vec((0usize..12, 0usize..20_000, any::<bool>()), 1..6), 1..12),
    ) {
        let dir = tempfile::tempdir().unwrap();
        for batch in batches {
            let store = Store::open(dir.path(), "/r").unwrap();
            let update = |(n, body, add): (usize, usize, bool)| match add {
                true => FileUpdate::Replace(FileRows::encode(&file(n, body))),
                false => FileUpdate::Remove(path(n).into()),
            };
            store.apply(batch.into_iter().map(update).collect()).unwrap();
            let rows = dump(&store).unwrap();
            drop(store);
            // As after a writer that was killed.
            fs::remove_file(home(dir.path()).join("gen-1/CLEAN")).unwrap();
            let store = Store::open_existing(dir.path()).unwrap();
            prop_assert_eq!(dump(&store).unwrap(), rows);
        }
        prop_assert!(!home(dir.path()).join("gen-2").exists());
    }
}

#[test]
fn a_stamp_spares_the_reading_until_the_file_changes() {
    let dir = harmed(|_| {});
    let stamp = data(dir.path()).with_file_name("CLEAN");
    drop(Store::open_existing(dir.path()).unwrap());
    let first = fs::read_to_string(&stamp).unwrap();
    // A value that is another, in a file that looks as it was: it is not read again.
    let (length, modified) = {
        let metadata = fs::metadata(data(dir.path())).unwrap();
        (metadata.len(), metadata.modified().unwrap())
    };
    assert!(first.starts_with(&format!("{length:020} ")), "{first}");
    spoil(&data(dir.path()));
    let file = OpenOptions::new().write(true).open(data(dir.path())).unwrap();
    file.set_modified(modified).unwrap();
    drop(Store::open_existing(dir.path()).unwrap());
    file.set_modified(modified + Duration::from_secs(1)).unwrap();
    let error = Store::open_existing(dir.path()).unwrap_err().to_string();
    assert!(error.contains("does not fit its checksum") && error.contains("rutter index"), "{error}");
}

#[test]
fn each_write_leaves_a_stamp_that_fits() {
    let dir = harmed(|_| {});
    let store = Store::open(dir.path(), "/r").unwrap();
    let stamp = || fs::read_to_string(data(dir.path()).with_file_name("CLEAN")).unwrap();
    let mut stamps = vec![stamp()];
    for n in 100..103 {
        store.apply(vec![FileUpdate::Replace(FileRows::encode(&file(n, 100)))]).unwrap();
        stamps.push(stamp());
        let metadata = fs::metadata(data(dir.path())).unwrap();
        let modified = metadata.modified().unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos();
        assert!(stamps[stamps.len() - 1].starts_with(&format!("{:020} {modified:020} ", metadata.len())));
    }
    stamps.dedup();
    assert_eq!(stamps.len(), 4);
}

#[test]
fn who_writes_looks_at_what_another_program_has_changed() {
    let dir = harmed(|_| {});
    let store = Store::open(dir.path(), "/r").unwrap();
    spoil(&data(dir.path()));
    let error = store.apply(vec![FileUpdate::Replace(FileRows::encode(&file(0, 10)))]).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    // The next to open it begins anew, and all who have it open go along.
    let next = Store::open(dir.path(), "/r").unwrap();
    assert!(next.notice().unwrap().contains("does not fit its checksum"));
    store.apply(vec![FileUpdate::Replace(FileRows::encode(&file(0, 10)))]).unwrap();
    assert_eq!(dump(&store).unwrap(), dump(&next).unwrap());
}

#[test]
fn a_run_that_meets_damage_starts_over() {
    let workspace = Workspace::new(&[("a.py", "def f():\n    pass\n"), ("b.py", "def g():\n    pass\n")]);
    let settings = Settings::default();
    let run = || {
        let cancel = AtomicBool::new(false);
        index::run_logged(&workspace.store, &workspace.root, Vec::new(), &settings, &Silent, &cancel).unwrap()
    };
    run();
    let sound = workspace.dump();
    let data_dir = workspace.store.data_dir();
    spoil(&data_dir.join("data.mdb"));
    let summary = run();
    assert_eq!(summary.files_indexed, 2, "all is read again");
    assert!(summary.warnings.iter().any(|warning| warning.contains("set aside")), "{:?}", summary.warnings);
    assert_eq!(workspace.dump(), sound);
    assert_ne!(workspace.store.data_dir(), data_dir);
    assert_eq!(workspace.store.snapshot().unwrap().executions(9).unwrap().len(), 1, "of the run that was done");
}

#[test]
fn a_file_that_is_cut_short_while_it_is_open_is_not_touched() {
    for left in [0, 1, PAGE as u64, 9 * PAGE as u64] {
        let dir = harmed(|_| {});
        let store = Store::open(dir.path(), "/r").unwrap();
        drop(store.snapshot().unwrap());
        OpenOptions::new().write(true).open(data(dir.path())).unwrap().set_len(left).unwrap();
        let (read, written) = match left {
            0 => (None, store.apply(vec![FileUpdate::Replace(FileRows::encode(&file(0, 10)))]).err()),
            _ => (store.snapshot().err(), None),
        };
        let error = read.or(written).expect("it is noticed");
        assert!(matches!(error, StoreError::Damaged { .. }) && error.to_string().contains("cut short"), "{error}");
        // Who asks next finds a new one.
        assert!(dump(&store).unwrap().keys().all(|key| key.starts_with("meta:")));
        assert!(store.notice().unwrap().contains("cut short"));
        store.apply(vec![FileUpdate::Replace(FileRows::encode(&file(0, 10)))]).unwrap();
    }
}

/// A key that is hit is found nowhere: an index that then said that a file has no symbols would be wrong.
#[test]
fn what_a_list_names_and_what_a_file_has_is_missed_when_its_key_is_hit() {
    for hit_list in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), "/r").unwrap();
        store.apply((0..3).map(|n| FileUpdate::Replace(FileRows::encode(&file(n, 10)))).collect()).unwrap();
        let snapshot = store.snapshot().unwrap();
        let id = snapshot.file(&path(1)).unwrap().unwrap().file_id;
        let first = snapshot.file_symbols(id).unwrap()[0];
        assert_eq!(snapshot.listed_symbol(first).unwrap().symbol_id, first);
        drop(snapshot);
        let key = if hit_list { format!("file:sym:{}", id.0) } else { format!("sym:id:{}", first.0) };
        let data = store.data_dir().join("data.mdb");
        let mut bytes = fs::read(&data).unwrap();
        let hits: Vec<usize> = bytes
            .windows(key.len())
            .enumerate()
            .filter(|(_, found)| *found == key.as_bytes())
            .map(|(at, _)| at)
            .collect();
        assert!(!hits.is_empty());
        for at in hits {
            bytes[at + key.len() - 1] ^= 0x40;
        }
        // In its place, as a disk would: the store has it open.
        OpenOptions::new().write(true).open(&data).unwrap().write_all(&bytes).unwrap();
        let snapshot = store.snapshot().unwrap();
        let fault = match hit_list {
            true => snapshot.file_symbols(id).err(),
            false => snapshot.listed_symbol(first).err(),
        };
        assert!(matches!(fault, Some(StoreError::Damaged { .. })), "{key}: {fault:?}");
    }
}
