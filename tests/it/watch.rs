//! An index that is kept up to date while files change.

use std::{
    fs,
    path::Path,
    sync::Mutex,
    thread::sleep,
    time::{Duration, Instant},
};

use rutter::index::{
    IndexError, Settings, Silent, Summary,
    watch::{Listener, Update, Watch},
};

use super::index_runs::Workspace;

/// Longer than any change may take to be seen, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Heard {
    fn say(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Listener for Heard {
    fn watching(&self, _: &Summary, _: Duration) {
        self.say("watching".to_owned());
    }

    fn updated(&self, update: &Update<'_>, _: Duration) {
        self.say(match update {
            Update::Files(paths) => paths.join(" "),
            Update::Whole(summary) => format!("{} indexed, {} removed", summary.files_indexed, summary.files_removed),
        });
    }

    fn failed(&self, error: &IndexError) {
        self.say(format!("failed: {error}"));
    }

    fn renewed(&self, notice: &str) {
        self.say(format!("renewed: {notice}"));
    }

    fn standing_by(&self, holder: &str) {
        self.say(format!("standing by for {}", holder.split(' ').next().unwrap_or_default()));
    }

    fn polling(&self, cause: &str, _: Duration) {
        self.say(format!("polling: {cause}"));
    }
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        sleep(Duration::from_millis(10));
    }
}

/// Watches a workspace while something is done in it, and stops. Returns what was heard, and how it ended.
fn watched(workspace: &Workspace, act: impl FnOnce(&Heard)) -> (Vec<String>, Result<Option<Summary>, IndexError>) {
    watched_until(workspace, |heard, _| act(heard))
}

/// The same; what is done may wait for the end (which it asks for) before.
fn watched_until(
    workspace: &Workspace,
    act: impl FnOnce(&Heard, &dyn Fn() -> bool),
) -> (Vec<String>, Result<Option<Summary>, IndexError>) {
    let (watch, heard) = (Watch::default(), Heard::default());
    let stopper = watch.stopper();
    let ended = std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let settings = Settings { exclude: vec!["/excluded".to_owned()], ..Settings::default() };
            watch.run(&workspace.store, &workspace.root, Vec::new(), &settings, &Silent, &heard)
        });
        // A test that fails must not wait for it for ever.
        let acted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            wait_until("it watches", || heard.all() == ["watching"]);
            act(&heard, &|| watching.is_finished());
        }));
        stopper.stop();
        let ended = watching.join().unwrap();
        if let Err(panic) = acted {
            std::panic::resume_unwind(panic);
        }
        ended
    });
    (heard.all(), ended)
}

