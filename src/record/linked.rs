//! `ref:links:{file_id}`: where the names in a file lead that its own text does not tell.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use xxhash_rust::xxh3::Xxh3;

use super::{Confidence, Dep, SymbolId, deps::HASH_BITS};

/// A name in a file, and one thing that it may mean. Several of one place are candidates, the likeliest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub byte_start: u32,
    pub byte_end: u32,
    pub target: Target,
    pub confidence: Confidence,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A symbol, of any file.
    Symbol(SymbolId),
    /// A file as a whole.
    File(std::sync::Arc<str>),
    /// A name that this file binds: the first byte of it.
    Here(u32),
    /// A parameter of a function, by its place.
    Parameter(SymbolId, u32),
    /// It is defined outside of the workspace.
    Outside,
}

/// As it is stored.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct LinkColumns {
    /// All symbols that `links` lead to, and all that it refers to, its own among them. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    symbols: Vec<SymbolId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<std::sync::Arc<str>>,
    /// Four numbers each: bytes since the last one's start, length, what it leads to and how surely (what * 4 + confidence),
    /// and the place of that in its list. What: 0 a symbol, 1 a file, 2 a byte of this file, 3 outside, from 4 on the
    /// parameter of a symbol, the first being 4.
    links: Vec<i64>,
    /// Places in `symbols` of those that it has no reference to. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unnamed: Vec<u32>,
    /// Tells whether its rows of `ref:dep:` are others than they would be: the upper 52 bits of the XXH3-64 of all groups and
    /// items.
    #[serde(default)]
    pub deps: u64,
}

impl LinkColumns {
    /// `links` in the order of their places, `referred` and `deps` sorted.
    pub fn of(links: &[Link], referred: &[SymbolId], deps: &[Dep]) -> Self {
        let mut symbols: Vec<SymbolId> = referred.to_vec();
        symbols.extend(links.iter().filter_map(|link| match &link.target {
            Target::Symbol(id) | Target::Parameter(id, _) => Some(*id),
            Target::File(_) | Target::Here(_) | Target::Outside => None,
        }));
        symbols.sort_unstable();
        symbols.dedup();
        let unnamed = (0_u32..).zip(&symbols).filter(|(_, id)| referred.binary_search(id).is_err());
        let unnamed = unnamed.map(|(at, _)| at).collect();
        let symbol = |id: &SymbolId| symbols.partition_point(|other| other < id);
        let mut columns = LinkColumns { unnamed, deps: digest(deps), ..LinkColumns::default() };
        let mut files = HashMap::new();
        let mut last = 0;
        for link in links {
            let (what, at) = match &link.target {
                Target::Symbol(id) => (0, symbol(id)),
                Target::File(path) => {
                    let at = *files.entry(path).or_insert_with(|| {
                        columns.files.push(path.clone());
                        columns.files.len() - 1
                    });
                    (1, at)
                }
                Target::Here(byte) => (2, *byte as usize),
                Target::Outside => (3, 0),
                Target::Parameter(id, nth) => (4 + i64::from(*nth), symbol(id)),
            };
            let confidence = match link.confidence {
                Confidence::Exact => 0,
                Confidence::Likely => 1,
                Confidence::Ambiguous => 2,
            };
            columns.links.extend([
                i64::from(link.byte_start) - i64::from(last),
                i64::from(link.byte_end - link.byte_start),
                what * 4 + confidence,
                at as i64,
            ]);
            last = link.byte_start;
        }
        LinkColumns { symbols, ..columns }
    }

    /// All symbols that it refers to, sorted.
    pub fn referred(&self) -> impl Iterator<Item = SymbolId> {
        let is_referred = |at: u32| self.unnamed.binary_search(&at).is_err();
        (0_u32..).zip(&self.symbols).filter(move |(at, _)| is_referred(*at)).map(|(_, id)| *id)
    }

    pub fn links(&self) -> Vec<Link> {
        let mut start = 0_i64;
        let mut found = Vec::with_capacity(self.links.len() / 4);
        for row in self.links.chunks_exact(4) {
            start += row[0];
            let at = row[3] as usize;
            let target = match row[2] / 4 {
                0 => self.symbols.get(at).map(|id| Target::Symbol(*id)),
                1 => self.files.get(at).map(|path| Target::File(path.clone())),
                2 => Some(Target::Here(at as u32)),
                3 => Some(Target::Outside),
                nth => self.symbols.get(at).map(|id| Target::Parameter(*id, (nth - 4) as u32)),
            };
            let confidence = match row[2] % 4 {
                0 => Confidence::Exact,
                1 => Confidence::Likely,
                _ => Confidence::Ambiguous,
            };
            let (byte_start, byte_end) = (start as u32, (start + row[1]) as u32);
            found.extend(target.map(|target| Link { byte_start, byte_end, target, confidence }));
        }
        found
    }
}

/// See [`LinkColumns::deps`].
fn digest(deps: &[Dep]) -> u64 {
    let mut hash = Xxh3::new();
    for dep in deps {
        hash.update(&dep.group.to_le_bytes());
        hash.update(&dep.item.to_le_bytes());
    }
    hash.digest() >> (64 - HASH_BITS)
}
