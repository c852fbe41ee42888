//! Packages, imports, functions, types, variables.

use std::borrow::Cow;

use tree_sitter::Node;

use super::{NAMES, NOWHERE, binds, child, parts};
use crate::{
    bind::{At, Binder, Child, Leaving, ScopeKind, Val, Where},
    languages::go::rules::{BUILD, PACKAGE},
    record::{BindingId, BindingKind, Expr, ExprId, NONE, ReferenceKind},
};

/// Of a file before its package clause, and behind it.
const BODY: u32 = 1;

/// Constraints of files are read up to this length.
const MAX_CONSTRAINT: usize = 1000;

/// `package p`: what the file's names are shared with.
pub(super) fn package(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.mode = BODY;
    if let Some(name) = b.of_kind(at, "package_identifier") {
        b.mere_word(name);
        let text = String::from_utf8_lossy(b.text(name.range())).into_owned();
        remark(b, PACKAGE, &text);
    }
    Val::None
}

/// `//go:build linux`: when the file is part of its package.
pub(super) fn comment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if b.mode != BODY && ((at.end - at.start) as usize) < MAX_CONSTRAINT {
        let text = b.text(at.start..at.end);
        if text.starts_with(b"//go:build ") || text.starts_with(b"// +build ") || text.starts_with(b"//+build ") {
            let text = String::from_utf8_lossy(text).into_owned();
            remark(b, BUILD, &text);
        }
    }
    Val::None
}

/// Something that is said of the whole file, for the rules.
fn remark(b: &mut Binder<'_>, what: &str, text: &str) {
    let (what, module) = (b.word(what), b.word(text));
    let value = b.make(Expr::Import { module, name: NONE });
    b.bind_name(what, NOWHERE, binds(BindingKind::Import).place(Where::Module).value(value).space(0));
}

/// `import "a/b"`, `import c "a/b"`, `import . "a/b"`.
pub(super) fn import(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(path) = b.get(at, "path") else { return Val::None };
    let quoted: Cow<'_, str> = String::from_utf8_lossy(b.text(path.range()));
    let text = quoted.trim_matches(['"', '`']).to_owned();
    let module = b.word(&text);
    let value = b.make(Expr::Import { module, name: NONE });
    let bind = binds(BindingKind::Import).place(Where::Module).value(value);
    match b.get(at, "name") {
        Some(name) if name.kind == "package_identifier" => {
            b.bind(name, bind.holds(At::From(at.end)));
        }
        Some(name) if name.kind == "dot" => {
            b.wildcard(value, name.start, Where::Module);
        }
        Some(_) => {}
        None => {
            // What the package calls itself is mostly the last part of its path. It stands there, if it does.
            let (sure, guesses) = package_names(&text);
            for (name, holds) in
                guesses.into_iter().map(|name| (name, At::All)).chain(sure.map(|name| (name, At::From(at.end))))
            {
                let start = path.start + 1 + text.rfind(name.as_str()).unwrap_or(0) as u32;
                let name = b.word(&name);
                b.bind_name(name, start, bind.holds(holds));
            }
        }
    }
    Val::None
}

/// What a package is called that is imported by a path: what it is most likely, and what it may be, the likeliest last.
fn package_names(path: &str) -> (Option<String>, Vec<String>) {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let version =
        |part: &str| part.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit()));
    let mut found = Vec::new();
    let mut name = last;
    // `a/b/v2` is a version of `a/b`.
    if version(last)
        && last != "v1"
        && let Some(before) = parts.next()
    {
        found.push(last.to_owned());
        name = before;
    }
    // `gopkg.in/yaml.v2`.
    if let Some((before, end)) = name.rsplit_once('.')
        && version(end)
    {
        name = before;
    }
    let is_name = |name: &str| {
        name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.chars().next().is_some_and(|c| !c.is_numeric())
    };
    if is_name(name) {
        return (Some(name.to_owned()), found);
    }
    let bare = ["go-", "go.", "golang-"].iter().find_map(|start| name.strip_prefix(start)).unwrap_or(name);
    let bare = ["-go", ".go", "-golang"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    let joined: String = bare.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let scored: String = bare.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let mut pieces = bare.split(['-', '.']).map(str::to_owned);
    found.extend(pieces.next());
    found.extend(pieces.next_back());
    found.extend([scored, joined]);
    found.retain(|name| is_name(name));
    (None, found)
}

