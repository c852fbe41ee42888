//! Indexing a workspace behind the editor's back, with progress shown where the client can show it, and keeping up with
//! what changes on disk afterwards.
//!
//! A run reads what is on disk, also of files that are open. While it goes on, the open buffers hide what it writes of
//! them from every answer; when it has ended, their records are written again (`Note::Overwritten`).

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;
use tower_lsp::lsp_types::{
    MessageType, NumberOrString, ProgressParams, ProgressParamsValue, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressEnd, WorkDoneProgressReport, notification, request,
};

use super::{configuration, keeper::Note, place::IndexKind, root::Root, state::State, work::Fault};
use crate::{
    index::{
        self, IndexError, Settings, Summary,
        watch::{Listener, Stopper, Teller, Update, Watch},
    },
    kv::Store,
    record::Skip,
};

const TITLE: &str = "rutter: indexing";
/// Per cent of a run that linking is taken for.
const LINKING: u64 = 20;
/// Between two reports.
const PERIOD: Duration = Duration::from_millis(250);

/// The watch of a root and its first run, as others see them.
#[derive(Debug)]
pub struct Run {
    /// Of its root, see [`Root::number`].
    number: u64,
    watch: Mutex<Option<Watch>>,
    stopper: Stopper,
    teller: Teller,
    /// The system does not tell of all changes.
    is_polling: AtomicBool,
    found: AtomicU64,
    done: AtomicU64,
    to_link: AtomicU64,
    linked: AtomicU64,
    phase: Mutex<Phase>,
    /// Told when it has ended.
    ended: Mutex<Option<oneshot::Receiver<()>>>,
}

/// How far the first run is, and what came of it; in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    Opening,
    Indexing,
    Ready(String),
    Failed(String),
}

/// Hears how a run goes, and says what is open.
struct Running<'s> {
    state: &'s State,
    root: &'s Arc<Root>,
}

impl index::Progress for Running<'_> {
    fn wanted(&self) -> Vec<Arc<str>> {
        let own = self.state.documents.all().into_iter().filter(|document| Arc::ptr_eq(&document.root, self.root));
        own.map(|document| document.path).collect()
    }
    fn found(&self, files: u64) {
        self.root.run.found.store(files, Ordering::Relaxed);
    }
    fn done(&self, _: &str) {
        self.root.run.done.fetch_add(1, Ordering::Relaxed);
    }
    fn skipped(&self, _: &str, _: &Skip) {
        self.root.run.done.fetch_add(1, Ordering::Relaxed);
    }
    fn to_link(&self, files: u64) {
        self.root.run.to_link.store(files, Ordering::Relaxed);
    }
    fn linked(&self, files: u64) {
        self.root.run.linked.fetch_add(files, Ordering::Relaxed);
    }
}

impl Run {
    pub fn new(number: u64) -> Self {
        let watch = Watch::default();
        Run {
            number,
            stopper: watch.stopper(),
            teller: watch.teller(),
            is_polling: AtomicBool::default(),
            watch: Mutex::new(Some(watch)),
            found: AtomicU64::default(),
            done: AtomicU64::default(),
            to_link: AtomicU64::default(),
            linked: AtomicU64::default(),
            phase: Mutex::new(Phase::Opening),
            ended: Mutex::default(),
        }
    }

    pub fn token(&self) -> NumberOrString {
        NumberOrString::String(match self.number {
            0 => "rutter/index".to_owned(),
            number => format!("rutter/index/{number}"),
        })
    }

    /// To tell its watch of changes.
    pub fn teller(&self) -> &Teller {
        &self.teller
    }

    pub fn is_polling(&self) -> bool {
        self.is_polling.load(Ordering::Relaxed)
    }

    pub fn cancel(&self) {
        self.stopper.stop();
    }

    /// Stops it and waits until it has stopped.
    pub async fn stop(&self) {
        self.cancel();
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ended) = ended
            && ended.await.is_err()
        {
            tracing::debug!("the run over the workspace was dropped");
        }
    }

    pub fn phase(&self) -> Phase {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn enter(&self, phase: Phase, state: &State) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
        state.status.send_replace(());
    }

    /// It must never fall: linking is the last part.
    pub fn percentage(&self) -> u32 {
        let part = |of: &AtomicU64, all: &AtomicU64, whole: u64| {
            let (of, all) = (of.load(Ordering::Relaxed), all.load(Ordering::Relaxed));
            (of.min(all) * whole).checked_div(all).unwrap_or(0)
        };
        let indexed = part(&self.done, &self.found, 100 - LINKING);
        u32::try_from(indexed + part(&self.linked, &self.to_link, LINKING)).unwrap_or(100)
    }

    pub fn message(&self) -> String {
        let number = |of: &AtomicU64| of.load(Ordering::Relaxed);
        match number(&self.to_link) {
            0 => format!("{} of {} files", number(&self.done), number(&self.found)),
            all => format!("linking {} of {all} files", number(&self.linked).min(all)),
        }
    }
}

