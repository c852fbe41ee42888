//! What linking read, what it did not, and what it brought, woven into one database in key order.

use std::{ops::Bound, path::Path};

use super::{Rest, filling::Filling, linked::Linked, merge::Merge};
use crate::kv::{StoreError, env::Environment, error::Failure, keys, space, writer::with_count};

/// Rows that are read in one transaction.
const PIECE: usize = 1 << 20;
/// As much is read before the database is mapped anew.
const WINDOW: usize = 16 << 20;

/// Writes all rows into a new database; those that linking read lie in one that nobody reads any more.
pub(super) fn weave(
    data_dir: &Path,
    read: &Environment,
    rest: &mut Rest,
    linked: &mut Linked,
) -> Result<Environment, StoreError> {
    linked.finish()?;
    let mut filling = Filling::begin(data_dir)?;
    let losers = &rest.losers;
    let weaving =
        Weaving { data_dir, stored: Stored::new(read), unread: rest.unread.merge()?, linked: linked.spill.merge()? };
    weaving.write(|file| losers.contains(&file), &mut filling)?;
    filling.settled()
}

struct Weaving<'a> {
    data_dir: &'a Path,
    stored: Stored<'a>,
    unread: Merge<'a>,
    linked: Merge<'a>,
}

/// The rows of a database, standing at one of them. They are read in pieces, and after some of these the database is mapped anew.
struct Stored<'a> {
    environment: &'a Environment,
    /// Read since it was mapped.
    read: usize,
    buffer: Vec<u8>,
    /// Where a key begins, where its value does, and where that ends.
    rows: Vec<(usize, usize, usize)>,
    next: usize,
}

impl<'a> Stored<'a> {
    fn new(environment: &'a Environment) -> Self {
        Stored { environment, read: 0, buffer: Vec::new(), rows: Vec::new(), next: 0 }
    }

    fn current(&self) -> Option<(&[u8], &[u8])> {
        let &(key, value, end) = self.rows.get(self.next)?;
        Some((&self.buffer[key..value], &self.buffer[value..end]))
    }

    /// Goes on to the next row; the first time, to the first.
    fn advance(&mut self) -> Result<(), StoreError> {
        self.next += 1;
        if self.next < self.rows.len() {
            return Ok(());
        }
        let last = self.rows.last().map(|&(key, value, _)| self.buffer[key..value].to_vec());
        self.read += self.buffer.len();
        if self.read >= WINDOW {
            self.environment.remap()?;
            self.read = 0;
        }
        self.buffer.clear();
        self.rows.clear();
        self.next = 0;
        self.piece(last.as_deref()).map_err(|error| Failure::from(error).at(&self.environment.data_dir))
    }

    /// Reads what comes behind a key.
    fn piece(&mut self, last: Option<&[u8]>) -> heed::Result<()> {
        let txn = self.environment.env.read_txn()?;
        let from = last.map_or(Bound::Unbounded, Bound::Excluded);
        for row in self.environment.rows.range(&txn, &(from, Bound::Unbounded))? {
            let (key, value) = row?;
            let start = self.buffer.len();
            self.buffer.extend_from_slice(key);
            self.buffer.extend_from_slice(value);
            self.rows.push((start, start + key.len(), self.buffer.len()));
            if self.buffer.len() >= PIECE {
                break;
            }
        }
        Ok(())
    }
}

impl Weaving<'_> {
    fn write(mut self, is_loser: impl Fn(u32) -> bool, filling: &mut Filling) -> Result<(), StoreError> {
        self.next_stored()?;
        self.next_unread(&is_loser)?;
        self.next_linked()?;
        // The row that both what is linked and another source have.
        let (mut key, mut value) = (Vec::new(), Vec::new());
        loop {
            let stored = self.stored.current();
            let unread = self.unread.current().map(|row| (row.key, row.value));
            let from_stored = match (&stored, &unread) {
                (Some(stored), Some(unread)) => stored.0 <= unread.0,
                (stored, _) => stored.is_some(),
            };
            let base = if from_stored { stored } else { unread };
            let linked = self.linked.current().map(|row| row.key);
            match (base, linked) {
                (None, None) => return Ok(()),
                // Most rows are of one source alone.
                (Some((key, value)), linked) if linked.is_none_or(|linked| key < linked) => {
                    filling.put(key, value)?;
                }
                (base, Some(at)) => {
                    key.clear();
                    key.extend_from_slice(at);
                    let is_both = base.is_some_and(|(base, _)| base == at);
                    value.clear();
                    value.extend_from_slice(base.filter(|_| is_both).map_or(&[], |(_, value)| value));
                    self.with_linked(&key, is_both.then_some(&value), filling)?;
                    if !is_both {
                        continue;
                    }
                }
                (Some(_), None) => unreachable!("without another source the row is of one alone"),
            }
            if from_stored {
                self.next_stored()?;
            } else {
                self.next_unread(&is_loser)?;
            }
        }
    }

    /// Writes what is linked under a key, and goes on behind it.
    fn with_linked(&mut self, key: &[u8], base: Option<&Vec<u8>>, filling: &mut Filling) -> Result<(), StoreError> {
        let is_number =
            key.starts_with(keys::METRICS_SYMBOL.as_bytes()) || key.starts_with(keys::METRICS_FILE.as_bytes());
        let is_todo = key.starts_with(keys::REF_TODO.as_bytes());
        let mut count = 0u32;
        while let Some(row) = self.linked.current().filter(|row| row.key == key) {
            if is_number {
                count += row.value.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
            } else if !is_todo {
                filling.put(row.key, row.value)?;
            }
            self.next_linked()?;
        }
        // Of what has no numbers nobody's are told.
        if let Some(base) = base.filter(|_| is_number) {
            filling.put(key, with_count(base, count).as_deref().unwrap_or(base))?;
        }
        Ok(())
    }

    fn next_stored(&mut self) -> Result<(), StoreError> {
        self.stored.advance()
    }

    fn next_unread(&mut self, is_loser: &impl Fn(u32) -> bool) -> Result<(), StoreError> {
        loop {
            let found = self.unread.next().map_err(|error| unreadable(self.data_dir, error))?;
            if found.is_none_or(|row| !is_loser(row.file)) {
                return Ok(());
            }
        }
    }

    fn next_linked(&mut self) -> Result<(), StoreError> {
        self.linked.next().map_err(|error| unreadable(self.data_dir, error))?;
        Ok(())
    }
}

fn unreadable(data_dir: &Path, error: std::io::Error) -> StoreError {
    space::explain_at(data_dir, StoreError::of_io(data_dir, "read rows in", error))
}
