//! Types that comments say (JSDoc).

use super::{BOTH, TYPE, special};
use crate::{
    bind::{Bind, Binder, Child, Leaving, Val, Where},
    record::{BindingId, BindingKind, Expr, ExprId, NONE, NameId, ReferenceKind},
    resolve::REST,
};

/// Longer comments and types are not read.
const MAX_COMMENT: usize = 20_000;
const MAX_TYPE: usize = 2_000;
/// What may stand between a comment and what it is about.
const MAX_BETWEEN: u32 = 400;

/// What a comment says of a function.
pub(super) struct Said {
    params: Vec<(NameId, ExprId)>,
    pub returns: ExprId,
}

/// `/** ... */`: its tags that name types are kept for what follows.
pub(super) fn comment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let text = b.text(at.start..at.end);
    if !text.starts_with(b"/**") || text.len() > MAX_COMMENT || !text.contains(&b'@') {
        return Val::None;
    }
    let mut reader = Reader { text, at: 0, base: at.start, depth: 0 };
    let mut said: Vec<(NameId, NameId, ExprId)> = Vec::new();
    let mut open: Option<Typedef> = None;
    while let Some(tag) = reader.next_tag() {
        match tag {
            b"param" | b"arg" | b"argument" => {
                let ty = reader.braces(b);
                let (name, start, is_optional) = reader.name();
                add_param(b, &mut said, &mut open, Named { name, start, is_optional }, ty);
            }
            b"returns" | b"return" => {
                let ty = reader.braces(b);
                push(b, &mut said, "returns", NONE, ty);
            }
            b"type" => {
                let ty = reader.braces(b);
                push(b, &mut said, "type", NONE, ty);
            }
            b"this" => {
                let ty = reader.braces(b);
                push(b, &mut said, "this", NONE, ty);
            }
            b"extends" | b"augments" => {
                let ty = reader.braces(b);
                push(b, &mut said, "extends", NONE, ty);
            }
            b"typedef" => {
                finish(b, open.take());
                let ty = reader.braces(b);
                let (name, start, _) = reader.name();
                open = Some(Typedef { name, start, ty, members: Vec::new() });
            }
            b"callback" => {
                finish(b, open.take());
                let (name, start, _) = reader.name();
                open = Some(Typedef { name, start, ty: 0, members: Vec::new() });
            }
            b"property" | b"prop" => {
                let ty = reader.braces(b);
                let (name, start, _) = reader.name();
                if let Some(open) = &mut open
                    && !name.is_empty()
                    && !name.contains(&b'.')
                {
                    let name = b.name(name);
                    let bind = Bind::new(BindingKind::Member).place(Where::Nowhere).ty(ty);
                    let member = b.bind_name(name, start, bind);
                    b.make_symbol(member, true);
                    open.members.push(member);
                }
            }
            _ => {}
        }
    }
    finish(b, open);
    if !said.is_empty() {
        b.remarks.push((at.start..at.end, said));
    }
    Val::None
}

struct Named<'t> {
    name: &'t [u8],
    start: u32,
    is_optional: bool,
}

/// `@param {T} name`, or `@param {T} options.name`: a member of what is before the dot.
fn add_param(
    b: &mut Binder<'_>,
    said: &mut Vec<(NameId, NameId, ExprId)>,
    open: &mut Option<Typedef<'_>>,
    named: Named<'_>,
    mut ty: ExprId,
) {
    if named.name.is_empty() || open.is_some() {
        return;
    }
    let text = String::from_utf8_lossy(named.name).into_owned();
    if let Some((of, member)) = text.rsplit_once('.') {
        let of = of.trim_end_matches("[]");
        let of = b.word(of);
        let param = b.word("param");
        let Some(entry) = said.iter_mut().find(|(what, name, _)| *what == param && *name == of) else { return };
        let name = b.word(member);
        let start = named.start + (text.len() - member.len()) as u32;
        let bind = Bind::new(BindingKind::Member).place(Where::Nowhere).ty(ty);
        let member = b.bind_name(name, start, bind);
        // The object's own type says less than its members.
        let record = match b.record_of(entry.2) {
            Some(record) if b.name_of_binding(record) == NONE => record,
            _ => {
                let record = b.nameless(start, Bind::new(BindingKind::Variable));
                if entry.2 != 0 && !b.is_plain_object(entry.2) {
                    let base = b.make(Expr::Instance(entry.2));
                    b.set_bases(record, &[base]);
                }
                entry.2 = b.make(Expr::Record(record));
                record
            }
        };
        b.add_part(record, member);
        let whole = entry.2;
        said.push((param, b.word(&text), whole));
        let path = said.len() - 1;
        said[path].2 = ty;
        // Members of it in turn are found by its whole path.
        return;
    }
    if named.is_optional {
        ty = special(b, "?", ty);
    }
    let name = b.word(&text);
    let word = b.word("param");
    said.push((word, name, ty));
}

fn push(b: &mut Binder<'_>, said: &mut Vec<(NameId, NameId, ExprId)>, what: &str, name: NameId, ty: ExprId) {
    if ty != 0 {
        let what = b.word(what);
        said.push((what, name, ty));
    }
}

/// A type that a comment defines.
struct Typedef<'t> {
    name: &'t [u8],
    start: u32,
    ty: ExprId,
    members: Vec<BindingId>,
}

