//! Opening an index, and handing it out.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, Weak},
};

use super::{
    FORMAT_VERSION, FileRows, Snapshot, StoreError,
    beside::Beside,
    encoding::encode_json,
    env::{Access, Environment, MAP_BYTES, hold},
    error::Failure,
    handle::{Handle, Hearing},
    keys,
    place::{self, Pointer},
    schema::{self, Identity, IndexRecord, put_changed},
    space, writer,
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

/// An open index, shared by its clones. When a new generation takes the index's place, by this process or another, it goes
/// over to that one by itself.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) handle: Arc<Handle>,
}

/// A generation of an index that is open.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) dir: PathBuf,
    pub(super) generation: u64,
    pub(super) environment: Environment,
    /// Held by this process's writer, so that LMDB's own lock is waited for by one thread only.
    pub(super) writer: Mutex<()>,
    /// Set when a new index is wanted in the place of this one.
    pub(super) bad: Mutex<bool>,
    /// Facts that are not in the database.
    pub(super) beside: Option<Arc<Beside>>,
    notice: Option<Arc<str>>,
}

/// LMDB allows one environment a file and process, so all callers share it.
static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Handle>>>> = LazyLock::new(Mutex::default);

impl Store {
    /// Opens, making the directory and the database if need be. A bad index is set aside for a new one: see
    /// [`Store::notice`].
    pub fn open(dir: &Path, root: &str) -> Result<Self, StoreError> {
        Store::open_sized(dir, root, MAP_BYTES)
    }

    /// Opens what is there, for reading only: nothing is made, and nothing set aside.
    pub fn open_existing(dir: &Path) -> Result<Self, StoreError> {
        let Ok(base) = fs::canonicalize(dir) else { return Err(StoreError::NotIndexed { dir: dir.to_path_buf() }) };
        let dir = place::home(&base);
        let mut open = hold(&OPEN);
        if let Some(handle) = open.get(&dir).and_then(Weak::upgrade) {
            return Ok(Store { handle });
        }
        let generation = match place::pointer(&dir)? {
            Pointer::At(generation) => generation,
            Pointer::Missing => return Err(none_here(&base)),
            Pointer::Unreadable(cause) => return Err(StoreError::Damaged { dir, cause }),
        };
        let data_dir = place::data_dir(&dir, generation);
        // LMDB would make a database in an empty file.
        if !fs::metadata(data_dir.join("data.mdb")).is_ok_and(|data| data.len() > 0) {
            return Err(StoreError::NotIndexed { dir: base });
        }
        let mut notice = None;
        let opened = match Environment::open(&data_dir, Access::ReadWrite, MAP_BYTES) {
            Err(StoreError::ReadOnly { cause, .. }) => {
                let text = format!(
                    "{} cannot be written ({cause}): the index is read without a lock, which is sound while nobody \
                     writes it",
                    data_dir.display()
                );
                notice = Some(text.into());
                Environment::open(&data_dir, Access::ReadOnly, MAP_BYTES)
            }
            opened => opened,
        };
        let environment = match opened? {
            (environment, Identity::Ours) => environment,
            (_, Identity::Empty) => return Err(StoreError::NotIndexed { dir: base }),
            (_, identity) => return Err(schema::wrong(&data_dir, identity)),
        };
        Ok(share(&mut open, base, Shared::new(dir, generation, environment, notice)))
    }

