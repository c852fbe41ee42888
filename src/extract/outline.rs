//! The symbols of a file for its outline, part by part: what has not changed need not be walked again.
//!
//! A small piece of the text (`parse/pieces.rs`) is a unit. Of a large one each definition or statement at the top level
//! is, with what stands before it and belongs to it.

use std::{ops::Range, sync::Arc};

use rustc_hash::FxHashSet;
use tree_sitter::{Node, TreeCursor};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::{Origin, definitions::Definitions, partial::Asked, walk::Walk};
use crate::{
    languages::roles::Role,
    parse::{Parsed, Piece},
    record::{Source, Symbol, SymbolKind},
    text::ByteRange,
};

/// A part of the text: whole lines at the top level.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The same for all units with the same symbols at the same distance from `start`, if what was asked about the file is
    /// answered alike; none where something else in the file decides on the symbols.
    pub key: Option<u128>,
    /// The start of the line that it begins in: byte offset and number, from 0.
    pub start: u32,
    pub line: u32,
    /// What was asked, with names counted from `start`.
    pub asked: Vec<Asked>,
    /// In source order, each behind what contains it; none where they are known by the key.
    pub symbols: Option<Vec<Symbol>>,
}

/// What a unit that is known defines: ranges of names, counted from [`Unit::start`].
pub type Names = [(Range<u32>, SymbolKind)];

/// What is known of a unit.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    pub names: &'k Names,
    pub asked: &'k [Asked],
}

/// Bodies of functions that define nothing: of what is walked again they need not be.
#[derive(Debug, Default)]
pub struct Bare(FxHashSet<u128>);

/// When so many are known, they are forgotten: most are of texts that are gone.
const MAX_BARE: usize = 1 << 15;
/// In bytes: a larger piece is looked at node by node.
const LARGE: u32 = 8 << 10;

/// The units of a text in source order. Together they have the symbols that [`super::extract`] finds, but for those that no
/// outline lists (closures may be left out), and for names and ids that depend on where the file is.
pub fn outline<'k>(parsed: &Parsed, known: impl Fn(u128) -> Option<Known<'k>>, bare: &mut Bare) -> Vec<Unit> {
    // A name that got a type may stand elsewhere in a unit that was known.
    units(parsed, known, bare).or_else(|| units(parsed, |_| None, bare)).unwrap_or_default()
}

/// `None` when what is known does not hold any more.
fn units<'k>(parsed: &Parsed, known: impl Fn(u128) -> Option<Known<'k>>, bare: &mut Bare) -> Option<Vec<Unit>> {
    let text = &**parsed.text();
    let origin = Origin {
        path: Arc::from(""),
        module: Arc::from(""),
        salt: 0,
        source: Source::Buffer,
        session: None,
        content_hash: String::new(),
        size: u64::from(text.len()),
        modified_at: None,
        indexed_at: String::new(),
    };
    let mut walk = Walk::new(parsed, Definitions::new(text, parsed.language(), &origin));
    walk.is_outline = true;
    if bare.0.len() > MAX_BARE {
        bare.0.clear();
    }
    walk.bare = std::mem::take(&mut bare.0);
    walk.enter_root(parsed);
    let mut outliner = Outliner { parsed, walk, known, units: Vec::new() };
    let pieces = parsed.pieces();
    for (at, piece) in pieces.iter().enumerate() {
        outliner.walk.enter_piece(piece);
        let end = pieces.get(at + 1).map_or(text.len(), |next| next.start);
        match piece.content {
            Some(content) => outliner.piece(piece, piece.start..end, content),
            None => outliner.cut(piece, piece.start..end),
        }
    }
    bare.0 = std::mem::take(&mut outliner.walk.bare);
    outliner.finish()
}

struct Outliner<'t, F> {
    parsed: &'t Parsed,
    walk: Walk<'t, 't>,
    known: F,
    /// Of each unit that was walked, which of the symbols are its.
    units: Vec<(Unit, Option<Range<usize>>)>,
}

impl<'t, 'k, F: Fn(u128) -> Option<Known<'k>>> Outliner<'t, F> {
    /// A piece whose tree follows from what is in it.
    fn piece(&mut self, piece: &'t Piece, range: ByteRange, content: u128) {
        let key = self.section_key(&range, content, piece.tree.root_node().has_error());
        if self.takes(key, (range.start, self.parsed.text().place(range.start).line)) {
            return;
        }
        let mut cursor = piece.tree.walk();
        let mut around = vec![cursor.node()];
        if cursor.goto_first_child() {
            self.nodes(&mut cursor, &mut around, range, key);
        }
    }

