//! One file's symbols, read one by one: a file may have thousands, and a question is about a few of them.

use std::borrow::Cow;

use crate::{
    kv::{Snapshot, StoreError},
    record::{Symbol, SymbolId},
    text::Place,
};

/// A file's symbols in source order: a container stands before what it contains.
#[derive(Debug)]
pub struct FileSymbols<'a> {
    inner: Inner<'a>,
}

#[derive(Debug)]
enum Inner<'a> {
    Buffer(&'a [Symbol]),
    Stored { snapshot: &'a Snapshot, ids: Vec<SymbolId> },
}

/// So many fields and the like before a place are looked at one by one. See [`FileSymbols::innermost`].
const LEAF_STEPS: u32 = 64;

/// Where a function is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A line, from 1: of functions on it the last and innermost.
    Line(u32),
    /// A place in its text.
    Place(Place),
}

impl<'a> FileSymbols<'a> {
    pub(super) fn of_buffer(symbols: &'a [Symbol]) -> Self {
        FileSymbols { inner: Inner::Buffer(symbols) }
    }

    pub(super) fn stored(snapshot: &'a Snapshot, ids: Vec<SymbolId>) -> Self {
        FileSymbols { inner: Inner::Stored { snapshot, ids } }
    }

    pub fn len(&self) -> usize {
        match &self.inner {
            Inner::Buffer(symbols) => symbols.len(),
            Inner::Stored { ids, .. } => ids.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The symbol at a place of the list; none beyond its end.
    pub fn get(&self, at: usize) -> Result<Option<Cow<'a, Symbol>>, StoreError> {
        match &self.inner {
            Inner::Buffer(symbols) => Ok(symbols.get(at).map(Cow::Borrowed)),
            Inner::Stored { snapshot, ids } => match ids.get(at) {
                Some(&id) => Ok(Some(Cow::Owned(snapshot.listed_symbol(id)?))),
                None => Ok(None),
            },
        }
    }

    fn by_id(&self, id: SymbolId) -> Result<Option<Cow<'a, Symbol>>, StoreError> {
        match &self.inner {
            Inner::Buffer(symbols) => Ok(symbols.iter().find(|symbol| symbol.symbol_id == id).map(Cow::Borrowed)),
            Inner::Stored { snapshot, .. } => Ok(snapshot.symbol(id)?.map(Cow::Owned)),
        }
    }

    /// How many symbols start at or before a place. Reads as many symbols as their number has binary digits.
    fn starting_by(&self, place: Place) -> Result<usize, StoreError> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle)? {
                Some(symbol) if start(&symbol) <= place => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// The innermost symbol around a place that is `wanted`.
    pub fn innermost(
        &self,
        place: Place,
        wanted: impl Fn(&Symbol) -> bool,
    ) -> Result<Option<Cow<'a, Symbol>>, StoreError> {
        self.climb(place, |symbol| covers(symbol, place) && wanted(symbol))
    }

    /// The innermost symbol on a line (from 0) that is `wanted`; of several beside each other on the line, the last.
    pub fn innermost_on_line(
        &self,
        line: u32,
        wanted: impl Fn(&Symbol) -> bool,
    ) -> Result<Option<Cow<'a, Symbol>>, StoreError> {
        let on_line = |symbol: &Symbol| symbol.start_line <= line.saturating_add(1) && line < symbol.end_line;
        self.climb(Place { line, col: u32::MAX }, |symbol| on_line(symbol) && wanted(symbol))
    }

    /// The function somebody means with a spot.
    pub fn function_at(&self, spot: Spot) -> Result<Option<Cow<'a, Symbol>>, StoreError> {
        let is_function = |symbol: &Symbol| symbol.kind.is_function();
        match spot {
            Spot::Line(0) => Ok(None),
            Spot::Line(line) => self.innermost_on_line(line - 1, is_function),
            // Beside a function, on one of its lines, it is meant too.
            Spot::Place(place) => match self.innermost(place, is_function)? {
                Some(found) => Ok(Some(found)),
                None => self.innermost_on_line(place.line, is_function),
            },
        }
    }

    /// From the last symbol that starts by a place outward, until one is `right`.
    ///
    /// What starts last before a place either holds it or is inside of what holds it, so its containers are all there is
    /// to look at, not the thousands of symbols before it. But the container of a field may be another than the function
    /// that it is first assigned in (Python's `self.x = 0`), hence a few fields are passed one by one.
    fn climb(&self, place: Place, right: impl Fn(&Symbol) -> bool) -> Result<Option<Cow<'a, Symbol>>, StoreError> {
        let mut at = self.starting_by(place)?;
        let mut steps = 0;
        let mut current = None;
        while at > 0 {
            at -= 1;
            let Some(symbol) = self.get(at)? else { continue };
            if right(&symbol) {
                return Ok(Some(symbol));
            }
            steps += 1;
            if is_leaf(&symbol) && steps < LEAF_STEPS {
                continue;
            }
            current = Some(symbol);
            break;
        }
        // Containers stand before what they contain, so this ends; the bound is for records that contradict each other.
        for _ in 0..self.len() {
            let Some(id) = current.as_ref().and_then(|symbol| symbol.container) else { break };
            current = self.by_id(id)?;
            if let Some(symbol) = current.take_if(|symbol| right(symbol)) {
                return Ok(Some(symbol));
            }
        }
        Ok(None)
    }
}

