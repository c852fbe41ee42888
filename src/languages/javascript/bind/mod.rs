//! What the nodes of JavaScript's and TypeScript's grammars mean for names.

mod calls;
mod classes;
mod functions;
mod jsdoc;
mod jsdoc_reader;
mod modules;
mod objects;
mod patterns;
mod types;

pub(super) use modules::{FILE, WHOLE};
pub(in crate::languages) use types::ASSERTIONS;
pub(super) use types::{IS, KEYS};

use crate::{
    bind::{
        Bind, Binder, Child, LABELS, LOCAL_TYPE, LOCAL_VALUE, Leaving, Opens, Row, ScopeKind, Space, Val, entering,
        identifier, on, same, scope, scoped,
    },
    record::{BindingKind, Expr, ExprId, NONE, ReferenceKind},
};

/// What a [`crate::bind::Holder`] is of.
const OBJECT: u8 = 1;
const CLASS: u8 = 2;
const INTERFACE: u8 = 3;
const SHAPE: u8 = 4;
const FUNCTION: u8 = 5;
const ARROW: u8 = 6;
const ENUM: u8 = 7;

/// Names of values and of types do not hide each other; classes, enums, namespaces and imports are both.
const VALUE: Space = LOCAL_VALUE;
const TYPE: Space = LOCAL_TYPE;
const BOTH: Space = LOCAL_VALUE | LOCAL_TYPE;

const BLOCK: Opens = Opens::Here(ScopeKind::Block);
const IN_FUNCTION: Opens = Opens::Here(ScopeKind::Function);

/// Of all three grammars.
pub(in crate::languages) const SHARED: &[Row] = &[
    on("identifier", value_name),
    on("property_identifier", identifier),
    on("private_property_identifier", identifier),
    on("shorthand_property_identifier", objects::shorthand),
    on("shorthand_property_identifier_pattern", patterns::shorthand),
    on("statement_identifier", label_name),
    // Scopes.
    scope("statement_block", BLOCK),
    scope("for_statement", BLOCK),
    scope("switch_body", BLOCK),
    scoped("for_in_statement", BLOCK, patterns::for_in),
    scoped("catch_clause", BLOCK, patterns::catch),
    scoped("labeled_statement", BLOCK, labelled),
    // Functions.
    entering(scoped("function_declaration", IN_FUNCTION, functions::declaration), functions::begin),
    entering(scoped("generator_function_declaration", IN_FUNCTION, functions::declaration), functions::begin),
    entering(scoped("function_expression", IN_FUNCTION, functions::expression), functions::begin),
    entering(scoped("generator_function", IN_FUNCTION, functions::expression), functions::begin),
    entering(scoped("arrow_function", IN_FUNCTION, functions::arrow), functions::begin_arrow),
    entering(scoped("method_definition", IN_FUNCTION, classes::method), functions::begin_method),
    on("formal_parameters", functions::parameters),
    on("return_statement", functions::returned),
    on("yield_expression", nothing),
    // Classes.
    entering(scoped("class_declaration", BLOCK, classes::class), classes::begin),
    entering(scoped("class", BLOCK, classes::class), classes::begin),
    entering(scoped("class_static_block", IN_FUNCTION, functions::end_block), functions::begin_static),
    // Patterns.
    on("variable_declarator", patterns::declarator),
    on("object_pattern", patterns::object),
    on("array_pattern", patterns::array),
    on("pair_pattern", patterns::pair),
    on("assignment_pattern", patterns::default),
    on("object_assignment_pattern", patterns::default),
    on("rest_pattern", patterns::rest),
    on("assignment_expression", patterns::assignment),
    on("augmented_assignment_expression", patterns::augmented),
    on("update_expression", patterns::update),
    // Objects.
    entering(on("object", objects::object), objects::begin),
    on("pair", objects::pair),
    on("spread_element", objects::spread),
    on("array", objects::array),
    // Expressions.
    on("this", this),
    on("super", superclass),
    on("member_expression", calls::member),
    on("subscript_expression", calls::subscript),
    on("call_expression", calls::call),
    on("new_expression", calls::construct),
    on("arguments", calls::arguments),
    on("await_expression", calls::awaited),
    on("parenthesized_expression", parenthesized),
    on("sequence_expression", same),
    on("ternary_expression", ternary),
    on("binary_expression", binary),
    on("unary_expression", unary),
    on("string", string),
    on("template_string", template),
    on("number", number),
    on("true", boolean),
    on("false", boolean),
    on("regex", regex),
    on("comment", jsdoc::comment),
    // Modules.
    on("import_specifier", modules::specifier),
    on("export_specifier", modules::specifier),
    on("namespace_import", modules::namespace),
    on("namespace_export", modules::namespace),
    on("import_clause", modules::clause),
    on("import_statement", modules::import),
    on("export_statement", modules::export),
];

/// Of the grammars that have JSX.
pub(in crate::languages) const JSX: &[Row] = &[
    on("jsx_opening_element", calls::element),
    on("jsx_self_closing_element", calls::element),
    on("jsx_closing_element", calls::closing_element),
    on("jsx_attribute", calls::attribute),
    on("jsx_expression", same),
];

