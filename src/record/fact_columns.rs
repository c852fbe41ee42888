//! Facts as they are stored.

use serde::Serialize;

use super::{
    Binding, BindingId, BindingKind, Expr, Facts, FoundBy, NONE, Names, ReferenceKind, SymbolFacts, SymbolId,
    SymbolKind, Token,
    column_reader::{ColumnReader, about, rows},
    late::Late,
};

/// As it is stored: a column a field, and what is mostly not there in lists of its own.
#[derive(Debug, Default, Serialize)]
pub struct FactColumns {
    names: Names,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    owners: Vec<String>,
    /// Two numbers each: name, owner.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    found_by: Vec<u32>,
    /// Three numbers an expression.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exprs: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lists: Vec<u32>,
    /// Five numbers a binding: name, kind (eight times, plus what it is: 1 at the top, 2 private, 4 unlikely), start, type
    /// and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bindings: Vec<i64>,
    /// Three numbers each: binding, what (0 parameters, 1 type parameters, 2 bases, 3 sites, 4 members), list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<u32>,
    /// Five numbers a token: bytes since the last one's start, name, kind, meaning, symbol around.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<i64>,
    /// Four numbers a symbol: id, owner, container, binding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    symbols: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<SymbolKind>,
    /// How far the start of each line is from that of the line before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<u32>,
}

/// What is read of a stored value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    All,
    Bound,
    Written,
}

fn out(number: u32) -> i64 {
    if number == NONE { -1 } else { i64::from(number) }
}

fn back(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(NONE)
}

const KINDS: [BindingKind; 11] = [
    BindingKind::Variable,
    BindingKind::Parameter,
    BindingKind::TypeParameter,
    BindingKind::Definition,
    BindingKind::Import,
    BindingKind::Wildcard,
    BindingKind::Member,
    BindingKind::Accessor,
    BindingKind::Label,
    BindingKind::Declaration,
    BindingKind::Signature,
];

const REFERENCES: [ReferenceKind; 6] = [
    ReferenceKind::Read,
    ReferenceKind::Call,
    ReferenceKind::Write,
    ReferenceKind::Type,
    ReferenceKind::Import,
    ReferenceKind::Declaration,
];

impl FactColumns {
    pub fn of(facts: &Facts) -> Self {
        let mut columns = FactColumns {
            names: facts.names.clone(),
            owners: facts.owners.clone(),
            lists: facts.lists.clone(),
            found_by: facts.found_by.iter().flat_map(|found| [found.word, found.owner]).collect(),
            ..FactColumns::default()
        };
        columns.exprs = facts.exprs.iter().flat_map(|expr| expr.code().map(out)).collect();
        for (at, binding) in facts.bindings.iter().enumerate() {
            let flags =
                u8::from(binding.is_top) | u8::from(binding.is_private) << 1 | u8::from(binding.is_unlikely) << 2;
            let kind = i64::from(binding.kind as u8) * 8 + i64::from(flags);
            columns.bindings.extend([
                out(binding.name),
                kind,
                i64::from(binding.start),
                out(binding.ty),
                out(binding.value),
            ]);
            let lists = [binding.params, binding.generics, binding.bases, binding.sites, binding.members];
            for (what, list) in lists.into_iter().enumerate().filter(|(_, list)| *list != NONE) {
                columns.more.extend([at as u32, what as u32, list]);
            }
        }
        let mut last = 0;
        for token in facts.tokens.iter() {
            let kind = REFERENCES.iter().position(|kind| *kind == token.kind).unwrap_or_default();
            columns.tokens.extend([
                i64::from(token.start) - i64::from(last),
                out(token.name),
                kind as i64,
                out(token.means),
                out(token.within),
            ]);
            last = token.start;
        }
        for symbol in &facts.symbols {
            columns.symbols.extend([symbol.id.0 as i64, out(symbol.owner), out(symbol.container), out(symbol.binding)]);
            columns.kinds.push(symbol.kind);
        }
        let mut last = 0;
        for &start in facts.lines.iter() {
            columns.lines.push(start - last);
            last = start;
        }
        columns
    }

    /// The facts in a stored value; `None` if it is damaged. Tokens and lines are read when they are asked for.
    pub fn read(stored: &[u8]) -> Option<Facts> {
        Self::read_parts(stored, Parts::All)
    }

    /// What others ask a file: neither tokens nor lines.
    pub fn read_bound(stored: &[u8]) -> Option<Facts> {
        Self::read_parts(stored, Parts::Bound)
    }

    /// Tokens and lines, and nothing else.
    pub fn read_written(stored: &[u8]) -> Option<Facts> {
        Self::read_parts(stored, Parts::Written)
    }

