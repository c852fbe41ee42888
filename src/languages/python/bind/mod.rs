//! What Python's nodes mean for names.

mod imports;
mod quoted;

use crate::{
    bind::{
        At, Bind, Binder, Child, Leaving, Opens, Pat, Row, ScopeKind, Val, Where, entering, identifier, on, same,
        scoped,
    },
    record::{BindingKind, Expr, ExprId, NONE, ReferenceKind},
};

/// [`Binder::mode`]: in an import, in what is imported from a module, in a pattern of a `case`.
const IMPORT: u32 = 1;
const PATTERN: u32 = 2;

pub(super) const ROWS: &[Row] = &[
    on("identifier", identifier),
    scoped("function_definition", Opens::With("parameters", ScopeKind::Function), function),
    scoped("lambda", Opens::Here(ScopeKind::Function), lambda),
    scoped("class_definition", Opens::With("body", ScopeKind::Body), class),
    on("decorator", decorator),
    on("parameters", parameters),
    on("lambda_parameters", parameters),
    on("default_parameter", default_parameter),
    on("typed_parameter", typed_parameter),
    on("typed_default_parameter", default_parameter),
    on("list_splat_pattern", splat),
    on("dictionary_splat_pattern", splat),
    on("assignment", assignment),
    on("augmented_assignment", augmented),
    on("named_expression", named),
    on("pattern_list", tuple_pattern),
    on("tuple_pattern", tuple_pattern),
    on("list_pattern", tuple_pattern),
    on("expression_list", tuple),
    on("for_statement", for_loop),
    on("for_in_clause", for_in),
    scoped("list_comprehension", Opens::Here(ScopeKind::Block), list_of),
    scoped("generator_expression", Opens::Here(ScopeKind::Block), list_of),
    scoped("set_comprehension", Opens::Here(ScopeKind::Block), set_of),
    scoped("dictionary_comprehension", Opens::Here(ScopeKind::Block), dictionary),
    on("as_pattern", as_pattern),
    on("except_clause", except),
    entering(on("import_statement", imports::import), imports::begin_import),
    entering(on("import_from_statement", imports::import_from), imports::begin_import),
    entering(on("future_import_statement", imports::import_from), imports::begin_import),
    on("dotted_name", imports::dotted),
    on("relative_import", imports::relative),
    on("aliased_import", imports::aliased),
    on("global_statement", global),
    on("nonlocal_statement", nonlocal),
    on("call", call),
    on("argument_list", arguments),
    on("keyword_argument", keyword),
    on("attribute", attribute),
    on("member_type", attribute),
    on("subscript", subscript),
    on("generic_type", generic),
    on("type_parameter", arguments),
    on("union_type", either),
    on("binary_operator", binary),
    on("boolean_operator", either),
    on("conditional_expression", conditional),
    on("parenthesized_expression", same),
    on("tuple", tuple),
    on("list", list_of),
    on("set", set_of),
    on("dictionary", dictionary),
    on("string", string),
    on("concatenated_string", text),
    on("integer", number),
    on("float", number),
    on("type", type_node),
    on("await", awaited),
    on("return_statement", returned),
    entering(on("case_clause", case), begin_case),
    on("case_pattern", same),
    on("class_pattern", class_pattern),
    on("keyword_pattern", keyword_pattern),
    on("type_alias_statement", type_alias),
    on("not_operator", boolean),
    on("comparison_operator", boolean),
    on("none", nothing),
];

fn function(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let params = b.bound_here(BindingKind::Parameter);
    let returned = b.returns();
    let is_method = b.scope_kind(Where::Out(1)) == ScopeKind::Body;
    let notes = b.take_notes();
    let has = |word: &str| notes.iter().any(|note| note == word);
    if is_method
        && !has("staticmethod")
        && let Some(&own) = params.first()
    {
        let symbol = b.within;
        let class = has("classmethod") || matches!(b.text(name.range()), b"__new__" | b"__init_subclass__");
        let value = b.make(if class { Expr::SelfType { symbol } } else { Expr::SelfValue { symbol } });
        b.add_value(own, value);
    }
    let ty = b.expr(at, "return_type");
    let kind = if has("property") || has("cached_property") { BindingKind::Accessor } else { BindingKind::Definition };
    let Some(binding) = b.bind(name, Bind::new(kind).place(Where::Out(1)).ty(ty).value(returned)) else {
        return Val::None;
    };
    // What a method is called with begins behind its object.
    let given = if is_method && !has("staticmethod") { params.get(1..).unwrap_or_default() } else { &params };
    b.set_params(binding, given);
    Val::None
}