/// Of JavaScript alone.
const OWN: &[Row] = &[
    entering(on("program", nothing), begin_javascript),
    on("class_heritage", classes::heritage),
    on("field_definition", classes::field),
];

pub(super) const ROWS: &[Row] = &{
    const FIRST: [Row; SHARED.len() + JSX.len()] = joined(SHARED, JSX);
    joined::<{ FIRST.len() + OWN.len() }>(&FIRST, OWN)
};

/// Of TypeScript's grammars.
pub(in crate::languages) const TYPES: &[Row] = types::ROWS;

/// Two tables in one.
pub(in crate::languages) const fn joined<const N: usize>(first: &[Row], then: &[Row]) -> [Row; N] {
    let mut all = [first[0]; N];
    let mut at = 0;
    while at < first.len() {
        all[at] = first[at];
        at += 1;
    }
    let mut from = 0;
    while from < then.len() {
        all[at] = then[from];
        at += 1;
        from += 1;
    }
    all
}

/// [`Binder::mode`]: assigning to members defines them.
const ASSIGNING_DEFINES: u32 = 1;

fn begin_javascript(b: &mut Binder<'_>, _: tree_sitter::Node<'_>) {
    b.mode = ASSIGNING_DEFINES;
}

fn value_name(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if b.text(at.start..at.end) == b"undefined" {
        return Val::None;
    }
    b.name_in(at.start..at.end, ReferenceKind::Read, VALUE)
}

fn type_name(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_in(at.start..at.end, ReferenceKind::Type, TYPE)
}

fn label_name(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_in(at.start..at.end, ReferenceKind::Read, LABELS)
}

fn labelled(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(label) = b.get(at, "label") {
        b.bind(label, Bind::new(BindingKind::Label).space(LABELS));
    }
    Val::None
}

/// What `this` is: that of the innermost function that has one of its own, or of the class around.
fn this(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let found = b.holders.iter().rev().find(|holder| matches!(holder.kind, FUNCTION | CLASS | INTERFACE));
    match found.map_or(0, |holder| holder.this) {
        0 => functions::own_this(b),
        this => Val::Expr(this),
    }
}

fn superclass(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    let symbol = b.within;
    b.val(Expr::Super { symbol })
}

fn nothing(_: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::None
}

/// `(x)`, or `/** @type {T} */ (x)`.
fn parenthesized(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let inner = same(b, at);
    match jsdoc::cast(b, at.start) {
        0 => inner,
        ty => {
            let cast = b.make(Expr::Instance(ty));
            if let Val::Expr(inner) = inner {
                b.expect(inner, cast);
            }
            Val::Expr(cast)
        }
    }
}

fn ternary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (then, other) = (b.expr(at, "consequence"), b.expr(at, "alternative"));
    either(b, then, other)
}

fn either(b: &mut Binder<'_>, first: ExprId, then: ExprId) -> Val {
    let all: Vec<ExprId> = [first, then].into_iter().filter(|&expr| expr != 0).collect();
    Val::Expr(b.either(&all))
}

fn binary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let (left, right) = (b.expr(at, "left"), b.expr(at, "right"));
    let operator = at.node.child_by_field_name("operator").map_or("", |operator| operator.kind());
    match operator {
        "||" | "??" => either(b, left, right),
        "&&" => Val::Expr(right),
        "+" => Val::None,
        "-" | "*" | "/" | "%" | "**" | "|" | "&" | "^" | "<<" | ">>" | ">>>" => Val::Expr(b.lib("number", &[])),
        _ => Val::Expr(b.lib("boolean", &[])),
    }
}

fn unary(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    match b.text(at.start..at.end).first() {
        Some(b'!') => Val::Expr(b.lib("boolean", &[])),
        Some(b'-' | b'+' | b'~') => Val::Expr(b.lib("number", &[])),
        Some(b't') => Val::Expr(b.lib("string", &[])),
        _ => Val::None,
    }
}

fn string(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("string", &[]))
}

fn template(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("string", &[]))
}

fn number(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("number", &[]))
}

fn boolean(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("boolean", &[]))
}

fn regex(b: &mut Binder<'_>, _: &Leaving<'_>) -> Val {
    Val::Expr(b.lib("RegExp", &[]))
}

/// The text in a string's quotes.
fn unquoted(b: &Binder<'_>, child: Child) -> String {
    let text = String::from_utf8_lossy(b.text(child.range()));
    text.trim_matches(['"', '\'', '`']).to_owned()
}

fn special(b: &mut Binder<'_>, what: &str, of: ExprId) -> ExprId {
    let what = b.word(what);
    b.make(Expr::Special { what, of })
}

/// What is in a child that is a list of arguments.
fn list_of(child: Option<Child>) -> u32 {
    match child.map(|child| child.val) {
        Some(Val::List(list)) => list,
        _ => NONE,
    }
}
