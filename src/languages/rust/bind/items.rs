//! What is defined.

use super::*;
use super::{expressions::as_typed, patterns::pattern as pattern_of};
use crate::{
    bind::{At, Bind, Pat, Where},
    record::{BindingId, BindingKind, NONE},
};

const DEFINITION: Bind = Bind::new(BindingKind::Definition);
const MEMBER: Bind = Bind::new(BindingKind::Member).place(Where::Nowhere);
const TYPE_PARAMETER: Bind = Bind::new(BindingKind::TypeParameter).space(TYPE);

/// What stands in an `impl` or a trait is reached through a type.
fn is_member(b: &Binder<'_>) -> bool {
    b.around(1) == "declaration_list" && matches!(b.around(2), "impl_item" | "trait_item")
}

/// Of several of one name, of which no program has more than one, the first goes before the others.
fn alternative(b: &mut Binder<'_>, name: Child, bind: Bind) -> Bind {
    let notes = b.take_notes();
    let weak = bind.space(Bind::new(BindingKind::Definition).space);
    if notes.iter().any(|note| note == "cfg elsewhere") {
        return weak;
    }
    let known = b.name_of(name).and_then(|name| b.spaces_at(bind.place, name));
    match known.filter(|_| notes.iter().any(|note| note == "cfg")) {
        // What is there is no weak one itself.
        Some(space) if space & bind.space != 0 && space != weak.space => weak,
        _ => bind,
    }
}

/// A condition that holds on other systems than most code is read for.
fn is_elsewhere(condition: &[u8]) -> bool {
    let text = String::from_utf8_lossy(condition);
    let is_unlike = ["not(unix)", "not(target_os = \"linux\")", "not(target_family = \"unix\")"];
    if is_unlike.iter().any(|unlike| text.contains(unlike)) {
        return true;
    }
    let others = ["windows", "wasm", "macos", "redox", "hermit", "wasi"];
    !text.contains("not(")
        && !text.contains("unix")
        && !text.contains("linux")
        && others.iter().any(|other| text.contains(other))
}

/// How an item is bound that has a scope of its own.
fn item(b: &Binder<'_>, space: Space) -> Bind {
    if is_member(b) { MEMBER } else { DEFINITION.place(Where::Out(1)).space(space) }
}

pub fn function(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let own = b.word("self");
    let mut params = b.bound_here(BindingKind::Parameter);
    if let Some(first) = b.bound_to(own) {
        params.retain(|param| *param != first);
    }
    let generics = b.bound_here(BindingKind::TypeParameter);
    let ty = match b.get(at, "return_type") {
        Some(ty) => ty.expr(),
        None => b.lib("()", &[]),
    };
    let bind = item(b, VALUE).ty(ty);
    let bind = alternative(b, name, bind);
    if let Some(binding) = b.bind(name, bind) {
        b.set_params(binding, &params);
        b.set_generics(binding, &generics);
    }
    Val::None
}

pub fn structure(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let generics = b.bound_here(BindingKind::TypeParameter);
    let body = b.get(at, "body");
    let is_tuple = body.is_none_or(|body| body.kind == "ordered_field_declaration_list");
    let params = body.filter(|_| is_tuple).map(|body| places(b, body));
    let space = if is_tuple { BOTH } else { TYPE };
    let bind = alternative(b, name, DEFINITION.place(Where::Out(1)).space(space));
    if let Some(binding) = b.bind(name, bind) {
        b.set_generics(binding, &generics);
        if let Some(params) = params {
            b.set_params(binding, &params);
        }
    }
    Val::None
}

/// A parameter that has no name, or several.
fn nameless(b: &mut Binder<'_>, start: u32, bind: Bind) -> BindingId {
    b.bind_name(NONE, start, bind)
}

/// Fields without names, in order.
fn places(b: &mut Binder<'_>, body: Child) -> Vec<BindingId> {
    let types = b.listed(Some(body));
    types.into_iter().map(|ty| nameless(b, NONE, MEMBER.ty(ty))).collect()
}

pub fn ordered_fields(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let types = b.all(at, "type");
    Val::List(b.exprs_of(&types))
}

