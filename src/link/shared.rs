//! What all threads that link from one state of the index have in common.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use rustc_hash::FxHashMap;

use super::files::Files;
use crate::{
    kv::{Snapshot, StoreError},
    record::{BindingId, Facts, FileId, SymbolId},
};

/// What facts may take in memory where some files are linked, in bytes. Those that somebody works with stay as long as that.
const FACTS_BYTES: usize = 20 << 20;

/// What was read of one state of the index already.
#[derive(Debug)]
pub struct Shared {
    state: u64,
    facts: Mutex<Recent>,
    /// All files, where a whole index is linked.
    pub(super) files: Option<Files>,
    /// What the symbols of files are bound as.
    symbols: Mutex<FxHashMap<FileId, Symbols>>,
    /// Their paths by their names.
    called: OnceLock<Called>,
    texts: Mutex<FxHashMap<String, Option<Arc<str>>>>,
    said: Mutex<FxHashMap<&'static str, BTreeMap<String, String>>>,
}

/// Paths by the names of files, in order.
pub(super) type Called = FxHashMap<Box<str>, Vec<Arc<str>>>;

/// Sorted.
type Symbols = Arc<[(SymbolId, BindingId)]>;

impl Shared {
    /// For some files.
    pub fn of(snapshot: &Snapshot) -> Self {
        Shared {
            state: snapshot.state(),
            facts: Mutex::new(Recent::within(FACTS_BYTES)),
            files: None,
            symbols: Mutex::default(),
            called: OnceLock::new(),
            texts: Mutex::default(),
            said: Mutex::default(),
        }
    }

    /// For all files of an index. Their facts may take so many bytes.
    pub fn of_all(snapshot: &Snapshot, facts_bytes: usize) -> Result<Self, StoreError> {
        let facts = Mutex::new(Recent::within(facts_bytes));
        Ok(Shared { facts, files: Some(Files::all(snapshot)?), ..Shared::of(snapshot) })
    }

    pub(super) fn is_of(&self, snapshot: &Snapshot) -> bool {
        self.state == snapshot.state()
    }

    /// A file's facts, as far as others ask for them.
    pub(super) fn facts(
        &self,
        id: FileId,
        read: impl FnOnce() -> Result<Option<Arc<Facts>>, StoreError>,
    ) -> Result<Option<Arc<Facts>>, StoreError> {
        if let Some(known) = hold(&self.facts).get(id) {
            return Ok(Some(known));
        }
        let Some(facts) = read()? else { return Ok(None) };
        hold(&self.facts).insert(id, facts.clone());
        Ok(Some(facts))
    }

    /// What a symbol of a file is bound as.
    pub(super) fn binding(
        &self,
        file: FileId,
        symbol: SymbolId,
        read: impl FnOnce() -> Result<Option<Vec<(SymbolId, BindingId)>>, StoreError>,
    ) -> Result<Option<BindingId>, StoreError> {
        let known = hold(&self.symbols).get(&file).cloned();
        let symbols = match known {
            Some(symbols) => symbols,
            None => {
                let symbols: Symbols = read()?.unwrap_or_default().into();
                hold(&self.symbols).insert(file, symbols.clone());
                symbols
            }
        };
        Ok(symbols.binary_search_by_key(&symbol, |(id, _)| *id).ok().map(|at| symbols[at].1))
    }

    /// The paths of files by their names, if all files are known.
    pub(super) fn called(&self) -> Option<&Called> {
        let files = self.files.as_ref()?;
        Some(self.called.get_or_init(|| {
            let mut called = Called::default();
            for path in files.paths() {
                let name = path.rsplit('/').next().unwrap_or(path);
                match called.get_mut(name) {
                    Some(paths) => paths.push(path.clone()),
                    None => drop(called.insert(name.into(), vec![path.clone()])),
                }
            }
            called.values_mut().for_each(|paths| paths.sort());
            called
        }))
    }

    /// The text of a file that is no source.
    pub(super) fn text(&self, path: &str, read: impl FnOnce() -> Option<Arc<str>>) -> Option<Arc<str>> {
        if let Some(known) = hold(&self.texts).get(path) {
            return known.clone();
        }
        let text = read();
        hold(&self.texts).entry(path.to_owned()).or_insert(text).clone()
    }

    /// What manifests of a name say.
    pub(super) fn said(
        &self,
        file_name: &'static str,
        read: impl FnOnce() -> BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        if let Some(known) = hold(&self.said).get(file_name) {
            return known.clone();
        }
        let said = read();
        hold(&self.said).entry(file_name).or_insert(said).clone()
    }
}

fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Facts that were asked for lately. When the newer half is full it becomes the older one, and what nobody has asked for since
/// is forgotten.
#[derive(Debug, Default)]
struct Recent {
    newer: FxHashMap<FileId, Arc<Facts>>,
    older: FxHashMap<FileId, Arc<Facts>>,
    /// What the newer ones take.
    bytes: usize,
    /// What both may take.
    limit: usize,
}

impl Recent {
    fn within(limit: usize) -> Self {
        Recent { limit, ..Recent::default() }
    }

    fn get(&mut self, id: FileId) -> Option<Arc<Facts>> {
        if let Some(known) = self.newer.get(&id) {
            return Some(known.clone());
        }
        let known = self.older.remove(&id)?;
        self.insert(id, known.clone());
        Some(known)
    }

    fn insert(&mut self, id: FileId, facts: Arc<Facts>) {
        self.bytes += facts.heap_bytes();
        self.newer.insert(id, facts);
        if self.bytes > self.limit / 2 {
            self.older = std::mem::take(&mut self.newer);
            self.bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let facts = |bytes| Arc::new(Facts { lists: Vec::with_capacity(bytes / 4), ..Facts::default() });
        let mut recent = Recent::within(FACTS_BYTES);
        for id in 0..100 {
            recent.insert(FileId(id), facts(FACTS_BYTES / 16));
            assert!(recent.get(FileId(0)).is_some(), "it is asked for all the time");
        }
        assert!(recent.get(FileId(99)).is_some() && recent.get(FileId(50)).is_none());
        assert!(recent.newer.len() + recent.older.len() <= 17);
        recent.insert(FileId(200), facts(2 * FACTS_BYTES));
        assert!(recent.get(FileId(200)).is_some(), "the newest stays, however large");
    }
}
