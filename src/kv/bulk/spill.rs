//! Rows of many files, sorted: in memory while they are few, else in sorted runs on disk.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    ops::Range,
    path::{Path, PathBuf},
};

use super::merge::{Merge, Source};
use crate::{
    kv::{
        StoreError,
        beside::{Beside, Piece},
        keys, space,
    },
    record::FileId,
};

/// Before each row of a run: the lengths of key and value, and the file's number.
pub(super) const HEADER: usize = 2 + 4 + 4;
/// What the readers of all runs hold together.
const READ_BYTES: usize = 4 << 20;

/// Where a row lies in the buffer: the key, and right behind it the value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) key: u16,
    pub(super) value: u32,
    pub(super) file: u32,
}

/// Gathers rows and gives them back in key order. A row of a list that files share has the symbol's id as its value.
#[derive(Debug)]
pub(super) struct Spill {
    dir: PathBuf,
    /// So many bytes are held in memory.
    limit: usize,
    buffer: Vec<u8>,
    places: Vec<Place>,
    /// It has no name, so that nothing is left of it whatever becomes of this process.
    file: Option<File>,
    runs: Vec<Range<u64>>,
    /// All that was added.
    bytes: u64,
    /// Where the facts of files lie in the runs: with the number of the file whose they are.
    facts: Vec<(u32, FileId, Piece)>,
}

impl Spill {
    pub(super) fn new(dir: &Path, limit: usize) -> Self {
        let dir = dir.to_path_buf();
        Spill {
            dir,
            limit,
            buffer: Vec::new(),
            places: Vec::new(),
            file: None,
            runs: Vec::new(),
            bytes: 0,
            facts: Vec::new(),
        }
    }

    /// Keys and values of all rows.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a row; what is in memory is written first if there is no room.
    pub(super) fn add(&mut self, file: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        if !self.places.is_empty() && self.buffer.len() + key.len() + value.len() > self.limit {
            self.flush()?;
        }
        let place = Place {
            at: self.buffer.len(),
            key: u16::try_from(key.len()).expect("keys have at most 511 bytes"),
            value: u32::try_from(value.len()).expect("values have less than 4 GiB"),
            file,
        };
        self.places.push(place);
        self.buffer.extend_from_slice(key);
        self.buffer.extend_from_slice(value);
        self.bytes += (key.len() + value.len()) as u64;
        Ok(())
    }

    /// Everything in key order; may be asked for repeatedly.
    pub(super) fn merge(&mut self) -> Result<Merge<'_>, StoreError> {
        self.sort();
        let mut sources = vec![Source::memory(&self.buffer, &self.places)];
        if let Some(file) = &self.file {
            let bytes = (READ_BYTES / self.runs.len().max(1)).clamp(16 << 10, 256 << 10);
            sources.extend(self.runs.iter().map(|run| Source::disk(file, run.clone(), bytes)));
        }
        Merge::new(sources).map_err(|error| self.fail("read rows in", error))
    }

    /// Brings all rows to the disk, and lets the facts among them be read one by one.
    pub(super) fn facts(&mut self, is_loser: impl Fn(u32) -> bool) -> Result<Option<Beside>, StoreError> {
        self.settle()?;
        let Some(file) = &self.file else { return Ok(None) };
        let file = file.try_clone().map_err(|error| self.fail("read rows in", error))?;
        let own = std::mem::take(&mut self.facts).into_iter().filter(|(number, ..)| !is_loser(*number));
        Ok(Some(Beside::new(file, own.map(|(_, id, piece)| (id, piece)))))
    }

    /// Brings all rows to the disk; nothing of them is left in memory.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        if !self.places.is_empty() {
            self.flush()?;
        }
        (self.buffer, self.places) = (Vec::new(), Vec::new());
        Ok(())
    }

    pub(super) fn fail(&self, action: &'static str, error: io::Error) -> StoreError {
        space::explain_at(&self.dir, StoreError::of_io(&self.dir, action, error))
    }

    fn sort(&mut self) {
        let buffer = &self.buffer;
        let key = |place: &Place| &buffer[place.at..place.at + usize::from(place.key)];
        self.places.sort_unstable_by(|a, b| key(a).cmp(key(b)));
    }

    /// Writes what is in memory as a run.
    fn flush(&mut self) -> Result<(), StoreError> {
        // The run itself, and later all rows once more in the database.
        let run = (self.buffer.len() + HEADER * self.places.len()) as u64;
        space::require(&self.dir, run + self.bytes + self.bytes / 8)?;
        self.sort();
        let written = self.write_run();
        let end = written.map_err(|error| self.fail("write rows in", error))?;
        let start = self.runs.last().map_or(0, |run| run.end);
        self.runs.push(start..end);
        self.buffer.clear();
        self.places.clear();
        // A single large file must not keep its room for the rest of the run.
        self.buffer.shrink_to(self.limit);
        Ok(())
    }

    fn write_run(&mut self) -> io::Result<u64> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.dir)?),
        };
        let mut out = BufWriter::with_capacity(256 << 10, file);
        let mut end = self.runs.last().map_or(0, |run| run.end);
        for place in &self.places {
            let length = usize::from(place.key) + place.value as usize;
            out.write_all(&place.key.to_le_bytes())?;
            out.write_all(&place.value.to_le_bytes())?;
            out.write_all(&place.file.to_le_bytes())?;
            out.write_all(&self.buffer[place.at..place.at + length])?;
            end += (HEADER + length) as u64;
            let key = &self.buffer[place.at..place.at + usize::from(place.key)];
            if let Some(id) = keys::id_tail(keys::REF_FACTS.as_bytes(), key) {
                let piece = Piece { at: end - u64::from(place.value), length: place.value };
                self.facts.push((place.file, FileId(id), piece));
            }
        }
        out.flush()?;
        Ok(end)
    }
}
