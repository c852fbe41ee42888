//! What the node kinds mean that JavaScript's grammar and both of TypeScript's have, those of JSX, and those of JavaScript
//! alone.

use super::{links, shapes};
use crate::{
    languages::roles::{
        Part::{
            Body, Callee, Condition, Else, Fallback, Iterable, Key, Label as LabelPart, Member as MemberPart,
            Name as NamePart, Object, Operand, Operator, Parameters, Pattern, Subject, Target, Then, Update, Value,
        },
        Role::{
            And, Attribute, Block, Break, Call, Case, CatchAll, Closure, Coalesce, Comment, Continue, DefaultCase,
            DefaultValue, Define, DoWhile, Else as ElseRole, Export, False, Finally, For, If, Import, Initializer,
            Labelled, Logical, Markup, Member, Name, Not, Optional, Or, Paren, Plain, Return, Statement, Suspend,
            Switch, Ternary, Throw, True, Try, While, Wrapper,
        },
        Row,
        Select::{Any, Field, Kind},
        linking, node, token, varied,
    },
    record::SymbolKind,
};

/// Of all three grammars.
pub(in crate::languages) const SHARED: &[Row] = &[
    // Definitions.
    node(
        "function_declaration",
        Define(SymbolKind::Function),
        &[(Field("name"), NamePart), (Field("parameters"), Parameters), (Field("body"), Body)],
    ),
    node(
        "generator_function_declaration",
        Define(SymbolKind::Function),
        &[(Field("name"), NamePart), (Field("parameters"), Parameters), (Field("body"), Body)],
    ),
    node(
        "function_expression",
        Closure,
        &[(Field("name"), Key), (Field("parameters"), Parameters), (Field("body"), Body)],
    ),
    node(
        "generator_function",
        Closure,
        &[(Field("name"), Key), (Field("parameters"), Parameters), (Field("body"), Body)],
    ),
    node(
        "arrow_function",
        Closure,
        &[(Field("parameter"), Parameters), (Field("parameters"), Parameters), (Field("body"), Body)],
    ),
    node("class_declaration", Define(SymbolKind::Class), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("class", Define(SymbolKind::Class), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("class_body", Block, &[]),
    node(
        "method_definition",
        Define(SymbolKind::Method),
        &[(Field("name"), NamePart), (Field("parameters"), Parameters), (Field("body"), Body)],
    ),
    node("class_static_block", Initializer, &[(Field("body"), Body)]),
    linking(
        varied("variable_declarator", Plain, shapes::declarator, &[(Field("name"), Pattern), (Field("value"), Value)]),
        links::of_declarator,
    ),
    node("lexical_declaration", Wrapper, &[]),
    node("variable_declaration", Wrapper, &[]),
    varied("pair", Plain, shapes::pair, &[(Field("key"), Key), (Field("value"), Value)]),
    varied("shorthand_property_identifier", Name, shapes::shorthand, &[]),
    linking(
        varied("assignment_expression", Plain, shapes::assignment, &[(Field("left"), Target), (Field("right"), Value)]),
        links::of_assignment,
    ),
    node("decorator", Attribute, &[]),
    node("comment", Comment, &[]),
    // Modules.
    linking(node("import_statement", Import, &[]), links::of_import),
    linking(varied("export_statement", Export, shapes::export, &[]), links::of_export),
    node("export_specifier", Plain, &[(Field("alias"), Key)]),
    node("namespace_export", Plain, &[(Kind("identifier"), Key)]),
    node("import_attribute", Import, &[]),
    // Statements.
    varied("expression_statement", Statement, shapes::statement, &[]),
    node("debugger_statement", Statement, &[]),
    node("with_statement", Statement, &[]),
    node("statement_block", Block, &[]),
    varied("empty_statement", Plain, shapes::nothing, &[]),
    // Control flow.
    node(
        "if_statement",
        If,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    node("else_clause", ElseRole, &[]),
    node("switch_statement", Switch, &[(Field("value"), Subject), (Field("body"), Body)]),
    node("switch_case", Case, &[]),
    node("switch_default", DefaultCase, &[]),
    node("while_statement", While, &[(Field("condition"), Condition), (Field("body"), Body)]),
    node("do_statement", DoWhile, &[(Field("body"), Body), (Field("condition"), Condition)]),
    node("for_statement", For, &[(Field("condition"), Condition), (Field("increment"), Update), (Field("body"), Body)]),
    node("for_in_statement", For, &[(Field("left"), Pattern), (Field("right"), Iterable), (Field("body"), Body)]),
    node("try_statement", Try, &[(Field("body"), Body)]),
    node("catch_clause", CatchAll, &[(Field("parameter"), Pattern), (Field("body"), Body)]),
    node("finally_clause", Finally, &[]),
    node("labeled_statement", Labelled, &[(Field("label"), LabelPart)]),
    node("break_statement", Break, &[(Field("label"), LabelPart)]),
    node("continue_statement", Continue, &[(Field("label"), LabelPart)]),
    node("return_statement", Return, &[]),
    node("throw_statement", Throw, &[]),
    node("await_expression", Suspend, &[]),
    node("yield_expression", Suspend, &[]),
    // Expressions that decide.
    node(
        "binary_expression",
        Logical,
        &[(Field("left"), Operand), (Field("operator"), Operator), (Field("right"), Operand)],
    ),
    node(
        "augmented_assignment_expression",
        Logical,
        &[(Field("left"), Target), (Field("operator"), Operator), (Field("right"), Operand)],
    ),
    token("&&", And),
    token("||", Or),
    token("??", Coalesce),
    token("&&=", And),
    token("||=", Or),
    token("??=", Coalesce),
    node("optional_chain", Optional, &[]),
    node("unary_expression", Not, &[(Field("argument"), Operand)]),
    node("parenthesized_expression", Paren, &[(Any, Operand)]),
    node(
        "ternary_expression",
        Ternary,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    node("assignment_pattern", DefaultValue, &[(Field("left"), Pattern), (Field("right"), Fallback)]),
    node("object_assignment_pattern", DefaultValue, &[(Field("left"), Pattern), (Field("right"), Fallback)]),
    node("true", True, &[]),
    node("false", False, &[]),
    // Names.
    linking(node("call_expression", Call, &[(Field("function"), Callee)]), links::of_call),
    node("new_expression", Call, &[(Field("constructor"), Callee)]),
    node("member_expression", Member, &[(Field("object"), Object), (Field("property"), MemberPart)]),
    node("subscript_expression", Plain, &[(Field("object"), Object)]),
    node("object_pattern", Plain, &[(Any, Pattern)]),
    node("array_pattern", Plain, &[(Any, Pattern)]),
    node("rest_pattern", Plain, &[(Any, Pattern)]),
    node("pair_pattern", Plain, &[(Field("key"), Key), (Field("value"), Pattern)]),
    varied("identifier", Name, shapes::binding, &[]),
    varied("shorthand_property_identifier_pattern", Name, shapes::binding, &[]),
    node("property_identifier", Name, &[]),
    node("private_property_identifier", Name, &[]),
];

/// Of the grammars that have JSX.
pub(in crate::languages) const JSX: &[Row] =
    &[node("jsx_expression", Markup, &[]), node("jsx_attribute", Plain, &[(Kind("property_identifier"), Key)])];

/// Of JavaScript alone.
pub(super) const OWN: &[Row] = &[
    varied(
        "field_definition",
        Define(SymbolKind::Property),
        shapes::field,
        &[(Field("property"), Key), (Field("value"), Value)],
    ),
    node("formal_parameters", Plain, &[(Any, Pattern)]),
    node("using_declaration", Wrapper, &[]),
    node("html_comment", Comment, &[]),
];