fn lambda(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let params = b.bound_here(BindingKind::Parameter);
    let (params, gives) = (b.list(&params), b.expr(at, "body"));
    b.val(Expr::Function { params, gives })
}

fn class(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let bases = b.listed(b.get(at, "superclasses"));
    b.take_notes();
    let place = Where::Out(usize::from(b.get(at, "body").is_some()));
    if let Some(binding) = b.bind(name, Bind::new(BindingKind::Definition).place(place)) {
        b.set_bases(binding, &bases);
    }
    Val::None
}

fn decorator(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    // The last name in it says what it does.
    let text = b.text(at.start..at.end);
    let head = text.split(|&byte| byte == b'(').next().unwrap_or_default();
    let last = head.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    let word = String::from_utf8_lossy(last.trim_ascii()).trim_start_matches('@').to_owned();
    let word = b.word(&word);
    b.note(word);
    Val::None
}

const PARAMETER: Bind = Bind::new(BindingKind::Parameter);

fn parameters(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for child in b.kids(at).to_vec() {
        if child.kind == "identifier" {
            b.bind(child, PARAMETER);
        }
    }
    Val::None
}

fn default_parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, value) = (b.expr(at, "type"), b.expr(at, "value"));
    if let Some(name) = b.get(at, "name") {
        b.bind(name, PARAMETER.ty(ty).value(value));
    }
    Val::None
}

fn typed_parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    let Some(name) = b.nth(at, 0) else { return Val::None };
    match name.kind {
        "identifier" => {
            b.bind(name, PARAMETER.ty(ty));
        }
        // `*args: T` is bound already, as what holds several.
        _ => {
            if let Some(&binding) = b.bound_here(BindingKind::Parameter).last() {
                let name = if name.kind == "list_splat_pattern" { "list" } else { "dict" };
                let text = b.lib("str", &[]);
                let args = if name == "list" { vec![ty] } else { vec![text, ty] };
                let ty = b.lib(name, &args);
                b.set_type(binding, ty);
            }
        }
    }
    Val::None
}

fn splat(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.nth(at, 0) else { return Val::None };
    if b.scope_kind(Where::Here) == ScopeKind::Function && matches!(at.field, "" | "name") && is_parameter(at) {
        b.bind(name, PARAMETER);
        return Val::None;
    }
    // The rest, in a pattern.
    let pat = b.pat_of(name);
    b.pat_val(Pat::All(vec![pat]))
}

fn is_parameter(at: &Leaving<'_>) -> bool {
    let parent = at.node.parent().map_or("", |parent| parent.kind());
    matches!(parent, "parameters" | "lambda_parameters" | "typed_parameter")
}

const VARIABLE: Bind = Bind::new(BindingKind::Variable).place(Where::Function).same();

fn assignment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (ty, value) = (b.expr(at, "type"), b.expr(at, "right"));
    let Some(left) = b.get(at, "left") else { return Val::None };
    assign(b, left, ty, value);
    if b.text(left.range()) == b"__all__"
        && let Some(right) = at.node.child_by_field_name("right")
    {
        quoted::names_in_strings(b, right);
    }
    Val::Expr(value)
}

fn assign(b: &mut Binder<'_>, target: Child, ty: ExprId, value: ExprId) {
    match target.val {
        Val::Expr(expr) if target.kind == "attribute" => {
            b.used_for(expr, ReferenceKind::Write);
            if let Some(member) = own_member(b, target) {
                b.own_member(member, ty, value);
            }
        }
        Val::Expr(_) if target.kind != "identifier" => {}
        _ => {
            let pat = b.pat_of(target);
            b.bind_pattern(pat, VARIABLE.ty(ty).value(value));
        }
    }
}

/// The `x` of `self.x`, in a method.
fn own_member(b: &mut Binder<'_>, target: Child) -> Option<Child> {
    let text = b.text(target.range());
    let dot = text.iter().position(|&byte| byte == b'.')?;
    let is_own = matches!(&text[..dot], b"self" | b"cls") && !text[dot + 1..].contains(&b'.');
    is_own.then_some(Child { kind: "identifier", start: target.start + dot as u32 + 1, ..target })
}

