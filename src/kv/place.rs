//! Where in its directory an index lies: `v7/gen-1/data.mdb`, or a later generation, as the file `v7/CURRENT` says.
//!
//! Each format has a directory of its own, so that programs of two formats work on one workspace at once, each with its
//! index, and neither takes the other's for a bad one.
//!
//! A bad index is not mended or removed in place, since other programs may have it mapped: a new generation is built
//! beside it, and `CURRENT` is replaced by a rename. Only generations before the last but one are removed.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{FORMAT_VERSION, StoreError};

const CURRENT: &str = "CURRENT";
const LOCK: &str = "LOCK";
/// Says why a generation must not be used any more.
const DAMAGED: &str = "DAMAGED";
/// Says how a generation's data file was when it was sound.
pub(super) const CLEAN: &str = "CLEAN";
/// Locked by the process that builds a generation beside the current one.
const BUILD: &str = "BUILD";
/// Locked by the process that keeps the index up to date.
pub(super) const LEASE: &str = "LEASE";
/// In a generation that is being built: what is thrown away when it is whole.
pub(super) const SCRATCH: &str = "linking";
const GENERATION: &str = "gen-";
const FORMAT: &str = "v";
/// An index of another format that nobody has written to for so long is removed.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Held while an index is opened or made, so that two processes don't do it at once. Released when dropped.
#[derive(Debug)]
pub(super) struct Opening {
    _lock: File,
}

/// Held while a generation is built beside the current one. Released when dropped, or when the process ends.
#[derive(Debug)]
pub(super) struct Building {
    _lock: File,
}

/// What `CURRENT` says.
pub(super) enum Pointer {
    Missing,
    At(u64),
    /// It is there and names no generation.
    Unreadable(String),
}

/// The directory of this program's format within an index's directory.
pub(super) fn home(base: &Path) -> PathBuf {
    base.join(format!("{FORMAT}{FORMAT_VERSION}"))
}

/// The indexes of other formats that are there: each with its format, and its directory.
pub(super) fn other_formats(base: &Path) -> io::Result<Vec<(u32, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(base)? {
        let entry = entry?;
        let format = entry.file_name().to_str().and_then(|name| numbered(FORMAT, name));
        let format = format.and_then(|format| u32::try_from(format).ok());
        found.extend(format.filter(|&format| format != FORMAT_VERSION).map(|format| (format, entry.path())));
    }
    found.sort_unstable();
    Ok(found)
}

/// Removes the indexes of other formats that were left behind. A failure costs space and nothing else.
pub(super) fn forget_others(base: &Path) {
    let forget = |dir: &Path| -> Result<(), StoreError> {
        let newest = newest_change(dir).map_err(|error| StoreError::of_io(dir, "list", error))?;
        let age = newest.and_then(|newest| SystemTime::now().duration_since(newest).ok());
        if age.is_none_or(|age| age < FORGOTTEN) {
            return Ok(());
        }
        // Nobody opens it or builds it just now.
        let (Some(_opening), Some(_building)) = (try_lock(dir, LOCK)?, try_lock(dir, BUILD)?) else { return Ok(()) };
        for generation in generations(dir)? {
            discard(&data_dir(dir, generation));
        }
        for name in [CURRENT, LOCK, BUILD, LEASE] {
            remove_file(&dir.join(name)).map_err(|error| StoreError::of_io(dir, "remove files in", error))?;
        }
        fs::remove_dir(dir).map_err(|error| StoreError::of_io(dir, "remove", error))
    };
    let others = other_formats(base).unwrap_or_default();
    for (format, dir) in others {
        if let Err(error) = forget(&dir) {
            tracing::warn!(format, "an index of another format is left: {error}");
        }
    }
}

/// When any of an index's files was written last.
fn newest_change(dir: &Path) -> io::Result<Option<SystemTime>> {
    let mut newest = None;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        newest = newest.max(entry.metadata()?.modified().ok());
        let data = fs::metadata(entry.path().join("data.mdb"));
        newest = newest.max(data.and_then(|data| data.modified()).ok());
    }
    Ok(newest)
}

pub(super) fn data_dir(dir: &Path, generation: u64) -> PathBuf {
    dir.join(format!("{GENERATION}{generation}"))
}

/// Makes a directory and those above it, for its owner's eyes only: an index holds source code.
pub(super) fn create_private(dir: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| StoreError::of_io(dir, "make the directory", error))
}

pub(super) fn lock(dir: &Path) -> Result<Opening, StoreError> {
    let file = lock_file(dir, LOCK)?;
    file.lock().map_err(|error| StoreError::of_io(&dir.join(LOCK), "lock", error))?;
    Ok(Opening { _lock: file })
}

/// `None` while somebody else builds.
pub(super) fn try_build(dir: &Path) -> Result<Option<Building>, StoreError> {
    Ok(try_lock(dir, BUILD)?.map(|lock| Building { _lock: lock }))
}

fn try_lock(dir: &Path, name: &str) -> Result<Option<File>, StoreError> {
    let file = lock_file(dir, name)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(StoreError::of_io(&dir.join(name), "lock", error)),
    }
}

fn lock_file(dir: &Path, name: &str) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    options.open(dir.join(name)).map_err(|error| StoreError::of_io(dir, "write in", error))
}

