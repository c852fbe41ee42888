//! A walk over all pages of a data file, with plain reads: whatever is wrong with them, LMDB is not there to stumble.
//!
//! A file that passes is one that LMDB can read and write safely, and whose values are as they were written. It takes the memory of one page
//! a level and of one value.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use super::{
    Meta, Metas, PAGE_HEADER, Tree,
    page::{self, BIG_VALUE, Kind, Node},
};
use crate::kv::{keys::MAX_KEY_BYTES, sealed};

/// LMDB's cursors go no deeper.
const MAX_DEPTH: u16 = 32;
/// The root of an empty tree.
const NO_PAGE: u64 = u64::MAX;
const META_PAGES: u64 = 2;
/// Pages that are read at once where leaves follow one another in the file.
const AHEAD: u64 = 64;

#[derive(Debug, PartialEq, Eq)]
pub(in crate::kv) enum Verdict {
    Sound,
    /// The file has gone on to later transactions than the one that was asked for.
    Moved,
    Damaged(String),
}

/// Reads all that a transaction sees. Its pages must not be written meanwhile: the caller keeps writers out, or is one of
/// its readers.
pub(in crate::kv) fn verify(data: &Path, transaction: u64) -> io::Result<Verdict> {
    let mut file = File::open(data)?;
    let metas = match Metas::read(&mut file)? {
        Ok(metas) => metas,
        Err(damage) => return Ok(Verdict::Damaged(damage)),
    };
    let Some(meta) = metas.0.iter().find(|meta| meta.transaction == transaction) else { return Ok(Verdict::Moved) };
    let length = file.metadata()?.len();
    let mut walk = Walk::new(file, length, *meta);
    let rows = walk.tree(&meta.rows, &mut Rows);
    match rows.and_then(|()| walk.tree(&meta.free, &mut FreePages { transaction })) {
        Ok(()) => Ok(Verdict::Sound),
        Err(Fault::Damage(cause)) => Ok(Verdict::Damaged(cause)),
        Err(Fault::Io(error)) => Err(error),
    }
}

enum Fault {
    Io(io::Error),
    Damage(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Io(error)
    }
}

impl Fault {
    fn of_page(number: u64, cause: &str) -> Self {
        Fault::Damage(format!("page {number} of data.mdb {cause}"))
    }
}

/// What the leaves of a tree must hold.
trait Contents {
    /// The key in the form in which keys ascend as bytes.
    fn order(&self, key: &[u8], into: &mut Vec<u8>) -> Result<(), String>;

    /// Looks at a value. What it says of pages is marked in `pages`.
    fn value(&mut self, key: &[u8], value: &[u8], pages: &mut Marks) -> Result<(), String>;
}

struct Rows;

impl Contents for Rows {
    fn order(&self, key: &[u8], into: &mut Vec<u8>) -> Result<(), String> {
        if key.is_empty() || key.len() > MAX_KEY_BYTES {
            return Err(format!("has a key of {} bytes", key.len()));
        }
        into.extend_from_slice(key);
        Ok(())
    }

    fn value(&mut self, key: &[u8], value: &[u8], _: &mut Marks) -> Result<(), String> {
        let key = std::str::from_utf8(key).map_err(|_| "has a key that is no text".to_owned())?;
        match sealed::opened(key.as_bytes(), value) {
            Some(_) => Ok(()),
            None => Err(format!("has a value that does not fit its checksum: `{key}`")),
        }
    }
}

/// Lists of pages that a transaction has freed.
struct FreePages {
    transaction: u64,
}

impl Contents for FreePages {
    fn order(&self, key: &[u8], into: &mut Vec<u8>) -> Result<(), String> {
        let key = key.try_into().map_err(|_| format!("has a key of {} bytes", key.len()))?;
        into.extend_from_slice(&u64::from_ne_bytes(key).to_be_bytes());
        Ok(())
    }

