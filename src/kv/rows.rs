//! One file's records as key-value rows, ready to be written. Made on the extracting threads.

use std::{ops::Range, sync::Arc};

use serde::Serialize;

use super::{keys, links::Todo};
use crate::record::{
    AstColumns, CfgColumns, FactColumns, FileId, FileMetrics, FileRecords, Surface, SymbolId, WhyColumns,
};

/// The rows of one file, sorted by key, and its part in the lists that files share.
#[derive(Debug)]
pub struct FileRows {
    path: Arc<str>,
    file_id: FileId,
    salt: u32,
    indexed: bool,
    repeats_an_id: bool,
    surface: Surface,
    /// Keys and values, in the order in which they were made.
    buffer: Vec<u8>,
    rows: Vec<Row>,
    /// Keys of the lists of a fully-qualified name's symbols, and the symbol to be in each.
    fqns: Vec<(Range<usize>, SymbolId)>,
}

/// A key in the buffer, and right behind it its value.
#[derive(Debug)]
struct Row {
    key: usize,
    value: usize,
    end: usize,
}

impl FileRows {
    pub fn encode(records: &FileRecords) -> Self {
        let file = &records.file;
        let mut rows = FileRows {
            path: file.path.clone(),
            file_id: file.file_id,
            salt: file.salt,
            indexed: file.skipped.is_none(),
            repeats_an_id: false,
            surface: if file.skipped.is_some() {
                Surface::default()
            } else {
                Surface::of(&file.path, &file.language, &file.module, &records.facts)
            },
            buffer: Vec::with_capacity(size_hint(records)),
            rows: Vec::with_capacity(6 * records.symbols.len() + records.chunks.len() + 4),
            fqns: Vec::with_capacity(records.symbols.len()),
        };
        rows.put(&keys::file_path_key(&file.path), file);
        // A skipped file has no rows by its id, so that its id is in nobody's way.
        if rows.indexed {
            rows.put_by_id(keys::AST_FILE, file.file_id.0, &AstColumns::of(&records.nodes));
            rows.put_symbols(records);
            rows.put_by_id(keys::FILE_PATH_OF, file.file_id.0, &*file.path);
            rows.put_by_id(keys::REF_TODO, file.file_id.0, &Todo::new(file.file_id, file.path.clone()));
            for (word, owners) in records.facts.words() {
                rows.put(&keys::owner_key(word, file.file_id), &owners);
            }
            rows.put_by_id(keys::REF_FACTS, file.file_id.0, &FactColumns::of(&records.facts));
        }
        for (function, blocks) in &records.graphs {
            rows.put_by_id(keys::CFG_FUNC, function.0, &CfgColumns(blocks));
        }
        for (function, contributions) in &records.whys {
            rows.put_by_id(keys::METRICS_WHY, function.0, &WhyColumns::of(contributions));
        }
        if !records.imports.is_empty() {
            rows.put_by_id(keys::FILE_IMPORTS, file.file_id.0, &records.imports);
        }
        if !records.exports.is_empty() {
            rows.put_by_id(keys::FILE_EXPORTS, file.file_id.0, &records.exports);
        }
        for chunk in &records.chunks {
            rows.put(&keys::chunk_key(&file.path, chunk.byte_start, chunk.byte_end), chunk);
        }
        // Who refers to what, linking counts.
        if let Some(metrics) = &records.file_metrics {
            let metrics = FileMetrics { fan_in: Some(0), ..metrics.clone() };
            rows.put(&keys::file_metrics_key(&file.path), &metrics);
        }
        for metrics in &records.symbol_metrics {
            rows.put_by_id(keys::METRICS_SYMBOL, metrics.symbol_id.0, &metrics.stored());
        }
        let buffer = &rows.buffer;
        rows.rows.sort_unstable_by(|a, b| buffer[a.key..a.value].cmp(&buffer[b.key..b.value]));
        debug_assert!(
            rows.repeats_an_id || rows.iter().zip(rows.iter().skip(1)).all(|(a, b)| a.0 < b.0),
            "{} brings two records for one key",
            rows.path
        );
        rows
    }

