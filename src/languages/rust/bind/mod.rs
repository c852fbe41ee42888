//! What Rust's nodes mean for names.

mod expressions;
mod items;
mod macros;
mod patterns;
mod types;
mod uses;

use crate::{
    bind::{
        Binder, Child, LABELS, LOCAL_TYPE, LOCAL_VALUE, Leaving, MACROS, Opens, Row, ScopeKind, Space, Val, entering,
        on, same, scoped,
    },
    record::{Expr, ExprId, ReferenceKind},
};
use expressions::*;
use items::*;
use macros::*;
use patterns::*;
use types::*;
use uses::*;

const VALUE: Space = LOCAL_VALUE;
const TYPE: Space = LOCAL_TYPE;
/// What a tuple struct, a unit struct is: a type, and what makes an object of it.
const BOTH: Space = LOCAL_VALUE | LOCAL_TYPE;

const FUNCTION: Opens = Opens::Here(ScopeKind::Function);
const BLOCK: Opens = Opens::Here(ScopeKind::Block);

pub(super) const ROWS: &[Row] = &[
    // Names.
    on("identifier", identifier),
    on("type_identifier", type_identifier),
    on("field_identifier", field_identifier),
    on("shorthand_field_identifier", shorthand_identifier),
    on("self", own_value),
    on("super", keyword_path),
    on("crate", keyword_path),
    on("lifetime", lifetime),
    on("label", label),
    on("scoped_identifier", scoped_name),
    on("scoped_type_identifier", scoped_name),
    // Texts whose names are none, or are read otherwise.
    entering(on("attribute", unread), begin_unread),
    entering(on("visibility_modifier", unread), begin_unread),
    entering(on("token_tree", unread), begin_unread),
    entering(on("token_tree_pattern", unread), begin_unread),
    entering(on("use_declaration", use_declaration), begin_unread),
    entering(on("extern_crate_declaration", extern_crate), begin_unread),
    // Items.
    scoped("function_item", FUNCTION, function),
    scoped("function_signature_item", FUNCTION, function),
    scoped("struct_item", BLOCK, structure),
    scoped("union_item", BLOCK, structure),
    scoped("enum_item", BLOCK, enumeration),
    on("enum_variant", variant),
    on("field_declaration", field),
    on("field_declaration_list", nothing),
    on("ordered_field_declaration_list", ordered_fields),
    scoped("trait_item", BLOCK, trait_item),
    scoped("impl_item", BLOCK, implementation),
    scoped("type_item", BLOCK, type_item),
    scoped("associated_type", BLOCK, type_item),
    on("const_item", constant),
    on("static_item", constant),
    scoped("mod_item", Opens::With("body", ScopeKind::Enclosed), module),
    on("attribute_item", attribute_item),
    on("macro_definition", macro_definition),
    on("parameter", parameter),
    on("parameters", type_arguments),
    on("self_parameter", self_parameter),
    on("type_parameter", type_parameter),
    on("const_parameter", const_parameter),
    on("lifetime_parameter", lifetime_parameter),
    on("where_predicate", where_predicate),
    // Types.
    on("primitive_type", primitive),
    on("generic_type", generic),
    on("generic_type_with_turbofish", generic),
    on("type_arguments", type_arguments),
    on("type_binding", type_binding),
    on("reference_type", inner_type),
    on("pointer_type", inner_type),
    on("array_type", array_type),
    on("tuple_type", tuple_type),
    on("unit_type", unit),
    on("function_type", function_type),
    on("abstract_type", inner_trait),
    on("dynamic_type", inner_trait),
    on("higher_ranked_trait_bound", inner_type),
    on("removed_trait_bound", nothing),
    on("bounded_type", bounded),
    on("trait_bounds", bounds),
    on("bracketed_type", first),
    on("qualified_type", inner_type),
    // Patterns.
    on("tuple_pattern", tuple_pattern),
    on("slice_pattern", slice_pattern),
    on("tuple_struct_pattern", tuple_struct_pattern),
    on("struct_pattern", struct_pattern),
    on("field_pattern", field_pattern),
    on("ref_pattern", same_pattern),
    on("mut_pattern", same_pattern),
    on("reference_pattern", same_pattern),
    on("captured_pattern", captured_pattern),
    on("or_pattern", or_pattern),
    on("remaining_field_pattern", nothing),
    on("match_pattern", match_pattern),
    // Statements.
    on("let_declaration", let_declaration),
    on("let_condition", let_condition),
    scoped("block", BLOCK, block),
    on("expression_statement", expression_statement),
    on("source_file", last),
    // Expressions.
    on("call_expression", call),
    on("arguments", arguments),
    on("generic_function", generic_function),
    on("field_expression", field_expression),
    on("struct_expression", struct_expression),
    on("field_initializer", field_initializer),
    on("shorthand_field_initializer", shorthand_initializer),
    on("macro_invocation", macro_invocation),
    scoped("closure_expression", FUNCTION, closure),
    on("closure_parameters", closure_parameters),
    scoped("if_expression", BLOCK, if_expression),
    on("else_clause", last),
    on("match_expression", match_expression),
    entering(on("match_block", match_block), begin_match),
    scoped("match_arm", BLOCK, match_arm),
    scoped("while_expression", BLOCK, while_expression),
    scoped("loop_expression", BLOCK, loop_expression),
    scoped("for_expression", BLOCK, for_expression),
    on("unsafe_block", last),
    on("const_block", last),
    on("try_block", last),
    on("async_block", last),
    on("gen_block", last),
    on("return_expression", returned),
    on("try_expression", try_expression),
    on("await_expression", awaited),
    on("reference_expression", last),
    on("unary_expression", unary),
    on("binary_expression", binary),
    on("assignment_expression", assignment),
    on("compound_assignment_expr", assignment),
    on("type_cast_expression", cast),
    on("parenthesized_expression", same),
    on("tuple_expression", tuple),
    on("unit_expression", unit),
    on("array_expression", array),
    on("index_expression", index),
    on("range_expression", range),
    on("string_literal", string),
    on("raw_string_literal", string),
    on("integer_literal", number),
    on("float_literal", number),
    on("char_literal", character),
    on("boolean_literal", boolean),
    on("line_comment", nothing),
    on("block_comment", nothing),
];

