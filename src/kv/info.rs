//! How large an index is, for people who ask.

use std::ops::ControlFlow;

use serde::Serialize;

use super::{Snapshot, StoreError, keys::NAMESPACES};

/// What is in an index, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexInfo {
    /// All records.
    pub records: u64,
    /// In the order of their prefixes.
    pub namespaces: Vec<NamespaceInfo>,
    /// `data.mdb`, in bytes.
    pub file_bytes: u64,
    /// What of it holds records; the rest is free for new ones.
    pub used_bytes: u64,
    pub page_bytes: u64,
    /// Address space, not disk.
    pub map_bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamespaceInfo {
    pub prefix: &'static str,
    pub records: u64,
    /// Keys and values.
    pub bytes: u64,
}

impl Snapshot {
    /// Reads every key once and no value: about a tenth of a second for a million records.
    pub fn info(&self) -> Result<IndexInfo, StoreError> {
        let mut namespaces = Vec::with_capacity(NAMESPACES.len());
        for space in &NAMESPACES {
            let mut info = NamespaceInfo { prefix: space.prefix, records: 0, bytes: 0 };
            self.rows(space.prefix.as_bytes(), |key, value| {
                info.records += 1;
                info.bytes += (key.len() + value.len()) as u64;
                ControlFlow::Continue(())
            })?;
            namespaces.push(info);
        }
        let environment = &self.shared().environment;
        let stat = environment.rows.stat(self.txn()).map_err(|error| self.fail(error))?;
        let pages = (stat.branch_pages + stat.leaf_pages + stat.overflow_pages) as u64;
        Ok(IndexInfo {
            records: stat.entries as u64,
            namespaces,
            file_bytes: self.file_bytes()?,
            used_bytes: pages * u64::from(stat.page_size),
            page_bytes: stat.page_size.into(),
            map_bytes: environment.env.info().map_size as u64,
        })
    }

    /// How large `data.mdb` is.
    pub fn file_bytes(&self) -> Result<u64, StoreError> {
        self.shared().environment.env.real_disk_size().map_err(|error| self.fail(error))
    }
}
