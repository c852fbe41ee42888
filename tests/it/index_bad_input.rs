//! What may lie in a workspace and must not stop a run: each is skipped with a reason, or read as what it is, and the rest
//! is indexed.

use std::{fs, path::Path};

use rutter::{
    index::{self, Settings},
    record::{FileRecord, SkipReason},
    text::Encoding,
};

use super::index_runs::Workspace;

const GOOD: (&str, &str) = ("good.py", "def good():\n    return 1\n");

fn file(workspace: &Workspace, path: &str) -> FileRecord {
    let record = workspace.store.snapshot().unwrap().file(path).unwrap();
    record.unwrap_or_else(|| panic!("{path} is not in the index"))
}

fn reason(workspace: &Workspace, path: &str) -> Option<SkipReason> {
    file(workspace, path).skipped.map(|skip| skip.reason)
}

/// The good file is indexed in spite of all.
fn run(workspace: &Workspace) -> index::Summary {
    let summary = workspace.run();
    assert_eq!(reason(workspace, GOOD.0), None);
    assert!(summary.files_indexed >= 1);
    assert_eq!(summary.warnings, [""; 0]);
    summary
}

#[test]
fn a_directory_with_a_sources_name_is_walked() {
    let workspace = Workspace::new(&[GOOD, ("dir.py/a.py", "x = 1\n")]);
    run(&workspace);
    assert_eq!(reason(&workspace, "dir.py/a.py"), None);
    assert!(workspace.store.snapshot().unwrap().file("dir.py").unwrap().is_none());
}

#[test]
#[cfg(unix)]
fn an_unreadable_file_is_skipped_until_it_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = Workspace::new(&[GOOD, ("secret.py", "x = 1\n")]);
    let path = workspace.root.join("secret.py");
    let permit = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    permit(0o000);
    // Root reads everything.
    if fs::File::open(&path).is_ok() {
        return;
    }
    run(&workspace);
    assert_eq!(reason(&workspace, "secret.py"), Some(SkipReason::Unreadable));
    let again = workspace.run();
    assert_eq!((again.files_indexed, again.files_skipped), (0, 1));
    permit(0o600);
    workspace.run();
    assert_eq!(reason(&workspace, "secret.py"), None);
}

#[test]
#[cfg(unix)]
fn a_directory_that_cannot_be_listed_keeps_what_is_known_of_it() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = Workspace::new(&[GOOD, ("sub/a.py", "x = 1\n")]);
    workspace.run();
    let sub = workspace.root.join("sub");
    let permit = |mode| fs::set_permissions(&sub, fs::Permissions::from_mode(mode)).unwrap();
    permit(0o000);
    if fs::read_dir(&sub).is_err() {
        let summary = workspace.run();
        assert_eq!((summary.files_removed, summary.warnings.len()), (0, 1));
        assert_eq!(reason(&workspace, "sub/a.py"), None);
    }
    permit(0o700);
}

