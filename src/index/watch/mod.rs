//! Keeps an index as fresh as the disk without being asked: a run at first, then whatever the system tells of files.
//!
//! What one file's change means is told by what the file is. A file that the index has is read again by itself. Anything
//! that may have others as its consequence (a new file, a directory, an ignore file, a project file) is a matter of a
//! whole run, which looks at stamps alone where nothing has changed. Many changes at once (another branch is checked out)
//! are one run, too. Where the system cannot tell, or not of all directories, runs follow one another after a while.

mod batch;
mod places;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use super::{IndexError, Progress, Settings, Silent, Summary, refresh, run, run_logged};
use crate::kv::Store;
use batch::{Batch, Work};
use places::Places;

/// After so long without further changes it is gone to work.
const QUIET: Duration = Duration::from_millis(100);
/// Changes wait no longer than this, however many come.
const LONGEST: Duration = Duration::from_secs(2);
/// Between two runs where the system does not tell of changes; more where a run takes its time.
const POLL: Duration = Duration::from_secs(10);
/// A whole run that took so long is not followed by another one for as many times that long,
const REST: u32 = 4;
/// and where nothing has changed, as far as is known, for as many times.
const POLL_REST: u32 = 50;

/// How many directories of a workspace would be watched.
pub fn directories(root: &Path, settings: &Settings) -> Result<usize, IndexError> {
    Ok(super::scan::directories(root, settings)?.len())
}

