//! Links follow what they lead to: whatever is edited in whatever order, the index is that of a fresh run.

use std::{fs, sync::atomic::AtomicBool};

use proptest::prelude::*;
use rutter::index::{self, Settings};

use super::index_runs::Workspace;

/// Files, each in several states; the first is that it is not there.
type Files = &'static [(&'static str, &'static [&'static str])];

const PROJECTS: [Files; 2] = [PYTHON, GO];

const PYTHON: Files = &[
    (
        "pkg/__init__.py",
        &["", "from .a import *\nfrom .b import run as go\n", "from .b import Base\nfrom .a import helper\n"],
    ),
    (
        "pkg/a.py",
        &[
            "",
            "from .b import Base\n\n\nclass Child(Base):\n    def own(self):\n        return self.area()\n\n\ndef helper() -> Child:\n    return Child()\n",
            "# moved\nfrom .b import Base\n\n\ndef helper() -> Base:\n    return Base()\n\n\nclass Child:\n    pass\n",
            "def helper():\n    return run()\n\n\nfrom .b import run\n",
        ],
    ),
    (
        "pkg/b.py",
        &[
            "",
            "class Base:\n    def area(self):\n        return 1\n\n    def grow(self) -> \"Base\":\n        return self\n\n\ndef run():\n    return Base().grow()\n",
            "from . import a\n\n\nclass Base:\n    size: int = 0\n\n    def grow(self) -> \"a.Child\":\n        return a.Child()\n",
            "def run(size=1):\n    return run(size=2)\n",
        ],
    ),
    (
        "main.py",
        &[
            "",
            "import pkg\nfrom pkg import helper\n\nthing = helper()\nthing.grow().area()\nthing.own()\npkg.go()\n",
            "from pkg.b import Base, run\n\nrun(size=3).grow()\nBase().size\nrun().area()\n",
            "from pkg import *\n\nhelper().grow().grow().area()\nChild().area()\n",
        ],
    ),
];

const GO: Files = &[
    ("go.mod", &["", "module example.com/m\n", "module example.com/n\n"]),
    (
        "a/a.go",
        &[
            "",
            "package a\n\nimport \"example.com/m/b\"\n\ntype A struct {\n\t*b.B\n\town int\n}\n\nfunc New() *A { return &A{own: helper()} }\n\nfunc (a *A) Reset() { a.Name = \"\" }\n",
            "// moved\npackage a\n\ntype A struct{ Name, own string }\n\nfunc (a A) Len() int { return helper() }\n",
            "package main\n\nfunc helper() int { return 0 }\n",
        ],
    ),
    (
        "a/a_linux.go",
        &[
            "",
            "package a\n\nfunc helper() int { return New().own }\n",
            "//go:build ignore\n\npackage main\n\nfunc helper() int { return 1 }\n",
            "package a\n\nfunc helper() string { return A{}.Name }\n",
        ],
    ),
    (
        "a/more.go",
        &[
            "",
            "package a\n\nfunc helper() int { return New().Len() }\n",
            "//go:build never\n\npackage a\n\nfunc helper() int { return 1 }\n",
            "package a_test\n\nfunc helper() int { return 2 }\n",
        ],
    ),
    (
        "b/b.go",
        &[
            "",
            "package b\n\ntype B struct{ Name string }\n\nfunc (b *B) Len() int { return len(b.Name) }\n",
            "package b\n\ntype B interface{ Len() int }\n\ntype C struct{ B }\n",
            "package other\n\ntype B = C\n\ntype C struct{ Name, own string }\n",
        ],
    ),
    (
        "main.go",
        &[
            "",
            "package main\n\nimport (\n\t\"example.com/m/a\"\n\t\"example.com/m/b\"\n)\n\nfunc main() {\n\ta.New().Len()\n\t_ = a.New().Name\n\t_ = b.C{B: nil}.Len()\n}\n",
            "package main\n\nimport . \"example.com/n/a\"\n\nfunc main() { New().Len() }\n",
            "package main\n\nimport \"example.com/m/b\"\n\nvar x = b.B{Name: name}\n\nvar name = x.Name\n",
        ],
    ),
];

fn set(workspace: &Workspace, files: Files, file: usize, state: usize) {
    let (path, states) = files[file];
    if state == 0 {
        // It may never have been there.
        let _ = fs::remove_file(workspace.root.join(path));
    } else {
        workspace.write(path, states[state].as_bytes());
    }
}

/// Another time of modification for each state, as an editor makes it.
fn age(workspace: &Workspace, path: &str, step: usize) {
    let path = workspace.root.join(path);
    if path.exists() {
        workspace.age(&path, 10_000 + step as u64);
    }
}

fn assert_fresh(workspace: &Workspace, files: Files, states: &[usize]) -> Result<(), TestCaseError> {
    let fresh = Workspace::new(&[]);
    for (file, &state) in states.iter().enumerate() {
        set(&fresh, files, file, state);
    }
    fresh.run();
    let (old, new) = (workspace.dump(), fresh.dump());
    for (a, b) in old.iter().zip(&new) {
        prop_assert_eq!(a, b);
    }
    prop_assert_eq!(old.len(), new.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn links_after_edits_are_those_of_a_fresh_index(
        project in 0..PROJECTS.len(),
        edits in prop::collection::vec((0usize..60, 0usize..4, any::<bool>()), 1..12),
    ) {
        let files = PROJECTS[project];
        let workspace = Workspace::new(&[]);
        let mut states = vec![0; files.len()];
        for (step, &(file, state, alone)) in edits.iter().enumerate() {
            let file = file % files.len();
            let state = state.min(files[file].1.len() - 1);
            states[file] = state;
            set(&workspace, files, file, state);
            age(&workspace, files[file].0, step);
            if alone {
                let settings = Settings::default();
                index::refresh(&workspace.store, &workspace.root, files[file].0, &settings).unwrap();
            } else {
                workspace.run();
            }
        }
        // What lies around a file may have given it another name.
        workspace.run();
        prop_assert!(workspace.store.snapshot().unwrap().todo(1).unwrap().is_empty());
        assert_fresh(&workspace, files, &states)?;
    }
}

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