fn is_leaf(symbol: &Symbol) -> bool {
    use crate::record::SymbolKind::{Constant, EnumMember, Field, Property, Variable};
    matches!(symbol.kind, Constant | EnumMember | Field | Property | Variable)
}

fn start(symbol: &Symbol) -> Place {
    Place { line: symbol.start_line.saturating_sub(1), col: symbol.start_col }
}

/// Whether a place is in a symbol, or just behind it.
pub(super) fn covers(symbol: &Symbol, place: Place) -> bool {
    let end = Place { line: symbol.end_line.saturating_sub(1), col: symbol.end_col };
    start(symbol) <= place && place <= end
}

/// Whether a place is in a symbol's name, or just behind it.
pub(super) fn names(symbol: &Symbol, place: Place) -> bool {
    let length = symbol.name_byte_end.saturating_sub(symbol.name_byte_start);
    in_token(place, symbol.name_line, symbol.name_col, length)
}

/// Whether a place is in a token on one line (1-based), or just behind it.
pub(super) fn in_token(place: Place, line: u32, col: u32, length: u32) -> bool {
    place.line.checked_add(1) == Some(line) && (col..=col.saturating_add(length)).contains(&place.col)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        query::testing::{inside, symbol},
        record::SymbolKind::{Class, Field, Function, Method},
    };

    /// The class `A` with a method that assigns many fields, a nested function in it, and a function after the class.
    fn sample(fields: u32) -> Vec<Symbol> {
        let class = symbol("a.py", "A", Class, (1, 500));
        let init = inside(symbol("a.py", "A::init", Method, (2, 400)), &class);
        let nested = inside(symbol("a.py", "A::init::nested", Function, (4, 6)), &init);
        let fields: Vec<_> = (0..fields)
            .map(|at| inside(symbol("a.py", &format!("A::f{at}"), Field, (10 + at, 10 + at)), &class))
            .collect();
        let last = symbol("a.py", "last", Function, (510, 520));
        [vec![class, init, nested], fields, vec![last]].concat()
    }

    fn at(symbols: &[Symbol], line: u32) -> Option<String> {
        let symbols = FileSymbols::of_buffer(symbols);
        let place = Place { line: line - 1, col: 10 };
        let found = symbols.innermost(place, |symbol| symbol.kind.is_function()).unwrap();
        found.map(|symbol| symbol.name.clone())
    }

    #[test]
    fn the_innermost_function_is_found() {
        let symbols = sample(20);
        assert_eq!(at(&symbols, 5).as_deref(), Some("nested"));
        assert_eq!(at(&symbols, 8).as_deref(), Some("init"));
        assert_eq!(at(&symbols, 200).as_deref(), Some("init"), "behind fields whose container is the class");
        assert_eq!(at(&symbols, 515).as_deref(), Some("last"));
        assert_eq!(at(&symbols, 450), None, "in the class, behind the method");
        assert_eq!(at(&symbols, 505), None);
        assert_eq!(at(&[], 1), None);
    }

    #[test]
    fn a_place_just_behind_the_end_is_in_it() {
        let symbols = [symbol("a.rs", "f", Function, (1, 3))];
        let found = |col| {
            let symbols = FileSymbols::of_buffer(&symbols);
            symbols.innermost(Place { line: 2, col }, |_| true).unwrap().is_some()
        };
        assert!(found(50));
        assert!(!found(51));
    }

    #[test]
    fn of_a_line_the_innermost_function_counts_wherever_it_starts() {
        let symbols = sample(3);
        let symbols = FileSymbols::of_buffer(&symbols);
        let on = |line: u32| {
            let found = symbols.innermost_on_line(line - 1, |symbol| symbol.kind.is_function()).unwrap();
            found.map(|symbol| symbol.name.clone())
        };
        assert_eq!(on(2).as_deref(), Some("init"));
        assert_eq!(on(4).as_deref(), Some("nested"));
        assert_eq!(on(6).as_deref(), Some("nested"));
        assert_eq!(on(7).as_deref(), Some("init"));
        assert_eq!(on(1), None);
        assert_eq!(on(9_999), None);
    }

    #[test]
    fn records_that_contain_each_other_end_the_search() {
        let a = symbol("a.rs", "a", Class, (1, 1));
        let b = inside(symbol("a.rs", "b", Class, (2, 2)), &a);
        let a = inside(a, &b);
        assert_eq!(at(&[a, b], 50), None);
    }

    #[test]
    fn a_name_is_met_in_it_and_just_behind_it() {
        let f = symbol("a.rs", "main", Function, (7, 9));
        let named = |line, col| names(&f, Place { line, col });
        assert!(!named(6, 2));
        assert!(named(6, 3) && named(6, 7));
        assert!(!named(6, 8) && !named(7, 4));
    }
}
