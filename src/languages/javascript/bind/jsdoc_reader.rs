//! The text of a comment that says types, read from left to right.

use super::{BOTH, special};
use crate::{
    bind::{Bind, Binder, Child, Val, Where},
    record::{BindingId, BindingKind, Expr, ExprId, NONE, ReferenceKind},
    resolve::REST,
};

/// Longer types are not read.
const MAX_TYPE: usize = 2_000;

/// A place in a text.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
    pub(super) base: u32,
    pub(super) depth: u32,
}

impl<'t> Reader<'t> {
    /// The next tag that begins a line.
    pub(super) fn next_tag(&mut self) -> Option<&'t [u8]> {
        loop {
            let from = self.at + self.text.get(self.at..)?.iter().position(|&byte| byte == b'@')?;
            let line = self.text[..from].iter().rposition(|&byte| byte == b'\n').map_or(0, |line| line + 1);
            let head = &self.text[line..from];
            let starts_line = head.iter().all(|byte| byte.is_ascii_whitespace() || matches!(byte, b'*' | b'/'));
            let end = self.text[from + 1..].iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or_default();
            self.at = from + 1 + end;
            if starts_line && end > 0 {
                return Some(&self.text[from + 1..from + 1 + end]);
            }
        }
    }

    pub(super) fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    pub(super) fn skip_space(&mut self) {
        while self.peek().is_ascii_whitespace()
            || (self.peek() == b'*' && self.text.get(self.at + 1) != Some(&b'/') && self.at_line_start())
        {
            self.at += 1;
        }
    }

    /// Nothing but space stands before this in its line.
    pub(super) fn at_line_start(&self) -> bool {
        let before = self.text[..self.at].iter().rev().take_while(|&&byte| byte != b'\n');
        before.into_iter().all(u8::is_ascii_whitespace)
    }

    pub(super) fn eat(&mut self, text: &[u8]) -> bool {
        self.skip_space();
        let found = self.text[self.at.min(self.text.len())..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// A name behind a type: `name`, `[name=default]`, `options.name`.
    pub(super) fn name(&mut self) -> (&'t [u8], u32, bool) {
        while matches!(self.peek(), b' ' | b'\t') {
            self.at += 1;
        }
        if self.peek() == b'\n' || self.peek() == b'\r' {
            self.skip_space();
        }
        let is_optional = self.peek() == b'[';
        self.at += usize::from(is_optional);
        let from = self.at;
        let is_of_name =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.' | b'[' | b']') || byte >= 0x80;
        while is_of_name(self.peek()) && !(is_optional && self.peek() == b']') {
            self.at += 1;
        }
        (&self.text[from..self.at], self.base + from as u32, is_optional)
    }

    /// `{T}`; unknown where there is none.
    pub(super) fn braces(&mut self, b: &mut Binder<'t>) -> ExprId {
        if !self.eat(b"{") {
            return 0;
        }
        let from = self.at;
        let mut open = 1;
        let mut end = self.at;
        while open > 0 {
            match self.text.get(end) {
                Some(b'{') => open += 1,
                Some(b'}') => open -= 1,
                Some(_) => {}
                None => return 0,
            }
            end += 1;
        }
        if end - from > MAX_TYPE {
            self.at = end;
            return 0;
        }
        let mut inner = Reader { text: &self.text[..end - 1], at: from, base: self.base, depth: 0 };
        let ty = inner.union(b);
        self.at = end;
        ty
    }

    /// `A | B`.
    pub(super) fn union(&mut self, b: &mut Binder<'t>) -> ExprId {
        self.depth += 1;
        if self.depth > 24 {
            return 0;
        }
        let mut all = Vec::new();
        loop {
            let one = self.postfix(b);
            if one != 0 {
                all.push(one);
            }
            if !self.eat(b"|") && !self.eat(b"&") {
                break;
            }
        }
        self.depth -= 1;
        b.either(&all)
    }

    /// `T[]`, `T["x"]`.
    pub(super) fn postfix(&mut self, b: &mut Binder<'t>) -> ExprId {
        let mut ty = self.prefix(b);
        loop {
            if self.eat(b"[]") {
                ty = b.lib("Array", &[ty]);
            } else if self.peek() == b'[' {
                self.at += 1;
                self.skip_space();
                let quote = self.peek();
                if !matches!(quote, b'"' | b'\'') {
                    return 0;
                }
                self.at += 1;
                let from = self.at;
                while self.peek() != quote && self.at < self.text.len() {
                    self.at += 1;
                }
                let name = b.name(&self.text[from..self.at]);
                self.at += 1;
                self.eat(b"]");
                let of = b.make(Expr::Instance(ty));
                let member = b.make(Expr::Member { of, name });
                ty = b.make(Expr::ValueType(member));
            } else if self.eat(b"=") || self.eat(b"!") {
                // Optional, in Closure's notation.
            } else {
                return ty;
            }
        }
    }

    pub(super) fn prefix(&mut self, b: &mut Binder<'t>) -> ExprId {
        self.skip_space();
        match self.peek() {
            b'?' | b'!' => {
                self.at += 1;
                self.prefix(b)
            }
            b'.' if self.eat(b"...") => {
                let of = self.postfix(b);
                let list = b.lib("Array", &[of]);
                special(b, REST, list)
            }
            b'(' => self.parenthesized(b),
            b'{' => self.record(b),
            b'[' => {
                self.at += 1;
                let mut all = Vec::new();
                while !self.eat(b"]") && self.at < self.text.len() {
                    all.push(self.union(b));
                    if !self.eat(b",") {
                        self.eat(b"]");
                        break;
                    }
                }
                let list = b.list(&all);
                b.make(Expr::Tuple(list))
            }
            b'"' | b'\'' | b'`' => {
                let quote = self.peek();
                self.at += 1;
                while self.peek() != quote && self.at < self.text.len() {
                    self.at += 1;
                }
                self.at += 1;
                b.lib("string", &[])
            }
            b'*' => {
                self.at += 1;
                0
            }
            byte if byte.is_ascii_digit() || byte == b'-' => {
                while self.peek().is_ascii_alphanumeric() || matches!(self.peek(), b'-' | b'.') {
                    self.at += 1;
                }
                b.lib("number", &[])
            }
            _ => self.named(b),
        }
    }

    /// `(A | B)`, `(a: A) => B`.
    pub(super) fn parenthesized(&mut self, b: &mut Binder<'t>) -> ExprId {
        self.at += 1;
        let from = self.at;
        let (mut open, mut end) = (1, self.at);
        while open > 0 && end < self.text.len() {
            open += match self.text[end] {
                b'(' => 1,
                b')' => -1,
                _ => 0,
            };
            end += 1;
        }
        let mut behind = Reader { at: end, ..*self };
        if !behind.eat(b"=>") {
            let ty = self.union(b);
            self.at = end;
            return ty;
        }
        let arrow = behind.at;
        self.at = from;
        let params = self.params(b, true);
        self.at = arrow;
        let gives = self.union(b);
        let params = b.list(&params);
        b.make(Expr::Function { params, gives })
    }

    /// Parameters up to a parenthesis.
    pub(super) fn params(&mut self, b: &mut Binder<'t>, named: bool) -> Vec<BindingId> {
        let mut all = Vec::new();
        while !self.eat(b")") && self.at < self.text.len() {
            let start = self.base + self.at as u32;
            if named {
                self.eat(b"...");
                self.word();
                self.eat(b"?");
                self.eat(b":");
            }
            let before = self.at;
            let ty = self.union(b);
            all.push(b.nameless(start, Bind::new(BindingKind::Parameter).ty(ty)));
            if !self.eat(b",") && before == self.at {
                break;
            }
        }
        all
    }

    pub(super) fn word(&mut self) -> &'t [u8] {
        self.skip_space();
        let from = self.at;
        while self.peek().is_ascii_alphanumeric() || matches!(self.peek(), b'_' | b'$') || self.peek() >= 0x80 {
            self.at += 1;
        }
        &self.text[from..self.at]
    }

    /// `{a: A, b?: B}`.
    pub(super) fn record(&mut self, b: &mut Binder<'t>) -> ExprId {
        let binding = b.nameless(self.base + self.at as u32, Bind::new(BindingKind::Variable));
        self.at += 1;
        let mut parts = Vec::new();
        while !self.eat(b"}") && self.at < self.text.len() {
            self.skip_space();
            if matches!(self.peek(), b',' | b';') {
                self.at += 1;
                continue;
            }
            let start = self.base + self.at as u32;
            if self.peek() == b'[' {
                // `[key: string]: T`.
                while self.peek() != b']' && self.at < self.text.len() {
                    self.at += 1;
                }
                self.at += 1;
                self.eat(b":");
                let gives = self.union(b);
                let params = b.list(&[]);
                let ty = b.make(Expr::Function { params, gives });
                let name = b.word("[]");
                parts.push(b.bind_name(name, start, Bind::new(BindingKind::Member).place(Where::Nowhere).ty(ty)));
                continue;
            }
            let quote = self.peek();
            let is_quoted = matches!(quote, b'"' | b'\'');
            self.at += usize::from(is_quoted);
            let name = self.word();
            self.at += usize::from(is_quoted);
            if name.is_empty() {
                break;
            }
            let start = if is_quoted { start + 1 } else { start };
            self.eat(b"?");
            let ty = if self.eat(b":") { self.union(b) } else { 0 };
            let name = b.name(name);
            parts.push(b.bind_name(name, start, Bind::new(BindingKind::Member).place(Where::Nowhere).ty(ty)));
        }
        b.set_parts(binding, &parts);
        b.make(Expr::Record(binding))
    }

    /// `Name`, `a.B<C>`, `import("m").T`, `typeof x`, `function(A): B`.
    pub(super) fn named(&mut self, b: &mut Binder<'t>) -> ExprId {
        let from = {
            self.skip_space();
            self.at
        };
        let word = self.word();
        match word {
            b"" => {
                self.at += 1;
                return 0;
            }
            b"any" | b"unknown" | b"void" | b"never" | b"undefined" | b"null" | b"object" => return 0,
            b"string" | b"number" | b"boolean" | b"symbol" | b"bigint" => {
                let name = String::from_utf8_lossy(word).into_owned();
                return b.lib(&name, &[]);
            }
            b"keyof" | b"readonly" | b"unique" => {
                self.postfix(b);
                return 0;
            }
            b"function" | b"Function" if self.eat(b"(") => {
                let params = self.params(b, false);
                let gives = if self.eat(b":") { self.union(b) } else { 0 };
                let params = b.list(&params);
                return b.make(Expr::Function { params, gives });
            }
            b"typeof" => {
                let of = self.named(b);
                return if of == 0 { 0 } else { b.make(Expr::ValueType(of)) };
            }
            _ => {}
        }
        let mut ty = if word == b"import" && self.eat(b"(") {
            self.skip_space();
            let quote = self.peek();
            self.at += 1;
            let start = self.at;
            while self.peek() != quote && self.at < self.text.len() {
                self.at += 1;
            }
            let name = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
            let module = b.word(&name);
            self.at += 1;
            self.eat(b")");
            b.make(Expr::Import { module, name: NONE })
        } else {
            let range = self.base + from as u32..self.base + self.at as u32;
            match b.name_in(range, ReferenceKind::Type, BOTH) {
                Val::Expr(expr) => expr,
                _ => 0,
            }
        };
        while self.peek() == b'.' && self.text.get(self.at + 1) != Some(&b'<') {
            self.at += 1;
            let from = self.at;
            let name = self.word();
            if name.is_empty() {
                return ty;
            }
            let (start, end) = (self.base + from as u32, self.base + self.at as u32);
            let val = b.name_token(start..end, ReferenceKind::Type);
            let child = Child { val, field: "", kind: "type_identifier", start, end };
            ty = match b.path(ty, child) {
                Val::Expr(expr) => expr,
                _ => 0,
            };
        }
        self.eat(b".");
        if self.eat(b"<") {
            let mut args = Vec::new();
            while !self.eat(b">") && self.at < self.text.len() {
                let before = self.at;
                args.push(self.union(b));
                if !self.eat(b",") && self.at == before {
                    break;
                }
            }
            let args = b.list(&args);
            ty = b.make(Expr::Apply { of: ty, args });
        }
        ty
    }
}
