//! The workspaces of a session: one for each folder of the client, each with its index, its run and its settings.
//!
//! A file belongs to the innermost root that it lies in; one that lies in none belongs to the first root, and without any
//! roots to a place that is none (`Roots::nowhere`).

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use super::{place::Place, workspace::Run};
use crate::{
    index::{self, First},
    settings::Settings,
};

/// A workspace.
#[derive(Debug)]
pub struct Root {
    /// Counts from 0 through the session; the place that is none has none.
    pub number: Option<u64>,
    pub place: Place,
    pub run: Run,
    settings: RwLock<Arc<Settings>>,
}

impl Root {
    fn new(number: Option<u64>, place: Place, settings: Settings) -> Arc<Self> {
        let run = Run::new(number.unwrap_or_default());
        Arc::new(Root { number, place, run, settings: RwLock::new(Arc::new(settings)) })
    }

    /// No workspace, and no index.
    pub fn nowhere() -> Arc<Self> {
        Root::new(None, Place::none(), Settings::default())
    }

    pub fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether they are others than before.
    pub fn resettle(&self, settings: Settings) -> bool {
        let mut own = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        let changed = **own != settings;
        if changed {
            *own = Arc::new(settings);
        }
        changed
    }

    /// What a run is told.
    pub fn run_settings(&self) -> index::Settings {
        self.settings().run(First::Visible)
    }

    /// The first root of a session: what the command line and the client say of one index is said of its.
    pub fn is_first(&self) -> bool {
        self.number == Some(0)
    }
}

#[derive(Debug)]
pub struct Roots {
    list: Mutex<Arc<[Arc<Root>]>>,
    nowhere: Arc<Root>,
    nowhere_is_open: AtomicBool,
    count: AtomicU64,
}

impl Default for Roots {
    fn default() -> Self {
        Roots {
            list: Mutex::default(),
            nowhere: Root::new(None, Place::of(None, None), Settings::default()),
            nowhere_is_open: AtomicBool::default(),
            count: AtomicU64::default(),
        }
    }
}

impl Roots {
    fn lock(&self) -> MutexGuard<'_, Arc<[Arc<Root>]>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In the order in which the client named them.
    pub fn all(&self) -> Arc<[Arc<Root>]> {
        self.lock().clone()
    }

    /// All, or the place that is none where there are none: what a question about no file is put to.
    pub fn asked(&self) -> Vec<Arc<Root>> {
        match &*self.all() {
            [] => vec![self.nowhere.clone()],
            all => all.to_vec(),
        }
    }

    /// All, and the place that is none.
    pub fn with_nowhere(&self) -> Vec<Arc<Root>> {
        self.all().iter().chain([&self.nowhere]).cloned().collect()
    }

    /// Adds a root. `named` is as the client names it. None where it is there already.
    pub fn add(
        &self,
        root: PathBuf,
        named: PathBuf,
        settings: impl FnOnce(&Path, bool) -> Settings,
    ) -> Option<Arc<Root>> {
        let mut list = self.lock();
        if list.iter().any(|known| known.place.root == root) {
            return None;
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let settings = settings(&root, number == 0);
        let added = Root::new(Some(number), Place::of(Some(root), Some(named)), settings);
        *list = list.iter().cloned().chain([added.clone()]).collect();
        Some(added)
    }

    /// Takes a root out, by the name that the client has for it or by its true one. It is to be closed.
    pub fn remove(&self, named: &Path) -> Option<Arc<Root>> {
        let mut list = self.lock();
        let canonical = named.canonicalize().unwrap_or_else(|_| named.to_owned());
        let gone = list.iter().find(|root| root.place.named == named || root.place.root == canonical)?.clone();
        *list = list.iter().filter(|root| !Arc::ptr_eq(root, &gone)).cloned().collect();
        Some(gone)
    }

    /// Where a file belongs, by its path without links.
    pub fn of_file(&self, file: &Path) -> Arc<Root> {
        let all = self.all();
        let around = all.iter().filter(|root| file.starts_with(&root.place.root));
        // The longest path of those is the innermost.
        let innermost = around.max_by_key(|root| root.place.root.components().count());
        innermost.or(all.first()).unwrap_or(&self.nowhere).clone()
    }

    /// Where what is no file belongs.
    pub fn of_no_file(&self) -> Arc<Root> {
        self.all().first().unwrap_or(&self.nowhere).clone()
    }

    /// The place that is none, if it is needed and nobody has opened it so far.
    pub fn unopened_nowhere(&self) -> Option<Arc<Root>> {
        let is_first = self.all().is_empty() && !self.nowhere_is_open.swap(true, Ordering::Relaxed);
        is_first.then(|| self.nowhere.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(paths: &[&str]) -> Roots {
        let roots = Roots::default();
        for path in paths {
            roots.add(path.into(), path.into(), |_, _| Settings::default()).expect("a new one");
        }
        roots
    }

    #[test]
    fn a_file_belongs_to_the_innermost_root_else_to_the_first() {
        let roots = roots(&["/w/a", "/w", "/w/a/deep", "/w/ab"]);
        let of = |path: &str| roots.of_file(Path::new(path)).place.root.clone();
        assert_eq!(of("/w/x.py"), Path::new("/w"));
        assert_eq!(of("/w/a/x.py"), Path::new("/w/a"));
        assert_eq!(of("/w/a/deep/x.py"), Path::new("/w/a/deep"));
        assert_eq!(of("/w/ab/x.py"), Path::new("/w/ab"));
        assert_eq!(of("/elsewhere/x.py"), Path::new("/w/a"));
        assert!(roots.unopened_nowhere().is_none());
    }

    #[test]
    fn a_root_is_there_once_and_its_number_is_never_anothers() {
        let roots = roots(&["/w/a", "/w/b"]);
        assert!(roots.add("/w/a".into(), "/l".into(), |_, _| Settings::default()).is_none());
        assert!(roots.remove(Path::new("/w/a")).is_some_and(|root| root.is_first()));
        assert!(roots.remove(Path::new("/w/a")).is_none());
        let again = roots.add("/w/a".into(), "/w/a".into(), |_, first| {
            assert!(!first);
            Settings::default()
        });
        assert_eq!(again.and_then(|root| root.number), Some(2));
        roots.remove(Path::new("/w/a")).and_then(|_| roots.remove(Path::new("/w/b"))).expect("they were there");
        assert_eq!(roots.of_file(Path::new("/w/a/x.py")).number, None);
        assert!(roots.unopened_nowhere().is_some() && roots.unopened_nowhere().is_none());
    }
}
