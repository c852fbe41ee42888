//! Types: structs and their like, enumerations, and types as they are written.

use tree_sitter::Node;

use super::{CPP, Level, SCOPED_ENUM, condition, declarations, level, level_at};
use crate::{
    bind::{At, Bind, Binder, Child, LABELS, Leaving, TAGS, TYPES, Val, Where},
    record::{BindingId, BindingKind, Expr, ExprId, ReferenceKind},
};

/// What pointers and arrays are called as types from outside.
pub(in crate::languages) const POINTER: &str = "*";

pub(super) fn primitive(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let name = String::from_utf8_lossy(b.text(at.start..at.end)).into_owned();
    Val::Expr(b.lib(&name, &[]))
}

pub(super) fn sized(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("int", &[]))
}

/// What tags are looked for under in C: `struct s` is no `s`.
pub(in crate::languages) const TAG: &str = "struct ";

/// `struct s { .. }`, `struct s;`, `struct s` as a type.
pub(in crate::languages) fn record(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    type_of(b, at, &[])
}

/// A type with what it inherits from.
pub(in crate::languages) fn type_of(b: &mut Binder<'_>, at: &Leaving<'_>, bases: &[ExprId]) -> Val {
    let body = b.get(at, "body");
    let name = b.get(at, "name").filter(|name| name.start < name.end);
    let opened = usize::from(body.is_some() && at.node.kind() != "enum_specifier");
    let Some(name) = name else {
        let Some(word) = keyword(at.node, body.is_some()) else { return Val::None };
        let name = b.word(unnamed(at.node.kind()));
        let taken = taken_in(b, at, body, bases);
        let binding = b.bind_name(name, word, Bind::new(BindingKind::Definition).place(Where::Nowhere));
        b.set_bases(binding, &taken);
        return b.val(Expr::Bound(binding));
    };
    let is_cpp = b.mode & CPP != 0;
    // Alone before a semicolon it declares that there is such a type.
    let is_alone = body.is_none() && is_declaration(b, at);
    if body.is_none() && !is_alone {
        // What nothing declares is declared here.
        b.set_space(name, TAGS);
        look_for_tag(b, name);
        return name.val;
    }
    let mut level = level(b, opened);
    if !is_cpp && level == Level::Member {
        // In C a type in a type is known outside.
        level = beyond_types(b, opened);
    }
    let kind = if body.is_some() { BindingKind::Definition } else { BindingKind::Declaration };
    let space = if is_cpp { TAGS | TYPES } else { TAGS };
    let binding = match name.kind {
        // A specialisation is reached through its template.
        "template_type" => {
            let text: String = String::from_utf8_lossy(b.text(name.range())).split_whitespace().collect();
            let word = b.word(&text);
            b.bind_name(word, name.start, Bind::new(BindingKind::Member).place(Where::Nowhere))
        }
        "qualified_identifier" => match b.bind(name, Bind::new(BindingKind::Member).place(Where::Nowhere)) {
            Some(binding) => binding,
            None => return Val::None,
        },
        _ => match b.bind(name, Bind::new(kind).place(level.place()).space(space & !LABELS)) {
            Some(binding) => binding,
            None => return Val::None,
        },
    };
    if level == Level::Top {
        condition(b, binding);
    }
    let taken = taken_in(b, at, body, bases);
    b.set_bases(binding, &taken);
    let generics = if b.around(1) == "template_declaration" { generics(b, opened) } else { Vec::new() };
    b.set_generics(binding, &generics);
    if body.is_some() {
        return b.val(Expr::Bound(binding));
    }
    // What it names is defined wherever.
    let word = b.word(&format!("{TAG}{}", String::from_utf8_lossy(b.text(name.range()))));
    let within = b.within;
    b.val(Expr::Free { name: word, within })
}

/// What a type takes over: its bases, and the macros among its members.
fn taken_in(b: &Binder<'_>, at: &Leaving<'_>, body: Option<Child>, bases: &[ExprId]) -> Vec<ExprId> {
    let mut taken = bases.to_vec();
    let Some(body) = body.filter(|_| at.node.kind() != "enum_specifier") else { return taken };
    for (range, kind, expr) in b.open_here(body.start) {
        // What the parser was not given to read is a macro, and so is a type of nothing.
        let rest = &b.bytes[range.end as usize..];
        let is_alone = || rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b';');
        if kind == ReferenceKind::Read || (kind == ReferenceKind::Type && is_alone()) {
            taken.push(expr);
        }
    }
    taken
}

