//! Rust.

mod bind;
mod imports;
mod layout;
mod rules;

use std::sync::OnceLock;

use super::{
    Language,
    roles::{
        Cognitive, Counting, Definition, Hooks, MarkedSpan, Marks,
        Part::{
            Body, Callee, Condition, Else, Guard, Iterable, Key, LetElse, Member as MemberPart, Name as NamePart,
            Object, Operand, Operator, Parameters, Pattern, SelfType, Subject, Target, Then, Trait, Type,
        },
        Role::{
            And, AndChain, Arm, Attribute, Block, Break, Call, Closure, Comment, Continue, Define, Else as ElseRole,
            False, For, If, Impl, Import, Label, Logical, Loop, Macro, Match, Member, Name, Not, Or, Paren, Path,
            Plain, Question, Return, Statement, Suspend, True, TypeName, While,
        },
        Row,
        Select::{Any, Field, Kind},
        node, token,
    },
};
use crate::record::{SymbolKind, Visibility};

pub(super) static LANGUAGE: Language = Language {
    name: "rust",
    extensions: &["rs"],
    file_names: &[],
    interpreters: &["rust-script"],
    editor_ids: &[],
    separator: "::",
    grammar: || tree_sitter_rust::LANGUAGE.into(),
    rows: ROWS,
    table: OnceLock::new(),
    hooks: Hooks {
        marks: Marks {
            quotes: b"",
            spans: &[
                MarkedSpan::new("/*", "*/"),
                MarkedSpan::new("r##\"", "\"##"),
                MarkedSpan::new("r#\"", "\"#"),
                MarkedSpan::new("r\"", "\""),
                MarkedSpan::escaping("\"", "\""),
            ],
            has_wordy_spans: true,
            ..Marks::C
        },
        module_of: layout::module_of,
        anonymous: "<closure>",
        imports: imports::imports,
        kind_of,
        visibility,
        doc_comment,
        self_type_name,
        found_by: rules::found_by,
        never_returns: &[
            "exit",
            "abort",
            "process::exit",
            "process::abort",
            "std::process::exit",
            "std::process::abort",
        ],
        may_be_absent: |attribute| attribute.starts_with(b"#[cfg("),
        raising_macros: &["panic", "unreachable", "todo", "unimplemented", "std::panic", "core::panic"],
        catch_all: &["_"],
        matches_are_exhaustive: true,
        capitals_bind: false,
        self_names: &["self", "Self"],
        binding: bind::ROWS,
        rules: &rules::RULES,
        counting: Counting {
            arms_without_catch_all: false,
            loop_and_try_else: false,
            assertions: false,
            guards: true,
            variants: false,
            without_body: false,
            closures_count_outside: true,
            functions_count_outside: false,
            types_count_outside: true,
            cognitive: Cognitive {
                recursion: false,
                heads_nest: true,
                runs_as_written: true,
                deferred_blocks_nest: false,
                ..Cognitive::PAPER
            },
        },
        ..Hooks::NONE
    },
};

