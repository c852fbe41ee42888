//! Types as TypeScript writes them.

use super::{BLOCK, BOTH, IN_FUNCTION, SHAPE, TYPE, classes, functions, modules, special, type_name, unquoted};
use crate::{
    bind::{Bind, Binder, Child, Holder, Leaving, Row, Val, Where, entering, on, same, scoped},
    record::{BindingKind, Expr, ExprId},
};
use tree_sitter::Node;

pub(super) const ROWS: &[Row] = &[
    on("type_identifier", type_name),
    // Definitions.
    entering(scoped("function_signature", IN_FUNCTION, functions::signature), functions::begin),
    entering(scoped("abstract_class_declaration", BLOCK, classes::class), classes::begin),
    entering(scoped("interface_declaration", BLOCK, classes::interface), classes::begin_interface),
    entering(scoped("method_signature", IN_FUNCTION, classes::method_signature), functions::begin),
    entering(scoped("abstract_method_signature", IN_FUNCTION, classes::method_signature), functions::begin),
    entering(scoped("call_signature", IN_FUNCTION, classes::call_signature), functions::begin),
    entering(scoped("construct_signature", IN_FUNCTION, classes::call_signature), functions::begin),
    on("property_signature", classes::property_signature),
    scoped("index_signature", BLOCK, index_signature),
    on("public_field_definition", classes::field),
    on("extends_clause", classes::extends),
    on("implements_clause", classes::bases),
    on("extends_type_clause", classes::bases),
    on("class_heritage", classes::bases),
    entering(on("enum_declaration", classes::enumeration), classes::begin_enum),
    on("enum_body", classes::enum_body),
    on("enum_assignment", classes::enum_member),
    scoped("type_alias_declaration", BLOCK, alias),
    on("internal_module", namespace),
    on("module", namespace),
    on("nested_identifier", nested_name),
    on("required_parameter", functions::parameter),
    on("optional_parameter", functions::parameter),
    on("type_parameter", type_parameter),
    // Modules.
    on("import_require_clause", modules::import_require),
    on("import_alias", modules::import_alias),
    // Types.
    on("type_annotation", same),
    on("opting_type_annotation", same),
    on("omitting_type_annotation", same),
    on("adding_type_annotation", same),
    on("constraint", same),
    on("default_type", same),
    on("predefined_type", predefined),
    on("array_type", array),
    on("readonly_type", same),
    on("tuple_type", tuple),
    on("optional_type", same),
    on("rest_type", rest),
    on("union_type", either),
    on("intersection_type", either),
    on("parenthesized_type", same),
    on("generic_type", generic),
    on("type_arguments", arguments),
    on("nested_type_identifier", nested),
    on("literal_type", literal),
    on("template_literal_type", text),
    on("this_type", this),
    entering(on("object_type", shape), begin_shape),
    on("mapped_type_clause", mapped),
    entering(scoped("function_type", IN_FUNCTION, functions::function_type), functions::begin_arrow),
    entering(scoped("constructor_type", IN_FUNCTION, functions::function_type), functions::begin_arrow),
    on("lookup_type", lookup),
    on("index_type_query", keys),
    scoped("conditional_type", BLOCK, conditional),
    on("infer_type", infer),
    on("type_query", query),
    on("type_predicate", predicate),
    on("type_predicate_annotation", same),
    on("asserts", nothing),
    on("asserts_annotation", nothing),
    // Expressions.
    on("as_expression", cast),
    on("satisfies_expression", satisfies),
    on("non_null_expression", same),
    on("instantiation_expression", instantiation),
];

/// Of the grammar without JSX.
pub(in crate::languages) const ASSERTIONS: &[Row] = &[on("type_assertion", assertion)];

fn nothing(_: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::None
}

const ANY: &str = "any";

fn predefined(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match b.text(at.start..at.end) {
        b"undefined" | b"null" => Val::None,
        // Nothing is known of it, whatever it is given.
        b"any" | b"unknown" | b"never" | b"void" | b"object" => Val::Expr(special(b, ANY, 0)),
        b"unique symbol" => Val::Expr(b.lib("symbol", &[])),
        name => {
            let name = String::from_utf8_lossy(name).into_owned();
            Val::Expr(b.lib(&name, &[]))
        }
    }
}

