//! `FILE:LINE:COL` on the command line, and the file's own text from disk beside what the index has of it.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{CliError, table::plain};
use crate::{
    index,
    query::{FileState, Note, View, Word},
    record::FileRecord,
    text::{Place, SourceText},
};

/// Lines and columns from 1, columns in characters, as compilers and grep print them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlace {
    pub file: PathBuf,
    pub line: u32,
    pub column: Option<u32>,
}

impl FilePlace {
    /// `FILE:LINE:COL`.
    pub fn with_column(argument: &OsStr) -> Result<Self, CliError> {
        let wrong = || wrong_place(argument, "FILE:LINE:COL", "src/main.rs:12:5");
        let (rest, column) = split_number(argument).ok_or_else(wrong)?;
        let (file, line) = split_number(&rest).ok_or_else(wrong)?;
        FilePlace { file: file.into(), line, column: Some(column) }.checked().ok_or_else(wrong)
    }

    /// `FILE:LINE`, or with a column, which is then of no matter: places are often pasted.
    pub fn with_line(argument: &OsStr) -> Result<Self, CliError> {
        let wrong = || wrong_place(argument, "FILE:LINE", "src/main.rs:12");
        let (file, line) = split_number(argument).ok_or_else(wrong)?;
        let place = match split_number(&file) {
            // A file's name may end in a colon and a number of its own.
            Some((shorter, line)) if !Path::new(&file).exists() => {
                FilePlace { file: shorter.into(), line, column: None }
            }
            _ => FilePlace { file: file.into(), line, column: None },
        };
        place.checked().ok_or_else(wrong)
    }

    fn checked(self) -> Option<Self> {
        (self.line > 0 && self.column != Some(0) && !self.file.as_os_str().is_empty()).then_some(self)
    }
}

fn wrong_place(argument: &OsStr, form: &str, example: &str) -> CliError {
    CliError::usage(
        format!("`{}` is not of the form {form}", argument.display()),
        format!("name a place like {example}; lines and columns count from 1"),
    )
}

