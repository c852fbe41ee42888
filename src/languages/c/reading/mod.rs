//! What the parser is given to read of a text of C or C++.
//!
//! The grammars know the language after the preprocessor, with conditionals around whole statements and declarations. What
//! stands before it (macros for attributes, for types, for loops; conditionals around half an expression) would not
//! parse, and take what is around with it. So the parser reads a copy of the text in which such words are blanks, byte for
//! byte in the same places. What is written there is known by where it stands: an identifier between a type and the name
//! that is declared is neither.
//!
//! `tokens` is the lexer, `conditionals` chooses what is read of conditionals, `declarations` and `statements` look for
//! macros where the language has no place for a name, `expressions` for what the grammars lack.

mod conditionals;
mod declarations;
mod expansions;
mod expressions;
mod functions;
mod statements;
pub(in crate::languages) mod tokens;
mod words;

use rustc_hash::{FxHashMap, FxHashSet};
use tokens::{Kind, Token};

use crate::{
    languages::roles::{Expansion, Hidden, Reading},
    record::Cause,
};

/// What is to be read, where that is not all of the text.
pub(super) fn read_c(bytes: &[u8]) -> Option<Reading> {
    read(bytes, false)
}

pub(in crate::languages) fn read_cpp(bytes: &[u8]) -> Option<Reading> {
    read(bytes, true)
}

fn read(bytes: &[u8], is_cpp: bool) -> Option<Reading> {
    let all = tokens::tokens(bytes);
    let chosen = conditionals::choose(bytes, &all, is_cpp);
    let mut reader = Reader::new(bytes, &all, &chosen, is_cpp);
    reader.run();
    reader.finish(&all, &chosen)
}

/// The word of a directive, and what stands behind it.
pub(in crate::languages) fn directive_of(line: &[u8]) -> (&[u8], &[u8]) {
    (conditionals::directive(line), conditionals::argument(line))
}

pub(in crate::languages) use words::{is_capitals, is_control, is_name, is_tag, is_type};

/// What a brace opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// Declarations: the file, a namespace, `extern "C"`.
    Declarations,
    /// Members of the type whose name is this token.
    Members(Option<usize>),
    Enumerators,
    /// Statements.
    Statements,
    /// A value in braces.
    Value,
}

