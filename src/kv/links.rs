//! Where the names of files lead: what linking came to, and which files must be linked (again).
//!
//! A file that is written anew, and every file that rests on something of it that has changed, has a `ref:todo:` row until
//! it is linked. So a process that dies in between loses nothing: whoever comes next goes on.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::ControlFlow,
    sync::Arc,
};

use heed::RwTxn;
use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::{
    Snapshot, Store, StoreError,
    encoding::{decode_json, decode_references},
    error::Failure,
    keys,
    schema::{Read, Rows, encoded, put_changed},
    writer,
};
use crate::record::{
    DEP_PARTS, Dep, DepRow, FactColumns, FileId, FileMetrics, FileRecord, Layout, Link, LinkColumns, Reference,
    ReferenceRows, StoredDeps, Surface, SymbolId, SymbolMetrics, in_parts,
};

/// A file that must be linked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    #[serde(skip, default = "no_file")]
    pub file_id: FileId,
    pub path: Arc<str>,
}

fn no_file() -> FileId {
    FileId(0)
}

impl Todo {
    pub(super) fn new(file_id: FileId, path: Arc<str>) -> Self {
        Todo { file_id, path }
    }
}

/// The links of one file.
#[derive(Debug)]
pub struct LinkUpdate {
    /// What they were made for.
    pub todo: Todo,
    pub links: Vec<Link>,
    /// Sorted by symbol.
    pub references: Vec<(SymbolId, Vec<Reference>)>,
    /// The paths of the other files that these symbols are of. Sorted.
    pub files: Vec<Arc<str>>,
    /// What of other files they rest on. Sorted.
    pub deps: Vec<Dep>,
    /// What they were told of how the project is laid out.
    pub layouts: Vec<Layout>,
    /// The state of the index that they were made from: see [`Snapshot::state`].
    pub state: u64,
}

impl LinkUpdate {
    /// As `ref:links:` has them.
    pub(super) fn columns(&self) -> LinkColumns {
        let referred: Vec<SymbolId> = self.references.iter().map(|(symbol, _)| *symbol).collect();
        LinkColumns::of(&self.links, &referred, &self.deps)
    }
}

impl Store {
    /// Writes links in one transaction; `false` if the index has changed since they were made: then nothing is written, and
    /// what was to do is still to do.
    pub fn put_links(&self, updates: &[LinkUpdate]) -> Result<bool, StoreError> {
        self.write(|shared| {
            let rows = shared.environment.rows;
            writer::commit(shared, |txn| {
                if updates.iter().any(|update| update.state + 1 != txn.id() as u64) {
                    return Ok(false);
                }
                let mut counts = Counts::default();
                updates.iter().try_for_each(|update| put(rows, txn, update, &mut counts))?;
                counts.write(rows, txn)?;
                Ok(true)
            })
        })
    }
}

impl Store {
    /// Takes note of how a project is laid out now: files whose links rest on what was said before are to be linked.
    pub fn put_layouts(&self, now: &[Layout]) -> Result<(), StoreError> {
        self.write(|shared| {
            let rows = shared.environment.rows;
            writer::commit(shared, |txn| {
                for now in now {
                    // What nothing rests on any more is of no interest.
                    if rows.get(txn, &keys::layout_key(now.group()))?.is_some() {
                        put_layout(rows, txn, now, &HashSet::new())?;
                    }
                }
                Ok(())
            })
        })
    }
}

