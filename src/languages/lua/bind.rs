//! What Lua's nodes mean for names.

use crate::{
    bind::{
        At, Bind, Binder, Child, Leaving, Opens, Pat, Row, ScopeKind, Val, Where, entering, identifier, on, same,
        scope, scoped,
    },
    record::{BindingKind, Expr, ExprId, NONE, ReferenceKind},
};

/// What a file's chunk returns is bound to this.
pub(super) const RETURNED: &str = "@return";

pub(super) const ROWS: &[Row] = &[
    on("identifier", identifier),
    on("chunk", chunk),
    scope("block", Opens::Here(ScopeKind::Block)),
    scope("for_statement", Opens::Here(ScopeKind::Block)),
    // What is declared in the body is known in the condition.
    scope("repeat_statement", Opens::Here(ScopeKind::Block)),
    scoped("function_declaration", Opens::With("parameters", ScopeKind::Function), function),
    scoped("function_definition", Opens::Here(ScopeKind::Function), anonymous),
    on("parameters", parameters),
    entering(on("variable_declaration", declaration), begin_declaration),
    on("assignment_statement", assignment),
    on("variable_list", targets),
    on("expression_list", values),
    on("for_generic_clause", for_each),
    on("for_numeric_clause", for_numbers),
    on("function_call", call),
    on("arguments", values),
    on("dot_index_expression", member),
    on("method_index_expression", member),
    on("parenthesized_expression", same),
    on("table_constructor", table),
    on("field", field),
    on("return_statement", returned),
    on("label_statement", label),
    on("goto_statement", jump),
    on("attribute", attribute),
    on("binary_expression", binary),
    on("string", string),
];

fn chunk(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let value = b.returns();
    if value != 0 {
        let name = b.word(RETURNED);
        b.bind_name(name, 0, Bind::new(BindingKind::Variable).place(Where::Module).value(value));
    }
    Val::None
}

/// `function f()`, `function M.f()`, `function M:f()`, which has a `self`.
fn function(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    let params = b.bound_here(BindingKind::Parameter);
    let value = b.returns();
    let local = b.text(at.start..at.end).starts_with(b"local");
    let binding = match name.kind {
        "identifier" => {
            let place = if local { Where::Out(1) } else { Where::Module };
            b.bind(name, Bind::new(BindingKind::Definition).place(place).value(value))
        }
        _ => last_name(b, name)
            .and_then(|last| b.bind(last, Bind::new(BindingKind::Member).place(Where::Nowhere).value(value))),
    };
    if name.kind == "method_index_expression"
        && let Val::Expr(access) = name.val
        && let Some(of) = b.object_of(access)
    {
        let own = b.word("self");
        b.bind_name(own, name.start, Bind::new(BindingKind::Parameter).value(of));
    }
    if let Some(binding) = binding {
        b.set_params(binding, &params);
    }
    Val::None
}

/// The `c` of `a.b.c`, as the token that it is.
fn last_name(b: &Binder<'_>, access: Child) -> Option<Child> {
    let text = b.text(access.range());
    let length = text.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count() as u32;
    let start = access.end - length;
    let expr = b.token_starting(start)?;
    Some(Child { val: Val::Expr(expr), kind: "identifier", start, ..access })
}

fn anonymous(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let params = b.bound_here(BindingKind::Parameter);
    let (params, gives) = (b.list(&params), b.returns());
    b.val(Expr::Function { params, gives })
}

fn parameters(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for name in b.all(at, "name") {
        b.bind(name, Bind::new(BindingKind::Parameter));
    }
    Val::None
}

fn begin_declaration(b: &mut Binder<'_>, _: tree_sitter::Node<'_>) {
    b.mode = 1;
}

/// `local a, b`; with values its inner assignment has bound them.
fn declaration(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.mode = 0;
    if let Some(names) = b.of_kind(at, "variable_list") {
        let pat = b.pat_of(names);
        b.bind_pattern(pat, Bind::new(BindingKind::Variable).holds(At::From(at.end)));
    }
    Val::None
}

fn assignment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let is_local = b.mode == 1;
    b.mode = 0;
    let exprs = b.listed(b.of_kind(at, "expression_list"));
    let tables: Vec<bool> = match at.node.named_child(1) {
        Some(list) => {
            let mut cursor = list.walk();
            list.named_children(&mut cursor).map(|value| value.kind() == "table_constructor").collect()
        }
        None => Vec::new(),
    };
    for (nth, name) in b.take_later().into_iter().enumerate() {
        let value = exprs.get(nth).copied().unwrap_or_else(|| rest(b, &exprs, nth));
        if name.kind != "identifier" {
            if let Val::Expr(expr) = name.val {
                b.used_for(expr, ReferenceKind::Write);
            }
            continue;
        }
        let variable = Bind::new(BindingKind::Variable).value(value);
        let bound = if is_local {
            b.bind(name, variable.holds(At::From(at.end)))
        } else if b.is_bound(name) {
            b.used_for(name.expr(), ReferenceKind::Write);
            None
        } else {
            b.bind(name, variable.place(Where::Module).same())
        };
        // A table is what is put into it under its name.
        if let Some(class) = bound.filter(|_| value == 0 && tables.get(nth) == Some(&true)) {
            let own = b.object_named(class);
            b.add_value(class, own);
        }
    }
    Val::None
}

