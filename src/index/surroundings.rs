//! What lies around a file on disk, for finding out what its module is called.

use std::{cell::RefCell, collections::HashMap, fs, path::PathBuf};

use super::path::disk_path;
use crate::{disk, languages::Surroundings};

/// Answers are kept, because all files of a directory ask the same. Made anew for each run, so that nothing grows old.
#[derive(Debug)]
pub struct DiskSurroundings {
    root: PathBuf,
    exists: RefCell<HashMap<String, bool>>,
    /// By the path, and by what read it.
    said: RefCell<HashMap<(String, usize), Option<String>>>,
    names: RefCell<HashMap<String, Vec<String>>>,
}

impl DiskSurroundings {
    pub fn new(root: PathBuf) -> Self {
        DiskSurroundings { root, exists: RefCell::default(), said: RefCell::default(), names: RefCell::default() }
    }

    fn inside(&self, path: &str) -> Option<PathBuf> {
        disk::inside(&self.root, &disk_path(&self.root, path))
    }
}

impl Surroundings for DiskSurroundings {
    fn exists(&self, path: &str) -> bool {
        if let Some(&exists) = self.exists.borrow().get(path) {
            return exists;
        }
        let exists = self.inside(path).is_some();
        self.exists.borrow_mut().insert(path.to_owned(), exists);
        exists
    }

    fn read(&self, path: &str) -> Option<String> {
        disk::manifest(&self.root, &disk_path(&self.root, path), disk::SMALL)
    }

    fn said(&self, path: &str, read: fn(&str) -> Option<String>) -> Option<String> {
        let question = (path.to_owned(), read as usize);
        if let Some(said) = self.said.borrow().get(&question) {
            return said.clone();
        }
        let said = self.read(path).and_then(|text| read(&text));
        self.said.borrow_mut().insert(question, said.clone());
        said
    }

    fn names(&self, directory: &str) -> Vec<String> {
        if let Some(names) = self.names.borrow().get(directory) {
            return names.clone();
        }
        let entries = self.inside(directory).and_then(|directory| fs::read_dir(directory).ok());
        let files = entries.into_iter().flatten().flatten();
        let names: Vec<String> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
        self.names.borrow_mut().insert(directory.to_owned(), names.clone());
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_inside_of_the_root_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("Cargo.toml"), "in").unwrap();
        fs::write(dir.path().join("secret"), "out").unwrap();
        let around = DiskSurroundings::new(root);
        assert!(around.exists("Cargo.toml"));
        assert_eq!(around.read("Cargo.toml").as_deref(), Some("in"));
        assert!(!around.exists("../secret"));
        assert_eq!(around.read("../secret"), None);
        assert_eq!(around.read(&dir.path().join("secret").to_string_lossy()), None);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../secret", around.root.join("go.mod")).unwrap();
            std::os::unix::fs::symlink("Cargo.toml", around.root.join("Other.toml")).unwrap();
            std::os::unix::fs::symlink(dir.path(), around.root.join("above")).unwrap();
            assert_eq!(around.read("go.mod"), None, "a link leads outside");
            assert!(!around.exists("go.mod") && !around.exists("above/secret"));
            assert!(around.names("above").is_empty());
            assert_eq!(around.read("Other.toml").as_deref(), Some("in"), "one that stays inside is followed");
        }
    }
}
