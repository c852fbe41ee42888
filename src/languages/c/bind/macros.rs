//! The preprocessor: what is taken in, and macros.

use crate::{
    bind::{At, Bind, Binder, Leaving, Val, Where},
    record::{BindingKind, Expr, NONE, ReferenceKind},
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

/// A macro's parameters are for its own text, which is not read.
pub(super) fn parameters(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for child in b.kids(at).to_vec() {
        b.mere_word(child);
    }
    Val::None
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
