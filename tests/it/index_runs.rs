//! Whole runs of the indexer over small workspaces: what is read again, what is left behind, what is the same.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use rutter::{
    extract,
    index::{self, First, Progress, Settings, Silent, Summary},
    kv::{FileRows, FileUpdate, Store},
    parse::Parsed,
    record::{Outcome, Skip},
};

/// A workspace and its index, in one temporary directory.
pub struct Workspace {
    _dir: tempfile::TempDir,
    pub root: PathBuf,
    pub store: Store,
}

impl Workspace {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        let root = top.join("root");
        fs::create_dir(&root).unwrap();
        let store = Store::open(&top.join("index"), &root.to_string_lossy()).unwrap();
        let workspace = Workspace { _dir: dir, root, store };
        for (path, text) in files {
            workspace.write(path, text.as_bytes());
        }
        workspace
    }

    /// Writes a file that looks as if it had been there for long: a file written just now is read twice, because its time
    /// of modification cannot tell whether it changed since.
    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        self.age(&path, 1_000);
    }

    pub fn age(&self, path: &Path, seconds: u64) {
        let time = SystemTime::now() - Duration::from_secs(seconds);
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }

    pub fn run(&self) -> Summary {
        self.run_with(&Settings::default())
    }

    pub fn run_with(&self, settings: &Settings) -> Summary {
        index::run(&self.store, &self.root, settings, &Silent, &AtomicBool::new(false)).unwrap()
    }

    /// What an editor's session would write of a buffer that differs from the disk.
    pub fn put_buffer(&self, path: &str, text: &str, session: &str) {
        let python = rutter::languages::by_name("python").unwrap();
        let text = Arc::new(rutter::text::SourceText::from_buffer(text.to_owned()));
        let mut origin = index::buffer_origin(&self.root, path, text.bytes(), python);
        origin.session = Some(session.into());
        let records = extract::extract(&Parsed::new(text, python).unwrap(), &origin);
        self.store.apply(vec![FileUpdate::Replace(FileRows::encode(&records))]).unwrap();
    }

    /// The index has this symbol.
    pub fn has(&self, name: &str) -> bool {
        !self.store.snapshot().unwrap().symbols_by_name(name, 1).unwrap().is_empty()
    }

    /// All records but those of runs, with clock times taken out.
    pub fn dump(&self) -> Vec<(String, serde_json::Value)> {
        let mut rows = Vec::new();
        let mut add = |key: &str, value: &str| {
            let mut value: serde_json::Value = serde_json::from_str(value).unwrap();
            if let Some(fields) = value.as_object_mut() {
                fields.retain(|name, _| !name.ends_with("_at"));
            }
            // The record of the root differs between workspaces.
            if !key.starts_with("execlog:") && !key.starts_with("meta:") {
                rows.push((key.to_owned(), value));
            }
            ControlFlow::Continue(())
        };
        self.store.snapshot().unwrap().scan("", &mut add).unwrap();
        rows
    }
}

const FILES: [(&str, &str); 4] = [
    ("a.py", "def f(x):\n    if x:\n        return g(x)\n    return 0\n\n\ndef g(x):\n    return f(x)\n"),
    ("pkg/__init__.py", "from .b import C\n"),
    ("pkg/b.py", "class C:\n    def m(self):\n        return self.m()\n"),
    ("src/lib.rs", "pub fn f(x: u32) -> u32 {\n    if x > 1 { f(x - 1) } else { x }\n}\n"),
];

/// Notes what is read.
#[derive(Default)]
struct Reads(Mutex<Vec<String>>);

impl Progress for Reads {
    fn found(&self, _: u64) {}
    fn done(&self, path: &str) {
        self.0.lock().unwrap().push(path.to_owned());
    }
    fn skipped(&self, path: &str, _: &Skip) {
        self.done(path);
    }
    fn to_link(&self, _: u64) {}
    fn linked(&self, _: u64) {}
}

fn reads(workspace: &Workspace) -> Vec<String> {
    let reads = Reads::default();
    index::run(&workspace.store, &workspace.root, &Settings::default(), &reads, &AtomicBool::new(false)).unwrap();
    let mut reads = reads.0.into_inner().unwrap();
    reads.sort();
    reads
}

