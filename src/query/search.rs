//! Symbols of the whole workspace by a part of their name.

use std::{
    cmp::Reverse,
    collections::HashSet,
    ops::ControlFlow,
    rc::Rc,
    sync::atomic::{AtomicBool, Ordering},
};

use serde::Serialize;

use super::{
    View,
    candidates::{Candidates, Which},
    hover::remoteness,
    pattern::{PathPattern, Pattern, Query},
    top::Top,
    view::has_name,
};
use crate::{
    kv::{NameTable, StoreError},
    record::{Symbol, SymbolId, SymbolKind},
};

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Search<'q> {
    /// A name, or the letters of one in their order; upper case counts where there is any. `Console.print`,
    /// `Console::print` and `console print` ask for a container too. Empty for any name.
    pub text: &'q str,
    pub limit: usize,
    pub kind: Option<SymbolKind>,
    /// Languages whose symbols are left out.
    pub without: &'q [&'q str],
    /// The names of the index are kept in memory, for whoever asks again. The answer is the same.
    pub keep_names: bool,
    /// Looked at on the way; the answer is then what was found until there.
    pub cancel: Option<&'q AtomicBool>,
}

impl Search<'_> {
    fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    fn takes_all(&self) -> bool {
        self.kind.is_none() && self.without.is_empty()
    }

    fn takes(&self, symbol: &Symbol) -> bool {
        self.kind.is_none_or(|kind| kind == symbol.kind) && !self.without.contains(&&*symbol.language)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// Higher is better; comparable within one search.
    pub score: u32,
    #[serde(flatten)]
    pub symbol: Symbol,
}

/// So many are gathered beyond the limit: which of the matches that are as good come first is told by their kinds, and
/// those are read of what was gathered only.
const SPARE: usize = 256;

/// The best first: by score, then the shorter name, then types and functions before variables, then fully-qualified name
/// and path. Memory is that of the answer.
pub fn search(view: &View, search: &Search) -> Result<Vec<Hit>, StoreError> {
    let hidden = view.hidden_symbols()?;
    let room = if search.limit == 0 { 0 } else { search.limit.saturating_add(SPARE) };
    let mut gather = Gather { view, search, hidden, top: Top::new(room), failure: None };
    let query = Query::new(search.text);
    match query {
        Query::Any => gather.any()?,
        Query::Name(mut name) => gather.by_name(&mut name)?,
        Query::Path(path) => gather.by_fqn(path)?,
    }
    gather.finish()
}

/// A match, ordered as the answer is: the greatest is the best.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    score: u32,
    length: Reverse<usize>,
    text: Reverse<Rc<str>>,
    id: Reverse<SymbolId>,
}

struct Gather<'s, 'a> {
    view: &'s View<'a>,
    search: &'s Search<'s>,
    hidden: HashSet<SymbolId>,
    top: Top<Match>,
    failure: Option<StoreError>,
}

impl Gather<'_, '_> {
    /// The first names in the order of the index.
    fn any(&mut self) -> Result<(), StoreError> {
        let mut left = self.search.limit;
        self.view.snapshot.names(&mut |name, ids| {
            let text = Rc::from(name);
            for &id in ids {
                if left == 0 {
                    break;
                }
                if self.offer(0, 0, &text, id) {
                    left -= 1;
                }
            }
            if left == 0 { ControlFlow::Break(()) } else { self.flow() }
        })?;
        let buffers = self.view.buffers;
        for symbol in buffers.values().flat_map(|records| &records.symbols).filter(|symbol| has_name(symbol)) {
            self.offer_buffered(0, 0, &symbol.name, symbol);
        }
        Ok(())
    }

    fn by_name(&mut self, pattern: &mut Pattern) -> Result<(), StoreError> {
        let view = self.view;
        let search = self.search;
        let looked = if search.keep_names {
            view.snapshot.with_names(&|| !search.is_cancelled(), |names| self.by_table(pattern, names))?
        } else {
            None
        };
        if looked.is_none() {
            self.by_rows(pattern)?;
        }
        let buffers = view.buffers;
        for symbol in buffers.values().flat_map(|records| &records.symbols).filter(|symbol| has_name(symbol)) {
            if let Some(score) = pattern.score(&symbol.name) {
                self.offer_buffered(score, symbol.name.len(), &symbol.name, symbol);
            }
        }
        Ok(())
    }

    /// All names of the index, one after another.
    fn by_rows(&mut self, pattern: &mut Pattern) -> Result<(), StoreError> {
        // Equal names of different files follow each other.
        let mut last: Option<(Rc<str>, Option<u32>)> = None;
        self.view.snapshot.names(&mut |name, ids| {
            let (text, score) = match &last {
                Some((text, score)) if **text == *name => (text, *score),
                _ => {
                    let score = pattern.score(name);
                    let (text, _) = last.insert((name.into(), score));
                    (&*text, score)
                }
            };
            if let Some(score) = score {
                for &id in ids {
                    self.offer(score, name.len(), text, id);
                }
            }
            self.flow()
        })
    }