    pub(super) fn open_sized(dir: &Path, root: &str, map_bytes: usize) -> Result<Self, StoreError> {
        place::create_private(&place::home(dir))?;
        let base = fs::canonicalize(dir).map_err(|error| StoreError::of_io(dir, "find", error))?;
        let dir = place::home(&base);
        let mut open = hold(&OPEN);
        let known = open.get(&dir).and_then(Weak::upgrade);
        let mut looked = known.as_ref().map(|handle| hold(&handle.looked));
        if let Some(handle) = &known {
            let shared = handle.now();
            if shared.environment.access == Access::ReadOnly {
                return Err(StoreError::ReadOnly { dir, cause: "it is open for reading only".to_owned() });
            }
            *hold(&handle.root) = Some(root.to_owned());
            if !handle.is_lost(&shared) && place::successor(&dir, shared.generation)?.is_none() {
                let _writer = hold(&shared.writer);
                sign(&shared.environment, root)?;
                return Ok(Store { handle: handle.clone() });
            }
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
                (_, identity) => Err(schema::wrong(&data_dir, identity)),
            }
        };
        // What this process has open, and nobody finds any more: the directory was removed.
        let lost = known.as_ref().map(|handle| handle.now()).filter(|shared| !shared.environment.is_there());
        let found = match generation {
            _ if lost.is_some() => Err(Some("its files were removed".to_owned())),
            None => Err(bad),
            Some(generation) => match at(generation) {
                Ok(environment) => Ok((environment, generation)),
                Err(error) if error.wants_new_index() => Err(Some(error.to_string())),
                Err(error) => return Err(error),
            },
        };
        let (generation, environment, notice) = match found {
            Ok((environment, generation)) => {
                place::prune(&dir, generation, &opening)?;
                if let Some(building) = place::try_build(&dir)? {
                    place::sweep(&dir, generation, &opening, &building)?;
                }
                (generation, environment, None)
            }
            Err(bad) => {
                let before = lost.map_or(0, |shared| shared.generation);
                let generation = place::next(&dir, before, &opening)?;
                let environment = at(generation)?;
                sign(&environment, root)?;
                place::publish(&dir, generation, &opening)?;
                let notice = bad.map(|cause| {
                    let new = place::data_dir(&dir, generation);
                    format!("the index was set aside, and a new one begun in {}: {cause}", new.display()).into()
                });
                (generation, environment, notice)
            }
        };
        sign(&environment, root)?;
        let shared = Shared::new(dir, generation, environment, notice);
        match (&known, &mut looked) {
            (Some(handle), Some(looked)) => {
                handle.replace(looked, shared);
                handle.tell();
                Ok(Store { handle: handle.clone() })
            }
            _ => {
                place::forget_others(&base);
                let store = share(&mut open, base, shared);
                *hold(&store.handle.root) = Some(root.to_owned());
                Ok(store)
            }
        }
    }

    /// A generation that no index names, and that is found by nobody else. It has no successor.
    pub(super) fn apart(generation: u64, environment: Environment) -> Self {
        Store::with_beside(generation, environment, None)
    }

    /// The same, with facts that are not in its database.
    pub(super) fn with_beside(generation: u64, environment: Environment, beside: Option<Arc<Beside>>) -> Self {
        let dir = environment.data_dir.clone();
        let shared = Shared { beside, ..Shared::own(dir.clone(), generation, environment, None) };
        Store { handle: Arc::new(Handle::new(dir, Arc::new(shared))) }
    }

    /// The directory of the index, as it was given but for symbolic links.
    pub fn dir(&self) -> &Path {
        &self.handle.dir
    }

    /// Where in it the index of this program's format is.
    pub(super) fn home(&self) -> &Path {
        &self.handle.home
    }

    /// Has somebody hear of each new generation that was not built by this process: all may have to be indexed again. It
    /// must be quick, and not use the index.
    pub fn on_renewal(&self, hearer: impl Fn() + Send + Sync + 'static) -> Hearing {
        self.handle.hear(hearer)
    }

    /// The directory that `data.mdb` lies in: a generation of the index.
    pub fn data_dir(&self) -> PathBuf {
        self.handle.now().environment.data_dir.clone()
    }

    /// What the user should hear about the opening: that and why an index was set aside, or is read without a lock.
    pub fn notice(&self) -> Option<Arc<str>> {
        self.handle.now().notice.clone()
    }

    /// Whether it has turned out to be damaged since it was opened. The next [`Store::open`] sets it aside, for all who have
    /// it open.
    pub fn is_bad(&self) -> bool {
        *hold(&self.handle.now().bad)
    }

    /// What another process has published is seen a second later at the latest.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Snapshot::new(self.handle.clone())
    }

    /// Writes a batch in one transaction, in key order. Of several updates of one path the last one counts. A batch that
    /// LMDB cannot take as one is written in parts, each file whole. The calling thread must not hold a snapshot: when
    /// the map has to grow, this waits for all of them to end.
    pub fn apply(&self, updates: Vec<FileUpdate>) -> Result<Applied, StoreError> {
        let updates = writer::sorted(updates);
        self.write(|shared| writer::apply(shared, &updates))
    }

    /// Writes an execution record and drops the oldest beyond the bound.
    pub fn log(&self, execution: &Execution) -> Result<(), StoreError> {
        self.write(|shared| writer::log(shared, execution))
    }

    /// Writes into the generation that counts: again, if another one takes its place meanwhile.
    pub(super) fn write<T>(&self, work: impl Fn(&Shared) -> Result<T, Failure>) -> Result<T, StoreError> {
        loop {
            let shared = self.handle.fresh()?;
            shared.writable()?;
            let _writer = hold(&shared.writer);
            match work(&shared) {
                Err(Failure::Superseded) => {}
                done => return done.map_err(|failure| space::explain(&shared, failure)),
            }
        }
    }
}

