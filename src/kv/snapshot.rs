//! A consistent view of the index. Lives no longer than one request.

use std::{
    ops::{Bound, ControlFlow},
    sync::{Arc, atomic::Ordering},
};

use serde::Deserialize;
use serde_json::Value;

use super::{
    StoreError,
    encoding::{CodecError, decode_ast_nodes, decode_cfg_blocks, decode_json, decode_references, decode_symbol},
    error::Failure,
    footprint,
    handle::Handle,
    keys,
    schema::{self, IndexRecord, Read, Row},
    store::Shared,
    writer::EXECUTIONS_KEPT,
};
use crate::record::*;

/// All reads go through it. A value that does not decode counts as absent.
pub struct Snapshot {
    /// Dropped before the count of readers goes down.
    txn: Option<Read<'static>>,
    shared: Arc<Shared>,
    /// While a snapshot lives, the index is found open by whoever opens it again.
    handle: Arc<Handle>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("dir", &self.shared.dir).finish_non_exhaustive()
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        drop(self.txn.take());
        self.shared.environment.end_read();
    }
}

impl Snapshot {
    pub(super) fn new(handle: Arc<Handle>) -> Result<Self, StoreError> {
        let shared = handle.recent();
        let begun = shared.environment.begin_read(&shared.writer);
        let txn = begun.map_err(|error| shared.explain(Failure::Told(error)))?;
        Ok(Snapshot { txn: Some(txn), shared, handle })
    }

    pub fn file(&self, path: &str) -> Result<Option<FileRecord>, StoreError> {
        let found: Option<FileRecord> = self.decoded(&keys::file_path_key(path))?;
        Ok(found.filter(|file| *file.path == *path))
    }

    /// There is a file in a directory, or deeper.
    pub fn has_file_below(&self, directory: &str) -> Result<bool, StoreError> {
        let mut found = false;
        self.rows(&keys::file_below_prefix(directory), |_, _| {
            found = true;
            ControlFlow::Break(())
        })?;
        Ok(found)
    }

    /// All files, in key order, until `visit` breaks.
    pub fn files(&self, visit: &mut dyn FnMut(FileRecord) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.rows(keys::FILE_PATH.as_bytes(), |_, value| match decode_json(value) {
            Ok(file) => visit(file),
            Err(_) => ControlFlow::Continue(()),
        })
    }

    /// The symbols of a file that the index has, in source order. There is a list for each, be it empty: one that is gone is
    /// damage.
    pub fn file_symbols(&self, file: FileId) -> Result<Vec<SymbolId>, StoreError> {
        let key = keys::file_sym_key(file);
        self.decoded(&key)?.ok_or_else(|| self.shared.explain(footprint::missing(&key)))
    }

    /// A symbol that a file's list has.
    pub fn listed_symbol(&self, id: SymbolId) -> Result<Symbol, StoreError> {
        self.symbol(id)?.ok_or_else(|| self.shared.explain(footprint::missing(&keys::sym_id_key(id))))
    }

    pub fn symbol(&self, id: SymbolId) -> Result<Option<Symbol>, StoreError> {
        self.decoded_by(&keys::sym_id_key(id), decode_symbol)
    }

    /// The path of a symbol's file.
    pub fn symbol_path(&self, id: SymbolId) -> Result<Option<Arc<str>>, StoreError> {
        #[derive(Deserialize)]
        struct Head {
            path: Arc<str>,
        }
        Ok(self.decoded::<Head>(&keys::sym_id_key(id))?.map(|head| head.path))
    }

    pub fn symbols_by_fqn(&self, fqn: &str) -> Result<Vec<SymbolId>, StoreError> {
        let key = keys::sym_fqn_key(fqn);
        let mut ids: Vec<SymbolId> = self.decoded(&key)?.unwrap_or_default();
        if keys::ends_in_digest(&key) {
            let mut own = Vec::new();
            for id in ids {
                if self.decoded::<String>(&keys::sym_fqn_of_key(id))?.is_some_and(|found| found == fqn) {
                    own.push(id);
                }
            }
            ids = own;
        }
        Ok(ids)
    }