fn augmented(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.expr(at, "right");
    if let Some(left) = b.get(at, "left") {
        match left.kind {
            "identifier" => {
                b.bind(left, VARIABLE.value(value));
            }
            _ => {
                let expr = left.expr();
                b.used_for(expr, ReferenceKind::Write);
            }
        }
        if b.text(left.range()) == b"__all__"
            && let Some(right) = at.node.child_by_field_name("right")
        {
            quoted::names_in_strings(b, right);
        }
    }
    Val::None
}

fn named(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.expr(at, "value");
    if let Some(name) = b.get(at, "name") {
        b.bind(name, VARIABLE.value(value));
    }
    Val::Expr(value)
}

fn tuple_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    let mut pats = Vec::with_capacity(kids.len());
    for kid in kids {
        if kid.kind == "attribute" {
            assign(b, kid, 0, 0);
        }
        pats.push(b.pat_of(kid));
    }
    b.pat_val(Pat::Tuple(pats))
}

fn tuple(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    let list = b.exprs_of(&kids);
    b.val(Expr::Tuple(list))
}

fn for_loop(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let over = b.expr(at, "right");
    let value = b.make(Expr::Element(over));
    if let Some(left) = b.get(at, "left") {
        assign(b, left, 0, value);
    }
    Val::None
}

fn for_in(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let over = b.expr(at, "right");
    let value = b.make(Expr::Element(over));
    if let Some(left) = b.get(at, "left") {
        let pat = b.pat_of(left);
        b.bind_pattern(pat, Bind::new(BindingKind::Variable).value(value));
    }
    Val::None
}

fn list_of(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    container(b, at, "list")
}

fn set_of(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    container(b, at, "set")
}

fn container(b: &mut Binder<'_>, at: &Leaving<'_>, name: &str) -> Val {
    let elements: Vec<ExprId> = b.kids(at).iter().map(Child::expr).filter(|&expr| expr != 0).take(3).collect();
    let element = b.either(&elements);
    Val::Expr(b.lib(name, &[element]))
}

fn dictionary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let _ = at;
    Val::Expr(b.lib("dict", &[]))
}

fn as_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    let of = kids.first().map_or(0, Child::expr);
    let value = special(b, "as", of);
    if b.mode == PATTERN {
        let pats: Vec<_> = kids.iter().map(|&kid| b.pat_of(kid)).collect();
        return b.pat_val(Pat::All(pats));
    }
    if let Some(target) = b.get(at, "alias").filter(|alias| alias.start < alias.end) {
        let range = target.range();
        // The target wraps the name.
        if let Some(expr) = b.token_starting(range.start) {
            let child = Child { val: Val::Expr(expr), kind: "identifier", ..target };
            b.bind(child, VARIABLE.value(value));
        }
    }
    Val::None
}

fn except(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "value");
    let value = special(b, "as", of);
    if let Some(alias) = b.get(at, "alias").filter(|alias| alias.kind == "identifier") {
        b.bind(alias, VARIABLE.value(value));
    }
    Val::None
}

fn special(b: &mut Binder<'_>, what: &str, of: ExprId) -> ExprId {
    let what = b.word(what);
    b.make(Expr::Special { what, of })
}

fn global(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    pass(b, at, ScopeKind::Module)
}

fn nonlocal(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    pass(b, at, ScopeKind::Function)
}

fn pass(b: &mut Binder<'_>, at: &Leaving<'_>, to: ScopeKind) -> Val {
    for child in b.kids(at).to_vec() {
        if let Some(name) = b.name_of(child) {
            b.pass(name, Where::Function, to);
        }
    }
    Val::None
}

fn call(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(callee) = b.get(at, "function") else { return Val::None };
    let args = match b.get(at, "arguments").map(|arguments| arguments.val) {
        Some(Val::List(list)) => list,
        _ => NONE,
    };
    let keywords = b.take_later();
    let expr = callee.expr();
    b.used_for(expr, ReferenceKind::Call);
    for name in keywords {
        b.reached(name, |name| Expr::Keyword { callee: expr, name });
    }
    if b.text(callee.range()) == b"super" {
        let symbol = b.within;
        return b.val(Expr::Super { symbol });
    }
    if expr == 0 { Val::None } else { b.call(expr, args) }
}

fn arguments(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids: Vec<Child> = b.kids(at).iter().filter(|child| child.kind != "keyword_argument").copied().collect();
    let is_class = at.field == "superclasses";
    if is_class {
        // Keywords of a class are none of anything in the workspace.
        for name in b.take_later() {
            b.mere_word(name);
        }
    }
    Val::List(b.exprs_of(&kids))
}

