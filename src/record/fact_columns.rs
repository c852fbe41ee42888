//! Facts as they are stored.

use serde::{Deserialize, Serialize};

use super::{Binding, BindingKind, Expr, Facts, NONE, ReferenceKind, SymbolFacts, SymbolId, SymbolKind, Token};

/// As it is stored: a column a field, and what is mostly not there in lists of its own.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FactColumns {
    names: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    owners: Vec<String>,
    /// Three numbers an expression.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    exprs: Vec<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lists: Vec<u32>,
    /// Five numbers a binding: name, kind (eight times, plus what it is: 1 at the top, 2 private, 4 unlikely), start, type
    /// and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bindings: Vec<i64>,
    /// Three numbers each: binding, what (0 parameters, 1 type parameters, 2 bases, 3 sites, 4 members), list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    more: Vec<u32>,
    /// Five numbers a token: bytes since the last one's start, name, kind, meaning, symbol around.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<i64>,
    /// Four numbers a symbol: id, owner, container, binding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    symbols: Vec<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<SymbolKind>,
    /// How far the start of each line is from that of the line before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lines: Vec<u32>,
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
        for token in &facts.tokens {
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
        for &start in &facts.lines {
            columns.lines.push(start - last);
            last = start;
        }
        columns
    }

    pub fn facts(self) -> Option<Facts> {
        let mut facts = Facts { names: self.names, owners: self.owners, lists: self.lists, ..Facts::default() };
        for code in self.exprs.chunks_exact(3) {
            facts.exprs.push(Expr::of_code([back(code[0]), back(code[1]), back(code[2])])?);
        }
        for row in self.bindings.chunks_exact(5) {
            facts.bindings.push(Binding {
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
            });
        }
        for more in self.more.chunks_exact(3) {
            let binding = facts.bindings.get_mut(more[0] as usize)?;
            match more[1] {
                0 => binding.params = more[2],
                1 => binding.generics = more[2],
                2 => binding.bases = more[2],
                3 => binding.sites = more[2],
                _ => binding.members = more[2],
            }
        }
        let mut start = 0_i64;
        for row in self.tokens.chunks_exact(5) {
            start += row[0];
            facts.tokens.push(Token {
                start: back(start),
                name: back(row[1]),
                kind: *REFERENCES.get(row[2] as usize)?,
                means: back(row[3]),
                within: back(row[4]),
            });
        }
        for (at, (row, kind)) in self.symbols.chunks_exact(4).zip(self.kinds).enumerate() {
            let symbol = SymbolFacts {
                id: SymbolId(row[0] as u64),
                kind,
                owner: back(row[1]),
                container: back(row[2]),
                binding: back(row[3]),
            };
            if let Some(binding) = facts.bindings.get_mut(symbol.binding as usize) {
                binding.symbol = at as u32;
            }
            facts.symbols.push(symbol);
        }
        let mut start = 0;
        for length in self.lines {
            start += length;
            facts.lines.push(start);
        }
        Some(facts)
    }
}
