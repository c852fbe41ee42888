//! The sorted rows of all files, written in key order into a new database.

use std::{collections::HashSet, path::Path, sync::Arc};

use heed::{MdbError, RwTxn};

use super::spill::Spill;
use crate::{
    kv::{
        StoreError,
        encoding::encode_json,
        env::{Access, Environment, MAP_BYTES},
        error::Failure,
        keys,
        schema::{Row, Rows, put_list},
        sealed::{SEAL_BYTES, seal},
        space,
    },
    record::SymbolId,
};

/// Rows in one transaction. LMDB holds as many pages in memory until it is over.
const COMMIT_BYTES: usize = 4 << 20;
/// After so many of them the database is mapped anew.
const COMMITS: u32 = 16;

/// The new database, while the files' rows are written.
pub(super) struct Filling {
    environment: Environment,
    buffer: Vec<u8>,
    /// The lengths of keys and values in the buffer.
    rows: Vec<(usize, usize)>,
    /// Transactions since the database was mapped.
    commits: u32,
}

impl Filling {
    pub(super) fn begin(data_dir: &Path) -> Result<Self, StoreError> {
        let (environment, _) = Environment::open(data_dir, Access::Build, MAP_BYTES)?;
        Ok(Filling { environment, buffer: Vec::new(), rows: Vec::new(), commits: 0 })
    }

    pub(super) fn write(&mut self, spill: &mut Spill, losers: &HashSet<u32>) -> Result<(), StoreError> {
        let data_dir = self.environment.data_dir.clone();
        let unreadable = |error| space::explain_at(&data_dir, StoreError::of_io(&data_dir, "read rows in", error));
        let mut merge = spill.merge()?;
        // A list that files share, while its members come in.
        let (mut key, mut members): (Vec<u8>, Vec<SymbolId>) = (Vec::new(), Vec::new());
        while let Some(row) = merge.next().map_err(unreadable)? {
            if losers.contains(&row.file) {
                continue;
            }
            if !members.is_empty() && key != row.key {
                self.put_list(&key, &mut members)?;
            }
            match row.value.first_chunk() {
                Some(id) if row.key.starts_with(keys::SYM_FQN.as_bytes()) => {
                    key.clear();
                    key.extend_from_slice(row.key);
                    members.push(SymbolId(u64::from_le_bytes(*id)));
                }
                _ => self.put(row.key, row.value)?,
            }
        }
        if !members.is_empty() {
            self.put_list(&key, &mut members)?;
        }
        self.commit()
    }

    fn put_list(&mut self, key: &[u8], members: &mut Vec<SymbolId>) -> Result<(), StoreError> {
        members.sort_unstable();
        members.dedup();
        let value = encode_json(&*members).expect("a list of numbers is JSON");
        members.clear();
        self.put(key, &value)
    }

    /// In key order.
    pub(super) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        if !self.rows.is_empty() && self.buffer.len() + key.len() + value.len() > COMMIT_BYTES {
            self.commit()?;
            self.commits += 1;
            if self.commits == COMMITS {
                self.environment.remap()?;
                self.commits = 0;
            }
        }
        self.rows.push((key.len(), value.len() + SEAL_BYTES));
        self.buffer.extend_from_slice(key);
        self.buffer.extend_from_slice(value);
        self.buffer.extend_from_slice(&seal(key, value));
        Ok(())
    }

    /// Appends the rows in the buffer to the database.
    fn commit(&mut self) -> Result<(), StoreError> {
        let Filling { environment, buffer, rows, .. } = self;
        let data_dir = &environment.data_dir;
        let explain = |failure: Failure| space::explain_at(data_dir, failure.at(data_dir));
        let append = || -> Result<(), Failure> {
            let mut txn = environment.env.write_txn()?;
            let mut rest = buffer.as_slice();
            for &(key, value) in rows.iter() {
                let (row, behind) = rest.split_at(key + value);
                environment.rows.append(&mut txn, &row[..key], &row[key..])?;
                rest = behind;
            }
            Ok(txn.commit()?)
        };
        loop {
            match append() {
                Ok(()) => break,
                Err(failure) if failure.is(MdbError::MapFull) => environment.grow()?,
                Err(failure) => return Err(explain(failure)),
            }
        }
        rows.clear();
        buffer.clear();
        buffer.shrink_to(COMMIT_BYTES);
        Ok(())
    }

    /// All rows are in. From here on it can be written to like any other.
    pub(super) fn settled(mut self) -> Result<Environment, StoreError> {
        self.commit()?;
        let settled = self.environment.settle().map_err(|failure| failure.at(&self.environment.data_dir));
        settled.map_err(|error| space::explain_at(&self.environment.data_dir, error))?;
        Ok(self.environment)
    }

    /// Adds what the index knows of itself. From here on it can be written to like any other.
    pub(super) fn finish(self, own: &[Row], salted: &[Arc<str>]) -> Result<Environment, StoreError> {
        let environment = self.environment;
        put_rows(&environment, own, |rows, txn| put_list(rows, txn, keys::META_CLASH, salted))
            .and_then(|()| environment.settle().map_err(|failure| failure.at(&environment.data_dir)))
            .map_err(|error| space::explain_at(&environment.data_dir, error))?;
        Ok(environment)
    }
}

/// Puts rows, and what `more` writes, into a database that nobody else sees.
pub(super) fn put_rows(
    environment: &Environment,
    new: &[Row],
    more: impl Fn(Rows, &mut RwTxn<'_>) -> Result<(), Failure>,
) -> Result<(), StoreError> {
    let put = || -> Result<(), Failure> {
        let mut txn = environment.env.write_txn()?;
        for (key, value) in new {
            environment.rows.put(&mut txn, key, value)?;
        }
        more(environment.rows, &mut txn)?;
        Ok(txn.commit()?)
    };
    loop {
        match put() {
            Err(failure) if failure.is(MdbError::MapFull) => environment.grow()?,
            done => return done.map_err(|failure| failure.at(&environment.data_dir)),
        }
    }
}
