//! What modules take from each other.

use super::{ASSIGNING_DEFINES, BOTH, jsdoc, list_of, unquoted};
use crate::{
    bind::{Bind, Binder, Child, Leaving, Val, Where},
    record::{BindingId, BindingKind, Expr, ExprId, NONE, NameId, ReferenceKind},
};

/// The name under which a module offers all that it is (`module.exports = x`, `export = x`).
pub(in crate::languages::javascript) const WHOLE: &str = "module.exports";
/// What the text of a module's name leads to: its file.
pub(in crate::languages::javascript) const FILE: &str = "";

/// Names of this file alone, unless it says that it offers them.
const IMPORT: Bind = Bind::new(BindingKind::Import).space(BOTH).private(true);

/// `a`, `a as b`: kept for the statement around, with the alias behind the name.
pub(super) fn specifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (name, alias) = (b.get(at, "name"), b.get(at, "alias"));
    // `default` is no name of its own in the grammar.
    let name = name.or_else(|| {
        let node = at.node.child_by_field_name("name")?;
        let (start, end) = (node.start_byte() as u32, node.end_byte() as u32);
        Some(Child { val: Val::None, field: "name", kind: "default", start, end })
    });
    if let Some(name) = name {
        b.later(Child { field: "name", ..name });
    }
    if let Some(alias) = alias {
        b.later(Child { field: "alias", ..alias });
    }
    Val::None
}

pub(super) fn namespace(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.nth(at, 0) {
        b.later(Child { field: "namespace", ..name });
    }
    Val::None
}

pub(super) fn clause(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.nth(at, 0).filter(|name| name.kind == "identifier") {
        b.later(Child { field: "default", ..name });
    }
    Val::None
}

/// The text in a module's name, which leads to its file.
fn module_name(b: &mut Binder<'_>, source: Child) -> NameId {
    let name = unquoted(b, source);
    let module = b.word(&name);
    if source.end > source.start + 2 {
        let text = b.name_token(source.start + 1..source.end - 1, ReferenceKind::Import);
        let name = b.word(FILE);
        b.reached(Child { val: text, ..source }, |_| Expr::Import { module, name });
    }
    module
}

pub(super) fn import(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let parts = b.take_later();
    let Some(source) = b.get(at, "source") else { return Val::None };
    let module = module_name(b, source);
    let default = b.word("default");
    let mut parts = parts.into_iter().peekable();
    while let Some(part) = parts.next() {
        match part.field {
            "default" => {
                let value = b.make(Expr::Import { module, name: default });
                b.bind(part, IMPORT.value(value));
            }
            // A use of it leads here; what it has, elsewhere.
            "namespace" => {
                let value = b.make(Expr::Import { module, name: NONE });
                b.bind(part, Bind::new(BindingKind::Variable).space(BOTH).value(value).private(true));
                let own = b.name_token(part.range(), ReferenceKind::Import);
                let own = Child { val: own, ..part };
                b.stays_use(own);
                let file = b.word(FILE);
                b.reached(own, |_| Expr::Import { module, name: file });
            }
            "name" => {
                let name = part_name(b, part);
                let value = b.make(Expr::Import { module, name });
                match parts.next_if(|next| next.field == "alias") {
                    Some(alias) => {
                        b.reached(part, |_| Expr::Import { module, name });
                        b.used_for_token(part.expr(), ReferenceKind::Import);
                        b.bind(alias, IMPORT.value(value));
                    }
                    None => {
                        b.bind(part, IMPORT.value(value));
                    }
                }
            }
            _ => {}
        }
    }
    Val::None
}

fn part_name(b: &mut Binder<'_>, part: Child) -> NameId {
    match part.kind {
        "string" => {
            let name = unquoted(b, part);
            b.word(&name)
        }
        _ => b.name(b.text(part.range())),
    }
}

/// `import a = require("m")`.
pub(super) fn import_require(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(name), Some(source)) = (b.nth(at, 0), b.get(at, "source")) else { return Val::None };
    let module = module_name(b, source);
    let value = b.make(Expr::Import { module, name: NONE });
    b.bind(name, IMPORT.value(value));
    Val::None
}

