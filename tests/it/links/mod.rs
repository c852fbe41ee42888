//! Links follow what they lead to: whatever is edited in whatever order, the index is that of a fresh run.

mod c;
mod circles;
mod cpp;
mod go;
mod java;
mod javascript;
mod lua;
mod python;
mod rust;
mod typescript;

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, atomic::AtomicBool},
};

use proptest::prelude::*;
use rutter::{
    extract,
    index::{self, Settings},
    kv::{FileRows, FileUpdate},
    languages,
    parse::Parsed,
    text::SourceText,
};

use super::index_runs::Workspace;

/// Files, each in several states; the first is that it is not there.
type Files = &'static [(&'static str, &'static [&'static str])];

/// Where files are moved to, beside each other's places: into a directory of their own, and to the top.
const ELSEWHERE: [&str; 2] = ["moved/", ""];

/// What is done to a project. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Edit {
    /// A file is in one of its states.
    Set { file: usize, state: usize },
    /// What is there is moved into another file's place.
    Over { from: usize, to: usize },
    /// What is there is moved to where no file of the project is, and to nowhere else from there.
    Away { from: usize, to: usize },
}

/// Who learns of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// The language server, of each file that the edit touches.
    Alone,
    /// A whole run.
    All,
    /// Nobody, until the next edit.
    Nobody,
}

/// The states that files are in at first, and what is done then.
type Story = (Vec<usize>, Vec<(Edit, Told)>);

fn story() -> impl Strategy<Value = Story> {
    let edit = prop_oneof![
        8 => (0usize..60, 0usize..4).prop_map(|(file, state)| Edit::Set { file, state }),
        1 => (0usize..60, 0usize..60).prop_map(|(from, to)| Edit::Over { from, to }),
        1 => (0usize..60, 0usize..2).prop_map(|(from, to)| Edit::Away { from, to }),
    ];
    let told = prop_oneof![4 => Just(Told::Alone), 4 => Just(Told::All), 1 => Just(Told::Nobody)];
    (prop::collection::vec(0usize..4, 0..12), prop::collection::vec((edit, told), 1..10))
}

/// What the files of a project are now.
struct Project {
    files: Files,
    now: BTreeMap<String, &'static str>,
}

impl Project {
    /// The paths that an edit touches, with what is there now.
    fn apply(&mut self, edit: &Edit) -> Vec<String> {
        let path = |file: usize| self.files[file % self.files.len()].0.to_owned();
        match *edit {
            Edit::Set { file, state } => {
                let states = self.files[file % self.files.len()].1;
                let state = state.min(states.len() - 1);
                if state == 0 {
                    self.now.remove(&path(file));
                } else {
                    self.now.insert(path(file), states[state]);
                }
                vec![path(file)]
            }
            Edit::Over { from, to } => self.rename(path(from), path(to)),
            Edit::Away { from, to } => {
                let from = path(from);
                let name = from.rsplit('/').next().unwrap_or(&from);
                let to = format!("{}{name}", ELSEWHERE[to]);
                self.rename(from, to)
            }
        }
    }

    fn rename(&mut self, from: String, to: String) -> Vec<String> {
        if let Some(text) = self.now.remove(&from) {
            self.now.insert(to.clone(), text);
        }
        vec![from, to]
    }
}

fn write(workspace: &Workspace, project: &Project, paths: &[String], step: usize) {
    for path in paths {
        match project.now.get(path) {
            Some(text) => {
                workspace.write(path, text.as_bytes());
                // Another time of modification for each state, as an editor makes it.
                workspace.age(&workspace.root.join(path), 10_000 - step as u64);
            }
            // It may never have been there.
            None => drop(fs::remove_file(workspace.root.join(path))),
        }
    }
}