    /// The names in a table, the best first, until there cannot be better ones: only their rows are read.
    fn by_table(&mut self, pattern: &mut Pattern, names: &NameTable) -> Result<(), StoreError> {
        let search = self.search;
        let go_on = || !search.is_cancelled();
        self.view.snapshot.long_names(names, &mut |name, ids| {
            if let Some(score) = pattern.score(name) {
                let text = Rc::from(name);
                for &id in ids {
                    self.offer(score, name.len(), &text, id);
                }
            }
        })?;
        let Some(least) = pattern.score_of_begun() else {
            return self.take(Candidates::new(pattern, names, Which::All, &go_on));
        };
        self.take(Candidates::new(pattern, names, Which::Begun, &go_on))?;
        // Those that do not begin so are worth less.
        if self.top.least().is_none_or(|found| found.score < least) {
            self.take(Candidates::new(pattern, names, Which::NotBegun, &go_on))?;
        }
        Ok(())
    }

    fn take(&mut self, candidates: Candidates<'_>) -> Result<(), StoreError> {
        for (score, name) in candidates {
            let text: Rc<str> = name.into();
            let best =
                Match { score, length: Reverse(name.len()), text: Reverse(text.clone()), id: Reverse(SymbolId(0)) };
            if !self.top.takes(&best) || self.flow().is_break() {
                break;
            }
            self.view.snapshot.ids_of_name(name, &mut |ids| {
                for &id in ids {
                    self.offer(score, name.len(), &text, id);
                }
                self.flow()
            })?;
        }
        Ok(())
    }

    fn by_fqn(&mut self, mut path: PathPattern) -> Result<(), StoreError> {
        const PREFIX: &str = "sym:fqn:";
        self.view.snapshot.scan(PREFIX, &mut |key, ids| {
            let fqn = key.strip_prefix(PREFIX).unwrap_or(key);
            let Some((score, length)) = path.score(fqn) else { return self.flow() };
            let text: Rc<str> = fqn.into();
            let best = Match { score, length: Reverse(length), text: Reverse(text.clone()), id: Reverse(SymbolId(0)) };
            if self.top.takes(&best) {
                // What does not decode counts as absent, here as everywhere.
                for id in serde_json::from_str::<Vec<SymbolId>>(ids).unwrap_or_default() {
                    self.offer(score, length, &text, id);
                }
            }
            self.flow()
        })?;
        let buffers = self.view.buffers;
        for symbol in buffers.values().flat_map(|records| &records.symbols) {
            if let Some((score, length)) = path.score(&symbol.fqn) {
                self.offer_buffered(score, length, &symbol.fqn, symbol);
            }
        }
        Ok(())
    }

    /// Whether the stored symbol was taken.
    fn offer(&mut self, score: u32, length: usize, text: &Rc<str>, id: SymbolId) -> bool {
        if self.hidden.contains(&id) {
            return false;
        }
        let found = Match { score, length: Reverse(length), text: Reverse(text.clone()), id: Reverse(id) };
        if !self.top.takes(&found) {
            return false;
        }
        if !self.search.takes_all() {
            match self.view.snapshot.symbol(id) {
                Ok(Some(symbol)) if self.search.takes(&symbol) => {}
                Ok(_) => return false,
                Err(error) => {
                    self.failure = Some(error);
                    return false;
                }
            }
        }
        self.top.push(found);
        true
    }

    fn offer_buffered(&mut self, score: u32, length: usize, text: &str, symbol: &Symbol) {
        if self.search.takes(symbol) {
            let (text, id) = (Reverse(text.into()), Reverse(symbol.symbol_id));
            self.top.push(Match { score, length: Reverse(length), text, id });
        }
    }

    fn flow(&self) -> ControlFlow<()> {
        if self.search.is_cancelled() || self.failure.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn finish(self) -> Result<Vec<Hit>, StoreError> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        let mut hits = Vec::new();
        for found in self.top.into_sorted() {
            if let Some(symbol) = self.view.symbol(found.id.0)? {
                hits.push((found.length, Hit { score: found.score, symbol: symbol.into_owned() }));
            }
        }
        order(&mut hits);
        hits.truncate(self.search.limit);
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }
}

/// Each with the length of what matched.
fn order(hits: &mut [(Reverse<usize>, Hit)]) {
    hits.sort_by(|(length_a, a), (length_b, b)| {
        let rest = |hit: &Hit| (hit.symbol.byte_start, hit.symbol.symbol_id);
        (b.score, length_b, remoteness(a.symbol.kind))
            .cmp(&(a.score, length_a, remoteness(b.symbol.kind)))
            .then_with(|| a.symbol.fqn.cmp(&b.symbol.fqn))
            .then_with(|| a.symbol.path.cmp(&b.symbol.path))
            .then_with(|| rest(a).cmp(&rest(b)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::testing::symbol;

    #[test]
    fn equal_scores_go_by_length_then_kind_then_name_then_path() {
        let hit = |fqn: &str, path: &str, kind| {
            let symbol = symbol(path, fqn, kind, (1, 2));
            (Reverse(symbol.name.len()), Hit { score: 7, symbol })
        };
        use SymbolKind::{Function, Variable};
        let mut hits = [
            hit("b::go", "b.rs", Function),
            hit("a::going", "a.rs", Function),
            hit("a::go", "z.rs", Function),
            hit("a::go", "c.rs", Function),
            hit("a::go", "a.rs", Variable),
        ];
        order(&mut hits);
        let drawn: Vec<_> = hits.iter().map(|(_, hit)| format!("{} {}", hit.symbol.fqn, hit.symbol.path)).collect();
        assert_eq!(drawn, ["a::go c.rs", "a::go z.rs", "b::go b.rs", "a::go a.rs", "a::going a.rs"]);
    }
}
