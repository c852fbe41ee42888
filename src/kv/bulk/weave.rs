//! What linking read, what it did not, and what it brought, woven into one database in key order.

use std::path::Path;

use super::{Rest, filling::Filling, linked::Linked, merge::Merge};
use crate::kv::{
    StoreError, env::Environment, error::Failure, keys, schema::Rows, sealed::Found, space, writer::with_count,
};

/// Writes all rows into a new database.
pub(super) fn weave(
    data_dir: &Path,
    read: &Environment,
    rest: &mut Rest,
    linked: &mut Linked,
) -> Result<Environment, StoreError> {
    linked.finish()?;
    let mut filling = Filling::begin(data_dir)?;
    let txn = read.env.read_txn().map_err(|error| Failure::from(error).at(data_dir))?;
    let losers = &rest.losers;
    let weaving = Weaving {
        data_dir,
        stored: Stored::new(read.rows, &txn).map_err(|error| Failure::from(error).at(data_dir))?,
        unread: rest.unread.merge()?,
        linked: linked.spill.merge()?,
    };
    weaving.write(|file| losers.contains(&file), &mut filling)?;
    filling.settled()
}

struct Weaving<'a, I> {
    data_dir: &'a Path,
    stored: Stored<'a, I>,
    unread: Merge<'a>,
    linked: Merge<'a>,
}

/// The rows of a database, standing at one of them.
struct Stored<'a, I> {
    rows: I,
    current: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> Stored<'a, ()> {
    fn new(
        rows: Rows,
        txn: &'a crate::kv::schema::Read<'_>,
    ) -> heed::Result<Stored<'a, impl Iterator<Item = Found<'a>>>> {
        Ok(Stored { rows: rows.iter(txn)?, current: None })
    }
}

impl<'a, I: Iterator<Item = Found<'a>>> Stored<'a, I> {
    fn advance(&mut self) -> heed::Result<()> {
        self.current = self.rows.next().transpose()?;
        Ok(())
    }
}

impl<'a, I: Iterator<Item = Found<'a>>> Weaving<'a, I> {
    fn write(mut self, is_loser: impl Fn(u32) -> bool, filling: &mut Filling) -> Result<(), StoreError> {
        self.next_stored()?;
        self.next_unread(&is_loser)?;
        self.next_linked()?;
        // The row that both what is linked and another source have.
        let (mut key, mut value) = (Vec::new(), Vec::new());
        loop {
            let stored = self.stored.current;
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
        self.stored.advance().map_err(|error| Failure::from(error).at(self.data_dir))
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
