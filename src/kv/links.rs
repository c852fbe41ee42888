//! Writing where the names of files lead: what linking came to, in the place of what it had come to before.

use heed::RwTxn;

use super::{
    Store, StoreError,
    encoding::{decode_json, encode_json},
    error::Failure,
    keys,
    schema::{Rows, put_changed},
    writer,
};
use crate::record::{FileId, Link, LinkColumns, Reference, SymbolId};

/// The links of one file.
#[derive(Debug)]
pub struct LinkUpdate {
    pub file_id: FileId,
    pub links: Vec<Link>,
    pub references: Vec<(SymbolId, Vec<Reference>)>,
}

impl Store {
    /// Writes links in one transaction.
    pub fn put_links(&self, updates: &[LinkUpdate]) -> Result<(), StoreError> {
        self.write(|shared| {
            writer::commit(shared, |txn| {
                updates.iter().try_for_each(|update| put(shared.environment.rows, txn, update))
            })
        })
    }
}

fn put(rows: Rows, txn: &mut RwTxn<'_>, update: &LinkUpdate) -> Result<(), Failure> {
    let key = keys::links_key(update.file_id);
    let columns = LinkColumns::of(&update.links);
    // The symbols that it referred to: those of other files, and its own.
    let mut old: Vec<SymbolId> = match rows.get(txn, &key)? {
        Some(value) => decode_json::<LinkColumns>(value).map(|columns| columns.symbols).unwrap_or_default(),
        None => Vec::new(),
    };
    if let Some(own) = rows.get(txn, &keys::file_sym_key(update.file_id))? {
        old.extend(decode_json::<Vec<SymbolId>>(own).unwrap_or_default());
    }
    for symbol in old {
        if update.references.binary_search_by_key(&symbol, |(id, _)| *id).is_err() {
            rows.delete(txn, &keys::sym_rev_key(symbol, update.file_id))?;
        }
    }
    for (symbol, references) in &update.references {
        let value = encode_json(references).expect("records are JSON");
        put_changed(rows, txn, &keys::sym_rev_key(*symbol, update.file_id), &value)?;
    }
    let value = encode_json(&columns).expect("records are JSON");
    Ok(put_changed(rows, txn, &key, &value)?)
}
