//! Java.

mod bind;
mod definitions;
mod imports;
mod rules;
mod switches;

use std::sync::OnceLock;

use super::{
    Language,
    roles::{
        Cognitive, Counting, Hooks, MarkedSpan, Marks,
        Part::{
            Body, Callee, Condition, Else, Guard, Iterable, Key, Label, Member as MemberPart, Name as NamePart, Object,
            Operand, Operator, Parameters, Pattern, Subject, Target, Then, Type, Update,
        },
        Role,
        Role::{
            And, Assert, Block, Break, Call, CatchAll, Closure, Comment, Continue, Declare, Define, DoWhile, Export,
            False, Finally, For, GiveValue, Handler, If, Import, Initializer, Labelled, Logical, Member, Name, Not, Or,
            Package, Paren, Path, Plain, Resources, Return, Separator, Statement, Switch, Ternary, Throw, True, Try,
            TypeName, While,
        },
        Row, Seen,
        Select::{Any, Field, Kind, Nth},
        node, token, varied,
    },
};
use crate::record::SymbolKind;

pub(super) static LANGUAGE: Language = Language {
    name: "java",
    extensions: &["java"],
    file_names: &[],
    interpreters: &["java"],
    editor_ids: &[],
    separator: ".",
    grammar: || tree_sitter_java::LANGUAGE.into(),
    rows: ROWS,
    table: OnceLock::new(),
    hooks: Hooks {
        marks: Marks { spans: &[MarkedSpan::new("/*", "*/"), MarkedSpan::escaping("\"\"\"", "\"\"\"")], ..Marks::C },
        // A file says itself which package it is of.
        name_of: definitions::name_of,
        declared: definitions::declared,
        anonymous: "<lambda>",
        imports: imports::imports,
        exports: imports::exports,
        kind_of: definitions::kind_of,
        visibility: definitions::visibility,
        doc_comment: definitions::doc_comment,
        never_returns: &["System.exit", "Runtime.getRuntime().exit", "Runtime.getRuntime().halt"],
        members_in_scope: true,
        self_names: &["this"],
        binding: bind::ROWS,
        rules: &rules::RULES,
        counting: Counting {
            without_body: true,
            closures_count_outside: true,
            // By its name alone a call of an overload looks like one of the method itself.
            cognitive: Cognitive { recursion: false, runs_as_written: true, ..Cognitive::PAPER },
            ..Counting::PLAIN
        },
        ..Hooks::NONE
    },
};