    fn value(&mut self, key: &[u8], value: &[u8], pages: &mut Marks) -> Result<(), String> {
        let transaction = page::u64_at(key, 0);
        if transaction == 0 || transaction > self.transaction {
            return Err(format!("lists free pages of the transaction {transaction}"));
        }
        let mut numbers = value.chunks_exact(8).map(|number| page::u64_at(number, 0));
        let count = numbers.next().unwrap_or(u64::MAX);
        if !value.len().is_multiple_of(8) || count > numbers.len() as u64 {
            return Err("lists more free pages than it has room for".to_owned());
        }
        let mut above = u64::MAX;
        for number in numbers.take(count as usize) {
            if number >= above || !pages.mark(number) {
                return Err(format!("lists the page {number} as free"));
            }
            above = number;
        }
        Ok(())
    }
}

/// The pages that something was found on.
struct Marks {
    bits: Vec<u64>,
    pages: u64,
}

impl Marks {
    /// Whether the page is one of the file's, and was not marked before.
    fn mark(&mut self, page: u64) -> bool {
        if page < META_PAGES || page >= self.pages {
            return false;
        }
        let (word, bit) = ((page / 64) as usize, 1 << (page % 64));
        let fresh = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        fresh
    }
}

struct Walk {
    file: File,
    length: u64,
    page_size: usize,
    last_page: u64,
    marks: Marks,
    /// Leaves that were read together, the first one's number, and how many there are.
    ahead: Vec<u8>,
    ahead_from: u64,
    ahead_pages: u64,
    big: Vec<u8>,
}

/// How far a tree was walked.
struct Progress<'c, C> {
    contents: &'c mut C,
    depth: u16,
    branches: u64,
    leaves: u64,
    overflows: u64,
    entries: u64,
    /// The last key of the last leaf.
    last: Vec<u8>,
    /// No key may be lower from here on: that of the branch that leads there.
    floor: Vec<u8>,
    key: Vec<u8>,
}

impl Walk {
    fn new(file: File, length: u64, meta: Meta) -> Self {
        // The number of pages was held against the file's length.
        let pages = meta.last_page + 1;
        let bits = vec![0; (pages / 64 + 1) as usize];
        Walk {
            file,
            length,
            page_size: meta.page_size as usize,
            last_page: meta.last_page,
            marks: Marks { bits, pages },
            ahead: Vec::new(),
            ahead_from: 0,
            ahead_pages: 0,
            big: Vec::new(),
        }
    }

    fn tree<C: Contents>(&mut self, tree: &Tree, contents: &mut C) -> Result<(), Fault> {
        let mut progress = Progress {
            contents,
            depth: tree.depth,
            branches: 0,
            leaves: 0,
            overflows: 0,
            entries: 0,
            last: Vec::new(),
            floor: Vec::new(),
            key: Vec::new(),
        };
        if tree.depth > MAX_DEPTH || (tree.depth == 0) != (tree.root == NO_PAGE) {
            return Err(Fault::Damage(format!("a tree of data.mdb is {} levels deep", tree.depth)));
        }
        if tree.depth > 0 {
            self.page(tree.root, 1, &mut progress)?;
        }
        let found = (progress.branches, progress.leaves, progress.overflows, progress.entries);
        let said = (tree.branches, tree.leaves, tree.overflows, tree.entries);
        if found != said {
            return Err(Fault::Damage(format!(
                "data.mdb has {found:?} branch, leaf and overflow pages and entries, and should have {said:?}"
            )));
        }
        Ok(())
    }

    /// A page and all below it.
    fn page<C: Contents>(&mut self, number: u64, level: u16, progress: &mut Progress<'_, C>) -> Result<(), Fault> {
        if !self.marks.mark(number) {
            return Err(Fault::of_page(number, "is reached twice, or lies outside of the file"));
        }
        if level == progress.depth {
            progress.leaves += 1;
            // Lent out for as long as the leaf is looked at.
            let mut ahead = std::mem::take(&mut self.ahead);
            let done = self.read_leaf(number, &mut ahead).and_then(|at| {
                let leaf = &ahead[at..at + self.page_size];
                self.leaf(leaf, number, progress)
            });
            self.ahead = ahead;
            return done;
        }
        progress.branches += 1;
        let mut branch = vec![0; self.page_size];
        self.read(number, &mut branch)?;
        let nodes = page::nodes(&branch, number, Kind::Branch).map_err(|cause| Fault::of_page(number, &cause))?;
        for (place, node) in nodes.iter().enumerate() {
            // What stands before the first child bounds nothing.
            if place > 0 {
                progress.floor.clear();
                let floor = progress.contents.order(node.key, &mut progress.floor);
                floor.map_err(|cause| Fault::of_page(number, &cause))?;
                if progress.floor <= progress.last {
                    return Err(Fault::of_page(number, "has its keys out of order"));
                }
            }
            self.page(node.child(), level + 1, progress)?;
        }
        Ok(())
    }

