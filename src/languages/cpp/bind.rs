//! What the nodes of C++ mean for names, beyond those that it shares with C.

use tree_sitter::Node;

use crate::{
    bind::{At, Bind, Binder, Child, Leaving, Opens, Row, ScopeKind, Val, Where, entering, on, same, scope, scoped},
    languages::c::bind::{self as c, CPP, Level, child, declarations, level, types},
    record::{BindingKind, Expr, ExprId, ListId, NONE, ReferenceKind},
};

const OWN: &[Row] = &[
    entering(scope("translation_unit", Opens::Nothing), begin),
    // Namespaces and what is made known of them.
    on("namespace_identifier", namespace_identifier),
    on("namespace_definition", namespace),
    on("nested_namespace_specifier", nested),
    on("namespace_alias_definition", namespace_alias),
    on("using_declaration", using),
    on("alias_declaration", alias),
    on("concept_definition", concept),
    // Names.
    on("qualified_identifier", qualified),
    on("operator_name", operator_name),
    on("destructor_name", destructor_name),
    on("dependent_name", same),
    on("dependent_type", same),
    // Templates.
    scope("template_declaration", Opens::Here(ScopeKind::Block)),
    on("type_parameter_declaration", type_parameter),
    on("optional_type_parameter_declaration", type_parameter),
    on("variadic_type_parameter_declaration", type_parameter),
    on("template_type", applied),
    on("template_function", applied),
    on("template_method", applied),
    on("template_argument_list", listed),
    // Types.
    scoped("class_specifier", Opens::With("body", ScopeKind::Class), class),
    scoped("struct_specifier", Opens::With("body", ScopeKind::Class), class),
    scoped("union_specifier", Opens::With("body", ScopeKind::Class), class),
    on("base_class_clause", listed),
    on("decltype", type_of_value),
    on("trailing_return_type", trailing),
    // Declarators.
    on("reference_declarator", declarations::declarator),
    on("variadic_declarator", declarations::declarator),
    on("pointer_type_declarator", declarations::declarator),
    on("structured_binding_declarator", structured),
    scoped("optional_parameter_declaration", Opens::With("declarator", ScopeKind::Block), declarations::parameter),
    scoped("variadic_parameter_declaration", Opens::With("declarator", ScopeKind::Block), declarations::parameter),
    on("field_initializer", field_initializer),
    // Statements.
    scoped("for_range_loop", Opens::Here(ScopeKind::Block), range_loop),
    scope("catch_clause", Opens::Here(ScopeKind::Block)),
    // Expressions.
    on("this", this),
    on("new_expression", new),
    scoped("lambda_expression", Opens::Here(ScopeKind::Function), lambda),
    on("lambda_capture_initializer", captured),
    on("raw_string_literal", string),
    on("co_await_expression", same),
];

pub(super) const ROWS: [Row; c::SHARED.len() + OWN.len()] = c::joined(c::SHARED, OWN);

fn begin(b: &mut Binder<'_>, _: Node<'_>) {
    b.mode = CPP;
    c::begin(b, true);
}

fn namespace_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_token(at.start..at.end, ReferenceKind::Read)
}

/// A namespace may be added to in many places: they all say that there is one.
const NAMESPACE: Bind = Bind::new(BindingKind::Declaration).place(Where::Apart);

fn namespace(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let is_inline = at.node.child(0).is_some_and(|word| word.kind() == "inline");
    if let Some(name) = b.get(at, "name").filter(|name| name.kind == "namespace_identifier") {
        b.bind(name, NAMESPACE.private(is_inline));
    }
    Val::None
}

/// `a::b` of `namespace a::b { .. }`, or of what a namespace is called in another way.
fn nested(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let is_definition = {
        let mut nth = 1;
        while b.around(nth) == "nested_namespace_specifier" {
            nth += 1;
        }
        b.around(nth) == "namespace_definition"
    };
    let kids = b.kids(at).to_vec();
    if is_definition {
        for kid in kids {
            b.bind(kid, NAMESPACE);
        }
        return Val::None;
    }
    let mut all = b.take_later();
    all.extend(kids.into_iter().filter(|kid| kid.kind == "namespace_identifier"));
    if b.around(1) == "nested_namespace_specifier" {
        all.into_iter().for_each(|kid| b.later(kid));
        return Val::None;
    }
    all.sort_by_key(|kid| kid.start);
    path(b, &all)
}

