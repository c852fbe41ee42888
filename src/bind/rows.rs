//! The table of a language: which nodes open scopes, and who handles what a node comes to.

use rustc_hash::FxHashMap;

use super::{Binder, Entering, Handler, Leaving, ScopeKind, Val};
use crate::record::ReferenceKind;

/// When a node opens a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    Nothing,
    /// With its first child.
    Here(ScopeKind),
    /// With the child of this field, up to its own end.
    With(&'static str, ScopeKind),
}

/// What a node kind means for names.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub kind: &'static str,
    pub opens: Opens,
    pub enter: Option<Entering>,
    pub leave: Option<Handler>,
}

/// A row for a node that comes to something.
pub const fn on(kind: &'static str, leave: Handler) -> Row {
    Row { kind, opens: Opens::Nothing, enter: None, leave: Some(leave) }
}

/// A row for a node that opens a scope, too.
pub const fn scoped(kind: &'static str, opens: Opens, leave: Handler) -> Row {
    Row { kind, opens, enter: None, leave: Some(leave) }
}

/// A row for a node that opens a scope and is nothing else.
pub const fn scope(kind: &'static str, opens: Opens) -> Row {
    Row { kind, opens, enter: None, leave: None }
}

/// A row with something to do when the node is entered.
pub const fn entering(row: Row, enter: Entering) -> Row {
    Row { enter: Some(enter), ..row }
}

/// An identifier: a use of its name, until something else is known.
pub fn identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_token(at.start..at.end, ReferenceKind::Read)
}

/// An identifier in a type's place.
pub fn type_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_token(at.start..at.end, ReferenceKind::Type)
}

/// Comes to what its only or last child comes to (parentheses and the like).
pub fn same(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.kids(at).last().map_or(Val::None, |child| child.val)
}

/// A language's rows by the grammar's ids.
#[derive(Debug)]
pub struct Rows {
    pub(super) rows: Vec<Option<&'static Row>>,
    pub(super) fields: Vec<&'static str>,
    pub(super) kinds: Vec<&'static str>,
    /// Kinds that the grammar does not know.
    pub unknown: Vec<&'static str>,
}

impl Rows {
    pub fn new(grammar: &tree_sitter::Language, rows: &'static [Row]) -> Self {
        let count = grammar.node_kind_count() as u16;
        let leak = |name: &str| -> &'static str { Box::leak(name.to_owned().into_boxed_str()) };
        let mut by_kind: FxHashMap<&str, &'static Row> = FxHashMap::default();
        for row in rows {
            by_kind.insert(row.kind, row);
        }
        let mut known: Vec<&str> = Vec::new();
        let found = (0..count)
            .map(|id| {
                let name = grammar.node_kind_for_id(id).filter(|_| grammar.node_kind_is_named(id))?;
                let row = by_kind.get(name).copied()?;
                known.push(row.kind);
                Some(row)
            })
            .collect();
        let fields =
            (0..=grammar.field_count() as u16).map(|id| grammar.field_name_for_id(id).map_or("", leak)).collect();
        let kinds = (0..count).map(|id| grammar.node_kind_for_id(id).map_or("", leak)).collect();
        let unknown = rows.iter().map(|row| row.kind).filter(|kind| !known.contains(kind)).collect();
        Rows { rows: found, fields, kinds, unknown }
    }
}
