//! The best few of many, in memory for the few.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Keeps the `limit` greatest items that it is given.
#[derive(Debug)]
pub(super) struct Top<T: Ord> {
    limit: usize,
    heap: BinaryHeap<Reverse<T>>,
}

impl<T: Ord> Top<T> {
    pub(super) fn new(limit: usize) -> Self {
        Top { limit, heap: BinaryHeap::with_capacity(limit.min(1024)) }
    }

    /// Whether an item would be kept: worth asking before an item is made whole.
    pub(super) fn takes(&self, item: &T) -> bool {
        self.heap.len() < self.limit || self.heap.peek().is_some_and(|Reverse(least)| item > least)
    }

    /// The least of those that are kept, once there are as many as may be.
    pub(super) fn least(&self) -> Option<&T> {
        self.heap.peek().filter(|_| self.heap.len() == self.limit).map(|Reverse(least)| least)
    }

    pub(super) fn push(&mut self, item: T) {
        if !self.takes(&item) {
            return;
        }
        if self.heap.len() == self.limit {
            self.heap.pop();
        }
        self.heap.push(Reverse(item));
    }

    /// The greatest first.
    pub(super) fn into_sorted(self) -> Vec<T> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(item)| item).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Top;

    #[test]
    fn keeps_the_greatest_in_order() {
        let mut top = Top::new(3);
        assert_eq!(top.least(), None);
        for item in [5, 1, 9, 7, 3, 9] {
            top.push(item);
        }
        assert!(!top.takes(&6));
        assert!(top.takes(&8));
        assert_eq!(top.least(), Some(&7));
        assert_eq!(top.into_sorted(), [9, 9, 7]);
    }

    #[test]
    fn of_no_room_keeps_nothing() {
        let mut top = Top::new(0);
        top.push(1);
        assert!(top.into_sorted().is_empty());
    }
}
