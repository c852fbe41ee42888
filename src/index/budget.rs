//! A bound in bytes on what waits between the extracting threads and the writer.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many bytes may be on their way at once. One message larger than the whole passes alone.
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    used: Mutex<usize>,
    freed: Condvar,
}

impl Budget {
    pub fn new(limit: usize) -> Self {
        Budget { limit, used: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits until there is room. Whoever receives the message gives it back.
    pub fn take(&self, bytes: usize) {
        // The lock guards a number: it is as good after a panic elsewhere as before.
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while *used > 0 && *used + bytes > self.limit {
            used = self.freed.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
        *used += bytes;
    }

    pub fn give_back(&self, bytes: usize) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
        self.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn no_more_than_the_limit_is_on_its_way() {
        let budget = Budget::new(100);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        budget.take(40);
                        most.fetch_max(now.fetch_add(40, Ordering::SeqCst) + 40, Ordering::SeqCst);
                        now.fetch_sub(40, Ordering::SeqCst);
                        budget.give_back(40);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 100);
    }

    #[test]
    fn what_is_larger_than_the_limit_passes_alone() {
        let budget = Budget::new(10);
        budget.take(1000);
        budget.give_back(1000);
        budget.take(10);
    }
}
