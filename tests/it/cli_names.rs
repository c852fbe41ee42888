//! `definition`, `references`, `callers` and `callees`, as scripts and people call them.

use std::{fs, path::PathBuf, process::Command};

use serde_json::Value;

struct Place {
    _dir: tempfile::TempDir,
    root: PathBuf,
    index: PathBuf,
}

const FILES: [(&str, &str); 3] = [
    ("shapes.py", "class Shape:\n    def area(self):\n        return 1\n\n\ndef make():\n    return Shape()\n"),
    ("main.py", "from shapes import make\n\n\ndef run(n):\n    return make().area() + n\n\n\nrun(1)\nprint(run)\n"),
    ("pyproject.toml", ""),
];

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        let (root, index) = (top.join("work"), top.join("index"));
        fs::create_dir(&root).unwrap();
        for (path, text) in FILES {
            fs::write(root.join(path), text).unwrap();
        }
        let place = Place { _dir: dir, root, index };
        assert_eq!(place.run(&["index"]).0, 0);
        place
    }

    /// The exit code, and what is printed to both outputs.
    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rutter"));
        command.args(args).current_dir(&self.root).env("RUTTER_INDEX_DIR", &self.index);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn told(&self, args: &[&str]) -> String {
        let (code, out, err) = self.run(args);
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        out
    }
}

#[test]
fn names_are_followed_on_the_command_line() {
    let place = Place::new();
    assert_eq!(place.told(&["definition", "main.py:5:19"]), "shapes.py:2:9  method  exact\n");
    assert_eq!(place.told(&["definition", "main.py:5:28"]), "main.py:4:9  local  exact\n");
    assert_eq!(place.told(&["definition", "main.py:1:6"]), "shapes.py:1:1  file  exact\n");
    let references = place.told(&["references", "main.py:8:1"]);
    let lines: Vec<&str> = references.lines().collect();
    assert_eq!(
        lines,
        ["main.py:4:5  definition  exact", "main.py:8:1  call        exact", "main.py:9:7  read        exact"]
    );
    assert_eq!(place.told(&["callers", "shapes.py:6:5"]), "function  main.run  main.py:5:12\n");
    assert_eq!(place.told(&["callers", "shapes.py:7:5"]), "function  main.run  main.py:5:12\n", "the function around");
    let callees = place.told(&["callees", "main.py:4:5"]);
    assert_eq!(callees, "function  shapes.make        main.py:5:12\nmethod    shapes.Shape.area  main.py:5:19\n");
}

#[test]
fn what_is_not_known_is_said_and_is_an_exit_code() {
    let place = Place::new();
    let (code, out, err) = place.run(&["definition", "main.py:9:2"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("`print` is defined outside of this workspace"), "{err}");
    let (code, _, err) = place.run(&["definition", "main.py:2:1"]);
    assert!(code == 1 && err.contains("no name here"), "{err}");
    let (code, _, err) = place.run(&["callers", "main.py:2:1"]);
    assert!(code == 1 && err.contains("no name here"), "{err}");
    let (code, _, err) = place.run(&["callees", "shapes.py:2:9"]);
    assert!(code == 1 && err.contains("nothing that is known"), "{err}");
    let (code, _, err) = place.run(&["references", "main.py"]);
    assert!(code == 2 && err.contains("FILE:LINE:COL"), "{err}");
}

#[test]
fn scripts_get_json() {
    let place = Place::new();
    let json = |args: &[&str]| -> Value { serde_json::from_str(&place.told(args)).unwrap() };
    let found = json(&["definition", "main.py:5:12", "--json"]);
    assert_eq!(found["sites"][0]["path"], "shapes.py");
    assert_eq!((&found["sites"][0]["line"], &found["sites"][0]["confidence"]), (&6.into(), &"exact".into()));
    assert_eq!(found["outside"], false);
    assert_eq!(json(&["definition", "main.py:9:2", "--json"])["outside"], true);
    let uses = json(&["references", "main.py:8:1", "--json"]);
    assert_eq!(uses.as_array().unwrap().len(), 3);
    let callers = json(&["callers", "shapes.py:6:5", "--json"]);
    assert_eq!(callers[0]["symbol"]["fqn"], "main.run");
    assert_eq!(callers[0]["calls"][0]["col"], 11, "bytes, from 0, as in the index");
}