impl Shared {
    fn new(dir: PathBuf, generation: u64, environment: Environment, notice: Option<Arc<str>>) -> Arc<Self> {
        Arc::new(Shared::own(dir, generation, environment, notice))
    }

    fn own(dir: PathBuf, generation: u64, environment: Environment, notice: Option<Arc<str>>) -> Self {
        let (writer, bad) = (Mutex::new(()), Mutex::new(false));
        Shared { dir, generation, environment, writer, bad, beside: None, notice }
    }

    /// The generation that takes the place of this one.
    pub(super) fn succeeded_by(&self, generation: u64, environment: Environment) -> Arc<Self> {
        Shared::new(self.dir.clone(), generation, environment, self.notice.clone())
    }

    /// The error for the caller. Where it wants a new index, the next opening will make one.
    pub(super) fn explain(&self, failure: Failure) -> StoreError {
        let error = failure.at(&self.environment.data_dir);
        if let StoreError::Damaged { cause, .. } = &error {
            *hold(&self.bad) = true;
            place::set_mark(&self.environment.data_dir, cause);
        }
        error
    }

    pub(super) fn writable(&self) -> Result<(), StoreError> {
        match self.environment.access {
            Access::ReadWrite | Access::Build => Ok(()),
            Access::ReadOnly => {
                Err(StoreError::ReadOnly { dir: self.dir.clone(), cause: "it was opened for reading only".to_owned() })
            }
        }
    }
}

/// The error that there is no index, but perhaps one of another format.
fn none_here(base: &Path) -> StoreError {
    match place::other_formats(base).unwrap_or_default().pop() {
        Some((found, _)) => StoreError::OtherFormat { dir: base.to_path_buf(), found, expected: FORMAT_VERSION },
        None => StoreError::NotIndexed { dir: base.to_path_buf() },
    }
}

fn share(open: &mut HashMap<PathBuf, Weak<Handle>>, base: PathBuf, shared: Arc<Shared>) -> Store {
    let dir = shared.dir.clone();
    let handle = Arc::new(Handle::new(base, shared));
    open.retain(|_, other| other.strong_count() > 0);
    open.insert(dir, Arc::downgrade(&handle));
    Store { handle }
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
    let written = environment.commit(|txn| Ok(put_changed(environment.rows, txn, keys::META_INDEX, &record)?));
    written.map_err(|failure| failure.at(&environment.data_dir))
}

#[cfg(test)]
mod tests;
