//! Files that meet in one id, found once all are known: the same rule as for a batch, with all files as the batch.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::spill::Spill;
use crate::kv::{FileRows, StoreError, keys};

/// All ids: eight bytes each, for they hardly ever meet, and only then it matters whose they are.
#[derive(Debug, Default)]
pub(super) struct Ids {
    files: Vec<u64>,
    symbols: Vec<u64>,
}

impl Ids {
    pub(super) fn add(&mut self, rows: &FileRows) {
        if rows.is_indexed() {
            self.files.push(rows.file_id().0);
            self.symbols.extend(rows.symbols().map(|(_, id)| id.0));
        }
    }

    /// The numbers of the files that must yield.
    pub(super) fn losers(self, paths: &[(Arc<str>, u32)], spill: &mut Spill) -> Result<HashSet<u32>, StoreError> {
        let (files, symbols) = (repeated(self.files), repeated(self.symbols));
        if files.is_empty() && symbols.is_empty() {
            return Ok(HashSet::new());
        }
        let mut contested: HashMap<u32, Vec<(&str, u64)>> = HashMap::new();
        let fail = |spill: &Spill, error| spill.fail("read rows in", error);
        let mut merge = spill.merge()?;
        let scanned = loop {
            match merge.next() {
                Ok(Some(row)) => {
                    for (prefix, ids) in [(keys::FILE_SYM, &files), (keys::SYM_ID, &symbols)] {
                        let id = keys::id_tail(prefix.as_bytes(), row.key).filter(|id| ids.contains(id));
                        contested.entry(row.file).or_default().extend(id.map(|id| (prefix, id)));
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        drop(merge);
        scanned.map_err(|error| fail(spill, error))?;
        let mut contested: Vec<_> = contested.into_iter().filter(|(_, ids)| !ids.is_empty()).collect();
        contested.sort_unstable_by_key(|(file, _)| &paths[*file as usize].0);
        let (mut claimed, mut losers) = (HashSet::new(), HashSet::new());
        for (file, ids) in contested {
            if ids.iter().any(|id| claimed.contains(id)) {
                losers.insert(file);
            } else {
                claimed.extend(ids);
            }
        }
        Ok(losers)
    }
}

fn repeated(mut ids: Vec<u64>) -> HashSet<u64> {
    ids.sort_unstable();
    ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
}
