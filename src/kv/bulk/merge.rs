//! Sorted runs, merged into one.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, binary_heap::PeekMut},
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

use super::spill::{HEADER, Place};

/// A row as it was added.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) key: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) file: u32,
}

/// All rows of its sources in key order.
#[derive(Debug)]
pub(super) struct Merge<'a> {
    heap: BinaryHeap<Reverse<Source<'a>>>,
    begun: bool,
}

impl<'a> Merge<'a> {
    pub(super) fn new(sources: Vec<Source<'a>>) -> io::Result<Self> {
        let mut heap = BinaryHeap::with_capacity(sources.len());
        for mut source in sources {
            if source.advance()? {
                heap.push(Reverse(source));
            }
        }
        Ok(Merge { heap, begun: false })
    }

    /// The next row; `None` behind the last.
    pub(super) fn next(&mut self) -> io::Result<Option<Row<'_>>> {
        if self.begun
            && let Some(mut least) = self.heap.peek_mut()
            && !least.0.advance()?
        {
            PeekMut::pop(least);
        }
        self.begun = true;
        Ok(self.current())
    }

    /// What [`Merge::next`] gave last.
    pub(super) fn current(&self) -> Option<Row<'_>> {
        self.heap.peek().map(|least| least.0.row())
    }
}

/// A sorted run, standing at one of its rows.
#[derive(Debug)]
pub(super) enum Source<'a> {
    Memory { buffer: &'a [u8], places: &'a [Place], next: usize },
    Disk(Reader<'a>),
}

impl<'a> Source<'a> {
    pub(super) fn memory(buffer: &'a [u8], places: &'a [Place]) -> Self {
        Source::Memory { buffer, places, next: 0 }
    }

    /// A part of a file, read in pieces of about so many bytes.
    pub(super) fn disk(file: &'a File, run: Range<u64>, bytes: usize) -> Self {
        Source::Disk(Reader { file, left: run, piece: bytes, buffer: Vec::new(), place: None, end: 0 })
    }

    /// Goes on to the next row; false behind the last.
    fn advance(&mut self) -> io::Result<bool> {
        match self {
            Source::Memory { places, next, .. } => {
                *next += 1;
                Ok(*next <= places.len())
            }
            Source::Disk(reader) => reader.advance(),
        }
    }

    /// Only after [`Source::advance`] said that there is one.
    fn row(&self) -> Row<'_> {
        let (buffer, place) = match self {
            Source::Memory { buffer, places, next } => (*buffer, places[next - 1]),
            Source::Disk(reader) => (reader.buffer.as_slice(), reader.place.expect("the reader stands at a row")),
        };
        let value = place.at + usize::from(place.key);
        let end = value + place.value as usize;
        Row { key: &buffer[place.at..value], value: &buffer[value..end], file: place.file }
    }
}

impl Ord for Source<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.row().key.cmp(other.row().key)
    }
}

impl PartialOrd for Source<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Source<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Source<'_> {}

/// Reads a run. The file is shared by all readers, so each one seeks before it reads.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    file: &'a File,
    /// What was not read yet.
    left: Range<u64>,
    piece: usize,
    buffer: Vec<u8>,
    place: Option<Place>,
    /// Behind the row, in the buffer.
    end: usize,
}

impl Reader<'_> {
    fn advance(&mut self) -> io::Result<bool> {
        if self.end == self.buffer.len() && self.left.is_empty() {
            self.place = None;
            return Ok(false);
        }
        self.ensure(HEADER)?;
        let header = &self.buffer[self.end..self.end + HEADER];
        let key = u16::from_le_bytes(header[..2].try_into().expect("two bytes"));
        let value = u32::from_le_bytes(header[2..6].try_into().expect("four bytes"));
        let file = u32::from_le_bytes(header[6..].try_into().expect("four bytes"));
        let length = HEADER + usize::from(key) + value as usize;
        self.ensure(length)?;
        self.place = Some(Place { at: self.end + HEADER, key, value, file });
        self.end += length;
        Ok(true)
    }

    /// Has the buffer hold so many bytes from the row's end on.
    fn ensure(&mut self, bytes: usize) -> io::Result<()> {
        if self.buffer.len() - self.end >= bytes {
            return Ok(());
        }
        self.buffer.drain(..self.end);
        self.end = 0;
        if self.buffer.capacity() > 2 * self.piece.max(bytes) {
            self.buffer.shrink_to(self.piece.max(bytes));
        }
        let had = self.buffer.len();
        let more =
            (self.piece.max(bytes) - had).min(usize::try_from(self.left.end - self.left.start).unwrap_or(usize::MAX));
        if had + more < bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.buffer.resize(had + more, 0);
        self.file.seek(SeekFrom::Start(self.left.start))?;
        self.file.read_exact(&mut self.buffer[had..])?;
        self.left.start += more as u64;
        Ok(())
    }
}