    /// A tree that is not one of a piece that was cut by its lines: its nodes go by where they would be cut. So what was
    /// found of a text that was parsed in one piece is known when it is parsed in several.
    fn cut(&mut self, piece: &'t Piece, range: ByteRange) {
        let mut cursor = piece.tree.walk();
        let mut around = vec![cursor.node()];
        if !cursor.goto_first_child() {
            return;
        }
        let is_sound = !piece.tree.root_node().has_error();
        let cuts = self.parsed.cuts();
        let mut ends = cuts.iter().map(|&cut| cut as u32).filter(|cut| range.contains(cut) && *cut > range.start);
        let mut start = range.start;
        while start < range.end {
            let mut end = ends.next().unwrap_or(range.end);
            // What belongs to it: nothing may reach beyond its end, or it would have been cut wrongly.
            let mut ahead = cursor.clone();
            let mut is_there = ahead.node().start_byte() < end as usize;
            let (mut is_cut_well, mut last) = (true, ahead.node());
            while is_there {
                last = ahead.node();
                while last.end_byte() > end as usize && end < range.end {
                    is_cut_well = false;
                    end = ends.next().unwrap_or(range.end);
                }
                is_there = ahead.goto_next_sibling() && ahead.node().start_byte() < end as usize;
            }
            let section = start..end;
            start = end;
            if cursor.node().start_byte() >= section.end as usize {
                continue;
            }
            self.walk.harvest.definitions.leads.clear();
            let content = || xxh3_128(&self.parsed.read()[section.start as usize..section.end as usize]);
            let key = (is_sound && is_cut_well).then(|| self.section_key(&section, content(), false)).flatten();
            if !self.takes(key, (section.start, self.parsed.text().place(section.start).line)) {
                self.nodes(&mut cursor, &mut around, section, key);
            }
            // At the last node of the section, or still at its first.
            while cursor.node() != last && cursor.goto_next_sibling() {}
            if !cursor.goto_next_sibling() {
                return;
            }
        }
    }

    /// The unit of a key, if it is known and nothing of what it depends on has changed.
    fn takes(&mut self, key: Option<u128>, (start, line): (u32, u32)) -> bool {
        let Some(known) = key.and_then(&self.known) else { return false };
        let definitions = &mut self.walk.harvest.definitions;
        let asked = |asked: &Asked| Asked { name: asked.name.start + start..asked.name.end + start, ..asked.clone() };
        if !known.asked.iter().all(|one| definitions.answers_alike(&asked(one))) {
            return false;
        }
        for (name, kind) in known.names {
            definitions.learn(name.start + start..name.end + start, *kind);
        }
        for one in known.asked.iter().filter(|one| one.kind.is_none()) {
            definitions.learn_assigned(asked(one).name);
        }
        self.units.push((Unit { key, start, line, asked: known.asked.to_vec(), symbols: None }, None));
        true
    }

    /// The nodes that begin in a section, from that at the cursor; it is left at the last of them.
    fn nodes(&mut self, cursor: &mut TreeCursor<'t>, around: &mut Vec<Node<'t>>, range: ByteRange, key: Option<u128>) {
        if let Some(key) = key {
            return self.whole_section(cursor, around, range, key);
        }
        let table = self.parsed.language().table();
        let text = self.parsed.text();
        let mut before = range.start;
        let mut is_there = true;
        while is_there {
            let mut first = cursor.clone();
            let mut nodes: Vec<Node<'_>> = Vec::new();
            loop {
                let node = cursor.node();
                nodes.push(node);
                is_there = has_next(cursor, &range);
                if !is_there || !matches!(table.role(node.kind_id()), Role::Comment | Role::Attribute) {
                    break;
                }
                cursor.goto_next_sibling();
            }
            let (start, end) = (nodes[0].start_byte() as u32, nodes[nodes.len() - 1].end_byte() as u32);
            let line = text.place(start).line;
            let last_line = text.place(end).line;
            let lines = text.lines().line_start(line)..text.lines().line_start(last_line + 1);
            let is_sound = !self.makes(before..lines.end) && !nodes.iter().any(Node::has_error);
            before = end;
            let key = is_sound.then(|| key_of(self.parsed, &lines, &nodes));
            if !self.takes(key, (lines.start, line)) {
                let from = self.begin_unit();
                for at in 0..nodes.len() {
                    if at > 0 {
                        first.goto_next_sibling();
                    }
                    self.walk.pass(&mut first, around);
                }
                self.end_unit(key, (lines.start, line), from);
            }
            if is_there {
                cursor.goto_next_sibling();
            }
        }
    }

