//! What is known of a place in a file.

use std::{borrow::Cow, sync::Arc};

use serde::Serialize;

use super::{
    Access, FileState, FileSymbols, Note, SymbolFacts, View, Word,
    definition::{Site, definition},
    symbols::names,
};
use crate::{
    kv::StoreError,
    record::{Confidence, FileMetrics, FileRecord, Symbol, SymbolKind},
    text::Place,
};

/// The answer to a hover. Rendered by [`HoverFacts::to_markdown`] and [`HoverFacts::to_text`], neither of them ever empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoverFacts {
    /// The file that was asked about.
    pub path: Arc<str>,
    /// The identifier that was asked about.
    pub word: Option<String>,
    pub found: Found,
    /// The function around the place, if `found` is not about it.
    pub enclosing: Option<SymbolFacts>,
    /// What limits the answer as a whole.
    pub notes: Vec<Note>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Found {
    /// The identifier means this symbol.
    Symbol { basis: Basis, facts: Box<SymbolFacts> },
    /// It may mean any of these, the likeliest first.
    Candidates { symbols: Vec<Symbol>, total: usize, more: bool },
    /// Nothing is known of the identifier, or there is none: what it is in.
    Enclosing { facts: Box<SymbolFacts> },
    /// It is in no function or type.
    File { language: Arc<str>, lines: u32, metrics: Option<FileMetrics> },
    /// The file is not in the index; the notes say why.
    Nothing,
}

/// Why an identifier is taken to mean a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It is the name in the symbol's own definition.
    Definition,
    /// It is a reference that was recorded when the file was indexed.
    Reference(Confidence),
    /// The symbol is the only one with this name.
    Name,
}

/// So many candidates are read and ranked. There may be thousands of `new`.
const CANDIDATES_READ: usize = 48;
/// So many candidates are told.
const CANDIDATES_TOLD: usize = 5;

/// Answers a hover at a place in a file. `word` is the identifier there, if there is one. `None` where there is nothing to
/// tell: no identifier, and no function around the place.
///
/// A matter of point lookups: no list but the ids of this file's symbols is read as a whole.
pub fn hover(view: &View, path: &str, at: Place, word: Option<&Word>) -> Result<Option<HoverFacts>, StoreError> {
    let unknown = |note: Note| {
        word.map(|word| HoverFacts {
            path: path.into(),
            word: Some(word.text.clone()),
            found: Found::Nothing,
            enclosing: None,
            notes: vec![note],
        })
    };
    let file = match FileState::of(view, path)? {
        FileState::Indexed(file) => file,
        FileState::NotIndexed => return Ok(unknown(Note::NotIndexed { path: path.into() })),
        FileState::Skipped(file, skip) => {
            return Ok(unknown(Note::Skipped { path: file.path, reason: skip.reason, detail: skip.detail }));
        }
    };
    let symbols = view.file_symbols(&file)?;
    let around = symbols.innermost(at, |symbol| symbol.kind.is_function())?;
    let answer = |found, enclosing, notes| HoverFacts {
        path: file.path.clone(),
        word: word.map(|word| word.text.clone()),
        found,
        enclosing,
        notes,
    };
    let Some(word) = word else {
        return match around {
            None => Ok(None),
            Some(function) => {
                let facts = Box::new(SymbolFacts::of(view, function)?);
                Ok(Some(answer(Found::Enclosing { facts }, None, Vec::new())))
            }
        };
    };
    let place = In { view, file: &file, symbols: &symbols, at, word };
    let (found, notes) = match place.defined()? {
        Some(symbol) => (one(view, Basis::Definition, symbol)?, Vec::new()),
        None => match place.by_links()? {
            Some(found) => found,
            None => place.by_name()?,
        },
    };
    if let Found::Nothing = found {
        let holder = match around {
            Some(function) => Some(function),
            None => symbols.innermost(at, |symbol| symbol.kind.is_type() || symbol.kind == SymbolKind::Impl)?,
        };
        let (found, more) = match holder {
            Some(holder) => (Found::Enclosing { facts: Box::new(SymbolFacts::of(view, holder)?) }, Vec::new()),
            None => (of_file(view, &file)?, Note::on_lines(view, &file, (1, u32::MAX))),
        };
        return Ok(Some(answer(found, None, [notes, more].concat())));
    }
    let itself = |function: &Symbol| matches!(&found, Found::Symbol { facts, .. } if facts.symbol.symbol_id == function.symbol_id);
    let enclosing = match around.filter(|function| !itself(function)) {
        Some(function) => Some(SymbolFacts::of(view, function)?),
        None => None,
    };
    Ok(Some(answer(found, enclosing, notes)))
}

fn one(view: &View, basis: Basis, symbol: Cow<Symbol>) -> Result<Found, StoreError> {
    Ok(Found::Symbol { basis, facts: Box::new(SymbolFacts::of(view, symbol)?) })
}

fn of_file(view: &View, file: &FileRecord) -> Result<Found, StoreError> {
    let metrics = view.file_metrics(&file.path)?;
    Ok(Found::File { language: file.language.clone(), lines: file.lines, metrics })
}

/// An identifier at a place.
struct In<'v, 'a> {
    view: &'v View<'a>,
    file: &'v FileRecord,
    symbols: &'v FileSymbols<'a>,
    at: Place,
    word: &'v Word,
}