fn array(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.nth(at, 0).map_or(0, |child| child.expr());
    Val::Expr(b.lib("Array", &[of]))
}

fn tuple(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids = b.kids(at).to_vec();
    let list = b.exprs_of(&kids);
    b.val(Expr::Tuple(list))
}

/// `...T` in a tuple: any of what is in it.
fn rest(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.nth(at, 0).map_or(0, |child| child.expr());
    let of = b.make(Expr::Instance(of));
    b.val(Expr::Element(of))
}

fn either(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let all: Vec<ExprId> = b.kids(at).iter().map(Child::expr).filter(|&expr| expr != 0).collect();
    Val::Expr(b.either(&all))
}

fn generic(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "name");
    match b.get(at, "type_arguments").map(|args| args.val) {
        Some(Val::List(args)) => b.val(Expr::Apply { of, args }),
        _ => Val::Expr(of),
    }
}

fn arguments(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let kids: Vec<Child> = b.kids(at).iter().filter(|kid| kid.kind != "comment").copied().collect();
    Val::List(b.exprs_of(&kids))
}

/// `a.B`.
fn nested(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "module");
    match b.get(at, "name") {
        Some(name) => b.path(of, name),
        None => Val::None,
    }
}

/// `a.b`, where no value is asked for.
fn nested_name(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.expr(at, "object");
    if at.field == "name" {
        // The name of what is defined here.
        return Val::None;
    }
    match b.get(at, "property") {
        Some(name) => b.path(of, name),
        None => Val::None,
    }
}

fn literal(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.nth(at, 0).filter(|child| child.kind != "undefined" && child.kind != "null").map_or(Val::None, |child| child.val)
}

fn text(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("string", &[]))
}

fn this(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let symbol = b.within;
    b.val(Expr::SelfType { symbol })
}

fn begin_shape(b: &mut Binder<'_>, node: Node<'_>) {
    let binding = b.nameless(node.start_byte() as u32, Bind::new(BindingKind::Variable));
    b.holders.push(Holder { kind: SHAPE, binding, ..Holder::default() });
}

fn shape(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let Holder { binding, parts, bases, .. } = b.holders.pop().unwrap_or_default();
    b.set_parts(binding, &parts);
    b.set_bases(binding, &bases);
    b.val(Expr::Record(binding))
}

/// `[key: string]: T`, and `[K in keyof T]: X`, which has what `T` has.
fn index_signature(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(name) = b.get(at, "name") {
        b.bind(name, functions::PARAMETER);
    }
    if let Some(clause) = b.of_kind(at, "mapped_type_clause")
        && let Val::Expr(of) = clause.val
        && of != 0
    {
        let of = b.make(Expr::Instance(of));
        if let Some(holder) = b.holder() {
            holder.bases.push(of);
        }
    }
    let gives = b.expr(at, "type");
    let params = b.list(&[]);
    let ty = b.make(Expr::Function { params, gives });
    let name = b.word("[]");
    let bind = Bind::new(BindingKind::Member).place(Where::Nowhere).ty(ty);
    let binding = b.bind_name(name, at.start, bind);
    if let Some(holder) = b.holder() {
        holder.parts.push(binding);
    }
    Val::None
}

/// `K in keyof T`: comes to `T`.
fn mapped(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let over = b.get(at, "type");
    if let Some(name) = b.get(at, "name") {
        b.bind(name, Bind::new(BindingKind::TypeParameter).space(TYPE));
    }
    match over {
        Some(over) if over.kind == "index_type_query" => match b.keys_of(over.expr()) {
            0 => Val::None,
            of => Val::Expr(of),
        },
        _ => Val::None,
    }
}

