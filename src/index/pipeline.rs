//! Reading and extracting on all cores, and one writer.
//!
//! Extracting threads take the next file from the list and send its rows to the writer, which gathers them into batches
//! and writes each in one transaction. What is under way is bounded in bytes, whatever the files are like.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{
    IndexError, Progress, Summary,
    budget::Budget,
    ingest::{Ingested, Job, Outcome, ingest, settle},
    linking,
    settings::Limits,
};
use crate::kv::{Bulk, Extent, FileUpdate, Published, Store};

/// A transaction of this size is written in key order and synced in a fraction of a second.
const BATCH_BYTES: usize = 8 << 20;
const BATCH_FILES: usize = 1000;
/// Between the extracting threads and the writer.
const UNDER_WAY: usize = 16 << 20;

/// What the threads of one run share.
pub struct Run<'a> {
    pub store: &'a Store,
    pub root: &'a Path,
    pub limits: Limits,
    pub threads: usize,
    pub progress: &'a dyn Progress,
    pub cancel: &'a AtomicBool,
}

/// A file's rows on their way to the writer.
struct Message {
    ingested: Ingested,
    bytes: usize,
}

impl Run<'_> {
    /// Files that are gone.
    pub fn remove(&self, paths: Vec<Arc<str>>, summary: &mut Summary) -> Result<(), IndexError> {
        let mut clashes = Vec::new();
        for batch in paths.chunks(BATCH_FILES) {
            if self.is_cancelled() {
                break;
            }
            clashes.extend(self.store.apply(batch.iter().cloned().map(FileUpdate::Remove).collect())?.clashes);
            summary.files_removed += batch.len() as u64;
        }
        settle(self.store, self.root, clashes, self.limits)
    }

    /// Brings these files into the index. Stopped by the cancel flag, it leaves each file whole, as it was or as it is.
    pub fn ingest(&self, jobs: &[Job], summary: &mut Summary) -> Result<(), IndexError> {
        let clashes = self.feed(jobs, |from, budget| self.write(from, budget, summary))?;
        settle(self.store, self.root, clashes, self.limits)
    }

    /// Fills an index that holds no files with these, and links them. Stopped by the cancel flag, it holds those that were
    /// done. Until then the index is as it was.
    pub fn build(&self, jobs: &[Job], mut bulk: Bulk, summary: &mut Summary) -> Result<Published, IndexError> {
        self.feed(jobs, |from, budget| gather(&mut bulk, from, budget, summary))?;
        let extent = if self.is_cancelled() { Extent::Part } else { Extent::Whole };
        let filled = bulk.fill()?;
        settle(filled.store(), self.root, filled.clashes().to_vec(), self.limits)?;
        linking::link_filled(&filled, self.threads, self.cancel, self.progress)?;
        self.progress.writing();
        Ok(filled.publish(extent)?)
    }

    /// Links all that is to be linked.
    pub fn link(&self, store: &Store) -> Result<(), IndexError> {
        let to_do = store.snapshot()?.todo(usize::MAX)?.len();
        if to_do > 0 {
            self.progress.to_link(to_do as u64);
        }
        linking::link_all(store, self.threads, self.cancel, self.progress)
    }

    /// Has the files extracted on all threads, and what comes of it taken in on this one.
    fn feed<T>(
        &self,
        jobs: &[Job],
        take_in: impl FnOnce(&Receiver<Message>, &Budget) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        let threads = self.threads.clamp(1, jobs.len().max(1));
        let (sender, receiver) = bounded(4 * threads);
        let (next, budget, failed) = (AtomicUsize::new(0), Budget::new(UNDER_WAY), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let sender = sender.clone();
                scope.spawn(|| self.extract(jobs, &next, &budget, &failed, sender));
            }
            drop(sender);
            let taken_in = take_in(&receiver, &budget);
            if taken_in.is_err() {
                failed.store(true, Ordering::Relaxed);
                // Whoever waits to send must come to its end.
                for message in &receiver {
                    budget.give_back(message.bytes);
                }
            }
            taken_in
        })
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// An extracting thread.
    fn extract(&self, jobs: &[Job], next: &AtomicUsize, budget: &Budget, failed: &AtomicBool, to: Sender<Message>) {
        while !self.is_cancelled() && !failed.load(Ordering::Relaxed) {
            let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            let Some(ingested) = ingest(self.root, job, 0, self.limits, self.cancel) else { return };
            match &ingested.outcome {
                Outcome::Skipped(skip) | Outcome::Panicked(skip) => self.progress.skipped(&job.path, skip),
                Outcome::Indexed { .. } | Outcome::Gone => self.progress.done(&job.path),
            }
            let bytes = match &ingested.update {
                Some(FileUpdate::Replace(rows)) => rows.byte_size(),
                Some(FileUpdate::Remove(_)) | None => 0,
            };
            budget.take(bytes);
            if to.send(Message { ingested, bytes }).is_err() {
                return;
            }
        }
    }

    /// The writer. Returns the files whose ids met others'.
    fn write(
        &self,
        from: &Receiver<Message>,
        budget: &Budget,
        summary: &mut Summary,
    ) -> Result<Vec<(Arc<str>, u32)>, IndexError> {
        let (mut batch, mut batch_bytes) = (Vec::new(), 0);
        let mut clashes = Vec::new();
        // The batch is counted once it is written.
        let mut counted = Vec::new();
        let mut flush = |batch: &mut Vec<FileUpdate>, counted: &mut Vec<(Arc<str>, Outcome)>| {
            if !batch.is_empty() {
                clashes.extend(self.store.apply(std::mem::take(batch))?.clashes);
            }
            counted.drain(..).for_each(|(path, outcome)| count(summary, &path, outcome));
            Ok::<(), IndexError>(())
        };
        for Message { ingested, bytes } in from {
            // From here on the rows count as the batch's, which has its own bound: so nobody ever waits for this thread
            // while it waits for a message.
            budget.give_back(bytes);
            batch.extend(ingested.update);
            counted.push((ingested.path, ingested.outcome));
            batch_bytes += bytes;
            if batch_bytes >= BATCH_BYTES || batch.len() >= BATCH_FILES {
                flush(&mut batch, &mut counted)?;
                batch_bytes = 0;
            }
        }
        flush(&mut batch, &mut counted)?;
        Ok(clashes)
    }
}

/// Takes the rows in for a bulk build.
fn gather(bulk: &mut Bulk, from: &Receiver<Message>, budget: &Budget, summary: &mut Summary) -> Result<(), IndexError> {
    for Message { ingested, bytes } in from {
        let added = match ingested.update {
            Some(FileUpdate::Replace(rows)) => bulk.add(&rows),
            // It was not there before.
            Some(FileUpdate::Remove(_)) | None => Ok(()),
        };
        budget.give_back(bytes);
        added?;
        count(summary, &ingested.path, ingested.outcome);
    }
    Ok(())
}

fn count(summary: &mut Summary, path: &str, outcome: Outcome) {
    match outcome {
        Outcome::Indexed { symbols, references, bytes, lines } => {
            summary.files_indexed += 1;
            summary.symbols_indexed += symbols;
            summary.references_indexed += references;
            summary.bytes_indexed += bytes;
            summary.lines_indexed += lines;
        }
        Outcome::Skipped(_) => summary.files_skipped += 1,
        Outcome::Gone => summary.files_removed += 1,
        Outcome::Panicked(skip) => {
            summary.files_skipped += 1;
            summary.warn(format!("{path}: {}", skip.detail));
        }
    }
}