/// Starts the run, if there is a workspace with an index. Returns at once.
pub fn start(state: &Arc<State>, root: &Arc<Root>) {
    let (ended, has_ended) = oneshot::channel();
    *root.run.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(has_ended);
    let (state, root) = (state.clone(), root.clone());
    tokio::spawn(async move {
        match root.place.index().await {
            Some(index) if index.kind == IndexKind::Shared => whole(&state, &root, index.store).await,
            Some(_) => root.run.enter(Phase::Failed("no index; answers are from open files alone".to_owned()), &state),
            None => root.run.enter(Phase::Failed("no index".to_owned()), &state),
        }
        if ended.send(()).is_err() {
            tracing::debug!("the session ended before the run");
        }
    });
}

async fn whole(state: &Arc<State>, root: &Arc<Root>, store: Store) {
    let Some(watch) = root.run.watch.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
    root.run.enter(Phase::Indexing, state);
    let (first, outcome) = oneshot::channel();
    let (end, has_ended) = oneshot::channel();
    let (index, told) = (store.clone(), store.notice());
    let spawned = std::thread::Builder::new().name("rutter-index".to_owned()).spawn({
        let (state, root) = (state.clone(), root.clone());
        move || {
            lower_priority();
            let args = std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
            let settings = root.run_settings();
            let known = Mutex::new(settings.clone());
            let follower = Follower { state: &state, root: &root, known, first: Mutex::new(Some(first)) };
            let running = Running { state: &state, root: &root };
            let ended = watch.run(&store, &root.place.root, args, &settings, &running, &follower);
            follower.end(ended);
            if end.send(()).is_err() {
                tracing::debug!("nobody waits for the watch any more");
            }
        }
    });
    if let Err(fault) = spawned {
        root.run.enter(Phase::Failed(format!("no thread for indexing: {fault}")), state);
        state.say(MessageType::WARNING, format!("rutter: the workspace is not indexed: no thread for it: {fault}"));
        return;
    }
    let (over, is_over) = oneshot::channel();
    if state.session().facts.progress {
        // Not waited for: a client that never answers `create` must not hold up anything.
        tokio::spawn(show(state.clone(), root.clone(), is_over));
    }
    let ending = match outcome.await {
        Ok(Ok(First::Ran(summary))) => Ok(report(&summary)),
        Ok(Ok(First::StoodBy(holder))) => Ok(format!("kept up to date by another process ({holder})")),
        Ok(Ok(First::Failed(fault))) => {
            let message = format!("rutter: indexing the workspace failed, and is tried again: {fault}");
            state.say(MessageType::WARNING, message);
            Err("failed".to_owned())
        }
        Ok(Err(fault)) => {
            state.say(MessageType::WARNING, format!("rutter: indexing the workspace failed: {}", Fault::from(fault)));
            Err("failed".to_owned())
        }
        Err(_) => {
            state.say(MessageType::ERROR, "rutter: indexing the workspace failed: a fault in rutter".to_owned());
            Err("failed".to_owned())
        }
    };
    root.run.enter(ending.clone().map_or_else(Phase::Failed, Phase::Ready), state);
    let (Ok(ending) | Err(ending)) = ending;
    state.lenses.send_replace(());
    tracing::info!("indexing the workspace: {ending}");
    // Damage that the run has met, and that the opening had not.
    if let Some(notice) = index.notice().filter(|notice| told.as_ref() != Some(notice)) {
        state.say(MessageType::WARNING, format!("rutter: {notice}"));
    }
    state.note(Note::Overwritten(root.clone()));
    if over.send(ending).is_err() {
        tracing::trace!("no progress is shown");
    }
    if has_ended.await.is_err() {
        tracing::error!("watching the workspace: a fault in rutter");
    }
}

/// What the watch does at first.
enum First {
    Ran(Summary),
    /// Another process keeps the index up to date: this one.
    StoodBy(String),
    /// And it is tried again.
    Failed(String),
}

/// Hears what the watch does.
struct Follower<'s> {
    state: &'s State,
    root: &'s Arc<Root>,
    /// The settings that the watch has.
    known: Mutex<Settings>,
    /// Waits for what is done at first.
    first: Mutex<Option<oneshot::Sender<Result<First, IndexError>>>>,
}

impl Follower<'_> {
    fn first(&self, outcome: Result<First, IndexError>) -> Result<(), Result<First, IndexError>> {
        match self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(first) => first.send(outcome),
            None => Err(outcome),
        }
    }

    fn end(&self, ended: Result<Option<Summary>, IndexError>) {
        let Some(ended) = ended.transpose() else { return };
        if let Err(Err(fault)) = self.first(ended.map(First::Ran)) {
            let message = format!("rutter: changes on disk are not followed any more: {}", Fault::from(fault));
            self.state.say(MessageType::WARNING, message);
        }
    }
}