pub(super) fn function(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    define(b, at, name, Where::Out(1));
    Val::None
}

pub(super) fn method(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    define(b, at, name, Where::Nowhere);
    Val::None
}

fn define(b: &mut Binder<'_>, at: &Leaving<'_>, name: Child, place: Where) {
    let (params, ty) = signature(b, at);
    let generics = b.bound_here(BindingKind::TypeParameter);
    if let Some(binding) = b.bind(name, binds(BindingKind::Definition).place(place).ty(ty)) {
        b.set_params(binding, &params);
        b.set_generics(binding, &generics);
    }
}

/// The parameters of a function, which are names in its body only, and what it gives.
pub(super) fn signature(b: &mut Binder<'_>, at: &Leaving<'_>) -> (Vec<BindingId>, ExprId) {
    let body = b.get(at, "body").map_or(at.end, |body| body.start);
    b.hold_from(BindingKind::Parameter, body);
    (b.listed(b.get(at, "parameters")), result(b, at))
}

/// What a function gives: a type, several as a tuple.
fn result(b: &mut Binder<'_>, at: &Leaving<'_>) -> ExprId {
    let Some(result) = b.get(at, "result") else { return 0 };
    if result.kind != "parameter_list" {
        return result.expr();
    }
    let types: Vec<ExprId> = b.listed(Some(result)).iter().map(|&binding| b.type_of(binding)).collect();
    match types.as_slice() {
        [] => 0,
        [one] => *one,
        _ => {
            let list = b.list(&types);
            b.make(Expr::Tuple(list))
        }
    }
}

/// `a, b T`, or a type alone. Comes to the bindings.
pub(super) fn parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    bind_parameters(b, at, ty)
}

/// `a ...T`: several in one.
pub(super) fn variadic(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let element = b.expr(at, "type");
    let ty = b.lib("[]", &[element]);
    bind_parameters(b, at, ty)
}

fn bind_parameters(b: &mut Binder<'_>, at: &Leaving<'_>, ty: ExprId) -> Val {
    let bind = binds(BindingKind::Parameter).ty(ty);
    let names = b.all(at, "name");
    let mut bound = Vec::with_capacity(names.len().max(1));
    for name in &names {
        // The blank one takes its place.
        let binding = b.bind(*name, bind);
        bound.push(binding.unwrap_or_else(|| b.bind_name(NONE, name.start, bind.place(Where::Nowhere))));
    }
    if names.is_empty() {
        bound.push(b.bind_name(NONE, at.start, bind.place(Where::Nowhere)));
    }
    Val::List(b.list(&bound))
}

pub(super) fn parameters(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if at.field == "receiver" {
        bind_type_parameters(b, at.node);
    }
    let mut all = Vec::new();
    for part in parts(b, at) {
        all.extend(b.listed(Some(part)));
    }
    Val::List(b.list(&all))
}

/// The `K` and `V` of a receiver `m *Map[K, V]` are what its type calls its parameters, by other names.
fn bind_type_parameters(b: &mut Binder<'_>, receiver: Node<'_>) {
    let mut ty = receiver.named_child(0).and_then(|parameter| parameter.child_by_field_name("type"));
    while let Some(node) = ty.filter(|node| matches!(node.kind(), "pointer_type" | "parenthesized_type")) {
        ty = node.named_child(0);
    }
    let Some(generic) = ty.filter(|node| node.kind() == "generic_type") else { return };
    let (Some(name), Some(args)) = (generic.child_by_field_name("type"), generic.child_by_field_name("type_arguments"))
    else {
        return;
    };
    let Some(of) = b.token_starting(name.start_byte() as u32) else { return };
    let mut cursor = args.walk();
    let args: Vec<Node<'_>> = args.named_children(&mut cursor).filter(|arg| arg.kind() == "type_elem").collect();
    for (nth, arg) in args.into_iter().enumerate() {
        let Some(expr) = b.token_starting(arg.start_byte() as u32) else { continue };
        let what = b.word(&format!("type parameter {nth}"));
        let value = b.make(Expr::Special { what, of });
        let name = child(expr, arg.start_byte() as u32, arg.end_byte() as u32);
        b.bind(name, binds(BindingKind::Variable).value(value));
    }
}

