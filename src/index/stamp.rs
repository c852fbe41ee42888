//! What the index says of each file, as far as it tells whether the file must be read again.

use std::{
    collections::{HashMap, HashSet},
    fs,
    ops::ControlFlow,
    path::Path,
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    scan::{Found, Kind},
    settings::Limits,
};
use crate::{
    disk,
    kv::{Sessions, Snapshot, StoreError},
    languages::{self, Language},
    record::{FileRecord, Skip, SkipReason, Source},
};

/// What a stamp says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Current,
    /// As it was, but written so shortly before it was read that a later change need not show.
    Unsure,
    Changed,
}

/// Some eighty bytes a file: a run holds the stamps of all files at once.
#[derive(Clone, Debug)]
pub struct Stamp {
    size: u64,
    modified: Option<Timestamp>,
    indexed: Option<Timestamp>,
    /// A digest of the module's name as what lies around the file has it.
    module: u64,
    language: Option<&'static Language>,
    source: Source,
    /// Whose buffer it is.
    session: Option<Arc<str>>,
    salt: u32,
    is_generated: bool,
    /// See [`FileRecord::language_by_surroundings`].
    by_surroundings: bool,
    pub skip: Option<Box<Skip>>,
}

/// The disk has what the index knows of a file, as far as that can be told without a look at what lies around it.
pub fn is_current(known: &FileRecord, on_disk: &Path) -> bool {
    let Ok(metadata) = fs::metadata(on_disk) else { return false };
    let time = |text: &str| text.parse::<Timestamp>().ok();
    let then = known.modified_at.as_deref().and_then(time);
    let (Some(then), Some(indexed)) = (then, time(&known.indexed_at)) else { return false };
    let is_same = known.size == metadata.len() && disk::modified(&metadata) == Some(then);
    // Permissions may have changed without a trace in the time of modification.
    let was_read = known.skipped.as_ref().is_none_or(|skip| skip.reason != SkipReason::Unreadable);
    known.source == Source::Disk && is_same && was_read && !is_racy(then, indexed)
}

#[derive(Debug, Default)]
pub struct Stamps(HashMap<Box<str>, Stamp>);

impl Stamps {
    /// Of all files in the index.
    pub fn read(snapshot: &Snapshot) -> Result<Self, StoreError> {
        let mut stamps = HashMap::new();
        snapshot.files(&mut |record| {
            stamps.insert(Box::from(&*record.path), Stamp::of(record));
            ControlFlow::Continue(())
        })?;
        Ok(Stamps(stamps))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn take(&mut self, path: &str) -> Option<Stamp> {
        self.0.remove(path)
    }

    /// Takes out the files that are open in editors which live: what the index has of them is what they have.
    pub fn keep_buffers(&mut self, sessions: &Sessions) -> HashSet<Box<str>> {
        let mut alive: HashMap<Arc<str>, bool> = HashMap::new();
        let kept = self.0.extract_if(|_, stamp| {
            let session = stamp.session.clone().filter(|_| stamp.source == Source::Buffer);
            session
                .is_some_and(|session| *alive.entry(session).or_insert_with_key(|session| sessions.is_alive(session)))
        });
        kept.map(|(path, _)| path).collect()
    }

    /// The language of a file that did not change.
    pub fn language_of(&self, path: &str, size: u64, modified: Option<Timestamp>) -> Option<&'static Language> {
        let stamp = self.0.get(path)?;
        (stamp.size == size && modified.is_some() && stamp.modified == modified).then_some(stamp.language)?
    }

    /// The paths that were not taken, sorted.
    pub fn into_rest(self) -> Vec<Box<str>> {
        let mut rest: Vec<_> = self.0.into_keys().collect();
        rest.sort_unstable();
        rest
    }
}

impl Stamp {
    fn of(record: FileRecord) -> Self {
        let time = |text: &str| text.parse::<Timestamp>().ok();
        Stamp {
            size: record.size,
            modified: record.modified_at.as_deref().and_then(time),
            indexed: time(&record.indexed_at),
            module: xxh3_64(if record.named_in_text { b"" } else { record.module.as_bytes() }),
            language: languages::by_name(&record.language),
            source: record.source,
            session: record.session,
            salt: record.salt,
            is_generated: record.generated.is_some(),
            by_surroundings: record.language_by_surroundings,
            skip: record.skipped.map(Box::new),
        }
    }