impl<'a> In<'_, 'a> {
    /// What linking has come to. `None` where it knows no name.
    fn by_links(&self) -> Result<Option<(Found, Vec<Note>)>, StoreError> {
        let path = &*self.file.path;
        let Some(facts) = self.view.facts(path)? else { return Ok(None) };
        let Some(line) = facts.lines.get(self.at.line as usize) else { return Ok(None) };
        let byte = line + self.at.col;
        let answer = definition(self.view, path, byte)?;
        if answer.name.is_none() {
            return Ok(None);
        }
        let total = answer.sites.len();
        let nothing = |note| Ok(Some((Found::Nothing, vec![note])));
        if total > 1 && answer.sites[0].symbol.is_some() && answer.sites[0].confidence == Confidence::Ambiguous {
            let symbols = answer.sites.into_iter().filter_map(|site| site.symbol.map(|symbol| *symbol));
            let found = Found::Candidates { symbols: symbols.take(CANDIDATES_TOLD).collect(), total, more: false };
            return Ok(Some((found, vec![Note::Ambiguous { candidates: total, more: false }])));
        }
        match answer.sites.into_iter().next() {
            None if answer.outside => nothing(Note::Outside),
            None => nothing(Note::Unknown),
            Some(Site { symbol: None, byte_end: 0, path, .. }) => nothing(Note::Module { path }),
            Some(Site { symbol: None, line, .. }) => nothing(Note::Local { line }),
            Some(Site { symbol: Some(symbol), confidence, .. }) => {
                let is_itself = symbol.path == self.file.path && names(&symbol, self.at);
                let basis = if is_itself { Basis::Definition } else { Basis::Reference(confidence) };
                Ok(Some((one(self.view, basis, Cow::Owned(*symbol))?, Vec::new())))
            }
        }
    }

    /// The symbol whose own name stands here.
    fn defined(&self) -> Result<Option<Cow<'a, Symbol>>, StoreError> {
        let mut own = self.view.symbols_by_name_in(self.file, &self.word.text)?;
        if let Some(found) = own.iter().position(|symbol| names(symbol, self.at)) {
            return Ok(Some(own.swap_remove(found)));
        }
        // Names that are more than one word, as that of an `impl` block.
        self.symbols.innermost(self.at, |symbol| names(symbol, self.at))
    }

    /// What bears the name, in this language if there is any: for names that linking does not know of.
    fn by_name(&self) -> Result<(Found, Vec<Note>), StoreError> {
        let named = self.view.symbols_by_name(&self.word.text, CANDIDATES_READ)?;
        let reachable = named.symbols.into_iter().filter(|symbol| can_mean(self.word.access, symbol.kind));
        let (mut candidates, others): (Vec<Symbol>, Vec<Symbol>) =
            reachable.partition(|symbol| symbol.language == self.file.language);
        let mut more = named.more;
        if candidates.is_empty() {
            candidates = others;
            more = false;
        }
        match candidates.len() {
            0 => Ok((Found::Nothing, Vec::new())),
            1 if !more => {
                let symbol = candidates.swap_remove(0);
                let note = if symbol.language == self.file.language {
                    Note::ByName
                } else {
                    Note::OtherLanguage { language: symbol.language.clone() }
                };
                Ok((one(self.view, Basis::Name, Cow::Owned(symbol))?, vec![note]))
            }
            total => {
                rank(&mut candidates, &self.file.path);
                candidates.truncate(CANDIDATES_TOLD);
                let notes = vec![Note::Ambiguous { candidates: total, more }];
                Ok((Found::Candidates { symbols: candidates, total, more }, notes))
            }
        }
    }
}

/// What stands alone is more often a local than anybody's member, and never a member without its object.
fn can_mean(access: Access, kind: SymbolKind) -> bool {
    access == Access::Member || !matches!(kind, SymbolKind::Field | SymbolKind::Method | SymbolKind::Property)
}

/// The likeliest first: of the same file, of the same directory, of a kind that is more often named from afar. All of the
/// same language, or none.
fn rank(candidates: &mut [Symbol], path: &str) {
    let directory = |path: &str| path.rsplit_once('/').map_or(String::new(), |(directory, _)| directory.to_owned());
    let here = directory(path);
    candidates.sort_by_cached_key(|symbol| {
        (
            *symbol.path != *path,
            directory(&symbol.path) != here,
            remoteness(symbol.kind),
            symbol.fqn.clone(),
            symbol.path.clone(),
            symbol.byte_start,
        )
    });
}

/// How rarely a kind of symbol is meant from afar.
pub(super) fn remoteness(kind: SymbolKind) -> u8 {
    match kind {
        kind if kind.is_type() => 0,
        SymbolKind::Function | SymbolKind::Macro | SymbolKind::Module | SymbolKind::Namespace => 0,
        SymbolKind::Method | SymbolKind::Constructor | SymbolKind::TypeAlias => 1,
        SymbolKind::Constant | SymbolKind::EnumMember | SymbolKind::Property => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::testing::symbol;

    #[test]
    fn near_things_come_first() {
        let mut candidates = [
            symbol("z/far.rs", "far::load", SymbolKind::Function, (1, 2)),
            symbol("src/beside.rs", "beside::load", SymbolKind::Field, (1, 2)),
            symbol("src/beside.rs", "beside::Loader::load", SymbolKind::Method, (1, 2)),
            symbol("src/here.rs", "here::load", SymbolKind::Variable, (1, 2)),
        ];
        rank(&mut candidates, "src/here.rs");
        let order: Vec<_> = candidates.iter().map(|symbol| symbol.fqn.as_str()).collect();
        assert_eq!(order, ["here::load", "beside::Loader::load", "beside::load", "far::load"]);
    }
}
