//! What the nodes of C mean for names, and those that C++ shares.
//!
//! What stands at the top level, in namespaces and in types is found by the rules (`rules/`), by what a file includes; only
//! what is local, and macros from where they are defined on, answers uses in its own file.

pub(in crate::languages) mod declarations;
pub(in crate::languages) mod expressions;
mod macros;
pub(in crate::languages) mod types;

use crate::{
    bind::{
        Binder, Child, LABELS, Leaving, Opens, Row, ScopeKind, TAGS, Val, Where, entering, on, same, scope, scoped,
    },
    record::{BindingId, Expr, ExprId, ReferenceKind},
    text::ByteRange,
};

/// [`Binder::mode`]: the file is C++.
pub(in crate::languages) const CPP: u32 = 1;
/// In an enumeration whose names are reached through it.
pub(in crate::languages) const SCOPED_ENUM: u32 = 2;

pub(in crate::languages) const SHARED: &[Row] = &[
    on("identifier", identifier),
    on("type_identifier", type_identifier),
    on("field_identifier", field_identifier),
    on("statement_identifier", label_identifier),
    // Declarations.
    scoped("function_definition", Opens::With("declarator", ScopeKind::Function), declarations::function),
    scoped("declaration", Opens::With("declarator", ScopeKind::Block), declarations::declaration),
    scoped("field_declaration", Opens::With("declarator", ScopeKind::Block), declarations::field),
    scoped("type_definition", Opens::With("declarator", ScopeKind::Block), declarations::type_definition),
    scoped("parameter_declaration", Opens::With("declarator", ScopeKind::Block), declarations::parameter),
    on("init_declarator", declarations::initialized),
    on("function_declarator", declarations::declarator),
    on("pointer_declarator", declarations::declarator),
    on("array_declarator", declarations::declarator),
    on("parenthesized_declarator", declarations::declarator),
    on("attributed_declarator", declarations::declarator),
    // Types.
    on("primitive_type", types::primitive),
    on("sized_type_specifier", types::sized),
    scoped("struct_specifier", Opens::With("body", ScopeKind::Class), types::record),
    scoped("union_specifier", Opens::With("body", ScopeKind::Class), types::record),
    entering(on("enum_specifier", types::enumeration), types::begin_enum),
    on("enumerator", types::enumerator),
    scoped("type_descriptor", Opens::Here(ScopeKind::Block), types::descriptor),
    // Statements.
    scope("compound_statement", Opens::Here(ScopeKind::Block)),
    scope("for_statement", Opens::Here(ScopeKind::Block)),
    scope("if_statement", Opens::Here(ScopeKind::Block)),
    scope("while_statement", Opens::Here(ScopeKind::Block)),
    scope("switch_statement", Opens::Here(ScopeKind::Block)),
    on("labeled_statement", declarations::labelled),
    on("return_statement", expressions::returned),
    // Expressions.
    on("parenthesized_expression", same),
    on("comma_expression", same),
    on("call_expression", expressions::call),
    on("argument_list", expressions::arguments),
    on("field_expression", expressions::field),
    on("subscript_expression", expressions::subscript),
    on("pointer_expression", expressions::pointer),
    on("unary_expression", expressions::unary),
    on("update_expression", expressions::updated),
    on("cast_expression", expressions::cast),
    on("sizeof_expression", expressions::number),
    on("offsetof_expression", expressions::offset),
    on("assignment_expression", expressions::assignment),
    on("binary_expression", expressions::binary),
    on("conditional_expression", expressions::conditional),
    on("compound_literal_expression", expressions::compound_literal),
    entering(on("initializer_list", expressions::initializers), expressions::begin_initializers),
    on("initializer_pair", expressions::initializer_pair),
    on("field_designator", expressions::designator),
    on("string_literal", expressions::string),
    on("concatenated_string", expressions::string),
    on("number_literal", expressions::number),
    on("char_literal", expressions::character),
    // The preprocessor.
    on("preproc_include", macros::include),
    on("preproc_ifdef", macros::guard),
    scoped("preproc_def", Opens::Here(ScopeKind::Block), macros::define),
    scoped("preproc_function_def", Opens::Here(ScopeKind::Block), macros::define),
    on("preproc_params", macros::parameters),
    on("preproc_call", macros::directive),
];

/// Of C alone.
const OWN: &[Row] = &[entering(scope("translation_unit", Opens::Nothing), begin_c)];

pub(super) const ROWS: [Row; SHARED.len() + OWN.len()] = joined(SHARED, OWN);