/// `T["x"]`, `T[number]`.
fn lookup(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(of), Some(by)) = (b.nth(at, 0), b.nth(at, 1)) else { return Val::None };
    let of = b.make(Expr::Instance(of.expr()));
    if of == 0 {
        return Val::None;
    }
    let quote = b.text(by.range()).first().copied();
    if by.kind == "literal_type" && matches!(quote, Some(b'"' | b'\'')) {
        let name = unquoted(b, by);
        let name = b.word(&name);
        let member = b.make(Expr::Member { of, name });
        return b.val(Expr::ValueType(member));
    }
    let part = b.make(Expr::Index { of, by: 0 });
    b.val(Expr::ValueType(part))
}

/// `keyof T`.
fn keys(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.nth(at, 0).map_or(0, |child| child.expr());
    Val::Expr(special(b, KEYS, of))
}

pub(in crate::languages::javascript) const KEYS: &str = "keyof";

fn conditional(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    for kept in b.take_later().into_iter().filter(|kept| kept.field == "infer") {
        b.bind(kept, Bind::new(BindingKind::TypeParameter).space(TYPE));
    }
    let (then, other) = (b.expr(at, "consequence"), b.expr(at, "alternative"));
    super::either(b, then, other)
}

fn infer(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match b.nth(at, 0) {
        Some(name) => {
            b.later(Child { field: "infer", ..name });
            name.val
        }
        None => Val::None,
    }
}

/// `typeof x`.
fn query(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.nth(at, 0).map_or(0, |child| child.expr());
    if of == 0 { Val::None } else { b.val(Expr::ValueType(of)) }
}

pub(in crate::languages::javascript) const IS: &str = "is";

/// `x is T`.
fn predicate(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(special(b, IS, 0))
}

fn type_parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (bound, default) = (b.expr(at, "constraint"), b.expr(at, "value"));
    if let Some(name) = b.get(at, "name") {
        b.bind(name, Bind::new(BindingKind::TypeParameter).space(TYPE).ty(bound).value(default));
    }
    Val::None
}

fn alias(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let generics = b.bound_here(BindingKind::TypeParameter);
    let ty = b.expr(at, "value");
    let Some(name) = b.get(at, "name") else { return Val::None };
    if let Some(binding) = b.bind(name, Bind::new(BindingKind::Definition).space(TYPE).place(Where::Out(1)).ty(ty)) {
        b.set_generics(binding, &generics);
    }
    Val::None
}

fn namespace(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    match name.kind {
        "identifier" => {
            b.bind(name, Bind::new(BindingKind::Definition).space(BOTH));
        }
        "nested_identifier" => {
            if let Some(first) = b.token_starting(name.start) {
                b.mere_word(Child { val: Val::Expr(first), ..name });
            }
        }
        _ => {}
    }
    Val::None
}

fn cast(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(value), Some(ty)) = (b.nth(at, 0), b.nth(at, 1)) else {
        return b.nth(at, 0).map_or(Val::None, |value| value.val);
    };
    let cast = b.make(Expr::Instance(ty.expr()));
    if ty.expr() == 0 {
        return Val::None;
    }
    b.expect(value.expr(), cast);
    Val::Expr(cast)
}

fn satisfies(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (Some(value), Some(ty)) = (b.nth(at, 0), b.nth(at, 1)) else { return Val::None };
    if ty.expr() != 0 {
        let expected = b.make(Expr::Instance(ty.expr()));
        b.expect(value.expr(), expected);
    }
    value.val
}

/// `<T>x`.
fn assertion(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(Val::List(_)) = b.nth(at, 0).map(|types| types.val) else { return Val::None };
    let ty = b.listed(b.nth(at, 0)).first().copied().unwrap_or_default();
    if ty == 0 {
        return Val::None;
    }
    let cast = b.make(Expr::Instance(ty));
    if let Some(value) = b.nth(at, 1) {
        b.expect(value.expr(), cast);
    }
    Val::Expr(cast)
}

fn instantiation(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let of = b.nth(at, 0).map_or(0, |child| child.expr());
    match b.of_kind(at, "type_arguments").map(|args| args.val) {
        Some(Val::List(args)) => b.val(Expr::Apply { of, args }),
        _ => Val::Expr(of),
    }
}
