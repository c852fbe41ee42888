//! Opening, and the one writer.

use std::{path::Path, sync::Arc};

use super::{FileRows, Snapshot};
use crate::record::Execution;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{0}")]
    Other(String),
}

/// One change to the index.
#[derive(Debug)]
pub enum FileUpdate {
    /// The file's records as a whole.
    Replace(FileRows),
    /// Nothing is left of the file at this path.
    Remove(Arc<str>),
}

/// What came of a batch.
#[derive(Debug, Default)]
pub struct Applied {
    /// Files whose ids met another's: not written (or taken out again), to be extracted anew with the given salt.
    pub clashes: Vec<(Arc<str>, u32)>,
}

/// An open index.
#[derive(Clone, Debug)]
pub struct Store {}

impl Store {
    /// Opens, making the directory and the database if need be.
    pub fn open(dir: &Path, root: &str) -> Result<Self, StoreError> {
        let _ = (dir, root);
        todo!()
    }
    /// Opens what is there, for reading only.
    pub fn open_existing(dir: &Path) -> Result<Self, StoreError> {
        let _ = dir;
        todo!()
    }
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        todo!()
    }
    /// Writes a batch in one transaction, in key order.
    pub fn apply(&self, updates: Vec<FileUpdate>) -> Result<Applied, StoreError> {
        let _ = updates;
        todo!()
    }
    /// Writes an execution record and drops the oldest beyond the bound.
    pub fn log(&self, execution: &Execution) -> Result<(), StoreError> {
        let _ = execution;
        todo!()
    }
}