fn keyword(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "name") {
        b.mere_word(name);
        b.later(name);
    }
    Val::None
}

fn attribute(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "object");
    match b.get(at, "attribute").or_else(|| b.nth(at, 1)) {
        Some(name) => b.member(of, name),
        None => Val::None,
    }
}

fn subscript(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(value) = b.get(at, "value") else { return Val::None };
    let of = value.expr();
    let args = b.all(at, "subscript");
    // What is indexed by types is a type with its arguments.
    let last = b.text(value.range()).rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    let is_type = last.first().is_some_and(u8::is_ascii_uppercase)
        || matches!(last, b"list" | b"dict" | b"set" | b"tuple" | b"type");
    if is_type && !last.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_') {
        let mut list = Vec::new();
        for arg in args {
            let quoted = if arg.kind == "string" { quoted::quoted_type(b, arg.range()) } else { 0 };
            match arg.val {
                Val::Expr(expr) if arg.kind != "string" => list.push(expr),
                _ => list.push(quoted),
            }
        }
        let args = b.list(&list);
        return b.val(Expr::Apply { of, args });
    }
    let by = match args.first() {
        Some(arg) if arg.kind == "integer" => {
            let what = b.name(b.text(arg.range()));
            b.make(Expr::Special { what, of: 0 })
        }
        Some(arg) if arg.kind == "slice" => return Val::Expr(of),
        _ => 0,
    };
    if of == 0 { Val::None } else { b.val(Expr::Index { of, by }) }
}

fn generic(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    let of = kids.first().map_or(0, Child::expr);
    match kids.get(1).map(|child| child.val) {
        Some(Val::List(args)) => b.val(Expr::Apply { of, args }),
        _ => Val::Expr(of),
    }
}

fn either(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all: Vec<ExprId> = b.kids(at).iter().map(Child::expr).filter(|&expr| expr != 0).collect();
    Val::Expr(b.either(&all))
}

fn binary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let operator = at.node.child_by_field_name("operator").map_or("", |operator| operator.kind());
    match operator {
        "|" => either(b, at),
        // What an operator gives is mostly of the kind of its first operand.
        _ => Val::Expr(b.expr(at, "left")),
    }
}

fn conditional(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at);
    let all: Vec<ExprId> =
        [kids.first(), kids.get(2)].into_iter().flatten().map(Child::expr).filter(|&expr| expr != 0).collect();
    Val::Expr(b.either(&all))
}

fn string(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("str", &[]))
}

fn text(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("str", &[]))
}

fn number(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("int", &[]))
}

fn boolean(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("bool", &[]))
}

fn nothing(_: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::None
}

/// A type, which may be quoted.
fn type_node(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(child) = b.nth(at, 0) else { return Val::None };
    if child.kind == "string" {
        return Val::Expr(quoted::quoted_type(b, child.range()));
    }
    child.val
}

fn awaited(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.nth(at, 0).map_or(0, |child| child.expr());
    if of == 0 { Val::None } else { b.val(Expr::Await(of)) }
}

fn returned(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let value = b.nth(at, 0).map_or(0, |child| child.expr());
    b.returned(value);
    Val::None
}

fn begin_case(b: &mut Binder<'_>, _: tree_sitter::Node<'_>) {
    b.mode = PATTERN;
}

fn case(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.mode = 0;
    for child in b.kids(at).to_vec() {
        if child.kind == "case_pattern" {
            let pat = b.pat_of(child);
            b.bind_pattern(pat, VARIABLE);
        }
    }
    Val::None
}

fn class_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    let Some((class, parts)) = kids.split_first() else { return Val::None };
    let by = class.expr();
    let pats: Vec<_> = parts.iter().map(|&part| b.pat_of(part)).collect();
    let inside = b.pat(Pat::All(pats));
    b.pat_val(Pat::Case(by, inside))
}

fn keyword_pattern(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    if let [key, value] = kids.as_slice() {
        let name = b.name(b.text(key.range()));
        b.mere_word(*key);
        let pat = b.pat_of(*value);
        return b.pat_val(Pat::Fields(vec![(name, pat)]));
    }
    Val::None
}

fn type_alias(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "right");
    if let Some(name) = b.get(at, "left").and_then(|left| b.token_starting(left.start).map(|expr| (left, expr))) {
        let child = Child { val: Val::Expr(name.1), ..name.0 };
        b.bind(child, Bind::new(BindingKind::Definition).ty(ty).holds(At::All));
    }
    Val::None
}
