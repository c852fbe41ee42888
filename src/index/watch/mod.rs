//! Keeps an index as fresh as the disk without being asked: a run at first, then whatever the system tells of files.
//!
//! What one file's change means is told by what the file is. A file that the index has is read again by itself. Anything
//! that may have others as its consequence (a new file, a directory, an ignore file, a project file) is a matter of a
//! whole run, which looks at stamps alone where nothing has changed. Many changes at once (another branch is checked out)
//! are one run, too. Where the system cannot tell, or not of all directories, runs follow one another after a while.
//!
//! Of all processes that would do this for one index, the one that holds the lease does; the others wait for it.

mod batch;
mod editors;
mod places;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use super::{IndexError, Progress, Settings, Silent, Summary, Watching, refresh, run, run_logged};
use crate::kv::{Asked, Lease, Store, StoreError};
use batch::{Batch, Work};
use editors::Editors;
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
/// What has failed is tried again after as long as two polls, and each time after twice as long, up to this.
const LONGEST_RETRY: Duration = Duration::from_secs(600);

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
    /// Asked before each whole run: what the run is told from now on, where that is another than before.
    fn settings(&self) -> Option<Settings> {
        None
    }
    /// The index was lost, and a new one is begun: that and why.
    fn renewed(&self, notice: &str);
    /// Another process, `{process id} {program}` as far as is known, keeps the index up to date. When it ends, this one
    /// goes on in its place.
    fn standing_by(&self, holder: &str);
    /// Whether to go on when the first run has failed: it is tried again. Else the watch ends with its error.
    fn goes_on(&self) -> bool {
        false
    }
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
    Told(Vec<PathBuf>),
    Everything,
    /// The sessions that have unsaved buffers in the index are others than before.
    Editors,
    /// One of them has ended and left its buffers behind.
    Abandoned,
    /// The process that kept the index up to date has ended.
    Lease(Result<Lease, StoreError>),
    /// The index is another one, which may have nothing so far.
    Renewed,
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

/// Tells a watch what somebody else has seen change.
#[derive(Clone, Debug)]
pub struct Teller {
    outbox: Sender<Message>,
}

impl Teller {
    /// Files or directories that came, went or changed, by their paths below the root as it is without links.
    pub fn changed(&self, paths: Vec<PathBuf>) {
        // Whoever has ended hears nothing any more.
        drop(self.outbox.send(Message::Told(paths)));
    }

    /// Nobody knows what has changed, or the settings have.
    pub fn everything(&self) {
        drop(self.outbox.send(Message::Everything));
    }
}

/// What is to be kept up to date, and how.
struct Job<'w> {
    store: &'w Store,
    root: &'w Path,
    listener: &'w dyn Listener,
    /// Those of the program.
    args: &'w [String],
}

/// Why an index is not kept up to date any more.
enum Kept {
    /// It was stopped, perhaps in the first run, which has done this.
    Ended(Option<Summary>),
    /// The index is another one: all begins anew, with the lease.
    Lost,
}

/// What there is to do next.
enum Next {
    Batch(Batch),
    Renewed,
    End,
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

    pub fn teller(&self) -> Teller {
        Teller { outbox: self.outbox.clone() }
    }

