//! What git knows of files: their text at HEAD, and how often they were changed. The only place that knows gix.
//!
//! Only git's own objects are read. Nothing is run (no filter, no hook, no git), nothing is written, and a repository that
//! belongs to somebody else is read without its configuration, as git itself would refuse to.

mod error;
mod past;

use std::path::{Path, PathBuf};

pub use self::{error::HistoryError, past::Past};

/// A repository with a work tree.
#[derive(Debug)]
pub struct Repository {
    inner: gix::ThreadSafeRepository,
    /// Without symbolic links.
    work_dir: PathBuf,
}

/// A file as a commit has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The commit, in hexadecimal digits.
    pub commit: String,
    /// The object, by its content: the same text has the same id.
    pub id: String,
}

impl Repository {
    /// The repository whose work tree a directory lies in. None where there is none, or none that can be read.
    pub fn around(directory: &Path) -> Option<Self> {
        let inner = gix::ThreadSafeRepository::discover(directory).ok()?;
        let work_dir = inner.work_dir()?.canonicalize().ok()?;
        Some(Repository { inner, work_dir })
    }

    /// Where git keeps what it knows: what is written here may move HEAD.
    pub fn git_dir(&self) -> &Path {
        self.inner.refs.git_dir()
    }

    /// The commit that HEAD names. None before the first one.
    pub fn head(&self) -> Option<String> {
        self.inner.to_thread_local().head_id().ok().map(|id| id.to_string())
    }

    /// A file at HEAD, by its path without symbolic links. None where HEAD does not have it as a regular file.
    pub fn at_head(&self, file: &Path) -> Result<Option<Blob>, HistoryError> {
        let Some(path) = self.path_of(file) else { return Ok(None) };
        let repository = self.inner.to_thread_local();
        // Before the first commit there is no HEAD to be read.
        let Ok(commit) = repository.head_commit() else { return Ok(None) };
        let entry = commit.tree()?.lookup_entry_by_path(path)?.filter(|entry| entry.mode().is_blob());
        Ok(entry.map(|entry| Blob { commit: commit.id.to_string(), id: entry.object_id().to_string() }))
    }

    /// The bytes of a file at HEAD, as git stores them. None of one that is larger than `limit`.
    pub fn read(&self, blob: &Blob, limit: u64) -> Result<Option<Vec<u8>>, HistoryError> {
        let repository = self.inner.to_thread_local();
        let id = gix::ObjectId::from_hex(blob.id.as_bytes()).map_err(|_| HistoryError::NoObject(blob.id.clone()))?;
        if repository.find_header(id)?.size() > limit {
            return Ok(None);
        }
        Ok(Some(repository.find_object(id)?.detach().data))
    }

    /// What a file is called in the repository.
    fn path_of<'a>(&self, file: &'a Path) -> Option<&'a Path> {
        file.strip_prefix(&self.work_dir).ok()
    }
}