    /// What an unchanged file's text has said of its language, if that was what told.
    pub fn language_by_text(&self, found: &Found) -> Option<&'static Language> {
        let is_unchanged = self.size == found.size && self.modified.is_some() && self.modified == found.modified;
        self.language.filter(|_| is_unchanged && !self.by_surroundings)
    }

    /// Does the index have what is on disk? Then the file need not be read.
    ///
    /// A file whose ids met another's bears a salt, and which one depends on the files that are there. Such files, of which
    /// there are hardly ever any, are read in each run, as if they had just come: so the salt is what it is in a new index.
    pub fn freshness(&self, found: &Found, module: &str, limits: Limits) -> Freshness {
        let (Some(then), Some(now), Some(indexed)) = (self.modified, found.modified, self.indexed) else {
            return Freshness::Changed;
        };
        let reason = self.skip.as_ref().map(|skip| skip.reason);
        let settled = match reason {
            // Permissions may have changed without a trace in the time of modification.
            Some(SkipReason::Unreadable) => false,
            Some(SkipReason::Oversized) => found.size > limits.size,
            Some(SkipReason::Generated) if !limits.skip_generated => false,
            None if self.is_generated && limits.skip_generated => false,
            _ => found.size <= limits.size || found.kind != Kind::Regular,
        };
        let is_same = settled
            && self.salt == 0
            && self.source == Source::Disk
            && self.size == found.size
            && then == now
            && self.language.is_some_and(|language| std::ptr::eq(language, found.language))
            && self.module == xxh3_64(module.as_bytes())
            && (reason == Some(SkipReason::NotAFile)) == (found.kind != Kind::Regular);
        // These two are told by size and kind.
        let rests_on_text = !matches!(reason, Some(SkipReason::Oversized | SkipReason::NotAFile));
        match is_same {
            false => Freshness::Changed,
            true if rests_on_text && is_racy(then, indexed) => Freshness::Unsure,
            true => Freshness::Current,
        }
    }
}

