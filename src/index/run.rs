//! A whole run.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    First, IndexError, Progress, Settings, Summary, ingest,
    path::disk_path,
    pipeline::Run,
    plan::{self, Plan},
    runlog,
    scan::Scan,
    stamp::Stamps,
    surroundings::DiskSurroundings,
};
use crate::{
    disk,
    kv::{Published, Store},
};

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
    loop {
        if let Some(summary) = attempt(store, root, settings, progress, cancel)? {
            return Ok(summary);
        }
        tracing::info!("another process has built the index meanwhile: looking again");
    }
}

/// How far an index is from the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Distance {
    /// Files that are new or have changed.
    pub to_read: u64,
    /// Files that are gone.
    pub to_remove: u64,
}

/// What a run would have to do. Nothing is written, and nothing read but stamps and the files of which they do not tell.
pub fn distance(store: &Store, root: &Path, settings: &Settings) -> Result<Distance, IndexError> {
    let fail = |cause| IndexError::Root { path: root.to_owned(), cause };
    let root = &root.canonicalize().map_err(fail)?;
    let mut known = Stamps::read(&store.snapshot()?)?;
    let kept = known.keep_buffers(&store.sessions());
    let Some(scan) = Scan::of(root, settings, &known, &AtomicBool::new(false))? else { return Ok(Distance::default()) };
    let around = DiskSurroundings::new(root.to_owned());
    let plan = Plan::new(scan.files, known, &kept, &scan.unseen, settings.limits(), &around);
    let mut to_read = plan.jobs.len() as u64;
    let snapshot = store.snapshot()?;
    for path in &plan.unsure {
        let Some(record) = snapshot.file(path)? else { continue };
        let read = disk::read_file(&disk_path(root, path), record.size);
        let is_same = read.is_ok_and(|read| ingest::is_text_of(&record, &read.bytes));
        to_read -= u64::from(is_same);
    }
    Ok(Distance { to_read, to_remove: plan.removed.len() as u64 })
}

/// `None` if another process has published an index meanwhile, which may lack some of what this run found.
fn attempt(
    store: &Store,
    root: &Path,
    settings: &Settings,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<Option<Summary>, IndexError> {
    let limits = settings.limits();
    let mut summary = Summary::default();
    let generation = store.data_dir();
    // The snapshot is let go before anything is written: an open one makes the database grow.
    let mut known = Stamps::read(&store.snapshot()?)?;
    let is_first = known.is_empty();
    let kept = known.keep_buffers(&store.sessions());
    let Some(mut scan) = Scan::of(root, settings, &known, cancel)? else {
        return Ok(Some(Summary { partial: true, ..summary }));
    };
    plan::warnings(&scan).for_each(|warning| summary.warn(warning));
    let around = DiskSurroundings::new(root.to_owned());
    let files = std::mem::take(&mut scan.files);
    let mut plan = Plan::new(files, known, &kept, &scan.unseen, limits, &around);
    plan.begin_with(&progress.wanted());
    summary.files_unchanged = plan.unchanged;
    summary.files_skipped = plan.skipped;
    summary.other_files = scan.other_files;
    progress.found(plan.jobs.len() as u64);
    let run = Run { store, root, limits, threads: settings.thread_count(), progress, cancel };
    let bulk = if is_first && settings.first == First::Bulk { store.bulk()? } else { None };
    let stands = match bulk {
        Some(bulk) => run.build(&plan.jobs, bulk, &mut summary)? == Published::Done,
        None => {
            run.remove(plan.removed, &mut summary)?;
            run.ingest(&plan.jobs, &mut summary)?;
            super::linking::follow_layouts(store)?;
            run.link(store)?;
            store.data_dir() == generation
        }
    };
    summary.partial = cancel.load(Ordering::Relaxed);
    Ok((stands || summary.partial).then_some(summary))
}

/// [`run`], with a record of it in the index. `args` are those of the program. An index that turns out to be damaged is set
/// aside, and the run starts over with a new one, once.
pub fn run_logged(
    store: &Store,
    root: &Path,
    args: Vec<String>,
    settings: &Settings,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<Summary, IndexError> {
    let log = runlog::start(store, root, args, settings);
    // The record may have been the first to meet the damage.
    let outcome = match (!store.is_bad()).then(|| run(store, root, settings, progress, cancel)) {
        Some(outcome) if !store.is_bad() => outcome,
        _ => anew(store, root, settings, progress, cancel),
    };
    log.finish(store, &outcome);
    outcome
}

fn anew(
    store: &Store,
    root: &Path,
    settings: &Settings,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<Summary, IndexError> {
    // It is the same index for all who have it open: they go over to the new one, too.
    let renewed = Store::open(store.dir(), &root.to_string_lossy())?;
    let notice = renewed.notice();
    let mut summary = run(&renewed, root, settings, progress, cancel)?;
    notice.into_iter().for_each(|notice| summary.warn(notice.to_string()));
    Ok(summary)
}
