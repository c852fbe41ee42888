//! Python.

mod bind;
mod layout;
mod links;
mod rules;

use std::sync::OnceLock;

use tree_sitter::Node;

use super::{
    Language,
    roles::{
        Cognitive, Counting, Definition, Hooks, MarkedSpan, Marks,
        Part::{
            Body, Callee, Condition, Else, Guard, Iterable, Key, Member as MemberPart, Name as NamePart, Object,
            Operand, Operator, Parameters, Pattern, Subject, Target, Then, Type, Unweighed,
        },
        Role,
        Role::{
            And, Arm, Assert, Assign, Attribute, Block, Break, Call, CatchAll, Closure, Comment, Comprehension,
            ComprehensionFor, ComprehensionIf, Continue, DefaultArm, Define, Else as ElseRole, ElseIf, False, Finally,
            For, Handler, If, Import, Logical, MatchInTurn, Member, Name, Not, Or, Paren, Plain, Return, Separator,
            Statement, Suspend, Ternary, Throw, True, Try, While, With, Wrapper,
        },
        Row, Seen,
        Select::{Any, Field, Kind, Nth},
        Shape, linking, node, token, varied,
    },
};
use crate::record::{SymbolKind, Visibility};

pub(super) static LANGUAGE: Language = Language {
    name: "python",
    extensions: &["py", "pyi", "pyw"],
    file_names: &["SConstruct", "SConscript", "wscript"],
    interpreters: &["python", "pypy"],
    editor_ids: &[],
    separator: ".",
    grammar: || tree_sitter_python::LANGUAGE.into(),
    rows: ROWS,
    table: OnceLock::new(),
    hooks: Hooks {
        marks: Marks {
            line_comments: &["#"],
            spans: &[MarkedSpan::escaping("\"\"\"", "\"\"\""), MarkedSpan::escaping("'''", "'''")],
            ..Marks::C
        },
        shape: Shape::Indented,
        module_of: layout::module_of,
        anonymous: "<lambda>",
        imports: links::imports,
        listed_members,
        kind_of,
        visibility,
        inner_doc,
        never_returns: &["os._exit", "os.abort"],
        // It raises `SystemExit`.
        raising_macros: &["sys.exit"],
        assigning_binds: true,
        definitions_run: true,
        self_names: &["self", "cls"],
        binding: bind::ROWS,
        rules: &rules::RULES,
        counting: Counting {
            arms_without_catch_all: true,
            loop_and_try_else: true,
            assertions: true,
            guards: false,
            variants: false,
            without_body: false,
            closures_count_outside: true,
            functions_count_outside: false,
            types_count_outside: true,
            cognitive: Cognitive { comprehensions: true, wrappers_are_flat: true, ..Cognitive::PAPER },
        },
        ..Hooks::NONE
    },
};