/// Somebody looks at this file.
struct Looks(&'static str, Reads);

impl Progress for Looks {
    fn wanted(&self) -> Vec<Arc<str>> {
        vec![self.0.into()]
    }
    fn found(&self, _: u64) {}
    fn done(&self, path: &str) {
        self.1.done(path);
    }
    fn skipped(&self, path: &str, _: &Skip) {
        self.1.done(path);
    }
    fn to_link(&self, _: u64) {}
    fn linked(&self, _: u64) {}
}

#[test]
fn what_somebody_looks_at_is_read_first_and_then_what_is_near() {
    for (wanted, order) in [
        ("pkg/b.py", ["pkg/b.py", "pkg/__init__.py", "a.py", "src/lib.rs"]),
        ("src/lib.rs", ["src/lib.rs", "a.py", "pkg/__init__.py", "pkg/b.py"]),
    ] {
        let workspace = Workspace::new(&FILES);
        let looks = Looks(wanted, Reads::default());
        let settings = Settings { threads: 1, first: First::Visible, ..Settings::default() };
        index::run(&workspace.store, &workspace.root, &settings, &looks, &AtomicBool::new(false)).unwrap();
        assert_eq!(looks.1.0.into_inner().unwrap(), order, "{wanted}");
    }
}

#[test]
fn a_second_run_reads_nothing() {
    let workspace = Workspace::new(&FILES);
    let first = workspace.run();
    assert_eq!((first.files_indexed, first.files_unchanged), (4, 0));
    let before = workspace.dump();
    assert_eq!(reads(&workspace), [""; 0]);
    let second = workspace.run();
    assert_eq!((second.files_indexed, second.files_unchanged, second.files_skipped), (0, 4, 0));
    assert_eq!(workspace.dump(), before);
}

#[test]
fn only_what_changed_is_read() {
    let workspace = Workspace::new(&FILES);
    workspace.run();
    workspace.write("a.py", b"def h():\n    pass\n");
    assert_eq!(reads(&workspace), ["a.py"]);
    let fresh = Workspace::new(&FILES);
    fresh.write("a.py", b"def h():\n    pass\n");
    fresh.run();
    assert_eq!(workspace.dump(), fresh.dump());
}

#[test]
fn a_change_that_keeps_the_size_is_seen_by_its_time() {
    let workspace = Workspace::new(&[("a.py", "x = 1\n")]);
    workspace.run();
    let path = workspace.root.join("a.py");
    fs::write(&path, "y = 1\n").unwrap();
    workspace.age(&path, 500);
    assert_eq!(reads(&workspace), ["a.py"]);
}

#[test]
fn a_deleted_file_leaves_nothing_behind() {
    let workspace = Workspace::new(&FILES[1..]);
    workspace.run();
    let before = workspace.dump();
    workspace.write(FILES[0].0, FILES[0].1.as_bytes());
    workspace.run();
    assert_ne!(workspace.dump(), before);
    fs::remove_file(workspace.root.join(FILES[0].0)).unwrap();
    assert_eq!(workspace.run().files_removed, 1);
    assert_eq!(workspace.dump(), before);
}

#[test]
fn a_file_that_is_ignored_now_is_removed() {
    let workspace = Workspace::new(&FILES);
    workspace.run();
    workspace.write(".gitignore", b"/pkg/\n");
    assert_eq!(workspace.run().files_removed, 2);
    let fresh = Workspace::new(&[FILES[0], FILES[3]]);
    fresh.run();
    assert_eq!(workspace.dump(), fresh.dump());
}

#[test]
fn the_dump_knows_no_threads_and_no_order() {
    let mut files: Vec<(String, String)> = (0..60)
        .map(|n| (format!("m{}/f{n}.py", n % 7), format!("class C{n}:\n    def m(self):\n        return f{n}()\n")))
        .collect();
    let workspace = |files: &[(String, String)], threads: usize| {
        let files: Vec<_> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
        let workspace = Workspace::new(&files);
        workspace.run_with(&Settings { threads, ..Settings::default() });
        workspace
    };
    let dump = workspace(&files, 1).dump();
    assert!(dump.len() > 60);
    assert_eq!(workspace(&files, 4).dump(), dump);
    // One after the other, from the last to the first.
    files.reverse();
    let one_by_one = workspace(&files[..1], 1);
    for (path, text) in &files[1..] {
        one_by_one.write(path, text.as_bytes());
        index::refresh(&one_by_one.store, &one_by_one.root, path, &Settings::default()).unwrap();
    }
    assert_eq!(one_by_one.dump(), dump);
}

/// Raises the flag once so many files are done.
struct CancelAfter<'a> {
    left: Mutex<u32>,
    flag: &'a AtomicBool,
}

