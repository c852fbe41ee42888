//! Expressions, and what they come to.

use super::{
    items::{LOCAL, bind_conditions, one_parameter},
    patterns::{name_fields, pattern},
    *,
};
use crate::{
    bind::At,
    record::{BindingKind, NONE},
};

/// A block comes to its last expression.
pub fn block(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    bind_label(b, at);
    match parts(b, at).last() {
        Some(child) if is_value(child.kind) => child.val,
        _ => Val::None,
    }
}

/// Comes to something where it stands last in a block.
fn is_value(kind: &str) -> bool {
    !kind.ends_with("_item") && !matches!(kind, "let_declaration" | "use_declaration" | "macro_definition" | "label")
}

pub fn expression_statement(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if b.text(at.start..at.end).ends_with(b";") { Val::None } else { last(b, at) }
}

pub fn call(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(callee) = b.get(at, "function") else { return Val::None };
    let args = match b.get(at, "arguments").map(|arguments| arguments.val) {
        Some(Val::List(list)) => list,
        _ => NONE,
    };
    let mut expr = callee.expr();
    b.used_for(expr, ReferenceKind::Call);
    if expr == 0 {
        return Val::None;
    }
    // A type may have several of these, by what they are given.
    if callee.kind == "scoped_identifier"
        && (b.text(callee.range()).ends_with(b"::from") || b.text(callee.range()).ends_with(b"::try_from"))
    {
        expr = b.choose(expr, args);
    }
    if b.text(callee.range()) == b"Self" {
        expr = special(b, "type", expr);
    }
    let val = b.call(expr, args);
    let typed = b.take_later().into_iter().rfind(|child| child.kind == "turbofish" && child.start == callee.start);
    match (typed, val) {
        (Some(typed), Val::Expr(made)) => {
            let ty = typed.expr();
            Val::Expr(as_typed(b, made, ty))
        }
        _ => val,
    }
}

/// A value, with what is said of its type: what that leaves open the value tells.
pub fn as_typed(b: &mut Binder<'_>, value: ExprId, ty: ExprId) -> ExprId {
    let ty = b.make(Expr::Instance(ty));
    let both = b.list(&[value, ty]);
    let both = b.make(Expr::Tuple(both));
    special(b, "typed", both)
}

pub fn arguments(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let args = parts(b, at);
    Val::List(b.exprs_of(&args))
}

/// `f::<T>`.
pub fn generic_function(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "function");
    match b.get(at, "type_arguments").map(|arguments| arguments.val) {
        Some(Val::List(args)) => {
            b.used_for(of, ReferenceKind::Call);
            // What the method gives is of this type.
            let method = b.get(at, "function").map_or(&b""[..], |function| b.text(function.range()));
            let method = method.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
            let types = b.listed(b.get(at, "type_arguments"));
            if matches!(method, b"collect" | b"parse" | b"sum" | b"product" | b"into")
                && let &[ty] = types.as_slice()
            {
                let val = Val::Expr(ty);
                b.later(Child { val, field: "", kind: "turbofish", start: at.start, end: at.end });
            }
            b.val(Expr::Apply { of, args })
        }
        _ => Val::Expr(of),
    }
}

/// `a.b`: a method where it is called, else a field, whose name is asked for with the dot.
pub fn field_expression(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "value");
    let Some(field) = b.get(at, "field") else { return Val::None };
    if field.kind == "integer_literal" {
        let place = String::from_utf8_lossy(b.text(field.range())).into_owned();
        return Val::Expr(special(b, &place, of));
    }
    if at.field == "function" {
        return b.member(of, field);
    }
    let name = String::from_utf8_lossy(b.text(field.range())).into_owned();
    let name = b.word(&format!(".{name}"));
    b.reached(field, |_| Expr::Member { of, name })
}

pub fn struct_expression(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(shape) = b.get(at, "name") else { return Val::None };
    let by = shape.expr();
    name_fields(b, by);
    Val::Expr(special(b, "new", by))
}

pub fn field_initializer(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "field").filter(|name| name.kind == "field_identifier") {
        b.later(Child { field: "field", ..name });
    }
    Val::None
}

pub fn shorthand_initializer(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.of_kind(at, "identifier") {
        b.later(Child { field: "both", ..name });
    }
    Val::None
}

pub fn closure(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let params = b.bound_here(BindingKind::Parameter);
    let params = b.list(&params);
    let (body, ty) = (b.expr(at, "body"), b.expr(at, "return_type"));
    let gives = if ty == 0 { body } else { b.make(Expr::Instance(ty)) };
    let returned = b.returns();
    let all: Vec<ExprId> = [gives, returned].into_iter().filter(|&expr| expr != 0).collect();
    let gives = b.either(&all);
    b.val(Expr::Function { params, gives })
}

pub fn closure_parameters(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    // Those with a type are bound already; `_` is a node without a name.
    let mut from = at.start;
    for child in b.kids(at).to_vec() {
        missed_parameters(b, from, child.start);
        from = child.end;
        if !matches!(child.kind, "parameter" | "line_comment" | "block_comment") {
            one_parameter(b, child, 0);
        }
    }
    missed_parameters(b, from, at.end);
    Val::None
}

