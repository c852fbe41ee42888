//! Opening an index, and handing it out.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, Weak},
};

use super::{
    FileRows, Snapshot, StoreError,
    encoding::encode_json,
    env::{Access, Environment, MAP_BYTES, hold},
    error::Failure,
    keys,
    place::{self, Pointer},
    schema::{FORMAT_VERSION, Identity, IndexRecord, put_changed},
    writer,
};
use crate::record::Execution;

/// One change to the index.
#[derive(Debug)]
pub enum FileUpdate {
    /// The file's records as a whole.
    Replace(FileRows),
    /// Nothing is left of the file at this path.
    Remove(Arc<str>),
}

/// What came of a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Files whose ids met another's: not written (or taken out again), to be extracted anew with the given salt.
    pub clashes: Vec<(Arc<str>, u32)>,
}

/// An open index, shared by its clones.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) dir: PathBuf,
    pub(super) environment: Environment,
    /// Held by this process's writer, so that LMDB's own lock is waited for by one thread only.
    pub(super) writer: Mutex<()>,
    /// Set when a new index is wanted in the place of this one.
    bad: Mutex<bool>,
    notice: Option<String>,
}

/// LMDB allows one environment a file and process, so all callers share it.
static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Shared>>>> = LazyLock::new(Mutex::default);

impl Store {
    /// Opens, making the directory and the database if need be. A bad index is set aside for a new one: see
    /// [`Store::notice`].
    pub fn open(dir: &Path, root: &str) -> Result<Self, StoreError> {
        Store::open_sized(dir, root, MAP_BYTES)
    }

    /// Opens what is there, for reading only: nothing is made, and nothing set aside.
    pub fn open_existing(dir: &Path) -> Result<Self, StoreError> {
        let Ok(dir) = fs::canonicalize(dir) else { return Err(StoreError::NotIndexed { dir: dir.to_path_buf() }) };
        let mut open = hold(&OPEN);
        if let Some(shared) = open.get(&dir).and_then(Weak::upgrade) {
            return Ok(Store { shared });
        }
        let generation = match place::pointer(&dir)? {
            Pointer::At(generation) => generation,
            Pointer::Missing => return Err(StoreError::NotIndexed { dir }),
            Pointer::Unreadable(cause) => return Err(StoreError::Damaged { dir, cause }),
        };
        let data_dir = place::data_dir(&dir, generation);
        if !data_dir.join("data.mdb").exists() {
            return Err(StoreError::NotIndexed { dir });
        }
        let mut notice = None;
        let opened = match Environment::open(&data_dir, Access::ReadWrite, MAP_BYTES) {
            Err(StoreError::ReadOnly { cause, .. }) => {
                notice = Some(format!(
                    "{} cannot be written ({cause}): the index is read without a lock, which is sound while nobody \
                     writes it",
                    data_dir.display()
                ));
                Environment::open(&data_dir, Access::ReadOnly, MAP_BYTES)
            }
            opened => opened,
        };
        let environment = match opened? {
            (environment, Identity::Ours) => environment,
            (_, Identity::Empty) => return Err(StoreError::NotIndexed { dir }),
            (_, identity) => return Err(wrong(&data_dir, identity)),
        };
        Ok(share(&mut open, dir, environment, notice))
    }

    pub(super) fn open_sized(dir: &Path, root: &str, map_bytes: usize) -> Result<Self, StoreError> {
        place::create_private(dir)?;
        let dir = fs::canonicalize(dir).map_err(|error| StoreError::of_io(dir, "find", error))?;
        let mut open = hold(&OPEN);
        if let Some(shared) = open.get(&dir).and_then(Weak::upgrade).filter(|shared| !*hold(&shared.bad)) {
            if shared.environment.access == Access::ReadOnly {
                return Err(StoreError::ReadOnly { dir, cause: "it is open for reading only".to_owned() });
            }
            let store = Store { shared };
            store.sign(root)?;
            return Ok(store);
        }
        let opening = place::lock(&dir)?;
        let (generation, bad) = match place::pointer(&dir)? {
            Pointer::Missing => (None, None),
            Pointer::Unreadable(cause) => (None, Some(cause)),
            Pointer::At(generation) => (Some(generation), None),
        };
        let at = |generation| -> Result<Environment, StoreError> {
            let data_dir = place::data_dir(&dir, generation);
            place::create_private(&data_dir)?;
            match Environment::open(&data_dir, Access::ReadWrite, map_bytes)? {
                (environment, Identity::Ours | Identity::Empty) => Ok(environment),
                (_, identity) => Err(wrong(&data_dir, identity)),
            }
        };
        let found = match generation {
            None => Err(bad),
            Some(generation) => match at(generation) {
                Ok(environment) => Ok((environment, generation)),
                Err(error) if error.wants_new_index() => Err(Some(error.to_string())),
                Err(error) => return Err(error),
            },
        };
        let (environment, notice) = match found {
            Ok((environment, generation)) => {
                place::prune(&dir, generation, &opening)?;
                (environment, None)
            }
            Err(bad) => {
                let generation = place::next(&dir, &opening)?;
                let environment = at(generation)?;
                sign(&environment, root)?;
                place::publish(&dir, generation, &opening)?;
                let notice = bad.map(|cause| {
                    let new = place::data_dir(&dir, generation);
                    format!("the index was set aside, and a new one begun in {}: {cause}", new.display())
                });
                (environment, notice)
            }
        };
        let store = share(&mut open, dir, environment, notice);
        store.sign(root)?;
        Ok(store)
    }