const ROWS: &[Row] = &[
    // Definitions.
    node(
        "function_definition",
        Define(SymbolKind::Function),
        &[
            (Field("name"), NamePart),
            (Field("parameters"), Parameters),
            (Field("return_type"), Type),
            (Field("body"), Body),
        ],
    ),
    node("class_definition", Define(SymbolKind::Class), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("type_alias_statement", Define(SymbolKind::TypeAlias), &[(Field("left"), NamePart)]),
    linking(node("assignment", Assign, &[(Field("left"), Target), (Field("type"), Type)]), links::of_assignment),
    linking(node("augmented_assignment", Plain, &[(Field("left"), Target)]), links::of_assignment),
    node("pattern_list", Plain, &[(Any, Target)]),
    node("tuple_pattern", Plain, &[(Any, Target)]),
    node("list_pattern", Plain, &[(Any, Target)]),
    node("named_expression", Plain, &[(Field("name"), Pattern)]),
    node("decorated_definition", Wrapper, &[]),
    node("decorator", Attribute, &[]),
    node("comment", Comment, &[]),
    // Statements.
    node("import_statement", Import, &[]),
    node("import_from_statement", Import, &[]),
    node("future_import_statement", Import, &[]),
    node("aliased_import", Plain, &[(Field("alias"), Pattern)]),
    node("expression_statement", Statement, &[]),
    node("delete_statement", Statement, &[]),
    node("global_statement", Statement, &[]),
    node("nonlocal_statement", Statement, &[]),
    node("pass_statement", Statement, &[]),
    node("print_statement", Statement, &[]),
    node("exec_statement", Statement, &[]),
    node("block", Block, &[]),
    // Control flow.
    node(
        "if_statement",
        If,
        &[(Field("condition"), Condition), (Field("consequence"), Then), (Field("alternative"), Else)],
    ),
    node("elif_clause", ElseIf, &[(Field("condition"), Condition), (Field("consequence"), Then)]),
    node("else_clause", ElseRole, &[]),
    node(
        "while_statement",
        While,
        &[(Field("condition"), Condition), (Field("body"), Body), (Field("alternative"), Else)],
    ),
    node(
        "for_statement",
        For,
        &[(Field("left"), Pattern), (Field("right"), Iterable), (Field("body"), Body), (Field("alternative"), Else)],
    ),
    node("match_statement", MatchInTurn, &[(Field("subject"), Subject), (Field("body"), Body)]),
    varied(
        "case_clause",
        Arm,
        case,
        &[(Kind("case_pattern"), Pattern), (Field("guard"), Guard), (Field("consequence"), Body)],
    ),
    node("try_statement", Try, &[(Field("body"), Body), (Kind("else_clause"), Else)]),
    varied("except_clause", Handler, handler, &[(Field("alias"), Pattern), (Kind("block"), Body)]),
    node("finally_clause", Finally, &[]),
    node("with_statement", With, &[(Field("body"), Body)]),
    node("await", Suspend, &[(Any, Unweighed)]),
    node("yield", Suspend, &[(Any, Unweighed)]),
    node("as_pattern", Plain, &[(Field("alias"), Pattern)]),
    node("return_statement", Return, &[]),
    node("break_statement", Break, &[]),
    node("continue_statement", Continue, &[]),
    node("raise_statement", Throw, &[]),
    node("assert_statement", Assert, &[(Nth(0), Condition)]),
    node(
        "boolean_operator",
        Logical,
        &[(Field("left"), Operand), (Field("operator"), Operator), (Field("right"), Operand)],
    ),
    token("and", And),
    token("or", Or),
    node("not_operator", Not, &[(Field("argument"), Operand)]),
    node("parenthesized_expression", Paren, &[(Any, Operand)]),
    node("conditional_expression", Ternary, &[(Nth(0), Then), (Nth(1), Condition), (Nth(2), Else)]),
    node("list_comprehension", Comprehension, &[(Field("body"), Body)]),
    node("set_comprehension", Comprehension, &[(Field("body"), Body)]),
    node("dictionary_comprehension", Comprehension, &[(Field("body"), Body)]),
    node("generator_expression", Comprehension, &[(Field("body"), Body)]),
    node("for_in_clause", ComprehensionFor, &[(Field("left"), Pattern), (Field("right"), Iterable)]),
    node("if_clause", ComprehensionIf, &[(Nth(0), Condition)]),
    // complexipy looks for operators and choices in what is compared, chosen, listed and passed by position, not in these.
    node("binary_operator", Plain, &[(Any, Unweighed)]),
    node("subscript", Plain, &[(Any, Unweighed)]),
    node("interpolation", Plain, &[(Any, Unweighed)]),
    node("list_splat", Plain, &[(Any, Unweighed)]),
    node("dictionary_splat", Plain, &[(Any, Unweighed)]),
    node("lambda", Closure, &[(Field("parameters"), Parameters), (Field("body"), Body)]),
    // Names.
    linking(node("call", Call, &[(Field("function"), Callee)]), links::of_call),
    node("attribute", Member, &[(Field("object"), Object), (Field("attribute"), MemberPart)]),
    node("keyword_argument", Plain, &[(Field("name"), Key), (Field("value"), Unweighed)]),
    node("keyword_pattern", Plain, &[(Nth(0), Key)]),
    node("default_parameter", Plain, &[(Field("name"), Pattern)]),
    node("typed_default_parameter", Plain, &[(Field("name"), Pattern), (Field("type"), Type)]),
    node("typed_parameter", Plain, &[(Field("type"), Type), (Nth(0), Pattern)]),
    node("parameters", Plain, &[(Kind("identifier"), Pattern)]),
    node("positional_separator", Separator, &[]),
    node("keyword_separator", Separator, &[]),
    node("lambda_parameters", Plain, &[(Kind("identifier"), Pattern)]),
    node("list_splat_pattern", Plain, &[(Any, Pattern)]),
    node("dictionary_splat_pattern", Plain, &[(Any, Pattern)]),
    node("type", Plain, &[(Any, Type)]),
    node("identifier", Name, &[]),
    varied("integer", Plain, number, &[]),
    node("true", True, &[]),
    node("false", False, &[]),
];

/// A number that is a condition is one that is known.
fn number(seen: &Seen<'_, '_>) -> Role {
    match seen.text(seen.node) {
        b"0" => False,
        text if text.iter().all(u8::is_ascii_digit) => True,
        _ => Plain,
    }
}

/// `case _:` and `case name:` fit everything.
fn case(seen: &Seen<'_, '_>) -> Role {
    let mut cursor = seen.node.walk();
    // `case name,:` is a tuple.
    let mut heads =
        seen.node.children(&mut cursor).filter(|child| matches!(child.kind(), "case_pattern" | "," | "if_clause"));
    let is_name = |pattern: Node<'_>| match seen.text(pattern) {
        b"None" | b"True" | b"False" => false,
        text => {
            let is_letter = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii();
            text.iter().all(is_letter) && !text.first().is_some_and(u8::is_ascii_digit)
        }
    };
    if heads.next().is_some_and(is_name) && heads.next().is_none() { DefaultArm } else { Arm }
}