    /// The path of the file.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    pub fn file_id(&self) -> FileId {
        self.file_id
    }

    /// The bytes of keys and values, for bounding a batch.
    pub fn byte_size(&self) -> usize {
        self.buffer.len()
    }

    /// The salt that its ids were made with.
    pub(super) fn salt(&self) -> u32 {
        self.salt
    }

    /// Not when it was skipped: then there is a record of the file, and nothing of what is in it.
    pub(super) fn is_indexed(&self) -> bool {
        self.indexed
    }

    /// What others can learn from it.
    pub(super) fn surface(&self) -> &Surface {
        &self.surface
    }

    /// Two of its own symbols met in one id.
    pub(super) fn repeats_an_id(&self) -> bool {
        self.repeats_an_id
    }

    /// Keys and values in key order.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], &[u8])> {
        self.rows.iter().map(|row| self.at(row))
    }

    /// The keys of its symbols' records, sorted, and the ids in them.
    pub(super) fn symbols(&self) -> impl Iterator<Item = (&[u8], SymbolId)> {
        let from = self.rows.partition_point(|row| self.at(row).0 < keys::SYM_ID.as_bytes());
        self.rows[from..].iter().map_while(|row| {
            let (key, _) = self.at(row);
            keys::id_tail(keys::SYM_ID.as_bytes(), key).map(|id| (key, SymbolId(id)))
        })
    }

    /// Keys of name lists, and the symbol that each must hold.
    pub(super) fn fqns(&self) -> impl Iterator<Item = (&[u8], SymbolId)> {
        self.fqns.iter().map(|(key, id)| (&self.buffer[key.clone()], *id))
    }

    fn at(&self, row: &Row) -> (&[u8], &[u8]) {
        (&self.buffer[row.key..row.value], &self.buffer[row.value..row.end])
    }

    fn put_symbols(&mut self, records: &FileRecords) {
        let symbols = &records.symbols;
        let in_order: Vec<SymbolId> = symbols.iter().map(|symbol| symbol.symbol_id).collect();
        self.put_by_id(keys::FILE_SYM, self.file_id.0, &in_order);
        let mut sorted = in_order;
        sorted.sort_unstable();
        self.repeats_an_id = sorted.windows(2).any(|pair| pair[0] == pair[1]);
        for symbol in symbols {
            self.put_by_id(keys::SYM_ID, symbol.symbol_id.0, symbol);
            self.put_by_id(keys::SYM_FQN_OF, symbol.symbol_id.0, &symbol.fqn);
            let start = self.buffer.len();
            self.buffer.extend_from_slice(&keys::sym_fqn_key(&symbol.fqn));
            self.fqns.push((start..self.buffer.len(), symbol.symbol_id));
        }
        let mut names: Vec<(&str, SymbolId)> = symbols
            .iter()
            .filter(|symbol| symbol.kind.has_name())
            .map(|symbol| (symbol.name.as_str(), symbol.symbol_id))
            .collect();
        names.sort_unstable();
        for group in names.chunk_by(|a, b| a.0 == b.0) {
            let ids: Vec<SymbolId> = group.iter().map(|&(_, id)| id).collect();
            self.put(&keys::name_key(group[0].0, self.file_id), &ids);
        }
    }

    fn put<T: Serialize + ?Sized>(&mut self, key: &[u8], value: &T) {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(key);
        self.put_value(start, value);
    }

    fn put_by_id<T: Serialize + ?Sized>(&mut self, prefix: &str, id: u64, value: &T) {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(prefix.as_bytes());
        keys::push_number(&mut self.buffer, id);
        self.put_value(start, value);
    }

    fn put_value<T: Serialize + ?Sized>(&mut self, key: usize, value: &T) {
        let at = self.buffer.len();
        serde_json::to_writer(&mut self.buffer, value).expect("records are JSON, and memory takes any amount");
        self.rows.push(Row { key, value: at, end: self.buffer.len() });
    }
}

/// About what the rows will need: measured on Rust and Python sources, rounded up.
fn size_hint(records: &FileRecords) -> usize {
    let blocks: usize = records.graphs.iter().map(|(_, blocks)| blocks.len()).sum();
    let references: usize = records.references.iter().map(|(_, references)| references.len()).sum();
    let content: usize = records.chunks.iter().map(|chunk| chunk.content.len() + 400).sum();
    800 + records.symbols.len() * 1200 + records.nodes.len() * 25 + blocks * 230 + references * 150 + content
}