impl Snapshot {
    /// What links rest on of how the project is laid out.
    pub fn layouts(&self) -> Result<Vec<Layout>, StoreError> {
        let mut found = Vec::new();
        self.rows(keys::REF_LAYOUT.as_bytes(), |_, value| {
            found.extend(decode_json::<Layout>(value));
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// The same of one group.
    pub fn layout(&self, group: u64) -> Result<Option<Layout>, StoreError> {
        let found = self.shared().environment.rows.get(self.txn(), &keys::layout_key(group));
        let value = found.map_err(|error| self.fail(error))?;
        Ok(value.and_then(|value| decode_json(value).ok()))
    }

    /// Whether there are files that must be linked.
    pub fn is_linking(&self) -> Result<bool, StoreError> {
        let mut is_linking = false;
        self.rows(keys::REF_TODO.as_bytes(), |_, _| {
            is_linking = true;
            ControlFlow::Break(())
        })?;
        Ok(is_linking)
    }

    /// Files that must be linked, ordered by their ids, up to a limit.
    pub fn todo(&self, limit: usize) -> Result<Vec<Todo>, StoreError> {
        let mut found = Vec::new();
        self.rows(keys::REF_TODO.as_bytes(), |key, value| {
            if let (Some(id), Ok(todo)) = (keys::id_tail(keys::REF_TODO.as_bytes(), key), decode_json::<Todo>(value)) {
                found.push(Todo { file_id: FileId(id), ..todo });
            }
            if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(found)
    }

    /// The state that this is a snapshot of: a number that grows with every change to the index.
    pub fn state(&self) -> u64 {
        self.txn().id() as u64
    }

    /// The file is written and not linked so far.
    pub fn is_todo(&self, file: FileId) -> Result<bool, StoreError> {
        let found = self.shared().environment.rows.get(self.txn(), &keys::todo_key(file));
        found.map(|value| value.is_some()).map_err(|error| self.fail(error))
    }
}

/// Marks a file to be linked.
fn mark(rows: Rows, txn: &mut RwTxn<'_>, file: FileId, path: &str) -> Result<(), Failure> {
    let todo = Todo::new(file, path.into());
    rows.put(txn, &keys::todo_key(file), &encoded(&todo)?)?;
    Ok(())
}

/// What others can learn from a stored file.
pub(super) fn surface(rows: Rows, txn: &Read<'_>, path: &str, file: FileId) -> Result<Surface, Failure> {
    let Some(value) = rows.get(txn, &keys::facts_key(file))? else { return Ok(Surface::default()) };
    let facts = FactColumns::read(value);
    let record = rows.get(txn, &keys::file_path_key(path))?.and_then(|value| decode_json::<FileRecord>(value).ok());
    let (Some(facts), Some(record)) = (facts, record) else { return Ok(Surface::default()) };
    Ok(Surface::of(path, &record.language, &record.module, &facts))
}

/// Marks the files whose links rest on any of these.
pub(super) fn mark_dependents(
    rows: Rows,
    txn: &mut RwTxn<'_>,
    changes: &[Dep],
    besides: &HashSet<FileId>,
) -> Result<(), Failure> {
    if rows.prefix_iter(txn, keys::REF_DEP.as_bytes())?.next().is_none() {
        return Ok(());
    }
    let mut dependents: BTreeSet<FileId> = BTreeSet::new();
    for of_part in in_parts(changes).chunk_by(|a, b| a.part() == b.part()) {
        let part = of_part[0].part();
        let prefix = keys::dep_prefix(part);
        let is_in = Wanted::of(of_part);
        for row in rows.prefix_iter(txn, &prefix)? {
            let (key, value) = row?;
            let Some(file) = keys::id_tail(&prefix, key).map(FileId) else { continue };
            if !besides.contains(&file) && !dependents.contains(&file) && is_in.row(part, value) {
                dependents.insert(file);
            }
        }
    }
    for file in dependents {
        let Some(path) = rows.get(txn, &keys::file_path_of_key(file))?.map(decode_json::<String>) else { continue };
        if let Ok(path) = path {
            mark(rows, txn, file, &path)?;
        }
    }
    Ok(())
}

/// What is looked for in the rows of a part: most have nothing of it, and are passed by without being decoded.
struct Wanted<'a> {
    deps: &'a [Dep],
    /// The groups as they are written. Of many nothing is gained.
    groups: Vec<memmem::Finder<'static>>,
}

impl<'a> Wanted<'a> {
    const MAX_GROUPS: usize = 4;

    /// Sorted, of one part.
    fn of(deps: &'a [Dep]) -> Self {
        let groups = deps.chunk_by(|a, b| a.group == b.group);
        let finder = |of_group: &[Dep]| {
            let digits = of_group[0].number().to_string();
            memmem::Finder::new(digits.as_bytes()).into_owned()
        };
        let groups: Vec<_> = groups.take(Self::MAX_GROUPS + 1).map(finder).collect();
        Wanted { deps, groups: if groups.len() > Self::MAX_GROUPS { Vec::new() } else { groups } }
    }

    /// Any of it is in a row.
    fn row(&self, part: u64, value: &[u8]) -> bool {
        if !self.groups.is_empty() && self.groups.iter().all(|group| group.find(value).is_none()) {
            return false;
        }
        let found = decode_deps(part, value);
        self.deps.iter().any(|dep| found.binary_search(dep).is_ok())
    }
}

/// What a row of a part holds, sorted.
fn decode_deps(part: u64, value: &[u8]) -> Vec<Dep> {
    decode_json::<StoredDeps>(value).unwrap_or_default().deps(part)
}

/// Writes what is said of how a project is laid out. Links that were made when something else was said are to be made anew.
fn put_layout(rows: Rows, txn: &mut RwTxn<'_>, now: &Layout, besides: &HashSet<FileId>) -> Result<(), Failure> {
    let key = keys::layout_key(now.group());
    let value = encoded(now)?;
    let Some(before) = rows.get(txn, &key)? else {
        rows.put(txn, &key, &value)?;
        return Ok(());
    };
    if before == value {
        return Ok(());
    }
    let changes = decode_json::<Layout>(before).map(|before| before.changes(now)).unwrap_or_default();
    rows.put(txn, &key, &value)?;
    mark_dependents(rows, txn, &changes, besides)
}

/// Takes out all that a file's names led to. Its own symbols are gone already.
pub(super) fn forget(rows: Rows, txn: &mut RwTxn<'_>, file: FileId) -> Result<(), Failure> {
    let mut counts = Counts::default();
    replace(rows, txn, file, None, &mut counts)?;
    rows.delete(txn, &keys::todo_key(file))?;
    counts.write(rows, txn)
}

/// How numbers of who refers to what change in a transaction.
#[derive(Default)]
struct Counts {
    functions: HashMap<SymbolId, i64>,
    files: HashMap<Arc<str>, i64>,
    /// The paths of symbols' files, as far as they were looked up.
    paths: HashMap<SymbolId, Option<Arc<str>>>,
}

fn put(rows: Rows, txn: &mut RwTxn<'_>, update: &LinkUpdate, counts: &mut Counts) -> Result<(), Failure> {
    replace(rows, txn, update.todo.file_id, Some(update), counts)?;
    rows.delete(txn, &keys::todo_key(update.todo.file_id))?;
    Ok(())
}

/// Writes a file's links in the place of those that are there, and counts who refers to what.
fn replace(
    rows: Rows,
    txn: &mut RwTxn<'_>,
    file: FileId,
    new: Option<&LinkUpdate>,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let key = keys::links_key(file);
    // Of a file that was never linked no row is there: then nothing has to be looked up first.
    let (is_first, old): (bool, LinkColumns) = match rows.get(txn, &key)? {
        Some(value) => (false, decode_json(value).unwrap_or_default()),
        None => (true, LinkColumns::default()),
    };
    let references = new.map_or(&[][..], |new| &new.references);
    let mut symbols: Vec<SymbolId> = old.referred().collect();
    symbols.extend(references.iter().map(|(symbol, _)| *symbol));
    symbols.sort_unstable();
    symbols.dedup();
    let mut referred: Vec<(SymbolId, bool, bool)> = Vec::with_capacity(symbols.len());
    for symbol in symbols {
        let now = references.binary_search_by_key(&symbol, |(id, _)| *id).ok().map(|at| &*references[at].1);
        let key = keys::sym_rev_key(symbol, file);
        let (was, change) = match now {
            Some(now) if is_first => {
                rows.put(txn, &key, &encoded(&ReferenceRows(now))?)?;
                (false, functions(now))
            }
            _ => put_references(rows, txn, &key, now)?,
        };
        if change != 0 {
            *counts.functions.entry(symbol).or_default() += change;
        }
        referred.push((symbol, was, now.is_some()));
    }
    // Of each other file: whether it was referred to, and whether it is. Symbols of one file lie together: where nothing is
    // other than before, nobody has to look up which file that is.
    let mut into: BTreeMap<Arc<str>, (bool, bool)> = BTreeMap::new();
    for of_files in referred.chunk_by(|(a, ..), (b, ..)| a.file_part() == b.file_part()) {
        if of_files.iter().all(|(_, was, is)| was == is) {
            continue;
        }
        for &(symbol, was, is) in of_files {
            if let Some(path) = counts.path_of(rows, txn, symbol)? {
                let entry = into.entry(path).or_default();
                *entry = (entry.0 | was, entry.1 | is);
            }
        }
    }
    let own: Option<String> = rows.get(txn, &keys::file_path_of_key(file))?.and_then(|path| decode_json(path).ok());
    for (path, (was, is)) in into {
        if was != is && own.as_deref() != Some(&*path) {
            *counts.files.entry(path).or_default() += i64::from(is) - i64::from(was);
        }
    }
    let deps = new.map_or(&[][..], |new| &new.deps);
    let columns = new.map(LinkUpdate::columns);
    // They are many, and mostly the same as before.
    if columns.as_ref().is_none_or(|new| new.deps != old.deps) {
        put_deps(rows, txn, file, deps, is_first)?;
    }
    for layout in new.map_or(&[][..], |new| &new.layouts) {
        put_layout(rows, txn, layout, &HashSet::from([file]))?;
    }
    match columns {
        Some(columns) => put_changed(rows, txn, &key, &encoded(&columns)?)?,
        None => {
            rows.delete(txn, &key)?;
        }
    }
    Ok(())
}

/// Writes what a file's links rest on, in the place of what is there, if anything is.
fn put_deps(rows: Rows, txn: &mut RwTxn<'_>, file: FileId, deps: &[Dep], is_first: bool) -> Result<(), Failure> {
    let deps = in_parts(deps);
    let mut now = deps.chunk_by(|a, b| a.part() == b.part()).peekable();
    let mut gone: BTreeSet<u64> = BTreeSet::new();
    for part in 0..DEP_PARTS {
        let of_part = now.next_if(|deps| deps[0].part() == part).unwrap_or_default();
        let key = keys::dep_key(part, file);
        let before = if is_first { None } else { rows.get(txn, &key)? };
        let groups = before.map(|value| decode_deps(part, value)).unwrap_or_default().into_iter().map(|dep| dep.group);
        gone.extend(groups.filter(|group| of_part.binary_search_by_key(group, |dep| dep.group).is_err()));
        match (of_part, before) {
            ([], None) => {}
            ([], Some(_)) => {
                rows.delete(txn, &key)?;
            }
            _ => put_changed(rows, txn, &key, &encoded(&DepRow(of_part))?)?,
        }
    }
    for group in gone {
        let layout = keys::layout_key(group);
        if rows.get(txn, &layout)?.is_some() && !is_rested_on(rows, txn, group)? {
            rows.delete(txn, &layout)?;
        }
    }
    Ok(())
}

/// Whether any file's links rest on a group.
fn is_rested_on(rows: Rows, txn: &Read<'_>, group: u64) -> Result<bool, Failure> {
    let part = group % DEP_PARTS;
    for row in rows.prefix_iter(txn, &keys::dep_prefix(part))? {
        if decode_deps(part, row?.1).iter().any(|dep| dep.group == group) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes a file's references to a symbol; whether there were any, and how many more functions have one than had.
fn put_references(
    rows: Rows,
    txn: &mut RwTxn<'_>,
    key: &[u8],
    now: Option<&[Reference]>,
) -> Result<(bool, i64), Failure> {
    let value = now.map(|now| encoded(&ReferenceRows(now))).transpose()?;
    let before = rows.get(txn, key)?;
    let was = before.is_some();
    if before == value.as_deref() {
        return Ok((was, 0));
    }
    let old = before.and_then(|old| decode_references(old, 0).ok()).unwrap_or_default();
    let change = now.map_or(0, functions) - functions(&old);
    match value {
        Some(value) => rows.put(txn, key, &value)?,
        None => {
            rows.delete(txn, key)?;
        }
    }
    Ok((was, change))
}

/// From how many functions these are.
pub(super) fn functions(references: &[Reference]) -> i64 {
    references.iter().filter_map(|one| one.enclosing).collect::<BTreeSet<_>>().len() as i64
}

#[derive(Deserialize)]
struct Head {
    path: Arc<str>,
}

impl Counts {
    fn path_of(&mut self, rows: Rows, txn: &Read<'_>, symbol: SymbolId) -> Result<Option<Arc<str>>, Failure> {
        if let Some(path) = self.paths.get(&symbol) {
            return Ok(path.clone());
        }
        let value = rows.get(txn, &keys::sym_id_key(symbol))?;
        let path = value.and_then(|value| decode_json::<Head>(value).ok()).map(|head| head.path);
        self.paths.insert(symbol, path.clone());
        Ok(path)
    }

    fn write(self, rows: Rows, txn: &mut RwTxn<'_>) -> Result<(), Failure> {
        let mut functions: Vec<_> = self.functions.into_iter().filter(|(_, change)| *change != 0).collect();
        functions.sort_unstable();
        functions.into_iter().try_for_each(|(symbol, change)| used_by_functions(rows, txn, symbol, change))?;
        let mut files: Vec<_> = self.files.into_iter().filter(|(_, change)| *change != 0).collect();
        files.sort_unstable();
        files.into_iter().try_for_each(|(path, change)| used_by_files(rows, txn, &path, change))
    }
}

fn used_by_functions(rows: Rows, txn: &mut RwTxn<'_>, symbol: SymbolId, change: i64) -> Result<(), Failure> {
    let key = keys::symbol_metrics_key(symbol);
    let Some(mut metrics) = rows.get(txn, &key)?.and_then(|value| decode_json::<SymbolMetrics>(value).ok()) else {
        return Ok(());
    };
    metrics.fan_in = Some(changed(metrics.fan_in, change));
    rows.put(txn, &key, &encoded(&metrics)?)?;
    Ok(())
}

pub(super) fn used_by_files(rows: Rows, txn: &mut RwTxn<'_>, path: &str, change: i64) -> Result<(), Failure> {
    let key = keys::file_metrics_key(path);
    let Some(mut metrics) = rows.get(txn, &key)?.and_then(|value| decode_json::<FileMetrics>(value).ok()) else {
        return Ok(());
    };
    metrics.fan_in = Some(changed(metrics.fan_in, change));
    rows.put(txn, &key, &encoded(&metrics)?)?;
    Ok(())
}

fn changed(number: Option<u32>, change: i64) -> u32 {
    u32::try_from(i64::from(number.unwrap_or_default()) + change).unwrap_or_default()
}
