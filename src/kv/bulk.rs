//! The first filling of an index: all rows are sorted first, and then written once, in key order, into a new generation
//! that nobody sees before it is whole.
//!
//! So its pages are full, none is written twice, and memory stays the same however large the workspace is. What comes
//! of it is what the ordinary writer would have made.

mod ids;
mod merge;
mod spill;

use std::{collections::HashSet, path::PathBuf, sync::Arc};

use heed::{MdbError, PutFlags};

use self::{ids::Ids, spill::Spill};
use super::{
    Applied, FileRows, Store, StoreError,
    encoding::encode_json,
    env::{Access, Environment, MAP_BYTES, hold},
    error::Failure,
    keys,
    place::{self, Building},
    schema::{self, Identity, put_list},
    space,
    store::Shared,
    writer,
};
use crate::record::SymbolId;

/// Rows in memory before they are written as a sorted run.
const RUN_BYTES: usize = 16 << 20;
/// Rows in one transaction. LMDB holds as many pages in memory until it is over.
const COMMIT_BYTES: usize = 8 << 20;

/// How much of the workspace was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Whole,
    /// The run was stopped.
    Part,
}

/// What became of a bulk build.
#[derive(Debug, PartialEq, Eq)]
pub enum Published {
    /// It is the index now. The files that clashed are not in it.
    Done(Applied),
    /// Another process was faster, and its index stands.
    Superseded,
}

/// A new generation in the making. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Bulk {
    store: Store,
    /// What it is to take the place of.
    base: Arc<Shared>,
    spill: Spill,
    ids: Ids,
    /// By a file's number: its path and its salt.
    files: Vec<(Arc<str>, u32)>,
    applied: Applied,
    draft: Draft,
    _building: Building,
}

/// The directory of a generation that is not published yet.
#[derive(Debug)]
struct Draft {
    generation: u64,
    data_dir: PathBuf,
    published: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            place::discard(&self.data_dir);
        }
    }
}

impl Store {
    /// Begins a bulk build, for an index that holds no files. `None` while another process is at it.
    pub fn bulk(&self) -> Result<Option<Bulk>, StoreError> {
        self.bulk_sized(RUN_BYTES)
    }

    /// [`Store::bulk`] that holds so many bytes of rows in memory.
    pub(super) fn bulk_sized(&self, run_bytes: usize) -> Result<Option<Bulk>, StoreError> {
        let base = self.handle.fresh()?;
        base.writable()?;
        let opening = place::lock(&base.dir)?;
        let Some(building) = place::try_build(&base.dir)? else { return Ok(None) };
        place::sweep(&base.dir, base.generation, &opening, &building)?;
        let generation = place::next(&base.dir, &opening)?;
        let data_dir = place::data_dir(&base.dir, generation);
        place::create_private(&data_dir)?;
        Ok(Some(Bulk {
            store: self.clone(),
            base,
            spill: Spill::new(&data_dir, run_bytes),
            ids: Ids::default(),
            files: Vec::new(),
            applied: Applied::default(),
            draft: Draft { generation, data_dir, published: false },
            _building: building,
        }))
    }
}

impl Bulk {
    /// Adds a file. Each path may be added once.
    pub fn add(&mut self, rows: &FileRows) -> Result<(), StoreError> {
        if rows.is_indexed() && rows.repeats_an_id() {
            self.applied.clashes.push((rows.path().clone(), rows.salt() + 1));
            return Ok(());
        }
        let number = u32::try_from(self.files.len()).expect("no workspace has four thousand million files");
        self.spill.add(number, rows)?;
        self.ids.add(rows);
        self.files.push((rows.path().clone(), rows.salt()));
        Ok(())
    }

    /// Writes what was added and makes it the index: all of it, or nothing if this fails. A part never takes the place of
    /// an index that has got files meanwhile.
    pub fn publish(self, extent: Extent) -> Result<Published, StoreError> {
        let Bulk { store, base, mut spill, ids, files, mut applied, mut draft, _building } = self;
        let losers = ids.losers(&files, &mut spill)?;
        let data_dir = draft.data_dir.clone();
        let explain = |failure: Failure| space::explain_at(&data_dir, failure.at(&data_dir));
        let mut filling = Filling::begin(&draft)?;
        // What is linked afterwards is written here and there, and takes more room than all of this.
        space::require(&data_dir, spill.bytes().saturating_mul(5) / 2)?;
        filling.write(&mut spill, &losers)?;
        // Its memory and its room on the disk are free again.
        drop(spill);
        let (yielding, written): (Vec<_>, Vec<_>) =
            files.into_iter().enumerate().partition(|(number, _)| losers.contains(&(*number as u32)));
        applied.clashes.extend(yielding.into_iter().map(|(_, (path, salt))| (path, salt + 1)));
        applied.clashes.sort_unstable();
        let mut salted: Vec<Arc<str>> =
            written.into_iter().filter(|(_, file)| file.1 > 0).map(|(_, file)| file.0).collect();
        salted.sort_unstable();
        filling.environment.env.force_sync().map_err(|error| explain(error.into()))?;

        let mut looked = hold(&store.handle.looked);
        let opening = place::lock(&base.dir)?;
        let _writer = hold(&base.writer);
        let mut filling = Some(filling);
        // Under the write lock of the index as it is, so that nobody writes into it behind our back.
        let published = writer::commit(&base, |txn| {
            let rows = base.environment.rows;
            let has_files = rows.prefix_iter(txn, keys::FILE_PATH.as_bytes())?.next().is_some();
            let Some(filling) = filling.take().filter(|_| extent == Extent::Whole || !has_files) else {
                return Ok(None);
            };
            let mut kept = Vec::new();
            for prefix in [keys::EXECLOG.as_bytes(), keys::META_INDEX] {
                for row in rows.prefix_iter(txn, prefix)? {
                    let (key, value) = row?;
                    kept.push((key.to_vec(), value.to_vec()));
                }
            }
            let environment =
                filling.finish(&kept, &salted).map_err(|error| Failure::Told(space::explain_at(&data_dir, error)))?;
            place::publish(&base.dir, draft.generation, &opening).map_err(Failure::Told)?;
            draft.published = true;
            Ok(Some(environment))
        });
        match published {
            Ok(Some(environment)) => {
                if let Err(error) = place::prune(&base.dir, draft.generation, &opening) {
                    tracing::warn!("old indexes are left: {error}");
                }
                store.handle.replace(&mut looked, base.succeeded_by(draft.generation, environment));
                Ok(Published::Done(applied))
            }
            Ok(None) | Err(Failure::Superseded) => Ok(Published::Superseded),
            Err(failure) => Err(space::explain(&base, failure)),
        }
    }
}