/// Two tables as one.
pub(in crate::languages) const fn joined<const N: usize>(first: &[Row], then: &[Row]) -> [Row; N] {
    let mut rows = [scope("", Opens::Nothing); N];
    let mut at = 0;
    while at < N {
        rows[at] = if at < first.len() { first[at] } else { then[at - first.len()] };
        at += 1;
    }
    rows
}

fn begin_c(b: &mut Binder<'_>, _: tree_sitter::Node<'_>) {
    begin(b, false);
}

/// What of the file depends on what is defined.
pub(in crate::languages) fn begin(b: &mut Binder<'_>, is_cpp: bool) {
    let parts = super::builds::parts(b.bytes, is_cpp);
    b.unlikely = parts.unlikely;
    for (range, name) in parts.unless {
        let what = b.word(&format!("{UNLESS}{}", String::from_utf8_lossy(name)));
        let condition = b.make(Expr::Special { what, of: 0 });
        b.conditions.push((range, condition));
    }
}

/// What stands before the name of a macro in [`Expr::Special`] that must not be defined elsewhere.
pub(in crate::languages) const UNLESS: &str = "unless ";

/// That many conditions of one thing are kept.
const MAX_CONDITIONS: usize = 2;

/// What is bound counts only if macros are not defined elsewhere.
pub(in crate::languages) fn condition(b: &mut Binder<'_>, binding: BindingId) {
    let start = b.bound_start(binding);
    for condition in conditions(b, start) {
        b.add_value(binding, condition);
    }
}

/// The conditions that a place is under, the outermost first.
pub(in crate::languages) fn conditions(b: &Binder<'_>, at: u32) -> Vec<ExprId> {
    let before = b.conditions.partition_point(|(range, _)| range.start <= at);
    let around = b.conditions[..before].iter().rev().take(MAX_LOOKED_AT).filter(|(range, _)| at < range.end);
    let mut found: Vec<ExprId> = around.map(|(_, condition)| *condition).take(MAX_CONDITIONS).collect();
    found.reverse();
    found
}

/// Of conditions before a place so many are looked at, for one that it is under.
const MAX_LOOKED_AT: usize = 64;

/// Tags and labels have names of their own.
fn identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_in(whole(b, at), ReferenceKind::Read, !(TAGS | LABELS))
}

/// The word as the text has it: the parser may have been given a part of it.
fn whole(b: &Binder<'_>, at: &Leaving<'_>) -> ByteRange {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let (mut start, mut end) = (at.start as usize, at.end as usize);
    while start > 0 && is_word(b.bytes.get(start - 1)) {
        start -= 1;
    }
    while is_word(b.bytes.get(end)) {
        end += 1;
    }
    start as u32..end as u32
}

fn type_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_in(whole(b, at), ReferenceKind::Type, !(TAGS | LABELS))
}

/// The name of a member: no use of a name in scope, whatever is around it.
fn field_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let val = b.name_token(whole(b, at), ReferenceKind::Read);
    b.member(0, child(at, val));
    val
}

fn label_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let val = b.name_in(at.start..at.end, ReferenceKind::Read, LABELS);
    b.look_for(child(at, val), LABEL);
    val
}

/// Labels that are nowhere are looked for under this name, which nothing has.
const LABEL: &str = "goto";

/// What is left, as a child.
pub(in crate::languages) fn child(at: &Leaving<'_>, val: Val) -> Child {
    Child { val, field: at.field, kind: "", start: at.start, end: at.end }
}

/// Where something that is declared belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::languages) enum Level {
    /// The file or a namespace.
    Top,
    /// A type.
    Member,
    /// A function, this many scopes out.
    Local(usize),
}

impl Level {
    pub(in crate::languages) fn place(self) -> Where {
        match self {
            Level::Top => Where::Apart,
            Level::Member => Where::Nowhere,
            Level::Local(out) => Where::Out(out),
        }
    }
}

/// Where what the node declares belongs, which has opened so many scopes itself.
pub(in crate::languages) fn level(b: &Binder<'_>, opened: usize) -> Level {
    let mut out = opened;
    let mut nth = 1;
    // A template's parameters have a scope around what it is of.
    while b.around(nth) == "template_declaration" {
        out += 1;
        nth += 1;
    }
    level_at(b, out)
}

fn level_at(b: &Binder<'_>, out: usize) -> Level {
    match b.scope_kind(Where::Out(out)) {
        _ if out >= b.depth() => Level::Top,
        ScopeKind::Module => Level::Top,
        ScopeKind::Class | ScopeKind::Body => Level::Member,
        ScopeKind::Function | ScopeKind::Block | ScopeKind::Enclosed => Level::Local(out),
    }
}