    /// The directory of the index, as it was given but for symbolic links.
    pub fn dir(&self) -> &Path {
        &self.shared.dir
    }

    /// The directory that `data.mdb` lies in: a generation of the index.
    pub fn data_dir(&self) -> &Path {
        &self.shared.environment.data_dir
    }

    /// What the user should hear about the opening: that and why an index was set aside, or is read without a lock.
    pub fn notice(&self) -> Option<&str> {
        self.shared.notice.as_deref()
    }

    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Snapshot::new(self.shared.clone())
    }

    /// Writes a batch in one transaction, in key order. Of several updates of one path the last one counts. A batch that
    /// LMDB cannot take as one is written in parts, each file whole.
    pub fn apply(&self, updates: Vec<FileUpdate>) -> Result<Applied, StoreError> {
        self.shared.writable()?;
        let _writer = hold(&self.shared.writer);
        writer::apply(&self.shared, updates)
    }

    /// Writes an execution record and drops the oldest beyond the bound.
    pub fn log(&self, execution: &Execution) -> Result<(), StoreError> {
        self.shared.writable()?;
        let _writer = hold(&self.shared.writer);
        writer::log(&self.shared, execution)
    }

    fn sign(&self, root: &str) -> Result<(), StoreError> {
        let _writer = hold(&self.shared.writer);
        sign(&self.shared.environment, root)
    }
}

impl Shared {
    /// The error for the caller. Where it wants a new index, the next opening will make one.
    pub(super) fn explain(&self, failure: Failure) -> StoreError {
        let error = failure.at(&self.environment.data_dir);
        if let StoreError::Damaged { cause, .. } = &error {
            *hold(&self.bad) = true;
            place::set_mark(&self.environment.data_dir, cause);
        }
        error
    }

    fn writable(&self) -> Result<(), StoreError> {
        match self.environment.access {
            Access::ReadWrite => Ok(()),
            Access::ReadOnly => {
                Err(StoreError::ReadOnly { dir: self.dir.clone(), cause: "it was opened for reading only".to_owned() })
            }
        }
    }
}

fn share(
    open: &mut HashMap<PathBuf, Weak<Shared>>,
    dir: PathBuf,
    environment: Environment,
    notice: Option<String>,
) -> Store {
    let shared =
        Arc::new(Shared { dir: dir.clone(), environment, writer: Mutex::new(()), bad: Mutex::new(false), notice });
    open.retain(|_, other| other.strong_count() > 0);
    open.insert(dir, Arc::downgrade(&shared));
    Store { shared }
}

/// Writes the index's record of itself, if it has changed.
fn sign(environment: &Environment, root: &str) -> Result<(), StoreError> {
    let fail = |error| StoreError::of(&environment.data_dir, error);
    let record = encode_json(&IndexRecord::new(root)).expect("the record is plain text and numbers");
    {
        let txn = environment.env.read_txn().map_err(fail)?;
        if environment.rows.get(&txn, keys::META_INDEX).map_err(fail)? == Some(record.as_slice()) {
            return Ok(());
        }
    }
    let mut txn = environment.env.write_txn().map_err(fail)?;
    put_changed(environment.rows, &mut txn, keys::META_INDEX, &record).map_err(fail)?;
    txn.commit().map_err(fail)
}

fn wrong(data_dir: &Path, identity: Identity) -> StoreError {
    let dir = data_dir.to_path_buf();
    match identity {
        Identity::OtherFormat(found) => StoreError::OtherFormat { dir, found, expected: FORMAT_VERSION },
        Identity::Foreign(cause) => StoreError::Foreign { dir, cause },
        Identity::Empty | Identity::Ours => StoreError::NotIndexed { dir },
    }
}
