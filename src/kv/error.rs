//! What can go wrong with an index: each error names the directory, the cause and the way out.

use std::{io, path::Path, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no index in {}; `rutter index` makes one", dir.display())]
    NotIndexed { dir: PathBuf },
    #[error("the index in {} is damaged: {cause}; `rutter index` sets it aside and builds a new one", dir.display())]
    Damaged { dir: PathBuf, cause: String },
    #[error("{} is no index of rutter: {cause}; choose another place with --index-dir or RUTTER_INDEX_DIR", dir.display())]
    Foreign { dir: PathBuf, cause: String },
    #[error(
        "the index in {} has format {found}, this program reads format {expected}; `rutter index` builds one beside it",
        dir.display()
    )]
    OtherFormat { dir: PathBuf, found: u32, expected: u32 },
    #[error(
        "cannot write an index in {}: {cause}; make the directory writable or choose another place with --index-dir or \
         RUTTER_INDEX_DIR",
        dir.display()
    )]
    ReadOnly { dir: PathBuf, cause: String },
    #[error("cannot {action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error("the disk of {} is full: {cause}; what was indexed before is sound; free some space and run again", dir.display())]
    DiskFull { dir: PathBuf, cause: String },
    #[error(
        "the index in {} has outgrown the memory map of {size} bytes, which cannot grow: {cause}; allow the process more \
         address space",
        dir.display()
    )]
    MapFull { dir: PathBuf, size: usize, cause: String },
    #[error("the records of {path} are too many for one transaction of the index in {}; exclude the file", dir.display())]
    TooLarge { dir: PathBuf, path: String },
    #[error(
        "the index in {} is open in a program with another version of LMDB: {cause}; close that program, or let it open \
         the index without a lock",
        dir.display()
    )]
    Locked { dir: PathBuf, cause: String },
    #[error("too many programs read the index in {} at once; close some of them", dir.display())]
    TooManyReaders { dir: PathBuf },
    #[error("LMDB failed in {}: {cause}; run again, or remove the directory to build the index anew", dir.display())]
    Lmdb { dir: PathBuf, cause: String },
}

impl StoreError {
    /// A call to LMDB that failed on an index that is open or about to be.
    pub(super) fn of(dir: &Path, error: heed::Error) -> Self {
        use heed::MdbError as Mdb;
        let dir = dir.to_path_buf();
        let cause = error.to_string();
        match error {
            heed::Error::Io(source) => StoreError::of_io(&dir, "use the index in", source),
            heed::Error::Mdb(Mdb::Corrupted | Mdb::PageNotFound | Mdb::CursorFull | Mdb::PageFull)
            | heed::Error::Decoding(_) => StoreError::Damaged { dir, cause },
            // A write failed half-way. This process's map of the index is of no use any more, and it may have one at most.
            heed::Error::Mdb(Mdb::Panic) => StoreError::Damaged { dir, cause },
            heed::Error::Mdb(Mdb::ReadersFull) => StoreError::TooManyReaders { dir },
            _ => StoreError::Lmdb { dir, cause },
        }
    }

    /// A full disk shows as EIO on commit, not only as ENOSPC.
    pub(super) fn of_io(path: &Path, action: &'static str, source: io::Error) -> Self {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match source.kind() {
            StorageFull | QuotaExceeded => StoreError::DiskFull { dir: path.to_path_buf(), cause: source.to_string() },
            PermissionDenied | ReadOnlyFilesystem => {
                StoreError::ReadOnly { dir: path.to_path_buf(), cause: source.to_string() }
            }
            _ => StoreError::Io { action, path: path.to_path_buf(), source },
        }
    }

    /// Whether a new index in the place of this one is the way out.
    pub(super) fn wants_new_index(&self) -> bool {
        matches!(self, StoreError::Damaged { .. } | StoreError::Foreign { .. } | StoreError::OtherFormat { .. })
    }
}

/// Why work on an open index stopped, before it is known which index that was.
#[derive(Debug)]
pub(super) enum Failure {
    Heed(heed::Error),
    /// A record that must decode does not.
    Damaged(String),
    /// It is known.
    Told(StoreError),
    /// A new generation has taken the place of the index: the work belongs there.
    Superseded,
}

impl From<heed::Error> for Failure {
    fn from(error: heed::Error) -> Self {
        Failure::Heed(error)
    }
}

impl Failure {
    pub(super) fn is(&self, code: heed::MdbError) -> bool {
        matches!(self, Failure::Heed(heed::Error::Mdb(found)) if *found == code)
    }

    pub(super) fn at(self, dir: &Path) -> StoreError {
        match self {
            Failure::Heed(error) => StoreError::of(dir, error),
            Failure::Damaged(cause) => StoreError::Damaged { dir: dir.to_path_buf(), cause },
            Failure::Told(error) => error,
            Failure::Superseded => {
                StoreError::Lmdb { dir: dir.to_path_buf(), cause: "a new index has taken its place".to_owned() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_apart_and_the_way_out_is_named() {
        let of = |kind: io::ErrorKind| StoreError::of_io(Path::new("/some/dir"), "write in", kind.into()).to_string();
        for (kind, way_out) in [
            (io::ErrorKind::PermissionDenied, "--index-dir"),
            (io::ErrorKind::ReadOnlyFilesystem, "--index-dir"),
            (io::ErrorKind::StorageFull, "free some space"),
            (io::ErrorKind::QuotaExceeded, "free some space"),
            (io::ErrorKind::Interrupted, "cannot write in"),
        ] {
            let text = of(kind);
            assert!(text.contains("/some/dir") && text.contains(way_out), "{text}");
        }
    }

    #[test]
    fn damage_found_by_lmdb_calls_for_a_new_index() {
        let of = |error| StoreError::of(Path::new("/d"), heed::Error::Mdb(error));
        assert!(of(heed::MdbError::Corrupted).wants_new_index());
        assert!(of(heed::MdbError::PageNotFound).wants_new_index());
        assert!(!of(heed::MdbError::ReadersFull).wants_new_index());
        assert!(!of(heed::MdbError::MapFull).wants_new_index());
    }
}