pub fn enumeration(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let generics = b.bound_here(BindingKind::TypeParameter);
    let bind = alternative(b, name, DEFINITION.place(Where::Out(1)).space(TYPE));
    if let Some(binding) = b.bind(name, bind) {
        b.set_generics(binding, &generics);
    }
    Val::None
}

/// A variant is a value of its enum, or what makes one.
pub fn variant(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let symbol = b.within;
    let mut ty = b.make(Expr::SelfType { symbol });
    let body = b.get(at, "body").filter(|body| body.kind == "ordered_field_declaration_list");
    let params = body.map(|body| places(b, body));
    if let Some(params) = &params {
        let params = b.list(params);
        ty = b.make(Expr::Function { params, gives: ty });
    }
    if let Some(binding) = b.bind(name, MEMBER.ty(ty))
        && let Some(params) = params
    {
        b.set_params(binding, &params);
    }
    Val::None
}

pub fn field(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    if let Some(name) = b.get(at, "name") {
        b.bind(name, MEMBER.ty(ty));
    }
    Val::None
}

pub fn trait_item(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let generics = b.bound_here(BindingKind::TypeParameter);
    let bases = b.listed(b.get(at, "bounds"));
    let bind = alternative(b, name, DEFINITION.place(Where::Out(1)).space(TYPE));
    if let Some(binding) = b.bind(name, bind) {
        b.set_generics(binding, &generics);
        b.set_bases(binding, &bases);
    }
    Val::None
}

pub fn implementation(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    let generics = b.bound_here(BindingKind::TypeParameter);
    let symbol = b.within;
    b.take_notes();
    let binding = b.bind_symbol(symbol, MEMBER.ty(ty));
    b.set_generics(binding, &generics);
    if let Some(of) = b.get(at, "trait") {
        let of = of.expr();
        b.set_bases(binding, &[of]);
    }
    Val::None
}

pub fn type_item(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let generics = b.bound_here(BindingKind::TypeParameter);
    let ty = match b.get(at, "type") {
        Some(ty) => ty.expr(),
        // Of a trait: whatever it is, it has what its bounds have.
        None => {
            let bounds = b.listed(b.get(at, "bounds"));
            b.either(&bounds)
        }
    };
    let bind = item(b, TYPE).ty(ty);
    let bind = alternative(b, name, bind);
    if let Some(binding) = b.bind(name, bind) {
        b.set_generics(binding, &generics);
    }
    Val::None
}

pub fn constant(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, value) = (b.expr(at, "type"), b.expr(at, "value"));
    let bind = if is_member(b) { MEMBER } else { DEFINITION.space(VALUE) };
    if let Some(name) = b.get(at, "name").filter(|name| b.text(name.range()) != b"_") {
        let bind = alternative(b, name, bind);
        b.bind(name, bind.ty(ty).value(value));
    }
    Val::None
}

/// `mod a { ... }` has what it binds, `mod a;` is a file.
pub fn module(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let notes = b.take_notes();
    let Some(name) = b.get(at, "name") else { return Val::None };
    let bind = DEFINITION.space(TYPE);
    if b.get(at, "body").is_some() {
        let members = b.all_bound_here();
        if let Some(binding) = b.bind(name, bind.place(Where::Out(1))) {
            b.set_members(binding, members);
        }
        return Val::None;
    }
    let path = notes.iter().find_map(|note| note.strip_prefix("path ")).map(str::to_owned);
    let within = b.within;
    let file = b.word(&format!("mod {within} {}", path.unwrap_or_default()));
    let id = b.name_of(name).unwrap_or(NONE);
    let value = b.make(Expr::Import { module: file, name: id });
    // It stands for the file.
    b.bind(name, Bind::new(BindingKind::Import).space(TYPE).value(value));
    Val::None
}

/// `#[path = "..."]` says where a module's file is.
pub fn attribute_item(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let text = b.text(at.start..at.end);
    if text.starts_with(b"#[cfg(") {
        let word = b.word(if is_elsewhere(text) { "cfg elsewhere" } else { "cfg" });
        b.note(word);
    }
    if let Some(value) = text.strip_prefix(b"#[path")
        && let Some(path) = value.split(|&byte| byte == b'"').nth(1)
    {
        let word = b.word(&format!("path {}", String::from_utf8_lossy(path)));
        b.note(word);
    }
    Val::None
}