/// Each part is looked for in the ones before it.
fn path(b: &mut Binder<'_>, parts: &[Child]) -> Val {
    let Some((first, rest)) = parts.split_first() else { return Val::None };
    let mut of = first.expr();
    for part in rest {
        of = match b.token_starting(part.start) {
            Some(token) => {
                let name = Child { val: Val::Expr(token), ..*part };
                match (b.path(of, name), part.kind) {
                    // With its arguments it is more than its name.
                    (_, "template_type" | "template_function" | "template_method") => part.expr(),
                    (Val::Expr(expr), _) => expr,
                    _ => 0,
                }
            }
            None => 0,
        };
    }
    Val::Expr(of)
}

fn qualified(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let mut parts = b.take_later();
    parts.extend(b.get(at, "scope").map(|scope| Child { field: "scope", ..scope }));
    let name = b.get(at, "name").filter(|name| name.kind != "qualified_identifier");
    parts.extend(name.map(|name| Child { field: "name", ..name }));
    if b.around(1) == "qualified_identifier" && at.field == "name" {
        parts.into_iter().for_each(|part| b.later(part));
        return Val::None;
    }
    parts.sort_by_key(|part| part.start);
    let is_global = b.bytes.get(at.start as usize) == Some(&b':');
    if is_global && let Some(first) = parts.first().copied() {
        // From the outermost namespace on.
        if let Some(token) = b.token_starting(first.start) {
            b.reached(Child { val: Val::Expr(token), ..first }, |name| Expr::Free { name, within: NONE });
        }
    }
    let last = parts.last().copied();
    let val = path(b, &parts);
    if at.field == "declarator" || declares(b) || (at.field == "name" && b.around(1).ends_with("_specifier")) {
        // The type before it is looked for around it.
        let mut nth = 1;
        while b.around(nth).ends_with("declarator") {
            nth += 1;
        }
        if b.around(nth) == "function_definition" {
            b.stand_outside(nth, at.start);
        }
        // What is declared is the name itself.
        return match last.and_then(|last| b.token_starting(last.start)) {
            Some(token) => Val::Expr(token),
            None => Val::None,
        };
    }
    val
}

/// In a declarator the name is not the declarator's by a field.
fn declares(b: &Binder<'_>) -> bool {
    b.around(1).ends_with("declarator") && b.around(1) != "init_declarator" && b.around(1) != "array_declarator"
}

fn operator_name(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_token(at.start..at.end, ReferenceKind::Call)
}

/// The name in it is that of the type.
fn destructor_name(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let val = b.name_token(at.start..at.end, ReferenceKind::Call);
    // It is no use of anything where nothing is made of it.
    b.member(0, child(at, val));
    val
}

fn namespace_alias(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let of = b.kids(at).iter().rfind(|kid| kid.start != name.start && kid.kind != "comment").map_or(0, Child::expr);
    let level = level(b, 0);
    b.bind(name, Bind::new(BindingKind::Definition).place(level.place()).value(of));
    Val::None
}

/// `using namespace a;`, `using a::b;`
fn using(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(named) = b.kids(at).iter().find(|kid| kid.kind != "comment").copied() else { return Val::None };
    let mut cursor = at.node.walk();
    let is_namespace = at.node.children(&mut cursor).any(|child| matches!(child.kind(), "namespace" | "enum"));
    let level = level(b, 0);
    if is_namespace {
        let place = if level == Level::Top { Where::Apart } else { Where::Here };
        b.wildcard(named.expr(), at.start, place);
        return Val::None;
    }
    if named.kind != "qualified_identifier" || level == Level::Member {
        return Val::None;
    }
    let text = b.text(named.range());
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let from = text.iter().rposition(|byte| !is_word(byte)).map_or(0, |at| at + 1) as u32;
    let Some(token) = b.token_starting(named.start + from) else { return Val::None };
    let name = Child { val: Val::Expr(token), start: named.start + from, ..named };
    let bind = Bind::new(BindingKind::Import).place(level.place()).value(named.expr());
    b.bind(name, if let Level::Local(_) = level { bind.holds(At::From(at.end)) } else { bind });
    Val::None
}

fn alias(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    let Some(name) = b.get(at, "name") else { return Val::None };
    let level = level(b, 0);
    let bind = Bind::new(BindingKind::Definition).place(level.place()).ty(ty);
    let bound = b.bind(name, if let Level::Local(_) = level { bind.holds(At::From(name.start)) } else { bind });
    if let Some(binding) = bound
        && b.around(1) == "template_declaration"
    {
        let generics = types::generics(b, 0);
        b.set_generics(binding, &generics);
    }
    Val::None
}

