//! What calls of macros outside of functions define, as far as the macro is defined in the same text: its body is put in,
//! with what it is given, and read for definitions.

use rustc_hash::FxHashMap;

use super::{
    Reader, conditionals,
    tokens::{Kind, Token, is_word, tokens},
    words,
};
use crate::{
    languages::roles::{Expansion, Made},
    record::SymbolKind,
};

/// What one call may come to, in bytes, and all calls of a text.
const MAX_CALL: usize = 64 << 10;
const MAX_TEXT: usize = 1 << 20;
/// How deep macros call each other.
const MAX_DEPTH: usize = 8;

/// A macro with parameters.
#[derive(Debug)]
pub(super) struct Macro<'a> {
    parameters: Vec<&'a [u8]>,
    body: &'a [u8],
}

/// The macros with parameters that a text defines.
#[derive(Debug, Default)]
pub(super) struct Macros<'a> {
    /// By name, each with where it is defined.
    defined: FxHashMap<&'a [u8], Vec<(u32, Macro<'a>)>>,
    /// Where names are made to be none again.
    undefined: FxHashMap<&'a [u8], Vec<u32>>,
}

impl<'a> Macros<'a> {
    pub fn of(bytes: &'a [u8], all: &[Token]) -> Self {
        let mut found = Macros::default();
        for token in all.iter().filter(|token| token.kind == Kind::Directive) {
            let line = token.text(bytes);
            let rest = conditionals::argument(line);
            let length = rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len());
            let (name, value) = rest.split_at(length);
            match conditionals::directive(line) {
                b"undef" => found.undefined.entry(name).or_default().push(token.start),
                b"define" => {
                    let Some(inside) = value.strip_prefix(b"(") else { continue };
                    let Some(close) = inside.iter().position(|&byte| byte == b')') else { continue };
                    let parameters = inside[..close].split(|&byte| byte == b',').map(<[u8]>::trim_ascii).collect();
                    let body = &inside[close + 1..];
                    found.defined.entry(name).or_default().push((token.start, Macro { parameters, body }));
                }
                _ => {}
            }
        }
        found
    }

    /// What a name is at a place. Of several that other builds have the first counts.
    fn at(&self, name: &[u8], place: u32) -> Option<&Macro<'a>> {
        let all = self.defined.get(name)?;
        let undefined = self.undefined.get(name).map(Vec::as_slice).unwrap_or_default();
        let last = undefined[..undefined.partition_point(|&at| at < place)].last().copied().unwrap_or_default();
        let first = all.partition_point(|(at, _)| *at < last);
        all.get(first).or_else(|| all.first()).map(|(_, known)| known)
    }
}

impl Reader<'_> {
    /// Notes what a call of a macro at this token makes.
    pub(super) fn expand(&mut self, at: usize) {
        self.expand_as(at, definitions);
    }

    /// The same in an enumeration.
    pub(super) fn expand_enumerators(&mut self, at: usize) {
        self.expand_as(at, enumerators);
    }

    fn expand_as(&mut self, at: usize, read: fn(&[u8]) -> Vec<Made>) {
        let place = self.tokens[at].start;
        if self.text(at + 1) != b"(" || self.macros.at(self.text(at), place).is_none() || self.expanded > MAX_TEXT {
            return;
        }
        let close = self.mate(at + 1);
        let (start, end) = (self.tokens[at].start, self.tokens[close].end);
        if self.expansions.last().is_some_and(|last| last.range.start == start) {
            return;
        }
        let call = &self.bytes[start as usize..end as usize];
        let text = self.expansion(call, place, 0);
        self.expanded += text.len();
        let made = read(&text);
        if !made.is_empty() {
            self.expansions.push(Expansion { range: start..end, name: start..self.tokens[at].end, made });
        }
    }

    /// A text with the calls in it put out.
    fn expansion(&self, text: &[u8], place: u32, depth: usize) -> Vec<u8> {
        let parts = tokens(text);
        let mut out = Vec::new();
        let mut at = 0;
        while at < parts.len() && out.len() < MAX_CALL {
            let word = parts[at].text(text);
            let called = self.macros.at(word, place).filter(|_| depth < MAX_DEPTH && is_open(&parts, text, at + 1));
            if let Some(called) = called
                && let Some((arguments, end)) = arguments(&parts, text, at + 1)
            {
                let body = called.filled(&arguments);
                out.extend(self.expansion(&body, place, depth + 1));
                at = end + 1;
            } else {
                out.extend_from_slice(word);
                at += 1;
            }
            out.push(b' ');
        }
        out
    }
}