const ROWS: &[Row] = &[
    // Definitions.
    node(
        "function_item",
        Define(SymbolKind::Function),
        &[
            (Field("name"), NamePart),
            (Field("parameters"), Parameters),
            (Field("return_type"), Type),
            (Field("body"), Body),
        ],
    ),
    node(
        "function_signature_item",
        Define(SymbolKind::Function),
        &[(Field("name"), NamePart), (Field("parameters"), Parameters), (Field("return_type"), Type)],
    ),
    node("struct_item", Define(SymbolKind::Struct), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("union_item", Define(SymbolKind::Union), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("enum_item", Define(SymbolKind::Enum), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("enum_variant", Define(SymbolKind::EnumMember), &[(Field("name"), NamePart)]),
    node("field_declaration", Define(SymbolKind::Field), &[(Field("name"), NamePart), (Field("type"), Type)]),
    node("trait_item", Define(SymbolKind::Trait), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("impl_item", Impl, &[(Field("type"), SelfType), (Field("trait"), Trait), (Field("body"), Body)]),
    node("mod_item", Define(SymbolKind::Module), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("const_item", Define(SymbolKind::Constant), &[(Field("name"), NamePart), (Field("type"), Type)]),
    node("static_item", Define(SymbolKind::Constant), &[(Field("name"), NamePart), (Field("type"), Type)]),
    node("type_item", Define(SymbolKind::TypeAlias), &[(Field("name"), NamePart), (Field("type"), Type)]),
    node("associated_type", Define(SymbolKind::TypeAlias), &[(Field("name"), NamePart)]),
    node("macro_definition", Define(SymbolKind::Macro), &[(Field("name"), NamePart)]),
    // What stands before a definition.
    node("attribute_item", Attribute, &[]),
    node("line_comment", Comment, &[]),
    node("block_comment", Comment, &[]),
    // Statements.
    node("use_declaration", Import, &[]),
    node("extern_crate_declaration", Import, &[]),
    node(
        "let_declaration",
        Statement,
        &[(Field("pattern"), Pattern), (Field("type"), Type), (Field("alternative"), LetElse)],
    ),
    node("expression_statement", Statement, &[]),
    node("block", Block, &[]),
    // Control flow.
    node(
        "if_expression",
        If,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    node("else_clause", ElseRole, &[]),
    node("let_condition", Plain, &[(Field("pattern"), Pattern)]),
    node("let_chain", AndChain, &[(Any, Operand)]),
    node("while_expression", While, &[(Field("condition"), Condition), (Field("body"), Body)]),
    node("for_expression", For, &[(Field("pattern"), Pattern), (Field("value"), Iterable), (Field("body"), Body)]),
    node("loop_expression", Loop, &[(Field("body"), Body)]),
    node("match_expression", Match, &[(Field("value"), Subject), (Field("body"), Body)]),
    node("match_arm", Arm, &[(Field("pattern"), Pattern), (Field("value"), Body)]),
    node("match_pattern", Plain, &[(Field("condition"), Guard)]),
    node("try_block", Block, &[]),
    node("try_expression", Question, &[]),
    node("return_expression", Return, &[]),
    node("break_expression", Break, &[]),
    node("continue_expression", Continue, &[]),
    node(
        "binary_expression",
        Logical,
        &[(Field("left"), Operand), (Field("operator"), Operator), (Field("right"), Operand)],
    ),
    token("&&", And),
    token("||", Or),
    node("parenthesized_expression", Paren, &[(Any, Operand)]),
    node("unary_expression", Not, &[(Any, Operand)]),
    node("closure_expression", Closure, &[(Field("parameters"), Parameters), (Field("body"), Body)]),
    node("async_block", Closure, &[(Kind("block"), Body)]),
    node("gen_block", Closure, &[(Kind("block"), Body)]),
    node("await_expression", Suspend, &[]),
    node("yield_expression", Suspend, &[]),
    node("macro_invocation", Macro, &[(Field("macro"), Callee)]),
    // Names.
    node("call_expression", Call, &[(Field("function"), Callee)]),
    node("generic_function", Plain, &[(Field("function"), Callee)]),
    node("field_expression", Member, &[(Field("value"), Object), (Field("field"), MemberPart)]),
    node("scoped_identifier", Path, &[(Field("path"), Object), (Field("name"), MemberPart)]),
    node("scoped_type_identifier", Path, &[(Field("path"), Object), (Field("name"), MemberPart)]),
    node("assignment_expression", Plain, &[(Field("left"), Target)]),
    node("compound_assignment_expr", Plain, &[(Field("left"), Target)]),
    node("parameter", Plain, &[(Field("pattern"), Pattern), (Field("type"), Type)]),
    node("type_parameter", Plain, &[(Field("name"), Key), (Field("bounds"), Type)]),
    node("const_parameter", Plain, &[(Field("name"), Pattern)]),
    node("closure_parameters", Plain, &[(Kind("identifier"), Pattern)]),
    node("tuple_struct_pattern", Plain, &[(Field("type"), Type)]),
    node("struct_pattern", Plain, &[(Field("type"), Type)]),
    node("field_initializer", Plain, &[(Field("field"), Key)]),
    node("field_pattern", Plain, &[(Field("name"), Key)]),
    node("use_as_clause", Plain, &[(Field("alias"), Key)]),
    node("identifier", Name, &[]),
    node("field_identifier", Name, &[]),
    node("shorthand_field_identifier", Name, &[]),
    node("type_identifier", TypeName, &[]),
    node("label", Label, &[]),
    token("true", True),
    token("false", False),
];

/// A function in an `impl` or a trait is a method if it takes `self`.
fn kind_of(definition: &Definition<'_, '_>) -> SymbolKind {
    if definition.kind != SymbolKind::Function {
        return definition.kind;
    }
    let takes_self = || {
        let parameters = definition.node.child_by_field_name("parameters")?;
        Some(parameters.named_child(0)?.kind() == "self_parameter")
    };
    match definition.container {
        Some(SymbolKind::Impl | SymbolKind::Trait) if takes_self() == Some(true) => SymbolKind::Method,
        _ => SymbolKind::Function,
    }
}

fn visibility(definition: &Definition<'_, '_>) -> Visibility {
    let of_container =
        matches!(definition.container, Some(SymbolKind::Trait | SymbolKind::Enum | SymbolKind::EnumMember))
            || definition.in_trait_impl
            || matches!(definition.kind, SymbolKind::Impl | SymbolKind::EnumMember);
    if of_container {
        return Visibility::Public;
    }
    let mut cursor = definition.node.walk();
    let modifier = definition.node.children(&mut cursor).find(|child| child.kind() == "visibility_modifier");
    match modifier.map(|modifier| &definition.bytes[modifier.byte_range()]) {
        None | Some(b"pub(self)") => Visibility::Private,
        Some(b"pub") => Visibility::Public,
        Some(_) => Visibility::Internal,
    }
}

/// `/// text`, `/** text */`.
fn doc_comment(comment: &str) -> Option<String> {
    let comment = comment.trim_end();
    if let Some(line) = comment.strip_prefix("///") {
        return (!line.starts_with('/')).then(|| line.strip_prefix(' ').unwrap_or(line).to_owned());
    }
    let inside = comment.strip_prefix("/**")?;
    if inside.starts_with('*') || inside.starts_with('/') {
        return None;
    }
    Some(super::block_comment_text(inside.strip_suffix("*/").unwrap_or(inside)))
}

/// `Printer` of `&'a mut crate::printer::Printer<'a, W>`.
fn self_type_name(text: &str) -> &str {
    let text = text.split('<').next().unwrap_or(text).trim_end();
    let text = text.rsplit("::").next().unwrap_or(text);
    text.rsplit(|c: char| c.is_whitespace() || c == '&' || c == '*').next().unwrap_or(text)
}