    fn leaf<C: Contents>(&mut self, leaf: &[u8], number: u64, progress: &mut Progress<'_, C>) -> Result<(), Fault> {
        let fail = |cause: String| Fault::of_page(number, &cause);
        for node in page::nodes(leaf, number, Kind::Leaf).map_err(fail)? {
            progress.entries += 1;
            progress.key.clear();
            progress.contents.order(node.key, &mut progress.key).map_err(fail)?;
            if progress.key <= progress.last || progress.key < progress.floor {
                return Err(fail("has its keys out of order".to_owned()));
            }
            std::mem::swap(&mut progress.key, &mut progress.last);
            if node.flags & BIG_VALUE == 0 {
                progress.contents.value(node.key, node.payload, &mut self.marks).map_err(fail)?;
            } else {
                progress.overflows += self.read_big(&node)?;
                let value = &self.big[PAGE_HEADER..PAGE_HEADER + node.low as usize];
                progress.contents.value(node.key, value, &mut self.marks).map_err(fail)?;
            }
        }
        Ok(())
    }

    /// Reads a long value with the header before it, and says how many pages it lies on.
    fn read_big(&mut self, node: &Node<'_>) -> Result<u64, Fault> {
        let number = page::u64_at(node.payload, 0);
        let fail = |cause: &str| Fault::of_page(number, cause);
        let bytes = PAGE_HEADER + node.low as usize;
        let needed = bytes.div_ceil(self.page_size) as u64;
        if number < META_PAGES || number.checked_add(needed).is_none_or(|end| end > self.last_page + 1) {
            return Err(fail("lies outside of the file"));
        }
        let mut big = std::mem::take(&mut self.big);
        big.resize(bytes, 0);
        let read = self.read(number, &mut big);
        self.big = big;
        read?;
        let pages = page::overflow_pages(&self.big, number).map_err(|cause| fail(&cause))?;
        // A value that became shorter keeps its pages.
        if pages < needed || !(number..number.saturating_add(pages)).all(|page| self.marks.mark(page)) {
            return Err(fail("starts a value that is not there as a whole"));
        }
        Ok(pages)
    }

    /// Reads a leaf, and with it those that follow if the last one was read before it. Says where in `ahead` it is.
    fn read_leaf(&mut self, number: u64, ahead: &mut Vec<u8>) -> Result<usize, Fault> {
        let end = self.ahead_from + self.ahead_pages;
        if !(self.ahead_from..end).contains(&number) {
            let there = (self.length / self.page_size as u64).min(self.last_page + 1);
            let near = (end..end + AHEAD).contains(&number);
            let pages = if near { AHEAD.min(there.saturating_sub(number)).max(1) } else { 1 };
            ahead.resize(pages as usize * self.page_size, 0);
            (self.ahead_from, self.ahead_pages) = (number, 0);
            self.read(number, ahead)?;
            self.ahead_pages = pages;
        }
        Ok((number - self.ahead_from) as usize * self.page_size)
    }

    fn read(&mut self, number: u64, into: &mut [u8]) -> Result<(), Fault> {
        let from = number * self.page_size as u64;
        let end = from + into.len() as u64;
        if end > self.length {
            let expected = (self.last_page + 1).saturating_mul(self.page_size as u64);
            let length = self.length;
            return Err(Fault::Damage(format!("data.mdb has {length} bytes and should have {expected}")));
        }
        self.file.seek(SeekFrom::Start(from))?;
        self.file.read_exact(into)?;
        Ok(())
    }
}