fn follow(files: Files, (at_first, edits): &Story) -> Result<(), TestCaseError> {
    let workspace = Workspace::new(&[]);
    let mut project = Project { files, now: BTreeMap::new() };
    for (file, &state) in at_first.iter().enumerate() {
        let paths = project.apply(&Edit::Set { file, state });
        write(&workspace, &project, &paths, 0);
    }
    workspace.run();
    for (step, (edit, told)) in edits.iter().enumerate() {
        let paths = project.apply(edit);
        write(&workspace, &project, &paths, step + 1);
        match told {
            Told::Alone => {
                for path in &paths {
                    index::refresh(&workspace.store, &workspace.root, path, &Settings::default()).unwrap();
                }
            }
            Told::All => drop(workspace.run()),
            Told::Nobody => {}
        }
    }
    // What lies around a file may have given it another name.
    workspace.run();
    prop_assert!(workspace.store.snapshot().unwrap().todo(1).unwrap().is_empty());
    let fresh: Vec<(&str, &str)> = project.now.iter().map(|(path, text)| (&**path, *text)).collect();
    let fresh = Workspace::new(&fresh);
    fresh.run();
    let (old, new) = (workspace.dump(), fresh.dump());
    for (a, b) in old.iter().zip(&new) {
        prop_assert_eq!(a, b);
    }
    prop_assert_eq!(old.len(), new.len());
    Ok(())
}

macro_rules! links_after_edits_are_those_of_a_fresh_index {
    ($($language:ident),*) => { mod after_edits {
        use super::*;

        proptest! {
            #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
            $(
                #[test]
                fn $language(story in story()) {
                    follow(super::$language::FILES, &story)?;
                }
            )*
        }
    } };
}

links_after_edits_are_those_of_a_fresh_index!(c, circles, cpp, go, java, javascript, lua, python, rust, typescript);

#[test]
fn links_left_undone_are_done_by_the_next_run() {
    let workspace = Workspace::new(&[("a.py", "def f():\n    pass\n"), ("b.py", "from a import f\n\nf()\n")]);
    workspace.run();
    let before = workspace.dump();
    let stopped = AtomicBool::new(true);
    workspace.write("a.py", b"def f():\n    pass\n\n\nf()\n");
    index::run(&workspace.store, &workspace.root, &Settings::default(), &index::Silent, &stopped).unwrap();
    workspace.run();
    workspace.write("a.py", b"def f():\n    pass\n");
    workspace.run();
    assert_eq!(workspace.dump(), before);
}

#[test]
fn files_that_return_each_other_lead_nowhere() {
    let files = [
        ("a.lua", "return require('b')\n"),
        ("b.lua", "return require('a')\n"),
        ("own.lua", "return require('own')\n"),
        ("main.lua", "require('a').x()\nrequire('own').y()\n"),
    ];
    let workspace = Workspace::new(&files);
    workspace.run();
    assert!(workspace.store.snapshot().unwrap().todo(1).unwrap().is_empty());
}

/// After a file is another one, the index is that of a fresh run.
fn assert_followed(files: &[(&str, &str)], path: &str, text: &str) {
    let workspace = Workspace::new(files);
    workspace.run();
    workspace.write(path, text.as_bytes());
    workspace.age(&workspace.root.join(path), 500);
    workspace.run();
    let mut now: BTreeMap<&str, &str> = files.iter().copied().collect();
    now.insert(path, text);
    let fresh = Workspace::new(&Vec::from_iter(now));
    fresh.run();
    for (a, b) in workspace.dump().iter().zip(&fresh.dump()) {
        assert_eq!(a, b);
    }
}

#[test]
fn which_of_two_imports_comes_last_is_followed() {
    let files = [
        ("a.py", "def f():\n    pass\n"),
        ("b.py", "def f():\n    pass\n"),
        ("m.py", "from a import f\nfrom b import f\n"),
        ("main.py", "from m import f\n\nf()\n"),
    ];
    assert_followed(&files, "m.py", "from b import f\nfrom a import f\n");
}

#[test]
fn what_a_file_takes_in_whole_later_is_followed() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"one\"\n"),
        ("src/lib.rs", "mod a;\nmod b;\nmod c;\nmod user;\n"),
        ("src/a.rs", "fn own() {}\n"),
        ("src/b.rs", "pub fn f() {}\n"),
        ("src/c.rs", "pub use super::a::f;\n"),
        ("src/user.rs", "fn g() { super::c::f(); }\n"),
    ];
    assert_followed(&files, "src/a.rs", "pub use super::b::*;\n\nfn own() {}\n");
}

#[test]
fn a_package_that_another_file_is_in_is_asked_for() {
    let files = [
        ("p/Near.java", "package p;\n\npublic class Near { public int f; }\n"),
        ("q/Near.java", "package q;\n\npublic class Near { public int f; }\n"),
        ("p/Made.java", "package p;\n\npublic class Made { public Near near; }\n"),
        ("Main.java", "class Main { int n(p.Made made) { return made.near.f; } }\n"),
    ];
    // The grammar goes on behind what it does not know.
    let spoiled = "boolean test(int value) throws E;\n}\n\npackage p;\n\npublic class Made { public Near near; }\n";
    assert_followed(&files, "p/Made.java", spoiled);
}

