//! What a run has to do: the files to read, and those to forget.

use std::{collections::HashSet, sync::Arc};

use super::{
    ingest::Job,
    scan::{Found, Scan},
    settings::Limits,
    stamp::{Freshness, Stamps},
    surroundings::DiskSurroundings,
};
use crate::languages;

#[derive(Debug, Default)]
pub struct Plan {
    /// Sorted by path.
    pub jobs: Vec<Job>,
    /// Those of the jobs' files that may be as the index has them, which only their text can tell.
    pub unsure: Vec<Arc<str>>,
    pub removed: Vec<Arc<str>>,
    pub unchanged: u64,
    /// Unchanged files that are skipped.
    pub skipped: u64,
}

impl Plan {
    pub fn new(
        files: Vec<Found>,
        mut known: Stamps,
        kept: &HashSet<Box<str>>,
        unseen: &[(String, String)],
        limits: Limits,
        around: &DiskSurroundings,
    ) -> Self {
        let mut plan = Plan::default();
        for mut found in files {
            if kept.contains(&*found.path) {
                plan.unchanged += 1;
                continue;
            }
            let stamp = known.take(&found.path);
            if let Some(by_surroundings) = languages::by_surroundings(&found.path, around) {
                let by_text = stamp.as_ref().and_then(|stamp| stamp.language_by_text(&found));
                found.language = by_text.unwrap_or(by_surroundings);
            }
            let module = found.language.module_of(&found.path, around);
            let freshness = stamp.as_ref().map_or(Freshness::Changed, |stamp| stamp.freshness(&found, &module, limits));
            let skip = stamp.and_then(|stamp| stamp.skip).map(|skip| *skip);
            if freshness != Freshness::Current {
                let job = Job::new(found, module.into(), skip);
                if freshness == Freshness::Unsure {
                    plan.unsure.push(job.path.clone());
                }
                plan.jobs.push(job);
            } else if skip.is_some() {
                plan.skipped += 1;
            } else {
                plan.unchanged += 1;
            }
        }
        let is_unseen = |path: &str| unseen.iter().any(|(place, _)| lies_in(path, place));
        plan.removed = known.into_rest().into_iter().filter(|path| !is_unseen(path)).map(Arc::from).collect();
        plan
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
