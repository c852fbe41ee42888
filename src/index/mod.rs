//! From a workspace on disk to its index: where it lives, what belongs to it, and the pipeline that fills it.

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use crate::{extract::Origin, kv::Store, record::Skip};

/// What a run may be told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Globs, relative to the root, of what is left out beside what `.gitignore` and `.ignore` name.
    pub exclude: Vec<String>,
    /// In bytes; larger files are skipped.
    pub max_file_size: u64,
    /// Extracting threads; 0 for one a core.
    pub threads: usize,
}

/// Told as a run goes on, from any thread.
pub trait Progress: Sync {
    /// So many files are to be looked at.
    fn found(&self, files: u64);
    fn done(&self, path: &str);
    fn skipped(&self, path: &str, skip: &Skip);
}

/// What a run did.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Summary {
    pub files_indexed: u64,
    pub files_unchanged: u64,
    pub files_removed: u64,
    pub files_skipped: u64,
    pub symbols_indexed: u64,
    pub references_indexed: u64,
    pub bytes_indexed: u64,
    pub lines_indexed: u64,
    /// Stopped before the end by the cancel flag.
    pub partial: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error(transparent)]
    Store(#[from] crate::kv::StoreError),
}

/// The workspace around a directory; `None` where there is no mark of one.
pub fn workspace_root(start: &Path) -> Option<PathBuf> {
    let _ = start;
    todo!()
}

/// The directory of a root's index: under the XDG cache directory.
pub fn index_dir(root: &Path) -> Result<PathBuf, IndexError> {
    let _ = root;
    todo!()
}

/// Brings the index up to date with the disk. Sound at every moment; the flag stops it early.
pub fn run(
    store: &Store,
    root: &Path,
    settings: &Settings,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<Summary, IndexError> {
    let _ = (store, root, settings, progress, cancel);
    todo!()
}

/// The path of a file as the index has it: relative to the root, with `/`; absolute outside of it; percent-encoded where
/// it is no UTF-8.
pub fn index_path(root: &Path, file: &Path) -> String {
    let _ = (root, file);
    todo!()
}

/// What the records of a buffer say of it beside its text. `index_path` is as [`index_path`] gives it.
pub fn buffer_origin(root: &Path, index_path: &str, bytes: &[u8], language: &crate::languages::Language) -> Origin {
    let _ = (root, index_path, bytes, language);
    todo!()
}

/// Reads one file from disk again and brings its records up to date (or removes them, if it is gone).
pub fn refresh(store: &Store, root: &Path, index_path: &str, settings: &Settings) -> Result<(), IndexError> {
    let _ = (store, root, index_path, settings);
    todo!()
}