impl Listener for Follower<'_> {
    fn watching(&self, summary: &Summary, _: Duration) {
        // Nobody waits for it when another process kept the index before.
        if self.first(Ok(First::Ran(summary.clone()))).is_err() {
            self.root.run.enter(Phase::Ready(report(summary)), self.state);
            self.state.note(Note::Overwritten(self.root.clone()));
        }
    }

    fn updated(&self, update: &Update<'_>, took: Duration) {
        tracing::debug!("changes on disk: {update:?} in {took:?}");
        if matches!(update, Update::Whole(_)) {
            self.state.status.send_replace(());
            self.state.lenses.send_replace(());
            self.state.note(Note::Overwritten(self.root.clone()));
        }
    }

    fn failed(&self, error: &IndexError) {
        if self.first(Ok(First::Failed(error.to_string()))).is_err() {
            tracing::warn!("a change on disk was not followed: {error}");
        }
    }

    fn goes_on(&self) -> bool {
        true
    }

    fn renewed(&self, notice: &str) {
        self.state.say(MessageType::WARNING, format!("rutter: {notice}"));
    }

    fn standing_by(&self, holder: &str) {
        if self.first(Ok(First::StoodBy(holder.to_owned()))).is_err() {
            tracing::debug!("another process ({holder}) keeps the index up to date");
        }
    }

    fn polling(&self, cause: &str, period: Duration) {
        tracing::warn!("{cause}: the workspace is looked through every {period:?} or more instead");
        self.root.run.is_polling.store(true, Ordering::Relaxed);
        // The client may tell of changes.
        self.state.registrar.send_replace(());
    }

    fn settings(&self) -> Option<Settings> {
        configuration::reconsider(self.state, self.root);
        let now = self.root.run_settings();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *known, now.clone());
        if before.watching != now.watching {
            self.state.registrar.send_replace(());
        }
        (before != now).then_some(now)
    }

    /// The text of an open document is the editor's. Whether it is the disk's as well may be otherwise now.
    fn keeps(&self, path: &str) -> bool {
        let document = self.state.documents.with_path(self.root, path);
        let is_open = document.is_some();
        document.into_iter().for_each(|document| self.state.note(Note::Changed(document.location)));
        is_open
    }
}

fn report(summary: &Summary) -> String {
    let ending = if summary.partial { "stopped: " } else { "" };
    let Summary { files_indexed, files_unchanged, files_skipped, .. } = summary;
    format!("{ending}{files_indexed} files indexed, {files_unchanged} unchanged, {files_skipped} skipped")
}

/// Shows the run until it is over. The request to the client must be waited for to its end: `tower-lsp` panics over an
/// answer that nobody waits for any more.
async fn show(state: Arc<State>, root: Arc<Root>, mut is_over: oneshot::Receiver<String>) {
    let run = &root.run;
    let create = WorkDoneProgressCreateParams { token: run.token() };
    if let Err(refused) = state.client.send_request::<request::WorkDoneProgressCreate>(create).await {
        tracing::debug!("the client shows no progress: {refused}");
        return;
    }
    // Also of a run that is over by now: what was announced is ended.
    let tell = async |value| {
        let value = ProgressParamsValue::WorkDone(value);
        state.client.send_notification::<notification::Progress>(ProgressParams { token: run.token(), value }).await;
    };
    tell(WorkDoneProgress::Begin(WorkDoneProgressBegin {
        title: title(&state, &root),
        cancellable: Some(true),
        message: None,
        percentage: Some(0),
    }))
    .await;
    let mut shown = String::new();
    let ending = loop {
        tokio::select! {
            ending = &mut is_over => break ending.ok(),
            () = tokio::time::sleep(PERIOD) => {}
        }
        let message = run.message();
        if message != shown {
            shown.clone_from(&message);
            tell(WorkDoneProgress::Report(WorkDoneProgressReport {
                cancellable: Some(true),
                message: Some(message),
                percentage: Some(run.percentage()),
            }))
            .await;
        }
    };
    tell(WorkDoneProgress::End(WorkDoneProgressEnd { message: ending })).await;
}

/// Of several workspaces, which one.
fn title(state: &State, root: &Root) -> String {
    match root.place.root.file_name() {
        Some(name) if state.roots.all().len() > 1 => format!("{TITLE} {}", name.to_string_lossy()),
        _ => TITLE.to_owned(),
    }
}

/// The editor comes first. On Linux a priority is a thread's, and the threads that it starts inherit it.
#[cfg(target_os = "linux")]
fn lower_priority() {
    if let Err(fault) = rustix::process::setpriority_process(None, 10) {
        tracing::debug!("indexing at normal priority: {fault}");
    }
}

/// Elsewhere it would be the whole server's.
#[cfg(not(target_os = "linux"))]
fn lower_priority() {}
