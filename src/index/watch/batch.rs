//! Changes that came together, and what is to be done about them.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use notify::Event;

use super::{
    super::{
        IndexError, Settings, index_path,
        place::{CACHE_TAG, SETTINGS_FILE},
        scan, stamp,
    },
    places::{Places, is_change},
};
use crate::{
    kv::{Sessions, Store},
    languages,
    record::{FileRecord, Group, group},
};

/// So many files and more are a matter of a whole run.
const MANY: usize = 200;
/// Files that tell which files belong to the workspace.
const IGNORING: [&str; 5] = [".gitignore", ".ignore", ".rutterignore", "pyvenv.cfg", CACHE_TAG];

#[derive(Debug, Default)]
pub(super) struct Batch {
    paths: BTreeSet<PathBuf>,
    is_whole: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work {
    Nothing,
    /// Paths in the index.
    Files(Vec<String>),
    Whole,
}

impl Batch {
    /// Of whatever there is.
    pub fn whole() -> Self {
        Batch { is_whole: true, ..Batch::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.is_whole
    }

    #[cfg(test)]
    pub fn paths(&self) -> &BTreeSet<PathBuf> {
        &self.paths
    }

    /// It is known already that nothing less will do.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub fn everything(&mut self) {
        self.is_whole = true;
        self.paths.clear();
    }

    pub fn add(&mut self, root: &Path, event: notify::Result<Event>) {
        match event {
            // Something was told that is lost.
            Err(_) => self.everything(),
            Ok(event) if event.need_rescan() => self.everything(),
            Ok(event) if !is_change(&event.kind) => {}
            Ok(event) => {
                if !self.is_whole {
                    self.paths.extend(event.paths.into_iter().filter(|path| path.starts_with(root)));
                }
                if self.paths.len() >= MANY {
                    self.everything();
                }
            }
        }
    }

    /// What somebody else has seen change.
    pub fn add_told(&mut self, root: &Path, paths: Vec<PathBuf>) {
        if !self.is_whole {
            self.paths.extend(paths.into_iter().filter(|path| path.starts_with(root)));
        }
        if self.paths.len() >= MANY {
            self.everything();
        }
    }

    /// What is to be done, but for files that somebody else keeps.
    pub fn work(
        self,
        store: &Store,
        root: &Path,
        settings: &Settings,
        places: &Places,
        sessions: &Sessions,
        is_kept: impl Fn(&str) -> bool,
    ) -> Result<Work, IndexError> {
        if self.is_whole {
            return Ok(Work::Whole);
        }
        let snapshot = store.snapshot()?;
        let mut files = Vec::new();
        // They concern others where they belong to the workspace.
        let mut wide = BTreeSet::new();
        for on_disk in &self.paths {
            let name = on_disk.file_name().unwrap_or_default();
            let path = index_path(root, on_disk);
            if places.has(on_disk) || path == SETTINGS_FILE || path.is_empty() {
                return Ok(Work::Whole);
            }
            if IGNORING.iter().any(|ignoring| name == *ignoring) {
                // What it names may have been met before, or is met now.
                let around = path.rsplit_once('/').map_or("", |(around, _)| around);
                let directory = on_disk.parent().unwrap_or(root);
                if around.is_empty() || places.has(directory) || snapshot.has_file_below(around)? {
                    return Ok(Work::Whole);
                }
                wide.insert(directory.to_owned());
                continue;
            }
            if is_kept(&path) {
                continue;
            }
            match snapshot.file(&path)? {
                Some(known) if stamp::is_current(&known, on_disk) => {}
                // Another editor has it open.
                Some(FileRecord { session: Some(session), .. }) if sessions.is_alive(&session) => {}
                // Where others stand may depend on a file that comes or goes.
                Some(_) if on_disk.symlink_metadata().is_err() => return Ok(Work::Whole),
                Some(_) => files.push(path),
                None if snapshot.layout(group(Group::Layout, &path))?.is_some() => return Ok(Work::Whole),
                None if on_disk.symlink_metadata().is_err()
                    && (is_project_file(name) || snapshot.has_file_below(&path)?) =>
                {
                    return Ok(Work::Whole);
                }
                None if on_disk.is_dir() || is_project_file(name) || may_belong(&path, on_disk) => {
                    wide.insert(on_disk.clone());
                }
                None => {}
            }
        }
        if scan::meets_any(root, settings, &wide)? {
            return Ok(Work::Whole);
        }
        Ok(if files.is_empty() { Work::Nothing } else { Work::Files(files) })
    }
}

/// A file that has a language.
fn may_belong(path: &str, on_disk: &Path) -> bool {
    let Ok(metadata) = fs::symlink_metadata(on_disk) else { return false };
    metadata.is_file() && languages::by_path(path).or_else(|| scan::by_interpreter(on_disk, &metadata)).is_some()
}

/// It tells what the modules of its directory are called.
fn is_project_file(name: &OsStr) -> bool {
    languages::PROJECT_FILES.iter().any(|project_file| name == *project_file)
}

#[cfg(test)]
mod tests {
    use notify::EventKind;
    use notify::event::{AccessKind, AccessMode, CreateKind, Flag, ModifyKind};

    use super::*;

    fn event(kind: EventKind, path: &str) -> notify::Result<Event> {
        Ok(Event::new(kind).add_path(path.into()))
    }

    #[test]
    fn reading_is_no_change_and_what_lies_outside_is_not_ours() {
        let mut batch = Batch::default();
        batch.add(Path::new("/w"), event(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/w/a.py"));
        batch.add(Path::new("/w"), event(EventKind::Create(CreateKind::File), "/v/a.py"));
        assert!(batch.is_empty());
        batch.add(Path::new("/w"), event(EventKind::Modify(ModifyKind::Any), "/w/a.py"));
        assert!(!batch.is_empty() && !batch.is_whole());
    }

    #[test]
    fn what_is_lost_or_too_much_is_looked_for_everywhere() {
        let mut lost = Batch::default();
        lost.add(Path::new("/w"), Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        assert!(lost.is_whole());
        let mut many = Batch::default();
        for n in 0..MANY {
            assert!(!many.is_whole());
            many.add(Path::new("/w"), event(EventKind::Create(CreateKind::File), &format!("/w/{n}.py")));
        }
        assert!(many.is_whole());
    }
}
