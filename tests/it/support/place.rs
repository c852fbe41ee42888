//! The program in a workspace of its own, with a place for everything that it keeps and nothing of the user's.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

pub struct Place {
    _dir: tempfile::TempDir,
    pub top: PathBuf,
    pub root: PathBuf,
}

impl Place {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        let place = Place { _dir: dir, root: top.join("work"), top };
        fs::create_dir(&place.root).unwrap();
        for (path, text) in files {
            place.write(&format!("work/{path}"), text);
        }
        place
    }

    /// Writes a file at a path below the top.
    pub fn write(&self, path: &str, text: &str) {
        let file = self.top.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rutter"));
        command
            .args(args)
            .current_dir(&self.root)
            .env("HOME", &self.top)
            .env("XDG_CACHE_HOME", self.top.join("cache"))
            .env("XDG_CONFIG_HOME", self.top.join("config"))
            .env_remove("RUTTER_INDEX_DIR")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub fn code(&self, args: &[&str]) -> i32 {
        self.run(args).status.code().unwrap()
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// How many files the index has.
    pub fn files(&self) -> Value {
        self.json(&["status", "--json"])["files"].clone()
    }
}
