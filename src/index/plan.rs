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
    /// In the order in which they are to be read; sorted by path at first.
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

    /// The files that are wanted come first, then what is near them: by the number of steps between their directories.
    pub fn begin_with(&mut self, wanted: &[Arc<str>]) {
        if !wanted.is_empty() {
            self.jobs.sort_by_cached_key(|job| wanted.iter().map(|wanted| steps(wanted, &job.path)).min());
        }
    }
}

/// How far it is from one file to another: none to itself, one to what is in the same directory.
fn steps(from: &str, to: &str) -> usize {
    if from == to {
        return 0;
    }
    let directories = |path| str::rsplit_once(path, '/').into_iter().flat_map(|(directory, _)| directory.split('/'));
    let (from, to) = (directories(from), directories(to));
    let common = from.clone().zip(to.clone()).take_while(|(from, to)| from == to).count();
    1 + (from.count() - common) + (to.count() - common)
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
    fn what_is_near_comes_first() {
        assert_eq!(steps("a/b/c.py", "a/b/c.py"), 0);
        assert_eq!(steps("a/b/c.py", "a/b/d.py"), 1);
        assert_eq!(steps("a/b/c.py", "a/b/d/e.py"), 2);
        assert_eq!(steps("a/b/c.py", "a/c.py"), 2);
        assert_eq!(steps("a/b/c.py", "a/d/c.py"), 3);
        assert_eq!(steps("c.py", "d.py"), 1);
        assert_eq!(steps("c.py", "a/b/d.py"), 3);
    }

    #[test]
    fn only_what_is_below_a_place_lies_in_it() {
        assert!(lies_in("a/b.py", "a"));
        assert!(lies_in("a", "a"));
        assert!(lies_in("a", ""));
        assert!(!lies_in("ab/c.py", "a"));
    }
}