    fn read_parts(stored: &[u8], parts: Parts) -> Option<Facts> {
        let mut facts = Facts::default();
        let (mut more, mut symbols) = (&[][..], &[][..]);
        let mut kinds: Vec<SymbolKind> = Vec::new();
        let mut reader = ColumnReader::new(stored)?;
        while let Some(field) = reader.field()? {
            match field {
                _ if parts == Parts::Written && !matches!(field, b"tokens" | b"lines") => reader.pass()?,
                b"names" => facts.names = reader.names()?,
                b"owners" => facts.owners = reader.json()?,
                b"kinds" => kinds = reader.json()?,
                b"found_by" => rows(reader.numbers()?, |[word, owner]| {
                    facts.found_by.push(FoundBy { word: back(word), owner: back(owner) });
                    Some(())
                })?,
                b"exprs" => {
                    let numbers = reader.numbers()?;
                    facts.exprs.reserve(about(numbers, 3));
                    rows(numbers, |code: [i64; 3]| {
                        facts.exprs.push(Expr::of_code(code.map(back))?);
                        Some(())
                    })?;
                }
                b"lists" => {
                    let numbers = reader.numbers()?;
                    facts.lists.reserve(about(numbers, 1));
                    rows(numbers, |[number]| {
                        facts.lists.push(back(number));
                        Some(())
                    })?;
                }
                b"bindings" => {
                    let numbers = reader.numbers()?;
                    facts.bindings.reserve(about(numbers, 5));
                    rows(numbers, |row| {
                        facts.bindings.push(binding(row)?);
                        Some(())
                    })?;
                }
                b"more" => more = reader.numbers()?,
                b"symbols" => symbols = reader.numbers()?,
                b"tokens" | b"lines" if parts == Parts::Bound => reader.pass()?,
                b"tokens" => facts.tokens = Late::new(reader.numbers()?, tokens),
                b"lines" => facts.lines = Late::new(reader.numbers()?, lines),
                _ => return None,
            }
        }
        rows(more, |[of, what, list]| {
            let binding = facts.bindings.get_mut(back(of) as usize)?;
            let list = back(list);
            match what {
                0 => binding.params = list,
                1 => binding.generics = list,
                2 => binding.bases = list,
                3 => binding.sites = list,
                _ => binding.members = list,
            }
            Some(())
        })?;
        let mut kinds = kinds.into_iter();
        rows(symbols, |[id, owner, container, binding]| {
            let symbol = SymbolFacts {
                id: SymbolId(id as u64),
                kind: kinds.next()?,
                owner: back(owner),
                container: back(container),
                binding: back(binding),
            };
            if let Some(binding) = facts.bindings.get_mut(symbol.binding as usize) {
                binding.symbol = facts.symbols.len() as u32;
            }
            facts.symbols.push(symbol);
            Some(())
        })?;
        Some(facts)
    }

    /// The file's symbols and what they are bound as, sorted.
    pub fn symbols(stored: &[u8]) -> Option<Vec<(SymbolId, BindingId)>> {
        let mut found = Vec::new();
        let mut reader = ColumnReader::new(stored)?;
        while let Some(field) = reader.field()? {
            if field != b"symbols" {
                reader.pass()?;
                continue;
            }
            let numbers = reader.numbers()?;
            rows(numbers, |[id, _, _, binding]| {
                found.push((SymbolId(id as u64), back(binding)));
                Some(())
            })?;
            break;
        }
        found.sort_unstable();
        Some(found)
    }

    /// The words by which containers of the file are found.
    pub fn words(stored: &[u8]) -> Option<Vec<String>> {
        let (mut names, mut words): (Names, Vec<u32>) = Default::default();
        let mut reader = ColumnReader::new(stored)?;
        while let Some(field) = reader.field()? {
            match field {
                b"names" => names = reader.names()?,
                b"found_by" => rows(reader.numbers()?, |[word, _]| {
                    words.push(back(word));
                    Some(())
                })?,
                // Behind `found_by` and `names` there is nothing of interest.
                b"exprs" => break,
                _ => reader.pass()?,
            }
        }
        words.dedup();
        words.into_iter().map(|word| names.get(word as usize).map(str::to_owned)).collect()
    }
}

fn binding(row: [i64; 5]) -> Option<Binding> {
    Some(Binding {
        name: back(row[0]),
        kind: *KINDS.get((row[1] / 8) as usize)?,
        is_top: row[1] & 1 != 0,
        is_private: row[1] & 2 != 0,
        is_unlikely: row[1] & 4 != 0,
        start: back(row[2]),
        symbol: NONE,
        ty: back(row[3]),
        value: back(row[4]),
        params: NONE,
        generics: NONE,
        bases: NONE,
        sites: NONE,
        members: NONE,
    })
}

fn tokens(numbers: &[u8]) -> Option<Vec<Token>> {
    let mut tokens = Vec::with_capacity(about(numbers, 5));
    let mut start = 0_i64;
    rows(numbers, |row: [i64; 5]| {
        start += row[0];
        tokens.push(Token {
            start: back(start),
            name: back(row[1]),
            kind: *REFERENCES.get(row[2] as usize)?,
            means: back(row[3]),
            within: back(row[4]),
        });
        Some(())
    })?;
    Some(tokens)
}

fn lines(numbers: &[u8]) -> Option<Vec<u32>> {
    let mut lines = Vec::with_capacity(about(numbers, 1));
    let mut start = 0_i64;
    rows(numbers, |[length]| {
        start += length;
        lines.push(back(start));
        Some(())
    })?;
    Some(lines)
}
