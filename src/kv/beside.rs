//! The facts of a generation in the making: they lie in a file of their own, and are read from it as they are asked for.
//!
//! Linking reads them here and there, and of a database each page that was read is memory until it is closed.

use std::{fs::File, io};

use rustc_hash::FxHashMap;

use crate::record::FileId;

/// Where a value lies in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) at: u64,
    pub(super) length: u32,
}

#[derive(Debug)]
pub(super) struct Beside {
    file: File,
    pieces: FxHashMap<FileId, Piece>,
}

impl Beside {
    pub(super) fn new(file: File, pieces: impl IntoIterator<Item = (FileId, Piece)>) -> Self {
        Beside { file, pieces: pieces.into_iter().collect() }
    }

    /// The facts of a file as they are stored; `None` if they are not here.
    pub(super) fn facts(&self, file: FileId) -> io::Result<Option<Vec<u8>>> {
        let Some(piece) = self.pieces.get(&file) else { return Ok(None) };
        let mut value = vec![0; piece.length as usize];
        read_at(&self.file, &mut value, piece.at)?;
        Ok(Some(value))
    }
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at)
}

/// It moves the place in the file that others read from, all of whom say where they read.
#[cfg(windows)]
fn read_at(file: &File, mut into: &mut [u8], mut at: u64) -> io::Result<()> {
    while !into.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, into, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                into = &mut into[read..];
                at += read as u64;
            }
        }
    }
    Ok(())
}