/// `except:` catches everything.
fn handler(seen: &Seen<'_, '_>) -> Role {
    let node = seen.node;
    let first =
        (0..node.named_child_count() as u32).find_map(|n| node.named_child(n).filter(|child| !child.is_extra()));
    if first.is_some_and(|child| child.kind() == "block") { CatchAll } else { Handler }
}

/// A function in a class is a method; a name in capitals is a constant.
fn kind_of(definition: &Definition<'_, '_>) -> SymbolKind {
    match definition.kind {
        SymbolKind::Function if definition.container == Some(SymbolKind::Class) => SymbolKind::Method,
        SymbolKind::Variable if is_constant(definition.name) => SymbolKind::Constant,
        kind => kind,
    }
}

/// The names in `__slots__ = "a", "b"`, a list or a dictionary of them.
fn listed_members<'tree>(assignment: Node<'tree>, bytes: &[u8]) -> Vec<Node<'tree>> {
    let (Some(left), Some(right)) = (assignment.child_by_field_name("left"), assignment.child_by_field_name("right"))
    else {
        return Vec::new();
    };
    if &bytes[left.byte_range()] != b"__slots__" {
        return Vec::new();
    }
    let name = |string: Node<'tree>| {
        let content = string.named_child(1).filter(|content| content.kind() == "string_content");
        content.filter(|_| string.kind() == "string" && string.named_child_count() == 3)
    };
    if right.kind() == "string" {
        return name(right).into_iter().collect();
    }
    let mut cursor = right.walk();
    let items = right.named_children(&mut cursor);
    items.filter_map(|item| name(if item.kind() == "pair" { item.child_by_field_name("key")? } else { item })).collect()
}

/// By PEP 8: capitals, digits and underscores.
fn is_constant(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// By convention: `_name` is for the module and its subclasses, `__name` is the class's own.
fn visibility(definition: &Definition<'_, '_>) -> Visibility {
    match definition.name {
        name if name.starts_with("__") && name.ends_with("__") => Visibility::Public,
        name if name.starts_with("__") => Visibility::Private,
        name if name.starts_with('_') => Visibility::Protected,
        _ => Visibility::Public,
    }
}

/// The docstring: a string as the body's first statement.
fn inner_doc(definition: &Definition<'_, '_>) -> Option<String> {
    let body = definition.node.child_by_field_name("body")?;
    let first =
        (0..body.named_child_count() as u32).find_map(|n| body.named_child(n).filter(|child| !child.is_extra()))?;
    let string =
        first.named_child(0).filter(|child| first.kind() == "expression_statement" && child.kind() == "string")?;
    let text = String::from_utf8_lossy(&definition.bytes[string.byte_range()]);
    let text = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| text.starts_with(quote))?;
    let inside = text.strip_prefix(quote)?;
    Some(super::dedent(inside.strip_suffix(quote).unwrap_or(inside)))
}
