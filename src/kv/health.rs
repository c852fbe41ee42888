//! A look at a data file before LMDB maps it: reading a page beyond the end of a file ends the process by a signal.
//!
//! The first two pages of the file are LMDB's meta pages. Each says how many pages the file has.

use std::{fs::File, io, io::Read, io::Seek, io::SeekFrom, path::Path, thread, time::Duration};

/// Bytes before the meta record in its page.
const PAGE_HEADER: usize = 16;
const META_BYTES: usize = 136;
const META_FLAG: u16 = 0x08;
const MAGIC: u32 = 0xBEEF_C0DE;
const DATA_VERSION: u32 = 1;

/// What LMDB's data file is made of cannot be told on 32-bit systems from these offsets; there it is opened as it is.
const KNOWN_LAYOUT: bool = cfg!(target_pointer_width = "64");

/// Another process may be writing a meta page just now, so what looks damaged is looked at again.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(15);

/// Why the file cannot be mapped; `None` for a file that can, or that is empty or not there.
pub(super) fn damage(data: &Path) -> io::Result<Option<String>> {
    if !KNOWN_LAYOUT {
        return Ok(None);
    }
    for look in 1.. {
        let found = look_once(data)?;
        if found.is_none() || look == LOOKS {
            return Ok(found);
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    Ok(None)
}

fn look_once(data: &Path) -> io::Result<Option<String>> {
    let mut file = match File::open(data) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if file.metadata()?.len() == 0 {
        return Ok(None);
    }
    let first = match meta(&mut file, 0)? {
        Ok(meta) => meta,
        Err(damage) => return Ok(Some(damage)),
    };
    if !first.page_size.is_power_of_two() || !(256..=65536).contains(&first.page_size) {
        return Ok(Some(format!("a page size of {} in data.mdb", first.page_size)));
    }
    let second = match meta(&mut file, first.page_size.into())? {
        Ok(meta) => meta,
        Err(damage) => return Ok(Some(damage)),
    };
    // The length is read last: it is at least what it was when the meta pages were written.
    let length = file.metadata()?.len();
    let pages = first.last_page.max(second.last_page).saturating_add(1);
    let expected = pages.saturating_mul(first.page_size.into());
    Ok((length < expected).then(|| format!("data.mdb has {length} bytes and should have {expected}")))
}

struct Meta {
    page_size: u32,
    last_page: u64,
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
    let u32_at = |at: usize| u32::from_ne_bytes(page[at..at + 4].try_into().expect("four bytes"));
    let u64_at = |at: usize| u64::from_ne_bytes(page[at..at + 8].try_into().expect("eight bytes"));
    let flags = u16::from_ne_bytes([page[10], page[11]]);
    let (magic, version) = (u32_at(PAGE_HEADER), u32_at(PAGE_HEADER + 4));
    Ok(if flags & META_FLAG == 0 || magic != MAGIC {
        Err(format!("no LMDB meta page at {at} in data.mdb"))
    } else if version != DATA_VERSION {
        Err(format!("data.mdb is of LMDB's data version {version}, not {DATA_VERSION}"))
    } else {
        // Behind magic, version, address and map size: the record of free pages, which starts with the page size, the
        // record of the main tree, and the last page.
        Ok(Meta { page_size: u32_at(PAGE_HEADER + 24), last_page: u64_at(PAGE_HEADER + 24 + 2 * 48) })
    })
}
