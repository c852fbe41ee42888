//! What the node kinds mean that C++ has beyond C, or has in another form.

use super::super::c::tags;
use crate::{
    languages::roles::{
        Part::{
            Body, Callee, Condition, Else, Initializers, Iterable, Member as MemberPart, Name as NamePart, Object,
            Parameters, Pattern, Then, Value,
        },
        Role,
        Role::{
            Access, And, CatchAll, Clause, Closure, Declare, Define, For, Handler, If, Import, Or, Path, Plain, Return,
            Statement, Suspend, Switch, Throw, Try, Unevaluated, While, Wrapper,
        },
        Row, Seen,
        Select::{Field, Kind},
        node, token, varied,
    },
    record::SymbolKind,
};

pub(super) const OWN: &[Row] = &[
    // Definitions.
    node(
        "function_definition",
        Define(SymbolKind::Function),
        &[(Field("body"), Body), (Kind("try_statement"), Body), (Kind("field_initializer_list"), Initializers)],
    ),
    varied("declaration", Declare, declaration, &[(Field("declarator"), Pattern), (Field("value"), Value)]),
    varied("class_specifier", Plain, tags::tag, &[(Field("body"), Body)]),
    node("namespace_definition", Define(SymbolKind::Namespace), &[(Field("body"), Body)]),
    node("namespace_alias_definition", Define(SymbolKind::Namespace), &[(Field("name"), NamePart)]),
    node("alias_declaration", Define(SymbolKind::TypeAlias), &[(Field("name"), NamePart)]),
    node("concept_definition", Define(SymbolKind::Interface), &[(Field("name"), NamePart)]),
    node("template_declaration", Wrapper, &[]),
    node("access_specifier", Access, &[]),
    node("using_declaration", Import, &[]),
    node("reference_declarator", Clause, &[]),
    node("optional_parameter_declaration", Plain, &[(Field("declarator"), Pattern), (Field("default_value"), Value)]),
    node("variadic_parameter_declaration", Plain, &[(Field("declarator"), Pattern)]),
    // Statements.
    node("if_statement", If, &[(Field("consequence"), Then), (Field("alternative"), Else)]),
    node("switch_statement", Switch, &[(Field("body"), Body)]),
    varied("while_statement", While, super::super::c::rows::repeated, &[(Field("body"), Body)]),
    node("condition_clause", Clause, &[(Field("value"), Condition)]),
    node("for_range_loop", For, &[(Field("declarator"), Pattern), (Field("right"), Iterable), (Field("body"), Body)]),
    node("try_statement", Try, &[(Field("body"), Body)]),
    varied("catch_clause", Handler, handler, &[(Field("body"), Body)]),
    node("throw_statement", Throw, &[]),
    node("co_return_statement", Return, &[]),
    node("co_yield_statement", Suspend, &[]),
    node("co_await_expression", Suspend, &[]),
    // Expressions.
    token("and", And),
    token("or", Or),
    node("lambda_expression", Closure, &[(Field("body"), Body), (Field("declarator"), Parameters)]),
    node("decltype", Unevaluated, &[]),
    node("noexcept", Unevaluated, &[]),
    node("lambda_capture_initializer", Plain, &[(Field("left"), Pattern)]),
    // Names.
    node("qualified_identifier", Path, &[(Field("scope"), Object), (Field("name"), MemberPart)]),
    node("template_function", Plain, &[(Field("name"), Callee)]),
    node("namespace_identifier", Role::Name, &[]),
];

/// A friend is declared elsewhere, and in a function everything is local.
fn declaration(seen: &Seen<'_, '_>) -> Role {
    if seen.in_function {
        return Statement;
    }
    let is_friend = seen.ancestors().next().is_some_and(|around| around.kind() == "friend_declaration");
    if is_friend { Plain } else { Declare }
}

/// `catch (...)`.
fn handler(seen: &Seen<'_, '_>) -> Role {
    let parameters = seen.node.child_by_field_name("parameters");
    if parameters.is_some_and(|list| list.named_child_count() == 0) { CatchAll } else { Handler }
}