fn concept(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "name") {
        let level = level(b, 0);
        b.bind(name, Bind::new(BindingKind::Definition).place(level.place()));
    }
    Val::None
}

fn type_parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let name = b.get(at, "name").or_else(|| b.of_kind(at, "type_identifier"));
    if let Some(name) = name {
        b.bind(name, Bind::new(BindingKind::TypeParameter));
    }
    Val::None
}

/// A template with its arguments.
fn applied(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let args = match b.get(at, "arguments").map(|args| args.val) {
        Some(Val::List(args)) => args,
        _ => return name.val,
    };
    if let Some(&first) = b.listed(Some(Child { val: Val::List(args), ..name })).first() {
        b.said.insert(at.start, first);
    }
    b.val(Expr::Apply { of: name.expr(), args })
}

fn listed(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids: Vec<Child> =
        b.kids(at).iter().filter(|kid| !matches!(kid.kind, "comment" | "access_specifier")).copied().collect();
    Val::List(b.exprs_of(&kids))
}

fn class(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let bases = b.listed(b.of_kind(at, "base_class_clause"));
    types::type_of(b, at, &bases)
}

fn type_of_value(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.nth(at, 0).map_or(0, |value| value.expr());
    if of == 0 { Val::None } else { b.val(Expr::TypeOf(of)) }
}

/// `auto f() -> T`: told to the declarator.
fn trailing(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.kids(at).last().map_or(0, Child::expr);
    if ty != 0 {
        b.said.insert(at.start, ty);
    }
    Val::Expr(ty)
}

/// `[a, b]`: what is taken apart is told later.
fn structured(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let mut nth = 1;
    while b.around(nth).ends_with("declarator") {
        nth += 1;
    }
    // A declaration has a scope of its own for what it declares.
    let place = if b.around(nth) == "for_range_loop" { Where::Here } else { Where::Out(1) };
    let hole = b.hole();
    for (nth, name) in b.kids(at).to_vec().into_iter().filter(|kid| kid.kind == "identifier").enumerate() {
        let what = b.word(&format!("part{nth}"));
        let value = b.make(Expr::Special { what, of: hole });
        b.bind(name, Bind::new(BindingKind::Variable).place(place).holds(At::From(at.end)).value(value));
    }
    b.said.insert(at.start, hole);
    Val::Expr(hole)
}

fn special(b: &mut Binder<'_>, what: &str, of: ExprId) -> ExprId {
    if of == 0 {
        return 0;
    }
    let what = b.word(what);
    b.make(Expr::Special { what, of })
}

/// `: m(x), Base(y)`.
fn field_initializer(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(first) = b.nth(at, 0) else { return Val::None };
    if !matches!(first.kind, "field_identifier" | "template_method") {
        return Val::None;
    }
    let Some(token) = b.token_starting(first.start) else { return Val::None };
    let name = Child { val: Val::Expr(token), ..first };
    let of = this_value(b);
    let within = b.within;
    let Some(id) = b.name_of(name) else { return Val::None };
    let member = b.make(Expr::Member { of, name: id });
    let free = b.make(Expr::Free { name: id, within });
    let either = b.list(&[member, free]);
    b.reached(name, |_| Expr::First(either));
    b.used_for_token(token, ReferenceKind::Write);
    if let Some(list) = b.kids(at).iter().find(|kid| kid.kind == "initializer_list").copied() {
        let alone = b.list(&[member]);
        b.fill(list.expr(), Expr::Either(alone));
    }
    Val::None
}

fn this_value(b: &mut Binder<'_>) -> ExprId {
    let symbol = b.within;
    let of = b.make(Expr::Object { symbol });
    special(b, "this", of)
}

fn this(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(this_value(b))
}

/// `for (auto& x : all)`.
fn range_loop(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let base = b.expr(at, "type");
    let over = b.expr(at, "right");
    let value = special(b, "each", over);
    let (Some(name), Some(node)) = (b.get(at, "declarator"), at.node.child_by_field_name("declarator")) else {
        return Val::None;
    };
    if let Some(hole) = taken_apart(b, name) {
        let all = b.list(&[value]);
        b.fill(hole, Expr::Either(all));
        return Val::None;
    }
    let shape = declarations::shape(b, base, node);
    let from = b.get(at, "right").map_or(name.start, |right| right.end);
    let value = if shape.ty == 0 { value } else { 0 };
    b.bind(name, Bind::new(BindingKind::Variable).holds(At::From(from)).ty(shape.ty).value(value));
    Val::None
}