#[test]
fn a_package_that_becomes_one_takes_its_imports_from_elsewhere() {
    let files = [
        ("b.py", "def f():\n    pass\n"),
        ("sub/b.py", "def f():\n    pass\n"),
        ("sub/pkg/a.py", "from b import f\n"),
        ("hub.py", "from sub.pkg.a import f\n"),
        // It asks neither for the package nor for the other `b`.
        ("main.py", "from hub import f\n\nf()\n"),
    ];
    assert_followed(&files, "sub/pkg/__init__.py", "");
}

#[test]
fn modules_that_take_each_other_in_whole_come_to_an_end() {
    for (ending, take) in [("ts", "export * from './m"), ("py", "from m")] {
        let mut files: Vec<(String, String)> = Vec::new();
        for own in 1..6 {
            let others = (1..6).filter(|other| *other != own);
            let end = if ending == "ts" { "';\n" } else { " import *\n" };
            files.push((format!("m{own}.{ending}"), others.map(|other| format!("{take}{other}{end}")).collect()));
        }
        let from = if ending == "ts" { "import { nothing } from './m1';\n" } else { "from m1 import nothing\n" };
        files.push((format!("use.{ending}"), from.to_owned()));
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
        let workspace = Workspace::new(&files);
        workspace.run();
        assert!(workspace.store.snapshot().unwrap().todo(1).unwrap().is_empty());
    }
}

/// The files that are to be linked when a file is written anew: itself, and those that rest on what is other than before.
fn linked_after(files: &[(&str, &str)], path: &str, text: &str) -> Vec<String> {
    let workspace = Workspace::new(files);
    workspace.run();
    let language = languages::all().iter().find(|language| path.ends_with(&format!(".{}", language.extensions[0])));
    let text = Arc::new(SourceText::from_file(text.as_bytes().to_vec()).unwrap());
    let parsed = Parsed::new(text.clone(), language.unwrap()).unwrap();
    let origin = index::buffer_origin(&workspace.root, path, text.bytes(), language.unwrap());
    let rows = FileRows::encode(&extract::extract(&parsed, &origin));
    workspace.store.apply(vec![FileUpdate::Replace(rows)]).unwrap();
    let todo = workspace.store.snapshot().unwrap().todo(usize::MAX).unwrap();
    let mut paths: Vec<String> = todo.iter().map(|todo| todo.path.to_string()).collect();
    paths.sort();
    paths
}

#[test]
fn what_nobody_asked_for_concerns_nobody() {
    let shape = "pub struct Shape;\nimpl Shape {\n    pub fn area(&self) -> u32 { 1 }\n}\n";
    let more = "impl Shape {\n    pub fn grow(&self) {}\n}\n";
    let files = [
        ("Cargo.toml", "[package]\nname = \"one\"\n"),
        ("src/lib.rs", "mod far;\nmod shape;\nmod user;\n"),
        ("src/shape.rs", shape),
        ("src/far.rs", "pub fn f() {}\n"),
        ("src/user.rs", "fn g(shape: crate::shape::Shape) {\n    shape.area();\n    shape.grow();\n}\n"),
    ];
    let after = |path: &str, text: &str| linked_after(&files, path, text);
    assert_eq!(after("src/shape.rs", &format!("{shape}pub fn other() {{}}\n")), ["src/shape.rs"]);
    assert_eq!(after("src/shape.rs", &format!("// Moved.\n{shape}")), ["src/shape.rs"]);
    assert_eq!(after("src/shape.rs", &format!("{shape}{more}")), ["src/shape.rs", "src/user.rs"]);
    // A block for a type may stand in any file.
    let elsewhere = |name: &str| format!("impl crate::shape::Shape {{\n    pub fn {name}(&self) {{}}\n}}\n");
    assert_eq!(after("src/far.rs", &elsewhere("grow")), ["src/far.rs", "src/user.rs"]);
    assert_eq!(after("src/far.rs", "pub fn f() {}\npub fn grow() {}\n"), ["src/far.rs"]);
}
