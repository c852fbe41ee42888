//! `ref:layout:{group}`: what files that say how a project is laid out said when links were made that rest on it. They are
//! no sources, so the index has nothing else of them.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Dep, Group, WHOLE, deps, group, item};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The file's; of what all files of a name say, that name.
    pub path: Arc<str>,
    /// A hash of the text, if there is such a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<u64>,
    /// What each of the files of the name says of itself, by its directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<BTreeMap<String, String>>,
}

impl Layout {
    pub fn of_text(path: Arc<str>, text: Option<&str>) -> Self {
        Layout { path, text: text.map(|text| xxh3_64(text.as_bytes()) >> (64 - deps::HASH_BITS)), said: None }
    }

    pub fn of_said(name: Arc<str>, said: BTreeMap<String, String>) -> Self {
        Layout { path: name, text: None, said: Some(said) }
    }

    /// It is what all files of a name say.
    pub fn is_said(&self) -> bool {
        self.said.is_some()
    }

    pub fn group(&self) -> u64 {
        group(if self.is_said() { Group::Said } else { Group::Layout }, &self.path)
    }

    /// The questions that have other answers now, sorted.
    pub fn changes(&self, now: &Layout) -> Vec<Dep> {
        let group = self.group();
        let mut items = match (&self.said, &now.said) {
            (Some(before), Some(now)) => {
                let other = |a: &BTreeMap<String, String>, b: &BTreeMap<String, String>| -> Vec<u32> {
                    a.iter().filter(|(place, key)| b.get(*place) != Some(*key)).map(|(_, key)| item(key)).collect()
                };
                [other(before, now), other(now, before)].concat()
            }
            _ if self == now => Vec::new(),
            _ => vec![WHOLE],
        };
        items.sort_unstable();
        items.dedup();
        items.into_iter().map(|item| Dep { group, item }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(all: &[(&str, &str)]) -> Layout {
        let all = all.iter().map(|&(place, key)| (place.to_owned(), key.to_owned())).collect();
        Layout::of_said("package.json".into(), all)
    }

    #[test]
    fn who_says_what_is_told_by_key() {
        let before = said(&[("a", "x"), ("b", "y"), ("c", "z")]);
        assert_eq!(before.changes(&before), []);
        let changes = before.changes(&said(&[("a", "x"), ("b", "z"), ("d", "w")]));
        let mut items = ["y", "z", "w"].map(item);
        items.sort_unstable();
        assert_eq!(changes, items.map(|item| Dep { group: before.group(), item }));
    }

    #[test]
    fn a_file_that_is_empty_is_there() {
        let (none, empty) = (Layout::of_text("a".into(), None), Layout::of_text("a".into(), Some("")));
        assert_eq!(none.changes(&empty), [Dep { group: none.group(), item: WHOLE }]);
        assert_eq!(none.group(), group(Group::Layout, "a"));
    }
}