pub(super) fn pointer(dir: &Path) -> Result<Pointer, StoreError> {
    let path = dir.join(CURRENT);
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Pointer::Missing);
        }
        Err(source) => return Err(StoreError::Io { action: "read", path, source }),
    };
    Ok(match number(text.trim_end()) {
        Some(generation) => Pointer::At(generation),
        None => Pointer::Unreadable(format!("{CURRENT} does not name a generation")),
    })
}

/// The generation that has taken the place of this one. Numbers only grow.
pub(super) fn successor(dir: &Path, generation: u64) -> Result<Option<u64>, StoreError> {
    Ok(match pointer(dir)? {
        Pointer::At(next) if next > generation && data_dir(dir, next).join("data.mdb").exists() => Some(next),
        // Whatever else it says, what is open is as good as anything.
        _ => None,
    })
}

/// A generation number that was never used, as far as the directory and whoever asks know.
pub(super) fn next(dir: &Path, known: u64, _: &Opening) -> Result<u64, StoreError> {
    Ok(generations(dir)?.into_iter().max().unwrap_or(0).max(known) + 1)
}

/// Whether an open file is the one that a path leads to. A file that was removed is led to by none.
#[cfg(unix)]
pub(super) fn is_same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(there)) => identity(open) == identity(there),
        // What cannot be seen may well be there.
        (_, Err(error)) => error.kind() != io::ErrorKind::NotFound,
        (Err(_), _) => true,
    }
}

/// Files that are open are not removed there.
#[cfg(not(unix))]
pub(super) fn is_same_file(_: &File, _: &Path) -> bool {
    true
}

/// Makes a generation the current one.
pub(super) fn publish(dir: &Path, generation: u64, _: &Opening) -> Result<(), StoreError> {
    let (path, fresh) = (dir.join(CURRENT), dir.join("CURRENT.new"));
    let write = || -> io::Result<()> {
        let mut file = File::create(&fresh)?;
        io::Write::write_all(&mut file, format!("{GENERATION}{generation}\n").as_bytes())?;
        file.sync_all()?;
        // The names in the generation are on the disk before its own name counts.
        sync_names(&data_dir(dir, generation));
        fs::rename(&fresh, &path)?;
        sync_names(dir);
        Ok(())
    };
    write().map_err(|error| StoreError::of_io(&path, "write", error))
}

/// Brings the names in a directory to the disk, where the system can. Without it a power cut may lose the newest index.
fn sync_names(dir: &Path) {
    #[cfg(unix)]
    if let Err(error) = File::open(dir).and_then(|dir| dir.sync_all()) {
        tracing::debug!(path = %dir.display(), %error, "a directory was not synced");
    }
    #[cfg(not(unix))]
    let _ = dir;
}

/// Removes generations that were never published. Nobody else is building one.
pub(super) fn sweep(dir: &Path, current: u64, _: &Opening, _: &Building) -> Result<(), StoreError> {
    for generation in generations(dir)?.into_iter().filter(|&generation| generation > current) {
        discard(&data_dir(dir, generation));
    }
    Ok(())
}

/// Removes a generation that nobody needs. A failure costs space and nothing else.
pub(super) fn discard(data_dir: &Path) {
    if let Err(error) = remove_generation(data_dir) {
        tracing::warn!(path = %data_dir.display(), %error, "an old index could not be removed");
    }
}

/// Removes what was set aside before the last but one generation. A failure costs space and nothing else.
pub(super) fn prune(dir: &Path, current: u64, _: &Opening) -> Result<(), StoreError> {
    let mut old = generations(dir)?;
    old.retain(|&generation| generation < current);
    old.sort_unstable();
    old.pop();
    for generation in old {
        discard(&data_dir(dir, generation));
    }
    Ok(())
}

/// Removes the files that an index is made of, and the directory if nothing else is in it.
fn remove_generation(path: &Path) -> io::Result<()> {
    let scratch = path.join(SCRATCH);
    if scratch.exists() {
        remove_generation(&scratch)?;
    }
    for name in ["data.mdb", "lock.mdb", CLEAN, DAMAGED] {
        remove_file(&path.join(name))?;
    }
    fs::remove_dir(path)
}

/// It may be gone already.
fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Why a generation must not be used, if it was marked.
pub(super) fn mark(data_dir: &Path) -> Option<String> {
    let text = fs::read(data_dir.join(DAMAGED)).ok()?;
    Some(String::from_utf8_lossy(&text).trim_end().to_owned())
}

/// Marks a generation, so that the next one to open the index for writing builds it anew.
pub(super) fn set_mark(data_dir: &Path, cause: &str) {
    if let Err(error) = fs::write(data_dir.join(DAMAGED), format!("{cause}\n")) {
        tracing::warn!(path = %data_dir.display(), %error, "a damaged index could not be marked");
    }
}

fn generations(dir: &Path) -> Result<Vec<u64>, StoreError> {
    let listing = || -> io::Result<Vec<u64>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(dir)? {
            found.extend(entry?.file_name().to_str().and_then(number));
        }
        Ok(found)
    };
    listing().map_err(|source| StoreError::Io { action: "list", path: dir.to_path_buf(), source })
}

fn number(name: &str) -> Option<u64> {
    numbered(GENERATION, name)
}

fn numbered(prefix: &str, name: &str) -> Option<u64> {
    let digits = name.strip_prefix(prefix)?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}
