//! What a run is told, and what it tells.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use crate::record::{Selection, Skip};

/// What a run may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Globs, relative to the root, of what is left out beside what `.gitignore` and `.ignore` name.
    pub exclude: Vec<String>,
    /// Where there are any, files that none of them names, nor a directory that they lie in, are left out.
    pub include: Vec<String>,
    /// Leave out what `.gitignore`, `.ignore` and git's own excludes name.
    pub ignore_files: bool,
    /// Look at hidden files and directories, too.
    pub hidden: bool,
    /// In bytes; larger files are skipped.
    pub max_file_size: u64,
    /// Skip files that say that a program has written them.
    pub skip_generated: bool,
    /// Extracting threads; 0 for one a core.
    pub threads: usize,
    /// How a watch learns of changes.
    pub watching: Watching,
    /// How an index that holds no files yet is filled.
    pub first: First,
}

/// How a watch learns of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watching {
    /// The system tells of them.
    #[default]
    On,
    /// By looking around.
    Poll,
    /// From others alone, see [`super::watch::Teller`].
    Off,
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

    /// Which files are indexed, as a run's record keeps it.
    pub(super) fn selection(&self) -> Selection {
        let Settings { exclude, include, ignore_files, hidden, max_file_size, skip_generated, .. } = self;
        Selection {
            exclude: exclude.clone(),
            include: include.clone(),
            ignore_files: *ignore_files,
            hidden: *hidden,
            max_file_size: *max_file_size,
            skip_generated: *skip_generated,
        }
    }

    /// The settings of a run that its record tells of, as far as they say which files are indexed.
    pub fn of_selection(selection: &Selection) -> Self {
        let Selection { exclude, include, ignore_files, hidden, max_file_size, skip_generated } = selection.clone();
        Settings { exclude, include, ignore_files, hidden, max_file_size, skip_generated, ..Settings::default() }
    }

    /// The same files are indexed as by others.
    pub fn selects_as(&self, others: &Settings) -> bool {
        self.selection() == others.selection()
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { size: self.max_file_size.min(Settings::LARGEST_FILE_SIZE), skip_generated: self.skip_generated }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            exclude: Vec::new(),
            include: Vec::new(),
            ignore_files: true,
            hidden: false,
            max_file_size: Settings::MAX_FILE_SIZE,
            skip_generated: false,
            threads: 0,
            watching: Watching::On,
            first: First::Visible,
        }
    }
}

/// Told as a run goes on, from any thread.
pub trait Progress: Sync {
    /// The files that somebody looks at, by their paths in the index: they are read first, then what is near them.
    fn wanted(&self) -> Vec<Arc<str>> {
        Vec::new()
    }
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
    /// Of a first index all is known, and what is left is to write it.
    fn writing(&self) {}
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
