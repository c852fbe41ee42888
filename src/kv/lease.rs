//! Who keeps an index up to date: of all processes that could, the one that holds the lock on the file `LEASE`.
//!
//! The system lets go of the lock when its holder ends, however it ends, and whoever waits for it sleeps until then.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::PathBuf,
};

use super::{Store, StoreError, place};

/// Held by the process that keeps the index up to date. Let go of when dropped.
#[derive(Debug)]
pub struct Lease {
    file: File,
    path: PathBuf,
}

/// What came of asking for the lease.
#[derive(Debug)]
pub enum Asked {
    Granted(Lease),
    /// Somebody else has it: as far as is known, `{process id} {program}`.
    Taken(String),
}

/// Where the lease of an index is to be had.
#[derive(Clone, Debug)]
pub struct LeasePlace(PathBuf);

impl Store {
    pub fn lease(&self) -> LeasePlace {
        LeasePlace(self.home().join(place::LEASE))
    }
}

impl LeasePlace {
    /// Asks for the lease, and does not wait for it.
    pub fn ask(&self) -> Result<Asked, StoreError> {
        let lease = self.open()?;
        match lease.file.try_lock() {
            Ok(()) => Ok(Asked::Granted(lease.signed())),
            Err(TryLockError::WouldBlock) => Ok(Asked::Taken(lease.holder())),
            Err(TryLockError::Error(error)) => Err(StoreError::of_io(&lease.path, "lock", error)),
        }
    }

    /// Waits for the lease, without end while another process has it.
    pub fn wait(&self) -> Result<Lease, StoreError> {
        loop {
            let lease = self.open()?;
            lease.file.lock().map_err(|error| StoreError::of_io(&lease.path, "lock", error))?;
            if lease.counts() {
                return Ok(lease.signed());
            }
        }
    }

    fn open(&self) -> Result<Lease, StoreError> {
        let path = &self.0;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| StoreError::of_io(path, "write", error))?;
        Ok(Lease { file, path: path.clone() })
    }
}

impl Lease {
    /// Whether the lock that is held is the one that others ask for: not when the index's directory was removed.
    pub fn counts(&self) -> bool {
        place::is_same_file(&self.file, &self.path)
    }

    fn signed(self) -> Self {
        let program = std::env::args_os().nth(1).unwrap_or_default();
        let sign = || -> io::Result<()> {
            let mut file = &self.file;
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            writeln!(file, "{} rutter {}", std::process::id(), program.to_string_lossy())
        };
        // It is there to be told to people, and nothing depends on it.
        if let Err(error) = sign() {
            tracing::debug!(path = %self.path.display(), %error, "the lease is not signed");
        }
        self
    }

    fn holder(&self) -> String {
        let mut text = String::new();
        match (&self.file).take(200).read_to_string(&mut text) {
            Ok(length) if length > 0 => text.trim_end().to_owned(),
            _ => "another process".to_owned(),
        }
    }
}
