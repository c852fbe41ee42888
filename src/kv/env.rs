//! One generation of an index, mapped: the LMDB environment, how it grows, and who is reading it.

#![allow(
    unsafe_code,
    reason = "opening and growing a memory map are unsafe by their nature; why each is sound stands beside it"
)]

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use heed::{CommitOrAbort, Env, EnvFlags, EnvOpenOptions, MdbError, RwTxn, WithoutTls, types::Bytes};

use super::{
    StoreError,
    error::Failure,
    ground::{Ground, Held},
    health::{self, Look, Verdict},
    names::{Added, Names},
    place,
    schema::{self, Identity, Read, Rows},
};

/// Address space, not memory and not disk. Where the file would be made as large as the map, it starts small.
pub(super) const MAP_BYTES: usize = if cfg!(all(unix, target_pointer_width = "64")) { 64 << 30 } else { 64 << 20 };
/// A multiple of every system's page size.
const SMALLEST_MAP: usize = 1 << 20;
const MAX_READERS: u32 = 1024;
/// How long growing waits for this process's snapshots to end. They live no longer than one request.
const GROW_WAIT: Duration = Duration::from_secs(10);
/// How long opening waits until this process has closed the same environment.
const CLOSE_WAIT: Duration = Duration::from_secs(10);
/// How long opening waits for a writer of another process, whose work would spare it the look at all of the file.
const WRITER_WAIT: Duration = Duration::from_millis(300);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);
/// How often the file is read in vain while writers go on. They are faster only where readers are not seen by them.
const READINGS: u32 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    ReadWrite,
    /// Of a generation that nobody else sees. Nothing is safe on the disk before it is synced as a whole.
    Build,
    /// Without LMDB's lock file, which would have to be written.
    ReadOnly,
}

#[derive(Debug)]
pub(super) struct Environment {
    pub(super) data_dir: PathBuf,
    pub(super) env: Env<WithoutTls>,
    pub(super) rows: Rows,
    pub(super) access: Access,
    ground: Ground,
    readers: Readers,
    pub(super) names: Names,
    file: File,
    /// As long as the data file was ever seen. It never becomes shorter, unless somebody else has cut it off.
    longest: AtomicU64,
}

impl Environment {
    /// Opens a generation and says what is in it. What LMDB would choke on is found before LMDB meets it.
    pub(super) fn open(data_dir: &Path, access: Access, map_bytes: usize) -> Result<(Self, Identity), StoreError> {
        let damaged = |cause| StoreError::Damaged { dir: data_dir.to_path_buf(), cause };
        if let Some(cause) = place::mark(data_dir) {
            return Err(damaged(cause));
        }
        let ground = match access {
            Access::ReadWrite | Access::Build => Ground::writable(data_dir)?,
            Access::ReadOnly => Ground::read_only(data_dir),
        };
        let seen = ground.look()?;
        if let Look::Damaged(cause) = seen {
            return Err(damaged(cause));
        }
        let env = map(data_dir, access, map_bytes)?;
        match seen {
            Look::Usable(state) if !ground.bears(state) => prove(&env, &ground).map_err(|failure| {
                if let Failure::Damaged(cause) = &failure
                    && access != Access::ReadOnly
                {
                    place::set_mark(data_dir, cause);
                }
                failure.at(data_dir)
            })?,
            Look::Nothing if access == Access::ReadWrite => {
                if let Some(held) = ground.hold()? {
                    held.stamp();
                }
            }
            _ => {}
        }
        let fail = |error| StoreError::of(data_dir, error);
        if access != Access::ReadOnly {
            env.clear_stale_readers().map_err(fail)?;
        }
        let rows = open_rows(&env).map_err(fail)?;
        let identity = {
            let txn: Read<'_> = env.read_txn().map_err(fail)?;
            schema::identity(rows, &txn).map_err(fail)?
        };
        let file = env.try_clone_inner_file().map_err(fail)?;
        let length = file.metadata().map_err(|error| StoreError::of_io(data_dir, "look at", error))?.len();
        let environment = Environment {
            data_dir: data_dir.to_path_buf(),
            env,
            rows,
            access,
            ground,
            readers: Readers::default(),
            names: Names::default(),
            file,
            longest: AtomicU64::new(length),
        };
        Ok((environment, identity))
    }

