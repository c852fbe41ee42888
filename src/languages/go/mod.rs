//! Go.

mod bind;
mod definitions;
mod imports;
mod layout;
mod rules;

use std::sync::OnceLock;

use super::{
    Language,
    roles::{
        Cognitive, Counting, Hooks, MarkedSpan, Marks,
        Part::{
            Body, Callee, Condition, Else, Iterable, Key, Label, Member as MemberPart, Name as NamePart, Object,
            Operand, Operator, Parameters, Pattern, Receiver, Subject, Target, Then, Type, Update,
        },
        Role::{
            self, And, Arm, Block, Break, Call, Clause, Closure, Comment, Continue, Declare, DefaultArm, Defer, Define,
            Fallthrough, False, For, Goto, If, Import, Labelled, Ladder, Logical, Member, Name, Not, Or, Package,
            Paren, Path, Plain, Return, Select, Statement, Switch, True, TypeName, Wrapper,
        },
        Row, Seen,
        Select::{Any, Field, Kind},
        node, token, varied,
    },
};
use crate::record::SymbolKind;

pub(super) static LANGUAGE: Language = Language {
    name: "go",
    extensions: &["go"],
    file_names: &[],
    interpreters: &["gorun"],
    editor_ids: &[],
    separator: ".",
    grammar: || tree_sitter_go::LANGUAGE.into(),
    rows: ROWS,
    table: OnceLock::new(),
    hooks: Hooks {
        marks: Marks { spans: &[MarkedSpan::new("/*", "*/"), MarkedSpan::new("`", "`")], ..Marks::C },
        module_of: layout::module_of,
        name_of: definitions::name_of,
        declared: definitions::declared,
        owner_of: definitions::owner_of,
        closure_name: definitions::closure_name,
        anonymous: "<func>",
        imports: imports::imports,
        kind_of: definitions::kind_of,
        visibility: definitions::visibility,
        doc_comment: definitions::doc_comment,
        docs_adjoin: true,
        binding: bind::ROWS,
        rules: &rules::RULES,
        never_returns: &["os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "runtime.Goexit", "syscall.Exit"],
        raising_macros: &["panic", "log.Panic", "log.Panicf", "log.Panicln"],
        counting: Counting {
            guards: false,
            without_body: true,
            cognitive: Cognitive {
                functions_count_outside: false,
                recursion_counts_once: false,
                runs_as_written: true,
                else_nests: false,
                ..Cognitive::PAPER
            },
            ..Counting::PLAIN
        },
        ..Hooks::NONE
    },
};

const ROWS: &[Row] = &[
    // Definitions.
    node("package_clause", Package, &[]),
    node("import_declaration", Import, &[]),
    node(
        "function_declaration",
        Define(SymbolKind::Function),
        &[(Field("name"), NamePart), (Field("parameters"), Parameters), (Field("result"), Type), (Field("body"), Body)],
    ),
    node(
        "method_declaration",
        Define(SymbolKind::Method),
        &[
            (Field("receiver"), Receiver),
            (Field("name"), NamePart),
            (Field("parameters"), Parameters),
            (Field("result"), Type),
            (Field("body"), Body),
        ],
    ),
    varied("type_declaration", Plain, grouped, &[]),
    node("type_spec", Define(SymbolKind::Class), &[(Field("name"), NamePart)]),
    node("type_alias", Define(SymbolKind::TypeAlias), &[(Field("name"), NamePart)]),
    varied("const_declaration", Plain, grouped, &[]),
    varied("const_spec", Declare, local, &[(Field("name"), Pattern), (Field("type"), Type)]),
    varied("var_declaration", Plain, grouped, &[]),
    varied("var_spec", Declare, local, &[(Field("name"), Pattern), (Field("type"), Type)]),
    varied("field_declaration", Declare, member, &[(Field("name"), Key), (Field("type"), Type)]),
    varied(
        "method_elem",
        Define(SymbolKind::Method),
        member_function,
        &[(Field("name"), NamePart), (Field("parameters"), Parameters), (Field("result"), Type)],
    ),
    varied("type_elem", Plain, element, &[(Any, Type)]),
    node("comment", Comment, &[]),
    // Statements.
    node("expression_statement", Statement, &[]),
    node("send_statement", Statement, &[]),
    node("receive_statement", Plain, &[(Field("left"), Pattern)]),
    node("inc_statement", Statement, &[(Any, Target)]),
    node("dec_statement", Statement, &[(Any, Target)]),
    node("assignment_statement", Statement, &[(Field("left"), Target)]),
    node("short_var_declaration", Statement, &[(Field("left"), Pattern)]),
    node("go_statement", Statement, &[]),
    node("block", Block, &[]),
    // Control flow.
    node(
        "if_statement",
        If,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    node("for_statement", For, &[(Field("body"), Body), (Any, Condition)]),
    node("for_clause", Clause, &[(Field("condition"), Condition), (Field("update"), Update)]),
    node("range_clause", Clause, &[(Field("left"), Pattern), (Field("right"), Iterable)]),
    varied("expression_switch_statement", Switch, switch, &[(Field("value"), Subject)]),
    node("expression_case", Arm, &[(Field("value"), Condition)]),
    node("type_switch_statement", Switch, &[(Field("alias"), Pattern), (Field("value"), Subject)]),
    node("type_case", Arm, &[(Field("type"), Type)]),
    node("select_statement", Select, &[]),
    node("communication_case", Arm, &[]),
    node("default_case", DefaultArm, &[]),
    node("fallthrough_statement", Fallthrough, &[]),
    node("labeled_statement", Labelled, &[(Field("label"), Label)]),
    node("break_statement", Break, &[(Kind("label_name"), Label)]),
    node("continue_statement", Continue, &[(Kind("label_name"), Label)]),
    node("goto_statement", Goto, &[(Kind("label_name"), Label)]),
    node("return_statement", Return, &[]),
    node("defer_statement", Defer, &[]),
    varied("expression_list", Plain, list, &[(Any, Operand)]),
    node(
        "binary_expression",
        Logical,
        &[(Field("left"), Operand), (Field("operator"), Operator), (Field("right"), Operand)],
    ),
    token("&&", And),
    token("||", Or),
    node("parenthesized_expression", Paren, &[(Any, Operand)]),
    node("unary_expression", Not, &[(Field("operand"), Operand)]),
    node("func_literal", Closure, &[(Field("parameters"), Parameters), (Field("result"), Type), (Field("body"), Body)]),
    // Names.
    varied("call_expression", Call, call, &[(Field("function"), Callee)]),
    node("selector_expression", Member, &[(Field("operand"), Object), (Field("field"), MemberPart)]),
    node("qualified_type", Path, &[(Field("package"), Object), (Field("name"), MemberPart)]),
    node("parameter_declaration", Plain, &[(Field("name"), Pattern), (Field("type"), Type)]),
    node("variadic_parameter_declaration", Plain, &[(Field("name"), Pattern), (Field("type"), Type)]),
    node("type_parameter_declaration", Plain, &[(Field("name"), Pattern), (Field("type"), Type)]),
    node("keyed_element", Plain, &[(Field("key"), Key)]),
    node("identifier", Name, &[]),
    node("field_identifier", Name, &[]),
    node("package_identifier", Name, &[]),
    node("type_identifier", TypeName, &[]),
    node("true", True, &[]),
    node("false", False, &[]),
];

/// A declaration of one thing has the comment before it as that thing's; in a group each has its own.
fn grouped(seen: &Seen<'_, '_>) -> Role {
    let node = seen.node;
    let has_list = (0..node.child_count())
        .filter_map(|n| node.child(n))
        .any(|child| child.kind() == "(" || child.kind() == "var_spec_list");
    if has_list { Plain } else { Wrapper }
}

/// Variables and constants in functions are locals.
fn local(seen: &Seen<'_, '_>) -> Role {
    if seen.in_function { Statement } else { Declare }
}

/// Members of a type that is written where it is used in a function are nobody's.
fn member(seen: &Seen<'_, '_>) -> Role {
    if seen.in_function { Plain } else { Declare }
}

/// Of an interface, not among a type's arguments.
fn element(seen: &Seen<'_, '_>) -> Role {
    let in_interface = seen.ancestors().next().is_some_and(|around| around.kind() == "interface_type");
    if in_interface { member(seen) } else { Plain }
}

fn member_function(seen: &Seen<'_, '_>) -> Role {
    if seen.in_function { Plain } else { Define(SymbolKind::Method) }
}

/// Without a value, its cases are conditions.
fn switch(seen: &Seen<'_, '_>) -> Role {
    if seen.node.child_by_field_name("value").is_some() { Switch } else { Ladder }
}

/// What is called by `go` or `defer` runs elsewhere, or later: that it does not come back says nothing of what follows.
fn call(seen: &Seen<'_, '_>) -> Role {
    let runs_here = match seen.parent {
        Defer => false,
        Statement => seen.ancestors().next().is_none_or(|around| around.kind() != "go_statement"),
        _ => true,
    };
    if runs_here { Call } else { Plain }
}

/// One condition stands for itself.
fn list(seen: &Seen<'_, '_>) -> Role {
    let is_condition = seen.parent == Arm && seen.part == Some(Condition);
    if is_condition && seen.node.named_child_count() == 1 { Paren } else { Plain }
}
