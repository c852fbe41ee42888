//! One page of a tree: its header, and the nodes in it.

use super::PAGE_HEADER;

const BRANCH: u16 = 0x01;
const LEAF: u16 = 0x02;
const OVERFLOW: u16 = 0x04;
const NODE_HEADER: usize = 8;
/// The value lies on pages of its own, whose number stands in its place.
pub(super) const BIG_VALUE: u16 = 0x01;

/// What a page should be, by its place in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Branch,
    Leaf,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'p> {
    pub(super) key: &'p [u8],
    /// Of a leaf: how long the value is. Of a branch: the lower half of the child's page number.
    pub(super) low: u32,
    /// Of a branch: the upper part of the child's page number.
    pub(super) flags: u16,
    /// What stands behind the key: a value, or the number of the page that it starts on.
    pub(super) payload: &'p [u8],
}

impl Node<'_> {
    pub(super) fn child(&self) -> u64 {
        u64::from(self.low) | u64::from(self.flags) << 32
    }
}

/// A page's nodes, in order. The error says what is wrong with the page.
pub(super) fn nodes(page: &[u8], number: u64, kind: Kind) -> Result<Vec<Node<'_>>, String> {
    if u64_at(page, 0) != number {
        return Err("bears another page's number".to_owned());
    }
    let (flag, name) = match kind {
        Kind::Branch => (BRANCH, "branch"),
        Kind::Leaf => (LEAF, "leaf"),
    };
    if u16_at(page, 10) != flag {
        return Err(format!("is no {name} page"));
    }
    let (lower, upper) = (usize::from(u16_at(page, 12)), usize::from(u16_at(page, 14)));
    if lower < PAGE_HEADER + 2 || lower % 2 != 0 || lower > upper || upper > page.len() {
        return Err(format!("has its free space from {lower} to {upper}"));
    }
    let mut found = Vec::with_capacity((lower - PAGE_HEADER) / 2);
    let mut places = Vec::with_capacity(found.capacity());
    for slot in (PAGE_HEADER..lower).step_by(2) {
        let at = usize::from(u16_at(page, slot));
        if at < upper || at + NODE_HEADER > page.len() {
            return Err(format!("has a node at {at}"));
        }
        let low = u32::from(u16_at(page, at)) | u32::from(u16_at(page, at + 2)) << 16;
        let (flags, key_length) = (u16_at(page, at + 4), usize::from(u16_at(page, at + 6)));
        let payload = match kind {
            Kind::Branch => 0,
            Kind::Leaf if flags == BIG_VALUE => 8,
            Kind::Leaf if flags == 0 => low as usize,
            Kind::Leaf => return Err(format!("has a node with the flags {flags:#x}")),
        };
        let key = at + NODE_HEADER;
        let end = key.saturating_add(key_length).saturating_add(payload);
        if end > page.len() {
            return Err(format!("has a node from {at} to {end}"));
        }
        places.push((at, end.next_multiple_of(2)));
        found.push(Node { key: &page[key..key + key_length], low, flags, payload: &page[key + key_length..end] });
    }
    // The nodes fill what is behind the free space, without gaps.
    places.sort_unstable();
    let mut end = upper;
    for (from, to) in places {
        if from != end {
            return Err(format!("has no node at {end}"));
        }
        end = to;
    }
    if end != page.len() {
        return Err(format!("has no node at {end}"));
    }
    Ok(found)
}

/// How many pages a long value takes, by the first one's header.
pub(super) fn overflow_pages(page: &[u8], number: u64) -> Result<u64, String> {
    if u64_at(page, 0) != number {
        return Err("bears another page's number".to_owned());
    }
    if u16_at(page, 10) != OVERFLOW {
        return Err("is no overflow page".to_owned());
    }
    Ok(u32::from_ne_bytes(page[12..16].try_into().expect("four bytes")).into())
}

pub(super) fn u16_at(page: &[u8], at: usize) -> u16 {
    u16::from_ne_bytes([page[at], page[at + 1]])
}

pub(super) fn u64_at(page: &[u8], at: usize) -> u64 {
    u64::from_ne_bytes(page[at..at + 8].try_into().expect("eight bytes"))
}