    /// Watches until it is stopped, as soon as no other process does. Returns what the first run did if it was stopped in that
    /// already. An error is one that no further try would mend.
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
        let outbox = self.outbox.clone();
        // Whoever has ended hears nothing any more.
        let _renewals = store.on_renewal(move || drop(outbox.send(Message::Renewed)));
        let work = Job { store, root, listener, args: &args };
        let mut settings = settings.clone();
        let mut is_first = true;
        loop {
            let Some(_lease) = self.lease(store, listener)? else { return Ok(None) };
            match self.keep(&work, &mut settings, progress, is_first)? {
                Kept::Ended(first) => return Ok(first),
                // Somebody may be at the new one already.
                Kept::Lost => is_first = false,
            }
        }
    }

    /// The right to keep the index up to date, as soon as nobody else has it; none when it is time to end.
    fn lease(&self, store: &Store, listener: &dyn Listener) -> Result<Option<Lease>, IndexError> {
        let place = store.lease();
        let holder = match place.ask()? {
            Asked::Granted(lease) => return Ok(Some(lease)),
            Asked::Taken(holder) => holder,
        };
        listener.standing_by(&holder);
        let outbox = self.outbox.clone();
        // It sleeps in the system's lock, which nothing but the lock's freedom or the process's end wakes it from.
        let wait = move || drop(outbox.send(Message::Lease(place.wait())));
        let spawned = std::thread::Builder::new().name("rutter-lease".to_owned()).spawn(wait);
        spawned.map_err(|cause| IndexError::Thread { cause })?;
        loop {
            match self.inbox.recv() {
                Ok(Message::Lease(lease)) => return Ok(Some(lease?)),
                Ok(Message::Stop) | Err(_) => return Ok(None),
                // What others do is theirs to see.
                Ok(_) => {}
            }
        }
    }

    /// Keeps the index up to date until it is stopped, or the index is another one.
    fn keep(
        &self,
        work: &Job<'_>,
        settings: &mut Settings,
        progress: &dyn Progress,
        is_first: bool,
    ) -> Result<Kept, IndexError> {
        let Job { store, root, listener, args } = *work;
        // They may be others by now than when the waiting began.
        if let Some(now) = listener.settings() {
            *settings = now;
        }
        // Watched before it is looked at: what changes meanwhile is not missed.
        let (outbox, sessions) = (self.outbox.clone(), store.sessions());
        let of_editors = sessions.dir().to_owned();
        let mut places = Places::new(root, settings, move |event| {
            let is_of_editors =
                event.as_ref().is_ok_and(|event| event.paths.iter().all(|path| path.starts_with(&of_editors)));
            // Whoever has ended hears nothing any more.
            drop(outbox.send(if is_of_editors { Message::Editors } else { Message::Event(event) }));
        });
        places.look_around()?;
        sessions.make_dir()?;
        places.add(sessions.dir());
        let mut editors = Editors::new(sessions, self.outbox.clone());
        editors.look();
        let begun = Instant::now();
        let mut retry = None;
        let mut is_announced = !is_first;
        match run_logged(store, root, args.to_vec(), settings, progress, &self.cancel) {
            Ok(first) if self.cancel.load(Ordering::Relaxed) => return Ok(Kept::Ended(Some(first))),
            Ok(first) if is_announced => listener.updated(&Update::Whole(&first), begun.elapsed()),
            Ok(first) => {
                listener.watching(&first, begun.elapsed());
                is_announced = true;
            }
            Err(error) if !listener.goes_on() || matches!(error, IndexError::Root { .. }) => return Err(error),
            Err(error) => {
                listener.failed(&error);
                retry = Some(POLL);
            }
        }
        let mut told_fault = false;
        let (mut rested, mut poll) = (Instant::now(), POLL);
        // What was before, others have told.
        let mut told = store.notice();
        loop {
            if let Some(cause) = places.fault()
                && !std::mem::replace(&mut told_fault, true)
            {
                listener.polling(cause, POLL);
            }
            let is_polling = settings.watching == Watching::Poll || places.fault().is_some();
            let look_again = retry.or(is_polling.then_some(poll));
            let next = self.next(root, look_again, rested, &mut editors);
            if let Next::Renewed = next
                && let Some(notice) = store.notice().filter(|notice| told.as_ref() != Some(notice))
            {
                listener.renewed(&notice);
                told = Some(notice);
            }
            let batch = match next {
                // What was missed when it failed is not told again.
                Next::Batch(_) if retry.is_some() => Batch::whole(),
                Next::Batch(batch) => batch,
                Next::Renewed => return Ok(Kept::Lost),
                Next::End => return Ok(Kept::Ended(None)),
            };
            let begun = Instant::now();
            match self.work(work, settings, &mut places, batch, is_announced) {
                Ok(is_whole) => {
                    retry = None;
                    is_announced |= is_whole;
                    if is_whole {
                        let took = begun.elapsed();
                        (rested, poll) = (Instant::now() + took * REST, POLL.max(took * POLL_REST));
                    }
                }
                // Without its root there is nothing to watch.
                Err(error @ IndexError::Root { .. }) => return Err(error),
                Err(error) => {
                    listener.failed(&error);
                    retry = Some(retry.map_or(POLL, |retry: Duration| (retry * 2).min(LONGEST_RETRY)));
                }
            }
        }
    }

    /// The next changes, when no more of them come.
    fn next(&self, root: &Path, poll: Option<Duration>, rested: Instant, editors: &mut Editors) -> Next {
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
                Ok(Message::Told(paths)) => {
                    batch.add_told(root, paths);
                    if !batch.is_empty() {
                        waited.get_or_insert_with(Instant::now);
                    }
                }
                Ok(Message::Everything) => {
                    batch.everything();
                    waited.get_or_insert_with(Instant::now);
                }
                Ok(Message::Renewed) => return Next::Renewed,
                Ok(Message::Editors) => editors.look(),
                Ok(Message::Abandoned) => {
                    batch.everything();
                    waited.get_or_insert_with(Instant::now);
                }
                // It was waited for before, and is had.
                Ok(Message::Lease(_)) => {}
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return Next::End,
                Err(RecvTimeoutError::Timeout) => {
                    if waited.is_none() {
                        batch.everything();
                    }
                    return Next::Batch(batch);
                }
            }
        }
    }

    /// Brings the index up to date; whether by a whole run. `is_announced` if one was made before.
    fn work(
        &self,
        job: &Job<'_>,
        settings: &mut Settings,
        places: &mut Places,
        batch: Batch,
        is_announced: bool,
    ) -> Result<bool, IndexError> {
        let Job { store, root, listener, args } = *job;
        let begun = Instant::now();
        match batch.work(store, root, settings, places, &store.sessions(), |path| listener.keeps(path))? {
            Work::Nothing => Ok(false),
            Work::Files(paths) => {
                for path in &paths {
                    refresh(store, root, path, settings)?;
                }
                listener.updated(&Update::Files(&paths), begun.elapsed());
                Ok(false)
            }
            Work::Whole => {
                let resettled = listener.settings();
                let is_resettled = resettled.is_some();
                if let Some(new) = resettled {
                    places.resettle(&new);
                    places.add(store.sessions().dir());
                    *settings = new;
                }
                places.look_around()?;
                // With which settings an index was made is told by the record of the last run.
                let summary = match is_resettled {
                    true => run_logged(store, root, args.to_vec(), settings, &Silent, &self.cancel)?,
                    false => run(store, root, settings, &Silent, &self.cancel)?,
                };
                let has_changed = summary.files_indexed + summary.files_removed > 0;
                if !is_announced && !summary.partial {
                    listener.watching(&summary, begun.elapsed());
                } else if has_changed && !summary.partial {
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

    fn nobody(watch: &Watch) -> Editors {
        let dir = tempfile::tempdir().unwrap();
        Editors::new(Store::open(dir.path(), "/w").unwrap().sessions(), watch.outbox.clone())
    }

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
            let Next::Batch(batch) = watch.next(Path::new("/w"), None, Instant::now(), &mut nobody(&watch)) else {
                panic!("no batch")
            };
            assert_eq!(batch.paths().len(), 5);
        });
    }

    #[test]
    fn without_word_from_the_system_everything_is_looked_through() {
        let watch = Watch::default();
        let next = watch.next(Path::new("/w"), Some(QUIET), Instant::now(), &mut nobody(&watch));
        assert!(matches!(next, Next::Batch(batch) if batch.is_whole()));
        assert!(watch.stopper().stop());
        let next = watch.next(Path::new("/w"), Some(QUIET), Instant::now(), &mut nobody(&watch));
        assert!(matches!(next, Next::End));
    }
}
