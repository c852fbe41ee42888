//! What a run has to do: the files to read, and those to forget.

use std::sync::Arc;

use super::{
    ingest::Job,
    scan::{Found, Scan},
    stamp::{Stamp, Stamps},
    surroundings::DiskSurroundings,
};

#[derive(Debug, Default)]
pub struct Plan {
    /// Sorted by path.
    pub jobs: Vec<Job>,
    pub removed: Vec<Arc<str>>,
    pub unchanged: u64,
    /// Unchanged files that are skipped.
    pub skipped: u64,
}

impl Plan {
    pub fn new(
        files: Vec<Found>,
        mut known: Stamps,
        unseen: &[(String, String)],
        size_limit: u64,
        around: &DiskSurroundings,
    ) -> Self {
        let mut plan = Plan::default();
        let mut salted = Vec::new();
        for found in files {
            let module: Arc<str> = found.language.module_of(&found.path, around).into();
            let stamp = known.take(&found.path);
            match stamp {
                Some(stamp) if stamp.is_current(&found, &module, size_limit) => {
                    let is_salted = stamp.salt > 0;
                    let count = if stamp.skip.is_some() { &mut plan.skipped } else { &mut plan.unchanged };
                    *count += 1;
                    if is_salted {
                        salted.push((stamp, Job::new(found, module, None)));
                    }
                }
                stamp => {
                    let skip_before = stamp.and_then(|stamp| stamp.skip).map(|skip| *skip);
                    plan.jobs.push(Job::new(found, module, skip_before));
                }
            }
        }
        let is_unseen = |path: &str| unseen.iter().any(|(place, _)| lies_in(path, place));
        plan.removed = known.into_rest().into_iter().filter(|path| !is_unseen(path)).map(Arc::from).collect();
        plan.retry(salted);
        plan
    }

    /// A file whose ids met another's bears a salt. Which salt depends on the files that are there: when these changed, the
    /// ids are found anew, as if the file had just come.
    fn retry(&mut self, salted: Vec<(Stamp, Job)>) {
        if self.jobs.is_empty() && self.removed.is_empty() {
            return;
        }
        for (stamp, job) in salted {
            let count = if stamp.skip.is_some() { &mut self.skipped } else { &mut self.unchanged };
            *count -= 1;
            self.jobs.push(job);
        }
        self.jobs.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

fn lies_in(path: &str, place: &str) -> bool {
    place.is_empty() || path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The places that a walk could not look into, for people.
pub fn warnings(scan: &Scan) -> impl Iterator<Item = String> {
    scan.unseen.iter().map(|(place, cause)| format!("{place}: {cause}; what the index has of it stays as it is"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_below_a_place_lies_in_it() {
        assert!(lies_in("a/b.py", "a"));
        assert!(lies_in("a", "a"));
        assert!(lies_in("a", ""));
        assert!(!lies_in("ab/c.py", "a"));
    }
}
