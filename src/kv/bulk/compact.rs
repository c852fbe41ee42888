//! An index written anew, in key order, without the room that many changes have left in it.

use std::{fs, path::Path, thread, time::Duration};

use super::{
    Published,
    draft::{Draft, finish, take_over},
    filling::Filling,
};
use crate::kv::{Store, StoreError, error::Failure, place, space};

/// What compaction came to, in bytes of the index's data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    pub before: u64,
    pub after: u64,
}

/// Readers go over to a new generation within a second. After so long nobody looks for the old one any more.
const GRACE: Duration = Duration::from_secs(2);

impl Store {
    /// Writes the index anew and takes the old one away. Others read on meanwhile; whoever writes waits. `None` while another
    /// process builds an index here.
    pub fn compact(&self) -> Result<Option<Compacted>, StoreError> {
        let base = self.handle.fresh()?;
        base.writable()?;
        let old = base.environment.data_dir.clone();
        let before = size(&old)?;
        let (mut draft, _building) = {
            let opening = place::lock(&base.dir)?;
            let Some(building) = place::try_build(&base.dir)? else { return Ok(None) };
            place::sweep(&base.dir, base.generation, &opening, &building)?;
            (Draft::begin(&base, &opening)?, building)
        };
        space::require(draft.data_dir(), before)?;
        let (data_dir, generation) = (draft.data_dir().to_owned(), draft.generation());
        let published = take_over(self, &base, &mut draft, |rows, txn| {
            let copy = || -> Result<_, Failure> {
                let mut filling = Filling::begin(&data_dir).map_err(Failure::Told)?;
                for row in rows.iter(txn)? {
                    let (key, value) = row?;
                    filling.put(key, value).map_err(Failure::Told)?;
                }
                let fresh = Store::apart(generation, filling.settled().map_err(Failure::Told)?);
                finish(fresh, &[]).map_err(|error| Failure::Told(space::explain_at(&data_dir, error)))
            };
            copy().map(Some)
        })?;
        if published == Published::Superseded {
            return Ok(None);
        }
        drop(base);
        let after = size(&data_dir)?;
        thread::sleep(GRACE);
        let _opening = place::lock(&self.handle.home)?;
        place::discard(&old);
        Ok(Some(Compacted { before, after }))
    }
}

fn size(data_dir: &Path) -> Result<u64, StoreError> {
    let data = data_dir.join("data.mdb");
    let metadata = fs::metadata(&data).map_err(|error| StoreError::of_io(&data, "read", error))?;
    Ok(metadata.len())
}
