//! What the functions of open files were at git's HEAD, and word of it when HEAD moves.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::watch;

use super::{
    documents::Document,
    root::Root,
    state::{self, MAX_TEXT, State},
    work::{Cancel, Fault},
};
use crate::{
    extract,
    history::{Blob, HistoryError, Past, Repository},
    parse::Parsed,
    record::{SymbolId, SymbolMetrics},
    text::SourceText,
};

/// A function's complexities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub cyclomatic: u32,
    pub cognitive: u32,
}

impl Numbers {
    /// None without a body.
    pub fn of(metrics: &SymbolMetrics) -> Option<Self> {
        Some(Numbers { cyclomatic: metrics.cyclomatic_complexity?, cognitive: metrics.cognitive_complexity? })
    }
}

/// A file at HEAD.
#[derive(Debug)]
pub struct Head {
    pub commit: String,
    /// Of each function with a body.
    pub functions: HashMap<SymbolId, Numbers>,
}

/// What a file was, by the object that has it.
type Known = (Blob, Arc<Head>);

/// So many files are kept.
const MOST_FILES: usize = 100;

#[derive(Debug, Default)]
pub struct Heads {
    /// By the directories of files.
    repositories: Mutex<HashMap<PathBuf, Arc<Repository>>>,
    files: Mutex<HashMap<PathBuf, Known>>,
    /// By the directories of roots.
    pasts: Mutex<HashMap<PathBuf, Arc<Past>>>,
    /// Of the directories in which git keeps what it knows.
    watchers: Mutex<HashMap<PathBuf, RecommendedWatcher>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Heads {
    /// The repository that a directory lies in.
    fn repository(&self, directory: &Path, lenses: &watch::Sender<()>) -> Option<Arc<Repository>> {
        if let Some(known) = lock(&self.repositories).get(directory) {
            return Some(known.clone());
        }
        let found = Arc::new(Repository::around(directory)?);
        lock(&self.repositories).insert(directory.to_owned(), found.clone());
        self.watch(&found, lenses);
        Some(found)
    }

    /// Has the lenses shown anew when HEAD moves. What git writes when it does lies beside `HEAD` itself: the index, a lock.
    /// Where the system cannot tell of it, lenses are right again with the next change of their file.
    fn watch(&self, repository: &Arc<Repository>, lenses: &watch::Sender<()>) {
        let directory = repository.git_dir().to_owned();
        let mut watchers = lock(&self.watchers);
        if watchers.contains_key(&directory) {
            return;
        }
        let (lenses, asked) = (lenses.clone(), repository.clone());
        let head = Mutex::new(repository.head());
        let heard = move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                return;
            }
            let now = asked.head();
            if std::mem::replace(&mut *lock(&head), now.clone()) != now {
                lenses.send_replace(());
            }
        };
        let watching = notify::recommended_watcher(heard).and_then(|mut watcher| {
            watcher.watch(&directory, RecursiveMode::NonRecursive)?;
            Ok(watcher)
        });
        match watching {
            Ok(watcher) => _ = watchers.insert(directory, watcher),
            Err(fault) => tracing::debug!("HEAD is not watched: {fault}"),
        }
    }

    fn known(&self, file: &Path, blob: &Blob) -> Option<Arc<Head>> {
        lock(&self.files).get(file).filter(|(known, _)| known == blob).map(|(_, head)| head.clone())
    }

    fn keep(&self, file: PathBuf, blob: Blob, head: Arc<Head>) {
        let mut files = lock(&self.files);
        if files.len() >= MOST_FILES {
            files.clear();
        }
        files.insert(file, (blob, head));
    }
}

/// A document's file at HEAD; none where HEAD does not have it. Reads and parses it if that was not done before; whether it
/// was.
pub async fn of(state: &Arc<State>, document: &Document) -> Result<Option<(Arc<Head>, bool)>, Fault> {
    let (state, document) = (state.clone(), document.clone());
    let workers = state.workers.clone();
    workers.run(move |cancel| Ok(read(&state, &document, cancel).unwrap_or_default())).await
}

/// That it cannot be read is no fault of the file's: what is shown goes without it.
fn read(state: &State, document: &Document, cancel: &Cancel) -> Option<Option<(Arc<Head>, bool)>> {
    let (file, language) = (state::canonical(document.location.file()?), document.language?);
    let repository = state.heads.repository(file.parent()?, &state.lenses)?;
    let told = |fault| tracing::debug!(path = %document.path, "{fault}");
    let blob = repository.at_head(&file).map_err(told).ok()??;
    if let Some(known) = state.heads.known(&file, &blob) {
        return Some(Some((known, true)));
    }
    let bytes = repository.read(&blob, MAX_TEXT).map_err(told).ok()??;
    let text = Arc::new(SourceText::from_file(bytes).ok()?);
    let parsed = Parsed::new_until(text, language, cancel.flag())?;
    let origin = state::origin_of(&document.root, &document.path, parsed.text().bytes(), language);
    let records = extract::extract(&parsed, &origin);
    let functions = records.symbol_metrics.iter().filter(|metrics| metrics.kind.is_function());
    let functions = functions.filter_map(|metrics| Some((metrics.symbol_id, Numbers::of(metrics)?)));
    let head = Arc::new(Head { commit: blob.commit.clone(), functions: functions.collect() });
    state.heads.keep(file, blob, head.clone());
    Some(Some((head, false)))
}

/// So many commits are looked at.
const COMMITS: u32 = 1000;

/// What the last commits changed in a root; none where it lies in no repository, or in one that cannot be read.
pub async fn past(state: &Arc<State>, root: &Arc<Root>) -> Result<Option<Arc<Past>>, Fault> {
    if !root.place.is_workspace {
        return Ok(None);
    }
    let (inner, root) = (state.clone(), root.clone());
    let work = move |cancel: &Cancel| {
        let directory = &root.place.root;
        let Some(repository) = inner.heads.repository(directory, &inner.lenses) else { return Ok(None) };
        let Some(head) = repository.head() else { return Ok(None) };
        if let Some(known) = lock(&inner.heads.pasts).get(directory).filter(|known| known.head == head) {
            return Ok(Some(known.clone()));
        }
        match repository.past(directory, COMMITS, cancel.flag()) {
            Ok(past) => {
                let past = past.map(Arc::new);
                lock(&inner.heads.pasts).extend(past.clone().map(|past| (directory.clone(), past)));
                Ok(past)
            }
            Err(HistoryError::Cancelled) => Err(Fault::Cancelled),
            Err(fault) => {
                tracing::warn!("{}: {fault}", directory.display());
                Ok(None)
            }
        }
    };
    state.workers.run(work).await
}
