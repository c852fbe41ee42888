//! What a name means: where it is defined, and how surely.

use std::sync::Arc;

use serde::Serialize;

use super::View;
use crate::{
    kv::StoreError,
    link::rules_of,
    record::{
        Binding, BindingKind, Confidence, Expr, Facts, Link, NONE, ReferenceKind, Symbol, SymbolId, Target, Token,
    },
    text::ByteRange,
};

/// A place that a name leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Site {
    pub path: Arc<str>,
    /// The name in it; of a file as a whole, nothing at its start.
    pub byte_start: u32,
    pub byte_end: u32,
    /// 1-based.
    pub line: u32,
    pub col: u32,
    pub confidence: Confidence,
    pub symbol: Option<Box<Symbol>>,
}

/// The answer to "what does the name at this place mean".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The name that was asked about.
    pub name: Option<ByteRange>,
    /// The likeliest first.
    pub sites: Vec<Site>,
    /// It is defined outside of the workspace.
    pub outside: bool,
}

/// What a name at a place is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A binding of the file that no other file can reach.
    Local(u32),
    Symbol(SymbolId, Confidence),
    Other(Target, Confidence),
}

/// What the name at a byte of a file means.
pub fn definition(view: &View<'_>, path: &str, byte: u32) -> Result<Definition, StoreError> {
    let Some(facts) = view.facts(path)? else { return Ok(Definition::default()) };
    let Some((name, subjects)) = subjects(view, path, &facts, byte)? else { return Ok(Definition::default()) };
    let outside = subjects.iter().any(|subject| matches!(subject, Subject::Other(Target::Outside, _)));
    let mut sites = Vec::new();
    // Asked where it is defined, a name leads to where that is declared, if the language has such places.
    let is_definition = facts.token_at(byte).is_none();
    let leads_to_declarations = is_definition
        && view.file(path)?.and_then(|file| rules_of(&file.language)).is_some_and(|rules| rules.declares_apart);
    for subject in subjects {
        match subject {
            Subject::Symbol(id, _) if leads_to_declarations => {
                sites.extend(declarations(view, path, id)?);
                if sites.is_empty() {
                    sites.extend(of_symbol(view, id, Confidence::Exact)?);
                }
            }
            Subject::Local(binding) => sites.push(local(path, &facts, &facts.bindings[binding as usize])),
            Subject::Symbol(id, confidence) => sites.extend(of_symbol(view, id, confidence)?),
            Subject::Other(target, confidence) => sites.extend(of_target(view, path, &facts, &target, confidence)?),
        }
    }
    Ok(Definition { name: Some(name), outside: outside && sites.is_empty(), sites })
}

/// Where something is declared, if not only where it is defined. Other files' come first.
fn declarations(view: &View<'_>, own: &str, id: SymbolId) -> Result<Vec<Site>, StoreError> {
    let mut found = Vec::new();
    for (file, references) in view.references(id)? {
        let mut declared =
            references.iter().filter(|reference| reference.kind == ReferenceKind::Declaration).peekable();
        if declared.peek().is_none() {
            continue;
        }
        let Some(path) = view.path_of(file)? else { continue };
        found.extend(declared.map(|reference| Site {
            path: path.clone(),
            byte_start: reference.byte_start,
            byte_end: reference.byte_end,
            line: reference.start_line,
            col: reference.start_col,
            confidence: reference.confidence,
            symbol: None,
        }));
    }
    found.sort_by(|a, b| {
        let key = |site: &Site| (&*site.path == own, site.confidence);
        (key(a), &a.path, a.byte_start).cmp(&(key(b), &b.path, b.byte_start))
    });
    Ok(found)
}

/// The name at a byte, and what it may be.
pub(super) fn subjects(
    view: &View<'_>,
    path: &str,
    facts: &Facts,
    byte: u32,
) -> Result<Option<(ByteRange, Vec<Subject>)>, StoreError> {
    if let Some(token) = facts.token_at(byte) {
        let range = token.start..token.start + facts.name(token.name).len() as u32;
        let mut found = of_token(view, path, facts, token)?;
        if found.is_empty() {
            // What leads nowhere may be bound where it stands.
            found.extend(bound_at(facts, byte));
        }
        return Ok(Some((range, found)));
    }
    let Some(binding) = binding_at(facts, byte) else { return Ok(None) };
    let bound = &facts.bindings[binding as usize];
    let range = bound.start..bound.start + facts.name(bound.name).len() as u32;
    Ok(Some((range, vec![of_binding(facts, binding)])))
}

