//! What a question is put to: a snapshot of the index, and before it the open buffers' own records.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{HashMap, HashSet},
    ops::ControlFlow,
    rc::Rc,
    sync::Arc,
};

use serde::de::DeserializeOwned;

use super::symbols::FileSymbols;
use crate::{
    kv::{Snapshot, StoreError, keys},
    link::{FileLinks, IndexWorld, link_file},
    record::*,
    resolve::{Resolver, World},
};

/// The records of open buffers, by path. They hide what the index has of these files.
pub type Buffers = HashMap<Arc<str>, Arc<FileRecords>>;

/// Files that wait for being linked, and are looked into when somebody asks for references. While a whole workspace waits,
/// the rest comes later.
const MAX_TODO: usize = 8;

#[derive(Debug)]
pub struct View<'a> {
    pub snapshot: &'a Snapshot,
    pub buffers: &'a Buffers,
    /// The links that were worked out here: who asks about all functions of a file asks for them again and again.
    linked: RefCell<HashMap<Arc<str>, Rc<FileLinks>>>,
}

/// The symbols that bear one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    pub symbols: Vec<Symbol>,
    /// There are others beyond the limit.
    pub more: bool,
}

impl<'a> View<'a> {
    pub fn new(snapshot: &'a Snapshot, buffers: &'a Buffers) -> Self {
        View { snapshot, buffers, linked: RefCell::default() }
    }

    pub fn file(&self, path: &str) -> Result<Option<FileRecord>, StoreError> {
        match self.buffers.get(path) {
            Some(records) => Ok(Some(records.file.clone())),
            None => self.snapshot.file(path),
        }
    }

    /// All files, those of the index in key order, then the open buffers in the order of their paths.
    pub fn files(&self, visit: &mut dyn FnMut(FileRecord) -> ControlFlow<()>) -> Result<(), StoreError> {
        let mut flow = ControlFlow::Continue(());
        self.snapshot.files(&mut |file| {
            if !self.buffers.contains_key(&file.path) {
                flow = visit(file);
            }
            flow
        })?;
        let mut buffers: Vec<_> = self.buffers.values().collect();
        buffers.sort_by(|a, b| a.file.path.cmp(&b.file.path));
        for records in buffers {
            if flow.is_break() {
                break;
            }
            flow = visit(records.file.clone());
        }
        Ok(())
    }

