//! `ref:dep:{part}:{file_id}`: what a file's links rest on, as it is stored.
//!
//! A file of C rests on hundreds of groups, of most of them as a whole. A row for each would take 85 bytes, so groups are
//! dealt out to parts: who looks for the files that rest on a group reads one part of all, and an edit writes rows of its
//! own file alone.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, SeqAccess, Visitor},
    ser::SerializeSeq,
};

use super::{Dep, WHOLE};

/// How many rows a file has at most.
pub const DEP_PARTS: u64 = 64;

impl Dep {
    /// The part that its group is in.
    pub fn part(&self) -> u64 {
        self.group % DEP_PARTS
    }

    /// Its group as it stands in the row of that part.
    pub fn number(&self) -> u64 {
        self.group / DEP_PARTS
    }
}

/// In the order of the parts, and of the groups and items in each.
pub fn in_parts(deps: &[Dep]) -> Vec<Dep> {
    let mut deps = deps.to_vec();
    deps.sort_unstable_by_key(|dep| (dep.part(), *dep));
    deps
}

/// What one row holds: deps of one part, sorted. A group is written without what the number of its part tells, alone
/// where only the whole of it is rested on, and else in an array before its items.
#[derive(Clone, Copy, Debug)]
pub struct DepRow<'a>(pub &'a [Dep]);

impl Serialize for DepRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.chunk_by(|a, b| a.group == b.group).map(OfGroup))
    }
}

struct OfGroup<'a>(&'a [Dep]);

impl Serialize for OfGroup<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = self.0[0].number();
        if matches!(self.0, [Dep { item: WHOLE, .. }]) {
            return serializer.serialize_u64(number);
        }
        let mut row = serializer.serialize_seq(Some(1 + self.0.len()))?;
        row.serialize_element(&number)?;
        for dep in self.0 {
            row.serialize_element(&dep.item)?;
        }
        row.end()
    }
}

/// What a row holds, but for the number of its part.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub struct StoredDeps(Vec<Stored>);

impl StoredDeps {
    pub fn deps(self, part: u64) -> Vec<Dep> {
        let mut deps = Vec::with_capacity(self.0.len());
        for Stored { number, items } in self.0 {
            let group = number * DEP_PARTS + part;
            deps.extend(items.into_iter().map(|item| Dep { group, item }));
        }
        deps
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Stored {
    number: u64,
    items: Vec<u32>,
}

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfEither;
        /// What the number of a part can still be put to.
        const MAX: u64 = u64::MAX / DEP_PARTS - 1;

        impl<'de> Visitor<'de> for OfEither {
            type Value = Stored;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a group, or an array of one and its items")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Stored, E> {
                if number > MAX {
                    return Err(E::invalid_value(de::Unexpected::Unsigned(number), &self));
                }
                Ok(Stored { number, items: vec![WHOLE] })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Stored, A::Error> {
                let number: u64 = seq.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
                if number > MAX {
                    return Err(de::Error::invalid_value(de::Unexpected::Unsigned(number), &self));
                }
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Stored { number, items })
            }
        }

        deserializer.deserialize_any(OfEither)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_was_written() {
        let dep = |group, item| Dep { group, item };
        let deps = [dep(64 * 5 + 3, WHOLE), dep(64 * 7 + 3, WHOLE), dep(64 * 7 + 3, 9), dep(64 * 8 + 3, 9)];
        let text = serde_json::to_string(&DepRow(&deps)).unwrap();
        assert_eq!(text, "[5,[7,0,9],[8,9]]");
        assert_eq!(serde_json::from_str::<StoredDeps>(&text).unwrap().deps(3), deps);
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for text in ["[[]]", "[-1]", "[18446744073709551615]", "[[18446744073709551615,1]]", "[\"5\"]", "{}"] {
            assert!(serde_json::from_str::<StoredDeps>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn each_part_stands_together() {
        let groups = [1, 2, 64, 65, 129];
        let deps: Vec<Dep> = groups.iter().map(|&group| Dep { group, item: WHOLE }).collect();
        let found: Vec<u64> = in_parts(&deps).iter().map(|dep| dep.group).collect();
        assert_eq!(found, [64, 1, 65, 129, 2]);
    }
}
