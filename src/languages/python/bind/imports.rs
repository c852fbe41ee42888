//! Names that come from other modules.

use super::IMPORT;
use crate::{
    bind::{Again, Bind, Binder, Child, Leaving, Val, Where},
    record::{BindingKind, Expr, NONE, ReferenceKind},
};

pub(super) fn begin_import(b: &mut Binder<'_>, _: tree_sitter::Node<'_>) {
    b.mode = IMPORT;
}

/// `import a.b, c as d`: binds `a` and `d`.
pub(super) fn import(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.mode = 0;
    for name in b.all(at, "name") {
        if name.kind == "dotted_name"
            && let Val::Expr(_) = name.val
        {
            let text = String::from_utf8_lossy(b.text(name.range())).into_owned();
            let first = text.split('.').next().unwrap_or_default().trim().to_owned();
            let module = b.word(&first);
            let value = b.make(Expr::Import { module, name: NONE });
            let Some(expr) = b.token_starting(name.start) else { continue };
            let child = Child { val: Val::Expr(expr), ..name };
            b.bind(child, Bind::new(BindingKind::Import).place(Where::Function).value(value).again(Again::Same));
        }
    }
    Val::None
}

/// `from m import a, b as c`.
pub(super) fn import_from(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.mode = 0;
    let module = match b.get(at, "module_name") {
        Some(module) => String::from_utf8_lossy(b.text(module.range())).split_whitespace().collect(),
        None => "__future__".to_owned(),
    };
    let module = b.word(&module);
    for name in b.all(at, "name") {
        if name.kind == "dotted_name"
            && let Some(expr) = b.token_starting(name.start)
        {
            let child = Child { val: Val::Expr(expr), ..name };
            let Some(id) = b.name_of(child) else { continue };
            let value = b.make(Expr::Import { module, name: id });
            b.bind(child, Bind::new(BindingKind::Import).place(Where::Function).value(value));
        }
    }
    for kept in b.take_later() {
        // `a as c`: the alias is kept, the name stands before it.
        let Val::Expr(alias) = kept.val else { continue };
        let Some(name) = b.token_starting(kept.start) else { continue };
        let child = Child { val: Val::Expr(name), ..kept };
        let Some(id) = b.name_of(child) else { continue };
        b.reached(child, |_| Expr::Import { module, name: id });
        b.used_for_token(name, ReferenceKind::Import);
        let value = b.make(Expr::Import { module, name: id });
        let alias = Child { val: Val::Expr(alias), ..kept };
        b.bind(alias, Bind::new(BindingKind::Import).place(Where::Function).value(value));
    }
    if let Some(all) = b.of_kind(at, "wildcard_import") {
        let value = b.make(Expr::Import { module, name: NONE });
        b.wildcard(value, all.start, Where::Function);
    }
    Val::None
}

pub(super) fn aliased(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(name), Some(alias)) = (b.get(at, "name"), b.get(at, "alias")) else { return Val::None };
    if at.node.parent().is_some_and(|parent| parent.kind() == "import_statement") {
        let module = String::from_utf8_lossy(b.text(name.range())).split_whitespace().collect::<String>();
        let module = b.word(&module);
        let value = b.make(Expr::Import { module, name: NONE });
        b.bind(alias, Bind::new(BindingKind::Import).place(Where::Function).value(value));
        // All of its names are modules.
        if let Some(first) = b.token_starting(name.start) {
            let text = String::from_utf8_lossy(b.text(name.range())).into_owned();
            let first_name = b.word(text.split('.').next().unwrap_or_default());
            b.reached(Child { val: Val::Expr(first), ..name }, |_| Expr::Import { module: first_name, name: NONE });
        }
        return Val::None;
    }
    b.later(Child { val: alias.val, ..name });
    Val::None
}

/// `a.b.c`: in an import each name is a module; elsewhere a member of what is before it.
pub(super) fn dotted(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    let Some((&first, rest)) = kids.split_first() else { return Val::None };
    if b.mode == IMPORT {
        for &kid in rest {
            let path = String::from_utf8_lossy(b.text(at.start..kid.end)).split_whitespace().collect::<String>();
            let module = b.word(&path);
            b.reached(kid, |_| Expr::Import { module, name: NONE });
        }
        if at.field == "module_name" {
            let module = b.name(b.text(first.range()));
            return b.reached(first, |_| Expr::Import { module, name: NONE });
        }
        return first.val;
    }
    let mut of = first.val;
    for &kid in rest {
        let Val::Expr(expr) = of else { break };
        of = b.member(expr, kid);
    }
    of
}

pub(super) fn relative(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    // The names in it were taken for absolute ones.
    let text: String = String::from_utf8_lossy(b.text(at.start..at.end)).into_owned();
    let dots = text.bytes().take_while(|byte| *byte == b'.').count() as u32;
    let mut from = at.start + dots;
    for part in text[dots as usize..].split('.') {
        let end = from + part.len() as u32;
        let path = String::from_utf8_lossy(b.text(at.start..end)).split_whitespace().collect::<String>();
        let module = b.word(&path);
        if let Some(expr) = b.token_starting(from) {
            let child = Child { val: Val::Expr(expr), field: "", kind: "identifier", start: from, end };
            b.reached(child, |_| Expr::Import { module, name: NONE });
        }
        from = end + 1;
    }
    Val::None
}
