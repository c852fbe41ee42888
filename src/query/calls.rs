//! Who calls a function, and what it calls.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::{
    View,
    definition::{Subject, subjects},
};
use crate::{
    kv::StoreError,
    record::{Confidence, Expr, ReferenceKind, Symbol, SymbolId, Target},
};

/// A function at one end of calls, and the places of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// Who calls, or what is called. `None` for code outside of any function or type.
    pub symbol: Option<Symbol>,
    /// The file that the calls stand in.
    pub path: Arc<str>,
    pub calls: Vec<Call>,
}

/// The place of a call: the name in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    pub byte_start: u32,
    pub byte_end: u32,
    /// 1-based.
    pub line: u32,
    pub col: u32,
    pub confidence: Confidence,
}

/// The functions and types that the name at a byte of a file may mean.
pub fn callable(view: &View<'_>, path: &str, byte: u32) -> Result<Vec<Symbol>, StoreError> {
    let Some(facts) = view.facts(path)? else { return Ok(Vec::new()) };
    let Some((_, subjects)) = subjects(view, path, &facts, byte)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for subject in subjects {
        if let Subject::Symbol(id, _) = subject
            && let Some(symbol) = view.symbol(id)?
        {
            found.push(symbol.into_owned());
        }
    }
    Ok(found)
}

/// Who calls a symbol, by path and place.
pub fn callers(view: &View<'_>, symbol: SymbolId) -> Result<Vec<Calls>, StoreError> {
    let mut found = Vec::new();
    for (file, references) in view.references(symbol)? {
        let Some(path) = view.path_of(file)? else { continue };
        let mut by_caller: BTreeMap<Option<SymbolId>, Vec<Call>> = BTreeMap::new();
        for reference in references.iter().filter(|reference| reference.kind == ReferenceKind::Call) {
            by_caller.entry(reference.enclosing).or_default().push(Call {
                byte_start: reference.byte_start,
                byte_end: reference.byte_end,
                line: reference.start_line,
                col: reference.start_col,
                confidence: reference.confidence,
            });
        }
        for (caller, calls) in by_caller {
            let symbol = match caller {
                Some(id) => view.symbol(id)?.map(std::borrow::Cow::into_owned),
                None => None,
            };
            found.push(Calls { symbol, path: path.clone(), calls });
        }
    }
    found.sort_by(|a, b| {
        let place = |calls: &Calls| calls.calls.first().map(|call| call.byte_start);
        a.path.cmp(&b.path).then(place(a).cmp(&place(b)))
    });
    Ok(found)
}

/// What a function calls of the workspace, in the order of the first calls. What is called in functions inside of it counts
/// for these where they are named, and for it where they are not.
pub fn callees(view: &View<'_>, function: &Symbol) -> Result<Vec<Calls>, StoreError> {
    let path = &function.path;
    let Some(facts) = view.facts(path)? else { return Ok(Vec::new()) };
    let Some(at) = facts.symbols.iter().position(|symbol| symbol.id == function.symbol_id) else {
        return Ok(Vec::new());
    };
    let links = view.links(path)?;
    let is_in = |mut within: u32| loop {
        if within == at as u32 {
            return true;
        }
        match facts.symbols.get(within as usize) {
            Some(symbol) if symbol.kind == crate::record::SymbolKind::Closure => within = symbol.container,
            _ => return false,
        }
    };
    let mut order: Vec<SymbolId> = Vec::new();
    let mut calls: BTreeMap<SymbolId, Vec<Call>> = BTreeMap::new();
    let from = facts.tokens.partition_point(|token| token.start < function.byte_start);
    let inside = facts.tokens[from..].iter().take_while(|token| token.start < function.byte_end);
    for token in inside.filter(|token| token.kind == ReferenceKind::Call && is_in(token.within)) {
        let byte_end = token.start + facts.name(token.name).len() as u32;
        let (line, col) = facts.place(token.start);
        let mut called = |id: SymbolId, confidence| {
            let calls = calls.entry(id).or_insert_with(|| {
                order.push(id);
                Vec::new()
            });
            calls.push(Call { byte_start: token.start, byte_end, line, col, confidence });
        };
        let from = links.partition_point(|link| link.byte_start < token.start);
        for link in links[from..].iter().take_while(|link| link.byte_start == token.start) {
            if let Target::Symbol(id) = link.target {
                called(id, link.confidence);
            }
        }
        if let Expr::Bound(binding) = facts.expr(token.means)
            && let Some(symbol) = facts.symbols.get(facts.bindings[binding as usize].symbol as usize)
        {
            called(symbol.id, Confidence::Exact);
        }
    }
    let mut found = Vec::new();
    for id in order {
        let symbol = view.symbol(id)?.map(std::borrow::Cow::into_owned);
        if symbol.is_some() {
            found.push(Calls { symbol, path: path.clone(), calls: calls.remove(&id).unwrap_or_default() });
        }
    }
    Ok(found)
}
