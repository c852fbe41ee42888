//! Opening an index that is new, shared, foreign or damaged.

use std::{
    fs::{self, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    ops::ControlFlow,
    path::Path,
};

use rutter::{
    kv::{FileRows, FileUpdate, Store, StoreError},
    record::SymbolKind,
};

use crate::samples::{def, home, records};

fn open(dir: &Path) -> Store {
    Store::open(dir, "/home/me/project").expect("the store opens")
}

fn fill(store: &Store) {
    for n in 0..20 {
        let body = "x".repeat(2000 + n);
        let file = records(&format!("src/{n}.rs"), 0, &body, &[def("f", "m::f", SymbolKind::Function)]);
        store.apply(vec![FileUpdate::Replace(FileRows::encode(&file))]).unwrap();
    }
}

fn files(store: &Store) -> usize {
    let mut count = 0;
    let visit = &mut |_| {
        count += 1;
        ControlFlow::Continue(())
    };
    store.snapshot().unwrap().files(visit).unwrap();
    count
}

/// Opens an index, fills it, closes it, and lets `harm` loose on its data file.
fn harmed(harm: impl FnOnce(&Path)) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    fill(&store);
    let data = store.data_dir().join("data.mdb");
    drop(store);
    harm(&data);
    dir
}

fn write_at(path: &Path, at: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

/// Readers are told, and the next writer begins anew without touching what is there.
fn assert_set_aside(dir: &Path, cause: &str) {
    let before = fs::read(home(dir).join("gen-1/data.mdb")).unwrap();
    let error = Store::open_existing(dir).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains(cause) && text.contains("gen-1") && text.contains("rutter index"), "{text}");
    let store = open(dir);
    let notice = store.notice().expect("the user is told");
    assert!(notice.contains(cause) && notice.contains("gen-2"), "{notice}");
    assert_eq!(store.data_dir(), home(&dir.canonicalize().unwrap()).join("gen-2"));
    assert_eq!(files(&store), 0);
    fill(&store);
    assert_eq!(fs::read(home(dir).join("gen-1/data.mdb")).unwrap(), before);
    drop(store);
    let again = open(dir);
    assert_eq!((again.notice(), files(&again)), (None, 20));
}

#[test]
fn a_cut_off_file_is_set_aside() {
    let dir = harmed(|data| {
        let length = fs::metadata(data).unwrap().len();
        OpenOptions::new().write(true).open(data).unwrap().set_len(length - 4096).unwrap();
    });
    assert_set_aside(dir.path(), "should have");
}

#[test]
fn a_file_cut_in_its_meta_pages_is_set_aside() {
    for length in [10, 100, 4096, 5000] {
        let dir = harmed(|data| OpenOptions::new().write(true).open(data).unwrap().set_len(length).unwrap());
        assert_set_aside(dir.path(), "data.mdb");
    }
}

#[test]
fn a_file_that_is_no_lmdb_is_set_aside() {
    let dir = harmed(|data| fs::write(data, "something else ".repeat(2000)).unwrap());
    assert_set_aside(dir.path(), "no LMDB meta page");
    let dir = harmed(|data| write_at(data, 4096 + 16, &[0; 4]));
    assert_set_aside(dir.path(), "no LMDB meta page at 4096");
    let dir = harmed(|data| write_at(data, 20, &999u32.to_ne_bytes()));
    assert_set_aside(dir.path(), "data version 999");
    let dir = harmed(|data| write_at(data, 40, &7u32.to_ne_bytes()));
    assert_set_aside(dir.path(), "page size of 7");
}

#[test]
fn a_pointer_that_points_nowhere_is_replaced() {
    let dir = harmed(|_| {});
    fs::write(home(dir.path()).join("CURRENT"), "../../etc\n").unwrap();
    assert!(matches!(Store::open_existing(dir.path()), Err(StoreError::Damaged { .. })));
    let store = open(dir.path());
    assert!(store.notice().unwrap().contains("CURRENT"));
    assert_eq!(fs::read_to_string(home(dir.path()).join("CURRENT")).unwrap(), "gen-2\n");
}

