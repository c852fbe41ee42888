//! The rows that linking brings to an index that has none of them, sorted.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rustc_hash::FxHashMap;

use super::spill::Spill;
use crate::{
    kv::{LinkUpdate, StoreError, encoding::encode_json, keys, links},
    record::{DepRow, Layout, ReferenceRows, in_parts},
};

/// Numbers of who refers to what, before they are written as rows.
const MAX_COUNTS: usize = 1 << 15;

/// What comes of linking. Of a `metrics:` row only by how much a number grows is among the rows, in four bytes; of a
/// `ref:todo:` row, with no value, that it goes.
#[derive(Debug)]
pub(super) struct Linked {
    pub(super) spill: Spill,
    counts: FxHashMap<Vec<u8>, u32>,
    layouts: BTreeMap<u64, Layout>,
}

/// Rows on their way there.
#[derive(Debug, Default)]
pub(super) struct LinkRows {
    buffer: Vec<u8>,
    /// Where a key begins, where its value does, and where that ends.
    rows: Vec<(usize, usize, usize)>,
    counts: FxHashMap<Vec<u8>, u32>,
    /// With the files that rest on them.
    layouts: Vec<(Layout, usize)>,
    /// Where the rows of each file begin.
    files: Vec<usize>,
}

impl LinkRows {
    pub(super) fn of(updates: &[LinkUpdate]) -> Self {
        let mut rows = LinkRows::default();
        updates.iter().for_each(|update| rows.push(update));
        rows
    }

    fn push(&mut self, update: &LinkUpdate) {
        let file = update.todo.file_id;
        self.files.push(self.rows.len());
        for (symbol, references) in &update.references {
            self.put(&keys::sym_rev_key(*symbol, file), &ReferenceRows(references));
            let functions = links::functions(references);
            if functions > 0 {
                *self.counts.entry(keys::symbol_metrics_key(*symbol)).or_default() += functions as u32;
            }
        }
        for path in &update.files {
            *self.counts.entry(keys::file_metrics_key(path)).or_default() += 1;
        }
        for of_part in in_parts(&update.deps).chunk_by(|a, b| a.part() == b.part()) {
            self.put(&keys::dep_key(of_part[0].part(), file), &DepRow(of_part));
        }
        self.put(&keys::links_key(file), &update.columns());
        let todo = self.key(&keys::todo_key(file));
        self.rows.push(todo);
        self.layouts.extend(update.layouts.iter().cloned().map(|layout| (layout, self.files.len() - 1)));
    }

    fn key(&mut self, key: &[u8]) -> (usize, usize, usize) {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(key);
        (start, self.buffer.len(), self.buffer.len())
    }

    fn put<T: serde::Serialize + ?Sized>(&mut self, key: &[u8], value: &T) {
        let (start, value_at, _) = self.key(key);
        serde_json::to_writer(&mut self.buffer, value).expect("records are JSON, and memory takes any amount");
        self.rows.push((start, value_at, self.buffer.len()));
    }
}

impl Linked {
    pub(super) fn new(dir: &Path, run_bytes: usize) -> Self {
        Linked { spill: Spill::new(dir, run_bytes), counts: FxHashMap::default(), layouts: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, rows: LinkRows) -> Result<(), StoreError> {
        // Where files were told different things of how the project is laid out, it has changed meanwhile: those that were
        // told later stay to be linked.
        let mut late = BTreeSet::new();
        for (layout, file) in rows.layouts {
            if *self.layouts.entry(layout.group()).or_insert_with(|| layout.clone()) != layout {
                late.insert(file);
            }
        }
        let todo = keys::REF_TODO.as_bytes();
        for (at, &(key, value, end)) in rows.rows.iter().enumerate() {
            let (key, value) = (&rows.buffer[key..value], &rows.buffer[value..end]);
            let is_late = !late.is_empty() && late.contains(&(rows.files.partition_point(|&first| first <= at) - 1));
            if !(is_late && key.starts_with(todo)) {
                self.spill.add(0, key, value)?;
            }
        }
        for (key, count) in rows.counts {
            *self.counts.entry(key).or_default() += count;
        }
        if self.counts.len() > MAX_COUNTS {
            self.write_counts()?;
        }
        Ok(())
    }

    /// All that was added is in the rows.
    pub(super) fn finish(&mut self) -> Result<(), StoreError> {
        self.write_counts()?;
        for (group, layout) in std::mem::take(&mut self.layouts) {
            let value = encode_json(&layout).expect("a layout is JSON");
            self.spill.add(0, &keys::layout_key(group), &value)?;
        }
        self.spill.settle()
    }

    fn write_counts(&mut self) -> Result<(), StoreError> {
        for (key, count) in std::mem::take(&mut self.counts) {
            self.spill.add(0, &key, &count.to_le_bytes())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_added_up() {
        let dir = tempfile::tempdir().unwrap();
        let mut linked = Linked::new(dir.path(), 1 << 20);
        for _ in 0..3 {
            let counts = FxHashMap::from_iter([(b"metrics:file:a".to_vec(), 2)]);
            linked.add(LinkRows { counts, ..LinkRows::default() }).unwrap();
        }
        linked.finish().unwrap();
        let mut merge = linked.spill.merge().unwrap();
        let row = merge.next().unwrap().unwrap();
        assert_eq!((row.key, row.value), (&b"metrics:file:a"[..], &6u32.to_le_bytes()[..]));
        assert!(merge.next().unwrap().is_none());
    }
}
