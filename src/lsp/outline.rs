//! The outline of an open document as JSON, made anew only for those parts of the text that have changed.

use std::{
    collections::HashMap,
    fmt::Write,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use tower_lsp::lsp_types::{self as lsp, DocumentSymbol};

use super::{
    convert::{Units, Wide},
    requests::nested,
};
use crate::{
    extract::{self, Asked, Bare, Known, Unit},
    parse::Parsed,
    query,
    record::SymbolKind,
};

/// The parts of a document's last outline.
#[derive(Debug, Default)]
pub struct Outlines(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// By the keys of units.
    parts: HashMap<u128, Arc<Part>>,
    bare: Bare,
}

/// What a part of the text has in the outline.
#[derive(Debug)]
struct Part {
    /// See [`extract::Names`].
    names: Vec<(Range<u32>, SymbolKind)>,
    /// Symbols with commas between them, without the numbers of their lines.
    json: String,
    /// Where in `json` a line's number belongs, and how far the line is from that in which the part begins.
    lines: Vec<(usize, u32)>,
    /// See [`Unit::asked`].
    asked: Vec<Asked>,
}

impl Outlines {
    /// The whole outline of a text.
    pub fn json(&self, parsed: &Parsed, units: Units, kinds: bool) -> String {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wide = Wide::new(parsed.text(), units);
        let Last { parts, bare } = &mut *last;
        let found = extract::outline(parsed, |key| parts.get(&key).map(|part| part.known()), bare);
        let mut kept = HashMap::with_capacity(found.len());
        let mut out = String::with_capacity(1 << 16);
        out.push('[');
        for unit in found {
            let (key, line) = (unit.key, unit.line);
            let known = key.filter(|_| unit.symbols.is_none()).and_then(|key| parts.get(&key).cloned());
            let part = known.unwrap_or_else(|| Arc::new(Part::of(unit, &wide, kinds)));
            if !part.json.is_empty() {
                if out.len() > 1 {
                    out.push(',');
                }
                part.append_to(&mut out, line);
            }
            if let Some(key) = key {
                kept.insert(key, part);
            }
        }
        out.push(']');
        *parts = kept;
        out
    }
}

impl Part {
    fn known(&self) -> Known<'_> {
        Known { names: &self.names, asked: &self.asked }
    }

    fn of(unit: Unit, wide: &Wide<'_>, kinds: bool) -> Self {
        let symbols = unit.symbols.unwrap_or_default();
        let from_start = |at: u32| at.saturating_sub(unit.start);
        let name = |symbol: &crate::record::Symbol| {
            (from_start(symbol.name_byte_start)..from_start(symbol.name_byte_end), symbol.kind)
        };
        let names = symbols.iter().map(name).collect();
        let mut part = Part { names, json: String::new(), lines: Vec::new(), asked: unit.asked };
        let shown = query::tree(symbols).into_iter().filter_map(|node| nested(wide, kinds, node));
        part.push_all(shown, unit.line);
        part
    }

    fn push_all(&mut self, symbols: impl IntoIterator<Item = DocumentSymbol>, first_line: u32) {
        for (at, symbol) in symbols.into_iter().enumerate() {
            if at > 0 {
                self.json.push(',');
            }
            self.push(symbol, first_line);
        }
    }

    /// Recursion is bounded: an outline is never deeper than `query` makes it.
    fn push(&mut self, symbol: DocumentSymbol, first_line: u32) {
        self.json.push_str("{\"name\":");
        self.push_json(&symbol.name);
        if let Some(detail) = &symbol.detail {
            self.json.push_str(",\"detail\":");
            self.push_json(detail);
        }
        self.json.push_str(",\"kind\":");
        self.push_json(&symbol.kind);
        self.json.push_str(",\"range\":");
        self.push_range(symbol.range, first_line);
        self.json.push_str(",\"selectionRange\":");
        self.push_range(symbol.selection_range, first_line);
        self.json.push_str(",\"children\":[");
        self.push_all(symbol.children.unwrap_or_default(), first_line);
        self.json.push_str("]}");
    }

    fn push_json(&mut self, value: &impl serde::Serialize) {
        self.json.push_str(&serde_json::to_string(value).expect("strings and numbers have a form in JSON"));
    }

    fn push_range(&mut self, range: lsp::Range, first_line: u32) {
        for (name, position) in [("{\"start\":{\"line\":", range.start), (",\"end\":{\"line\":", range.end)] {
            self.json.push_str(name);
            // What is declared again may stand elsewhere than where it is found.
            self.lines.push((self.json.len(), position.line.wrapping_sub(first_line)));
            write!(self.json, ",\"character\":{}}}", position.character).expect("writing to memory");
        }
        self.json.push('}');
    }

    fn append_to(&self, out: &mut String, first_line: u32) {
        let mut from = 0;
        for (at, line) in &self.lines {
            out.push_str(&self.json[from..*at]);
            write!(out, "{}", line.wrapping_add(first_line)).expect("writing to memory");
            from = *at;
        }
        out.push_str(&self.json[from..]);
    }
}
