//! A whole run.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    IndexError, Progress, Settings, Summary,
    pipeline::Run,
    plan::{self, Plan},
    runlog,
    scan::Scan,
    stamp::Stamps,
    surroundings::DiskSurroundings,
};
use crate::kv::Store;

/// Brings the index up to date with the disk. Sound at every moment; the flag stops it early.
pub fn run(
    store: &Store,
    root: &Path,
    settings: &Settings,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<Summary, IndexError> {
    let fail = |cause| IndexError::Root { path: root.to_owned(), cause };
    let root = &root.canonicalize().map_err(fail)?;
    let size_limit = settings.size_limit();
    let mut summary = Summary::default();
    // The snapshot is let go before anything is written: an open one makes the database grow.
    let known = Stamps::read(&store.snapshot()?)?;
    let Some(mut scan) = Scan::of(root, settings, &known, cancel)? else {
        return Ok(Summary { partial: true, ..summary });
    };
    plan::warnings(&scan).for_each(|warning| summary.warn(warning));
    let around = DiskSurroundings::new(root.clone());
    let files = std::mem::take(&mut scan.files);
    let plan = Plan::new(files, known, &scan.unseen, size_limit, &around);
    summary.files_unchanged = plan.unchanged;
    summary.files_skipped = plan.skipped;
    summary.other_files = scan.other_files;
    progress.found(plan.jobs.len() as u64);
    let run = Run { store, root, size_limit, threads: settings.thread_count(), progress, cancel };
    run.remove(plan.removed, &mut summary)?;
    run.ingest(&plan.jobs, &mut summary)?;
    summary.partial = cancel.load(Ordering::Relaxed);
    Ok(summary)
}

/// [`run`], with a record of it in the index. `args` are those of the program.
pub fn run_logged(
    store: &Store,
    root: &Path,
    args: Vec<String>,
    settings: &Settings,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<Summary, IndexError> {
    let log = runlog::start(store, root, args);
    let outcome = run(store, root, settings, progress, cancel);
    log.finish(store, &outcome);
    outcome
}
