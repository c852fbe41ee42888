//! Ids, made from what a thing is: no counter, no clock, no order of indexing.
//!
//! All ids are integers of 16 decimal digits below 2^53: JavaScript reads them without loss, and as text they sort as
//! numbers do. The high 18 bits of a symbol's id come from its file, so that the records of one file lie together.
//!
//! Two things may meet in one id, if rarely. `salt` is the way out: the file whose path sorts later takes the next salt
//! (0, 1, 2, ...) at which its ids are its own, and records it. See `kv/FORMAT.md`.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::SymbolKind;

/// The smallest id. Ids span 52 bits above it.
const BASE: u64 = 1_000_000_000_000_000;
const SYMBOL_BITS: u32 = 34;
const FILE_BITS: u32 = 18;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileId(pub u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SymbolId(pub u64);

impl FileId {
    /// From the path as the index has it (relative to the root, with `/`).
    pub fn of(path: &str, salt: u32) -> Self {
        FileId(BASE + (hash(&[path, &salt.to_string()]) >> (64 - SYMBOL_BITS - FILE_BITS)))
    }
}

impl SymbolId {
    /// The same for all symbols of a file, and perhaps for some of others.
    pub fn file_part(self) -> u64 {
        self.0.saturating_sub(BASE) >> SYMBOL_BITS
    }

    /// What [`SymbolId::file_part`] is of the symbols of the file at a path.
    pub fn file_part_of(path: &str) -> u64 {
        hash(&[path]) >> (64 - FILE_BITS)
    }

    /// `ordinal` tells apart what bears the same name and kind in one file, in source order, from 0.
    pub fn of(path: &str, language: &str, fqn: &str, kind: SymbolKind, ordinal: u32, salt: u32) -> Self {
        let file = SymbolId::file_part_of(path);
        let symbol = hash(&[path, language, fqn, kind.as_str(), &ordinal.to_string(), &salt.to_string()]);
        SymbolId(BASE + (file << SYMBOL_BITS | symbol >> (64 - SYMBOL_BITS)))
    }
}

/// XXH3-64, seed 0, of the parts joined by NUL.
fn hash(parts: &[&str]) -> u64 {
    let mut state = Xxh3::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            state.update(&[0]);
        }
        state.update(part.as_bytes());
    }
    state.digest()
}

impl std::fmt::Display for FileId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for SymbolId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
