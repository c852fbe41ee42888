//! What a run is told, and what it tells.

use std::collections::BTreeMap;

use crate::record::Skip;

/// What a run may be told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Globs, relative to the root, of what is left out beside what `.gitignore` and `.ignore` name.
    pub exclude: Vec<String>,
    /// In bytes; larger files are skipped.
    pub max_file_size: u64,
    /// Skip files that say that a program has written them.
    pub skip_generated: bool,
    /// Extracting threads; 0 for one a core.
    pub threads: usize,
    /// How an index that holds no files yet is filled.
    pub first: First,
}

/// Which files are skipped for what is in them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// In bytes.
    pub size: u64,
    pub skip_generated: bool,
}

/// How an index that holds no files yet is filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum First {
    /// File by file: what is done can be asked for while the rest is under way.
    #[default]
    Visible,
    /// At once, when all is done: in less memory, and to a smaller index.
    Bulk,
}

impl Settings {
    /// Hand-written files stay far below.
    pub const MAX_FILE_SIZE: u64 = 4 << 20;
    /// Offsets are 32 bits wide, and a text may grow threefold on its way from UTF-16.
    pub const LARGEST_FILE_SIZE: u64 = 1 << 30;

    /// The number of extracting threads.
    pub(super) fn thread_count(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { size: self.max_file_size.min(Settings::LARGEST_FILE_SIZE), skip_generated: self.skip_generated }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            exclude: Vec::new(),
            max_file_size: Settings::MAX_FILE_SIZE,
            skip_generated: false,
            threads: 0,
            first: First::Visible,
        }
    }
}

/// Told as a run goes on, from any thread.
pub trait Progress: Sync {
    /// So many files are to be read.
    fn found(&self, files: u64);
    /// One of them is indexed.
    fn done(&self, path: &str);
    /// One of them is skipped. Files that were skipped before and did not change since are not told again.
    fn skipped(&self, path: &str, skip: &Skip);
    /// So many files are to be linked, when all are indexed.
    fn to_link(&self, files: u64);
    /// So many of them are linked, in addition to those before.
    fn linked(&self, files: u64);
}

/// For whom nothing need be told.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn found(&self, _: u64) {}
    fn done(&self, _: &str) {}
    fn skipped(&self, _: &str, _: &Skip) {}
    fn to_link(&self, _: u64) {}
    fn linked(&self, _: u64) {}
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    pub files_indexed: u64,
    pub files_unchanged: u64,
    pub files_removed: u64,
    /// All that are skipped in the workspace, whether found in this run or before.
    pub files_skipped: u64,
    pub symbols_indexed: u64,
    pub references_indexed: u64,
    pub bytes_indexed: u64,
    pub lines_indexed: u64,
    /// Files of no language that rutter knows, by the ending of their names.
    pub other_files: BTreeMap<String, u64>,
    /// Places that could not be looked into, and faults of rutter's own: what is in the index of them may be old. At most
    /// [`Summary::MAX_WARNINGS`].
    pub warnings: Vec<String>,
    /// Stopped before the end by the cancel flag.
    pub partial: bool,
}

impl Summary {
    pub const MAX_WARNINGS: usize = 50;

    pub(super) fn warn(&mut self, warning: String) {
        tracing::warn!("{warning}");
        if self.warnings.len() < Summary::MAX_WARNINGS {
            self.warnings.push(warning);
        }
    }
}