fn binding_at(facts: &Facts, byte: u32) -> Option<u32> {
    let in_name = |start: u32, name: u32| (start..=start + facts.name(name).len() as u32).contains(&byte);
    // What has no name of its own (a closure) stands nowhere.
    let is_named =
        |binding: &Binding| facts.symbols.get(binding.symbol as usize).is_none_or(|symbol| symbol.kind.has_name());
    let bound = |binding: &Binding| {
        binding.kind != BindingKind::Wildcard
            && binding.name != NONE
            && in_name(binding.start, binding.name)
            && is_named(binding)
    };
    facts.bindings.iter().position(bound).map(|at| at as u32)
}

/// What is bound by the name at a byte itself.
pub(super) fn bound_at(facts: &Facts, byte: u32) -> Option<Subject> {
    binding_at(facts, byte).map(|binding| of_binding(facts, binding))
}

fn of_binding(facts: &Facts, binding: u32) -> Subject {
    match facts.symbols.get(facts.bindings[binding as usize].symbol as usize) {
        Some(symbol) => Subject::Symbol(symbol.id, Confidence::Exact),
        None => Subject::Local(binding),
    }
}

fn of_token(view: &View<'_>, path: &str, facts: &Facts, token: &Token) -> Result<Vec<Subject>, StoreError> {
    if let Expr::Bound(binding) = facts.expr(token.means)
        && facts.bindings[binding as usize].kind != BindingKind::Import
    {
        return Ok(vec![of_binding(facts, binding)]);
    }
    let links = view.links(path)?;
    let from = links.partition_point(|link| link.byte_start < token.start);
    let here = links[from..].iter().take_while(|link| link.byte_start == token.start);
    let subject = |link: &Link| match &link.target {
        Target::Symbol(id) => Subject::Symbol(*id, link.confidence),
        Target::Here(byte) => match facts.bindings.iter().position(|binding| binding.start == *byte) {
            Some(at) => Subject::Local(at as u32),
            None => Subject::Other(link.target.clone(), link.confidence),
        },
        other => Subject::Other(other.clone(), link.confidence),
    };
    let found: Vec<Subject> = here.map(subject).collect();
    match facts.expr(token.means) {
        // An import that leads nowhere is what it is here; so is what is declared and nowhere defined.
        Expr::Declared(binding) if found.is_empty() => Ok(vec![of_binding(facts, binding)]),
        _ => match facts.bound(token) {
            Some(binding) if found.is_empty() => Ok(vec![of_binding(facts, binding)]),
            _ => Ok(found),
        },
    }
}

fn local(path: &str, facts: &Facts, binding: &Binding) -> Site {
    let (line, col) = facts.place(binding.start);
    let byte_end = binding.start + facts.name(binding.name).len() as u32;
    let confidence = Confidence::Exact;
    Site { path: path.into(), byte_start: binding.start, byte_end, line, col, confidence, symbol: None }
}

fn of_symbol(view: &View<'_>, id: SymbolId, confidence: Confidence) -> Result<Option<Site>, StoreError> {
    Ok(view.symbol(id)?.map(|symbol| Site {
        path: symbol.path.clone(),
        byte_start: symbol.name_byte_start,
        byte_end: symbol.name_byte_end,
        line: symbol.name_line,
        col: symbol.name_col,
        confidence,
        symbol: Some(Box::new(symbol.into_owned())),
    }))
}

fn of_target(
    view: &View<'_>,
    path: &str,
    facts: &Facts,
    target: &Target,
    confidence: Confidence,
) -> Result<Option<Site>, StoreError> {
    match target {
        Target::Symbol(id) => of_symbol(view, *id, confidence),
        Target::File(path) => {
            Ok(Some(Site { path: path.clone(), byte_start: 0, byte_end: 0, line: 1, col: 0, confidence, symbol: None }))
        }
        Target::Here(byte) => {
            let (line, col) = facts.place(*byte);
            let (byte_start, byte_end) = (*byte, *byte);
            Ok(Some(Site { path: path.into(), byte_start, byte_end, line, col, confidence, symbol: None }))
        }
        Target::Parameter(id, nth) => {
            let Some(function) = view.symbol(*id)? else { return Ok(None) };
            let Some(facts) = view.facts(&function.path)? else { return Ok(None) };
            let Some(symbol) = facts.symbols.iter().find(|symbol| symbol.id == *id) else { return Ok(None) };
            let params = facts.list(facts.bindings[symbol.binding as usize].params);
            let param = params.get(*nth as usize).and_then(|&param| facts.bindings.get(param as usize));
            Ok(param.map(|param| Site { confidence, ..local(&function.path, &facts, param) }))
        }
        Target::Outside => Ok(None),
    }
}
