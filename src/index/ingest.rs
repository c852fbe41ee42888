//! One file, from the disk to the rows of the index.

use std::{
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    IndexError, Settings,
    path::disk_path,
    scan::{self, Found, Kind},
    settings::Limits,
    skip,
    surroundings::DiskSurroundings,
};
use crate::{
    disk::{self, Unread, hex},
    extract::{self, Origin},
    kv::{FileRows, FileUpdate, Store},
    languages::{self, Language},
    parse::Parsed,
    record::{FileId, FileRecord, FileRecords, Skip, Source},
    text::{Encoding, SourceText},
};

/// A file that is to be read.
#[derive(Clone, Debug)]
pub struct Job {
    pub path: Arc<str>,
    language: &'static Language,
    module: Arc<str>,
    size: u64,
    modified: Option<Timestamp>,
    kind: Kind,
    /// As the index has it.
    skip_before: Option<Skip>,
}

impl Job {
    pub fn new(found: Found, module: Arc<str>, skip_before: Option<Skip>) -> Self {
        let Found { path, language, size, modified, kind } = found;
        Job { path, language, module, size, modified, kind, skip_before }
    }

    /// Looks at one file by itself. `None` if it is gone, or has no language.
    pub fn of(root: &Path, path: &Arc<str>, around: &DiskSurroundings) -> Option<Self> {
        let on_disk = disk_path(root, path);
        let (size, modified, kind, language) = match fs::metadata(&on_disk) {
            Ok(metadata) => {
                let language = languages::by_path(path).or_else(|| scan::by_interpreter(&on_disk, &metadata));
                (metadata.len(), disk::modified(&metadata), scan::kind_of(&metadata), language)
            }
            Err(error) if is_gone(&error) => return None,
            // Reading it tells why.
            Err(_) => (0, None, Kind::Regular, languages::by_path(path)),
        };
        let language = languages::by_surroundings(path, around).or(language)?;
        let module = language.module_of(path, around).into();
        Some(Job { path: path.clone(), language, module, size, modified, kind, skip_before: None })
    }
}

/// Nothing is there, or what was a directory on the way is none now.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// What became of a file.
#[derive(Debug)]
pub struct Ingested {
    pub path: Arc<str>,
    /// None where the index has it all already.
    pub update: Option<FileUpdate>,
    pub outcome: Outcome,
}

#[derive(Debug)]
pub enum Outcome {
    Indexed {
        symbols: u64,
        references: u64,
        bytes: u64,
        lines: u64,
    },
    Skipped(Skip),
    /// It was deleted since it was found.
    Gone,
    /// Skipped for a fault of rutter's own.
    Panicked(Skip),
}

/// Reads and extracts a file. Never fails: what goes wrong becomes the reason why the file is skipped. `None` once the flag
/// is set, if the file takes long.
pub fn ingest(root: &Path, job: &Job, salt: u32, limits: Limits, stop: &AtomicBool) -> Option<Ingested> {
    catch_unwind(AssertUnwindSafe(|| records(root, job, salt, limits, stop))).unwrap_or_else(|panic| {
        let cause = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let skip = skip::internal_error(cause.unwrap_or("no message"));
        let records = skipped(job, salt, skip.clone(), Timestamp::now(), String::new());
        Some(Ingested { outcome: Outcome::Panicked(skip), ..Ingested::replaced(job, &records) })
    })
}

impl Ingested {
    fn replaced(job: &Job, records: &FileRecords) -> Self {
        let outcome = match &records.file.skipped {
            Some(skip) => Outcome::Skipped(skip.clone()),
            None => Outcome::Indexed {
                symbols: records.symbols.len() as u64,
                references: records.references.iter().map(|(_, references)| references.len() as u64).sum(),
                bytes: records.file.size,
                lines: u64::from(records.file.lines),
            },
        };
        let update = Some(FileUpdate::Replace(FileRows::encode(records)));
        Ingested { path: job.path.clone(), update, outcome }
    }
}

fn records(root: &Path, job: &Job, salt: u32, limits: Limits, stop: &AtomicBool) -> Option<Ingested> {
    // Taken before the file is looked at: whatever is written later is newer.
    let now = Timestamp::now();
    let replaced = |records: &FileRecords| Some(Ingested::replaced(job, records));
    let skip = |skip: Skip| skipped(job, salt, skip, now, String::new());
    if let Kind::Special(what) = job.kind {
        return replaced(&skip(skip::not_a_file(what)));
    }
    // What is known to be too large is not even opened.
    if job.size > limits.size {
        return replaced(&skip(skip::oversized(job.size, limits.size)));
    }
    let read = match disk::read_file(&disk_path(root, &job.path), limits.size) {
        Ok(read) => read,
        Err(Unread::TooLarge(size)) => return replaced(&skip(skip::oversized(size, limits.size))),
        Err(Unread::NotAFile) => return replaced(&skip(skip::not_a_file("directory or device"))),
        Err(Unread::Io(error)) if is_gone(&error) => {
            let update = Some(FileUpdate::Remove(job.path.clone()));
            return Some(Ingested { path: job.path.clone(), update, outcome: Outcome::Gone });
        }
        Err(Unread::Io(error)) => {
            let reason = skip::unreadable(&error);
            // Such a file is tried again in each run, but written once.
            if job.skip_before.as_ref() == Some(&reason) && salt == 0 {
                return Some(Ingested { path: job.path.clone(), update: None, outcome: Outcome::Skipped(reason) });
            }
            return replaced(&skip(reason));
        }
    };
    let job = &Job { size: read.bytes.len() as u64, modified: read.modified, ..job.clone() };
    let content_hash = hex(&Sha256::digest(&read.bytes));
    let skip = |skip: Skip, content_hash: String| skipped(job, salt, skip, now, content_hash);
    if let Some(reason) = skip::minified(&read.bytes, job.language) {
        // Bytes that are no text may look like long lines.
        let reason = SourceText::from_file(read.bytes).map_or_else(skip::binary, |_| reason);
        return replaced(&skip(reason, content_hash));
    }
    let text = match SourceText::from_file(read.bytes) {
        Ok(text) => Arc::new(text),
        Err(cause) => return replaced(&skip(skip::binary(cause), content_hash)),
    };
    if limits.skip_generated
        && let Some(mark) = extract::generators_mark(&text)
    {
        return replaced(&skip(skip::generated(&mark), content_hash));
    }
    let told = languages::told_by_text(&job.path, text.bytes());
    let language = told.unwrap_or(job.language);
    match Parsed::new_until(text, language, stop) {
        Some(parsed) => {
            let mut records = extract::extract(&parsed, &origin(job, salt, now, content_hash));
            records.file.language_by_surroundings = told.is_none() && languages::is_shared(&job.path);
            replaced(&records)
        }
        None if stop.load(Ordering::Relaxed) => None,
        None => replaced(&skip(skip::parse_limit(), content_hash)),
    }
}

