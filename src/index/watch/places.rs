//! The directories that are watched: those that a run looks into, one by one, and no others.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::super::{IndexError, Settings, Watching, scan};

pub(super) struct Places {
    root: PathBuf,
    settings: Settings,
    tell: Arc<dyn Fn(notify::Result<Event>) + Send + Sync>,
    watcher: Option<RecommendedWatcher>,
    watched: HashSet<PathBuf>,
    /// Why not all are watched.
    fault: Option<String>,
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Places")
            .field("watched", &self.watched.len())
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

impl Places {
    /// Nothing is watched yet. `tell` hears of changes, on a thread of its own.
    pub fn new(root: &Path, settings: &Settings, tell: impl Fn(notify::Result<Event>) + Send + Sync + 'static) -> Self {
        let mut places = Places {
            root: root.to_owned(),
            settings: settings.clone(),
            tell: Arc::new(tell),
            watcher: None,
            watched: HashSet::new(),
            fault: None,
        };
        places.begin();
        places
    }

    fn begin(&mut self) {
        if self.settings.watching != Watching::On {
            return;
        }
        let tell = self.tell.clone();
        let heard = move |event: notify::Result<Event>| {
            if event.as_ref().map_or(true, |event| event.need_rescan() || is_change(&event.kind)) {
                tell(event);
            }
        };
        match notify::recommended_watcher(heard) {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(error) => self.fault = Some(cause(&error)),
        }
    }

    /// What is watched follows with the next [`Places::look_around`].
    pub fn resettle(&mut self, settings: &Settings) {
        let before = std::mem::replace(&mut self.settings, settings.clone());
        if before.watching != settings.watching {
            (self.watcher, self.fault) = (None, None);
            self.watched.clear();
            self.begin();
        }
    }

    /// Watches the directories that are there now.
    pub fn look_around(&mut self) -> Result<(), IndexError> {
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        let now: HashSet<PathBuf> = scan::directories(&self.root, &self.settings)?.into_iter().collect();
        for gone in self.watched.difference(&now) {
            // What was deleted is watched no more in any case.
            if let Err(error) = watcher.unwatch(gone) {
                tracing::debug!("{}: {error}", gone.display());
            }
        }
        self.watched.retain(|known| now.contains(known));
        for new in now {
            // Again even where it is known: it may be another directory of that name.
            match watcher.watch(&new, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.watched.insert(new);
                }
                Err(error) if is_gone(&error) => {}
                Err(error) => {
                    self.fault.get_or_insert_with(|| cause(&error));
                    // There is no room for more.
                    if matches!(error.kind, ErrorKind::MaxFilesWatch) {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Watches one more directory, which is not the workspace's. Where the system cannot, it says so as with all others.
    pub fn add(&mut self, dir: &Path) {
        if let Some(watcher) = &mut self.watcher
            && let Err(error) = watcher.watch(dir, RecursiveMode::NonRecursive)
        {
            self.fault.get_or_insert_with(|| cause(&error));
        }
    }

    pub fn has(&self, path: &Path) -> bool {
        self.watched.contains(path)
    }

    /// Why changes may go unnoticed.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

/// What counts as a change. Reading is none: else whoever reads would wake himself.
pub(super) fn is_change(kind: &EventKind) -> bool {
    !matches!(kind, EventKind::Access(_))
}

fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

fn cause(error: &notify::Error) -> String {
    match error.kind {
        ErrorKind::MaxFilesWatch => {
            "there are more directories than may be watched (on Linux: fs.inotify.max_user_watches)".to_owned()
        }
        _ => error.to_string(),
    }
}