/// `import a = b.c`.
pub(super) fn import_alias(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(name), Some(of)) = (b.nth(at, 0), b.nth(at, 1)) else { return Val::None };
    b.bind(name, IMPORT.value(of.expr()));
    Val::None
}

pub(super) fn export(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let parts = b.take_later();
    let source = b.get(at, "source");
    let module = source.map(|source| module_name(b, source));
    let head = b.text(at.start..at.end.min(at.start + 60));
    let word = second_word(head);
    if word == b"default" {
        default_export(b, at);
        return Val::None;
    }
    if word.first() == Some(&b'=') {
        let value = b.nth(at, 0);
        offer_whole(b, at.start, value);
        return Val::None;
    }
    let mut is_listed = false;
    let mut parts = parts.into_iter().filter(|part| matches!(part.field, "name" | "alias" | "namespace")).peekable();
    while let Some(part) = parts.next() {
        is_listed = true;
        match (part.field, module) {
            ("namespace", Some(module)) => {
                let name = part_name(b, part);
                let value = b.make(Expr::Import { module, name: NONE });
                b.reached(part, |_| Expr::Import { module, name: NONE });
                b.offer(name, part.start, Bind::new(BindingKind::Import).value(value));
            }
            ("name", _) => {
                let name = part_name(b, part);
                let alias = parts.next_if(|next| next.field == "alias");
                let value = match module {
                    Some(module) => {
                        b.reached(part, |_| Expr::Import { module, name });
                        b.make(Expr::Import { module, name })
                    }
                    None => {
                        b.set_space(part, BOTH);
                        part.expr()
                    }
                };
                b.used_for_token(part.expr(), ReferenceKind::Import);
                let offered = alias.map_or(name, |alias| part_name(b, alias));
                let start = alias.unwrap_or(part).start;
                b.offer(offered, start, Bind::new(BindingKind::Import).value(value));
                if let Some(alias) = alias {
                    b.reached(alias, |_| Expr::AddressOf(value));
                }
            }
            _ => {}
        }
    }
    if let (Some(module), false) = (module, is_listed) {
        let value = b.make(Expr::Import { module, name: NONE });
        b.wildcard(value, at.start, Where::Module);
    }
    Val::None
}

fn second_word(text: &[u8]) -> &[u8] {
    let rest = text.strip_prefix(b"export").unwrap_or_default().trim_ascii_start();
    let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
    if end == 0 { rest } else { &rest[..end] }
}

/// `export default x`: a definition that stands there, or a value.
fn default_export(b: &mut Binder<'_>, at: &Leaving<'_>) {
    let name = b.word("default");
    let Some(value) = b.kids(at).iter().rev().find(|kid| kid.kind != "comment" && kid.kind != "decorator").copied()
    else {
        return;
    };
    let text = b.text(at.start..value.start);
    let start = at.start + text.windows(7).position(|word| word == b"default").unwrap_or_default() as u32;
    offer_value(b, name, start, value);
}

/// What a module is as a whole.
fn offer_whole(b: &mut Binder<'_>, start: u32, value: Option<Child>) {
    let name = b.word(WHOLE);
    if let Some(value) = value {
        offer_value(b, name, start, value);
    }
}

fn offer_value(b: &mut Binder<'_>, name: NameId, start: u32, value: Child) -> BindingId {
    let expr = value.expr();
    let is_function = matches!(value.kind, "arrow_function" | "function_expression" | "generator_function");
    match b.function_of(expr).filter(|_| is_function) {
        Some((params, gives)) => {
            let binding = b.offer(name, start, Bind::new(BindingKind::Definition).value(gives));
            b.set_params(binding, &params);
            binding
        }
        None if is_path(value.kind) => {
            b.set_space(value, BOTH);
            b.offer(name, start, Bind::new(BindingKind::Import).value(expr))
        }
        None => match b.record_of(expr).filter(|_| value.kind == "class") {
            // A class with a name of its own is that.
            Some(class) if b.name_of_binding(class) != NONE => {
                b.offer(name, start, Bind::new(BindingKind::Import).value(expr))
            }
            Some(class) => {
                let binding = b.offer(name, start, Bind::new(BindingKind::Definition));
                b.take_over(binding, class);
                binding
            }
            None => b.offer(name, start, Bind::new(BindingKind::Variable).value(expr)),
        },
    }
}

