//! Whether a data file is as rutter has left it.
//!
//! Beside it lies the file `CLEAN`, which says how long and how old it was, and of which transaction, when it was last known
//! to be sound. As long as that holds, nothing need be looked at. Whoever writes holds a lock on it from before the first
//! change until it fits again, so where it does not fit and nobody holds it, a writer was killed, or somebody else was at
//! the file: then all of it is read before it is used.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use super::{
    StoreError,
    health::{self, Look, State},
    place,
};

#[derive(Debug)]
pub(super) struct Ground {
    data: PathBuf,
    stamp: PathBuf,
    /// Not where nothing can be written.
    file: Option<File>,
}

/// The right to change the data file. One thread of a process at most asks for it at a time: the lock is the process's.
#[derive(Debug)]
pub(super) struct Held<'g> {
    ground: &'g Ground,
    file: &'g File,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::warn!(path = %self.ground.stamp.display(), %error, "a lock was not let go of");
        }
    }
}

impl Ground {
    pub(super) fn writable(data_dir: &Path) -> Result<Self, StoreError> {
        let ground = Ground::read_only(data_dir);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&ground.stamp).map_err(|error| StoreError::of_io(&ground.stamp, "write", error))?;
        Ok(Ground { file: Some(file), ..ground })
    }

    pub(super) fn read_only(data_dir: &Path) -> Self {
        Ground { data: data_dir.join("data.mdb"), stamp: data_dir.join(place::CLEAN), file: None }
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Waits for other processes' writers. `None` where nothing can be written.
    pub(super) fn hold(&self) -> Result<Option<Held<'_>>, StoreError> {
        let Some(file) = &self.file else { return Ok(None) };
        file.lock().map_err(|error| StoreError::of_io(&self.stamp, "lock", error))?;
        Ok(Some(Held { ground: self, file }))
    }

    /// `None` while somebody else holds it, and where nothing can be written.
    pub(super) fn try_hold(&self) -> Result<Option<Held<'_>>, StoreError> {
        let Some(file) = &self.file else { return Ok(None) };
        match file.try_lock() {
            Ok(()) => Ok(Some(Held { ground: self, file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(StoreError::of_io(&self.stamp, "lock", error)),
        }
    }

    /// What there is to see without reading all of it.
    pub(super) fn look(&self) -> Result<Look, StoreError> {
        health::look(&self.data).map_err(|error| StoreError::of_io(&self.data, "read", error))
    }

    /// Whether the stamp fits this state.
    pub(super) fn bears(&self, state: State) -> bool {
        let text = match &self.file {
            Some(file) => text_of(file),
            None => fs::read_to_string(&self.stamp),
        };
        // One that cannot be read is none.
        text.is_ok_and(|text| text == line(state))
    }

    /// Whether the data file is as it was when it was sound.
    pub(super) fn is_firm(&self) -> Result<bool, StoreError> {
        Ok(matches!(self.look()?, Look::Usable(state) if self.bears(state)))
    }
}

impl Held<'_> {
    /// Says that the data file is sound as it is. A failure costs the next one to open it a look at all of it.
    pub(super) fn stamp(&self) {
        let write = || -> io::Result<()> {
            let Look::Usable(state) = health::look(&self.ground.data)? else { return Ok(()) };
            let mut file = self.file;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(line(state).as_bytes())
        };
        if let Err(error) = write() {
            tracing::debug!(path = %self.ground.stamp.display(), %error, "a sound index was not stamped");
        }
    }
}

fn text_of(mut file: &File) -> io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let mut text = String::new();
    file.take(200).read_to_string(&mut text)?;
    Ok(text)
}

/// Of one length always, so that a new one covers the old.
fn line(State { length, modified, transaction }: State) -> String {
    format!("{length:020} {modified:020} {transaction:020}\n")
}
