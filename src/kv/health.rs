//! A look at a data file before LMDB maps it: what LMDB chokes on ends the process by a signal.
//!
//! The first two pages of the file are LMDB's meta pages. Each describes the database as one transaction left it; the newer
//! one counts. A look at them is cheap. [`verify`] reads all that they lead to.

mod page;
mod tree;

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    thread,
    time::{Duration, UNIX_EPOCH},
};

pub(super) use self::tree::{Verdict, verify};

/// Bytes before what a page holds.
const PAGE_HEADER: usize = 16;
const META_BYTES: usize = 136;
const META_FLAG: u16 = 0x08;
const MAGIC: u32 = 0xBEEF_C0DE;
const DATA_VERSION: u32 = 1;
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 256..=32768;
/// The flags of the tree of free pages, whose keys are numbers. That of the rows has none.
const INTEGER_KEYS: u16 = 0x08;
/// A transaction that frees the last pages need not write them, so a sound file may be somewhat shorter than it says.
const UNWRITTEN_PAGES: u64 = 1024;

/// What LMDB's data file is made of elsewhere cannot be told from these offsets; there it is opened as it is.
pub(super) const KNOWN_LAYOUT: bool = cfg!(all(target_pointer_width = "64", target_endian = "little"));

/// Another process may be writing a meta page just now, so what looks damaged is looked at again.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(15);

/// What a look at a data file shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It is empty, or not there.
    Nothing,
    Usable(State),
    /// Why it must not be mapped.
    Damaged(String),
}

/// By what a data file is known again: two states that are equal are of the same bytes, unless somebody set the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) length: u64,
    /// Nanoseconds since 1970.
    pub(super) modified: u64,
    pub(super) transaction: u64,
}

pub(super) fn look(data: &Path) -> io::Result<Look> {
    for _ in 1..LOOKS {
        let seen = look_once(data)?;
        if !matches!(seen, Look::Damaged(_)) {
            return Ok(seen);
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    look_once(data)
}

fn look_once(data: &Path) -> io::Result<Look> {
    let mut file = match File::open(data) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Look::Nothing),
        opened => opened?,
    };
    if file.metadata()?.len() == 0 {
        return Ok(Look::Nothing);
    }
    let transaction = if KNOWN_LAYOUT {
        match Metas::read(&mut file)? {
            Ok(metas) => metas.newest().transaction,
            Err(damage) => return Ok(Look::Damaged(damage)),
        }
    } else {
        0
    };
    // These are read last: the file is at least as long and as young as it was when the meta pages were written.
    let metadata = file.metadata()?;
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    Ok(Look::Usable(State { length: metadata.len(), modified, transaction }))
}

/// Both meta pages, which agree as far as they must.
#[derive(Clone, Copy, Debug)]
struct Metas([Meta; 2]);

#[derive(Clone, Copy, Debug)]
struct Meta {
    page_size: u32,
    free: Tree,
    rows: Tree,
    last_page: u64,
    transaction: u64,
}

/// What a meta page says of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tree {
    flags: u16,
    depth: u16,
    branches: u64,
    leaves: u64,
    overflows: u64,
    entries: u64,
    root: u64,
}

impl Metas {
    fn read(file: &mut File) -> io::Result<Result<Self, String>> {
        let first = match meta(file, 0)? {
            Ok(meta) => meta,
            Err(damage) => return Ok(Err(damage)),
        };
        if !first.page_size.is_power_of_two() || !PAGE_SIZES.contains(&first.page_size) {
            return Ok(Err(format!("a page size of {} in data.mdb", first.page_size)));
        }
        let second = match meta(file, first.page_size.into())? {
            Ok(meta) => meta,
            Err(damage) => return Ok(Err(damage)),
        };
        let metas = Metas([first, second]);
        let length = file.metadata()?.len();
        Ok(metas.disagreement(length).map_or(Ok(metas), Err))
    }

    fn newest(&self) -> &Meta {
        let [first, second] = &self.0;
        if first.transaction < second.transaction { second } else { first }
    }

    fn disagreement(&self, length: u64) -> Option<String> {
        let [first, second] = self.0;
        if first.page_size != second.page_size {
            return Some("the meta pages of data.mdb are of two page sizes".to_owned());
        }
        let flags = [first, second].map(|meta| (meta.free.flags, meta.rows.flags));
        if flags != [(INTEGER_KEYS, 0); 2] {
            return Some("data.mdb is not a database of rutter's kind".to_owned());
        }
        // Transaction N writes page N % 2; a new file has written none.
        let untouched = |meta: Meta| meta.transaction == 0;
        let parity =
            (untouched(first) || first.transaction % 2 == 0) && (untouched(second) || second.transaction % 2 == 1);
        if !parity || first.transaction.abs_diff(second.transaction) > 1 {
            let (first, second) = (first.transaction, second.transaction);
            return Some(format!("the meta pages of data.mdb are of the transactions {first} and {second}"));
        }
        let expected = |pages: u64| pages.saturating_mul(first.page_size.into());
        let pages = first.last_page.max(second.last_page).saturating_add(1);
        (length < expected(pages.saturating_sub(UNWRITTEN_PAGES)))
            .then(|| format!("data.mdb has {length} bytes and should have {}", expected(pages)))
    }
}