impl Progress for CancelAfter<'_> {
    fn found(&self, _: u64) {}
    fn done(&self, _: &str) {
        let mut left = self.left.lock().unwrap();
        *left = left.saturating_sub(1);
        if *left == 0 {
            self.flag.store(true, Ordering::Relaxed);
        }
    }
    fn skipped(&self, path: &str, _: &Skip) {
        self.done(path);
    }
    fn to_link(&self, _: u64) {}
    fn linked(&self, _: u64) {}
}

#[test]
fn a_stopped_run_is_partial_and_the_next_one_ends_it() {
    stop_and_go_on(First::Visible);
    stop_and_go_on(First::Bulk);
}

fn stop_and_go_on(first: First) {
    let workspace = Workspace::new(&FILES);
    let flag = AtomicBool::new(false);
    let progress = CancelAfter { left: Mutex::new(2), flag: &flag };
    let settings = Settings { threads: 1, first, ..Settings::default() };
    let args = vec!["rutter".to_owned()];
    let summary = index::run_logged(&workspace.store, &workspace.root, args, &settings, &progress, &flag).unwrap();
    assert!(summary.partial);
    assert_eq!(summary.files_indexed, 2);
    let log = workspace.store.snapshot().unwrap().executions(10).unwrap();
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].outcome, log[0].files_indexed), (Outcome::Partial, 2));
    assert!(log[0].finished_at.is_some());
    let rest = workspace.run();
    assert_eq!((rest.files_indexed, rest.files_unchanged, rest.partial), (2, 2, false));
    let fresh = Workspace::new(&FILES);
    fresh.run();
    assert_eq!(workspace.dump(), fresh.dump());
}

#[test]
fn a_run_that_is_stopped_at_once_changes_nothing() {
    let workspace = Workspace::new(&FILES);
    workspace.run();
    let before = workspace.dump();
    fs::remove_file(workspace.root.join("a.py")).unwrap();
    let stopped = index::run(&workspace.store, &workspace.root, &Settings::default(), &Silent, &AtomicBool::new(true));
    assert!(stopped.unwrap().partial);
    assert_eq!(workspace.dump(), before);
}

#[test]
fn a_refresh_follows_one_file() {
    let workspace = Workspace::new(&FILES);
    workspace.run();
    let settings = Settings::default();
    workspace.write("pkg/b.py", b"class D:\n    pass\n");
    index::refresh(&workspace.store, &workspace.root, "pkg/b.py", &settings).unwrap();
    let changed = Workspace::new(&FILES);
    changed.write("pkg/b.py", b"class D:\n    pass\n");
    changed.run();
    assert_eq!(workspace.dump(), changed.dump());
    fs::remove_file(workspace.root.join("pkg/b.py")).unwrap();
    index::refresh(&workspace.store, &workspace.root, "pkg/b.py", &settings).unwrap();
    let without = Workspace::new(&[FILES[0], FILES[1], FILES[3]]);
    without.run();
    assert_eq!(workspace.dump(), without.dump());
}

#[test]
fn a_package_that_becomes_one_renames_its_modules() {
    let workspace = Workspace::new(&[("pkg/b.py", "def f():\n    pass\n")]);
    workspace.run();
    workspace.write("pkg/__init__.py", b"");
    workspace.run();
    let fresh = Workspace::new(&[("pkg/b.py", "def f():\n    pass\n"), ("pkg/__init__.py", "")]);
    fresh.run();
    assert_eq!(workspace.dump(), fresh.dump());
}

#[test]
fn unsaved_buffers_stay_as_long_as_their_editor_lives() {
    let workspace = Workspace::new(&[("a.py", "def on_disk(): pass\n"), ("b.py", "def other(): pass\n")]);
    workspace.run();
    let session = workspace.store.session().unwrap();
    workspace.put_buffer("a.py", "def in_buffer(): pass\n", &session);
    workspace.put_buffer("new.py", "def never_saved(): pass\n", &session);
    let summary = workspace.run();
    assert_eq!((summary.files_indexed, summary.files_removed), (0, 0));
    assert!(workspace.has("in_buffer") && workspace.has("never_saved") && !workspace.has("on_disk"));
    // Of one that was killed, nothing is left but the disk's text.
    for path in ["a.py", "new.py"] {
        workspace.put_buffer(path, "def in_buffer(): pass\n", "1-2f");
    }
    let summary = workspace.run();
    assert_eq!((summary.files_indexed, summary.files_removed), (1, 1));
    assert!(workspace.has("on_disk") && !workspace.has("in_buffer") && !workspace.has("never_saved"));
}
