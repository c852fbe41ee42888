//! Records for the tests of what is inside.

use super::FileRows;
use crate::{
    record::{FileId, FileRecord, FileRecords, Skip, SkipReason, Source},
    text::Encoding,
};

/// A file of which nothing is stored but one record of about so many bytes.
pub(super) fn skipped_rows(path: &str, bytes: usize) -> FileRows {
    let file = FileRecord {
        file_id: FileId::of(path, 0),
        path: path.into(),
        language: "rust".into(),
        content_hash: String::new(),
        size: 0,
        modified_at: None,
        indexed_at: "2026-11-23T07:00:00Z".to_owned(),
        source: Source::Disk,
        session: None,
        encoding: Encoding::Utf8,
        beyond_ascii: false,
        lines: 0,
        module: "".into(),
        named_in_text: false,
        salt: 0,
        language_by_surroundings: false,
        generated: None,
        problems: Vec::new(),
        skipped: Some(Skip { reason: SkipReason::Oversized, detail: "x".repeat(bytes) }),
    };
    FileRows::encode(&FileRecords::skipped(file))
}