    /// A file's symbols in source order, read one by one as they are asked for.
    pub fn file_symbols(&self, file: &FileRecord) -> Result<FileSymbols<'a>, StoreError> {
        match self.buffers.get(&file.path) {
            Some(records) => Ok(FileSymbols::of_buffer(&records.symbols)),
            None => Ok(FileSymbols::stored(self.snapshot, self.snapshot.file_symbols(file.file_id)?)),
        }
    }

    pub fn symbol(&self, id: SymbolId) -> Result<Option<Cow<'a, Symbol>>, StoreError> {
        let stored = self.snapshot.symbol(id)?;
        match stored {
            Some(symbol) if !self.buffers.contains_key(&symbol.path) => Ok(Some(Cow::Owned(symbol))),
            // The path tells the one buffer to look into.
            Some(symbol) => Ok(self.buffers.get(&symbol.path).and_then(|records| in_buffer(records, id))),
            None => Ok(self.buffers.values().find_map(|records| in_buffer(records, id))),
        }
    }

    pub fn symbols_by_fqn(&self, fqn: &str) -> Result<Vec<Symbol>, StoreError> {
        let mut found = self.buffered(|symbol| symbol.fqn == fqn);
        for id in self.snapshot.symbols_by_fqn(fqn)? {
            found.extend(self.stored_symbol(id)?);
        }
        Ok(found)
    }

    /// Those that bear exactly this name: of open buffers all, of the index as many as `limit`.
    pub fn symbols_by_name(&self, name: &str, limit: usize) -> Result<Named, StoreError> {
        let mut symbols = self.buffered(|symbol| symbol.name == name && has_name(symbol));
        let mut ids = self.snapshot.symbols_by_name(name, limit + 1)?;
        let more = ids.len() > limit;
        ids.truncate(limit);
        for id in ids {
            symbols.extend(self.stored_symbol(id)?);
        }
        Ok(Named { symbols, more })
    }

    /// Those of one file that bear exactly this name.
    pub fn symbols_by_name_in(&self, file: &FileRecord, name: &str) -> Result<Vec<Cow<'a, Symbol>>, StoreError> {
        match self.buffers.get(&file.path) {
            Some(records) => {
                Ok(records.symbols.iter().filter(|s| s.name == name && has_name(s)).map(Cow::Borrowed).collect())
            }
            None => {
                let mut found = Vec::new();
                for id in self.at::<Vec<SymbolId>>(&keys::name_key(name, file.file_id))? {
                    // Long names may share a key.
                    found.extend(self.snapshot.symbol(id)?.filter(|symbol| symbol.name == name).map(Cow::Owned));
                }
                Ok(found)
            }
        }
    }

    pub fn path_of(&self, file: FileId) -> Result<Option<Arc<str>>, StoreError> {
        let open = self.buffers.values().find(|records| records.file.file_id == file);
        match open {
            Some(records) => Ok(Some(records.file.path.clone())),
            None => self.snapshot.path_of(file),
        }
    }

    /// All characters of a file are ASCII, so that columns are the same in every encoding.
    pub fn is_ascii(&self, path: &str) -> Result<bool, StoreError> {
        Ok(self.file(path)?.is_some_and(|file| !file.beyond_ascii))
    }

    /// What a file's names are; none for one that is not indexed.
    pub fn facts(&self, path: &str) -> Result<Option<Arc<Facts>>, StoreError> {
        if let Some(records) = self.buffers.get(path) {
            return Ok(Some(records.facts.clone()));
        }
        match self.snapshot.file(path)? {
            Some(file) => self.snapshot.facts(file.file_id),
            None => Ok(None),
        }
    }

    /// Where a file's names lead, in source order. Of an open buffer whose text is another than the index has, and of a file
    /// that is not linked so far, this is worked out here.
    pub fn links(&self, path: &str) -> Result<Arc<Vec<Link>>, StoreError> {
        match self.snapshot.file(path)? {
            Some(file) if self.is_linked(&file)? => self.snapshot.links(file.file_id),
            _ => Ok(Arc::new(self.linked_here(path)?.links.clone())),
        }
    }

    /// What the index has of the file's links is right.
    fn is_linked(&self, stored: &FileRecord) -> Result<bool, StoreError> {
        let is_same =
            self.buffers.get(&stored.path).is_none_or(|records| records.file.content_hash == stored.content_hash);
        Ok(is_same && !self.snapshot.is_todo(stored.file_id)?)
    }

    fn linked_here(&self, path: &str) -> Result<Rc<FileLinks>, StoreError> {
        if let Some(known) = self.linked.borrow().get(path) {
            return Ok(known.clone());
        }
        let world = IndexWorld::new(self.snapshot, self.buffers);
        let linked = world.file(path).map(|file| link_file(&mut Resolver::new(&world), file)).unwrap_or_default();
        world.checked()?;
        let linked = Rc::new(linked);
        self.linked.borrow_mut().insert(path.into(), linked.clone());
        Ok(linked)
    }

    /// The references to a symbol, file by file.
    pub fn references(&self, id: SymbolId) -> Result<Vec<(FileId, Vec<Reference>)>, StoreError> {
        let mut found = self.snapshot.references(id)?;
        // Files that the index is wrong about.
        let mut others: Vec<(FileId, Arc<str>)> =
            self.snapshot.todo(MAX_TODO)?.into_iter().map(|todo| (todo.file_id, todo.path)).collect();
        for records in self.buffers.values() {
            let stored = self.snapshot.file(&records.file.path)?;
            if stored.is_none_or(|stored| stored.content_hash != records.file.content_hash) {
                others.push((records.file.file_id, records.file.path.clone()));
            }
        }
        if others.is_empty() {
            return Ok(found);
        }
        others.sort();
        others.dedup();
        found.retain(|(file, _)| others.binary_search_by_key(file, |(other, _)| *other).is_err());
        for (file, path) in others {
            let linked = self.linked_here(&path)?;
            if let Ok(at) = linked.references.binary_search_by_key(&id, |(to, _)| *to) {
                found.push((file, linked.references[at].1.clone()));
            }
        }
        found.sort_by_key(|(file, _)| *file);
        Ok(found)
    }

    /// The references to a symbol from one file.
    pub fn references_from(&self, file: &FileRecord, id: SymbolId) -> Result<Cow<'a, [Reference]>, StoreError> {
        if let Some(records) = self.buffers.get(&file.path) {
            let own = records.references.iter().find(|(to, _)| *to == id);
            return Ok(Cow::Borrowed(own.map_or(&[], |(_, references)| references)));
        }
        Ok(Cow::Owned(self.snapshot.references_from(file.file_id, id)?))
    }

    /// A function's control-flow graph; none where it has no body.
    pub fn graph(&self, path: &str, function: SymbolId) -> Result<Option<Cow<'a, [CfgBlock]>>, StoreError> {
        match self.buffers.get(path) {
            Some(records) => {
                let own = records.graphs.iter().find(|(id, _)| *id == function);
                Ok(own.map(|(_, blocks)| Cow::Borrowed(blocks.as_slice())))
            }
            None => Ok(self.snapshot.graph(function)?.map(Cow::Owned)),
        }
    }

    /// What adds to a function's complexities, in source order.
    pub fn contributions(&self, path: &str, function: SymbolId) -> Result<Vec<Contribution>, StoreError> {
        match self.buffers.get(path) {
            Some(records) => {
                let own = records.whys.iter().find(|(id, _)| *id == function);
                Ok(own.map(|(_, contributions)| contributions.clone()).unwrap_or_default())
            }
            None => self.snapshot.contributions(function),
        }
    }

    pub fn symbol_metrics(&self, symbol: &Symbol) -> Result<Option<SymbolMetrics>, StoreError> {
        match self.buffers.get(&symbol.path) {
            Some(records) => {
                let own = records.symbol_metrics.iter().find(|m| m.symbol_id == symbol.symbol_id).cloned();
                let Some(mut own) = own else { return Ok(None) };
                // Who refers to it is counted in the index, whatever text of it is open.
                let stored = self.snapshot.symbol_metrics(symbol.symbol_id)?;
                own.fan_in = stored.and_then(|stored| stored.fan_in).or(own.fan_in);
                Ok(Some(own))
            }
            None => self.snapshot.symbol_metrics(symbol.symbol_id),
        }
    }

    pub fn file_metrics(&self, path: &str) -> Result<Option<FileMetrics>, StoreError> {
        match self.buffers.get(path) {
            Some(records) => Ok(records.file_metrics.clone()),
            None => self.snapshot.file_metrics(path),
        }
    }

    /// The ids that the index has of files that are open: they are not to be answered from it.
    pub fn hidden_symbols(&self) -> Result<HashSet<SymbolId>, StoreError> {
        let mut hidden = HashSet::new();
        for path in self.buffers.keys() {
            if let Some(file) = self.snapshot.file(path)? {
                hidden.extend(self.snapshot.file_symbols(file.file_id)?);
            }
        }
        Ok(hidden)
    }

    /// Whether the index and the buffers hold any file at all.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        let mut empty = true;
        self.files(&mut |_| {
            empty = false;
            ControlFlow::Break(())
        })?;
        Ok(empty)
    }

    /// The record at one key of the index; what is not there, or does not decode, is empty.
    fn at<T: DeserializeOwned + Default>(&self, key: &[u8]) -> Result<T, StoreError> {
        let Ok(key) = std::str::from_utf8(key) else { return Ok(T::default()) };
        let value = self.snapshot.get(key)?;
        Ok(value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
    }

    fn buffered(&self, wanted: impl Fn(&Symbol) -> bool) -> Vec<Symbol> {
        let all = self.buffers.values().flat_map(|records| &records.symbols);
        let mut found: Vec<_> = all.filter(|symbol| wanted(symbol)).cloned().collect();
        found.sort_by_key(|symbol| symbol.symbol_id);
        found
    }

    /// A symbol of the index whose file is not open.
    fn stored_symbol(&self, id: SymbolId) -> Result<Option<Symbol>, StoreError> {
        Ok(self.snapshot.symbol(id)?.filter(|symbol| !self.buffers.contains_key(&symbol.path)))
    }
}

/// An `impl` block is called by what it is for, and is not found by that.
pub(super) fn has_name(symbol: &Symbol) -> bool {
    symbol.kind.has_name()
}

fn in_buffer(records: &FileRecords, id: SymbolId) -> Option<Cow<'_, Symbol>> {
    records.symbols.iter().find(|symbol| symbol.symbol_id == id).map(Cow::Borrowed)
}
