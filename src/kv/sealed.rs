//! The rows of an index as they lie in the database: each value with a checksum of itself and its key behind it.
//!
//! The checksum is white space, so that a value with it is the same JSON as without. Whoever reads a row through here is
//! given what was written, or is told that it is damaged.

use std::ops::RangeBounds;

use heed::{
    Database, DatabaseStat, PutFlags, RwTxn,
    types::{Bytes, DecodeIgnore},
};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::schema::Read;

/// Two bits each. JSON knows no other white space.
const LETTERS: [u8; 4] = *b" \t\n\r";
const BITS: u32 = 24;
pub(super) const SEAL_BYTES: usize = BITS as usize / 2;

/// What stands behind the value of a key.
pub(super) fn seal(key: &[u8], value: &[u8]) -> [u8; SEAL_BYTES] {
    let sum = xxh3_64_with_seed(value, xxh3_64(key));
    std::array::from_fn(|at| LETTERS[(sum >> (BITS as usize - 2 - 2 * at)) as usize & 3])
}

/// The value in what lies under a key; nothing if it is not what was written there.
pub(super) fn opened<'v>(key: &[u8], sealed: &'v [u8]) -> Option<&'v [u8]> {
    let (value, found) = sealed.split_last_chunk()?;
    (*found == seal(key, value)).then_some(value)
}

/// A value that does not fit its checksum.
#[derive(Debug, thiserror::Error)]
#[error("`{key}` does not fit its checksum")]
pub(super) struct Broken {
    key: String,
}

fn open<'v>(key: &[u8], sealed: &'v [u8]) -> heed::Result<&'v [u8]> {
    opened(key, sealed).ok_or_else(|| {
        let key = String::from_utf8_lossy(key).into_owned();
        heed::Error::Decoding(Box::new(Broken { key }))
    })
}

/// A row as it is read.
pub(super) type Found<'t> = heed::Result<(&'t [u8], &'t [u8])>;

fn open_row(row: Found<'_>) -> Found<'_> {
    let (key, sealed) = row?;
    Ok((key, open(key, sealed)?))
}

/// All records of an index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows(Database<'static, Bytes, Bytes>);

impl Rows {
    pub(super) fn new(database: Database<'static, Bytes, Bytes>) -> Self {
        Rows(database)
    }

    pub(super) fn get<'t>(self, txn: &'t Read<'_>, key: &[u8]) -> heed::Result<Option<&'t [u8]>> {
        self.0.get(txn, key)?.map(|sealed| open(key, sealed)).transpose()
    }

    /// What lies under a key, with whatever is behind it: for an index that may be another's.
    pub(super) fn get_as_it_is<'t>(self, txn: &'t Read<'_>, key: &[u8]) -> heed::Result<Option<&'t [u8]>> {
        self.0.get(txn, key)
    }

    pub(super) fn put(self, txn: &mut RwTxn<'_>, key: &[u8], value: &[u8]) -> heed::Result<()> {
        self.0.put_reserved(txn, key, value.len() + SEAL_BYTES, |space| {
            use std::io::Write;
            space.write_all(value)?;
            space.write_all(&seal(key, value))
        })
    }

    /// Puts a row behind all others, its value with the [`seal`] behind it.
    pub(super) fn append(self, txn: &mut RwTxn<'_>, key: &[u8], sealed: &[u8]) -> heed::Result<()> {
        self.0.put_with_flags(txn, PutFlags::APPEND, key, sealed)
    }

    pub(super) fn delete(self, txn: &mut RwTxn<'_>, key: &[u8]) -> heed::Result<bool> {
        self.0.delete(txn, key)
    }

    pub(super) fn iter<'t>(self, txn: &'t Read<'_>) -> heed::Result<impl Iterator<Item = Found<'t>>> {
        Ok(self.0.iter(txn)?.map(open_row))
    }

    pub(super) fn prefix_iter<'t>(
        self,
        txn: &'t Read<'_>,
        prefix: &[u8],
    ) -> heed::Result<impl Iterator<Item = Found<'t>> + use<'t>> {
        Ok(self.0.prefix_iter(txn, prefix)?.map(open_row))
    }

    /// The keys under a prefix. Their values, which are not looked at, may be damaged.
    pub(super) fn keys<'t>(
        self,
        txn: &'t Read<'_>,
        prefix: &[u8],
    ) -> heed::Result<impl Iterator<Item = heed::Result<&'t [u8]>> + use<'t>> {
        let keys = self.0.remap_data_type::<DecodeIgnore>().prefix_iter(txn, prefix)?;
        Ok(keys.map(|row| row.map(|(key, ())| key)))
    }

    pub(super) fn rev_prefix_iter<'t>(
        self,
        txn: &'t Read<'_>,
        prefix: &[u8],
    ) -> heed::Result<impl Iterator<Item = Found<'t>> + use<'t>> {
        Ok(self.0.rev_prefix_iter(txn, prefix)?.map(open_row))
    }

    pub(super) fn range<'t, R: RangeBounds<[u8]>>(
        self,
        txn: &'t Read<'_>,
        range: &R,
    ) -> heed::Result<impl Iterator<Item = Found<'t>> + use<'t, R>> {
        Ok(self.0.range(txn, range)?.map(open_row))
    }

    pub(super) fn is_empty(self, txn: &Read<'_>) -> heed::Result<bool> {
        self.0.is_empty(txn)
    }

    pub(super) fn stat(self, txn: &Read<'_>) -> heed::Result<DatabaseStat> {
        self.0.stat(txn)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_seal_is_white_space_that_can_be_computed_by_others() {
        // The example of FORMAT.md.
        assert_eq!(&seal(b"file:path_of:1", b"\"a.py\""), b"\t\n\r \t\n\t\n\n \t\r");
    }

    proptest! {
        #[test]
        fn what_was_written_comes_back_and_nothing_else(key: Vec<u8>, value: Vec<u8>, at: prop::sample::Index, bit in 0..8u32) {
            let mut sealed = value.clone();
            sealed.extend(seal(&key, &value));
            prop_assert_eq!(opened(&key, &sealed), Some(value.as_slice()));
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert_eq!(opened(&key, &sealed), None);
        }
    }
}