const ROWS: &[Row] = &[
    // Definitions.
    node("package_declaration", Package, &[]),
    node("import_declaration", Import, &[]),
    node("module_declaration", Define(SymbolKind::Module), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("requires_module_directive", Import, &[]),
    node("exports_module_directive", Export, &[]),
    node("class_declaration", Define(SymbolKind::Class), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("record_declaration", Define(SymbolKind::Class), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("interface_declaration", Define(SymbolKind::Interface), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node(
        "annotation_type_declaration",
        Define(SymbolKind::Interface),
        &[(Field("name"), NamePart), (Field("body"), Body)],
    ),
    node("enum_declaration", Define(SymbolKind::Enum), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("enum_constant", Define(SymbolKind::EnumMember), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node(
        "method_declaration",
        Define(SymbolKind::Method),
        &[(Field("type"), Type), (Field("name"), NamePart), (Field("parameters"), Parameters), (Field("body"), Body)],
    ),
    node(
        "constructor_declaration",
        Define(SymbolKind::Constructor),
        &[(Field("name"), NamePart), (Field("parameters"), Parameters), (Field("body"), Body)],
    ),
    node(
        "compact_constructor_declaration",
        Define(SymbolKind::Constructor),
        &[(Field("name"), NamePart), (Field("body"), Body)],
    ),
    node(
        "annotation_type_element_declaration",
        Define(SymbolKind::Method),
        &[(Field("type"), Type), (Field("name"), NamePart)],
    ),
    node("field_declaration", Declare, &[(Field("type"), Type)]),
    node("constant_declaration", Declare, &[(Field("type"), Type)]),
    node("static_initializer", Initializer, &[(Kind("block"), Body)]),
    varied("block", Block, block, &[]),
    node("line_comment", Comment, &[]),
    node("block_comment", Comment, &[]),
    // Statements.
    node("constructor_body", Block, &[]),
    node("explicit_constructor_invocation", Statement, &[]),
    node("expression_statement", Statement, &[]),
    node("local_variable_declaration", Statement, &[(Field("type"), Type)]),
    node("synchronized_statement", Statement, &[]),
    // Control flow.
    node(
        "if_statement",
        If,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    node("while_statement", While, &[(Field("condition"), Condition), (Field("body"), Body)]),
    node("do_statement", DoWhile, &[(Field("body"), Body), (Field("condition"), Condition)]),
    node("for_statement", For, &[(Field("condition"), Condition), (Field("update"), Update), (Field("body"), Body)]),
    node(
        "enhanced_for_statement",
        For,
        &[(Field("type"), Type), (Field("name"), Pattern), (Field("value"), Iterable), (Field("body"), Body)],
    ),
    varied("switch_expression", Switch, switches::switch, &[(Field("condition"), Subject), (Field("body"), Body)]),
    node("switch_block", Block, &[]),
    node("switch_block_statement_group", Block, &[]),
    varied("switch_rule", Role::Arm, switches::rule, &[]),
    varied("switch_label", Role::Case, switches::label, &[]),
    node("guard", Plain, &[(Nth(0), Guard)]),
    node("yield_statement", GiveValue, &[]),
    node("try_statement", Try, &[(Field("body"), Body)]),
    node("try_with_resources_statement", Try, &[(Field("body"), Body)]),
    node("resource_specification", Resources, &[]),
    node("resource", Plain, &[(Field("type"), Type), (Field("name"), Pattern)]),
    varied("catch_clause", Handler, handler, &[(Field("body"), Body)]),
    node("catch_formal_parameter", Plain, &[(Field("name"), Pattern), (Kind("catch_type"), Type)]),
    node("finally_clause", Finally, &[]),
    node("labeled_statement", Labelled, &[(Nth(0), Label)]),
    node("break_statement", Break, &[(Kind("identifier"), Label)]),
    node("continue_statement", Continue, &[(Kind("identifier"), Label)]),
    node("return_statement", Return, &[]),
    node("throw_statement", Throw, &[]),
    node("assert_statement", Assert, &[(Nth(0), Condition)]),
    node(
        "ternary_expression",
        Ternary,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    node(
        "binary_expression",
        Logical,
        &[(Field("left"), Operand), (Field("operator"), Operator), (Field("right"), Operand)],
    ),
    token("&&", And),
    token("||", Or),
    node("parenthesized_expression", Paren, &[(Any, Operand)]),
    node("unary_expression", Not, &[(Field("operand"), Operand)]),
    node("lambda_expression", Closure, &[(Field("parameters"), Parameters), (Field("body"), Body)]),
    // Names.
    node("method_invocation", Call, &[(Field("object"), Object), (Field("name"), Callee)]),
    node("object_creation_expression", Call, &[(Field("type"), Callee)]),
    node("field_access", Member, &[(Field("object"), Object), (Field("field"), MemberPart)]),
    node("scoped_identifier", Path, &[(Field("scope"), Object), (Field("name"), MemberPart)]),
    node("assignment_expression", Plain, &[(Field("left"), Target)]),
    node("update_expression", Plain, &[(Any, Target)]),
    node("variable_declarator", Plain, &[(Field("name"), Pattern)]),
    varied("formal_parameter", Plain, component, &[(Field("type"), Type), (Field("name"), Pattern)]),
    node("spread_parameter", Plain, &[]),
    node("receiver_parameter", Separator, &[]),
    node("inferred_parameters", Plain, &[(Any, Pattern)]),
    node("instanceof_expression", Plain, &[(Field("right"), Type), (Field("name"), Pattern)]),
    node("type_pattern", Plain, &[(Kind("identifier"), Pattern)]),
    node("record_pattern_component", Plain, &[(Kind("identifier"), Pattern)]),
    node("type_parameter", Plain, &[(Kind("type_identifier"), Key)]),
    node("element_value_pair", Plain, &[(Field("key"), Key)]),
    node("identifier", Name, &[]),
    node("type_identifier", TypeName, &[]),
    node("true", True, &[]),
    node("false", False, &[]),
];

/// A block among a type's members runs when an object is made.
fn block(seen: &Seen<'_, '_>) -> Role {
    let is_member =
        seen.ancestors().next().is_some_and(|around| matches!(around.kind(), "class_body" | "enum_body_declarations"));
    if is_member { Initializer } else { Block }
}

/// What a record's head holds are its fields.
fn component(seen: &Seen<'_, '_>) -> Role {
    if seen.in_function { Plain } else { Declare }
}

/// `catch (Throwable t)` catches everything.
fn handler(seen: &Seen<'_, '_>) -> Role {
    let mut cursor = seen.node.walk();
    let parameter = seen.node.named_children(&mut cursor).find(|child| child.kind() == "catch_formal_parameter");
    let types = parameter.and_then(|parameter| {
        let mut cursor = parameter.walk();
        parameter.named_children(&mut cursor).find(|child| child.kind() == "catch_type")
    });
    match types.map(|types| seen.text(types)) {
        Some(b"Throwable" | b"java.lang.Throwable") => CatchAll,
        _ => Handler,
    }
}
