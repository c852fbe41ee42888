//! Sessions: the processes that have unsaved buffers of theirs in an index.
//!
//! Each holds, as long as it lives, a lock on a file of its own in the directory `sessions`; the records of its buffers bear
//! the file's name. So whoever meets such a record can tell whether there still is an editor behind it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{Store, StoreError, env::hold, place};

const SESSIONS: &str = "sessions";
/// The end of a name that is none so far.
const UNLOCKED: &str = ".new";

/// This process's own, with its file. Dropped, it is over.
#[derive(Debug)]
pub(super) struct Session {
    name: Arc<str>,
    file: File,
    path: PathBuf,
}

impl Drop for Session {
    fn drop(&mut self) {
        // Before the lock is let go of: who waits for that sees that all was put in order.
        if let Err(error) = fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::debug!(path = %self.path.display(), %error, "a session's file is left behind");
        }
    }
}

/// All sessions of an index.
#[derive(Clone, Debug)]
pub struct Sessions(PathBuf);

impl Store {
    pub fn sessions(&self) -> Sessions {
        Sessions(self.home().join(SESSIONS))
    }

    /// The name of this process's session, which its buffers' records shall bear.
    pub fn session(&self) -> Result<Arc<str>, StoreError> {
        let mut session = hold(&self.handle.session);
        // The directory may have been removed.
        if let Some(session) = session.as_ref().filter(|session| place::is_same_file(&session.file, &session.path)) {
            return Ok(session.name.clone());
        }
        let begun = self.sessions().begin()?;
        Ok(session.insert(begun).name.clone())
    }
}

impl Sessions {
    pub fn dir(&self) -> &Path {
        &self.0
    }

    /// Makes the directory, if need be.
    pub fn make_dir(&self) -> Result<(), StoreError> {
        place::create_private(&self.0)
    }

    fn begin(&self) -> Result<Session, StoreError> {
        self.make_dir()?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // Process ids come again.
        let name = format!("{}-{:x}", std::process::id(), since.as_nanos());
        let path = self.0.join(&name);
        let fail = |error| StoreError::of_io(&path, "write", error);
        // Nobody sees it before it is locked: else it would be taken for one whose process has ended.
        let fresh = self.0.join(format!("{name}{UNLOCKED}"));
        let file = OpenOptions::new().write(true).create_new(true).open(&fresh).map_err(fail)?;
        file.lock().map_err(fail)?;
        fs::rename(&fresh, &path).map_err(fail)?;
        Ok(Session { name: name.into(), file, path })
    }

    /// Whether the process behind a session lives.
    pub fn is_alive(&self, name: &str) -> bool {
        let Some(file) = self.open(name) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// The names of all that have not ended in order.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| is_name(name)).collect()
    }

    /// Sleeps until the process behind a session has ended. Whether it left its buffers behind.
    pub fn wait_for_end(&self, name: &str) -> bool {
        let Some(file) = self.open(name) else { return false };
        if let Err(error) = file.lock_shared() {
            tracing::warn!(name, %error, "the end of a session is not waited for");
            return false;
        }
        let path = self.0.join(name);
        let is_left = place::is_same_file(&file, &path);
        if is_left && let Err(error) = fs::remove_file(&path) {
            tracing::debug!(name, %error, "the file of a session that has ended is left behind");
        }
        is_left
    }

    fn open(&self, name: &str) -> Option<File> {
        is_name(name).then(|| File::open(self.0.join(name)).ok())?
    }
}

/// Names come out of records, too, which may be anybody's.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lives_as_long_as_its_store() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), "/r").unwrap();
        let sessions = store.sessions();
        assert!(sessions.names().is_empty(), "nobody has buffers so far");
        let name = store.session().unwrap();
        assert_eq!((store.session().unwrap(), sessions.names()), (name.clone(), vec![name.to_string()]));
        assert!(sessions.is_alive(&name));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| sessions.wait_for_end(&name));
            drop(store);
            assert!(!waiting.join().unwrap(), "it has ended in order");
        });
        assert!(!sessions.is_alive(&name) && sessions.names().is_empty());
    }

    #[test]
    fn what_a_killed_process_left_is_found_and_removed() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), "/r").unwrap();
        let sessions = store.sessions();
        place::create_private(sessions.dir()).unwrap();
        fs::write(sessions.dir().join("1-2f"), "").unwrap();
        assert!(!sessions.is_alive("1-2f"));
        assert!(sessions.wait_for_end("1-2f") && sessions.names().is_empty());
        for name in ["", "../LEASE", "/etc/passwd", "a/b", "."] {
            assert!(!sessions.is_alive(name) && !sessions.wait_for_end(name), "{name}");
        }
    }
}