#[test]
#[cfg(unix)]
fn a_fifo_is_not_opened_and_links_lead_nowhere() {
    use std::os::unix::{fs::symlink, net::UnixListener};
    let workspace = Workspace::new(&[GOOD]);
    let root = &workspace.root;
    let made = std::process::Command::new("mkfifo").arg(root.join("fifo.py")).status().unwrap();
    assert!(made.success());
    let _socket = UnixListener::bind(root.join("socket.py")).unwrap();
    symlink(root, root.join("loop")).unwrap();
    symlink("self.py", root.join("self.py")).unwrap();
    symlink("/dev/zero", root.join("zero.py")).unwrap();
    run(&workspace);
    assert_eq!(reason(&workspace, "fifo.py"), Some(SkipReason::NotAFile));
    assert_eq!(reason(&workspace, "socket.py"), Some(SkipReason::NotAFile));
    let mut paths = Vec::new();
    let snapshot = workspace.store.snapshot().unwrap();
    snapshot
        .files(&mut |file| {
            paths.push(file.path.to_string());
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    paths.sort();
    assert_eq!(paths, ["fifo.py", "good.py", "socket.py"]);
    assert_eq!(workspace.run().files_unchanged, 1);
}

/// What languages read of a workspace to know where names lead, as links to whatever never ends or lies elsewhere.
#[test]
#[cfg(unix)]
fn manifests_that_lead_elsewhere_are_as_if_they_were_not_there() {
    use std::os::unix::fs::symlink;
    const MANIFESTS: &[&str] =
        &["Cargo.toml", "go.mod", "package.json", "tsconfig.json", "compile_commands.json", "pyproject.toml"];
    const SOURCES: &[(&str, &str)] = &[
        GOOD,
        ("b.rs", "use other::leaked;\nfn f() { leaked(); }\n"),
        ("c.go", "package c\nimport \"other/leaked\"\nfunc F() { leaked.G() }\n"),
        ("d.ts", "import { g } from \"other/leaked\";\ng();\n"),
        ("e.c", "#include \"leaked.h\"\nint f(void) { return leaked(); }\n"),
    ];
    let outside = tempfile::tempdir().unwrap();
    for name in MANIFESTS {
        fs::write(outside.path().join(name), "module leaked").unwrap();
    }
    let rows = |make: &dyn Fn(&Path, &str)| {
        let workspace = Workspace::new(SOURCES);
        MANIFESTS.iter().for_each(|name| make(&workspace.root, name));
        run(&workspace);
        let snapshot = workspace.store.snapshot().unwrap();
        SOURCES
            .iter()
            .map(|(path, _)| {
                let record = snapshot.file(path).unwrap().unwrap();
                (record.module.to_string(), format!("{:?}", snapshot.links(record.file_id).unwrap()))
            })
            .collect::<Vec<_>>()
    };
    let without = rows(&|_, _| {});
    assert_eq!(without, rows(&|root, name| symlink("/dev/zero", root.join(name)).unwrap()), "without end");
    assert_eq!(without, rows(&|root, name| symlink(outside.path().join(name), root.join(name)).unwrap()), "outside");
    let fifo = |root: &Path, name: &str| {
        assert!(std::process::Command::new("mkfifo").arg(root.join(name)).status().unwrap().success());
    };
    assert_eq!(without, rows(&fifo), "nobody writes to it");
}

#[test]
fn a_huge_file_is_not_read() {
    let workspace = Workspace::new(&[GOOD, ("huge.py", "")]);
    let huge = workspace.root.join("huge.py");
    fs::File::options().write(true).open(&huge).unwrap().set_len(1 << 30).unwrap();
    run(&workspace);
    let record = file(&workspace, "huge.py");
    assert_eq!(record.skipped.unwrap().reason, SkipReason::Oversized);
    assert_eq!((record.size, &*record.content_hash), (1 << 30, ""));
    fs::File::options().write(true).open(&huge).unwrap().set_len(0).unwrap();
    workspace.run();
    assert_eq!(reason(&workspace, "huge.py"), None);
}

#[test]
fn the_size_limit_can_be_moved() {
    let workspace = Workspace::new(&[GOOD]);
    workspace.run_with(&Settings { max_file_size: 5, ..Settings::default() });
    assert_eq!(reason(&workspace, GOOD.0), Some(SkipReason::Oversized));
    workspace.run();
    assert_eq!(reason(&workspace, GOOD.0), None);
    workspace.run_with(&Settings { max_file_size: 5, ..Settings::default() });
    assert_eq!(reason(&workspace, GOOD.0), Some(SkipReason::Oversized));
}

#[test]
fn bytes_that_are_no_source_are_skipped() {
    let workspace = Workspace::new(&[GOOD]);
    workspace.write("binary.py", b"x = 1\n\0\x01\x02");
    workspace.write("table.py", "x = 1; ".repeat(1000).as_bytes());
    let mut noise: Vec<u8> = b"x".repeat(6000);
    noise[3000] = 0;
    workspace.write("noise.py", &noise);
    let summary = run(&workspace);
    assert_eq!(summary.files_skipped, 3);
    assert_eq!(reason(&workspace, "binary.py"), Some(SkipReason::Binary));
    assert_eq!(reason(&workspace, "table.py"), Some(SkipReason::Minified));
    assert_eq!(reason(&workspace, "noise.py"), Some(SkipReason::Binary));
    assert_eq!(file(&workspace, "table.py").content_hash.len(), 64);
    workspace.write("binary.py", b"x = 1\n");
    let summary = run(&workspace);
    assert_eq!((summary.files_indexed, summary.files_skipped), (1, 2));
}

#[test]
fn generated_files_are_marked_or_skipped_as_a_run_is_told() {
    let workspace = Workspace::new(&[GOOD, ("gen.py", "# Code generated by x. DO NOT EDIT.\ndef f():\n    pass\n")]);
    let mark = |path| file(&workspace, path).generated;
    run(&workspace);
    assert_eq!((reason(&workspace, "gen.py"), mark(GOOD.0)), (None, None));
    assert_eq!(mark("gen.py").as_deref(), Some("Code generated by x. DO NOT EDIT."));
    let before = workspace.dump();
    for _ in 0..2 {
        let summary = workspace.run_with(&Settings { skip_generated: true, ..Settings::default() });
        assert_eq!((summary.files_unchanged, summary.files_skipped), (1, 1));
        assert_eq!(reason(&workspace, "gen.py"), Some(SkipReason::Generated));
        assert_eq!(file(&workspace, "gen.py").content_hash.len(), 64);
    }
    let summary = run(&workspace);
    assert_eq!((summary.files_indexed, summary.files_skipped), (1, 0));
    assert_eq!(workspace.dump(), before);
}

#[test]
fn text_in_any_encoding_is_read() {
    let workspace = Workspace::new(&[GOOD, ("empty.py", "")]);
    let utf16: Vec<u8> = "\u{feff}def f():\n    pass\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    workspace.write("utf16.py", &utf16);
    workspace.write("bom.py", b"\xEF\xBB\xBFdef f():\n    pass\n");
    workspace.write("latin1.py", b"x = '\xe4'\ndef f():\n    pass\n");
    run(&workspace);
    let encoding = |path| file(&workspace, path).encoding;
    assert_eq!(encoding("utf16.py"), Encoding::Utf16Le);
    assert_eq!(encoding("bom.py"), Encoding::Utf8Bom);
    assert_eq!(encoding("latin1.py"), Encoding::Utf8Invalid);
    for path in ["utf16.py", "bom.py", "latin1.py"] {
        let snapshot = workspace.store.snapshot().unwrap();
        let symbols = snapshot.file_symbols(file(&workspace, path).file_id).unwrap();
        assert!(!symbols.is_empty(), "{path}");
    }
}

#[test]
#[cfg(unix)]
fn names_of_any_bytes_are_files_of_their_own() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let workspace = Workspace::new(&[GOOD, ("a:b.py", "x = 1\n"), ("a::b.py", "x = 2\n"), ("a\nb.py", "x = 3\n")]);
    let invalid = workspace.root.join(OsStr::from_bytes(b"a\xff.py"));
    fs::write(&invalid, "def f():\n    pass\n").unwrap();
    workspace.write("a%FF.py", b"x = 4\n");
    assert_eq!(run(&workspace).files_indexed, 6);
    for path in ["a:b.py", "a::b.py", "a\nb.py", "a%FF.py", "a%25FF.py"] {
        assert_eq!(reason(&workspace, path), None, "{path}");
    }
    fs::remove_file(invalid).unwrap();
    assert_eq!(workspace.run().files_removed, 1);
    assert_eq!(reason(&workspace, "a%25FF.py"), None);
}

#[test]
fn a_path_longer_than_any_key_is_indexed_and_forgotten() {
    let workspace = Workspace::new(&[GOOD]);
    workspace.run();
    let before = workspace.dump();
    // As long as a path may be for one system call, less the root.
    let part = "d".repeat(200);
    let mut relative = String::new();
    while workspace.root.as_os_str().len() + relative.len() + part.len() + 20 < 4000 {
        relative = format!("{relative}{part}/");
    }
    let path = format!("{relative}file.py");
    workspace.write(&path, b"def deep():\n    pass\n");
    run(&workspace);
    assert_eq!(reason(&workspace, &path), None);
    assert_eq!(&*file(&workspace, &path).path, &*path);
    assert_eq!(workspace.run().files_unchanged, 2);
    fs::remove_dir_all(workspace.root.join(&part)).unwrap();
    workspace.run();
    assert_eq!(workspace.dump(), before);
}

#[test]
fn brackets_nested_without_end_do_no_harm() {
    let workspace = Workspace::new(&[GOOD]);
    // In lines, so that the file does not count as minified.
    let nested = format!("{}{}", "(\n".repeat(100_000), ")\n".repeat(100_000));
    workspace.write("nested.py", nested.as_bytes());
    workspace.write("nested.rs", format!("fn f() {{ {nested} }}").as_bytes());
    run(&workspace);
    assert!(matches!(reason(&workspace, "nested.py"), None | Some(SkipReason::ParseLimit)));
    assert!(matches!(reason(&workspace, "nested.rs"), None | Some(SkipReason::ParseLimit)));
}

#[test]
fn a_root_that_is_gone_is_an_error_and_forgets_nothing() {
    let workspace = Workspace::new(&[GOOD]);
    workspace.run();
    let before = workspace.dump();
    fs::rename(&workspace.root, workspace.root.with_extension("away")).unwrap();
    let flag = std::sync::atomic::AtomicBool::new(false);
    let error = index::run(&workspace.store, &workspace.root, &Settings::default(), &index::Silent, &flag).unwrap_err();
    assert!(error.to_string().contains(&*workspace.root.to_string_lossy()), "{error}");
    assert_eq!(workspace.dump(), before);
}

#[test]
fn the_file_system_as_a_whole_is_no_workspace() {
    assert!(index::check_root(Path::new("/")).is_err());
    assert_eq!(index::workspace_root(Path::new("/")), None);
}