#[test]
fn old_generations_are_removed_but_for_the_last() {
    let dir = harmed(|_| {});
    fs::write(home(dir.path()).join("gen-1/keep.txt"), "mine").unwrap();
    for _ in 0..3 {
        fs::write(home(dir.path()).join("CURRENT"), "?").unwrap();
        drop(open(dir.path()));
    }
    assert!(open(dir.path()).notice().is_none());
    let has = |name: &str| home(dir.path()).join(name).exists();
    // What rutter has not made it does not remove.
    assert!(has("gen-1/keep.txt") && !has("gen-1/data.mdb"));
    assert!(!has("gen-2") && has("gen-3/data.mdb") && has("gen-4/data.mdb"));
}

#[test]
fn where_nothing_is_nothing_is_made() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().to_path_buf(), dir.path().join("absent")] {
        let error = Store::open_existing(&path).unwrap_err();
        assert!(matches!(error, StoreError::NotIndexed { .. }), "{error}");
        assert!(error.to_string().contains("rutter index"));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_place_that_cannot_be_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Store::open(&file.path().join("index"), "/r").unwrap_err().to_string();
    assert!(error.contains(&file.path().display().to_string()), "{error}");
}

#[test]
fn all_callers_in_a_process_share_one_index() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (open(dir.path()), open(dir.path()));
    fill(&a);
    assert_eq!(files(&b), 20);
    assert_eq!(files(&Store::open_existing(dir.path()).unwrap()), 20);
    #[cfg(unix)]
    {
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(dir.path(), &link).unwrap();
        assert_eq!(files(&open(&link)), 20);
    }
    // A snapshot outlives the store, and the store can be opened meanwhile.
    let snapshot = a.snapshot().unwrap();
    drop((a, b));
    let c = open(dir.path());
    assert!(snapshot.file("src/1.rs").unwrap().is_some());
    drop(snapshot);
    assert_eq!(files(&c), 20);
    drop(c);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..20).for_each(|_| assert_eq!(files(&open(dir.path())), 20)));
        }
    });
}

#[test]
fn the_root_is_that_of_the_last_opening_for_writing() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    assert_eq!(&*Store::open_existing(dir.path()).unwrap().snapshot().unwrap().root(), "/home/me/project");
    let moved = Store::open(dir.path(), "/elsewhere").unwrap();
    assert_eq!(&*moved.snapshot().unwrap().root(), "/elsewhere");
}

#[cfg(unix)]
#[test]
fn an_index_is_for_its_owners_eyes() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("above/index");
    let store = open(&place);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place), 0o700);
    assert_eq!(mode(&store.data_dir()), 0o700);
    assert_eq!(mode(&store.data_dir().join("data.mdb")), 0o600);
}

#[cfg(unix)]
#[test]
fn a_read_only_index_is_read_and_not_written() {
    use std::os::unix::fs::PermissionsExt;
    let dir = harmed(|_| {});
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for name in ["gen-1/data.mdb", "gen-1/lock.mdb", "LOCK"] {
        set(&home(dir.path()).join(name), 0o400);
    }
    let probe = OpenOptions::new().write(true).open(home(dir.path()).join("LOCK"));
    if probe.is_ok() {
        // The superuser writes where nobody else may; there is nothing to see.
        return;
    }
    let error = Store::open(dir.path(), "/r").unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.to_string().contains("--index-dir"), "{error}");
    let store = Store::open_existing(dir.path()).unwrap();
    assert!(store.notice().unwrap().contains("without a lock"));
    assert_eq!(files(&store), 20);
    assert!(matches!(store.apply(vec![FileUpdate::Remove("a".into())]), Err(StoreError::ReadOnly { .. })));
}

#[test]
fn bytes_are_what_lmdb_tools_expect() {
    // The unnamed database, and keys and values that are text.
    let dir = harmed(|_| {});
    let mut data = Vec::new();
    fs::File::open(home(dir.path()).join("gen-1/data.mdb")).unwrap().read_to_end(&mut data).unwrap();
    let has = |text: &str| data.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("meta:index{\"format_version\":7,\"root\":\"/home/me/project\""));
    assert!(has("sym:fqn:m::f["));
}
