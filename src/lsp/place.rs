//! Where a workspace and its index are.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tempfile::TempDir;
use tokio::sync::watch;

use super::work::Fault;
use crate::{
    index::{self, IndexError},
    kv::Store,
    settings::Settings,
};

/// An index that is open.
#[derive(Clone, Debug)]
pub struct Index {
    pub store: Store,
    pub kind: IndexKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// The workspace's own, shared with whoever else works on it.
    Shared,
    /// An empty one of this session's, where there is no workspace or its index cannot be used: questions are answered
    /// from the open buffers alone.
    Private,
}

#[derive(Clone, Debug)]
enum Opening {
    UnderWay,
    Done(Option<Index>),
}

/// The workspace and its index, which may still be opening.
#[derive(Debug)]
pub struct Place {
    /// What paths in the index are relative to. Without a workspace, a directory that holds no sources.
    pub root: PathBuf,
    /// The root as the client names it, perhaps by symbolic links: so files are named to it.
    pub named: PathBuf,
    /// There is a workspace, and it may be indexed.
    pub is_workspace: bool,
    opening: watch::Sender<Opening>,
    /// Where the private index is; it goes with the session.
    private: Mutex<Option<TempDir>>,
}

impl Place {
    /// Nowhere.
    pub fn none() -> Self {
        Place::new(None, PathBuf::new(), Opening::Done(None))
    }

    /// A workspace if there is one, with its root's usual name; its index is to be opened with [`Place::open`].
    pub fn of(root: Option<PathBuf>, named: Option<PathBuf>) -> Self {
        Place::new(root, named.unwrap_or_default(), Opening::UnderWay)
    }

    fn new(root: Option<PathBuf>, named: PathBuf, opening: Opening) -> Self {
        Place {
            named,
            is_workspace: root.is_some(),
            root: root.unwrap_or_else(|| std::env::temp_dir().join("rutter-without-a-workspace")),
            opening: watch::Sender::new(opening),
            private: Mutex::default(),
        }
    }

    /// Opens the index, the private one if need be. The fault is to be told to the user. Takes its time.
    pub fn open(&self, settings: &Settings) -> Result<(), Fault> {
        let (index, fault) = match self.shared(settings) {
            Ok(Some(index)) => (Ok(index), None),
            Ok(None) => (self.private(), None),
            Err(fault) => (self.private(), Some(fault)),
        };
        let (index, private_fault) = match index {
            Ok(index) => (Some(index), None),
            Err(fault) => (None, Some(fault)),
        };
        self.opening.send_replace(Opening::Done(index));
        fault.or(private_fault).map_or(Ok(()), Err)
    }

    fn shared(&self, settings: &Settings) -> Result<Option<Index>, Fault> {
        if !self.is_workspace {
            return Ok(None);
        }
        let dir = settings.index_dir(&self.root)?;
        index::make_index_dir(&dir)?;
        let store = Store::open(&dir, &self.root.to_string_lossy())?;
        Ok(Some(Index { store, kind: IndexKind::Shared }))
    }

    fn private(&self) -> Result<Index, Fault> {
        let dir =
            tempfile::Builder::new().prefix("rutter-").tempdir().map_err(|fault| Fault::Temporary(Arc::new(fault)))?;
        let store = Store::open(dir.path(), &self.root.to_string_lossy())?;
        *self.private.lock().unwrap_or_else(PoisonError::into_inner) = Some(dir);
        Ok(Index { store, kind: IndexKind::Private })
    }

    /// Nobody need wait for the index any longer, whatever became of it.
    pub fn settle(&self) {
        self.opening.send_if_modified(|opening| {
            let under_way = matches!(opening, Opening::UnderWay);
            if under_way {
                *opening = Opening::Done(None);
            }
            under_way
        });
    }

    /// The index, once it is open; none if it could not be opened.
    pub async fn index(&self) -> Option<Index> {
        let mut opening = self.opening.subscribe();
        let done = opening.wait_for(|opening| matches!(opening, Opening::Done(_))).await.ok()?;
        match &*done {
            Opening::Done(index) => index.clone(),
            Opening::UnderWay => None,
        }
    }

    /// The index, if it is open.
    pub fn index_now(&self) -> Option<Index> {
        match &*self.opening.borrow() {
            Opening::Done(index) => index.clone(),
            Opening::UnderWay => None,
        }
    }

    /// Lets go of the index. A private one is removed.
    pub fn close(&self) {
        self.opening.send_replace(Opening::Done(None));
        let private = self.private.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(fault)) = private.map(TempDir::close) {
            tracing::debug!("the temporary index is left behind: {fault}");
        }
    }
}

/// The root to be indexed: a directory that exists, and neither the home directory nor `/`.
pub fn usable_root(root: &Path) -> Result<PathBuf, IndexError> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    index::check_root(&root)?;
    Ok(root)
}
