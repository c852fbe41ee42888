//! What Java's nodes mean for names.
//!
//! Names of values, types, methods and labels do not hide each other. Locals are bound by their scopes; what a type's body
//! binds is bound there only within that body itself, and found by the rules from further in, because what a type inherits
//! goes before what is bound around it. Methods are always left to the rules: which one is meant depends on the arguments.

mod declarations;
mod expressions;
mod imports;
mod statements;
mod types;

use crate::{
    bind::{Binder, Child, Leaving, Opens, Row, ScopeKind, TYPES, VALUES, Val, on, same, scope, scoped},
    record::{Expr, ExprId, ReferenceKind},
};

const CLASS: Opens = Opens::Here(ScopeKind::Class);
const FUNCTION: Opens = Opens::Here(ScopeKind::Function);
const BLOCK: Opens = Opens::Here(ScopeKind::Block);

pub(super) const ROWS: &[Row] = &[
    on("identifier", identifier),
    on("type_identifier", type_identifier),
    // Files.
    on("package_declaration", imports::no_names),
    on("import_declaration", imports::import),
    on("scoped_identifier", types::scoped),
    on("module_declaration", imports::module),
    on("requires_module_directive", imports::no_names),
    on("exports_module_directive", imports::no_names),
    on("opens_module_directive", imports::no_names),
    on("uses_module_directive", imports::types),
    on("provides_module_directive", imports::types),
    // Types and their members.
    scoped("class_declaration", BLOCK, declarations::class),
    scoped("interface_declaration", BLOCK, declarations::class),
    scoped("enum_declaration", BLOCK, declarations::class),
    scoped("record_declaration", BLOCK, declarations::class),
    scoped("annotation_type_declaration", BLOCK, declarations::class),
    scoped("class_body", CLASS, declarations::body),
    scoped("interface_body", CLASS, declarations::body),
    scoped("annotation_type_body", CLASS, declarations::body),
    scoped("enum_body", CLASS, declarations::body),
    on("superclass", types::last),
    on("super_interfaces", types::last),
    on("extends_interfaces", types::last),
    on("type_list", types::list),
    on("type_parameter", types::parameter),
    on("type_bound", types::list),
    on("enum_constant", declarations::constant),
    scoped("method_declaration", FUNCTION, declarations::method),
    scoped("constructor_declaration", FUNCTION, declarations::constructor),
    scoped("compact_constructor_declaration", FUNCTION, declarations::constructor),
    on("annotation_type_element_declaration", declarations::element),
    on("field_declaration", declarations::fields),
    on("constant_declaration", declarations::fields),
    on("formal_parameter", declarations::parameter),
    on("spread_parameter", declarations::spread),
    on("annotation", declarations::annotation),
    on("marker_annotation", declarations::annotation),
    on("element_value_pair", declarations::pair),
    // Types where they are used.
    on("void_type", types::own),
    on("integral_type", types::own),
    on("floating_point_type", types::own),
    on("boolean_type", types::own),
    on("generic_type", types::generic),
    on("type_arguments", types::list),
    on("wildcard", types::wildcard),
    on("annotated_type", types::last),
    on("array_type", types::array),
    on("scoped_type_identifier", types::scoped_type),
    on("catch_type", types::any),
    // Statements.
    scope("block", BLOCK),
    scope("for_statement", BLOCK),
    scope("try_with_resources_statement", BLOCK),
    scope("catch_clause", BLOCK),
    scoped("enhanced_for_statement", BLOCK, statements::for_each),
    scoped("labeled_statement", BLOCK, statements::labeled),
    scoped("switch_block", BLOCK, statements::arms),
    scoped("switch_rule", BLOCK, statements::rule),
    on("switch_expression", statements::switch),
    on("switch_label", statements::label),
    on("break_statement", statements::jump),
    on("continue_statement", statements::jump),
    on("local_variable_declaration", statements::locals),
    on("variable_declarator", statements::declarator),
    on("resource", statements::resource),
    on("catch_formal_parameter", statements::caught),
    on("return_statement", statements::returned),
    on("expression_statement", same),
    on("explicit_constructor_invocation", expressions::constructor_call),
    // Patterns.
    on("instanceof_expression", statements::instance_of),
    on("type_pattern", statements::type_pattern),
    on("record_pattern", statements::record_pattern),
    on("record_pattern_body", statements::components),
    on("record_pattern_component", statements::type_pattern),
    // Expressions.
    on("this", expressions::this),
    on("super", expressions::parent),
    on("field_access", expressions::field),
    on("method_invocation", expressions::call),
    on("argument_list", types::list),
    on("object_creation_expression", expressions::object),
    scoped("lambda_expression", FUNCTION, expressions::lambda),
    on("inferred_parameters", expressions::parameters),
    on("method_reference", expressions::reference),
    on("array_access", expressions::element),
    on("array_creation_expression", expressions::array),
    on("cast_expression", expressions::cast),
    on("class_literal", expressions::class),
    on("assignment_expression", expressions::assignment),
    on("update_expression", expressions::update),
    on("ternary_expression", expressions::choice),
    on("binary_expression", expressions::binary),
    on("unary_expression", expressions::unary),
    on("parenthesized_expression", expressions::inner),
    on("string_literal", expressions::text),
    on("character_literal", expressions::character),
    on("decimal_integer_literal", expressions::integer),
    on("hex_integer_literal", expressions::integer),
    on("octal_integer_literal", expressions::integer),
    on("binary_integer_literal", expressions::integer),
    on("decimal_floating_point_literal", expressions::float),
    on("hex_floating_point_literal", expressions::float),
    on("true", expressions::boolean),
    on("false", expressions::boolean),
    on("null_literal", expressions::null),
];

