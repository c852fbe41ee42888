//! What a question is put to: a snapshot of the index, and before it the open buffers' own records.

use std::{collections::HashMap, sync::Arc};

use crate::{
    kv::{Snapshot, StoreError},
    record::*,
};

/// The records of open buffers, by path. They hide what the index has of these files.
pub type Buffers = HashMap<Arc<str>, Arc<FileRecords>>;

#[derive(Debug)]
pub struct View<'a> {
    pub snapshot: &'a Snapshot,
    pub buffers: &'a Buffers,
}

impl View<'_> {
    pub fn file(&self, path: &str) -> Result<Option<FileRecord>, StoreError> {
        match self.buffers.get(path) {
            Some(records) => Ok(Some(records.file.clone())),
            None => self.snapshot.file(path),
        }
    }
}