/// The index has this symbol.
fn has(workspace: &Workspace, name: &str) -> bool {
    !workspace.store.snapshot().unwrap().symbols_by_name(name, 1).unwrap().is_empty()
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn whatever_changes_the_index_is_that_of_a_new_run() {
    let workspace = Workspace::new(&[
        (".gitignore", "/out/\n"),
        ("a.py", "def one():\n    pass\n"),
        ("b.py", "from a import one\n\none()\n"),
        ("gone.py", "def gone():\n    pass\n"),
        ("Cargo.toml", "[package]\nname = \"first\"\n"),
        ("src/lib.rs", "pub fn f() {}\n"),
    ]);
    let root = &workspace.root;
    let (_, ended) = watched(&workspace, |_| {
        write(root, "a.py", "def two():\n    pass\n");
        wait_until("a file is written", || has(&workspace, "two") && !has(&workspace, "one"));
        write(root, "new/deep/c.py", "def three():\n    pass\n");
        wait_until("a directory comes", || has(&workspace, "three"));
        write(root, "new/deep/d.py", "def four():\n    pass\n");
        wait_until("what is in the new directory is watched", || has(&workspace, "four"));
        fs::remove_file(root.join("gone.py")).unwrap();
        wait_until("a file goes", || !has(&workspace, "gone"));
        // As editors save: beside it, and then in its place.
        write(root, "a.py.tmp", "def five():\n    pass\n");
        fs::rename(root.join("a.py.tmp"), root.join("a.py")).unwrap();
        wait_until("a file is replaced", || has(&workspace, "five"));
        fs::rename(root.join("new"), root.join("moved")).unwrap();
        let is_moved = || workspace.store.snapshot().unwrap().file("moved/deep/c.py").unwrap().is_some();
        wait_until("a directory moves", is_moved);
        write(root, "Cargo.toml", "[package]\nname = \"second\"\n");
        let fqn = |fqn: &str| !workspace.store.snapshot().unwrap().symbols_by_fqn(fqn).unwrap().is_empty();
        wait_until("a project file renames modules", || fqn("second::f"));
        write(root, ".gitignore", "/out/\n/moved/\n");
        wait_until("an ignore file says what belongs", || !has(&workspace, "three"));
        let files = [".gitignore", "a.py", "b.py", "Cargo.toml", "src/lib.rs"];
        let texts: Vec<String> = files.iter().map(|path| fs::read_to_string(root.join(path)).unwrap()).collect();
        let files: Vec<(&str, &str)> = files.iter().copied().zip(texts.iter().map(String::as_str)).collect();
        let fresh = Workspace::new(&files);
        fresh.run();
        // Links come behind.
        let fresh = fresh.dump();
        wait_until("it is that of a new run", || workspace.dump() == fresh);
    });
    assert_eq!(ended.unwrap(), None);
}

#[test]
fn what_does_not_belong_and_what_is_only_read_wakes_nobody() {
    let workspace = Workspace::new(&[
        (".gitignore", "/out/\n"),
        ("a.py", "x = 1\n"),
        ("b.py", "y = 1\n"),
        ("out/built.py", ""),
        ("excluded/a.py", ""),
        ("notes.txt", ""),
    ]);
    let root = &workspace.root;
    let (heard, ended) = watched(&workspace, |heard| {
        for path in ["a.py", "b.py", "notes.txt"] {
            fs::read(root.join(path)).unwrap();
        }
        for path in ["out/built.py", "out/more.py", "excluded/a.py", "notes.txt", "other.txt"] {
            write(root, path, "z = 1\n");
        }
        // Whatever they would lead to, it comes before this.
        sleep(Duration::from_millis(300));
        write(root, "b.py", "def last():\n    pass\n");
        wait_until("a file is written", || heard.all().len() > 1);
    });
    assert_eq!(ended.unwrap(), None);
    assert_eq!(heard, ["watching", "b.py"]);
}

#[test]
fn many_changes_at_once_are_few_runs() {
    let workspace = Workspace::new(&[("a.py", "x = 1\n")]);
    let (heard, ended) = watched(&workspace, |_| {
        for n in 0..1000 {
            write(&workspace.root, &format!("d{}/f{n}.py", n % 7), &format!("def f{n}():\n    pass\n"));
        }
        let all = || (0..1000).all(|n| has(&workspace, &format!("f{n}")));
        wait_until("all files are indexed", all);
    });
    assert_eq!(ended.unwrap(), None);
    assert!(heard.len() <= 4, "{heard:?}");
}

#[test]
fn a_workspace_that_is_gone_ends_it() {
    let workspace = Workspace::new(&[("a.py", "x = 1\n")]);
    let (_, ended) = watched_until(&workspace, |_, has_ended| {
        fs::remove_dir_all(&workspace.root).unwrap();
        wait_until("it ends", has_ended);
    });
    let error = ended.unwrap_err();
    assert!(matches!(error, IndexError::Root { .. }), "{error}");
}

#[test]
fn of_two_that_watch_one_stands_by_until_the_other_ends() {
    let workspace = Workspace::new(&[("a.py", "x = 1\n")]);
    let (second, heard) = (Watch::default(), Heard::default());
    let stopper = second.stopper();
    std::thread::scope(|scope| {
        let (_, ended) = watched(&workspace, |_| {
            let (workspace, heard) = (&workspace, &heard);
            scope.spawn(move || {
                let settings = Settings::default();
                second.run(&workspace.store, &workspace.root, Vec::new(), &settings, &Silent, heard)
            });
            let stands_by = || heard.all() == [format!("standing by for {}", std::process::id())];
            wait_until("the second waits", stands_by);
            write(&workspace.root, "b.py", "def first():\n    pass\n");
            wait_until("the first follows", || has(workspace, "first"));
            assert!(stands_by(), "{:?}", heard.all());
        });
        assert_eq!(ended.unwrap(), None);
        wait_until("the second takes its place", || heard.all().len() > 1);
        write(&workspace.root, "c.py", "def second():\n    pass\n");
        wait_until("the second follows", || heard.all().len() > 2);
        stopper.stop();
    });
    assert_eq!(heard.all()[1..], ["watching", "1 indexed, 0 removed"]);
    assert!(has(&workspace, "second"));
}

#[cfg(unix)]
#[test]
fn an_index_that_is_removed_is_made_again() {
    let workspace = Workspace::new(&[("a.py", "def one():\n    pass\n"), ("b.py", "def two():\n    pass\n")]);
    let (heard, ended) = watched(&workspace, |_| {
        let before = workspace.store.data_dir();
        fs::remove_dir_all(workspace.store.dir()).unwrap();
        write(&workspace.root, "a.py", "def three():\n    pass\n");
        wait_until("all of it is there again", || has(&workspace, "three") && has(&workspace, "two"));
        assert!(workspace.store.data_dir() != before && workspace.store.data_dir().join("data.mdb").exists());
        write(&workspace.root, "b.py", "def four():\n    pass\n");
        wait_until("it is kept up to date", || has(&workspace, "four"));
        assert!(workspace.store.notice().is_some_and(|notice| notice.contains("were removed")));
    });
    assert_eq!(ended.unwrap(), None, "{heard:?}");
}

#[test]
fn what_a_killed_editor_had_not_saved_is_the_disks_again() {
    let workspace = Workspace::new(&[("a.py", "def on_disk():\n    pass\n")]);
    let (heard, ended) = watched(&workspace, |_| {
        let sessions = workspace.store.sessions().dir().to_owned();
        // As another process would have it, until it is killed.
        let lock = fs::File::create(sessions.join("1-2f.new")).unwrap();
        lock.lock().unwrap();
        fs::rename(sessions.join("1-2f.new"), sessions.join("1-2f")).unwrap();
        workspace.put_buffer("a.py", "def in_buffer():\n    pass\n", "1-2f");
        write(&workspace.root, "b.py", "def other():\n    pass\n");
        wait_until("another file comes", || has(&workspace, "other"));
        assert!(has(&workspace, "in_buffer"), "its editor lives");
        drop(lock);
        wait_until("the disk's text counts", || has(&workspace, "on_disk") && !has(&workspace, "in_buffer"));
        assert!(!sessions.join("1-2f").exists());
    });
    assert_eq!(ended.unwrap(), None, "{heard:?}");
}
