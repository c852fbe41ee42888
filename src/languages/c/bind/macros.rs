//! The preprocessor: what is taken in, and macros.

use super::{CPP, types};
use crate::{
    bind::{At, Bind, Binder, Child, LABELS, Leaving, TAGS, Val, Where},
    languages::c::reading::{
        is_control, is_name, is_tag, is_type,
        tokens::{Kind, tokens},
    },
    record::{BindingKind, Expr, NONE, ReferenceKind},
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

/// From behind its definition on it is a macro, until it is none any more; elsewhere it is what other files see.
pub(super) fn define(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    if let Some(value) = b.get(at, "value") {
        text(b, value.range());
    }
    let bind = Bind::new(BindingKind::Definition);
    if b.is_unlikely(name.start) || !super::conditions(b, name.start).is_empty() {
        // Another one may be what is meant.
        if let Some(binding) = b.bind(name, Bind::new(BindingKind::Declaration).place(Where::Apart)) {
            super::condition(b, binding);
        }
    } else {
        b.bind(name, bind.place(Where::Module).holds(At::From(at.end)));
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
fn text(b: &mut Binder<'_>, range: ByteRange) {
    // A line that is continued is one line, and no directive begins in it.
    let source = b.text(range.clone());
    let line: Vec<u8> = std::iter::once(b';')
        .chain(source.iter().map(|&byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }))
        .collect();
    let parts = tokens(&line);
    let word = |at: usize| parts.get(at).map(|part| part.text(&line)).unwrap_or_default();
    for (at, part) in parts.iter().enumerate().skip(1) {
        let start = range.start + part.start - 1;
        let end = range.start + part.end - 1;
        let name = b.text(start..end);
        if part.kind != Kind::Word || !is_name(name) {
            continue;
        }
        let (before, behind) = (word(at - 1), word(at + 1));
        // What is joined to another word is no name, unless it is a parameter.
        let is_joined = before == b"#" || (behind == b"#" && word(at + 2) == b"#");
        let id = b.name(name);
        if matches!(before, b"." | b"->" | b"::" | b"goto") || (is_joined && b.bound_to(id).is_none()) {
            continue;
        }
        if is_tag(before) {
            let val = b.name_in(start..end, ReferenceKind::Type, TAGS);
            if b.mode & CPP == 0 {
                types::look_for_tag(b, Child { val, start, end, ..Child::default() });
            }
            continue;
        }
        let kind = if behind == b"(" { ReferenceKind::Call } else { ReferenceKind::Read };
        let val = b.name_in(start..end, kind, !(TAGS | LABELS));
        if b.bound_to(id).is_none() && is_declared(&word, at) {
            let child = Child { val, start, end, ..Child::default() };
            b.bind(child, Bind::new(BindingKind::Variable).holds(At::From(start)));
        }
    }
}

/// `T name =`, `T *name;` at the beginning of a statement.
fn is_declared<'a>(word: &impl Fn(usize) -> &'a [u8], at: usize) -> bool {
    let is_end = match word(at + 1) {
        b"=" => word(at + 2) != b"=",
        behind => matches!(behind, b";" | b"," | b"["),
    };
    let is_word = |word: &[u8]| word.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let mut before = at - 1;
    while before > 0 && matches!(word(before), b"*" | b"const") {
        before -= 1;
    }
    let is_typed = is_word(word(before)) && (is_type(word(before)) || is_name(word(before)));
    while before > 0 && is_word(word(before)) && !is_control(word(before)) {
        before -= 1;
    }
    let begins = match word(before) {
        b"(" => before > 0 && word(before - 1) == b"for",
        before => matches!(before, b";" | b"{" | b"}"),
    };
    is_end && is_typed && begins
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
