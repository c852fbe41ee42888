//! A column that is read when it is asked for.

use std::{ops::Deref, sync::OnceLock};

/// A list, or how it is stored until somebody looks.
pub struct Late<T> {
    stored: Box<[u8]>,
    read: fn(&[u8]) -> Option<Vec<T>>,
    list: OnceLock<Vec<T>>,
}

impl<T> Late<T> {
    /// What is damaged holds nothing.
    pub(super) fn new(stored: &[u8], read: fn(&[u8]) -> Option<Vec<T>>) -> Self {
        Late { stored: stored.into(), read, list: OnceLock::new() }
    }
}

impl<T> Deref for Late<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        self.list.get_or_init(|| (self.read)(&self.stored).unwrap_or_default())
    }
}

impl<T> From<Vec<T>> for Late<T> {
    fn from(list: Vec<T>) -> Self {
        Late { stored: Box::default(), read: |_| None, list: list.into() }
    }
}

impl<T> Default for Late<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T: Clone> Clone for Late<T> {
    fn clone(&self) -> Self {
        Late { stored: self.stored.clone(), read: self.read, list: self.list.clone() }
    }
}

impl<T: PartialEq> PartialEq for Late<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Late<T> {}

impl<T: std::fmt::Debug> std::fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}
