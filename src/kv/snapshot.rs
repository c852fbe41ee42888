//! A consistent view of the index. Lives no longer than one request.

use std::sync::Arc;

use serde_json::Value;

use super::StoreError;
use crate::record::*;

/// All reads go through it. A value that does not decode counts as absent.
#[derive(Debug)]
pub struct Snapshot {}

impl Snapshot {
    pub fn file(&self, path: &str) -> Result<Option<FileRecord>, StoreError> {
        let _ = path;
        todo!()
    }
    /// All files, in key order, until `visit` breaks.
    pub fn files(&self, visit: &mut dyn FnMut(FileRecord) -> std::ops::ControlFlow<()>) -> Result<(), StoreError> {
        let _ = visit;
        todo!()
    }
    pub fn file_symbols(&self, file: FileId) -> Result<Vec<SymbolId>, StoreError> {
        let _ = file;
        todo!()
    }
    pub fn symbol(&self, id: SymbolId) -> Result<Option<Symbol>, StoreError> {
        let _ = id;
        todo!()
    }
    pub fn symbols_by_fqn(&self, fqn: &str) -> Result<Vec<SymbolId>, StoreError> {
        let _ = fqn;
        todo!()
    }
    /// The symbols that bear exactly this name, of any file (up to `limit`), ordered by id.
    pub fn symbols_by_name(&self, name: &str, limit: usize) -> Result<Vec<SymbolId>, StoreError> {
        let _ = (name, limit);
        todo!()
    }
    /// All (name, ids in one file) in key order, until `visit` breaks.
    pub fn names(
        &self,
        visit: &mut dyn FnMut(&str, &[SymbolId]) -> std::ops::ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let _ = visit;
        todo!()
    }
    pub fn references(&self, id: SymbolId) -> Result<Vec<(FileId, Vec<Reference>)>, StoreError> {
        let _ = id;
        todo!()
    }
    pub fn graph(&self, function: SymbolId) -> Result<Option<Vec<CfgBlock>>, StoreError> {
        let _ = function;
        todo!()
    }
    pub fn nodes(&self, file: FileId) -> Result<Option<Vec<AstNode>>, StoreError> {
        let _ = file;
        todo!()
    }
    pub fn chunks(&self, path: &str) -> Result<Vec<Chunk>, StoreError> {
        let _ = path;
        todo!()
    }
    pub fn symbol_metrics(&self, id: SymbolId) -> Result<Option<SymbolMetrics>, StoreError> {
        let _ = id;
        todo!()
    }
    pub fn file_metrics(&self, path: &str) -> Result<Option<FileMetrics>, StoreError> {
        let _ = path;
        todo!()
    }
    /// The newest runs first.
    pub fn executions(&self, limit: usize) -> Result<Vec<Execution>, StoreError> {
        let _ = limit;
        todo!()
    }
    pub fn root(&self) -> Arc<str> {
        todo!()
    }
    /// The raw value at a key.
    pub fn get(&self, key: &str) -> Result<Option<Value>, StoreError> {
        let _ = key;
        todo!()
    }
    /// All raw keys and JSON texts under a prefix, sorted, until `visit` breaks.
    pub fn scan(
        &self,
        prefix: &str,
        visit: &mut dyn FnMut(&str, &str) -> std::ops::ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let _ = (prefix, visit);
        todo!()
    }
}
