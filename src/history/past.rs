//! How often files were changed, by the last commits.

use std::{
    collections::HashMap,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use gix::{revision::walk::Sorting, traverse::commit::simple::CommitTimeOrder};
use gix_diff::tree::{Recorder, State, recorder::Change};
use jiff::Timestamp;

use super::{HistoryError, Repository};

/// The changes of the last commits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// The commit that they lead to.
    pub head: String,
    /// How many commits were looked at. One that only joins others changes nothing, and is not counted.
    pub commits: u32,
    /// When the oldest of them was made.
    pub since: Option<Timestamp>,
    /// How many of them changed a file, by its path below the directory that was asked about, with `/` between names.
    changes: HashMap<String, u32>,
}

/// A commit that changes more files moves or formats them: that says nothing of a single one.
const BULK: usize = 1000;
/// For trees that follow one another: most of them is the same.
const CACHE: usize = 16 << 20;

impl Past {
    pub fn changes(&self, path: &str) -> u32 {
        self.changes.get(path).copied().unwrap_or_default()
    }
}

impl Repository {
    /// What the last `most` commits that HEAD comes of changed below a directory (without symbolic links). The first commit
    /// of all made everything and changed nothing. None where there is no commit.
    pub fn past(&self, below: &Path, most: u32, stop: &AtomicBool) -> Result<Option<Past>, HistoryError> {
        let mut repository = self.inner.to_thread_local();
        repository.object_cache_size_if_unset(CACHE);
        let Ok(head) = repository.head_id() else { return Ok(None) };
        let mut past = Past { head: head.to_string(), ..Past::default() };
        let below = self.path_of(below).map(|path| path.to_string_lossy().replace('\\', "/")).unwrap_or_default();
        let newest_first = Sorting::ByCommitTime(CommitTimeOrder::NewestFirst);
        let mut state = State::default();
        for info in repository.rev_walk([head]).sorting(newest_first).all()? {
            if stop.load(Ordering::Relaxed) {
                return Err(HistoryError::Cancelled);
            }
            let info = info?;
            let mut parents = info.parent_ids();
            let (Some(parent), None) = (parents.next(), parents.next()) else { continue };
            // Where a clone is shallow, what comes before its oldest commits is not there.
            let Ok(parent) = repository.find_commit(parent) else { continue };
            let (before, after) = (parent.tree()?, info.object()?.tree()?);
            let mut recorder = Recorder::default();
            gix_diff::tree(
                gix::objs::TreeRefIter::from_bytes(&before.data, before.id.kind()),
                gix::objs::TreeRefIter::from_bytes(&after.data, after.id.kind()),
                &mut state,
                &repository.objects,
                &mut recorder,
            )
            .map_err(|error| HistoryError::Git(Box::new(gix::Error::from_error(error))))?;
            past.take(&recorder.records, &below);
            past.commits += 1;
            past.since = Timestamp::from_second(info.commit_time()).ok().or(past.since);
            if past.commits == most {
                break;
            }
        }
        Ok(Some(past))
    }
}

impl Past {
    fn take(&mut self, records: &[Change], below: &str) {
        let files = records.iter().filter_map(|change| match change {
            Change::Addition { entry_mode, path, .. }
            | Change::Modification { entry_mode, path, .. }
            | Change::Deletion { entry_mode, path, .. } => entry_mode.is_blob().then_some(path),
        });
        let files: Vec<_> = files.collect();
        if files.len() > BULK {
            return;
        }
        for file in files {
            let path = String::from_utf8_lossy(file);
            let own = match below {
                "" => Some(&*path),
                below => path.strip_prefix(below).and_then(|rest| rest.strip_prefix('/')),
            };
            if let Some(own) = own {
                *self.changes.entry(own.to_owned()).or_default() += 1;
            }
        }
    }
}
