//! Whether an index is sound as a whole: every page, every row, and what rows say of each other.

use std::{collections::HashSet, ops::ControlFlow, path::PathBuf};

use serde::de::IgnoredAny;

use super::{
    Store, StoreError,
    env::hold,
    health::{self, KNOWN_LAYOUT, Verdict},
    keys, place, space,
};
use crate::record::{FileId, SymbolId};

/// As many faults are told.
const MAX_FAULTS: usize = 20;

/// What an examination found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    pub data_dir: PathBuf,
    pub records: u64,
    pub files: u64,
    /// Files whose names are not followed so far.
    pub to_link: u64,
    /// The first faults that were found; none in a sound index.
    pub faults: Vec<String>,
    pub faults_in_all: u64,
    /// What this user may still write on the disk that it lies on, where the system tells.
    pub free_bytes: Option<u64>,
}

impl Examination {
    fn fault(&mut self, fault: String) {
        self.faults_in_all += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }
}

impl Store {
    /// Reads all of the index. Nothing is changed.
    pub fn examine(&self) -> Result<Examination, StoreError> {
        let snapshot = self.snapshot()?;
        let data_dir = snapshot.shared().environment.data_dir.clone();
        let mut found =
            Examination { free_bytes: space::free(&data_dir), data_dir: data_dir.clone(), ..Examination::default() };
        if KNOWN_LAYOUT {
            // The snapshot keeps its pages from being written anew meanwhile.
            let data = data_dir.join("data.mdb");
            match health::verify(&data, snapshot.state()).map_err(|error| StoreError::of_io(&data, "read", error))? {
                Verdict::Sound | Verdict::Moved => {}
                // What is broken there must not be touched through the map.
                Verdict::Damaged(cause) => {
                    found.fault(cause);
                    return Ok(found);
                }
            }
        }
        let (mut indexed, mut listed, mut described) =
            (HashSet::<FileId>::new(), Vec::<(FileId, SymbolId)>::new(), HashSet::<SymbolId>::new());
        let mut with_facts: HashSet<FileId> = HashSet::new();
        let id_of = |prefix: &str, key: &[u8]| keys::id_tail(prefix.as_bytes(), key);
        snapshot.rows(b"", |key, value| {
            found.records += 1;
            let shown = String::from_utf8_lossy(key);
            if !keys::NAMESPACES.iter().any(|space| key.starts_with(space.prefix.as_bytes())) {
                found.fault(format!("`{shown}` is of no namespace"));
            } else if let Err(error) = serde_json::from_slice::<IgnoredAny>(value) {
                found.fault(format!("`{shown}` is no JSON: {error}"));
            } else if let Some(id) = id_of(keys::FILE_PATH_OF, key) {
                indexed.insert(FileId(id));
            } else if let Some(id) = id_of(keys::SYM_ID, key) {
                described.insert(SymbolId(id));
            } else if let Some(id) = id_of(keys::REF_FACTS, key) {
                with_facts.insert(FileId(id));
            } else if let Some(id) = id_of(keys::FILE_SYM, key) {
                let symbols: Vec<SymbolId> = serde_json::from_slice(value).unwrap_or_default();
                listed.extend(symbols.into_iter().map(|symbol| (FileId(id), symbol)));
            } else if key.starts_with(keys::REF_TODO.as_bytes()) {
                found.to_link += 1;
            }
            ControlFlow::Continue(())
        })?;
        found.files = indexed.len() as u64;
        let mut without: Vec<FileId> = indexed.symmetric_difference(&with_facts).copied().collect();
        without.sort_unstable();
        for file in without {
            found.fault(format!(
                "of the file {file} one of `ref:facts:` and `file:path_of:` is there, and not the other"
            ));
        }
        for (file, symbol) in listed {
            if !described.remove(&symbol) {
                found.fault(format!("`file:sym:{file}` lists {symbol}, which has no `sym:id:`"));
            }
        }
        let mut unlisted: Vec<SymbolId> = described.into_iter().collect();
        unlisted.sort_unstable();
        for symbol in unlisted {
            found.fault(format!("`sym:id:{symbol}` is in no `file:sym:`"));
        }
        Ok(found)
    }

    /// The next [`Store::open`] sets this index aside, and begins a new one.
    pub fn condemn(&self, cause: &str) {
        let shared = self.handle.now();
        *hold(&shared.bad) = true;
        place::set_mark(&shared.environment.data_dir, cause);
    }
}