    /// The full names of containers that are found by a word, ordered by the ids of the files in which they are,
    /// until there are as many as the limit. Some files are passed over.
    pub fn owners(
        &self,
        word: &str,
        limit: usize,
        passed_over: impl Fn(FileId) -> bool,
    ) -> Result<Vec<String>, StoreError> {
        let prefix = keys::owner_prefix(word);
        let by_digest = keys::ends_in_digest(&prefix[..prefix.len() - 1]);
        let mut found: Vec<(FileId, String)> = Vec::new();
        self.rows(&prefix, |key, value| {
            if let Some(file) = keys::id_tail(&prefix, key).map(FileId).filter(|file| !passed_over(*file)) {
                let owners: Vec<String> = decode_json(value).unwrap_or_default();
                found.extend(owners.into_iter().map(|owner| (file, owner)));
            }
            if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let mut own = Vec::with_capacity(found.len());
        for (file, owner) in found {
            let is_own =
                |facts: &Facts| facts.words().any(|(other, owners)| other == word && owners.contains(&&*owner));
            if !by_digest || self.facts(file)?.is_some_and(|facts| is_own(&facts)) {
                own.push(owner);
            }
        }
        Ok(own)
    }

    /// The symbols that bear exactly this name, of any file (up to `limit`), ordered by id.
    pub fn symbols_by_name(&self, name: &str, limit: usize) -> Result<Vec<SymbolId>, StoreError> {
        let prefix = keys::name_prefix(name);
        let mut found: Vec<SymbolId> = Vec::new();
        if limit == 0 {
            return Ok(found);
        }
        self.rows(&prefix, |key, value| {
            if keys::id_tail(&prefix, key).is_some() {
                found.extend(decode_json::<Vec<SymbolId>>(value).unwrap_or_default());
            }
            if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        found.truncate(limit);
        found.sort_unstable();
        if keys::ends_in_digest(&prefix[..prefix.len() - 1]) {
            let mut own = Vec::new();
            for id in found {
                if self.symbol(id)?.is_some_and(|symbol| symbol.name == name) {
                    own.push(id);
                }
            }
            found = own;
        }
        Ok(found)
    }

    /// All (name, ids in one file) in key order, until `visit` breaks.
    pub fn names(&self, visit: &mut dyn FnMut(&str, &[SymbolId]) -> ControlFlow<()>) -> Result<(), StoreError> {
        let mut failed = None;
        self.rows(keys::NAME.as_bytes(), |key, value| {
            let (Ok(key), Ok(ids)) = (std::str::from_utf8(key), decode_json::<Vec<SymbolId>>(value)) else {
                return ControlFlow::Continue(());
            };
            if let Some(name) = keys::name_of_key(key) {
                return visit(&name, &ids);
            }
            // The name is too long for a key; a symbol knows it.
            match ids.first().map(|&id| self.symbol(id)) {
                Some(Ok(Some(symbol))) => visit(&symbol.name, &ids),
                Some(Err(error)) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
                Some(Ok(None)) | None => ControlFlow::Continue(()),
            }
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// The symbols of each file that bear exactly this name, in key order. Of a name that is too long for a key there are none.
    pub fn ids_of_name(
        &self,
        name: &str,
        visit: &mut dyn FnMut(&[SymbolId]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let prefix = keys::name_prefix(name);
        self.rows(&prefix, |key, value| match (keys::id_tail(&prefix, key), decode_json::<Vec<SymbolId>>(value)) {
            (Some(_), Ok(ids)) => visit(&ids),
            _ => ControlFlow::Continue(()),
        })
    }

    pub(super) fn ids_at(&self, key: &[u8]) -> Result<Vec<SymbolId>, StoreError> {
        Ok(self.decoded(key)?.unwrap_or_default())
    }

    /// By the file that they are in, ordered by its id.
    pub fn references(&self, id: SymbolId) -> Result<Vec<(FileId, Vec<Reference>)>, StoreError> {
        let prefix = keys::sym_rev_prefix(id);
        let length = self.name_length(id)?;
        let mut found = Vec::new();
        self.rows(&prefix, |key, value| {
            if let (Some(file), Ok(references)) = (keys::id_tail(&prefix, key), decode_references(value, length)) {
                found.push((FileId(file), references));
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// From one file.
    pub fn references_from(&self, file: FileId, id: SymbolId) -> Result<Vec<Reference>, StoreError> {
        let length = self.name_length(id)?;
        let found = self.decoded_by(&keys::sym_rev_key(id, file), |value| decode_references(value, length))?;
        Ok(found.unwrap_or_default())
    }

    fn name_length(&self, id: SymbolId) -> Result<u32, StoreError> {
        Ok(self.symbol(id)?.map_or(0, |symbol| symbol.name.len() as u32))
    }

    pub fn graph(&self, function: SymbolId) -> Result<Option<Vec<CfgBlock>>, StoreError> {
        self.decoded_by(&keys::cfg_blocks_key(function), decode_cfg_blocks)
    }

    /// What adds to a function's complexities, in source order.
    pub fn contributions(&self, function: SymbolId) -> Result<Vec<Contribution>, StoreError> {
        let columns: Option<WhyColumns> = self.decoded(&keys::why_key(function))?;
        Ok(columns.and_then(|columns| columns.contributions()).unwrap_or_default())
    }

    pub fn nodes(&self, file: FileId) -> Result<Option<Vec<AstNode>>, StoreError> {
        self.decoded_by(&keys::ast_nodes_key(file), decode_ast_nodes)
    }

    /// The path of a file that is indexed.
    pub fn path_of(&self, file: FileId) -> Result<Option<Arc<str>>, StoreError> {
        self.decoded(&keys::file_path_of_key(file))
    }

    /// [`Snapshot::facts`] but for tokens and lines.
    pub fn bound_facts(&self, file: FileId) -> Result<Option<Arc<Facts>>, StoreError> {
        Ok(self.facts_by(file, FactColumns::read_bound)?.map(Arc::new))
    }

    /// Of [`Snapshot::facts`] tokens and lines alone.
    pub fn written_facts(&self, file: FileId) -> Result<Option<Arc<Facts>>, StoreError> {
        Ok(self.facts_by(file, FactColumns::read_written)?.map(Arc::new))
    }

    /// The symbols of a file and what its facts bind them as, sorted.
    pub fn bound_symbols(&self, file: FileId) -> Result<Option<Vec<(SymbolId, BindingId)>>, StoreError> {
        self.facts_by(file, FactColumns::symbols)
    }

    /// What a file's names are, as far as the file tells.
    pub fn facts(&self, file: FileId) -> Result<Option<Arc<Facts>>, StoreError> {
        match self.facts_beside(file)? {
            Some(value) => Ok(FactColumns::read(&value).map(Arc::new)),
            None => self.decoded_once(&keys::facts_key(file), FactColumns::read),
        }
    }

    fn facts_by<T>(&self, file: FileId, read: impl Fn(&[u8]) -> Option<T>) -> Result<Option<T>, StoreError> {
        if let Some(value) = self.facts_beside(file)? {
            return Ok(read(&value));
        }
        let value = self.shared.environment.rows.get(self.txn(), &keys::facts_key(file));
        Ok(value.map_err(|error| self.fail(error))?.and_then(read))
    }

    /// The facts of a file as they are stored, where they do not lie in the database.
    fn facts_beside(&self, file: FileId) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(beside) = &self.shared.beside else { return Ok(None) };
        let data_dir = &self.shared.environment.data_dir;
        beside.facts(file).map_err(|error| StoreError::of_io(data_dir, "read facts in", error))
    }

    /// Where a file's names lead, in source order.
    pub fn links(&self, file: FileId) -> Result<Arc<Vec<Link>>, StoreError> {
        let links = self.decoded_once(&keys::links_key(file), |value| {
            decode_json::<LinkColumns>(value).ok().map(|columns| columns.links())
        })?;
        Ok(links.unwrap_or_default())
    }

    fn decoded_once<T: Send + Sync + 'static>(
        &self,
        key: &[u8],
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let value = self.shared.environment.rows.get(self.txn(), key).map_err(|error| self.fail(error))?;
        Ok(value.and_then(|value| self.handle.decoded.get(value, decode)))
    }

    /// In source order.
    pub fn chunks(&self, path: &str) -> Result<Vec<Chunk>, StoreError> {
        let prefix = keys::chunk_prefix(path);
        let mut found: Vec<Chunk> = Vec::new();
        self.rows(&prefix, |key, value| {
            if keys::chunk_tail(&prefix, key).is_some() {
                found.extend(decode_json::<Chunk>(value).ok().filter(|chunk| *chunk.file_path == *path));
            }
            ControlFlow::Continue(())
        })?;
        found.sort_unstable_by_key(|chunk| (chunk.byte_start, chunk.byte_end));
        Ok(found)
    }

    pub fn symbol_metrics(&self, id: SymbolId) -> Result<Option<SymbolMetrics>, StoreError> {
        Ok(self.decoded(&keys::symbol_metrics_key(id))?.map(SymbolMetrics::complete))
    }

    pub fn file_metrics(&self, path: &str) -> Result<Option<FileMetrics>, StoreError> {
        let found: Option<FileMetrics> = self.decoded(&keys::file_metrics_key(path))?;
        Ok(found.filter(|metrics| *metrics.file_path == *path))
    }

    /// The newest runs first.
    pub fn executions(&self, limit: usize) -> Result<Vec<Execution>, StoreError> {
        let rows = self.shared.environment.rows;
        let newest = rows.rev_prefix_iter(self.txn(), keys::EXECLOG.as_bytes()).map_err(|error| self.fail(error))?;
        let mut found = Vec::new();
        for row in newest {
            if found.len() == limit {
                break;
            }
            let (_, value) = row.map_err(|error| self.fail(error))?;
            found.extend(decode_json::<Execution>(value));
        }
        Ok(found)
    }

    /// The paths of files whose ids met another's and are salted, sorted. When other files have gone, the index may hold
    /// them without: write them again with salt 0, and see whether they still clash.
    pub fn clashes(&self) -> Result<Vec<String>, StoreError> {
        schema::clashes(self.shared.environment.rows, self.txn()).map_err(|failure| self.shared.explain(failure))
    }

    /// Whether this is of an index that was begun anew under whoever has it open, and was not filled so far: what it does not
    /// have says nothing then.
    pub fn is_unfilled(&self) -> Result<bool, StoreError> {
        let renewed = &self.handle.renewed;
        if !renewed.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let is_filled = self.executions(EXECUTIONS_KEPT)?.iter().any(|run| run.outcome == Outcome::Success);
        // It may have been renewed once more since.
        if is_filled && Arc::ptr_eq(&self.shared, &self.handle.now()) {
            renewed.store(false, Ordering::Relaxed);
        }
        Ok(!is_filled)
    }

    /// The index's record of itself.
    pub fn index(&self) -> Result<Option<IndexRecord>, StoreError> {
        self.decoded(keys::META_INDEX)
    }

    /// The workspace that paths are relative to. Empty if the index does not say.
    pub fn root(&self) -> Arc<str> {
        match self.index() {
            Ok(Some(record)) => record.root.into(),
            Ok(None) | Err(_) => "".into(),
        }
    }

    /// The raw value at a key.
    pub fn get(&self, key: &str) -> Result<Option<Value>, StoreError> {
        if key.is_empty() || key.len() > keys::MAX_KEY_BYTES {
            return Ok(None);
        }
        self.decoded(key.as_bytes())
    }

    /// All raw keys and JSON texts under a prefix, sorted, until `visit` breaks.
    pub fn scan(&self, prefix: &str, visit: &mut dyn FnMut(&str, &str) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.rows(prefix.as_bytes(), |key, value| match (std::str::from_utf8(key), std::str::from_utf8(value)) {
            (Ok(key), Ok(value)) => visit(key, value),
            _ => ControlFlow::Continue(()),
        })
    }

    /// The rows of what the index knows of itself.
    pub(super) fn own_records(&self) -> Result<Vec<Row>, StoreError> {
        schema::own_records(self.shared.environment.rows, self.txn()).map_err(|error| self.fail(error))
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(super) fn txn(&self) -> &Read<'static> {
        self.txn.as_ref().expect("a transaction is there until the drop")
    }

    pub(super) fn fail(&self, error: heed::Error) -> StoreError {
        self.shared.explain(Failure::Heed(error))
    }

    /// Keys and values under a prefix, sorted, as they lie in the map.
    pub(super) fn rows(
        &self,
        prefix: &[u8],
        mut visit: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        if prefix.len() > keys::MAX_KEY_BYTES {
            return Ok(());
        }
        // LMDB seeks no empty key.
        let from = if prefix.is_empty() { Bound::Unbounded } else { Bound::Included(prefix) };
        let rows = self.shared.environment.rows;
        let found = rows.range(self.txn(), &(from, Bound::Unbounded)).map_err(|error| self.fail(error))?;
        for row in found {
            let (key, value) = row.map_err(|error| self.fail(error))?;
            if !key.starts_with(prefix) || visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn decoded<'a, T: Deserialize<'a>>(&'a self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.decoded_by(key, decode_json)
    }

    fn decoded_by<'a, T>(
        &'a self,
        key: &[u8],
        decode: impl FnOnce(&'a [u8]) -> Result<T, CodecError>,
    ) -> Result<Option<T>, StoreError> {
        let rows = self.shared.environment.rows;
        let value = rows.get(self.txn(), key).map_err(|error| self.fail(error))?;
        Ok(value.and_then(|value| decode(value).ok()))
    }
}