/// What stands before and after the last colon, where that is a number.
fn split_number(text: &OsStr) -> Option<(OsString, u32)> {
    let bytes = text.as_encoded_bytes();
    let colon = bytes.iter().rposition(|&byte| byte == b':')?;
    let digits = std::str::from_utf8(&bytes[colon + 1..]).ok().filter(|digits| !digits.starts_with('+'))?;
    Some((os_string(&bytes[..colon])?, digits.parse().ok()?))
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> Option<OsString> {
    std::str::from_utf8(bytes).ok().map(OsString::from)
}

/// A file that the index has, and what is on disk of it now.
#[derive(Debug)]
pub struct KnownFile {
    pub record: FileRecord,
    /// None where the disk has no such text any more.
    pub text: Option<SourceText>,
    /// The disk's text is not the one that was indexed.
    pub stale: Option<Note>,
}

/// The path of a file in the index; a relative one is of the current directory.
pub fn path_in_index(root: &Path, file: &Path) -> Result<String, CliError> {
    let absolute = std::path::absolute(file).map_err(|error| {
        CliError::usage(format!("{}: {error}", file.display()), "name an existing file or directory")
    })?;
    Ok(index::index_path(root, &absolute))
}

/// Looks a file up. One that is not indexed is an error that says why.
pub fn known_file(view: &View, root: &Path, file: &Path) -> Result<KnownFile, CliError> {
    let path = path_in_index(root, file)?;
    match FileState::of(view, &path)? {
        FileState::Indexed(record) => {
            let (text, stale) = on_disk(&record, file);
            Ok(KnownFile { record, text, stale })
        }
        FileState::Skipped(record, skip) => {
            let note = Note::Skipped { path: record.path, reason: skip.reason, detail: skip.detail };
            Err(CliError::nothing(format!("{path}: {note}"), "`rutter status` lists what was skipped and why"))
        }
        FileState::NotIndexed if file.is_dir() => {
            Err(CliError::usage(format!("{}: this is a directory", file.display()), "name a file in it"))
        }
        FileState::NotIndexed if file.exists() => Err(CliError::nothing(
            format!("{path}: not indexed"),
            format!(
                "run `rutter index {}`; files that .gitignore or .ignore name, or of unknown languages, are left out",
                root.display()
            ),
        )),
        FileState::NotIndexed => Err(CliError::usage(
            format!("{}: no such file", file.display()),
            "paths are relative to the current directory",
        )),
    }
}

fn on_disk(record: &FileRecord, file: &Path) -> (Option<SourceText>, Option<Note>) {
    let stale = || Some(Note::Stale { path: record.path.clone() });
    // Opening a FIFO that has come in the file's place would wait for ever.
    if !fs::metadata(file).is_ok_and(|metadata| metadata.is_file()) {
        return (None, stale());
    }
    let Ok(bytes) = fs::read(file) else { return (None, stale()) };
    let fresh = index::is_text_of(record, &bytes);
    (SourceText::from_file(bytes).ok(), if fresh { None } else { stale() })
}

impl KnownFile {
    /// Says on standard error that the answer may not fit the disk's text.
    pub fn warn_if_stale(&self) {
        if let Some(note) = &self.stale {
            eprintln!("warning: {note}\nhelp: `rutter index` brings the index up to date");
        }
    }

    /// The place in bytes, and the identifier there.
    pub fn place(&self, at: &FilePlace) -> Result<(Place, Option<Word>), CliError> {
        let (line, column) = (at.line - 1, at.column.unwrap_or(1) - 1);
        let Some(text) = &self.text else { return Ok((Place { line, col: column }, None)) };
        let lines = text.lines().line_count();
        if line >= lines {
            let count = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
            return Err(CliError::usage(
                format!("{}: line {} of a file with {count}", self.record.path, at.line),
                "lines and columns count from 1",
            ));
        }
        let range = text.line_range(line);
        let place = Place { line, col: byte_column(text.raw(range), column) };
        let word = text.word_at(text.offset(place)).map(|range| Word::of(text, range));
        Ok((place, word))
    }
}

/// Writes text whose lines may hold what stands in sources, control characters among it: they must not reach a terminal.
pub fn write_plain(out: &mut impl Write, text: &str) -> io::Result<()> {
    for line in text.lines() {
        writeln!(out, "{}", plain(&line.replace('\t', "    ")))?;
    }
    Ok(())
}

/// The byte where a character of a line begins; the line's end for one beyond it. A byte that is no UTF-8 is a character.
fn byte_column(line: &[u8], characters: u32) -> u32 {
    let mut left = characters as usize;
    let mut bytes = 0;
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            if left == 0 {
                return bytes;
            }
            left -= 1;
            bytes += c.len_utf8() as u32;
        }
        let passed = chunk.invalid().len().min(left);
        left -= passed;
        bytes += passed as u32;
        if left == 0 {
            return bytes;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_column(text: &str) -> Option<(String, u32, Option<u32>)> {
        let place = FilePlace::with_column(OsStr::new(text)).ok()?;
        Some((place.file.to_str()?.to_owned(), place.line, place.column))
    }

    #[test]
    fn places_are_read_from_behind() {
        assert_eq!(with_column("src/a.rs:3:14"), Some(("src/a.rs".to_owned(), 3, Some(14))));
        assert_eq!(with_column("a:b:1.rs:3:14"), Some(("a:b:1.rs".to_owned(), 3, Some(14))));
        for wrong in
            ["", "a.rs", "a.rs:3", ":3:4", "a.rs:0:1", "a.rs:1:0", "a.rs:x:1", "a.rs:+1:1", "a.rs:1:99999999999"]
        {
            assert_eq!(with_column(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_pasted_column_is_no_part_of_the_name() {
        let place = FilePlace::with_line(OsStr::new("no/such.rs:12:5")).unwrap();
        assert_eq!((place.file, place.line), (PathBuf::from("no/such.rs"), 12));
        let dir = tempfile::tempdir().unwrap();
        let odd = dir.path().join("a:12");
        fs::write(&odd, "").unwrap();
        let place = FilePlace::with_line(OsStr::new(&format!("{}:5", odd.display()))).unwrap();
        assert_eq!((place.file, place.line), (odd, 5));
    }

    #[test]
    fn the_way_out_is_told_with_an_example() {
        let error = FilePlace::with_column(OsStr::new("a.rs:7")).unwrap_err();
        assert_eq!(error.to_string(), "`a.rs:7` is not of the form FILE:LINE:COL");
    }

    #[test]
    fn characters_are_counted_and_bytes_that_are_none() {
        assert_eq!(byte_column("aäb".as_bytes(), 0), 0);
        assert_eq!(byte_column("aäb".as_bytes(), 2), 3);
        assert_eq!(byte_column("aäb".as_bytes(), 99), 4);
        assert_eq!(byte_column(b"a\xFF\xFEb", 2), 2);
        assert_eq!(byte_column(b"a\xFF\xFEb", 3), 3);
    }
}