/// The new database, while it is written.
struct Filling {
    environment: Environment,
    buffer: Vec<u8>,
    /// The lengths of keys and values in the buffer.
    rows: Vec<(usize, usize)>,
}

impl Filling {
    fn begin(draft: &Draft) -> Result<Self, StoreError> {
        let (environment, _) = Environment::open(&draft.data_dir, Access::Build, MAP_BYTES)?;
        Ok(Filling { environment, buffer: Vec::new(), rows: Vec::new() })
    }

    fn write(&mut self, spill: &mut Spill, losers: &HashSet<u32>) -> Result<(), StoreError> {
        let data_dir = self.environment.data_dir.clone();
        let unreadable = |error| space::explain_at(&data_dir, StoreError::of_io(&data_dir, "read rows in", error));
        let mut merge = spill.merge()?;
        // A list that files share, while its members come in.
        let (mut key, mut members): (Vec<u8>, Vec<SymbolId>) = (Vec::new(), Vec::new());
        while let Some(row) = merge.next().map_err(unreadable)? {
            if losers.contains(&row.file) {
                continue;
            }
            if !members.is_empty() && key != row.key {
                self.put_list(&key, &mut members)?;
            }
            match row.value.first_chunk() {
                Some(id) if row.key.starts_with(keys::SYM_FQN.as_bytes()) => {
                    key.clear();
                    key.extend_from_slice(row.key);
                    members.push(SymbolId(u64::from_le_bytes(*id)));
                }
                _ => self.put(row.key, row.value)?,
            }
        }
        if !members.is_empty() {
            self.put_list(&key, &mut members)?;
        }
        self.commit()
    }

    fn put_list(&mut self, key: &[u8], members: &mut Vec<SymbolId>) -> Result<(), StoreError> {
        members.sort_unstable();
        members.dedup();
        let value = encode_json(&*members).expect("a list of numbers is JSON");
        members.clear();
        self.put(key, &value)
    }

    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        if !self.rows.is_empty() && self.buffer.len() + key.len() + value.len() > COMMIT_BYTES {
            self.commit()?;
        }
        self.rows.push((key.len(), value.len()));
        self.buffer.extend_from_slice(key);
        self.buffer.extend_from_slice(value);
        Ok(())
    }

    /// Appends the rows in the buffer to the database.
    fn commit(&mut self) -> Result<(), StoreError> {
        let Filling { environment, buffer, rows } = self;
        let data_dir = &environment.data_dir;
        let explain = |failure: Failure| space::explain_at(data_dir, failure.at(data_dir));
        let append = || -> Result<(), Failure> {
            let mut txn = environment.env.write_txn()?;
            let mut rest = buffer.as_slice();
            for &(key, value) in rows.iter() {
                let (row, behind) = rest.split_at(key + value);
                environment.rows.put_with_flags(&mut txn, PutFlags::APPEND, &row[..key], &row[key..])?;
                rest = behind;
            }
            Ok(txn.commit()?)
        };
        loop {
            match append() {
                Ok(()) => break,
                Err(failure) if failure.is(MdbError::MapFull) => environment.grow()?,
                Err(failure) => return Err(explain(failure)),
            }
        }
        rows.clear();
        buffer.clear();
        buffer.shrink_to(COMMIT_BYTES);
        Ok(())
    }

    /// Adds the index's records of itself, brings all to the disk, and opens it as an index like any other.
    fn finish(self, kept: &[(Vec<u8>, Vec<u8>)], salted: &[Arc<str>]) -> Result<Environment, StoreError> {
        let environment = self.environment;
        let data_dir = environment.data_dir.clone();
        let complete = || -> Result<(), Failure> {
            let mut txn = environment.env.write_txn()?;
            for (key, value) in kept {
                environment.rows.put(&mut txn, key, value)?;
            }
            put_list(environment.rows, &mut txn, keys::META_CLASH, salted)?;
            txn.commit()?;
            environment.seal()
        };
        loop {
            match complete() {
                Ok(()) => break,
                Err(failure) if failure.is(MdbError::MapFull) => environment.grow()?,
                Err(failure) => return Err(failure.at(&data_dir)),
            }
        }
        // LMDB allows one environment a file and process.
        drop(environment);
        match Environment::open(&data_dir, Access::ReadWrite, MAP_BYTES)? {
            (environment, Identity::Ours) => Ok(environment),
            (_, identity) => Err(schema::wrong(&data_dir, identity)),
        }
    }
}

#[cfg(test)]
mod tests;