/// [`Binder::mode`] counts the texts around whose names are not read.
fn is_unread(b: &Binder<'_>) -> bool {
    b.mode > 0
}

fn begin_unread(b: &mut Binder<'_>, _: tree_sitter::Node<'_>) {
    b.mode += 1;
}

fn unread(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    b.mode -= 1;
    Val::None
}

fn nothing(_: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::None
}

/// The children that are no comments and no attributes.
fn parts(b: &Binder<'_>, at: &Leaving<'_>) -> Vec<Child> {
    let is_part = |child: &&Child| {
        !matches!(child.kind, "line_comment" | "block_comment" | "attribute_item" | "inner_attribute_item")
    };
    b.kids(at).iter().filter(is_part).copied().collect()
}

fn last(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    parts(b, at).last().map_or(Val::None, |child| child.val)
}

fn first(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    parts(b, at).first().map_or(Val::None, |child| child.val)
}

fn identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if is_unread(b) {
        return Val::None;
    }
    let space = match at.field {
        "path" => TYPE,
        "macro" => MACROS,
        _ => VALUE,
    };
    let range = at.start..at.end;
    match b.text(range.clone()) {
        b"Self" => own_type(b, at),
        b"_" => Val::None,
        _ => {
            let val = b.name_in(range, ReferenceKind::Read, space);
            if space == MACROS {
                ask_for_macro(b, Child { val, field: "", kind: "identifier", start: at.start, end: at.end });
            }
            val
        }
    }
}

/// Macros have names of their own, and are known in other places than all else.
fn ask_for_macro(b: &mut Binder<'_>, name: Child) {
    let word = format!("{}!", String::from_utf8_lossy(b.text(name.range())));
    b.look_for(name, &word);
}

fn type_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if is_unread(b) {
        return Val::None;
    }
    let range = at.start..at.end;
    match b.text(range.clone()) {
        b"Self" => own_type(b, at),
        b"_" => Val::None,
        _ => b.name_in(range, ReferenceKind::Type, TYPE),
    }
}

fn own_type(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let val = b.name_token(at.start..at.end, ReferenceKind::Type);
    let symbol = b.within;
    b.reached(Child { val, field: "", kind: "", start: at.start, end: at.end }, |_| Expr::SelfType { symbol })
}

/// The name of a field is read by what it stands in.
fn field_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if is_unread(b) { Val::None } else { b.name_in(at.start..at.end, ReferenceKind::Read, 0) }
}

fn shorthand_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if is_unread(b) { Val::None } else { b.name_in(at.start..at.end, ReferenceKind::Read, VALUE) }
}

/// `self`: the value, or in a path the module.
fn own_value(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if is_unread(b) {
        return Val::None;
    }
    if at.field == "path" {
        return keyword_path(b, at);
    }
    b.name_in(at.start..at.end, ReferenceKind::Read, VALUE)
}

/// `crate`, `super`.
fn keyword_path(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if is_unread(b) {
        return Val::None;
    }
    let val = b.name_token(at.start..at.end, ReferenceKind::Read);
    let child = Child { val, field: "", kind: "", start: at.start, end: at.end };
    if at.field == "name" {
        return val;
    }
    let within = b.within;
    b.reached(child, |name| Expr::Free { name, within })
}

/// A lifetime's name goes with its mark, so that it meets no other.
fn lifetime(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    marked(b, at, TYPE)
}

fn label(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    marked(b, at, LABELS)
}

fn marked(b: &mut Binder<'_>, at: &Leaving<'_>, space: Space) -> Val {
    for child in b.kids(at).to_vec() {
        b.mere_word(child);
    }
    if is_unread(b) || matches!(b.text(at.start..at.end), b"'static" | b"'_") {
        return Val::None;
    }
    b.name_in(at.start..at.end, ReferenceKind::Read, space)
}

/// `a::b`.
fn scoped_name(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "name") else { return Val::None };
    if is_unread(b) {
        return Val::None;
    }
    if let Some(path) = b.get(at, "path") {
        let of = path.expr();
        // What stands last among expressions is a value.
        let is_value = at.field != "path" && name.kind == "identifier";
        return if is_value { b.member(of, name) } else { b.path(of, name) };
    }
    // `::a`: a crate.
    b.reached(name, |module| Expr::Import { module, name: crate::record::NONE })
}

fn special(b: &mut Binder<'_>, what: &str, of: ExprId) -> ExprId {
    let what = b.word(what);
    b.make(Expr::Special { what, of })
}
