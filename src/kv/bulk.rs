//! The first filling of an index: all rows are sorted first, and then written in key order into a new generation that nobody
//! sees before it is whole.
//!
//! So its pages are full, none is written twice, and few rows are in memory at a time. What comes of it is what the ordinary
//! writer would have made.
//!
//! Links rest on all files together. So what linking reads, and no more, is written into a database of its own first
//! ([`Filled::store`]); the rows that linking brings are sorted like the others ([`Filled::add_links`]), and all three are
//! woven into the generation at the end ([`Filled::publish`]).

mod compact;
mod draft;
mod filling;
mod ids;
mod linked;
mod merge;
mod spill;
mod weave;

use std::{collections::HashSet, sync::Arc};

pub use self::compact::Compacted;
pub use self::draft::{Extent, Filled, Published};
use self::{draft::Draft, filling::Filling, ids::Ids, spill::Spill};
use super::{FileRows, Store, StoreError, keys, place, place::Building, space, store::Shared};

/// Rows in memory before they are written as a sorted run, of each kind.
const RUN_BYTES: usize = 8 << 20;

/// A new generation in the making. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Bulk {
    store: Store,
    /// What it is to take the place of.
    base: Arc<Shared>,
    /// What linking reads.
    read: Spill,
    /// What it does not.
    unread: Spill,
    ids: Ids,
    /// By a file's number: its path and its salt.
    files: Vec<(Arc<str>, u32)>,
    clashes: Vec<(Arc<str>, u32)>,
    draft: Draft,
    building: Building,
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
        let draft = Draft::begin(&base, &opening)?;
        Ok(Some(Bulk {
            store: self.clone(),
            base,
            read: Spill::new(draft.data_dir(), run_bytes),
            unread: Spill::new(draft.data_dir(), run_bytes),
            ids: Ids::default(),
            files: Vec::new(),
            clashes: Vec::new(),
            draft,
            building,
        }))
    }
}

impl Bulk {
    /// Adds a file. Each path may be added once.
    pub fn add(&mut self, rows: &FileRows) -> Result<(), StoreError> {
        if rows.is_indexed() && rows.repeats_an_id() {
            self.clashes.push((rows.path().clone(), rows.salt() + 1));
            return Ok(());
        }
        let number = u32::try_from(self.files.len()).expect("no workspace has four thousand million files");
        for (key, value) in rows.iter() {
            let spill = if is_unread(key) { &mut self.unread } else { &mut self.read };
            spill.add(number, key, value)?;
        }
        for (key, id) in rows.fqns() {
            self.read.add(number, key, &id.0.to_le_bytes())?;
        }
        self.ids.add(rows);
        self.files.push((rows.path().clone(), rows.salt()));
        Ok(())
    }

    /// Writes what was added, as far as linking reads it. Nobody sees it so far.
    pub fn fill(self) -> Result<Filled, StoreError> {
        let Bulk { store, base, mut read, mut unread, ids, files, mut clashes, draft, building } = self;
        let losers = ids.losers(&files, &mut read)?;
        let scratch = draft.data_dir().join(place::SCRATCH);
        place::create_private(&scratch)?;
        // All of it is written once more at the end.
        let bytes = 2 * read.bytes() + unread.bytes();
        space::require(draft.data_dir(), bytes + bytes / 8)?;
        let mut filling = Filling::begin(&scratch)?;
        filling.write(&mut read, &losers)?;
        // Its memory and its room on the disk are free again.
        drop(read);
        let (yielding, written): (Vec<_>, Vec<_>) =
            files.into_iter().enumerate().partition(|(number, _)| losers.contains(&(*number as u32)));
        clashes.extend(yielding.into_iter().map(|(_, (path, salt))| (path, salt + 1)));
        clashes.sort_unstable();
        let mut salted: Vec<Arc<str>> =
            written.into_iter().filter(|(_, file)| file.1 > 0).map(|(_, file)| file.0).collect();
        salted.sort_unstable();
        let own = store.snapshot()?.own_records()?;
        let environment = filling.finish(&own, &salted)?;
        let beside = unread.facts(|file| losers.contains(&file))?.map(Arc::new);
        let fresh = Store::with_beside(draft.generation(), environment, beside);
        Ok(Filled::new(store, base, fresh, clashes, draft, building, Rest { unread, losers }))
    }
}

/// What linking does not read.
#[derive(Debug)]
struct Rest {
    unread: Spill,
    /// Files whose rows do not count.
    losers: HashSet<u32>,
}

/// Linking does not read rows of this key, or not from a database ([`super::beside`]).
fn is_unread(key: &[u8]) -> bool {
    let prefixes = [
        keys::AST_FILE,
        keys::CFG_FUNC,
        keys::CHUNK,
        keys::METRICS_FILE,
        keys::METRICS_SYMBOL,
        keys::METRICS_WHY,
        keys::REF_FACTS,
    ];
    prefixes.iter().any(|prefix| key.starts_with(prefix.as_bytes()))
}

#[cfg(test)]
mod tests;
