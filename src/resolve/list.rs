//! Lists that are shared and mostly empty: an empty one costs nothing to make, to share and to drop.

use std::{cell::Cell, ops::Deref, sync::Arc};

thread_local! {
    /// What the lists take that this thread has made and has not dropped.
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

/// The bytes of all lists of a thread. What is known of types is lists of lists that answers share: so they are counted where
/// they are made, and by nobody who holds one.
pub(super) fn live_bytes() -> usize {
    LIVE.get().max(0) as usize
}

fn count<T>(list: &Arc<[T]>, times: isize) {
    // The numbers of holders stand before the elements.
    let bytes = size_of_val::<[T]>(list) + 2 * size_of::<usize>();
    LIVE.set(LIVE.get() + times * bytes as isize);
}

/// As `Arc<[T]>`, without an allocation for an empty one.
#[derive(Clone, Debug)]
pub struct List<T>(Option<Arc<[T]>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        List(None)
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().unwrap_or(&[])
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for List<T> {}

impl<T: PartialOrd> PartialOrd for List<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: Ord> Ord for List<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: std::hash::Hash> std::hash::Hash for List<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T> List<T> {
    fn of(list: Arc<[T]>) -> Self {
        count(&list, 1);
        List(Some(list))
    }
}

impl<T> Drop for List<T> {
    fn drop(&mut self) {
        if let Some(list) = &self.0
            && Arc::strong_count(list) == 1
        {
            count(list, -1);
        }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(list: Vec<T>) -> Self {
        if list.is_empty() { List(None) } else { List::of(list.into()) }
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(list: [T; N]) -> Self {
        if N == 0 { List(None) } else { List::of(Arc::from(list)) }
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(list: I) -> Self {
        list.into_iter().collect::<Vec<T>>().into()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lists_take_is_known_until_the_last_holder_drops_them() {
        let before = live_bytes();
        let list: List<u64> = vec![1, 2, 3].into();
        let shared = list.clone();
        let lists: List<List<u64>> = [list, List::default()].into();
        assert!(live_bytes() >= before + 3 * size_of::<u64>() + 2 * size_of::<List<u64>>());
        drop(lists);
        assert_eq!(*shared, [1, 2, 3]);
        assert!(live_bytes() >= before + 3 * size_of::<u64>());
        drop(shared);
        assert_eq!(live_bytes(), before);
    }
}
