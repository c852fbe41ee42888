//! The workspace that is asked about, its index, and what there is to ask about in it.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use rutter::{
    kv::{Snapshot, Store},
    record::{FileRecord, Symbol},
};
use serde_json::Value;

use super::{
    dice::Dice,
    server::{self, Server},
    support,
};

#[derive(Debug)]
pub struct Subject {
    pub root: PathBuf,
    pub index_dir: PathBuf,
    /// What is removed at the end.
    own: Vec<tempfile::TempDir>,
}

impl Subject {
    /// A directory, and an index that is there; without one it is indexed.
    pub fn new(root: &str, index_dir: Option<PathBuf>) -> Self {
        let root = fs::canonicalize(root).unwrap();
        let mut own = Vec::new();
        let index_dir = index_dir.unwrap_or_else(|| {
            let dir = tempfile::tempdir().unwrap();
            server::index(&root, dir.path());
            own.push(dir);
            own[0].path().to_owned()
        });
        Subject { root, index_dir, own }
    }

    /// A copy of the sources in a directory, which may be written to, indexed.
    pub fn copied(from: &str) -> Self {
        let from = fs::canonicalize(from).unwrap();
        let copy = tempfile::tempdir().unwrap();
        for file in support::read_all(&from) {
            let path = copy.path().join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file.text.bytes()).unwrap();
        }
        let mut subject = Subject::new(copy.path().to_str().unwrap(), None);
        subject.own.push(copy);
        subject
    }

    pub fn store(&self) -> Store {
        Store::open_existing(&self.index_dir).unwrap()
    }

    /// A session of an editor. Its server is told the settings that the index was made with, or it would make it anew.
    pub fn session(&self) -> Server {
        let mut server = Server::start(&self.index_dir);
        server.initialize(&self.root, &self.settings());
        server
    }

    pub fn settings(&self) -> Value {
        let runs = self.store().snapshot().unwrap().executions(1).unwrap();
        runs.first().map_or(Value::Null, |run| serde_json::to_value(&run.selection).unwrap())
    }

    pub fn uri(&self, path: &str) -> String {
        format!("file://{}/{path}", self.root.display())
    }
}

/// All files that have records.
pub fn files(snapshot: &Snapshot) -> Vec<FileRecord> {
    let mut files = Vec::new();
    let each = &mut |file: FileRecord| {
        if file.skipped.is_none() {
            files.push(file);
        }
        ControlFlow::Continue(())
    };
    snapshot.files(each).unwrap();
    files
}

/// How many symbols they have together.
pub fn count_symbols(snapshot: &Snapshot, files: &[FileRecord]) -> usize {
    files.iter().map(|file| snapshot.file_symbols(file.file_id).unwrap().len()).sum()
}

/// Symbols with names, of files that are drawn by chance: no corpus has a file for each that none is drawn twice.
pub fn draw_symbols(snapshot: &Snapshot, files: &[FileRecord], wanted: usize, dice: &mut Dice) -> Vec<Symbol> {
    let mut drawn = Vec::with_capacity(wanted);
    while drawn.len() < wanted {
        let file = &files[dice.below(files.len())];
        let ids = snapshot.file_symbols(file.file_id).unwrap();
        if ids.is_empty() {
            continue;
        }
        let symbol = snapshot.listed_symbol(ids[dice.below(ids.len())]).unwrap();
        if symbol.name_byte_end > symbol.name_byte_start {
            drawn.push(symbol);
        }
    }
    drawn
}

/// The program, as it is built for this benchmark.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_rutter"))
}
