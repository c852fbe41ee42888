//! The index's records of itself: format, root, and the files whose ids are salted.

use std::path::Path;

use heed::{RoTxn, RwTxn, WithoutTls};
use serde::{Deserialize, Serialize};

pub(super) use super::sealed::Rows;
use super::{
    StoreError,
    encoding::{decode_json, encode_json},
    error::Failure,
    keys,
};

/// Raised whenever what a reader finds would change: keys, fields, their meaning, or what is extracted from a text.
pub const FORMAT_VERSION: u32 = 7;

/// `meta:index`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexRecord {
    pub format_version: u32,
    /// The workspace: paths in keys and records are relative to it.
    pub root: String,
    /// The version of rutter that opened the index for writing last.
    pub tool_version: String,
}

impl IndexRecord {
    pub(super) fn new(root: &str) -> Self {
        IndexRecord {
            format_version: FORMAT_VERSION,
            root: root.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// A key and its value.
pub(super) type Row = (Vec<u8>, Vec<u8>);
pub(super) type Read<'e> = RoTxn<'e, WithoutTls>;

/// What is known of an index by its first record.
pub(super) enum Identity {
    /// Nothing was written yet.
    Empty,
    Ours,
    OtherFormat(u32),
    Foreign(String),
}

/// The error that an index is when it is not ours.
pub(super) fn wrong(data_dir: &Path, identity: Identity) -> StoreError {
    let dir = data_dir.to_path_buf();
    match identity {
        Identity::OtherFormat(found) => StoreError::OtherFormat { dir, found, expected: FORMAT_VERSION },
        Identity::Foreign(cause) => StoreError::Foreign { dir, cause },
        Identity::Empty | Identity::Ours => StoreError::NotIndexed { dir },
    }
}

pub(super) fn identity(rows: Rows, txn: &Read<'_>) -> heed::Result<Identity> {
    /// What all formats have in common.
    #[derive(Deserialize)]
    struct Version {
        format_version: u32,
    }
    let Some(value) = rows.get_as_it_is(txn, keys::META_INDEX)? else {
        return Ok(if rows.is_empty(txn)? {
            Identity::Empty
        } else {
            Identity::Foreign("its database has no record `meta:index`".to_owned())
        });
    };
    Ok(match decode_json::<Version>(value) {
        Err(error) => {
            // Of our own it is damaged.
            rows.get(txn, keys::META_INDEX)?;
            Identity::Foreign(format!("`meta:index`: {error}"))
        }
        Ok(version) if version.format_version != FORMAT_VERSION => Identity::OtherFormat(version.format_version),
        Ok(_) => match rows.get(txn, keys::META_INDEX)?.map_or(decode_json::<IndexRecord>(b""), decode_json) {
            Ok(_) => Identity::Ours,
            Err(error) => Identity::Foreign(format!("`meta:index`: {error}")),
        },
    })
}

/// Puts a value unless it is there already, so that no page is written for nothing.
pub(super) fn put_changed(rows: Rows, txn: &mut RwTxn<'_>, key: &[u8], value: &[u8]) -> heed::Result<()> {
    if rows.get(txn, key)? != Some(value) {
        rows.put(txn, key, value)?;
    }
    Ok(())
}

/// Puts a list under a key, or takes the key out when the list is empty.
pub(super) fn put_list<T: Serialize>(rows: Rows, txn: &mut RwTxn<'_>, key: &[u8], list: &[T]) -> Result<(), Failure> {
    if list.is_empty() {
        rows.delete(txn, key)?;
        return Ok(());
    }
    Ok(put_changed(rows, txn, key, &encoded(list)?)?)
}

/// A value as it is stored.
pub(super) fn encoded<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Failure> {
    encode_json(value).map_err(|error| Failure::Heed(heed::Error::Encoding(Box::new(error))))
}

/// What the index knows of itself, whatever files it holds: its record, and those of runs.
pub(super) fn own_records(rows: Rows, txn: &Read<'_>) -> heed::Result<Vec<Row>> {
    let mut own = Vec::new();
    for prefix in [keys::EXECLOG.as_bytes(), keys::META_INDEX] {
        for row in rows.prefix_iter(txn, prefix)? {
            let (key, value) = row?;
            own.push((key.to_vec(), value.to_vec()));
        }
    }
    Ok(own)
}

/// The paths of files whose ids are salted, sorted.
pub(super) fn clashes(rows: Rows, txn: &Read<'_>) -> Result<Vec<String>, Failure> {
    let Some(value) = rows.get(txn, keys::META_CLASH)? else { return Ok(Vec::new()) };
    decode_json(value).map_err(|error| Failure::Damaged(format!("`meta:clash`: {error}")))
}