    /// A read transaction that is counted until [`Environment::end_read`].
    pub(super) fn begin_read(&self, writer: &Mutex<()>) -> Result<Read<'static>, StoreError> {
        self.check_length()?;
        self.readers.enter().map_err(|cause| self.map_full(cause))?;
        let begun = match self.env.clone().static_read_txn() {
            Err(heed::Error::Mdb(MdbError::ReadersFull)) => {
                self.env.clear_stale_readers().and_then(|_| self.env.clone().static_read_txn())
            }
            Err(heed::Error::Mdb(MdbError::MapResized)) => {
                self.readers.leave();
                {
                    let _writer = hold(writer);
                    self.resize(0)?;
                }
                self.readers.enter().map_err(|cause| self.map_full(cause))?;
                self.env.clone().static_read_txn()
            }
            begun => begun,
        };
        begun.map_err(|error| {
            self.readers.leave();
            StoreError::of(&self.data_dir, error)
        })
    }

    /// Whether the file that is mapped is still the one that others find.
    pub(super) fn is_there(&self) -> bool {
        place::is_same_file(&self.file, self.ground.data())
    }

    /// A file that was cut short must not be touched through the map: the system ends the process for that.
    fn check_length(&self) -> Result<(), StoreError> {
        let fail = |error| StoreError::of_io(self.ground.data(), "look at", error);
        // Before the look: while it is taken, others may see the file longer.
        let longest = self.longest.load(Ordering::Acquire);
        let length = self.file.metadata().map_err(fail)?.len();
        if length < longest {
            let cause = format!("data.mdb was cut short, from {longest} to {length} bytes");
            return Err(StoreError::Damaged { dir: self.data_dir.clone(), cause });
        }
        self.longest.fetch_max(length, Ordering::Release);
        Ok(())
    }

    pub(super) fn end_read(&self) {
        self.readers.leave();
    }

    /// Doubles the map. Only the holder of the writer's lock may, outside of a transaction.
    pub(super) fn grow(&self) -> Result<(), StoreError> {
        self.resize(self.env.info().map_size.saturating_mul(2))
    }

    /// Maps the file anew: each page that was looked at, and those around it, are memory till then. Only the holder of the
    /// writer's lock may, outside of a transaction.
    pub(super) fn remap(&self) -> Result<(), StoreError> {
        self.resize(self.env.info().map_size)
    }

    /// Takes on the size that another process has given the file.
    pub(super) fn adopt(&self) -> Result<(), StoreError> {
        self.resize(0)
    }

    fn resize(&self, bytes: usize) -> Result<(), StoreError> {
        let _closed = self.readers.close().map_err(|cause| self.map_full(cause))?;
        // SAFETY: LMDB wants no transaction of this process to be active. Snapshots are counted by the gate, which is
        // closed and empty; the only other transactions are the writer's, and its lock is held by the caller.
        unsafe { self.env.resize(bytes) }.map_err(|error| self.map_full(error.to_string()))
    }

    fn map_full(&self, cause: String) -> StoreError {
        StoreError::MapFull { dir: self.data_dir.clone(), size: self.env.info().map_size, cause }
    }

    /// Runs `work` in a transaction and commits it. What another program has done to the file is found out before: only what
    /// is known to be sound is built upon.
    pub(super) fn commit<T>(&self, work: impl FnOnce(&mut RwTxn<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        self.commit_names(|txn, _| work(txn))
    }

    /// [`Environment::commit`] of what may add names.
    pub(super) fn commit_names<T>(
        &self,
        work: impl FnOnce(&mut RwTxn<'_>, &mut Added) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let held = self.ground.hold().map_err(Failure::Told)?;
        self.check_length().map_err(Failure::Told)?;
        if !self.ground.is_firm().map_err(Failure::Told)? {
            read_all(&self.env, &self.ground)?;
        }
        let mut txn = self.env.write_txn()?;
        let (id, mut added) = (txn.id(), self.names.adding());
        let done = work(&mut txn, &mut added).and_then(|done| {
            {
                let _committing = self.names.committing();
                txn.commit()?;
                // A transaction that changes nothing does not count: the next one, of whatever process, has its number.
                if held.is_some() && self.env.info().last_txn_id == id {
                    self.names.tell(id, added);
                }
            }
            fill_up(&self.env)?;
            Ok(done)
        });
        // An aborted transaction may have written pages that nobody sees. What the system refused to write is in doubt.
        if let Some(held) = held
            && !matches!(done, Err(Failure::Heed(heed::Error::Io(_))))
        {
            held.stamp();
        }
        done
    }

    /// Says of a generation that was just built that it is sound. It is not safe on the disk so far.
    pub(super) fn settle(&self) -> Result<(), Failure> {
        self.vouch(|| Ok(()))
    }

    /// Brings all of a generation that was just built to the disk.
    pub(super) fn seal(&self) -> Result<(), Failure> {
        self.vouch(|| Ok(self.env.force_sync()?))
    }

    fn vouch(&self, sync: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        let held = self.ground.hold().map_err(Failure::Told)?;
        fill_up(&self.env)?;
        sync()?;
        if let Some(held) = held {
            held.stamp();
        }
        Ok(())
    }
}

/// Sees to it that a file of unknown state is sound, and says so to those who come later.
fn prove(env: &Env<WithoutTls>, ground: &Ground) -> Result<(), Failure> {
    let patience = Instant::now() + WRITER_WAIT;
    let held: Option<Held<'_>> = loop {
        let held = ground.try_hold().map_err(Failure::Told)?;
        if ground.is_firm().map_err(Failure::Told)? {
            return Ok(());
        }
        if held.is_some() || Instant::now() >= patience {
            break held;
        }
        thread::sleep(BETWEEN_LOOKS);
    };
    read_all(env, ground)?;
    if let Some(held) = held {
        fill_up(env)?;
        held.stamp();
    }
    Ok(())
}

