//! What Go's nodes mean for names.

mod declarations;
mod expressions;
mod literals;
mod statements;
mod types;

use crate::{
    bind::{Bind, Binder, Child, LABELS, Leaving, Opens, Row, ScopeKind, Space, Val, on, scope, scoped},
    record::{BindingKind, ExprId, ReferenceKind},
};

/// All names but labels, which have a space of their own.
const NAMES: Space = !LABELS;

/// What stands behind every text: things that are said of a file and are no name in it.
const NOWHERE: u32 = u32::MAX / 2;

const HERE: Opens = Opens::Here(ScopeKind::Block);
const FUNCTION: Opens = Opens::Here(ScopeKind::Function);

pub(super) const ROWS: &[Row] = &[
    on("identifier", identifier),
    on("package_identifier", identifier),
    on("field_identifier", identifier),
    on("type_identifier", type_identifier),
    on("label_name", label),
    on("comment", declarations::comment),
    // Declarations.
    on("package_clause", declarations::package),
    on("import_spec", declarations::import),
    scoped("function_declaration", FUNCTION, declarations::function),
    scoped("method_declaration", FUNCTION, declarations::method),
    on("parameter_declaration", declarations::parameter),
    on("variadic_parameter_declaration", declarations::variadic),
    on("parameter_list", declarations::parameters),
    on("type_parameter_declaration", declarations::type_parameter),
    scoped("type_spec", HERE, declarations::type_spec),
    scoped("type_alias", HERE, declarations::type_spec),
    on("const_spec", declarations::constant),
    on("var_spec", declarations::variable),
    // Types.
    scoped("struct_type", HERE, types::structure),
    on("field_declaration", types::field),
    scoped("interface_type", HERE, types::interface),
    scoped("method_elem", FUNCTION, types::method),
    on("type_elem", types::element),
    on("type_constraint", types::element),
    on("pointer_type", last),
    on("parenthesized_type", last),
    on("negated_type", last),
    on("slice_type", types::slice),
    on("array_type", types::slice),
    on("implicit_length_array_type", types::slice),
    on("map_type", types::map),
    on("channel_type", types::channel),
    scoped("function_type", FUNCTION, types::function),
    on("qualified_type", types::qualified),
    on("generic_type", types::generic),
    on("type_arguments", list),
    // Statements.
    scope("block", HERE),
    scope("if_statement", HERE),
    scope("for_statement", HERE),
    scope("expression_switch_statement", HERE),
    scope("expression_case", HERE),
    scope("default_case", HERE),
    scope("communication_case", HERE),
    scoped("type_switch_statement", HERE, statements::type_switch),
    scoped("type_case", HERE, statements::type_case),
    on("short_var_declaration", statements::short_var),
    on("assignment_statement", statements::assignment),
    on("inc_statement", statements::counting),
    on("dec_statement", statements::counting),
    on("range_clause", statements::range),
    on("receive_statement", statements::receive),
    on("labeled_statement", statements::labelled),
    on("expression_list", list),
    // Expressions.
    on("selector_expression", expressions::selector),
    on("call_expression", expressions::call),
    on("argument_list", list),
    on("variadic_argument", last),
    on("index_expression", expressions::index),
    on("slice_expression", expressions::slice),
    on("type_assertion_expression", expressions::of_type),
    on("type_conversion_expression", expressions::conversion),
    on("type_instantiation_expression", expressions::instantiation),
    on("unary_expression", expressions::unary),
    on("binary_expression", expressions::binary),
    on("parenthesized_expression", last),
    scoped("func_literal", FUNCTION, types::function),
    on("composite_literal", literals::composite),
    on("literal_value", literals::value),
    on("literal_element", last),
    on("keyed_element", literals::keyed),
    on("interpreted_string_literal", literals::string),
    on("raw_string_literal", literals::string),
    on("int_literal", literals::int),
    on("float_literal", literals::float),
    on("rune_literal", literals::rune),
    on("true", literals::boolean),
    on("false", literals::boolean),
];

fn identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    named(b, at, ReferenceKind::Read)
}

fn type_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    named(b, at, ReferenceKind::Type)
}

/// The blank identifier names nothing.
fn named(b: &mut Binder<'_>, at: &Leaving<'_>, kind: ReferenceKind) -> Val {
    if b.text(at.start..at.end) == b"_" { Val::None } else { b.name_in(at.start..at.end, kind, NAMES) }
}

fn label(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_in(at.start..at.end, ReferenceKind::Read, LABELS)
}

/// Comes to what its last part comes to.
fn last(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    parts(b, at).last().map_or(Val::None, |child| child.val)
}

/// Comes to what its parts come to, in order.
fn list(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    Val::List(b.exprs_of(&parts(b, at)))
}

/// Children that are no comments.
fn parts(b: &Binder<'_>, at: &Leaving<'_>) -> Vec<Child> {
    b.kids(at).iter().filter(|child| child.kind != "comment").copied().collect()
}

/// An expression as a child.
fn child(expr: ExprId, start: u32, end: u32) -> Child {
    Child { val: Val::Expr(expr), field: "", kind: "identifier", start, end }
}

/// What binds a name.
const fn binds(kind: BindingKind) -> Bind {
    Bind::new(kind).space(NAMES)
}