fn identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_in(at.start..at.end, ReferenceKind::Read, VALUES)
}

fn type_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    // The type of what is bound is that of its value.
    if b.text(at.start..at.end) == b"var" {
        return Val::None;
    }
    b.name_in(at.start..at.end, ReferenceKind::Type, TYPES)
}

/// The children of a node that are no comments.
fn kids(b: &Binder<'_>, at: &Leaving<'_>) -> Vec<Child> {
    b.kids(at).iter().filter(|child| !matches!(child.kind, "line_comment" | "block_comment")).copied().collect()
}

fn special(b: &mut Binder<'_>, what: &str, of: ExprId) -> ExprId {
    let what = b.word(what);
    b.make(Expr::Special { what, of })
}

/// An object of a type as it is written.
fn instance(b: &mut Binder<'_>, ty: ExprId) -> ExprId {
    if ty == 0 { 0 } else { b.make(Expr::Instance(ty)) }
}

/// What stands before a dot may be a value or a type.
fn qualifier(b: &mut Binder<'_>, child: Child) -> ExprId {
    if child.kind == "identifier" {
        b.set_space(child, VALUES | TYPES);
    }
    child.expr()
}

/// A value that must be of a type: a lambda's parameters are those of the type's one method.
fn expect(b: &mut Binder<'_>, value: ExprId, ty: ExprId) {
    if ty == 0 {
        return;
    }
    let values = match b.made(value) {
        Some(Expr::Either(_)) => b.listed_in(value),
        _ => vec![value],
    };
    for value in values {
        if let Some(Expr::Function { .. }) = b.made(value) {
            let of = b.make(Expr::Instance(ty));
            let places: Vec<_> = (0..8).map(|nth| b.word(&format!("@{nth}"))).collect();
            b.give_params(value, |nth| Expr::Special { what: places[nth as usize & 7], of });
        }
    }
}

/// A type with as many dimensions more.
fn dimensioned(b: &mut Binder<'_>, ty: ExprId, dimensions: usize) -> ExprId {
    if ty == 0 {
        return 0;
    }
    (0..dimensions).fold(ty, |ty, _| b.lib("[]", &[ty]))
}

fn dimensions(b: &Binder<'_>, child: Option<Child>) -> usize {
    child.map_or(0, |child| b.text(child.range()).iter().filter(|byte| **byte == b'[').count())
}