/// Looks at every page that the newest transaction sees.
fn read_all(env: &Env<WithoutTls>, ground: &Ground) -> Result<(), Failure> {
    if !health::KNOWN_LAYOUT {
        return Ok(());
    }
    let begun = Instant::now();
    for reading in 1.. {
        // While it lives, no writer takes the pages that are read for something else.
        let txn = env.read_txn()?;
        let verdict = health::verify(ground.data(), txn.id() as u64)
            .map_err(|error| Failure::Told(StoreError::of_io(ground.data(), "read", error)))?;
        // Writers don't see the readers of an index that is read without a lock.
        let moved = verdict == Verdict::Moved || env.info().last_txn_id != txn.id();
        match verdict {
            Verdict::Sound => break,
            _ if moved && reading < READINGS => {}
            Verdict::Moved => return Err(Failure::Damaged("data.mdb lacks the newest transaction".to_owned())),
            Verdict::Damaged(cause) => return Err(Failure::Damaged(cause)),
        }
    }
    tracing::info!(path = %ground.data().display(), took = ?begun.elapsed(), "the index was not closed in order, and is sound");
    Ok(())
}

/// LMDB may leave a freed last page unwritten, and then the file is shorter than its meta pages say. It is made as long as
/// they say, so that a file that was cut off can be told from a sound one. Under the write lock: no other process makes the
/// file longer in between.
fn fill_up(env: &Env<WithoutTls>) -> heed::Result<()> {
    let expected = || {
        let page = u64::from(env.unnamed_database_stat().page_size);
        (env.info().last_page_number as u64 + 1) * page
    };
    if env.real_disk_size()? >= expected() {
        return Ok(());
    }
    let _txn = env.write_txn()?;
    let (file, expected) = (env.try_clone_inner_file()?, expected());
    if file.metadata()?.len() < expected {
        file.set_len(expected)?;
    }
    Ok(())
}

