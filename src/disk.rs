//! Reading files of which nothing is known but a name: bounded, and never waiting.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read},
    path::{Path, PathBuf},
    time::SystemTime,
};

use jiff::Timestamp;

/// A file's bytes and what the file system says of it.
#[derive(Debug)]
pub struct FileBytes {
    pub bytes: Vec<u8>,
    /// Taken before reading: what is written meanwhile shows at the next look.
    pub modified: Option<Timestamp>,
}

/// Why a file was not read.
#[derive(Debug)]
pub enum Unread {
    NotAFile,
    /// At least so many bytes.
    TooLarge(u64),
    Io(io::Error),
}

/// Reads a file of at most `limit` bytes, even if it grows while being read. What is no regular file is not opened for
/// reading: opening a FIFO would wait for a writer, and reading a device may do anything.
pub fn read_file(path: &Path, limit: u64) -> Result<FileBytes, Unread> {
    let (file, metadata) = open_regular(path)?;
    if metadata.len() > limit {
        return Err(Unread::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(Unread::Io)?;
    if bytes.len() as u64 > limit {
        return Err(Unread::TooLarge(bytes.len() as u64));
    }
    Ok(FileBytes { bytes, modified: modified(&metadata) })
}

/// The first bytes of a file.
pub fn read_start(path: &Path, length: u64) -> Result<Vec<u8>, Unread> {
    let (file, _) = open_regular(path)?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).map_err(Unread::Io)?;
    Ok(bytes)
}

/// How large a manifest or a file of settings may be.
pub const SMALL: u64 = 1 << 20;

/// Where a path really is, links and `..` followed; none for what is not there, or lies outside of the root: nothing outside
/// tells of what is inside.
pub fn inside(root: &Path, path: &Path) -> Option<PathBuf> {
    let (root, real) = (root.canonicalize().ok()?, path.canonicalize().ok()?);
    real.starts_with(root).then_some(real)
}

/// The text of a manifest inside of the root, of at most `limit` bytes.
pub fn manifest(root: &Path, file: &Path, limit: u64) -> Option<String> {
    text(&inside(root, file)?, limit).ok()
}

/// The text of a small file.
pub fn small_text(path: &Path) -> Result<String, Unread> {
    text(path, SMALL)
}

fn text(path: &Path, limit: u64) -> Result<String, Unread> {
    let bytes = read_file(path, limit)?.bytes;
    String::from_utf8(bytes).map_err(|error| Unread::Io(io::Error::new(io::ErrorKind::InvalidData, error)))
}

/// The file may have become something else since it was listed, so it is looked at through the open handle.
fn open_regular(path: &Path) -> Result<(File, Metadata), Unread> {
    let file = without_waiting(OpenOptions::new().read(true)).open(path).map_err(Unread::Io)?;
    let metadata = file.metadata().map_err(Unread::Io)?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(Unread::NotAFile) }
}

#[cfg(unix)]
fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    options.custom_flags(flags.bits() as i32)
}

#[cfg(not(unix))]
fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// None where the file system keeps no such time, or one beyond the years 1 to 9999.
pub fn modified(metadata: &Metadata) -> Option<Timestamp> {
    metadata.modified().ok().and_then(timestamp)
}

fn timestamp(time: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(time).ok()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_over_the_limit_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_file(&path, 5).unwrap().bytes, b"12345");
        assert!(matches!(read_file(&path, 4), Err(Unread::TooLarge(5))));
        assert_eq!(read_start(&path, 2).unwrap(), b"12");
    }

    #[test]
    fn a_directory_is_no_file() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(read_file(dir.path(), 5), Err(Unread::NotAFile | Unread::Io(_))));
    }

    #[test]
    #[cfg(unix)]
    fn a_device_is_not_read() {
        assert!(matches!(read_file(Path::new("/dev/zero"), 5), Err(Unread::NotAFile)));
    }

    #[test]
    fn hexadecimal_is_lower_case() {
        assert_eq!(hex(&[0, 0xab, 0xff]), "00abff");
    }
}
