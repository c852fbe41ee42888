//! The preprocessor: what is taken in, and macros.

use super::{
    CPP,
    types::{self, POINTER},
};
use crate::{
    bind::{At, Bind, Binder, Child, LABELS, Leaving, TAGS, Val, Where},
    languages::c::reading::{
        is_capitals, is_control, is_name, is_tag, is_type,
        tokens::{Kind, Token, tokens},
    },
    record::{BindingKind, Expr, ExprId, NONE, ReferenceKind},
    text::ByteRange,
};

/// A file is taken in whole. Its path in the text is a name of it.
pub(super) fn include(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(path) = b.get(at, "path").filter(|path| matches!(path.kind, "string_literal" | "system_lib_string"))
    else {
        return Val::None;
    };
    // With its first mark: what is in quotes lies beside the file.
    let text = b.text(path.range());
    let inside = path.start + 1..path.end.saturating_sub(1).max(path.start + 1);
    let module = b.word(&String::from_utf8_lossy(&text[..text.len().saturating_sub(1)]));
    let value = b.make(Expr::Import { module, name: NONE });
    let val = b.name_token(inside.clone(), ReferenceKind::Import);
    let child = crate::bind::Child { val, start: inside.start, end: inside.end, ..path };
    b.reached(child, |_| Expr::Import { module, name: NONE });
    b.wildcard(value, path.start, Where::Apart);
    Val::None
}

/// `#ifndef NAME` before an empty `#define NAME`: where it is asked, nobody has defined it. It says that there is going to be
/// such a macro, and is no use of it.
pub(super) fn guard(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let asked = argument(b.text(at.start..name.end), b"ifndef");
    let body = b.text(name.end..at.end).trim_ascii_start();
    let defined = body.split(|byte| *byte == b'\n').next().and_then(|line| argument(line, b"define"));
    if let Some(asked) = asked.filter(|_| asked == defined) {
        let id = b.name(asked);
        if let Some(binding) = b.bound_to(id) {
            b.reached(name, |_| Expr::Declared(binding));
        }
    }
    Val::None
}

/// What stands behind the word of a directive.
fn argument<'t>(text: &'t [u8], word: &[u8]) -> Option<&'t [u8]> {
    let rest = text.strip_prefix(b"#")?.trim_ascii_start().strip_prefix(word)?;
    rest.first().is_some_and(u8::is_ascii_whitespace).then(|| rest.trim_ascii())
}

/// From behind its definition on it is a macro, until it is none any more; elsewhere it is what other files see.
pub(super) fn define(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let taken = b.get(at, "value").map(|value| text(b, value.range())).unwrap_or_default();
    let bind = Bind::new(BindingKind::Definition);
    if b.is_unlikely(name.start) || !super::conditions(b, name.start).is_empty() {
        // Another one may be what is meant.
        if let Some(binding) = b.bind(name, Bind::new(BindingKind::Declaration).place(Where::Apart)) {
            super::condition(b, binding);
            b.set_bases(binding, &taken);
        }
    } else if let Some(binding) = b.bind(name, bind.place(Where::Module).holds(At::From(at.end))) {
        b.set_bases(binding, &taken);
    }
    Val::None
}

/// A macro's parameters are known in its own text.
pub(super) fn parameters(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for child in b.kids(at).to_vec().into_iter().filter(|child| child.kind == "identifier") {
        b.bind(child, Bind::new(BindingKind::Parameter));
    }
    Val::None
}

