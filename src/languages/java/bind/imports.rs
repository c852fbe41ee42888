//! Packages, imports, modules: names that are whole paths.

use crate::{
    bind::{Bind, Binder, Child, FUNCTIONS, Leaving, MEMBER_TYPE, MEMBER_VALUE, Val, Where},
    record::{BindingKind, Expr, NONE, ReferenceKind},
    text::ByteRange,
};

/// The names in a path, each with the path up to it.
fn parts(b: &Binder<'_>, range: ByteRange) -> Vec<(Child, String)> {
    let text = b.text(range.clone());
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii();
    let (mut found, mut path, mut at) = (Vec::new(), String::new(), 0);
    while at < text.len() {
        let length = text[at..].iter().take_while(|byte| is_word(byte)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let (start, end) = (range.start + at as u32, range.start + (at + length) as u32);
        at += length;
        // Within a comment there are no names.
        let Some(expr) = b.token_starting(start) else { continue };
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&String::from_utf8_lossy(b.text(start..end)));
        found.push((Child { val: Val::Expr(expr), field: "", kind: "identifier", start, end }, path.clone()));
    }
    found
}

fn names(b: &Binder<'_>, at: &Leaving<'_>) -> Vec<Child> {
    b.kids(at).iter().filter(|child| matches!(child.kind, "identifier" | "scoped_identifier")).copied().collect()
}

/// Its names are those of packages and modules.
pub(super) fn no_names(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for name in names(b, at) {
        for (part, _) in parts(b, name.range()) {
            b.mere_word(part);
        }
    }
    Val::None
}

pub(super) fn module(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    no_names(b, at)
}

/// Whole names of types.
pub(super) fn types(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for name in names(b, at) {
        for (part, path) in parts(b, name.range()) {
            let module = b.word(&path);
            b.reached(part, |_| Expr::Import { module, name: NONE });
        }
    }
    Val::None
}

/// `import a.b.C`, `import a.b.*`, `import static a.b.C.d`.
pub(super) fn import(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = names(b, at).first().copied() else { return Val::None };
    let is_static = b.text(at.start..name.start).windows(6).any(|word| word == b"static");
    let parts = parts(b, name.range());
    for (part, path) in &parts {
        let module = b.word(path);
        b.reached(*part, |_| Expr::Import { module, name: NONE });
        b.used_for_token(part.expr(), ReferenceKind::Import);
    }
    let Some((last, path)) = parts.last() else { return Val::None };
    if let Some(all) = b.of_kind(at, "asterisk") {
        let module = b.word(path);
        let value = b.make(Expr::Import { module, name: NONE });
        b.wildcard(value, all.start, Where::Module);
        return Val::None;
    }
    let Some(id) = b.name_of(*last) else { return Val::None };
    let module = b.word(path.rsplit_once('.').map_or("", |(module, _)| module));
    let value = b.make(Expr::Import { module, name: id });
    let space = if is_static { MEMBER_VALUE | MEMBER_TYPE | FUNCTIONS } else { MEMBER_TYPE };
    b.bind(*last, Bind::new(BindingKind::Import).place(Where::Module).value(value).space(space));
    Val::None
}