fn meta(file: &mut File, at: u64) -> io::Result<Result<Meta, String>> {
    let mut page = [0; PAGE_HEADER + META_BYTES];
    file.seek(SeekFrom::Start(at))?;
    if let Err(error) = file.read_exact(&mut page) {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => Ok(Err(format!("data.mdb ends in the meta page at {at}"))),
            _ => Err(error),
        };
    }
    let u16_at = |at: usize| u16::from_ne_bytes([page[at], page[at + 1]]);
    let u32_at = |at: usize| u32::from_ne_bytes(page[at..at + 4].try_into().expect("four bytes"));
    let u64_at = |at: usize| u64::from_ne_bytes(page[at..at + 8].try_into().expect("eight bytes"));
    let (flags, magic, version) = (u16_at(10), u32_at(PAGE_HEADER), u32_at(PAGE_HEADER + 4));
    if flags & META_FLAG == 0 || magic != MAGIC {
        return Ok(Err(format!("no LMDB meta page at {at} in data.mdb")));
    }
    if version != DATA_VERSION {
        return Ok(Err(format!("data.mdb is of LMDB's data version {version}, not {DATA_VERSION}")));
    }
    let tree = |at: usize| Tree {
        flags: u16_at(at + 4),
        depth: u16_at(at + 6),
        branches: u64_at(at + 8),
        leaves: u64_at(at + 16),
        overflows: u64_at(at + 24),
        entries: u64_at(at + 32),
        root: u64_at(at + 40),
    };
    // Behind magic, version, address and map size stand the two trees; the first one's record starts with the page size.
    let trees = PAGE_HEADER + 24;
    Ok(Ok(Meta {
        page_size: u32_at(trees),
        free: tree(trees),
        rows: tree(trees + 48),
        last_page: u64_at(trees + 96),
        transaction: u64_at(trees + 104),
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A data file of `pages` pages whose meta pages speak of `said` pages.
    fn file(pages: u64, said: u64) -> Vec<u8> {
        let mut bytes = vec![0; pages as usize * 4096];
        for (number, page) in bytes.chunks_mut(4096).take(2).enumerate() {
            page[..8].copy_from_slice(&(number as u64).to_ne_bytes());
            page[10..12].copy_from_slice(&META_FLAG.to_ne_bytes());
            page[16..20].copy_from_slice(&MAGIC.to_ne_bytes());
            page[20..24].copy_from_slice(&DATA_VERSION.to_ne_bytes());
            page[40..44].copy_from_slice(&4096u32.to_ne_bytes());
            page[44..46].copy_from_slice(&INTEGER_KEYS.to_ne_bytes());
            page[136..144].copy_from_slice(&(said - 1).to_ne_bytes());
        }
        bytes
    }

    /// The damage, if there is any.
    fn look(bytes: &[u8]) -> Option<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        match look_once(file.path()).unwrap() {
            Look::Damaged(cause) => Some(cause),
            Look::Usable(state) => {
                assert_eq!(state.length, bytes.len() as u64);
                None
            }
            Look::Nothing => {
                assert!(bytes.is_empty());
                None
            }
        }
    }

    #[test]
    fn the_length_is_held_against_both_meta_pages() {
        assert_eq!(look(&file(5, 5)), None);
        assert_eq!(look(&file(9, 5)), None);
        assert_eq!(look(&file(4, 5)), None, "the last page may be a free one");
        assert!(look(&file(4, 5000)).unwrap().contains("16384 bytes and should have 20480000"));
        let mut second_only = file(5, 5);
        second_only[4096 + 136..4096 + 144].copy_from_slice(&u64::MAX.to_ne_bytes());
        assert!(look(&second_only).is_some());
        assert_eq!(look(&[]), None);
    }

    #[test]
    fn the_meta_pages_are_of_neighbouring_transactions() {
        for (first, second, sound) in [
            (0, 0, true),
            (0, 1, true),
            (2, 1, true),
            (2, 3, true),
            (2, 5, false),
            (1, 0, false),
            (0, 2, false),
            (8, 0, false),
        ] {
            let mut bytes = file(2, 2);
            bytes[144..152].copy_from_slice(&u64::to_ne_bytes(first));
            bytes[4096 + 144..4096 + 152].copy_from_slice(&u64::to_ne_bytes(second));
            assert_eq!(look(&bytes).is_none(), sound, "{first} {second}");
        }
    }

    proptest! {
        #[test]
        fn no_file_is_too_odd_to_be_looked_at(flips in prop::collection::vec((0usize..8192, any::<u8>()), 1..6), cut in 0usize..9000) {
            let mut bytes = file(2, 2);
            for (at, value) in flips {
                bytes[at] = value;
            }
            bytes.truncate(cut);
            let found = look(&bytes);
            prop_assert!(found.is_some() || bytes.is_empty() || bytes.len() > 4096 + PAGE_HEADER, "a part was taken for the whole");
        }
    }
}
