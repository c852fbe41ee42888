//! The walk over all of a text: the roots of its pieces are one.

use tree_sitter::{Node, TreeCursor};

use super::{
    definitions::Definitions,
    lines::LineMarks,
    names::Names,
    walk::{Harvest, Walk},
};
use crate::{
    bind::Binder,
    languages::roles::Here,
    parse::{Parsed, Piece},
};

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
        }
    }

    /// The roots of all pieces are one: the first, as far as the last.
    pub fn enter_root(&mut self, parsed: &Parsed) {
        let cursor = parsed.pieces()[0].tree.walk();
        self.enter(Here { cursor: &cursor, around: &[] });
        self.bind(&cursor);
        let range = parsed.range();
        if let Some(root) = self.open.first_mut() {
            (root.start, root.end) = (range.start, range.end);
        }
        if let Some(root) = self.harvest.nodes.first_mut() {
            (root.byte_start, root.byte_end) = (range.start, range.end);
        }
    }

    pub fn leave_root(&mut self, parsed: &Parsed) {
        self.bound(&parsed.pieces()[0].tree.walk());
        self.leave();
    }

    /// What stood at the end of another piece belongs to nothing in this one.
    pub fn enter_piece(&mut self, piece: &Piece) {
        self.harvest.definitions.leads.clear();
        let root = piece.tree.root_node();
        // The first was entered.
        if piece.start > 0 && root.is_error() {
            self.fault(&root, root.start_byte() as u32..root.end_byte() as u32);
        }
    }

    /// The node that a cursor is at, and all in it.
    pub fn pass<'c>(&mut self, cursor: &mut TreeCursor<'c>, around: &mut Vec<Node<'c>>) {
        let top = around.len();
        'down: loop {
            self.enter(Here { cursor, around });
            let node = cursor.node();
            self.bind(cursor);
            if cursor.goto_first_child() {
                around.push(node);
                continue;
            }
            loop {
                self.bound(cursor);
                self.leave();
                if around.len() == top {
                    return;
                }
                if cursor.goto_next_sibling() {
                    continue 'down;
                }
                cursor.goto_parent();
                around.pop();
            }
        }
    }
}