fn is_open(parts: &[Token], text: &[u8], at: usize) -> bool {
    parts.get(at).is_some_and(|part| part.text(text) == b"(")
}

/// The arguments in the parentheses that open here, and where these close.
fn arguments<'t>(parts: &[Token], text: &'t [u8], open: usize) -> Option<(Vec<&'t [u8]>, usize)> {
    let mut depth = 0;
    let mut start = parts.get(open)?.end as usize;
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate().skip(open) {
        match part.text(text) {
            b"(" => depth += 1,
            b")" => {
                depth -= 1;
                if depth == 0 {
                    found.push(text[start..part.start as usize].trim_ascii());
                    return Some((found, at));
                }
            }
            b"," if depth == 1 => {
                found.push(text[start..part.start as usize].trim_ascii());
                start = part.end as usize;
            }
            _ => {}
        }
    }
    None
}

impl Macro<'_> {
    /// The body with the arguments in the parameters' places, and what `##` joins joined.
    fn filled(&self, arguments: &[&[u8]]) -> Vec<u8> {
        let body: Vec<u8> =
            self.body.iter().map(|&byte| if byte == b'\\' || byte == b'\n' { b' ' } else { byte }).collect();
        let parts = tokens(&body);
        let mut out: Vec<u8> = Vec::new();
        let mut at = 0;
        while at < parts.len() && out.len() < MAX_CALL {
            let word = parts[at].text(&body);
            let is_join = word == b"#" && parts.get(at + 1).is_some_and(|next| next.text(&body) == b"#");
            if is_join {
                while out.last() == Some(&b' ') {
                    out.pop();
                }
                at += 2;
                continue;
            }
            match self.parameters.iter().position(|parameter| *parameter == word) {
                Some(place) => out.extend_from_slice(arguments.get(place).copied().unwrap_or_default()),
                None => out.extend_from_slice(word),
            }
            out.push(b' ');
            at += 1;
        }
        out
    }
}

/// What a text of declarations defines at its top level.
fn definitions(text: &[u8]) -> Vec<Made> {
    let parts = tokens(text);
    let word = |at: usize| parts.get(at).map(|part| part.text(text)).unwrap_or_default();
    let is_name = |at: usize| parts.get(at).is_some_and(|part| part.kind == Kind::Word) && words::is_name(word(at));
    let mut made = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let start = at;
        let mut name = None;
        let mut kind = None;
        // Up to the end of the item, over what is in brackets.
        while at < parts.len() {
            match word(at) {
                b";" => break,
                b"(" => {
                    if kind.is_none() && at > start && is_name(at - 1) {
                        (name, kind) = (Some(at - 1), Some(SymbolKind::Function));
                    }
                    at = closing(&parts, text, at);
                }
                b"[" => at = closing(&parts, text, at),
                b"=" if kind.is_none() => {
                    name = name.or((at > start && is_name(at - 1)).then(|| at - 1));
                    kind = Some(SymbolKind::Variable);
                }
                b"{" => {
                    at = closing(&parts, text, at);
                    if kind == Some(SymbolKind::Function) {
                        break;
                    }
                }
                b"struct" | b"class" | b"union" if is_name(at + 1) && word(at + 2) == b"{" && kind.is_none() => {
                    (name, kind) = (Some(at + 1), Some(SymbolKind::Struct));
                }
                _ => {}
            }
            at += 1;
        }
        let is_typed = name.is_some_and(|name| name > start);
        if let (Some(name), Some(kind), true) = (name, kind, is_typed && word(start) != b"typedef") {
            made.push(Made { name: String::from_utf8_lossy(word(name)).into_owned(), kind });
        }
        at += 1;
    }
    made
}

/// The names in a list of enumerators.
fn enumerators(text: &[u8]) -> Vec<Made> {
    let parts = tokens(text);
    let (mut made, mut begins, mut at) = (Vec::new(), true, 0);
    while at < parts.len() {
        let word = parts[at].text(text);
        if begins && parts[at].kind == Kind::Word && words::is_name(word) {
            made.push(Made { name: String::from_utf8_lossy(word).into_owned(), kind: SymbolKind::EnumMember });
        }
        begins = word == b",";
        at = if matches!(word, b"(" | b"[" | b"{") { closing(&parts, text, at) + 1 } else { at + 1 };
    }
    made
}

/// The place of the bracket that closes the one here.
fn closing(parts: &[Token], text: &[u8], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, part) in parts.iter().enumerate().skip(open) {
        match part.text(text) {
            b"(" | b"[" | b"{" => depth += 1,
            b")" | b"]" | b"}" => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    parts.len()
}
