//! The one writer: batches of files, each replaced whole, in one transaction and in key order.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use heed::{MdbError, RwTxn};

use super::{
    Applied, FileUpdate, StoreError,
    clash::{self, Plan},
    encoding::{decode_json, decode_references, encode_json},
    error::Failure,
    footprint::decode,
    keys, links,
    names::Added,
    place,
    schema::{self, Rows, put_changed, put_list},
    space,
    store::Shared,
};
use crate::record::{Dep, Execution, FileId, Surface, SymbolId};

/// How many runs are kept in the log.
pub const EXECUTIONS_KEPT: usize = 200;

/// Sorted by path. Of several updates of one path the last counts.
pub(super) fn sorted(updates: Vec<FileUpdate>) -> Vec<FileUpdate> {
    let mut last: HashMap<Arc<str>, FileUpdate> = HashMap::with_capacity(updates.len());
    for update in updates {
        last.insert(path_of(&update).clone(), update);
    }
    let mut updates: Vec<FileUpdate> = last.into_values().collect();
    updates.sort_unstable_by(|a, b| path_of(a).cmp(path_of(b)));
    updates
}

/// Writes what [`sorted`] gave. The caller holds the writer's lock.
pub(super) fn apply(shared: &Shared, updates: &[FileUpdate]) -> Result<Applied, Failure> {
    let bytes = updates.iter().map(|update| match update {
        FileUpdate::Replace(rows) => rows.byte_size() as u64,
        FileUpdate::Remove(_) => 0,
    });
    space::check(&shared.environment.data_dir, bytes.sum()).map_err(Failure::Told)?;
    let mut applied = Applied::default();
    apply_sorted(shared, updates, &mut applied)?;
    applied.clashes.sort_unstable();
    Ok(applied)
}

/// In one transaction if LMDB can take it, else in halves.
fn apply_sorted(shared: &Shared, updates: &[FileUpdate], applied: &mut Applied) -> Result<(), Failure> {
    if updates.is_empty() {
        return Ok(());
    }
    match commit_names(shared, |txn, added| apply_in(shared.environment.rows, txn, added, updates)) {
        Ok(mut done) => {
            applied.clashes.append(&mut done.clashes);
            Ok(())
        }
        Err(failure) if failure.is(MdbError::TxnFull) => {
            if let [update] = updates {
                let dir = shared.environment.data_dir.clone();
                return Err(Failure::Told(StoreError::TooLarge { dir, path: path_of(update).to_string() }));
            }
            let (first, second) = updates.split_at(updates.len() / 2);
            apply_sorted(shared, first, applied)?;
            apply_sorted(shared, second, applied)
        }
        Err(failure) => Err(failure),
    }
}

/// Writes an execution record, and drops the oldest beyond the bound.
pub(super) fn log(shared: &Shared, execution: &Execution) -> Result<(), Failure> {
    space::check(&shared.environment.data_dir, 0).map_err(Failure::Told)?;
    let rows = shared.environment.rows;
    commit(shared, |txn| {
        put_changed(rows, txn, &keys::execution_log_key(&execution.execution_id), &encode(execution))?;
        let mut kept = Vec::new();
        for row in rows.prefix_iter(txn, keys::EXECLOG.as_bytes())? {
            kept.push(row?.0.to_vec());
        }
        for key in &kept[..kept.len().saturating_sub(EXECUTIONS_KEPT)] {
            rows.delete(txn, key)?;
        }
        Ok(())
    })
}

fn encode(execution: &Execution) -> Vec<u8> {
    encode_json(execution).expect("the record is plain text and numbers")
}