/// The names in the text of a macro. What it is put in the place of is not known here, so they are those of its file;
/// but what it declares itself is known in it, and what is a member of something, or a part of a name, is nothing.
/// Returns what a type has that the macro stands in: other macros.
fn text(b: &mut Binder<'_>, range: ByteRange) -> Vec<ExprId> {
    // A line that is continued is one line, and no directive begins in it.
    let source = b.text(range.clone());
    let line: Vec<u8> = std::iter::once(b';')
        .chain(source.iter().map(|&byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }))
        .collect();
    let text = Text { parts: tokens(&line), line: &line };
    let mut exprs: Vec<ExprId> = vec![0; text.parts.len()];
    let mut taken: Vec<ExprId> = Vec::new();
    let mut depth = 0_i32;
    for at in 1..text.parts.len() {
        let part = text.parts[at];
        let (start, end) = (range.start + part.start - 1, range.start + part.end - 1);
        let name = b.text(start..end);
        match name {
            b"{" | b"(" => depth += 1,
            b"}" | b")" => depth -= 1,
            _ => {}
        }
        if part.kind == Kind::Word && is_type(name) {
            exprs[at] = b.lib(&String::from_utf8_lossy(name), &[]);
        }
        if part.kind != Kind::Word || !is_name(name) {
            continue;
        }
        let (before, behind) = (text.word(at - 1), text.word(at + 1));
        // What is joined to another word is no name, unless it is a parameter.
        let is_joined = before == b"#" || (behind == b"#" && text.word(at + 2) == b"#");
        let id = b.name(name);
        if matches!(before, b"." | b"->" | b"::" | b"goto") || (is_joined && b.bound_to(id).is_none()) {
            continue;
        }
        let child = |val| Child { val, start, end, ..Child::default() };
        if is_tag(before) {
            let val = b.name_in(start..end, ReferenceKind::Type, TAGS);
            if b.mode & CPP == 0 {
                types::look_for_tag(b, child(val));
            }
            exprs[at] = child(val).expr();
            continue;
        }
        let kind = if behind == b"(" { ReferenceKind::Call } else { ReferenceKind::Read };
        let val = b.name_in(start..end, kind, !(TAGS | LABELS));
        exprs[at] = child(val).expr();
        if b.bound_to(id).is_some() {
            continue;
        }
        if let Some((of, stars)) = text.declared(at) {
            let mut ty = exprs[of];
            for _ in 0..stars {
                ty = b.lib(POINTER, &[ty]);
            }
            let bind = Bind::new(BindingKind::Variable).holds(At::From(start)).ty(ty);
            if let Some(binding) = b.bind(child(val), bind)
                && depth == i32::from(before == b"*" && text.word(at + 2) == b"(")
            {
                // Where it stands in a type, it is a member of that.
                b.make_symbol(binding, false);
            }
        } else if depth == 0 && behind != b"(" && text.is_alone(at) {
            taken.push(exprs[at]);
        }
    }
    taken
}

/// The text of a macro behind a semicolon.
struct Text<'a> {
    parts: Vec<Token>,
    line: &'a [u8],
}

impl Text<'_> {
    fn word(&self, at: usize) -> &[u8] {
        self.parts.get(at).map(|part| part.text(self.line)).unwrap_or_default()
    }

    fn is_word(&self, at: usize) -> bool {
        self.parts.get(at).is_some_and(|part| part.kind == Kind::Word)
    }

    /// `T *name;`, `T name = `, `T (*name)(`: the place of the type, and how many stars stand before the name.
    fn declared(&self, at: usize) -> Option<(usize, usize)> {
        let is_function = self.word(at + 1) == b")" && self.word(at + 2) == b"(" && self.word(at - 1) == b"*";
        let is_last = self.parts.len() == at + 1 && (1..at).any(|at| self.word(at) == b";");
        let is_end = match self.word(at + 1) {
            b"=" => self.word(at + 2) != b"=",
            behind => matches!(behind, b";" | b"," | b"["),
        };
        let (mut before, mut stars) = (at - 1, 0);
        while before > 0 && (matches!(self.word(before), b"*" | b"const") || is_function && self.word(before) == b"(") {
            stars += usize::from(self.word(before) == b"*");
            before -= 1;
        }
        // A function is what its pointer leads to, and no member has the type that it returns.
        let of = if is_function { 0 } else { before };
        let is_typed = self.is_word(before) && (is_type(self.word(before)) || is_name(self.word(before)));
        while before > 0 && self.is_word(before) && !is_control(self.word(before)) {
            before -= 1;
        }
        let begins = match self.word(before) {
            b"(" => before > 0 && self.word(before - 1) == b"for",
            before => matches!(before, b";" | b"{" | b"}"),
        };
        ((is_end || is_function || is_last) && is_typed && begins).then_some((of, if is_function { 0 } else { stars }))
    }

    /// Nothing stands beside it in its statement, or others that stand so.
    fn is_alone(&self, at: usize) -> bool {
        let ends = |word: &[u8]| matches!(word, b"" | b";" | b"}");
        let (mut from, mut to) = (at, at);
        while from > 0 && self.is_word(from - 1) && is_capitals(self.word(from - 1)) {
            from -= 1;
        }
        while self.is_word(to + 1) && is_capitals(self.word(to + 1)) {
            to += 1;
        }
        let is_followed = ends(self.word(to + 1)) || (self.is_word(to + 1) && is_capitals(self.word(at)));
        is_followed && ends(self.word(from - 1))
    }
}

/// `#undef`.
pub(super) fn directive(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let text = b.text(at.start..at.end);
    let word = text.strip_prefix(b"#").unwrap_or(text).trim_ascii_start();
    if let Some(rest) = word.strip_prefix(b"undef") {
        let name = rest.trim_ascii();
        let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').unwrap_or(name.len());
        if end > 0 {
            let id = b.name(&name[..end]);
            let from = at.start + (name.as_ptr() as usize - text.as_ptr() as usize) as u32;
            b.name_token(from..from + end as u32, ReferenceKind::Read);
            if !b.is_unlikely(at.start) {
                b.unbind(id, at.end);
            }
        }
    }
    Val::None
}