fn finish<'t>(b: &mut Binder<'t>, typedef: Option<Typedef<'t>>) {
    let Some(Typedef { name, start, ty, members }) = typedef else { return };
    if name.is_empty() {
        return;
    }
    let ty = if members.is_empty() {
        ty
    } else {
        let record = b.nameless(start, Bind::new(BindingKind::Variable));
        b.set_parts(record, &members);
        if ty != 0 && !b.is_plain_object(ty) {
            let base = b.make(Expr::Instance(ty));
            b.set_bases(record, &[base]);
        }
        b.make(Expr::Record(record))
    };
    let name = b.name(name);
    b.bind_name(name, start, Bind::new(BindingKind::Definition).space(TYPE).ty(ty));
}

/// What the comment before a place says, if nothing but the head of what it is about stands between.
fn before<'b>(b: &'b Binder<'_>, start: u32) -> Option<&'b [(NameId, NameId, ExprId)]> {
    let at = b.remarks.partition_point(|(range, _)| range.end <= start).checked_sub(1)?;
    let (range, said) = &b.remarks[at];
    let between = start.checked_sub(range.end).filter(|length| *length <= MAX_BETWEEN)?;
    let between = b.text(start - between..start);
    let ends = |byte: &u8| matches!(byte, b';' | b'}' | b')' | b',');
    (!between.iter().any(ends)).then_some(said)
}

pub(super) fn of_function(b: &mut Binder<'_>, start: u32) -> Option<Said> {
    let (param, returns) = (b.word("param"), b.word("returns"));
    let said = before(b, start)?;
    let params = said.iter().filter(|(what, ..)| *what == param).map(|(_, name, ty)| (*name, *ty)).collect();
    let returns = said.iter().find(|(what, ..)| *what == returns).map_or(0, |(.., ty)| *ty);
    Some(Said { params, returns })
}

/// Gives parameters the types that a comment says.
pub(super) fn apply(b: &mut Binder<'_>, said: &Said, parts: &[BindingId]) {
    for (nth, &part) in parts.iter().enumerate() {
        let name = b.name_of_binding(part);
        let ty = match name {
            // What is taken apart goes by its place.
            NONE => said.params.get(nth),
            name => said.params.iter().find(|(of, _)| *of == name),
        };
        if let Some(&(_, ty)) = ty
            && ty != 0
            && !b.has_type(part)
        {
            b.set_type(part, ty);
        }
    }
}

/// `@type {T}` before a place.
pub(super) fn type_before(b: &mut Binder<'_>, start: u32) -> ExprId {
    tagged(b, start, "type")
}

pub(super) fn base(b: &mut Binder<'_>, start: u32) -> Option<ExprId> {
    let base = tagged(b, start, "extends");
    (base != 0).then_some(base)
}

fn tagged(b: &mut Binder<'_>, start: u32, what: &str) -> ExprId {
    let what = b.word(what);
    let said = before(b, start).unwrap_or_default();
    said.iter().find(|(tag, ..)| *tag == what).map_or(0, |(.., ty)| *ty)
}

/// `/** @type {T} */ (x)`.
pub(super) fn cast(b: &mut Binder<'_>, start: u32) -> ExprId {
    let what = b.word("type");
    let Some(at) = b.remarks.partition_point(|(range, _)| range.end <= start).checked_sub(1) else { return 0 };
    let (range, said) = &b.remarks[at];
    if start - range.end > 8 || !b.text(range.end..start).iter().all(u8::is_ascii_whitespace) {
        return 0;
    }
    said.iter().find(|(tag, ..)| *tag == what).map_or(0, |(.., ty)| *ty)
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    base: u32,
    depth: u32,
}

impl<'t> Reader<'t> {
    /// The next tag that begins a line.
    fn next_tag(&mut self) -> Option<&'t [u8]> {
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

    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while self.peek().is_ascii_whitespace()
            || (self.peek() == b'*' && self.text.get(self.at + 1) != Some(&b'/') && self.at_line_start())
        {
            self.at += 1;
        }
    }

    /// Nothing but space stands before this in its line.
    fn at_line_start(&self) -> bool {
        let before = self.text[..self.at].iter().rev().take_while(|&&byte| byte != b'\n');
        before.into_iter().all(u8::is_ascii_whitespace)
    }

    fn eat(&mut self, text: &[u8]) -> bool {
        self.skip_space();
        let found = self.text[self.at.min(self.text.len())..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// A name behind a type: `name`, `[name=default]`, `options.name`.
    fn name(&mut self) -> (&'t [u8], u32, bool) {
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
    fn braces(&mut self, b: &mut Binder<'t>) -> ExprId {
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
    fn union(&mut self, b: &mut Binder<'t>) -> ExprId {
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
    fn postfix(&mut self, b: &mut Binder<'t>) -> ExprId {
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

    fn prefix(&mut self, b: &mut Binder<'t>) -> ExprId {
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
    fn parenthesized(&mut self, b: &mut Binder<'t>) -> ExprId {
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
    fn params(&mut self, b: &mut Binder<'t>, named: bool) -> Vec<BindingId> {
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

    fn word(&mut self) -> &'t [u8] {
        self.skip_space();
        let from = self.at;
        while self.peek().is_ascii_alphanumeric() || matches!(self.peek(), b'_' | b'$') || self.peek() >= 0x80 {
            self.at += 1;
        }
        &self.text[from..self.at]
    }

    /// `{a: A, b?: B}`.
    fn record(&mut self, b: &mut Binder<'t>) -> ExprId {
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
    fn named(&mut self, b: &mut Binder<'t>) -> ExprId {
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
