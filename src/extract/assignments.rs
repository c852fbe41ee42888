//! What is defined by assigning to it or by binding it, in languages that declare so.

use tree_sitter::Node;

use super::{
    definitions::{Definitions, Draft, MAX_ASSIGNMENT, byte_range},
    partial::Asked,
    signatures::{cut, squeeze},
};
use crate::{
    languages::roles::{Part, Role},
    record::{Span, Symbol, SymbolKind},
    text::{ByteRange, SourceText},
};

/// Lists in lists of targets, together, are looked into up to this number.
const MAX_LISTS: usize = 64;

/// A symbol of what is assigned to.
#[derive(Debug)]
pub(super) struct Assigned {
    symbol: usize,
    /// Only its name was seen so far.
    is_bare: bool,
}

/// One place where something is assigned to.
struct Target {
    name: ByteRange,
    whole: ByteRange,
    signature: Option<String>,
    kind: SymbolKind,
    is_typed: bool,
    is_bare: bool,
}

impl Definitions<'_> {
    /// Makes symbols of what an assignment is to: of plain names, outside of functions; of members of `self`, in methods;
    /// of members that a class lists.
    pub fn assign(&mut self, node: &Node<'_>, target: Node<'_>) {
        let table = self.language.table();
        let is_typed = table.meaning(node.kind_id()).is_some_and(|meaning| meaning.child(*node, Part::Type).is_some());
        let mut waiting = vec![target];
        let mut lists = 0;
        while let Some(target) = waiting.pop() {
            let meaning = table.meaning(target.kind_id());
            if meaning.is_some_and(|meaning| meaning.binds()) {
                lists += 1;
                if lists <= MAX_LISTS {
                    let mut cursor = target.walk();
                    let from = waiting.len();
                    waiting.extend(target.named_children(&mut cursor));
                    waiting[from..].reverse();
                }
                continue;
            }
            let role = table.role(target.kind_id());
            if role == Role::Name && !self.in_function() {
                self.assigned(node, byte_range(&target), self.scopes.len(), SymbolKind::Variable, is_typed);
            } else if role == Role::Member
                && let [.., class, method] = self.scopes.as_slice()
                && class.kind.is_type()
                && method.kind.is_function()
                && let Some(member) = self.own_member(target)
            {
                self.assigned(node, member, self.scopes.len() - 1, SymbolKind::Field, is_typed);
            }
        }
        if self.scopes.last().is_some_and(|scope| scope.kind.is_type()) {
            for listed in (self.language.hooks.listed_members)(*node, self.text.bytes()) {
                let name = byte_range(&listed);
                let (whole, kind) = (name.clone(), SymbolKind::Field);
                let target = Target { name, whole, signature: None, kind, is_typed: false, is_bare: true };
                self.assigned_at(node, target, self.scopes.len());
            }
        }
    }

    /// Makes a symbol of a name that is bound outside of functions (`for name in ...`); `false` if it has one.
    pub fn bind(&mut self, node: &Node<'_>, name: ByteRange) -> bool {
        let mut line = self.text.line_range(self.text.place(name.start).line);
        line.end = line.end.min(line.start + 4 * MAX_ASSIGNMENT as u32);
        let line = squeeze(&self.text.slice(line));
        let target = Target {
            signature: Some(cut(line.trim_end_matches([':', ' ']).to_owned(), MAX_ASSIGNMENT)),
            whole: name.clone(),
            name,
            kind: SymbolKind::Variable,
            is_typed: false,
            is_bare: false,
        };
        self.assigned_at(node, target, self.scopes.len())
    }

    /// `x` of `self.x`.
    fn own_member(&self, access: Node<'_>) -> Option<ByteRange> {
        let meaning = self.language.table().meaning(access.kind_id())?;
        let object = self.text.slice(byte_range(&meaning.child(access, Part::Object)?));
        let is_own = self.language.hooks.self_names.contains(&&*object);
        is_own.then(|| meaning.child(access, Part::Member)).flatten().map(|member| byte_range(&member))
    }

    fn assigned(&mut self, node: &Node<'_>, name: ByteRange, depth: usize, kind: SymbolKind, is_typed: bool) {
        let whole = byte_range(node);
        let signature = self.signature(node, whole.clone(), MAX_ASSIGNMENT);
        self.assigned_at(node, Target { name, whole, signature, kind, is_typed, is_bare: false }, depth);
    }

    /// A symbol for a name that is assigned to, in the scope that is `depth` deep; `false` if it had one. It stands where
    /// it is assigned first, or where it has a type.
    fn assigned_at(&mut self, node: &Node<'_>, target: Target, depth: usize) -> bool {
        let text = self.text;
        let bytes = text.raw(target.name.clone());
        let scope = depth.checked_sub(1).map(|index| self.scopes[index].symbol);
        if bytes == b"_" {
            return false;
        }
        self.found += 1;
        let is_elsewhere = scope.is_none() && self.assigned_elsewhere.contains(bytes);
        if scope.is_none() {
            let is_there = is_elsewhere || self.assigned.contains_key(&(scope, bytes));
            self.asked.push(Asked { name: target.name.clone(), kind: None, is_there });
        }
        if is_elsewhere {
            self.is_disturbed |= target.is_typed;
            return false;
        }
        if let Some(known) = self.assigned.get_mut(&(scope, bytes)) {
            if scope.is_none() && target.is_typed {
                self.changed.push(known.symbol);
            }
            let symbol = &mut self.symbols[known.symbol];
            if target.is_typed {
                move_to(symbol, text, target.whole, target.name.clone());
            }
            if (target.is_typed || known.is_bare) && !target.is_bare {
                symbol.signature = target.signature;
                known.is_bare = false;
            }
            return false;
        }
        let name = text.slice(target.name.clone()).into_owned();
        let definition = self.definition(*node, &name, target.kind);
        let kind = (self.language.hooks.kind_of)(&definition);
        let visibility = (self.language.hooks.visibility)(&definition);
        let (name_range, range, signature) = (target.name, target.whole, target.signature);
        let draft = Draft { name: &name, name_range, kind, range, signature, doc: None, visibility, owner: None };
        let symbol = self.push(draft, depth);
        self.assigned.insert((scope, bytes), Assigned { symbol, is_bare: target.is_bare });
        true
    }
}

/// A symbol stands at another place than was thought.
fn move_to(symbol: &mut Symbol, text: &SourceText, whole: ByteRange, name: ByteRange) {
    let (span, place) = (Span::of(text, whole), text.place(name.start));
    (symbol.byte_start, symbol.byte_end) = (span.byte_start, span.byte_end);
    (symbol.start_line, symbol.start_col) = (span.start_line, span.start_col);
    (symbol.end_line, symbol.end_col) = (span.end_line, span.end_col);
    (symbol.name_byte_start, symbol.name_byte_end) = (name.start, name.end);
    (symbol.name_line, symbol.name_col) = (place.line_1(), place.col);
}