/// Who is told what becomes of changes.
pub trait Listener: Sync {
    /// The workspace is watched, and the index was brought up to date before.
    fn watching(&self, summary: &Summary, took: Duration);
    /// Some files were read again, or a whole run was made.
    fn updated(&self, update: &Update<'_>, took: Duration);
    /// Something went wrong. The index is what it was; the next change is another try.
    fn failed(&self, error: &IndexError);
    /// The system tells of no changes, or not of all: runs follow one another instead, with so much time between them, and
    /// more where they take long.
    fn polling(&self, cause: &str, period: Duration);
    /// A file that the listener itself brings into the index as it changes.
    fn keeps(&self, _path: &str) -> bool {
        false
    }
}

#[derive(Debug)]
pub enum Update<'a> {
    /// These files were read again, or are gone.
    Files(&'a [String]),
    Whole(&'a Summary),
}

#[derive(Debug)]
enum Message {
    Event(notify::Result<notify::Event>),
    Stop,
}

/// Ends a watch, from any thread and as often as wanted.
#[derive(Clone, Debug)]
pub struct Stopper {
    outbox: Sender<Message>,
    cancel: Arc<AtomicBool>,
}

impl Stopper {
    /// A run that goes on is stopped as well; what it has done is kept. `false` if that was asked for before.
    pub fn stop(&self) -> bool {
        let is_first = !self.cancel.swap(true, Ordering::Relaxed);
        // Whoever has ended already hears nothing any more.
        drop(self.outbox.send(Message::Stop));
        is_first
    }
}

/// A watch that was not begun yet.
#[derive(Debug)]
pub struct Watch {
    inbox: Receiver<Message>,
    outbox: Sender<Message>,
    cancel: Arc<AtomicBool>,
}

impl Default for Watch {
    fn default() -> Self {
        let (outbox, inbox) = mpsc::channel();
        Watch { inbox, outbox, cancel: Arc::default() }
    }
}

impl Watch {
    pub fn stopper(&self) -> Stopper {
        Stopper { outbox: self.outbox.clone(), cancel: self.cancel.clone() }
    }

    /// Watches until it is stopped. Returns what the first run did if it was stopped in that already. An error is one that no
    /// further try would mend.
    pub fn run(
        self,
        store: &Store,
        root: &Path,
        args: Vec<String>,
        settings: &Settings,
        progress: &dyn Progress,
        listener: &dyn Listener,
    ) -> Result<Option<Summary>, IndexError> {
        let fail = |cause| IndexError::Root { path: root.to_owned(), cause };
        let root = &root.canonicalize().map_err(fail)?;
        // Watched before it is looked at: what changes meanwhile is not missed.
        let outbox = self.outbox.clone();
        let mut places = Places::new(root, settings, move |event| {
            // Whoever has ended hears nothing any more.
            drop(outbox.send(Message::Event(event)));
        });
        places.look_around()?;
        let begun = Instant::now();
        let first = run_logged(store, root, args, settings, progress, &self.cancel)?;
        if self.cancel.load(Ordering::Relaxed) {
            return Ok(Some(first));
        }
        listener.watching(&first, begun.elapsed());
        let mut is_polling = false;
        let (mut rested, mut poll) = (Instant::now(), POLL);
        loop {
            if !is_polling && let Some(cause) = places.fault() {
                is_polling = true;
                listener.polling(cause, POLL);
            }
            let Some(batch) = self.next(root, is_polling.then_some(poll), rested) else { return Ok(None) };
            let begun = Instant::now();
            match self.work(store, root, settings, &mut places, batch, listener) {
                Ok(true) => {
                    let took = begun.elapsed();
                    (rested, poll) = (Instant::now() + took * REST, POLL.max(took * POLL_REST));
                }
                Ok(false) => {}
                // Without its root there is nothing to watch.
                Err(error @ IndexError::Root { .. }) => return Err(error),
                Err(error) => listener.failed(&error),
            }
        }
    }

    /// The next changes, when no more of them come; `None` when it is time to end.
    fn next(&self, root: &Path, poll: Option<Duration>, rested: Instant) -> Option<Batch> {
        let mut batch = Batch::default();
        let begun = Instant::now();
        let mut waited: Option<Instant> = None;
        loop {
            let now = Instant::now();
            let until = match waited {
                // A whole run is due: there may be a rest before.
                Some(first) => {
                    let end = (now + QUIET).min(first + LONGEST);
                    Some(if batch.is_whole() { end.max(rested) } else { end })
                }
                None => poll.map(|poll| begun + poll),
            };
            let message = match until {
                Some(until) => self.inbox.recv_timeout(until.saturating_duration_since(now)),
                // Nobody wakes up for nothing.
                None => self.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match message {
                Ok(Message::Event(event)) => {
                    batch.add(root, event);
                    if !batch.is_empty() {
                        waited.get_or_insert_with(Instant::now);
                    }
                }
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    if waited.is_none() {
                        batch.everything();
                    }
                    return Some(batch);
                }
            }
        }
    }

    /// Brings the index up to date; whether by a whole run.
    fn work(
        &self,
        store: &Store,
        root: &Path,
        settings: &Settings,
        places: &mut Places,
        batch: Batch,
        listener: &dyn Listener,
    ) -> Result<bool, IndexError> {
        let begun = Instant::now();
        match batch.work(store, root, places, |path| listener.keeps(path))? {
            Work::Nothing => Ok(false),
            Work::Files(paths) => {
                for path in &paths {
                    refresh(store, root, path, settings)?;
                }
                listener.updated(&Update::Files(&paths), begun.elapsed());
                Ok(false)
            }
            Work::Whole => {
                places.look_around()?;
                let summary = run(store, root, settings, &Silent, &self.cancel)?;
                let has_changed = summary.files_indexed + summary.files_removed > 0;
                if has_changed && !summary.partial {
                    listener.updated(&Update::Whole(&summary), begun.elapsed());
                }
                Ok(true)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use notify::{Event, EventKind, event::ModifyKind};

    use super::*;

    #[test]
    fn what_comes_together_after_a_long_silence_is_one_batch() {
        let watch = Watch::default();
        let outbox = watch.outbox.clone();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                std::thread::sleep(LONGEST + QUIET);
                for n in 0..5 {
                    let event = Event::new(EventKind::Modify(ModifyKind::Any)).add_path(format!("/w/{n}.py").into());
                    outbox.send(Message::Event(Ok(event))).unwrap();
                    std::thread::sleep(QUIET / 10);
                }
            });
            let batch = watch.next(Path::new("/w"), None, Instant::now()).unwrap();
            assert_eq!(batch.paths().len(), 5);
        });
    }

    #[test]
    fn without_word_from_the_system_everything_is_looked_through() {
        let watch = Watch::default();
        let batch = watch.next(Path::new("/w"), Some(QUIET), Instant::now()).unwrap();
        assert!(batch.is_whole());
        assert!(watch.stopper().stop());
        assert!(watch.next(Path::new("/w"), Some(QUIET), Instant::now()).is_none());
    }
}