/// These bytes are what was indexed.
pub fn is_text_of(record: &FileRecord, bytes: &[u8]) -> bool {
    hex(&Sha256::digest(bytes)) == record.content_hash
}

fn origin(job: &Job, salt: u32, now: Timestamp, content_hash: String) -> Origin {
    Origin {
        path: job.path.clone(),
        module: job.module.clone(),
        salt,
        source: Source::Disk,
        session: None,
        content_hash,
        size: job.size,
        modified_at: job.modified.map(|time| time.to_string()),
        indexed_at: now.to_string(),
    }
}

fn skipped(job: &Job, salt: u32, skip: Skip, now: Timestamp, content_hash: String) -> FileRecords {
    FileRecords::skipped(FileRecord {
        file_id: FileId::of(&job.path, salt),
        path: job.path.clone(),
        language: job.language.name.into(),
        content_hash,
        size: job.size,
        modified_at: job.modified.map(|time| time.to_string()),
        indexed_at: now.to_string(),
        source: Source::Disk,
        session: None,
        encoding: Encoding::default(),
        beyond_ascii: false,
        lines: 0,
        module: job.module.clone(),
        named_in_text: false,
        salt,
        language_by_surroundings: false,
        generated: None,
        problems: Vec::new(),
        skipped: Some(skip),
    })
}

/// The language of a file with this text, as a run of the index would take it.
pub fn language_of(root: &Path, index_path: &str, bytes: &[u8]) -> Option<&'static Language> {
    languages::of_file(index_path, bytes, &DiskSurroundings::new(root.to_owned()))
}

/// What the records of a buffer say of it beside its text. `index_path` is as [`super::index_path`] gives it.
pub fn buffer_origin(root: &Path, index_path: &str, bytes: &[u8], language: &Language) -> Origin {
    let on_disk = fs::metadata(disk_path(root, index_path)).ok();
    Origin {
        path: index_path.into(),
        module: language.module_of(index_path, &DiskSurroundings::new(root.to_owned())).into(),
        salt: 0,
        source: Source::Buffer,
        session: None,
        content_hash: hex(&Sha256::digest(bytes)),
        size: bytes.len() as u64,
        modified_at: on_disk.and_then(|metadata| disk::modified(&metadata)).map(|time| time.to_string()),
        indexed_at: Timestamp::now().to_string(),
    }
}

/// Reads one file from disk again and brings its records up to date (or removes them, if it is gone).
pub fn refresh(store: &Store, root: &Path, index_path: &str, settings: &Settings) -> Result<(), IndexError> {
    let is_there = || Ok::<bool, IndexError>(store.snapshot()?.file(index_path)?.is_some());
    let was_there = is_there()?;
    settle(store, root, vec![(index_path.into(), 0)], settings.limits())?;
    super::linking::follow_layout_at(store, index_path, is_there()? != was_there)?;
    super::linking::link_pending(store, 1, &AtomicBool::new(false))
}

/// Removes a file, whether it is on disk or not.
pub fn forget(store: &Store, index_path: &str) -> Result<(), IndexError> {
    store.apply(vec![FileUpdate::Remove(index_path.into())])?;
    super::linking::follow_layout_at(store, index_path, true)?;
    super::linking::link_pending(store, 1, &AtomicBool::new(false))
}

/// How often ids may meet others before something else must be wrong: one meeting in 2^34 is rare already.
const ROUNDS: u32 = 100;

/// Writes files, each with its salt, until no ids meet any more. A file that is gone is removed.
pub fn settle(store: &Store, root: &Path, files: Vec<(Arc<str>, u32)>, limits: Limits) -> Result<(), IndexError> {
    let mut files = files;
    for _ in 0..ROUNDS {
        if files.is_empty() {
            return Ok(());
        }
        let around = DiskSurroundings::new(root.to_owned());
        let updates = files.iter().filter_map(|(path, salt)| match Job::of(root, path, &around) {
            Some(job) => ingest(root, &job, *salt, limits, &AtomicBool::new(false))?.update,
            None => Some(FileUpdate::Remove(path.clone())),
        });
        files = store.apply(updates.collect())?.clashes;
    }
    match files.first() {
        None => Ok(()),
        Some((path, _)) => Err(IndexError::Clash { path: path.to_string(), rounds: ROUNDS }),
    }
}
