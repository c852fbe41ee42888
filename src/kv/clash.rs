//! Two things that meet in one id: found before a batch is written, and resolved by a rule that knows no order.
//!
//! The file whose path sorts later yields. If it is the one to be written, it is not; if it is stored already, it is taken
//! out whole. Either way the caller is told to extract it anew with the next salt.

use std::{
    collections::{HashMap, HashSet},
    ops::Bound,
    sync::Arc,
};

use super::{
    Applied, FileRows, FileUpdate,
    error::Failure,
    footprint::{FileHead, Footprint, decode},
    keys,
    schema::{Read, Rows},
};
use crate::record::{FileId, SymbolId};

/// What a batch comes down to.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    pub(super) writes: Vec<&'a FileRows>,
    /// All that is stored of the files that are written or taken out.
    pub(super) old: Vec<Footprint>,
    /// The paths that are taken out.
    pub(super) removed: Vec<Arc<str>>,
    pub(super) applied: Applied,
}

/// `updates` are sorted by path, and each path occurs once.
pub(super) fn plan<'a>(rows: Rows, txn: &Read<'_>, updates: &'a [FileUpdate]) -> Result<Plan<'a>, Failure> {
    let mut plan = Plan::default();
    let mut batch = Batch::default();
    for update in updates {
        match update {
            FileUpdate::Remove(path) => {
                batch.paths.insert(path, false);
            }
            FileUpdate::Replace(new) => {
                batch.paths.insert(new.path(), true);
            }
        }
    }
    for update in updates {
        match update {
            FileUpdate::Remove(path) => plan.remove(Footprint::of(rows, txn, path)?),
            FileUpdate::Replace(new) => {
                let old = Footprint::of(rows, txn, new.path())?;
                match batch.losers(rows, txn, new, old.as_ref())? {
                    Some(losers) => {
                        for loser in losers {
                            plan.evict(rows, txn, &mut batch, loser)?;
                        }
                        batch.claim(new);
                        plan.old.extend(old);
                        plan.writes.push(new);
                    }
                    None => {
                        plan.applied.clashes.push((new.path().clone(), new.salt() + 1));
                        batch.yielded.insert(new.path());
                        if batch.contested.contains(new.path()) {
                            plan.remove(old);
                        }
                    }
                }
            }
        }
    }
    Ok(plan)
}

impl Plan<'_> {
    fn remove(&mut self, old: Option<Footprint>) {
        if let Some(old) = old {
            self.removed.push(old.path.clone());
            self.old.push(old);
        }
    }

    /// Takes out a stored file that yields to one of the batch. If the batch brings it, too, its turn comes later.
    fn evict(&mut self, rows: Rows, txn: &Read<'_>, batch: &mut Batch<'_>, loser: Arc<str>) -> Result<(), Failure> {
        if !batch.contested.insert(loser.clone()) || batch.paths.contains_key(&*loser) {
            return Ok(());
        }
        if let Some(old) = Footprint::of(rows, txn, &loser)? {
            self.applied.clashes.push((loser, old.salt + 1));
            self.remove(Some(old));
        }
        Ok(())
    }
}

/// What is known of a batch while its files are looked at in the order of their paths.
#[derive(Debug, Default)]
struct Batch<'a> {
    /// All paths, and whether there are new rows for each.
    paths: HashMap<&'a str, bool>,
    /// Ids of the files that are to be written.
    files: HashSet<FileId>,
    symbols: HashSet<SymbolId>,
    /// Paths that were not written.
    yielded: HashSet<&'a str>,
    /// Stored files that have an id which a file before them claims.
    contested: HashSet<Arc<str>>,
}

impl<'a> Batch<'a> {
    fn claim(&mut self, new: &'a FileRows) {
        if new.is_indexed() {
            self.files.insert(new.file_id());
            self.symbols.extend(new.symbol_ids());
        }
    }

    /// The stored files that must yield to this one; `None` if this one yields.
    fn losers(
        &self,
        rows: Rows,
        txn: &Read<'_>,
        new: &FileRows,
        old: Option<&Footprint>,
    ) -> Result<Option<Vec<Arc<str>>>, Failure> {
        if !new.is_indexed() {
            return Ok(Some(Vec::new()));
        }
        if new.repeats_an_id()
            || self.files.contains(&new.file_id())
            || new.symbol_ids().any(|id| self.symbols.contains(&id))
        {
            return Ok(None);
        }
        let mut losers = Vec::new();
        for owner in owners(rows, txn, new, old)? {
            match self.paths.get(&*owner) {
                Some(false) => {}
                // It comes before and was written: its old rows, where the id is, make way.
                Some(true) if *owner < **new.path() && !self.yielded.contains(&*owner) => {}
                _ if *owner < **new.path() => {
                    if !self.contested.contains(&owner) {
                        return Ok(None);
                    }
                }
                _ => losers.push(owner),
            }
        }
        Ok(Some(losers))
    }
}

/// The stored files that have an id of this one.
fn owners(rows: Rows, txn: &Read<'_>, new: &FileRows, old: Option<&Footprint>) -> Result<Vec<Arc<str>>, Failure> {
    let mut owners = Vec::new();
    let own_file = old.is_some_and(|old| old.indexed && old.file_id == new.file_id());
    if !own_file && rows.get(txn, &keys::file_sym_key(new.file_id()))?.is_some() {
        owners.extend(file_owner(rows, txn, new)?);
    }
    // One range over the stored ids between the first and the last of the file's, since a file's ids lie together: that
    // is one descent of the tree, and few steps.
    let own: Vec<Vec<u8>> = new.symbol_ids().map(keys::sym_id_key).collect();
    let (Some(first), Some(last)) = (own.first(), own.last()) else { return Ok(owners) };
    for row in rows.range(txn, &(Bound::Included(first.as_slice()), Bound::Included(last.as_slice())))? {
        let (key, value) = row?;
        let is_own = |id| old.is_some_and(|old| old.has(SymbolId(id)));
        if own.binary_search_by(|own| own.as_slice().cmp(key)).is_err()
            || keys::id_tail(keys::SYM_ID.as_bytes(), key).is_some_and(is_own)
        {
            continue;
        }
        let owner = decode::<SymbolOwner<'_>>(key, value)?.path;
        if !owners.iter().any(|known| **known == *owner) {
            owners.push(owner.into());
        }
    }
    Ok(owners)
}

#[derive(serde::Deserialize)]
struct SymbolOwner<'a> {
    #[serde(borrow)]
    path: std::borrow::Cow<'a, str>,
}

/// Who else has the file's id. All files are looked through, which is no cost: it happens once in a thousand large
/// workspaces.
fn file_owner(rows: Rows, txn: &Read<'_>, new: &FileRows) -> Result<Option<Arc<str>>, Failure> {
    for row in rows.prefix_iter(txn, keys::FILE_PATH.as_bytes())? {
        let (key, value) = row?;
        let head: FileHead<'_> = decode(key, value)?;
        if head.file_id == new.file_id() && head.skipped.is_none() && *head.path != **new.path() {
            return Ok(Some(head.path.into()));
        }
    }
    Ok(None)
}