pub(super) fn look_for_tag(b: &mut Binder<'_>, name: Child) {
    let word = format!("{TAG}{}", String::from_utf8_lossy(b.text(name.range())));
    b.look_for(name, &word);
}

/// Where something belongs that stands in types, but not to them.
fn beyond_types(b: &Binder<'_>, opened: usize) -> Level {
    let mut out = opened;
    while out < b.depth() {
        match level_at(b, out) {
            Level::Member => out += 1,
            // A member's declarator has a scope of its own.
            level => return level,
        }
    }
    Level::Top
}

/// The byte of `struct` in a type without a name.
fn keyword(node: Node<'_>, has_body: bool) -> Option<u32> {
    if !has_body {
        return None;
    }
    let word = match node.kind() {
        "union_specifier" => "union",
        "enum_specifier" => "enum",
        "class_specifier" => "class",
        _ => "struct",
    };
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| child.kind() == word).map(|child| child.start_byte() as u32)
}

fn unnamed(kind: &str) -> &'static str {
    match kind {
        "union_specifier" => "(anonymous union)",
        "enum_specifier" => "(anonymous enum)",
        "class_specifier" => "(anonymous class)",
        _ => "(anonymous struct)",
    }
}

/// `struct s;`, and `struct s` in what makes a type of it that the file has not seen before.
fn is_declaration(b: &Binder<'_>, at: &Leaving<'_>) -> bool {
    match b.around(1) {
        "translation_unit" | "declaration_list" | "template_declaration" | "compound_statement" => true,
        "field_declaration_list" => true,
        // A type by another name may be the first to name it.
        "type_definition" => level_at(b, 0) == Level::Top,
        around if around.starts_with("preproc_") => true,
        // `struct s;` in a type; a member has a declarator behind it.
        "field_declaration" => {
            let rest = &b.bytes[at.end as usize..];
            rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b';')
        }
        _ => false,
    }
}

/// The type parameters of the template that the node is all of.
pub(in crate::languages) fn generics(b: &Binder<'_>, opened: usize) -> Vec<BindingId> {
    let mut found = b.all_bound_at(Where::Out(opened), BindingKind::TypeParameter);
    found.extend(b.all_bound_at(Where::Out(opened), BindingKind::Parameter));
    found.sort_by_key(|&id| b.bound_start(id));
    found
}

pub(super) fn begin_enum(b: &mut Binder<'_>, node: Node<'_>) {
    let word = node.child(1).map_or("", |child| child.kind());
    b.mode &= !SCOPED_ENUM;
    if matches!(word, "class" | "struct") {
        b.mode |= SCOPED_ENUM;
    }
}

pub(super) fn enumeration(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.mode &= !SCOPED_ENUM;
    type_of(b, at, &[])
}

/// It belongs to what is around the enumeration, unless that has names of its own.
pub(super) fn enumerator(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let level = match level_at(b, 0) {
        Level::Member if b.mode & CPP == 0 => beyond_types(b, 0),
        level => level,
    };
    let is_scoped = b.mode & SCOPED_ENUM != 0;
    let place = if is_scoped { Where::Nowhere } else { level.place() };
    let symbol = b.within;
    let of = b.make(Expr::Object { symbol });
    let what = b.word("enumeration");
    let value = b.make(Expr::Special { what, of });
    let kind = if level == Level::Member || is_scoped { BindingKind::Member } else { BindingKind::Definition };
    let bind = Bind::new(kind).place(place).value(value);
    b.bind(name, if let Level::Local(_) = level { bind.holds(At::From(at.end)) } else { bind });
    Val::None
}

/// A type with an abstract declarator: `int *(*)[3]`.
pub(super) fn descriptor(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let base = b.expr(at, "type");
    match at.node.child_by_field_name("declarator") {
        Some(declarator) => Val::Expr(declarations::shape(b, base, declarator).ty),
        None => Val::Expr(base),
    }
}
