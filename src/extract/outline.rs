//! The symbols of a file for its outline, part by part: what has not changed need not be walked again.

use std::{cell::Cell, ops::Range, sync::Arc};

use tree_sitter::Node;
use xxhash_rust::xxh3::Xxh3;

use super::{Origin, definitions::Definitions, walk::Walk};
use crate::{
    languages::roles::Role,
    parse::Parsed,
    record::{Source, Symbol, SymbolKind},
    text::ByteRange,
};

/// A definition at the top level with what stands before it and belongs to it, or another statement.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The same for all units with the same symbols at the same distance from `start`; none where the symbols depend on
    /// what else is in the file.
    pub key: Option<u128>,
    /// The start of the line that it begins in: byte offset and number, from 0.
    pub start: u32,
    pub line: u32,
    /// In source order, each behind what contains it; none where they are known by the key.
    pub symbols: Option<Vec<Symbol>>,
}

/// What a unit that is known defines: ranges of names, counted from [`Unit::start`].
pub type Names = [(Range<u32>, SymbolKind)];

/// The units of a text in source order. Together they have the symbols that [`super::extract`] finds, but for those that no
/// outline lists, and for names and ids that depend on where the file is.
pub fn outline<'k>(parsed: &Parsed, known: impl Fn(u128) -> Option<&'k Names>) -> Vec<Unit> {
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
    let table = parsed.language().table();
    let mut walk = Walk::new(parsed, Definitions::new(text, parsed.language(), &origin));
    walk.enter_root(parsed);
    // Of each unit that was walked, which of the symbols are its.
    let mut units: Vec<(Unit, Option<Range<usize>>)> = Vec::new();
    let mut before = 0;
    for piece in parsed.pieces() {
        walk.enter_piece(piece);
        let mut cursor = piece.tree.walk();
        let mut around = vec![cursor.node()];
        let mut is_there = cursor.goto_first_child();
        while is_there {
            let first = cursor.clone();
            let mut nodes: Vec<Node<'_>> = Vec::new();
            while is_there {
                let node = cursor.node();
                nodes.push(node);
                is_there = cursor.goto_next_sibling();
                if !matches!(table.role(node.kind_id()), Role::Comment | Role::Attribute) {
                    break;
                }
            }
            let (start, end) = (nodes[0].start_byte() as u32, nodes[nodes.len() - 1].end_byte() as u32);
            let line = text.place(start).line;
            let last_line = text.place(end).line;
            let lines = text.lines().line_start(line)..text.lines().line_start(last_line + 1);
            let makes = parsed.expansions().iter().any(|made| (before..lines.end).contains(&made.range.start));
            before = end;
            let is_sound = !makes && !nodes.iter().any(Node::has_error);
            let key = is_sound.then(|| key(parsed, &lines, &nodes));
            let mut unit = Unit { key, start: lines.start, line, symbols: None };
            if let Some(names) = key.and_then(&known) {
                for (name, kind) in names {
                    walk.harvest.definitions.learn(name.start + lines.start..name.end + lines.start, *kind);
                }
                units.push((unit, None));
                continue;
            }
            let from = walk.harvest.definitions.symbols.len();
            walk.harvest.definitions.asked_file = Cell::new(false);
            walk.harvest.definitions.leads.clear();
            let mut inside = first;
            for at in 0..nodes.len() {
                if at > 0 {
                    inside.goto_next_sibling();
                }
                walk.pass(&mut inside, &mut around);
            }
            if walk.harvest.definitions.asked_file.get() {
                unit.key = None;
            }
            units.push((unit, Some(from..walk.harvest.definitions.symbols.len())));
        }
    }
    let from = walk.harvest.definitions.symbols.len();
    walk.leave_root(parsed);
    let mut symbols: Vec<Option<Symbol>> = walk.harvest.definitions.symbols.into_iter().map(Some).collect();
    // What macros make behind the last node.
    let rest = from..symbols.len();
    if !rest.is_empty() {
        let (start, line) = (0, 0);
        units.push((Unit { key: None, start, line, symbols: None }, Some(rest)));
    }
    let take = |(mut unit, own): (Unit, Option<Range<usize>>)| {
        unit.symbols = own.map(|own| symbols[own].iter_mut().filter_map(Option::take).collect());
        unit
    };
    units.into_iter().map(take).collect()
}

/// What is in whole lines, and how it parses: without faults, at the top level, the same text is the same tree; where
/// the nodes begin and end and how many there are is told besides.
fn key(parsed: &Parsed, lines: &ByteRange, nodes: &[Node<'_>]) -> u128 {
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
