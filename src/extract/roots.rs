//! The walk over all of a text: the roots of its pieces are one.

use rustc_hash::FxHashSet;
use tree_sitter::{Node, TreeCursor};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::{
    definitions::Definitions,
    lines::LineMarks,
    names::Names,
    walk::{Harvest, Walk},
};
use crate::{
    bind::Binder,
    languages::roles::{Here, Part},
    parse::{Parsed, Piece},
};

/// In bytes: what is in smaller ones is not remembered.
const LEAST: usize = 64;

pub(super) fn walk<'t>(parsed: &'t Parsed, definitions: Definitions<'t>) -> Harvest<'t> {
    let mut walk = Walk::new(parsed, definitions);
    walk.enter_root(parsed);
    for piece in parsed.pieces() {
        walk.enter_piece(piece);
        let mut cursor = piece.tree.walk();
        let mut around = vec![cursor.node()];
        let mut is_there = cursor.goto_first_child();
        while is_there {
            walk.pass(&mut cursor, &mut around);
            is_there = cursor.goto_next_sibling();
        }
    }
    walk.leave_root(parsed);
    walk.harvest
}

impl<'t> Walk<'t, 't> {
    pub fn new(parsed: &'t Parsed, definitions: Definitions<'t>) -> Self {
        let (text, language) = (&**parsed.text(), parsed.language());
        let table = language.table();
        let harvest = Harvest {
            nodes: Vec::new(),
            definitions,
            functions: Vec::new(),
            names: Names::default(),
            lines: LineMarks::new(text.lines()),
            imports: Vec::new(),
            exports: Vec::new(),
            binder: Binder::new(&table.binding, text.bytes()),
            faults: Vec::new(),
        };
        Walk {
            hidden: parsed.hidden(),
            expansions: parsed.expansions(),
            text,
            language,
            table,
            open: Vec::new(),
            functions: Vec::new(),
            harvest,
            has_faults: !parsed.is_whole(),
            is_outline: false,
            bare: FxHashSet::default(),
            read: parsed.read(),
        }
    }

    /// The roots of all pieces are one: the first, as far as the last.
    pub fn enter_root(&mut self, parsed: &Parsed) {
        let cursor = parsed.pieces()[0].tree.walk();
        let here = Here { cursor: &cursor, node: cursor.node(), around: &[] };
        self.enter(here);
        self.bind(here);
        let range = parsed.range();
        if let Some(root) = self.open.first_mut() {
            (root.start, root.end) = (range.start, range.end);
        }
        if let Some(root) = self.harvest.nodes.first_mut() {
            (root.byte_start, root.byte_end) = (range.start, range.end);
        }
    }

    pub fn leave_root(&mut self, parsed: &Parsed) {
        self.bound(parsed.pieces()[0].tree.root_node());
        self.leave();
    }

    /// What stood at the end of another piece belongs to nothing in this one.
    pub fn enter_piece(&mut self, piece: &Piece) {
        self.harvest.definitions.leads.clear();
        let root = piece.tree.root_node();
        // The first was entered.
        if piece.start > 0 && root.is_error() && !self.is_outline {
            self.fault(&root, root.start_byte() as u32..root.end_byte() as u32);
        }
    }

    /// The node that a cursor is at, and all in it.
    pub fn pass<'c>(&mut self, cursor: &mut TreeCursor<'c>, around: &mut Vec<Node<'c>>) {
        let top = around.len();
        // Bodies that the walk is in: how deep, what is in it, and what was found before.
        let mut bodies: Vec<(usize, u128, u32)> = Vec::new();
        'down: loop {
            let node = cursor.node();
            let has_children = node.child_count() > 0;
            let mut left = None;
            if has_children || !self.token(cursor, node) {
                let here = Here { cursor, node, around };
                self.enter(here);
                self.bind(here);
                let body = self.body(&node);
                let is_bare = body.is_some_and(|body| self.bare.contains(&body));
                if !is_bare && has_children && cursor.goto_first_child() {
                    bodies.extend(body.map(|body| (around.len(), body, self.harvest.definitions.found)));
                    around.push(node);
                    continue;
                }
                left = Some(node);
            }
            loop {
                if let Some(node) = left {
                    self.bound(node);
                    self.leave();
                    if let Some((_, body, found)) = bodies.pop_if(|(depth, ..)| *depth == around.len())
                        && found == self.harvest.definitions.found
                    {
                        self.bare.insert(body);
                    }
                }
                if around.len() == top {
                    return;
                }
                if cursor.goto_next_sibling() {
                    continue 'down;
                }
                cursor.goto_parent();
                left = around.pop();
            }
        }
    }

    /// Of an outline's walk: what is in the node just entered, if it is a body that is worth remembering.
    fn body(&self, node: &Node<'_>) -> Option<u128> {
        let is_body = self.is_outline && self.open.last().is_some_and(|open| open.part == Some(Part::Body));
        let range = node.byte_range();
        if !is_body || range.len() < LEAST || self.functions.is_empty() || node.has_error() {
            return None;
        }
        // What is around decides on what is a member there.
        let around = self.harvest.definitions.around();
        let shape = (node.descendant_count() as u64) << 32 | u64::from(around) << 16 | u64::from(node.kind_id());
        Some(xxh3_128_with_seed(self.read.get(range)?, shape))
    }
}