/// One pass over the tokens that are read.
struct Reader<'a> {
    bytes: &'a [u8],
    is_cpp: bool,
    tokens: Vec<Token>,
    /// For each bracket the one that it belongs to.
    mates: Vec<usize>,
    scopes: Vec<Scope>,
    /// The brace of a type's body, when its scope has been entered before it was met.
    body: Option<usize>,
    /// The text as the parser is to see it.
    out: Vec<u8>,
    /// Words that it is not to see.
    hidden: Vec<Hidden>,
    is_changed: bool,
    /// Names that this file defines to be nothing, or attributes.
    blanks: FxHashSet<&'a [u8]>,
    /// Names that this file defines to be jumps.
    jumps: FxHashMap<&'a [u8], &'static [u8]>,
    /// Macros with parameters that this file defines.
    macros: expansions::Macros<'a>,
    expansions: Vec<Expansion>,
    /// How many bytes the expansions came to.
    expanded: usize,
    /// Tokens behind which a statement begins.
    ends_head: FxHashSet<usize>,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], all: &[Token], chosen: &conditionals::Chosen, is_cpp: bool) -> Self {
        let tokens: Vec<Token> =
            all.iter().zip(&chosen.shown).filter(|&(_, shown)| *shown).map(|(token, _)| *token).collect();
        let mates = mates(bytes, &tokens);
        let blanks = blanks(bytes, all);
        Reader {
            bytes,
            is_cpp,
            tokens,
            mates,
            scopes: Vec::new(),
            body: None,
            out: bytes.to_vec(),
            hidden: Vec::new(),
            is_changed: false,
            blanks,
            jumps: jumps(bytes, all),
            macros: expansions::Macros::of(bytes, all),
            expansions: Vec::new(),
            expanded: 0,
            ends_head: FxHashSet::default(),
        }
    }

    fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The text of a token; nothing before the first and behind the last.
    fn text(&self, at: usize) -> &'a [u8] {
        self.tokens.get(at).map(|token| token.text(self.bytes)).unwrap_or_default()
    }

    fn kind(&self, at: usize) -> Kind {
        self.tokens.get(at).map_or(Kind::Directive, |token| token.kind)
    }

    fn is_name(&self, at: usize) -> bool {
        self.kind(at) == Kind::Word && words::is_name(self.text(at))
    }

    fn is_word(&self, at: usize) -> bool {
        self.kind(at) == Kind::Word
    }

    /// The bracket that closes the one here; the last token if none does.
    fn mate(&self, at: usize) -> usize {
        self.mates.get(at).copied().filter(|&mate| mate > at).unwrap_or(self.len().saturating_sub(1).max(at))
    }

    fn scope(&self) -> Scope {
        self.scopes.last().copied().unwrap_or(Scope::Declarations)
    }

    /// Leaves the tokens from one to another out.
    fn hide(&mut self, from: usize, to: usize) {
        for at in from..=to {
            let Some(token) = self.tokens.get(at).copied() else { return };
            if token.kind == Kind::Word && words::is_name(token.text(self.bytes)) {
                self.hidden.push(Hidden { range: token.start..token.end, cause: None, is_name: true });
            } else {
                self.hidden.push(Hidden { range: token.start..token.end, cause: None, is_name: false });
            }
        }
        if let (Some(first), Some(last)) = (self.tokens.get(from), self.tokens.get(to)) {
            self.blank(first.start, last.end);
        }
    }

    fn blank(&mut self, start: u32, end: u32) {
        self.is_changed = true;
        for byte in &mut self.out[start as usize..end as usize] {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    /// Puts other bytes in the place of what is there.
    fn put(&mut self, start: u32, with: &[u8]) {
        self.is_changed = true;
        self.out[start as usize..start as usize + with.len()].copy_from_slice(with);
    }

    /// Puts a semicolon behind a token, if there is room.
    fn end_statement(&mut self, at: usize) -> bool {
        let end = self.tokens[at].end;
        let has_room = self.bytes.get(end as usize).is_some_and(u8::is_ascii_whitespace);
        if has_room {
            self.put(end, b";");
        }
        has_room
    }

    /// In a directive a comment ends what the grammar reads of it, whatever stands behind.
    fn hide_comments(&mut self, at: usize) {
        let token = self.tokens[at];
        let line = token.text(self.bytes);
        let mut from = 0;
        while let Some(start) = memchr::memmem::find(&line[from..], b"/*").map(|start| start + from) {
            let Some(length) = memchr::memmem::find(&line[start + 2..], b"*/") else { return };
            let end = start + 2 + length + 2;
            if !line[end..].trim_ascii().is_empty() {
                let (start, end) = (token.start as usize + start, token.start as usize + end);
                self.out[start..end].fill(b' ');
                self.is_changed = true;
            }
            from = end;
        }
    }

    fn run(&mut self) {
        for at in 0..self.len() {
            if self.kind(at) == Kind::Directive {
                self.hide_comments(at);
            }
        }
        let mut at = 0;
        // What comes begins a declaration or statement.
        let mut begins = true;
        while at < self.len() {
            if begins && !matches!(self.text(at), b"}") {
                match self.scope() {
                    Scope::Declarations | Scope::Members(_) => {
                        at = self.declaration(at, false);
                        begins = true;
                        continue;
                    }
                    Scope::Statements => {
                        let (next, again) = self.statement(at);
                        begins = again;
                        if next > at {
                            at = next;
                            continue;
                        }
                    }
                    Scope::Enumerators | Scope::Value => {}
                }
            }
            begins = false;
            match self.text(at) {
                b"{" => {
                    if self.body.take_if(|body| *body == at).is_none() {
                        let scope = self.brace(at);
                        self.scopes.push(scope);
                    }
                    begins = !matches!(self.scope(), Scope::Value | Scope::Enumerators);
                }
                b"}" => {
                    let closed = self.scopes.pop();
                    begins = match closed {
                        Some(Scope::Members(_) | Scope::Enumerators) => {
                            if matches!(self.scope(), Scope::Declarations | Scope::Members(_)) {
                                at = self.declaration(at + 1, true);
                                begins = true;
                                continue;
                            }
                            false
                        }
                        Some(Scope::Value) => false,
                        _ => true,
                    };
                }
                b";" => begins = true,
                b":" => begins = self.scope() == Scope::Statements,
                _ if self.kind(at) == Kind::Directive => begins = true,
                _ if self.is_list_of_enumerators(at) => {
                    self.expand_enumerators(at);
                    let close = self.mate(at + 1);
                    let end = if self.text(close + 1) == b"," { close + 1 } else { close };
                    self.hide(at, end);
                    at = end;
                }
                _ => at = self.expression(at),
            }
            begins |= self.ends_head.contains(&at);
            at += 1;
        }
    }

    /// `ERRORS(MAKE_ENUMERATOR)`, a macro that makes some.
    fn is_list_of_enumerators(&self, at: usize) -> bool {
        let follows = at
            .checked_sub(1)
            .is_some_and(|before| self.kind(before) == Kind::Directive || matches!(self.text(before), b"{" | b","));
        follows && self.scope() == Scope::Enumerators && self.is_name(at) && self.text(at + 1) == b"("
    }

    /// What a brace in a statement or value opens.
    fn brace(&self, at: usize) -> Scope {
        let before = at.checked_sub(1).map(|before| self.text(before)).unwrap_or_default();
        match before {
            b")" | b"else" | b"do" | b"try" | b"mutable" | b"noexcept" | b"constexpr" | b";" | b"{" | b"}" | b":"
                if self.scope() != Scope::Value || matches!(before, b")" | b"mutable" | b"noexcept") =>
            {
                Scope::Statements
            }
            b"(" if self.scope() == Scope::Statements || self.scope() == Scope::Value => Scope::Statements,
            // `[&] { ... }`.
            b"]" if self.is_cpp => Scope::Statements,
            _ if self.is_cpp && self.returns_type(at) => Scope::Statements,
            _ => Scope::Value,
        }
    }

    /// `) -> type {`.
    fn returns_type(&self, at: usize) -> bool {
        (1..12)
            .take_while(|&back| back < at)
            .any(|back| self.text(at - back) == b"->" && self.text(at - back - 1) == b")")
    }

    fn finish(mut self, all: &[Token], chosen: &conditionals::Chosen) -> Option<Reading> {
        let mut run: Option<(u32, u32)> = None;
        for (token, shown) in all.iter().zip(&chosen.shown) {
            if *shown {
                if let Some((start, end)) = run.take() {
                    self.blank(start, end);
                }
                continue;
            }
            let is_line = token.kind == Kind::Directive;
            run = Some((run.map_or(token.start, |(start, _)| start), token.end));
            let text = token.text(self.bytes);
            let cause = if is_line { None } else { decision(token.kind, text) };
            let is_name = token.kind == Kind::Word && words::is_name(text);
            self.hidden.push(Hidden { range: token.start..token.end, cause, is_name });
        }
        if let Some((start, end)) = run {
            self.blank(start, end);
        }
        for &line in &chosen.lost_choices {
            let at = all[line].start;
            self.hidden.push(Hidden { range: at..at, cause: Some(Cause::Variant), is_name: false });
        }
        for &label in &chosen.bare_labels {
            let end = all[label].end;
            if self.bytes.get(end as usize).is_some_and(u8::is_ascii_whitespace) {
                self.put(end, b";");
            }
        }
        if !self.is_changed && self.expansions.is_empty() {
            return None;
        }
        self.hidden.sort_by_key(|hidden| (hidden.range.start, hidden.range.end));
        Some(Reading { bytes: self.out, hidden: self.hidden, expansions: self.expansions })
    }
}

/// A decision by its token.
fn decision(kind: Kind, text: &[u8]) -> Option<Cause> {
    if !matches!(kind, Kind::Word | Kind::Mark) {
        return None;
    }
    Some(match text {
        b"if" => Cause::If,
        b"for" => Cause::For,
        b"while" => Cause::While,
        b"case" => Cause::Case,
        b"catch" => Cause::Handler,
        b"?" => Cause::Ternary,
        b"&&" => Cause::And,
        b"||" => Cause::Or,
        _ => return None,
    })
}

/// The bracket that each bracket belongs to; one that belongs to none is its own.
fn mates(bytes: &[u8], tokens: &[Token]) -> Vec<usize> {
    let mut mates: Vec<usize> = (0..tokens.len()).collect();
    let mut open: Vec<(u8, usize)> = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Mark) {
        match token.text(bytes) {
            [mark @ (b'(' | b'[' | b'{')] => open.push((*mark, at)),
            [mark @ (b')' | b']' | b'}')] => {
                let opened = match mark {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                // A brace closes what was left open in it; a parenthesis closes no brace.
                let reaches = open.iter().rev().take_while(|(kind, _)| *mark == b'}' || *kind != b'{');
                let depth = reaches.enumerate().find(|(_, (kind, _))| *kind == opened).map(|(depth, _)| depth);
                if let Some(depth) = depth {
                    open.truncate(open.len() - depth);
                    if let Some((_, start)) = open.pop() {
                        mates[start] = at;
                        mates[at] = start;
                    }
                }
            }
            _ => {}
        }
    }
    mates
}

/// The names that the file defines to be nothing, or attributes and specifiers only, wherever it defines them.
fn blanks<'a>(bytes: &'a [u8], tokens: &[Token]) -> FxHashSet<&'a [u8]> {
    let mut blank: FxHashSet<&[u8]> = FxHashSet::default();
    let mut other: FxHashSet<&[u8]> = FxHashSet::default();
    for token in tokens.iter().filter(|token| token.kind == Kind::Directive) {
        let line = token.text(bytes);
        if conditionals::directive(line) != b"define" {
            continue;
        }
        let rest = conditionals::argument(line);
        let length = rest.iter().position(|&byte| !tokens::is_word(byte)).unwrap_or(rest.len());
        let (name, value) = rest.split_at(length);
        if value.first() == Some(&b'(') {
            other.insert(name);
            continue;
        }
        let parts = tokens::tokens(value);
        let mut depth = 0;
        let mut is_decorated = false;
        let is_blank = parts.iter().all(|part| match part.text(value) {
            b"(" => {
                depth += 1;
                is_decorated
            }
            b")" => {
                depth -= 1;
                true
            }
            text => {
                is_decorated |= is_decoration(text);
                depth > 0 || is_decoration(text)
            }
        });
        if is_blank {
            blank.insert(name)
        } else {
            other.insert(name)
        };
    }
    blank.retain(|name| !other.contains(name) && words::is_name(name));
    blank
}

/// The names that the file defines to be `break` and the like.
fn jumps<'a>(bytes: &'a [u8], tokens: &[Token]) -> FxHashMap<&'a [u8], &'static [u8]> {
    let lines = tokens.iter().filter(|token| token.kind == Kind::Directive).map(|token| token.text(bytes));
    let define = |line: &'a [u8]| {
        let rest = (conditionals::directive(line) == b"define").then(|| conditionals::argument(line))?;
        let (name, value) = rest.split_at(rest.iter().position(|&byte| !tokens::is_word(byte))?);
        let value = value.trim_ascii();
        let jump: &'static [u8] = match value.strip_suffix(b";").unwrap_or(value).trim_ascii_end() {
            b"break" => b"break;",
            b"continue" => b"continue;",
            b"return" => b"return;",
            _ => return None,
        };
        Some((name, jump))
    };
    lines.filter_map(define).collect()
}

/// Stands beside a declaration and says nothing of what it is.
fn is_decoration(word: &[u8]) -> bool {
    words::is_specifier(word)
        || matches!(word, b"__attribute__" | b"__attribute" | b"__declspec" | b"_Pragma" | b"__pragma")
}