/// A file that was written in the same tick of the file system's clock in which it was read may have changed after the
/// reading without showing it. A clock that tells parts of a second ticks every ten milliseconds at worst; one that does not, every
/// two seconds (FAT).
fn is_racy(modified: Timestamp, indexed: Timestamp) -> bool {
    let tick =
        if modified.subsec_nanosecond() == 0 { SignedDuration::from_secs(2) } else { SignedDuration::from_millis(100) };
    modified.duration_since(indexed).abs() <= tick
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{record::FileId, text::Encoding};

    const MODIFIED: &str = "2026-01-02T03:04:05.678901234Z";

    fn record() -> FileRecord {
        FileRecord {
            file_id: FileId::of("a.py", 0),
            path: "a.py".into(),
            language: "python".into(),
            content_hash: String::new(),
            size: 10,
            modified_at: Some(MODIFIED.to_owned()),
            indexed_at: "2026-01-03T00:00:00Z".to_owned(),
            source: Source::Disk,
            session: None,
            encoding: Encoding::Utf8,
            beyond_ascii: false,
            lines: 1,
            module: "a".into(),
            named_in_text: false,
            salt: 0,
            language_by_surroundings: false,
            generated: None,
            problems: Vec::new(),
            skipped: None,
        }
    }

    fn found() -> Found {
        Found {
            path: "a.py".into(),
            language: languages::by_name("python").unwrap(),
            size: 10,
            modified: MODIFIED.parse().ok(),
            kind: Kind::Regular,
        }
    }

    fn fits(stamp: &Stamp, found: &Found, module: &str, limits: Limits) -> bool {
        stamp.freshness(found, module, limits) == Freshness::Current
    }

    fn limits(size: u64) -> Limits {
        Limits { size, skip_generated: false }
    }

    #[test]
    fn an_untouched_file_is_current() {
        assert!(fits(&Stamp::of(record()), &found(), "a", limits(100)));
    }

    #[test]
    fn whatever_differs_has_the_file_read() {
        let stamp = Stamp::of(record());
        assert!(!fits(&stamp, &Found { size: 11, ..found() }, "a", limits(100)));
        assert!(!fits(&stamp, &found(), "b", limits(100)), "its module is called otherwise");
        assert!(!fits(&stamp, &found(), "a", limits(9)), "it is over the limit now");
        let named = Stamp::of(FileRecord { named_in_text: true, ..record() });
        assert!(fits(&named, &found(), "", limits(100)) && !fits(&named, &found(), "a", limits(100)));
        let later = "2026-01-02T03:04:05.678901235Z".parse().ok();
        assert!(!fits(&stamp, &Found { modified: later, ..found() }, "a", limits(100)));
        assert!(!fits(&stamp, &Found { modified: None, ..found() }, "a", limits(100)));
        let rust = languages::by_name("rust").unwrap();
        assert!(!fits(&stamp, &Found { language: rust, ..found() }, "a", limits(100)));
        assert!(!fits(&stamp, &Found { kind: Kind::Special("FIFO"), ..found() }, "a", limits(100)));
        let buffer = FileRecord { source: Source::Buffer, ..record() };
        assert!(!fits(&Stamp::of(buffer), &found(), "a", limits(100)));
        let salted = FileRecord { salt: 1, ..record() };
        assert!(!fits(&Stamp::of(salted), &found(), "a", limits(100)));
    }

    #[test]
    fn a_file_written_while_it_was_read_is_read_again() {
        let at = |indexed: &str| Stamp::of(FileRecord { indexed_at: indexed.to_owned(), ..record() });
        assert_eq!(at("2026-01-02T03:04:05.69Z").freshness(&found(), "a", limits(100)), Freshness::Unsure);
        assert!(fits(&at("2026-01-02T03:04:06Z"), &found(), "a", limits(100)));
        let skip = Skip { reason: SkipReason::Oversized, detail: String::new() };
        let indexed_at = "2026-01-02T03:04:05.69Z".to_owned();
        let oversized = Stamp::of(FileRecord { skipped: Some(skip), indexed_at, ..record() });
        assert!(fits(&oversized, &found(), "a", limits(9)), "its size has told");
        let coarse: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        assert!(is_racy(coarse, "2026-01-02T03:04:06.5Z".parse().unwrap()));
        assert!(!is_racy(coarse, "2026-01-02T03:04:07.5Z".parse().unwrap()));
    }

    #[test]
    fn skipped_files_are_tried_again_when_the_reason_may_be_gone() {
        let skipped = |reason| {
            let skipped = Some(Skip { reason, detail: String::new() });
            Stamp::of(FileRecord { skipped, ..record() })
        };
        assert!(fits(&skipped(SkipReason::Minified), &found(), "a", limits(100)));
        assert!(!fits(&skipped(SkipReason::Unreadable), &found(), "a", limits(100)));
        assert!(!fits(&skipped(SkipReason::Oversized), &found(), "a", limits(100)));
        assert!(fits(&skipped(SkipReason::Oversized), &found(), "a", limits(9)));
        let fifo = Found { kind: Kind::Special("FIFO"), ..found() };
        assert!(fits(&skipped(SkipReason::NotAFile), &fifo, "a", limits(100)));
        assert!(!fits(&skipped(SkipReason::NotAFile), &found(), "a", limits(100)));
    }

    #[test]
    fn a_file_that_could_not_be_read_is_never_what_the_disk_has() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.py");
        fs::write(&file, "1234567890").unwrap();
        let modified = disk::modified(&fs::metadata(&file).unwrap()).unwrap();
        let indexed_at = (modified + SignedDuration::from_secs(9)).to_string();
        let known = FileRecord { modified_at: Some(modified.to_string()), indexed_at, ..record() };
        assert!(is_current(&known, &file));
        let skipped = |reason| Some(Skip { reason, detail: String::new() });
        assert!(is_current(&FileRecord { skipped: skipped(SkipReason::Minified), ..known.clone() }, &file));
        assert!(!is_current(&FileRecord { skipped: skipped(SkipReason::Unreadable), ..known }, &file));
    }

    #[test]
    fn generated_files_are_tried_again_when_they_count_otherwise() {
        let skipped = Some(Skip { reason: SkipReason::Generated, detail: String::new() });
        let skipped = Stamp::of(FileRecord { skipped, ..record() });
        let indexed = Stamp::of(FileRecord { generated: Some("@generated".to_owned()), ..record() });
        for skip_generated in [true, false] {
            let limits = Limits { size: 100, skip_generated };
            assert_eq!(fits(&skipped, &found(), "a", limits), skip_generated);
            assert_eq!(fits(&indexed, &found(), "a", limits), !skip_generated);
        }
    }
}