pub(super) fn type_parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    for name in b.all(at, "name") {
        b.bind(name, binds(BindingKind::TypeParameter).ty(ty));
    }
    Val::None
}

pub(super) fn type_spec(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let ty = b.expr(at, "type");
    let generics = b.bound_here(BindingKind::TypeParameter);
    let holds = if b.depth() > 2 { At::From(name.start) } else { At::All };
    let bind = binds(BindingKind::Definition).place(Where::Out(1)).ty(ty).holds(holds);
    if let Some(binding) = b.bind(name, bind) {
        b.set_generics(binding, &generics);
    }
    Val::None
}

/// `A, B T = x, y`. In a group, one without a value has that of the one before it.
pub(super) fn constant(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, names) = (b.expr(at, "type"), b.all(at, "name"));
    let mut given = b.listed(b.get(at, "value"));
    if ty == 0 && b.get(at, "value").is_none() {
        given = b.listed(b.before(at).iter().rev().find(|child| child.kind == "const_spec").copied());
    } else if ty != 0 {
        let value = b.make(Expr::Instance(ty));
        given = vec![value; names.len()];
    }
    for (nth, name) in names.into_iter().enumerate() {
        let value = given.get(nth).copied().unwrap_or(0);
        let holds = from_end(b, at);
        b.bind(name, binds(BindingKind::Variable).value(value).holds(holds));
    }
    Val::List(b.list(&given))
}

pub(super) fn variable(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, names) = (b.expr(at, "type"), b.all(at, "name"));
    let given = values(b, at, "value", names.len());
    let holds = from_end(b, at);
    for (nth, name) in names.into_iter().enumerate() {
        let value = if ty == 0 { given.get(nth).copied().unwrap_or(0) } else { 0 };
        bind_variable(b, name, ty, value, holds);
    }
    Val::None
}

/// What a function declares holds from behind the declaration on, what a package declares everywhere.
fn from_end(b: &Binder<'_>, at: &Leaving<'_>) -> At {
    if b.depth() > 1 { At::From(at.end) } else { At::All }
}

/// What each of several names is given: a value each, or what one call gives.
pub(super) fn values(b: &mut Binder<'_>, at: &Leaving<'_>, field: &str, count: usize) -> Vec<ExprId> {
    let given = b.listed(b.get(at, field));
    let [one] = given.as_slice() else { return given };
    if count < 2 {
        return given;
    }
    let right = at.node.child_by_field_name(field);
    let right = right.map(|right| if right.kind() == "expression_list" { right.named_child(0) } else { Some(right) });
    if right.flatten().is_some_and(|right| right.kind() == "call_expression") {
        return (0..count as u32).map(|nth| b.make(Expr::Nth { of: *one, nth })).collect();
    }
    // `v, ok := m[k]`.
    vec![*one, b.lib("bool", &[])]
}

/// Binds a variable. One that is a function when it comes into being is one, for what is called by its name.
pub(super) fn bind_variable(b: &mut Binder<'_>, name: Child, ty: ExprId, value: ExprId, holds: At) {
    if ty == 0
        && b.depth() > 1
        && let Some(Expr::Function { params, gives }) = b.made(value)
    {
        let bind = binds(BindingKind::Definition).ty(gives).holds(holds);
        if let Some(binding) = b.bind(name, bind) {
            let params = b.listed(Some(Child { val: Val::List(params), ..name }));
            b.set_params(binding, &params);
        }
        return;
    }
    b.bind(name, binds(BindingKind::Variable).ty(ty).value(value).holds(holds));
}

/// `a := x`: binds what the block has not bound before.
pub(super) fn bind_new(b: &mut Binder<'_>, name: Child, value: ExprId, holds: At) {
    let Some(id) = b.name_of(name) else { return };
    // A function's parameters stand in one block with its body.
    let kinds = (b.scope_kind(Where::Out(1)), b.scope_kind(Where::Here));
    let in_body = kinds == (ScopeKind::Function, ScopeKind::Block);
    let known = b.bound_at(Where::Here, id, NAMES).or_else(|| match in_body {
        true => b.bound_at(Where::Out(1), id, NAMES),
        false => None,
    });
    match known {
        Some(_) => {
            b.used_for(name.expr(), ReferenceKind::Write);
            b.stays_use(name);
        }
        None => bind_variable(b, name, 0, value, holds),
    }
}
