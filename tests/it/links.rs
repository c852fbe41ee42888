//! Links follow what they lead to: whatever is edited in whatever order, the index is that of a fresh run.

use std::{fs, sync::atomic::AtomicBool};

use proptest::prelude::*;
use rutter::index::{self, Settings};

use super::index_runs::Workspace;

/// Files, each in several states; the first is that it is not there.
const FILES: &[(&str, &[&str])] = &[
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

fn set(workspace: &Workspace, file: usize, state: usize) {
    let (path, states) = FILES[file];
    if state == 0 {
        // It may never have been there.
        let _ = fs::remove_file(workspace.root.join(path));
    } else {
        workspace.write(path, states[state].as_bytes());
    }
}

/// Another time of modification for each state, as an editor makes it.
fn age(workspace: &Workspace, file: usize, step: usize) {
    let path = workspace.root.join(FILES[file].0);
    if path.exists() {
        workspace.age(&path, 10_000 + step as u64);
    }
}

fn assert_fresh(workspace: &Workspace, states: &[usize]) -> Result<(), TestCaseError> {
    let fresh = Workspace::new(&[]);
    for (file, &state) in states.iter().enumerate() {
        set(&fresh, file, state);
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
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn links_after_edits_are_those_of_a_fresh_index(
        edits in prop::collection::vec((0..FILES.len(), 0usize..4, any::<bool>()), 1..12),
    ) {
        let workspace = Workspace::new(&[]);
        let mut states = vec![0; FILES.len()];
        for (step, &(file, state, alone)) in edits.iter().enumerate() {
            let state = state.min(FILES[file].1.len() - 1);
            states[file] = state;
            set(&workspace, file, state);
            age(&workspace, file, step);
            if alone {
                let settings = Settings::default();
                index::refresh(&workspace.store, &workspace.root, FILES[file].0, &settings).unwrap();
            } else {
                workspace.run();
            }
        }
        // What lies around a file may have given it another name.
        workspace.run();
        prop_assert!(workspace.store.snapshot().unwrap().todo(1).unwrap().is_empty());
        assert_fresh(&workspace, &states)?;
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
