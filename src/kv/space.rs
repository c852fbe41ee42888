//! Room on the disk: looked at before writing, since LMDB meets a full disk in the middle of a commit.

use std::path::Path;

use super::{StoreError, error::Failure, store::Shared};

/// What is left free for everybody else, and for LMDB's own pages.
const RESERVE: u64 = 16 << 20;

/// Whether a batch of so many bytes can be written. Copied pages and unfilled ones about double it.
pub(super) fn check(dir: &Path, bytes: u64) -> Result<(), StoreError> {
    require(dir, bytes.saturating_mul(2))
}

/// Whether there is room for so many bytes.
pub(super) fn require(dir: &Path, bytes: u64) -> Result<(), StoreError> {
    let needed = bytes.saturating_add(RESERVE);
    match free(dir) {
        Some(free) if free < needed => Err(StoreError::DiskFull {
            dir: dir.to_path_buf(),
            cause: format!("{free} bytes are free, and {needed} are needed"),
        }),
        _ => Ok(()),
    }
}

/// The error of a failed write. A full disk may show as an input/output error.
pub(super) fn explain(shared: &Shared, failure: Failure) -> StoreError {
    explain_at(&shared.environment.data_dir, shared.explain(failure))
}

/// The same, for a directory that is no index yet.
pub(super) fn explain_at(dir: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Io { source, .. } if free(dir).is_some_and(|free| free < RESERVE) => {
            StoreError::DiskFull { dir: dir.to_path_buf(), cause: source.to_string() }
        }
        error => error,
    }
}

/// The bytes that this user may still write; `None` where the system does not tell.
#[cfg(unix)]
pub(super) fn free(dir: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(dir).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(unix))]
pub(super) fn free(_: &Path) -> Option<u64> {
    None
}