fn missed_parameters(b: &mut Binder<'_>, from: u32, to: u32) {
    let missed: Vec<u32> = b
        .text(from..to)
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'_')
        .map(|(at, _)| from + at as u32)
        .collect();
    for start in missed {
        let none = Child { val: Val::None, field: "", kind: "_", start, end: start };
        one_parameter(b, none, 0);
    }
}

pub fn if_expression(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let consequence = b.get(at, "consequence");
    bind_conditions(b, at.start, consequence.map_or(at.end, |block| block.end));
    let all = [consequence, b.get(at, "alternative")];
    either(b, &all)
}

fn either(b: &mut Binder<'_>, all: &[Option<Child>]) -> Val {
    let exprs: Vec<ExprId> = all.iter().flatten().map(Child::expr).filter(|&expr| expr != 0).collect();
    if exprs.is_empty() { Val::None } else { Val::Expr(b.either(&exprs)) }
}

pub fn while_expression(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    bind_label(b, at);
    bind_conditions(b, at.start, at.end);
    Val::None
}

pub fn loop_expression(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    bind_label(b, at);
    Val::None
}

pub fn for_expression(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    bind_label(b, at);
    let over = b.get(at, "value");
    let value = over.map_or(0, |over| over.expr());
    let value = if value == 0 { 0 } else { b.make(Expr::Element(value)) };
    if let Some(child) = b.get(at, "pattern") {
        let pat = pattern(b, child);
        let from = over.map_or(at.start, |over| over.end);
        b.bind_pattern(pat, LOCAL.value(value).holds(At::From(from)));
    }
    Val::None
}

fn bind_label(b: &mut Binder<'_>, at: &Leaving<'_>) {
    if let Some(label) = b.nth(at, 0).filter(|child| child.kind == "label") {
        b.bind(label, crate::bind::Bind::new(BindingKind::Label).space(LABELS));
    }
}

pub fn begin_match(b: &mut Binder<'_>, _: tree_sitter::Node<'_>) {
    let subject = b.elder("value").map_or(0, |value| value.expr());
    b.subjects.push(subject);
}

pub fn match_block(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.subjects.pop();
    let arms: Vec<Option<Child>> = parts(b, at).into_iter().take(8).map(Some).collect();
    either(b, &arms)
}

pub fn match_arm(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(child) = b.get(at, "pattern") {
        let value = b.subjects.last().copied().unwrap_or(0);
        let pat = b.pat_of(child);
        b.bind_pattern(pat, LOCAL.value(value).same());
    }
    bind_conditions(b, at.start, at.end);
    b.get(at, "value").map_or(Val::None, |value| value.val)
}

pub fn match_expression(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.get(at, "body").map_or(Val::None, |body| body.val)
}

pub fn returned(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(value) = parts(b, at).last() {
        let value = value.expr();
        b.returned(value);
    }
    Val::None
}

pub fn try_expression(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    part(b, at, Expr::Unwrap)
}

pub fn awaited(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    part(b, at, Expr::Await)
}

fn part(b: &mut Binder<'_>, at: &Leaving<'_>, make: fn(ExprId) -> Expr) -> Val {
    let of = parts(b, at).first().map_or(0, Child::expr);
    if of == 0 { Val::None } else { b.val(make(of)) }
}

pub fn unary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match b.text(at.start..at.start + 1) {
        b"*" => part(b, at, Expr::Deref),
        _ => last(b, at),
    }
}

pub fn binary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(left), Some(right)) = (b.get(at, "left"), b.get(at, "right")) else { return Val::None };
    let between = b.text(left.end..right.start);
    let compares = [&b"=="[..], b"!=", b"<", b">", b"<=", b">=", b"&&", b"||"];
    if compares.contains(&between.trim_ascii()) {
        return boolean(b, at);
    }
    // What an operator gives is mostly of the kind of its first operand.
    left.val
}

pub fn assignment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let left = b.expr(at, "left");
    b.used_for(left, ReferenceKind::Write);
    Val::None
}

pub fn cast(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let ty = b.expr(at, "type");
    if ty == 0 { Val::None } else { b.val(Expr::Instance(ty)) }
}

pub fn tuple(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all = parts(b, at);
    let list = b.exprs_of(&all);
    b.val(Expr::Tuple(list))
}

pub fn array(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let elements: Vec<ExprId> = parts(b, at)
        .iter()
        .filter(|child| child.field != "length")
        .map(Child::expr)
        .filter(|&expr| expr != 0)
        .take(3)
        .collect();
    let element = b.either(&elements);
    Val::Expr(b.lib("slice", &[element]))
}

pub fn index(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all = parts(b, at);
    let (Some(of), Some(by)) = (all.first(), all.get(1)) else { return Val::None };
    if by.kind == "range_expression" || of.expr() == 0 {
        return of.val;
    }
    let (of, by) = (of.expr(), by.expr());
    b.val(Expr::Index { of, by })
}

pub fn range(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let element = parts(b, at).first().map_or(0, Child::expr);
    Val::Expr(b.lib("Range", &[element]))
}

pub fn string(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let name = if b.text(at.start..at.end).starts_with(b"b") { "bytes" } else { "str" };
    Val::Expr(b.lib(name, &[]))
}

pub fn number(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("int", &[]))
}

pub fn character(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("char", &[]))
}

pub fn boolean(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("bool", &[]))
}