pub(super) fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Maps the file, asking for less address space until it is granted.
fn map(data_dir: &Path, access: Access, map_bytes: usize) -> Result<Env<WithoutTls>, StoreError> {
    let mut options = EnvOpenOptions::new().read_txn_without_tls();
    options.max_readers(MAX_READERS);
    if access == Access::Build {
        // SAFETY: what a power cut would leave behind in this state is not published, and so never opened.
        unsafe { options.flags(EnvFlags::NO_SYNC) };
    }
    if access == Access::ReadOnly {
        // SAFETY: no lock file can be written, so no other reader is seen by writers; a directory that cannot be written
        // has, as a rule, no writer. FORMAT.md names the exception.
        unsafe { options.flags(EnvFlags::READ_ONLY | EnvFlags::NO_LOCK) };
    }
    let mut bytes = map_bytes;
    loop {
        options.map_size(bytes);
        // SAFETY: the file was looked at just before, is changed through LMDB only, and is never cut or removed while it
        // is the current generation.
        match unsafe { options.open(data_dir) } {
            Ok(env) => return Ok(env),
            Err(heed::Error::Io(error)) if error.kind() == io::ErrorKind::OutOfMemory && bytes > SMALLEST_MAP => {
                bytes /= 2;
            }
            Err(heed::Error::EnvAlreadyOpened) => {
                // The last owner in this process is just letting go of it.
                let closed = heed::env_closing_event(data_dir).is_none_or(|event| event.wait_timeout(CLOSE_WAIT));
                if !closed {
                    return Err(StoreError::of(data_dir, heed::Error::EnvAlreadyOpened));
                }
            }
            Err(heed::Error::Mdb(error @ (MdbError::VersionMismatch | MdbError::Invalid))) => {
                // The data file's own version is known to be right: this is about the lock file.
                return Err(StoreError::Locked { dir: data_dir.to_path_buf(), cause: error.to_string() });
            }
            Err(error) => return Err(StoreError::of(data_dir, error)),
        }
    }
}

/// The unnamed database: other programs' tools read it without being told a name.
fn open_rows(env: &Env<WithoutTls>) -> heed::Result<Rows> {
    let txn = env.read_txn()?;
    let opened = env.open_databases_and_commit(txn, |opener, txn| {
        opener.open_database::<Bytes, Bytes>(txn, None).map(CommitOrAbort::<_, ()>::Commit)
    })?;
    match opened {
        CommitOrAbort::Commit(Some(rows)) => Ok(Rows::new(rows)),
        CommitOrAbort::Commit(None) | CommitOrAbort::Abort(()) => Err(heed::Error::Mdb(MdbError::NotFound)),
    }
}

/// Counts this process's snapshots, and keeps new ones out while the map moves.
#[derive(Debug, Default)]
struct Readers {
    state: Mutex<ReaderCount>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct ReaderCount {
    inside: usize,
    closed: bool,
}

impl Readers {
    fn enter(&self) -> Result<(), String> {
        let mut state = self.wait_while(|state| state.closed, "the map is being moved for too long")?;
        state.inside += 1;
        Ok(())
    }

    fn leave(&self) {
        hold(&self.state).inside -= 1;
        self.changed.notify_all();
    }

    fn close(&self) -> Result<Closed<'_>, String> {
        let mut state = self.wait_while(|state| state.closed, "the map is being moved for too long")?;
        state.closed = true;
        drop(state);
        let closed = Closed(self);
        drop(self.wait_while(|state| state.inside > 0, "readers of this process do not end")?);
        Ok(closed)
    }

    fn wait_while(
        &self,
        condition: impl Fn(&ReaderCount) -> bool,
        late: &str,
    ) -> Result<MutexGuard<'_, ReaderCount>, String> {
        let (state, _) = self
            .changed
            .wait_timeout_while(hold(&self.state), GROW_WAIT, |state| condition(state))
            .unwrap_or_else(PoisonError::into_inner);
        if condition(&state) { Err(late.to_owned()) } else { Ok(state) }
    }
}

/// Opens the gate again when dropped.
struct Closed<'a>(&'a Readers);

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        hold(&self.0.state).closed = false;
        self.0.changed.notify_all();
    }
}