/// Runs `work` in a transaction and commits it; once more with a larger map when it is full. Not in an index that another
/// generation has taken the place of: that is asked under the write lock, which is held to publish one.
pub(super) fn commit<T>(
    shared: &Shared,
    mut work: impl FnMut(&mut RwTxn<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    commit_names(shared, |txn, _| work(txn))
}

/// [`commit`] of what may add names.
fn commit_names<T>(
    shared: &Shared,
    mut work: impl FnMut(&mut RwTxn<'_>, &mut Added) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let environment = &shared.environment;
    environment.env.clear_stale_readers()?;
    loop {
        let attempt = environment.commit_names(|txn, added| {
            if place::successor(&shared.dir, shared.generation).map_err(Failure::Told)?.is_some() {
                return Err(Failure::Superseded);
            }
            work(txn, added)
        });
        match attempt {
            Err(failure) if failure.is(MdbError::MapFull) => environment.grow().map_err(Failure::Told)?,
            Err(failure) if failure.is(MdbError::MapResized) => environment.adopt().map_err(Failure::Told)?,
            done => return done,
        }
    }
}

fn apply_in(rows: Rows, txn: &mut RwTxn<'_>, added: &mut Added, updates: &[FileUpdate]) -> Result<Applied, Failure> {
    let plan = clash::plan(rows, txn, updates)?;
    let changes = changes(rows, txn, &plan)?;
    write_rows(rows, txn, added, &plan)?;
    mark_for_linking(rows, txn, &plan, &changes)?;
    write_fqns(rows, txn, &plan)?;
    write_clashes(rows, txn, &plan)?;
    Ok(plan.applied)
}

/// What others can learn from the files in the plan that they could not before, or not any more. Sorted.
fn changes(rows: Rows, txn: &RwTxn<'_>, plan: &Plan<'_>) -> Result<Vec<Dep>, Failure> {
    let mut changes = Vec::new();
    let nothing = Surface::default();
    let mut old: HashMap<&str, Surface> = HashMap::new();
    for footprint in plan.old.iter().filter(|old| old.indexed) {
        old.insert(&footprint.path, links::surface(rows, txn, &footprint.path, footprint.file_id)?);
    }
    for new in &plan.writes {
        let before = old.remove(&**new.path());
        changes.extend(before.as_ref().unwrap_or(&nothing).changes(new.surface()));
    }
    changes.extend(old.into_values().flat_map(|old| old.changes(&nothing)));
    changes.sort_unstable();
    changes.dedup();
    Ok(changes)
}

/// Files that rest on what has changed are to be linked. (Those that were written say so themselves.)
fn mark_for_linking(rows: Rows, txn: &mut RwTxn<'_>, plan: &Plan<'_>, changes: &[Dep]) -> Result<(), Failure> {
    let written: HashSet<FileId> = plan.writes.iter().filter(|new| new.is_indexed()).map(|new| new.file_id()).collect();
    for old in plan.old.iter().filter(|old| old.indexed && !written.contains(&old.file_id)) {
        links::forget(rows, txn, old.file_id)?;
    }
    links::mark_dependents(rows, txn, changes, &written)
}

/// What a key shall hold.
struct Change<'a> {
    key: &'a [u8],
    /// `None` for nothing.
    value: Option<&'a [u8]>,
}

/// All rows that belong to one file each: what is old and not new goes, what has changed is put.
fn write_rows(rows: Rows, txn: &mut RwTxn<'_>, added: &mut Added, plan: &Plan<'_>) -> Result<(), Failure> {
    let mut changes: Vec<Change<'_>> = Vec::new();
    for new in &plan.writes {
        changes.extend(new.iter().map(|(key, value)| Change { key, value: Some(value) }));
    }
    for old in &plan.old {
        changes.extend(old.keys().map(|key| Change { key, value: None }));
    }
    let known: HashSet<u64> = plan.old.iter().flat_map(|old| old.symbols()).map(|symbol| symbol.0).collect();
    // Of one key's changes the put stands first.
    changes.sort_unstable_by(|a, b| a.key.cmp(b.key).then(a.value.is_none().cmp(&b.value.is_none())));
    for same in changes.chunk_by(|a, b| a.key == b.key) {
        let Change { key, value } = same[0];
        match value {
            Some(value)
                if key.starts_with(keys::METRICS_SYMBOL.as_bytes())
                    || key.starts_with(keys::METRICS_FILE.as_bytes()) =>
            {
                let old = rows.get(txn, key)?;
                let counted = match (old, keys::id_tail(keys::METRICS_SYMBOL.as_bytes(), key)) {
                    (Some(old), _) => with_fan_in(value, old),
                    // A symbol that was there and had no numbers may be referred to already.
                    (None, Some(id)) if known.contains(&id) => {
                        with_count(value, references_to(rows, txn, SymbolId(id))?)
                    }
                    (None, _) => None,
                };
                put_changed(rows, txn, key, counted.as_deref().unwrap_or(value))?;
            }
            // What is new to the index needs no look at what is there.
            Some(value) if same.len() == 1 => {
                added.push(key);
                rows.put(txn, key, value)?;
            }
            Some(value) => put_changed(rows, txn, key, value)?,
            None => {
                rows.delete(txn, key)?;
            }
        }
    }
    drop_references(rows, txn, plan)
}

/// New metrics with the number of who refers to it that the old ones have: only linking changes that.
fn with_fan_in(new: &[u8], old: &[u8]) -> Option<Vec<u8>> {
    #[derive(serde::Deserialize)]
    struct Counted {
        fan_in: Option<u32>,
    }
    with_count(new, decode_json::<Counted>(old).ok()?.fan_in?)
}

/// Metrics of something that nobody refers to, with a number of those who do.
pub(super) fn with_count(new: &[u8], count: u32) -> Option<Vec<u8>> {
    let place = memchr::memmem::find(new, b"\"fan_in\":0")? + b"\"fan_in\":".len();
    Some([&new[..place], count.to_string().as_bytes(), &new[place + 1..]].concat())
}

/// How many functions refer to a symbol that had no numbers so far.
fn references_to(rows: Rows, txn: &RwTxn<'_>, symbol: SymbolId) -> Result<u32, Failure> {
    let mut count = 0;
    for row in rows.prefix_iter(txn, &keys::sym_rev_prefix(symbol))? {
        let references = decode_references(row?.1, 0).unwrap_or_default();
        count += links::functions(&references) as u32;
    }
    Ok(count)
}

/// References from other files to a symbol live as long as the symbol.
fn drop_references(rows: Rows, txn: &mut RwTxn<'_>, plan: &Plan<'_>) -> Result<(), Failure> {
    for old in &plan.old {
        let mut files: BTreeSet<u64> = BTreeSet::new();
        let mut stay: Vec<SymbolId> = Vec::new();
        for &symbol in old.symbols() {
            if rows.get(txn, &keys::sym_id_key(symbol))?.is_some() {
                stay.push(symbol);
                continue;
            }
            let prefix = keys::sym_rev_prefix(symbol);
            let mut left = Vec::new();
            for row in rows.prefix_iter(txn, &prefix)? {
                left.push(row?.0.to_vec());
            }
            for key in left {
                files.extend(keys::id_tail(&prefix, &key));
                rows.delete(txn, &key)?;
            }
        }
        // Files that refer to nothing else in it do not refer to it any more.
        files.remove(&old.file_id.0);
        for symbol in stay {
            if files.is_empty() {
                break;
            }
            let prefix = keys::sym_rev_prefix(symbol);
            for row in rows.prefix_iter(txn, &prefix)? {
                if let Some(file) = keys::id_tail(&prefix, row?.0) {
                    files.remove(&file);
                }
            }
        }
        if !files.is_empty() {
            links::used_by_files(rows, txn, &old.path, -(files.len() as i64))?;
        }
    }
    Ok(())
}

/// The lists that files share: each is read and written once.
fn write_fqns(rows: Rows, txn: &mut RwTxn<'_>, plan: &Plan<'_>) -> Result<(), Failure> {
    let mut changes: Vec<(&[u8], SymbolId, bool)> = Vec::new();
    for old in &plan.old {
        changes.extend(old.fqns().map(|(key, id)| (key, id, false)));
    }
    for new in &plan.writes {
        changes.extend(new.fqns().map(|(key, id)| (key, id, true)));
    }
    changes.sort_unstable();
    for same in changes.chunk_by(|a, b| a.0 == b.0) {
        let key = same[0].0;
        let mut ids: Vec<SymbolId> = match rows.get(txn, key)? {
            Some(value) => decode(key, value)?,
            None => Vec::new(),
        };
        ids.retain(|id| same.binary_search_by(|change| change.1.cmp(id).then(change.2.cmp(&false))).is_err());
        ids.extend(same.iter().filter(|change| change.2).map(|change| change.1));
        ids.sort_unstable();
        ids.dedup();
        put_list(rows, txn, key, &ids)?;
    }
    Ok(())
}

fn write_clashes(rows: Rows, txn: &mut RwTxn<'_>, plan: &Plan<'_>) -> Result<(), Failure> {
    let known = schema::clashes(rows, txn)?;
    if known.is_empty() && plan.writes.iter().all(|new| new.salt() == 0) {
        return Ok(());
    }
    let mut salted: BTreeSet<String> = known.into_iter().collect();
    for path in &plan.removed {
        salted.remove(&**path);
    }
    for new in &plan.writes {
        if new.salt() == 0 {
            salted.remove(&**new.path());
        } else {
            salted.insert(new.path().to_string());
        }
    }
    put_list(rows, txn, keys::META_CLASH, &Vec::from_iter(&salted))
}

fn path_of(update: &FileUpdate) -> &Arc<str> {
    match update {
        FileUpdate::Replace(rows) => rows.path(),
        FileUpdate::Remove(path) => path,
    }
}
