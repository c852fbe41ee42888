//! What the node kinds mean that TypeScript's grammars have beyond JavaScript's, or have in another form.

use super::shapes;
use crate::{
    languages::{
        javascript::shapes::field,
        roles::{
            Part::{
                Body, Fallback, Key, Member as MemberPart, Name as NamePart, Object, Parameters, Pattern, Type, Value,
            },
            Role::{Block, Define, Import, Name, Optional, Path, Plain, TypeName, Wrapper},
            Row,
            Select::{Any, Field, Kind, Nth},
            node, token, varied,
        },
    },
    record::SymbolKind,
};

pub(super) const OWN: &[Row] = &[
    // Definitions.
    node(
        "function_signature",
        Define(SymbolKind::Function),
        &[(Field("name"), NamePart), (Field("parameters"), Parameters)],
    ),
    node("abstract_class_declaration", Define(SymbolKind::Class), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("interface_declaration", Define(SymbolKind::Interface), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("interface_body", Block, &[]),
    varied("method_signature", Plain, shapes::method, &[(Field("name"), Key), (Field("parameters"), Parameters)]),
    node(
        "abstract_method_signature",
        Define(SymbolKind::Method),
        &[(Field("name"), NamePart), (Field("parameters"), Parameters)],
    ),
    varied("property_signature", Plain, shapes::property, &[(Field("name"), Key), (Field("type"), Type)]),
    varied("call_signature", Plain, shapes::method, &[(Field("parameters"), Parameters)]),
    varied("construct_signature", Plain, shapes::method, &[(Field("parameters"), Parameters)]),
    varied("index_signature", Plain, shapes::property, &[(Field("name"), Key)]),
    varied(
        "public_field_definition",
        Define(SymbolKind::Property),
        field,
        &[(Field("name"), Key), (Field("type"), Type), (Field("value"), Value)],
    ),
    node("enum_declaration", Define(SymbolKind::Enum), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("enum_body", Plain, &[(Field("name"), NamePart)]),
    node("enum_assignment", Define(SymbolKind::EnumMember), &[(Field("name"), NamePart)]),
    varied("property_identifier", Name, shapes::enum_member, &[]),
    varied("string", Plain, shapes::enum_string, &[]),
    node("type_alias_declaration", Define(SymbolKind::TypeAlias), &[(Field("name"), NamePart), (Field("value"), Type)]),
    node("internal_module", Define(SymbolKind::Namespace), &[(Field("name"), NamePart), (Field("body"), Body)]),
    node("module", Define(SymbolKind::Module), &[(Field("name"), NamePart), (Field("body"), Body)]),
    varied("ambient_declaration", Wrapper, shapes::ambient, &[(Kind("statement_block"), Body)]),
    // Parameters.
    varied("formal_parameters", Plain, shapes::parameters, &[]),
    varied(
        "required_parameter",
        Plain,
        shapes::parameter,
        &[(Field("pattern"), Pattern), (Field("type"), Type), (Field("value"), Fallback)],
    ),
    varied(
        "optional_parameter",
        Plain,
        shapes::parameter,
        &[(Field("pattern"), Pattern), (Field("type"), Type), (Field("value"), Fallback)],
    ),
    // Modules.
    node("import_alias", Import, &[]),
    // Types.
    node("type_annotation", Plain, &[(Any, Type)]),
    node("type_arguments", Plain, &[(Any, Type)]),
    node("type_parameter", Plain, &[(Field("name"), Key)]),
    node("mapped_type_clause", Plain, &[(Field("name"), Key)]),
    node("implements_clause", Plain, &[(Any, Type)]),
    node("extends_type_clause", Plain, &[(Any, Type)]),
    node("as_expression", Plain, &[(Nth(1), Type)]),
    node("satisfies_expression", Plain, &[(Nth(1), Type)]),
    node("nested_type_identifier", Path, &[(Field("module"), Object), (Field("name"), MemberPart)]),
    node("type_identifier", TypeName, &[]),
    // Expressions.
    node("non_null_expression", Plain, &[(Any, Object)]),
    token("?.", Optional),
];