/// What the last of fewer values gives to a name further on.
fn rest(b: &mut Binder<'_>, exprs: &[ExprId], nth: usize) -> ExprId {
    match exprs.last() {
        Some(&last) if last != 0 => b.make(Expr::Nth { of: last, nth: (nth + 1 - exprs.len()) as u32 }),
        _ => 0,
    }
}

/// Names that are assigned to or declared.
fn targets(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let names = b.all(at, "name");
    let pats: Vec<_> = names.iter().map(|&name| b.pat_of(name)).collect();
    names.into_iter().for_each(|name| b.later(name));
    b.pat_val(Pat::Tuple(pats))
}

fn values(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    Val::List(b.exprs_of(&kids))
}

fn for_each(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.take_later();
    if let Some(names) = b.of_kind(at, "variable_list") {
        let pat = b.pat_of(names);
        b.bind_pattern(pat, Bind::new(BindingKind::Variable).holds(At::From(at.end)));
    }
    Val::None
}

fn for_numbers(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "name") {
        b.bind(name, Bind::new(BindingKind::Variable).holds(At::From(at.end)));
    }
    Val::None
}

fn call(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(callee) = b.get(at, "name") else { return Val::None };
    let given = b.get(at, "arguments");
    let args = match given.map(|given| given.val) {
        Some(Val::List(list)) => list,
        _ => NONE,
    };
    let expr = callee.expr();
    b.used_for(expr, ReferenceKind::Call);
    match b.text(callee.range()) {
        b"require" => {
            let text = given.map(|given| b.text(given.range())).unwrap_or_default();
            let text = text.strip_prefix(b"(").and_then(|text| text.strip_suffix(b")")).unwrap_or(text).trim_ascii();
            let module = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
            let module = module.or_else(|| text.strip_prefix(b"'").and_then(|text| text.strip_suffix(b"'")));
            match module {
                Some(module) => {
                    let module = b.word(&String::from_utf8_lossy(module));
                    b.val(Expr::Import { module, name: NONE })
                }
                None => Val::None,
            }
        }
        // What it gives has what the second has, or what that says by `__index`.
        b"setmetatable" => {
            let given: Vec<ExprId> = b.listed(given);
            given.get(1).map_or(Val::None, |&of| Val::Expr(of))
        }
        _ if expr == 0 => Val::None,
        _ => b.call(expr, args),
    }
}

fn member(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "table");
    match b.get(at, "field").or_else(|| b.get(at, "method")) {
        Some(name) => b.member(of, name),
        None => Val::None,
    }
}

/// Of a table nothing is known but what it takes what it has not from.
fn table(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let fields = b.take_later();
    let index = fields.iter().find(|field| field.field == "__index").map(|field| field.val);
    index.unwrap_or_default()
}

fn field(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    if name.kind == "identifier" && at.node.child(0).is_some_and(|first| first.kind() != "[") {
        b.mere_word(name);
        if b.text(name.range()) == b"__index"
            && let Some(value) = b.get(at, "value")
        {
            b.later(Child { field: "__index", ..value });
        }
    }
    Val::None
}

fn returned(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let given = b.of_kind(at, "expression_list");
    if let Some(&first) = b.listed(given).first() {
        b.returned(first);
    }
    Val::None
}

const LABEL: Bind = Bind::new(BindingKind::Label).place(Where::Function);

fn label(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.nth(at, 0) {
        b.set_space(name, crate::bind::LABELS);
        b.bind(name, LABEL);
    }
    Val::None
}

fn jump(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.nth(at, 0) {
        b.set_space(name, crate::bind::LABELS);
    }
    Val::None
}

/// `<const>`, `<close>`.
fn attribute(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.nth(at, 0) {
        b.mere_word(name);
    }
    Val::None
}

/// `a or b` is either; what other operators give is a value of the language's own.
fn binary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let operator = at.node.child_by_field_name("operator").map_or("", |operator| operator.kind());
    if !matches!(operator, "and" | "or") {
        return Val::None;
    }
    let both: Vec<ExprId> =
        ["left", "right"].into_iter().map(|side| b.expr(at, side)).filter(|&expr| expr != 0).collect();
    Val::Expr(b.either(&both))
}

fn string(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("string", &[]))
}
