//! Why a run could not be made. What is wrong with a single file is no error: the file is skipped, with the reason.

use std::{io, path::PathBuf};

use crate::kv::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}: {cause}", .path.display())]
    Root { path: PathBuf, cause: io::Error },
    #[error("{}: this is {what}, not a workspace", .path.display())]
    TooWide { path: PathBuf, what: &'static str },
    #[error("no place for the index: {0}")]
    NoHome(#[from] etcetera::HomeDirError),
    #[error("no thread to wait with: {cause}")]
    Thread { cause: io::Error },
    #[error("the index directory {}: {cause}", .path.display())]
    Dir { path: PathBuf, cause: io::Error },
    #[error("the pattern `{glob}`: {cause}")]
    Pattern { glob: String, cause: ignore::Error },
    #[error("{path}: its ids still meet those of other files after {rounds} tries")]
    Clash { path: String, rounds: u32 },
}

impl IndexError {
    /// The way out; empty where the message tells it.
    pub fn help(&self) -> &'static str {
        match self {
            // Its message ends with the way out.
            IndexError::Store(_) => "",
            IndexError::Root { .. } => "name an existing directory that you may read",
            IndexError::TooWide { .. } => "name the project's directory, or insist with `rutter index --force`",
            IndexError::NoHome(_) => "set HOME or XDG_CACHE_HOME, or give a place with `--index-dir`",
            IndexError::Dir { .. } => "make it writable, or give another place with `--index-dir`",
            IndexError::Thread { .. } => "allow this user more threads",
            IndexError::Pattern { .. } => "patterns are those of .gitignore; quote them for the shell",
            IndexError::Clash { .. } => "this is a fault in rutter: please report it with the file's path",
        }
    }
}
