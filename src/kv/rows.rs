//! One file's records as key-value rows, ready to be written. Made on the extracting thread.

use crate::record::FileRecords;

/// The rows of one file.
#[derive(Debug)]
pub struct FileRows {}

impl FileRows {
    pub fn encode(records: &FileRecords) -> Self {
        let _ = records;
        todo!()
    }

    /// The bytes of keys and values, for bounding a batch.
    pub fn byte_size(&self) -> usize {
        todo!()
    }
}
