//! Lua, from 5.1 to 5.5 and LuaJIT.

mod bind;
mod definitions;
mod layout;
mod links;
mod rules;

use std::sync::OnceLock;

use super::{
    Language,
    roles::{
        Hooks, MarkedSpan, Marks,
        Part::{
            Body, Callee, Condition, Else, Iterable, Key, Label, Member as MemberPart, Object, Operand, Operator,
            Parameters, Pattern, Target, Then, Value,
        },
        Role::{
            self, And, Block, Break, Call, Clause, Closure, Comment, Define, DoUntil, Else as ElseRole, ElseIf, False,
            For, Goto, If, Labelled, Logical, Member, Name, Not, Or, Paren, Plain, Return, Statement, Suspend, True,
            While,
        },
        Row, Seen,
        Select::{Any, Field, Kind, Nth},
        Shape, linking, node, token, varied,
    },
};
use crate::record::SymbolKind;

pub(super) static LANGUAGE: Language = Language {
    name: "lua",
    extensions: &["lua", "rockspec"],
    file_names: &[".luacheckrc", ".busted"],
    interpreters: &["lua", "luajit", "texlua"],
    editor_ids: &[],
    separator: ".",
    grammar: || tree_sitter_lua::LANGUAGE.into(),
    rows: ROWS,
    table: OnceLock::new(),
    hooks: Hooks {
        marks: Marks {
            line_comments: &["--"],
            spans: &[
                MarkedSpan::new("--[[", "]]"),
                MarkedSpan::new("--[=[", "]=]"),
                MarkedSpan::new("[[", "]]"),
                MarkedSpan::new("[=[", "]=]"),
            ],
            ..Marks::C
        },
        shape: Shape::Worded,
        module_of: layout::module_of,
        name_of: definitions::name_of,
        declared: definitions::declared,
        owner_of: definitions::owner_of,
        closure_name: definitions::closure_name,
        anonymous: "<function>",
        kind_of: definitions::kind_of,
        visibility: definitions::visibility,
        doc_comment: definitions::doc_comment,
        docs_adjoin: true,
        never_returns: &["os.exit"],
        raising_macros: &["error"],
        empty_bodies_are_no_nodes: true,
        definitions_run: true,
        self_names: &["self"],
        binding: bind::ROWS,
        rules: &rules::RULES,
        ..Hooks::NONE
    },
};

const ROWS: &[Row] = &[
    // Definitions.
    node(
        "function_declaration",
        Define(SymbolKind::Function),
        &[(Field("parameters"), Parameters), (Field("body"), Body)],
    ),
    node("function_definition", Closure, &[(Field("parameters"), Parameters), (Field("body"), Body)]),
    node("parameters", Plain, &[(Field("name"), Pattern)]),
    varied(
        "variable_declaration",
        Statement,
        definitions::declaration,
        &[(Kind("variable_list"), Pattern), (Kind("assignment_statement"), Pattern)],
    ),
    varied("assignment_statement", Statement, definitions::assignment, &[(Kind("expression_list"), Value)]),
    node("variable_list", Plain, &[(Field("name"), Target)]),
    varied("expression_list", Plain, definitions::values, &[]),
    varied("field", Plain, definitions::field, &[(Field("value"), Value), (Field("name"), Key)]),
    node("comment", Comment, &[]),
    node("hash_bang_line", Comment, &[]),
    // Statements.
    node("do_statement", Statement, &[]),
    node("block", Block, &[]),
    // Control flow.
    node(
        "if_statement",
        If,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    node("elseif_statement", ElseIf, &[(Field("condition"), Condition), (Field("consequence"), Then)]),
    node("else_statement", ElseRole, &[]),
    node("while_statement", While, &[(Field("condition"), Condition), (Field("body"), Body)]),
    node("repeat_statement", DoUntil, &[(Field("body"), Body), (Field("condition"), Condition)]),
    node("for_statement", For, &[(Field("body"), Body)]),
    node("for_generic_clause", Clause, &[(Kind("variable_list"), Pattern), (Kind("expression_list"), Iterable)]),
    node("for_numeric_clause", Clause, &[(Field("name"), Pattern), (Any, Iterable)]),
    node("goto_statement", Goto, &[(Nth(0), Label)]),
    node("label_statement", Labelled, &[(Nth(0), Label)]),
    node("break_statement", Break, &[]),
    linking(node("return_statement", Return, &[]), links::of_return),
    // Expressions that decide.
    node(
        "binary_expression",
        Logical,
        &[(Field("left"), Operand), (Field("operator"), Operator), (Field("right"), Operand)],
    ),
    token("and", And),
    token("or", Or),
    node("unary_expression", Not, &[(Field("operand"), Operand)]),
    node("parenthesized_expression", Paren, &[(Any, Operand)]),
    // All values but `false` and `nil` hold.
    node("true", True, &[]),
    node("number", True, &[]),
    node("false", False, &[]),
    node("nil", False, &[]),
    // Names.
    linking(varied("function_call", Call, call, &[(Field("name"), Callee)]), links::of_call),
    node("dot_index_expression", Member, &[(Field("table"), Object), (Field("field"), MemberPart)]),
    node("method_index_expression", Member, &[(Field("table"), Object), (Field("method"), MemberPart)]),
    node("bracket_index_expression", Plain, &[(Field("table"), Object)]),
    node("attribute", Plain, &[(Any, Key)]),
    node("identifier", Name, &[]),
    token("global", Name),
];

/// A coroutine stops where it yields, and goes on there.
fn call(seen: &Seen<'_, '_>) -> Role {
    let callee = seen.node.child_by_field_name("name");
    if callee.is_some_and(|callee| seen.text(callee) == b"coroutine.yield") { Suspend } else { Call }
}