pub fn macro_definition(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "name") {
        b.bind(name, DEFINITION.space(MACROS));
    }
    Val::None
}

const PARAMETER: Bind = Bind::new(BindingKind::Parameter).space(VALUE);

pub fn parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    let Some(pattern) = b.get(at, "pattern") else { return Val::None };
    if pattern.kind == "self" {
        return self_parameter(b, at);
    }
    one_parameter(b, pattern, ty);
    // A type of a function lists the types.
    Val::Expr(ty)
}

/// The binding of a parameter, whose names are parts of it if it is no plain one.
pub fn one_parameter(b: &mut Binder<'_>, pattern: Child, ty: ExprId) -> BindingId {
    let is_plain = pattern.kind == "identifier";
    if is_plain && let Some(binding) = b.bind(pattern, PARAMETER.ty(ty)) {
        return binding;
    }
    let binding = nameless(b, pattern.start, PARAMETER.ty(ty));
    let value = b.make(Expr::Bound(binding));
    let pat = pattern_of(b, pattern);
    b.bind_pattern(pat, Bind::new(BindingKind::Variable).space(VALUE).value(value));
    binding
}

pub fn self_parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let symbol = b.within;
    let value = b.make(Expr::SelfValue { symbol });
    if let Some(own) = b.of_kind(at, "self") {
        b.bind(own, PARAMETER.value(value));
    }
    Val::None
}

pub fn type_parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let bounds = b.listed(b.get(at, "bounds"));
    let ty = b.either(&bounds);
    if let Some(name) = b.get(at, "name") {
        b.bind(name, TYPE_PARAMETER.ty(ty));
    }
    Val::None
}

pub fn const_parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    if let Some(name) = b.get(at, "name") {
        // It is written as a type where it is given on.
        b.bind(name, Bind::new(BindingKind::Variable).space(BOTH).ty(ty));
    }
    Val::None
}

pub fn lifetime_parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "name") {
        b.bind(name, Bind::new(BindingKind::Label).space(TYPE));
    }
    Val::None
}

/// `where T: A`: one more bound of what is bound here.
pub fn where_predicate(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let bounds = b.listed(b.get(at, "bounds"));
    let ty = b.either(&bounds);
    if let Some(left) = b.get(at, "left")
        && let Some(name) = b.name_of(left)
        && let Some(binding) = b.bound_around(name, BindingKind::TypeParameter)
        && ty != 0
    {
        b.add_type(binding, ty);
    }
    Val::None
}

pub const LOCAL: Bind = Bind::new(BindingKind::Variable).space(VALUE);

pub fn let_declaration(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, value) = (b.expr(at, "type"), b.expr(at, "value"));
    // What the type leaves open the value tells.
    let is_open = b.get(at, "type").is_some_and(|ty| b.text(ty.range()).contains(&b'_'));
    let (ty, value) = if is_open && value != 0 { (0, as_typed(b, value, ty)) } else { (ty, value) };
    if let Some(pattern) = b.get(at, "pattern") {
        let pat = pattern_of(b, pattern);
        b.bind_pattern(pat, LOCAL.ty(ty).value(value).holds(At::From(at.end)));
    }
    Val::None
}

/// `let a = b` in a condition: its names are bound by what it is the condition of.
pub fn let_condition(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.expr(at, "value");
    if let Some(pattern) = b.get(at, "pattern") {
        let pat = pattern_of(b, pattern);
        let pat = b.pat(Pat::Default(value, pat));
        b.later(Child { val: Val::Pat(pat), field: "", kind: "let_condition", start: at.start, end: at.end });
    }
    Val::None
}

/// Binds the names in the conditions up to the end of what they are for.
pub fn bind_conditions(b: &mut Binder<'_>, start: u32, end: u32) {
    for condition in b.take_later() {
        if let Val::Pat(pat) = condition.val
            && condition.start >= start
        {
            b.bind_pattern(pat, LOCAL.holds(At::Between(condition.end, end)));
        }
    }
}