/// What a declarator takes apart, as it is told later.
pub(in crate::languages) fn taken_apart(b: &Binder<'_>, declarator: Child) -> Option<ExprId> {
    let text = b.text(declarator.range());
    let from = text.iter().position(|byte| !matches!(byte, b'&' | b' '))?;
    (text[from] == b'[').then(|| b.said.get(&(declarator.start + from as u32)).copied()).flatten()
}

fn new(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    if ty == 0 { Val::None } else { Val::Expr(pointer(b, ty)) }
}

fn pointer(b: &mut Binder<'_>, ty: ExprId) -> ExprId {
    let instance = b.make(Expr::Instance(ty));
    b.lib(types::POINTER, &[instance])
}

fn lambda(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let params = b.bound_here(BindingKind::Parameter);
    let gives = b.returns();
    let params = b.list(&params);
    b.val(Expr::Function { params, gives })
}

fn captured(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.expr(at, "right");
    if let Some(name) = b.get(at, "left") {
        b.bind(name, Bind::new(BindingKind::Variable).holds(At::From(at.end)).value(value));
    }
    Val::None
}

fn string(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let of = b.lib("char", &[]);
    Val::Expr(b.lib(types::POINTER, &[of]))
}

/// A call: which of several functions it is of, its arguments tell.
pub(in crate::languages) fn called(b: &mut Binder<'_>, callee: Child, args: ListId) -> Val {
    let text = b.text(callee.range());
    let head = text.split(|&byte| byte == b'<').next().unwrap_or_default();
    let head_end = callee.start + head.len() as u32;
    if text.len() > head.len() {
        let name = head.rsplit(|&byte| byte == b':').next().unwrap_or_default().trim_ascii();
        let start = head_end - name.len() as u32;
        match name {
            b"static_cast" | b"dynamic_cast" | b"const_cast" | b"reinterpret_cast" if name.len() == head.len() => {
                let Some(token) = b.token_starting(start) else { return Val::None };
                b.mere_word(Child { val: Val::Expr(token), ..callee });
                let ty = b.said.get(&start).copied().unwrap_or_default();
                return if ty == 0 { Val::None } else { b.val(Expr::Instance(ty)) };
            }
            b"make_unique" | b"make_shared" | b"static_pointer_cast" | b"dynamic_pointer_cast"
                if head.starts_with(b"std::") =>
            {
                let ty = b.said.get(&start).copied().unwrap_or_default();
                let of = if ty == 0 { 0 } else { b.make(Expr::Instance(ty)) };
                let what = if name == b"make_unique" { "made unique_ptr" } else { "made shared_ptr" };
                return Val::Expr(special(b, what, of));
            }
            _ => {}
        }
    }
    let of = callee.expr();
    if of == 0 {
        let call = b.make(Expr::Unknown);
        return Val::Expr(call);
    }
    let chosen = b.make(Expr::Chosen { of, args });
    // The name that is called is the last one.
    let end = if callee.kind.starts_with("template") || text.ends_with(b">") { head_end } else { callee.end };
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let before = b.text(callee.start..end).trim_ascii_end();
    let from = before.iter().rposition(|byte| !is_word(byte)).map_or(0, |at| at + 1) as u32;
    if let Some(token) = b.token_starting(callee.start + from) {
        b.prefer(Child { val: Val::Expr(token), ..callee }, chosen);
        b.used_for_token(token, ReferenceKind::Call);
    }
    b.call(chosen, args)
}

/// `x.template f<T>`, `x.~T`, `x.A::f`.
pub(in crate::languages) fn member(b: &mut Binder<'_>, of: ExprId, name: Child) -> Val {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(*byte, b'_' | b'~') || !byte.is_ascii();
    let mut start = name.start;
    let text = b.text(name.range());
    if let Some(rest) = text.strip_prefix(b"template") {
        start += 8 + rest.iter().position(is_word).unwrap_or_default() as u32;
    }
    let Some(token) = b.token_starting(start) else { return Val::None };
    let child = Child { val: Val::Expr(token), start, ..name };
    let found = b.member(of, child);
    if name.val == Val::None { found } else { name.val }
}
