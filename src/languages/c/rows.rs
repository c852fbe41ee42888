//! What the node kinds mean that C and C++ share, and those of C alone.

use super::{constants, reading::is_capitals, tags};
use crate::{
    languages::roles::{
        Part::{
            Body, Callee, Condition, Directive, Else, Key, Label as LabelPart, Member as MemberPart, Object, Operand,
            Operator, Parameters, Pattern, Subject, Target, Then, Update, Value, ValuedStatements,
        },
        Role,
        Role::{
            And, Block, Break, Call, Case, Clause, Comment, Continue, Declare, DefaultCase, Define, DoWhile,
            Else as ElseRole, False, Finally, For, Goto, Handler, If, Import, Labelled, Logical, MacroLoop,
            MacroStatement, Member, Name, Not, Or, OtherVariant, Paren, Plain, Return, Separator, Statement, Switch,
            Ternary, True, Try, TypeName, Unevaluated, Variant, Variants, VariantsUnless, While,
        },
        Row, Seen,
        Select::{Any, Field, Kind},
        node, token, varied,
    },
    record::SymbolKind,
};

/// Of both grammars.
pub(in crate::languages) const SHARED: &[Row] = &[
    // Definitions.
    node("function_definition", Define(SymbolKind::Function), &[(Field("body"), Body)]),
    varied("declaration", Declare, declaration, &[(Field("declarator"), Pattern)]),
    varied("type_definition", Declare, declaration, &[]),
    node("field_declaration", Declare, &[]),
    varied("struct_specifier", Plain, tags::tag, &[(Field("body"), Body)]),
    varied("union_specifier", Plain, tags::tag, &[(Field("body"), Body)]),
    varied("enum_specifier", Plain, tags::tag, &[(Field("body"), Body)]),
    node("enumerator", Define(SymbolKind::EnumMember), &[(Field("value"), Value)]),
    node("preproc_def", Define(SymbolKind::Macro), &[(Field("value"), Body)]),
    node("preproc_function_def", Define(SymbolKind::Macro), &[(Field("value"), Body)]),
    node("comment", Comment, &[]),
    // Declarators.
    varied("function_declarator", Plain, function_declarator, &[(Field("parameters"), Parameters)]),
    node("array_declarator", Clause, &[(Field("size"), Value)]),
    node("pointer_declarator", Clause, &[]),
    node("parenthesized_declarator", Clause, &[]),
    node("attributed_declarator", Clause, &[]),
    node("init_declarator", Plain, &[(Field("declarator"), Pattern), (Field("value"), Value)]),
    node("abstract_function_declarator", Clause, &[(Field("parameters"), Parameters)]),
    varied("parameter_declaration", Plain, parameter, &[(Field("declarator"), Pattern)]),
    node("parameter_list", Plain, &[(Kind("identifier"), Pattern)]),
    // The preprocessor.
    node("preproc_include", Import, &[(Field("path"), Directive)]),
    node("preproc_call", Plain, &[(Any, Directive)]),
    node("preproc_if", Variants, &[(Field("condition"), Directive)]),
    varied("preproc_ifdef", Variants, conditional, &[(Field("name"), Directive)]),
    node("preproc_elif", Variant, &[(Field("condition"), Directive)]),
    node("preproc_elifdef", Variant, &[(Field("name"), Directive)]),
    node("preproc_else", OtherVariant, &[]),
    // Statements.
    varied("expression_statement", Statement, statement, &[]),
    node("compound_statement", Block, &[]),
    node("else_clause", ElseRole, &[]),
    varied("case_statement", Case, case, &[]),
    varied("while_statement", While, repeated, &[(Field("condition"), Condition), (Field("body"), Body)]),
    node("do_statement", DoWhile, &[(Field("body"), Body), (Field("condition"), Condition)]),
    varied(
        "for_statement",
        For,
        repeated,
        &[(Field("condition"), Condition), (Field("update"), Update), (Field("body"), Body)],
    ),
    node("return_statement", Return, &[]),
    node("break_statement", Break, &[]),
    node("continue_statement", Continue, &[]),
    node("goto_statement", Goto, &[(Field("label"), LabelPart)]),
    node("labeled_statement", Labelled, &[(Field("label"), LabelPart)]),
    node("seh_try_statement", Try, &[(Field("body"), Body)]),
    node("seh_except_clause", Handler, &[(Field("body"), Body)]),
    node("seh_finally_clause", Finally, &[]),
    // Expressions.
    node(
        "conditional_expression",
        Ternary,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    varied(
        "binary_expression",
        Logical,
        constants::operation,
        &[(Field("left"), Operand), (Field("operator"), Operator), (Field("right"), Operand)],
    ),
    token("&&", And),
    token("||", Or),
    node("unary_expression", Not, &[(Field("argument"), Operand)]),
    node("sizeof_expression", Unevaluated, &[]),
    node("alignof_expression", Unevaluated, &[]),
    node("parenthesized_expression", Paren, &[(Kind("compound_statement"), ValuedStatements), (Any, Operand)]),
    varied("number_literal", Plain, constants::literal, &[]),
    varied("char_literal", Plain, constants::literal, &[]),
    // `x && "this must hold"`.
    node("string_literal", True, &[]),
    node("concatenated_string", True, &[]),
    node("true", True, &[]),
    node("false", False, &[]),
    // Names.
    node("call_expression", Call, &[(Field("function"), Callee)]),
    node("field_expression", Member, &[(Field("argument"), Object), (Field("field"), MemberPart)]),
    node("assignment_expression", Plain, &[(Field("left"), Target)]),
    node("update_expression", Plain, &[(Field("argument"), Target)]),
    node("initializer_pair", Plain, &[(Field("designator"), Key)]),
    node("field_designator", Plain, &[(Any, Key)]),
    node("offsetof_expression", Plain, &[(Field("member"), Key)]),
    node("identifier", Name, &[]),
    node("field_identifier", Name, &[]),
    node("type_identifier", TypeName, &[]),
];

/// Of C alone.
pub(super) const OWN: &[Row] = &[
    node(
        "if_statement",
        If,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    node("switch_statement", Switch, &[(Field("condition"), Subject), (Field("body"), Body)]),
    node("variadic_parameter", Plain, &[]),
];

/// What a declaration in a function declares is local to it.
fn declaration(seen: &Seen<'_, '_>) -> Role {
    if seen.in_function { Statement } else { Declare }
}

/// The parameters of a function stand in the innermost of its declarators: `f(int)` in `(*f(int))(char)`.
fn function_declarator(seen: &Seen<'_, '_>) -> Role {
    let mut inner = seen.node.child_by_field_name("declarator");
    while let Some(node) = inner {
        if node.kind() == "function_declarator" {
            return Plain;
        }
        inner = node.child_by_field_name("declarator").or_else(|| node.named_child(0));
    }
    Clause
}

/// `f(void)` has none.
fn parameter(seen: &Seen<'_, '_>) -> Role {
    if seen.text(seen.node) == b"void" { Separator } else { Plain }
}

fn case(seen: &Seen<'_, '_>) -> Role {
    let is_default = seen.node.child(0).is_some_and(|word| word.kind() == "default");
    if is_default { DefaultCase } else { Case }
}

/// A call of what is written as macros are may be anything.
fn statement(seen: &Seen<'_, '_>) -> Role {
    let called = seen.node.named_child(0).and_then(|call| call.child_by_field_name("function"));
    match called.filter(|name| name.kind() == "identifier") {
        Some(name) if is_capitals(seen.text(name)) => MacroStatement,
        _ => Statement,
    }
}

/// `#ifdef`, `#ifndef`.
fn conditional(seen: &Seen<'_, '_>) -> Role {
    let is_negative = seen.node.child(0).is_some_and(|word| word.kind() == "#ifndef");
    if is_negative { VariantsUnless } else { Variants }
}

/// A loop, or what a macro makes of the block behind it: the reader of the text writes both so.
pub(in crate::languages) fn repeated(seen: &Seen<'_, '_>) -> Role {
    match seen.text(seen.node) {
        text if text.starts_with(b"while") => While,
        text if text.starts_with(b"for")
            && !text.get(3).is_some_and(|&byte| byte == b'_' || byte.is_ascii_alphanumeric()) =>
        {
            For
        }
        _ => MacroLoop,
    }
}
