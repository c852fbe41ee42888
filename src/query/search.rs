//! Symbols of the whole workspace by a part of their name.

use std::{
    cmp::Reverse,
    collections::HashSet,
    ops::ControlFlow,
    sync::atomic::{AtomicBool, Ordering},
};

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{Atom, AtomKind, CaseMatching, Normalization},
};
use serde::Serialize;

use super::{View, hover::remoteness, top::Top, view::has_name};
use crate::{
    kv::StoreError,
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
    /// Looked at on the way; the answer is then what was found until there.
    pub cancel: Option<&'q AtomicBool>,
}

impl Search<'_> {
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
        Query::Name(name) => gather.by_name(name)?,
        Query::Path(path) => gather.by_fqn(path)?,
    }
    gather.finish()
}

/// A match, ordered as the answer is: the greatest is the best.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    score: u32,
    length: Reverse<usize>,
    text: Reverse<String>,
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
            for &id in ids {
                if left == 0 {
                    break;
                }
                if self.offer(0, 0, name, id) {
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

    fn by_name(&mut self, mut pattern: Pattern) -> Result<(), StoreError> {
        // Equal names of different files follow each other.
        let mut last: (String, Option<u32>) = (String::new(), None);
        self.view.snapshot.names(&mut |name, ids| {
            if last.0 != name || last.1.is_none() {
                last.1 = pattern.score(name);
                last.0.clear();
                last.0 += name;
            }
            if let Some(score) = last.1 {
                for &id in ids {
                    self.offer(score, name.len(), name, id);
                }
            }
            self.flow()
        })?;
        let buffers = self.view.buffers;
        for symbol in buffers.values().flat_map(|records| &records.symbols).filter(|symbol| has_name(symbol)) {
            if let Some(score) = pattern.score(&symbol.name) {
                self.offer_buffered(score, symbol.name.len(), &symbol.name, symbol);
            }
        }
        Ok(())
    }

    fn by_fqn(&mut self, mut path: PathPattern) -> Result<(), StoreError> {
        const PREFIX: &str = "sym:fqn:";
        self.view.snapshot.scan(PREFIX, &mut |key, ids| {
            let fqn = key.strip_prefix(PREFIX).unwrap_or(key);
            let Some((score, length)) = path.score(fqn) else { return self.flow() };
            let best =
                Match { score, length: Reverse(length), text: Reverse(fqn.to_owned()), id: Reverse(SymbolId(0)) };
            if self.top.takes(&best) {
                // What does not decode counts as absent, here as everywhere.
                for id in serde_json::from_str::<Vec<SymbolId>>(ids).unwrap_or_default() {
                    self.offer(score, length, fqn, id);
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
    fn offer(&mut self, score: u32, length: usize, text: &str, id: SymbolId) -> bool {
        if self.hidden.contains(&id) {
            return false;
        }
        let found = Match { score, length: Reverse(length), text: Reverse(text.to_owned()), id: Reverse(id) };
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
            let (text, id) = (Reverse(text.to_owned()), Reverse(symbol.symbol_id));
            self.top.push(Match { score, length: Reverse(length), text, id });
        }
    }

    fn flow(&self) -> ControlFlow<()> {
        let cancelled = self.search.cancel.is_some_and(|flag| flag.load(Ordering::Relaxed));
        if cancelled || self.failure.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
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

enum Query {
    Any,
    Name(Pattern),
    Path(PathPattern),
}

impl Query {
    fn new(text: &str) -> Self {
        let parts: Vec<&str> = parts(text).collect();
        match parts[..] {
            [] => Query::Any,
            [name] => Query::Name(Pattern::new(name)),
            [ref containers @ .., name] => Query::Path(PathPattern {
                containers: containers.iter().map(|part| Pattern::new(part)).collect(),
                name: Pattern::new(name),
                within_name: !text.contains("::") && !text.contains('.'),
            }),
        }
    }
}

/// The names in a fully-qualified name or in a query.
fn parts(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|c: char| c == ':' || c == '.' || c.is_whitespace()).filter(|part| !part.is_empty())
}

/// One name, fuzzily.
struct Pattern {
    text: String,
    atom: Atom,
    matcher: Matcher,
    buffer: Vec<char>,
}

/// What a whole name is worth above a part of one.
const WHOLE: u32 = 1000;
const WHOLE_BUT_CASE: u32 = 500;

impl Pattern {
    fn new(text: &str) -> Self {
        let mut config = Config::DEFAULT;
        config.prefer_prefix = true;
        Pattern {
            text: text.to_owned(),
            atom: Atom::new(text, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy, false),
            matcher: Matcher::new(config),
            buffer: Vec::new(),
        }
    }

    fn score(&mut self, name: &str) -> Option<u32> {
        let score = self.atom.score(Utf32Str::new(name, &mut self.buffer), &mut self.matcher)?;
        let whole = if name == self.text {
            WHOLE
        } else if name.eq_ignore_ascii_case(&self.text) {
            WHOLE_BUT_CASE
        } else {
            0
        };
        Some(u32::from(score) + whole)
    }
}

/// A name in a container, in another, each fuzzily.
struct PathPattern {
    containers: Vec<Pattern>,
    name: Pattern,
    /// Parted by spaces only: they may all be parts of one name.
    within_name: bool,
}

impl PathPattern {
    /// The score, and the length of the name.
    fn score(&mut self, fqn: &str) -> Option<(u32, usize)> {
        let mut fqn = parts(fqn).rev();
        let name = fqn.next()?;
        let own = self.name.score(name)?;
        let mut score = Some(own);
        for pattern in self.containers.iter_mut().rev() {
            // The nearest container that fits; the next pattern is for those outside of it.
            let found = fqn.by_ref().find_map(|part| pattern.score(part));
            score = score.zip(found).map(|(score, found)| score + found);
        }
        if score.is_none() && self.within_name {
            score = Some(own);
            for pattern in &mut self.containers {
                score = score.zip(pattern.score(name)).map(|(score, found)| score + found);
            }
        }
        score.map(|score| (score, name.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::testing::symbol;

    fn name_score(query: &str, name: &str) -> Option<u32> {
        Pattern::new(query).score(name)
    }

    fn path_score(query: &str, fqn: &str) -> Option<u32> {
        match Query::new(query) {
            Query::Path(mut path) => path.score(fqn).map(|(score, _)| score),
            _ => panic!("not a path"),
        }
    }

    #[test]
    fn whole_names_come_before_beginnings_and_these_before_scattered_letters() {
        let whole = name_score("load", "load");
        let start = name_score("load", "load_file");
        let word = name_score("load", "re_load");
        let scattered = name_score("load", "long_output_and");
        assert!(whole > start && start > word && word > scattered && scattered.is_some());
        assert_eq!(name_score("load", "lad"), None);
    }

    #[test]
    fn upper_case_counts_where_it_is_typed() {
        assert!(name_score("console", "Console").is_some());
        assert_eq!(name_score("Console", "console"), None);
        assert!(name_score("Console", "Console") > name_score("console", "Console"));
    }

    #[test]
    fn containers_are_asked_for_in_any_notation() {
        for query in ["Console::print", "Console.print", "Console print", "rich::print", "con pri", "Console::print::"]
        {
            assert!(path_score(query, "rich.console.Console.print").is_some(), "{query}");
        }
        assert_eq!(path_score("Table.print", "rich.console.Console.print"), None);
        assert_eq!(path_score("print.Console", "rich.console.Console.print"), None);
        assert!(path_score("Console.print", "a.Console.print") > path_score("Console.print", "a.ConsoleOptions.print"));
    }

    #[test]
    fn words_may_be_of_one_name() {
        assert!(path_score("file load", "a::file_loader").is_some());
        assert!(path_score("read text", "a::b::read_source_text").is_some());
        assert_eq!(path_score("read::text", "a::b::read_source_text"), None);
    }

    #[test]
    fn no_query_is_any_query() {
        assert!(matches!(Query::new(" :: "), Query::Any));
    }

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
