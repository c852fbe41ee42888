//! A new generation between its filling and its publishing.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use heed::RwTxn;

use super::{
    RUN_BYTES, Rest,
    filling::put_rows,
    linked::{LinkRows, Linked},
    weave::weave,
};
use crate::kv::{
    LinkUpdate, Store, StoreError,
    env::{Access, Environment, MAP_BYTES, hold},
    error::Failure,
    keys,
    place::{self, Building, Opening},
    schema::{self, Identity, Row, Rows},
    space,
    store::Shared,
    writer,
};

/// How much of the workspace was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Whole,
    /// The run was stopped.
    Part,
}

/// What became of a bulk build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is the index now.
    Done,
    /// Another process was faster, and its index stands.
    Superseded,
}

/// The directory of a generation that is not published yet. Dropped, it is removed.
#[derive(Debug)]
pub(super) struct Draft {
    generation: u64,
    data_dir: PathBuf,
    published: bool,
}

impl Draft {
    pub(super) fn begin(base: &Shared, opening: &Opening) -> Result<Self, StoreError> {
        let dir = &base.dir;
        let generation = place::next(dir, base.generation, opening)?;
        let data_dir = place::data_dir(dir, generation);
        place::create_private(&data_dir)?;
        Ok(Draft { generation, data_dir, published: false })
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn data_dir(&self) -> &Path {
        &self.data_dir
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            place::discard(&self.data_dir);
        }
    }
}

/// A new generation of all files that were added, which nobody sees so far. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Filled {
    index: Store,
    base: Arc<Shared>,
    clashes: Vec<(Arc<str>, u32)>,
    /// What linking reads.
    fresh: Store,
    rest: Rest,
    linked: Mutex<Linked>,
    draft: Draft,
    _building: Building,
}

impl Filled {
    pub(super) fn new(
        index: Store,
        base: Arc<Shared>,
        fresh: Store,
        clashes: Vec<(Arc<str>, u32)>,
        draft: Draft,
        building: Building,
        rest: Rest,
    ) -> Self {
        let linked = Mutex::new(Linked::new(&draft.data_dir, RUN_BYTES));
        Filled { index, base, clashes, fresh, rest, linked, draft, _building: building }
    }

    /// What linking reads of the new generation. Files may be written to it as if it were the index.
    pub fn store(&self) -> &Store {
        &self.fresh
    }

    /// Lets go of the memory that reading has taken. Snapshots must have ended.
    pub fn remap(&self) -> Result<(), StoreError> {
        let shared = self.fresh.handle.now();
        let _writer = hold(&shared.writer);
        shared.environment.remap()
    }

    /// Links of files of which there are none so far, made from [`Filled::store`] as it is. Safe from many threads.
    pub fn add_links(&self, updates: &[LinkUpdate]) -> Result<(), StoreError> {
        hold(&self.linked).add(LinkRows::of(updates))
    }

    /// Files whose ids met another's: they are not in it, and to be extracted anew with the given salt.
    pub fn clashes(&self) -> &[(Arc<str>, u32)] {
        &self.clashes
    }

    /// Makes it the index: all of it, or nothing if this fails. A part never takes the place of an index that has got files
    /// meanwhile. Snapshots of [`Filled::store`] must have ended.
    pub fn publish(self, extent: Extent) -> Result<Published, StoreError> {
        let Filled { index, base, fresh, mut rest, linked, mut draft, _building, clashes: _ } = self;
        let data_dir = draft.data_dir.clone();
        let explain = |failure: Failure| space::explain_at(&data_dir, failure.at(&data_dir));
        let mut linked = linked.into_inner().unwrap_or_else(PoisonError::into_inner);
        let woven = weave(&data_dir, &fresh.handle.now().environment, &mut rest, &mut linked)?;
        drop((fresh, rest, linked));
        place::discard(&data_dir.join(place::SCRATCH));
        let fresh = Store::apart(draft.generation, woven);
        // The most of it, before anybody has to wait.
        fresh.handle.now().environment.env.force_sync().map_err(|error| explain(error.into()))?;
        let mut fresh = Some(fresh);
        take_over(&index, &base, &mut draft, |rows, txn| {
            let has_files = rows.prefix_iter(txn, keys::FILE_PATH.as_bytes())?.next().is_some();
            let Some(fresh) = fresh.take().filter(|_| extent == Extent::Whole || !has_files) else {
                return Ok(None);
            };
            let own = schema::own_records(rows, txn)?;
            Ok(Some(finish(fresh, &own).map_err(|error| Failure::Told(space::explain_at(&data_dir, error)))?))
        })
    }
}

/// Puts a new generation in an index's place. `make` comes to it under the write lock of the index as it is, so that nobody
/// writes into that behind our back; without one, all stays as it is.
pub(super) fn take_over(
    index: &Store,
    base: &Arc<Shared>,
    draft: &mut Draft,
    mut make: impl FnMut(Rows, &mut RwTxn<'_>) -> Result<Option<Environment>, Failure>,
) -> Result<Published, StoreError> {
    let mut looked = hold(&index.handle.looked);
    let opening = place::lock(&base.dir)?;
    let _writer = hold(&base.writer);
    let published = writer::commit(base, |txn| {
        let Some(environment) = make(base.environment.rows, txn)? else { return Ok(None) };
        place::publish(&base.dir, draft.generation, &opening).map_err(Failure::Told)?;
        draft.published = true;
        Ok(Some(environment))
    });
    match published {
        Ok(Some(environment)) => {
            if let Err(error) = place::prune(&base.dir, draft.generation, &opening) {
                tracing::warn!("old indexes are left: {error}");
            }
            index.handle.replace(&mut looked, base.succeeded_by(draft.generation, environment));
            Ok(Published::Done)
        }
        Ok(None) | Err(Failure::Superseded) => Ok(Published::Superseded),
        Err(failure) => Err(space::explain(base, failure)),
    }
}

/// Adds the newest of what the index knows of itself, brings all to the disk, and opens it as an index like any other.
pub(super) fn finish(fresh: Store, own: &[Row]) -> Result<Environment, StoreError> {
    let data_dir = fresh.data_dir();
    {
        let shared = fresh.handle.now();
        put_rows(&shared.environment, own, |_, _| Ok(()))?;
        shared.environment.seal().map_err(|failure| failure.at(&data_dir))?;
    }
    // LMDB allows one environment a file and process.
    drop(fresh);
    match Environment::open(&data_dir, Access::ReadWrite, MAP_BYTES)? {
        (environment, Identity::Ours) => Ok(environment),
        (_, identity) => Err(schema::wrong(&data_dir, identity)),
    }
}
