//! Where a definition is used.

use std::sync::Arc;

use serde::Serialize;

use super::{
    View,
    definition::{Subject, subjects},
};
use crate::{
    kv::StoreError,
    record::{BindingKind, Confidence, Expr, Facts, ReferenceKind, SymbolId},
};

/// A place that names a definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Use {
    pub path: Arc<str>,
    pub byte_start: u32,
    pub byte_end: u32,
    /// 1-based.
    pub line: u32,
    pub col: u32,
    pub kind: ReferenceKind,
    pub confidence: Confidence,
    /// The innermost function or type around it.
    pub enclosing: Option<SymbolId>,
    /// It is the definition itself.
    pub is_definition: bool,
}

/// All uses of what the name at a byte of a file means, by path and place. `None` where there is no name, or nothing is known
/// of it.
pub fn references(
    view: &View<'_>,
    path: &str,
    byte: u32,
    with_definition: bool,
) -> Result<Option<Vec<Use>>, StoreError> {
    let Some(facts) = view.facts(path)? else { return Ok(None) };
    let Some((_, subjects)) = subjects(view, path, &facts, byte)? else { return Ok(None) };
    let mut found = Vec::new();
    let mut any = false;
    for subject in subjects {
        match subject {
            Subject::Local(binding) => {
                any = true;
                of_binding(path, &facts, binding, &mut found);
            }
            Subject::Symbol(id, _) => {
                any = true;
                of_symbol(view, id, &mut found)?;
            }
            Subject::Other(..) => {}
        }
    }
    if !with_definition {
        found.retain(|one| !one.is_definition);
    }
    found.sort();
    found.dedup_by(|a, b| a.path == b.path && a.byte_start == b.byte_start);
    Ok(any.then_some(found))
}

fn of_binding(path: &str, facts: &Facts, binding: u32, found: &mut Vec<Use>) {
    let path: Arc<str> = path.into();
    let bound = &facts.bindings[binding as usize];
    let length = facts.name(bound.name).len() as u32;
    let mut push = |start: u32, length: u32, kind, within: u32, is_definition| {
        let (line, col) = facts.place(start);
        found.push(Use {
            path: path.clone(),
            byte_start: start,
            byte_end: start + length,
            line,
            col,
            kind,
            confidence: Confidence::Exact,
            enclosing: facts.symbols.get(within as usize).map(|symbol| symbol.id),
            is_definition,
        });
    };
    if bound.kind != BindingKind::Import {
        push(bound.start, length, ReferenceKind::Write, crate::record::NONE, true);
    }
    for token in &facts.tokens {
        if facts.expr(token.means) == Expr::Bound(binding) {
            push(token.start, facts.name(token.name).len() as u32, token.kind, token.within, false);
        }
    }
}

fn of_symbol(view: &View<'_>, id: SymbolId, found: &mut Vec<Use>) -> Result<(), StoreError> {
    if let Some(symbol) = view.symbol(id)? {
        found.push(Use {
            path: symbol.path.clone(),
            byte_start: symbol.name_byte_start,
            byte_end: symbol.name_byte_end,
            line: symbol.name_line,
            col: symbol.name_col,
            kind: ReferenceKind::Write,
            confidence: Confidence::Exact,
            enclosing: symbol.container,
            is_definition: true,
        });
    }
    for (file, references) in view.references(id)? {
        let Some(path) = view.path_of(file)? else { continue };
        found.extend(references.into_iter().map(|reference| Use {
            path: path.clone(),
            byte_start: reference.byte_start,
            byte_end: reference.byte_end,
            line: reference.start_line,
            col: reference.start_col,
            kind: reference.kind,
            confidence: reference.confidence,
            enclosing: reference.enclosing,
            is_definition: false,
        }));
    }
    Ok(())
}
