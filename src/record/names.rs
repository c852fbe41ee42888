//! Names, one behind the other: a list of many takes a few bytes more than their letters, and one piece of memory.

use std::fmt;

use serde::{Serialize, Serializer};

#[derive(Clone, Default, PartialEq, Eq)]
pub struct Names {
    text: String,
    /// Where each of them ends.
    ends: Vec<u32>,
}

impl Names {
    /// Names that end at these places of a text; `None` if it cannot be cut there.
    pub(super) fn cut(text: String, ends: Vec<u32>) -> Option<Self> {
        let is_cut = ends.iter().all(|&end| text.is_char_boundary(end as usize)) && ends.is_sorted();
        is_cut.then_some(Names { text, ends })
    }

    pub fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.ends.push(u32::try_from(self.text.len()).expect("a file's names are shorter than the file may be"));
    }

    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[from as usize..end as usize])
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut from = 0;
        self.ends.iter().map(move |&end| {
            let name = &self.text[from..end as usize];
            from = end as usize;
            name
        })
    }

    /// The memory that they take.
    pub fn heap_bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut all = Names::default();
        names.into_iter().for_each(|name| all.push(name));
        all
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_back_as_they_were_given() {
        let given = ["a", "", "größe", "b"];
        let names: Names = given.into_iter().collect();
        assert!(names.iter().eq(given));
        assert_eq!((names.get(1), names.get(2), names.get(4)), (Some(""), Some("größe"), None));
        assert_eq!(serde_json::to_string(&names).unwrap(), r#"["a","","größe","b"]"#);
        assert_eq!(Names::cut("größe".to_owned(), vec![3]), None, "within a letter");
        assert_eq!(Names::cut("abc".to_owned(), vec![2, 1]), None);
        assert_eq!(Names::cut("ab".to_owned(), vec![1, 2]), Some(["a", "b"].into_iter().collect()));
    }
}