    fn whole_section(&mut self, cursor: &mut TreeCursor<'t>, around: &mut Vec<Node<'t>>, range: ByteRange, key: u128) {
        let line = self.parsed.text().place(range.start).line;
        let from = self.begin_unit();
        loop {
            self.walk.pass(cursor, around);
            if !has_next(cursor, &range) {
                break;
            }
            cursor.goto_next_sibling();
        }
        self.end_unit(Some(key), (range.start, line), from);
    }

    fn begin_unit(&mut self) -> usize {
        let definitions = &mut self.walk.harvest.definitions;
        definitions.asked.clear();
        definitions.leads.clear();
        definitions.symbols.len()
    }

    fn end_unit(&mut self, mut key: Option<u128>, (start, line): (u32, u32), from: usize) {
        let definitions = &mut self.walk.harvest.definitions;
        // What it has changed in others is found when both are walked.
        for changed in std::mem::take(&mut definitions.changed).into_iter().filter(|changed| *changed < from) {
            key = None;
            let owner =
                |(_, own): &&mut (Unit, Option<Range<usize>>)| own.as_ref().is_some_and(|own| own.contains(&changed));
            if let Some((unit, _)) = self.units.iter_mut().find(owner) {
                unit.key = None;
            }
        }
        // Of several questions about one thing the first is about what was before the unit.
        let mut seen = FxHashSet::default();
        let text = self.parsed.text();
        let asked = std::mem::take(&mut definitions.asked).into_iter();
        let asked = asked.filter(|asked| seen.insert((text.raw(asked.name.clone()), asked.kind)));
        let from_start = |name: ByteRange| name.start.wrapping_sub(start)..name.end.wrapping_sub(start);
        let asked = asked.map(|asked| Asked { name: from_start(asked.name), ..asked }).collect();
        let own = from..definitions.symbols.len();
        self.units.push((Unit { key, start, line, asked, symbols: None }, Some(own)));
    }

    /// Macros make definitions there.
    fn makes(&self, range: ByteRange) -> bool {
        let all = self.parsed.expansions();
        let first = all.partition_point(|made| made.range.start < range.start);
        all.get(first).is_some_and(|made| made.range.start < range.end)
    }

    /// None of what is large, or does not follow from the text alone.
    fn section_key(&self, range: &ByteRange, content: u128, has_fault: bool) -> Option<u128> {
        // One with a fault is as it is because of all that is in it.
        let is_large = range.end - range.start >= LARGE && !has_fault;
        if is_large || self.makes(range.clone()) {
            return None;
        }
        let mut hash = Xxh3::new();
        hash.update(&content.to_le_bytes());
        hash.update(&[u8::from(has_fault)]);
        let bytes = self.parsed.text().raw(range.clone());
        if self.parsed.read().get(range.start as usize..range.end as usize) != Some(bytes) {
            hash.update(bytes);
        }
        Some(hash.digest128())
    }

    fn finish(mut self) -> Option<Vec<Unit>> {
        if self.walk.harvest.definitions.is_disturbed {
            return None;
        }
        let from = self.walk.harvest.definitions.symbols.len();
        self.walk.leave_root(self.parsed);
        let mut symbols: Vec<Option<Symbol>> = self.walk.harvest.definitions.symbols.into_iter().map(Some).collect();
        // What macros make behind the last node.
        let rest = from..symbols.len();
        if !rest.is_empty() {
            self.units.push((Unit { key: None, start: 0, line: 0, asked: Vec::new(), symbols: None }, Some(rest)));
        }
        let take = |(mut unit, own): (Unit, Option<Range<usize>>)| {
            unit.symbols = own.map(|own| symbols[own].iter_mut().filter_map(Option::take).collect());
            unit
        };
        Some(self.units.into_iter().map(take).collect())
    }
}

/// There is a further node that begins in a range.
fn has_next(cursor: &TreeCursor<'_>, range: &ByteRange) -> bool {
    let mut next = cursor.clone();
    next.goto_next_sibling() && next.node().start_byte() < range.end as usize
}

/// What is in whole lines, and how it parses: without faults, at the top level, the same text is the same tree; where
/// the nodes begin and end and how many there are is told besides.
fn key_of(parsed: &Parsed, lines: &ByteRange, nodes: &[Node<'_>]) -> u128 {
    let mut hash = Xxh3::new();
    let bytes = parsed.text().raw(lines.clone());
    hash.update(bytes);
    let read = &parsed.read()[lines.start as usize..(lines.end as usize).min(parsed.read().len())];
    if read != bytes {
        hash.update(read);
    }
    for node in nodes {
        hash.update(&node.kind_id().to_le_bytes());
        for number in
            [node.start_byte() - lines.start as usize, node.end_byte() - lines.start as usize, node.descendant_count()]
        {
            hash.update(&number.to_le_bytes());
        }
    }
    hash.digest128()
}
