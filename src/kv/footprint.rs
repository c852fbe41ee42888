//! What a stored file has in the index: every key that must go, or be written anew, when the file does.

use std::{borrow::Cow, ops::Range, sync::Arc};

use serde::Deserialize;

use super::{
    encoding::decode_json,
    error::Failure,
    keys,
    schema::{Read, Rows},
};
use crate::record::{FactColumns, FileId, SymbolId, SymbolKind};

/// A stored file.
#[derive(Debug)]
pub(super) struct Footprint {
    pub(super) path: Arc<str>,
    pub(super) file_id: FileId,
    pub(super) salt: u32,
    /// Not when it was skipped.
    pub(super) indexed: bool,
    /// Sorted.
    symbols: Vec<SymbolId>,
    buffer: Vec<u8>,
    keys: Vec<Range<usize>>,
    fqns: Vec<(Range<usize>, SymbolId)>,
}

/// The part of a file record that tells where its other records are.
#[derive(Deserialize)]
pub(super) struct FileHead<'a> {
    pub(super) file_id: FileId,
    #[serde(borrow)]
    pub(super) path: Cow<'a, str>,
    #[serde(default)]
    pub(super) salt: u32,
    #[serde(default)]
    pub(super) skipped: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct SymbolHead<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    kind: SymbolKind,
}

impl Footprint {
    /// `None` for a path that is not in the index.
    pub(super) fn of(rows: Rows, txn: &Read<'_>, path: &str) -> Result<Option<Self>, Failure> {
        let key = keys::file_path_key(path);
        let Some(value) = rows.get(txn, &key)? else { return Ok(None) };
        let head: FileHead<'_> = decode(&key, value)?;
        let mut footprint = Footprint {
            path: path.into(),
            file_id: head.file_id,
            salt: head.salt,
            indexed: head.skipped.is_none(),
            symbols: Vec::new(),
            buffer: Vec::new(),
            keys: Vec::new(),
            fqns: Vec::new(),
        };
        footprint.push(&key);
        if footprint.indexed {
            footprint.collect(rows, txn)?;
        }
        Ok(Some(footprint))
    }

    pub(super) fn has(&self, symbol: SymbolId) -> bool {
        self.symbols.binary_search(&symbol).is_ok()
    }

    /// Keys of rows that are the file's alone. Not every one must be there.
    pub(super) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().map(|key| &self.buffer[key.clone()])
    }

    /// Keys of name lists, and the symbol that each holds for this file.
    pub(super) fn fqns(&self) -> impl Iterator<Item = (&[u8], SymbolId)> {
        self.fqns.iter().map(|(key, id)| (&self.buffer[key.clone()], *id))
    }

    pub(super) fn symbols(&self) -> &[SymbolId] {
        &self.symbols
    }

    fn collect(&mut self, rows: Rows, txn: &Read<'_>) -> Result<(), Failure> {
        let path = self.path.clone();
        let list_key = keys::file_sym_key(self.file_id);
        let mut symbols: Vec<SymbolId> = match rows.get(txn, &list_key)? {
            Some(value) => decode(&list_key, value)?,
            None => return Err(missing(&list_key)),
        };
        symbols.sort_unstable();
        self.push(&list_key);
        self.push(&keys::ast_nodes_key(self.file_id));
        self.push(&keys::imports_key(self.file_id));
        self.push(&keys::exports_key(self.file_id));
        let facts_key = keys::facts_key(self.file_id);
        let value = rows.get(txn, &facts_key)?.ok_or_else(|| missing(&facts_key))?;
        let words = FactColumns::words(value).ok_or_else(|| damaged(&facts_key))?;
        self.push(&facts_key);
        for word in words {
            self.push(&keys::owner_key(&word, self.file_id));
        }
        self.push(&keys::file_path_of_key(self.file_id));
        self.push(&keys::file_metrics_key(&path));
        let prefix = keys::chunk_prefix(&path);
        for row in rows.prefix_iter(txn, &prefix)? {
            let (key, _) = row?;
            if keys::chunk_tail(&prefix, key).is_some() {
                self.push(key);
            }
        }
        let mut names = Vec::with_capacity(symbols.len());
        for &symbol in &symbols {
            let key = keys::sym_id_key(symbol);
            let value = rows.get(txn, &key)?.ok_or_else(|| missing(&key))?;
            let head: SymbolHead<'_> = decode(&key, value)?;
            if head.kind.has_name() {
                names.push(keys::name_key(&head.name, self.file_id));
            }
            self.push(&key);
            let key = keys::sym_fqn_of_key(symbol);
            let value = rows.get(txn, &key)?.ok_or_else(|| missing(&key))?;
            let fqn: Cow<'_, str> = decode(&key, value)?;
            self.push(&key);
            let range = self.append(&keys::sym_fqn_key(&fqn));
            self.fqns.push((range, symbol));
            self.push(&keys::cfg_blocks_key(symbol));
            self.push(&keys::symbol_metrics_key(symbol));
            self.push(&keys::why_key(symbol));
        }
        names.sort_unstable();
        names.dedup();
        for name in names {
            self.push(&name);
        }
        self.symbols = symbols;
        Ok(())
    }

    fn push(&mut self, key: &[u8]) {
        let range = self.append(key);
        self.keys.push(range);
    }

    fn append(&mut self, key: &[u8]) -> Range<usize> {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(key);
        start..self.buffer.len()
    }
}

/// A record that other records stand on. One that does not decode leaves it open what else is there.
pub(super) fn decode<'a, T: Deserialize<'a>>(key: &[u8], value: &'a [u8]) -> Result<T, Failure> {
    decode_json(value).map_err(|error| Failure::Damaged(format!("`{}`: {error}", String::from_utf8_lossy(key))))
}

/// A row that others say is there.
pub(super) fn missing(key: &[u8]) -> Failure {
    Failure::Damaged(format!("`{}` is missing", String::from_utf8_lossy(key)))
}

fn damaged(key: &[u8]) -> Failure {
    Failure::Damaged(format!("`{}` is not of the expected shape", String::from_utf8_lossy(key)))
}