/// What leads to something that is defined elsewhere.
fn is_path(kind: &str) -> bool {
    matches!(
        kind,
        "identifier"
            | "member_expression"
            | "function_declaration"
            | "generator_function_declaration"
            | "class_declaration"
            | "abstract_class_declaration"
            | "interface_declaration"
    )
}

/// `require("m")`, `import("m")`.
pub(super) fn required(b: &mut Binder<'_>, callee: Child, arguments: Option<Child>) -> Option<ExprId> {
    let is_import = callee.kind == "import";
    if !is_import && (callee.kind != "identifier" || b.text(callee.range()) != b"require") {
        return None;
    }
    let arguments = arguments?;
    if list_of(Some(arguments)) == NONE {
        return None;
    }
    let text = b.text(arguments.range());
    let inside = text.get(1..text.len().checked_sub(1)?)?;
    let from = inside.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let quote = *inside.get(from)?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let length = inside[from + 1..].iter().position(|&byte| byte == quote)?;
    let start = arguments.start + 1 + from as u32;
    let source = Child { val: Val::None, field: "source", kind: "string", start, end: start + length as u32 + 2 };
    let module = module_name(b, source);
    let whole = b.make(Expr::Import { module, name: NONE });
    Some(if is_import && b.parent_kind() != "type_query" { b.lib("Promise", &[whole]) } else { whole })
}

/// `module.exports = x`, `exports.a = x`, `A.prototype.a = x`, and what else defines a member by assigning to it. Tells
/// whether it is anything of that.
pub(super) fn assigned(b: &mut Binder<'_>, left: Child, right: Child) -> bool {
    if left.kind != "member_expression" {
        return false;
    }
    let text = b.text(left.range());
    if text == b"module.exports" {
        offer_module(b, left, right);
        return true;
    }
    let Some(dot) = text.iter().rposition(|&byte| byte == b'.') else { return false };
    let (object, word) = (&text[..dot], &text[dot + 1..]);
    let start = left.start + dot as u32 + 1;
    let name = b.name(word);
    if matches!(object, b"exports" | b"module.exports") {
        offer_value(b, name, start, right);
        return true;
    }
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii();
    let is_name = object.iter().all(is_word);
    let bind = Bind::new(BindingKind::Member).place(Where::Nowhere);
    if !is_name && !object.ends_with(b".prototype") {
        return false;
    }
    let expr = right.expr();
    let binding = match b.function_of(expr) {
        Some((params, gives)) => {
            let binding = b.bind_name(name, start, bind.value(gives));
            b.set_params(binding, &params);
            binding
        }
        None => b.bind_name(name, start, bind.value(expr)),
    };
    if is_name {
        let of_objects = b.mode == ASSIGNING_DEFINES;
        if of_objects
            && right.kind == "function_expression"
            && let (Some(this), Some(of)) = (b.last_this(), b.token_at_start(left.start))
        {
            b.set_bases(this, &[of]);
        }
        b.member_of_name(left.start, binding, of_objects);
        return false;
    }
    // `this` in it is an object of what the prototype is of.
    if right.kind == "function_expression"
        && let Some(this) = b.last_this()
        && let Some(of) = b.token_at_start(left.start)
    {
        let args = b.list(&[]);
        let made = b.make(Expr::New { ty: of, args });
        b.set_bases(this, &[made]);
    }
    true
}

/// What CommonJS offers as a whole. An object that nothing is said of stands for the file, from its first statement on.
fn offer_module(b: &mut Binder<'_>, left: Child, right: Child) {
    let name = b.word(WHOLE);
    let start = match right.kind {
        "object" if jsdoc::type_before(b, left.start) == 0 => b.first_at_top().unwrap_or(left.start),
        _ => left.start,
    };
    offer_value(b, name, start, right);
}
