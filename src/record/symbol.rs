//! `sym:id:{symbol_id}`: a definition.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{FileId, SymbolId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    pub symbol_id: SymbolId,
    pub file_id: FileId,
    pub path: Arc<str>,
    pub name: String,
    /// Fully-qualified, in the language's own notation.
    pub fqn: String,
    pub kind: SymbolKind,
    pub language: Arc<str>,
    /// The whole definition, with the doc comment and attributes that belong to it.
    pub byte_start: u32,
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
    pub end_line: u32,
    pub end_col: u32,
    /// The name in it: bytes, and the place where they start.
    pub name_byte_start: u32,
    pub name_byte_end: u32,
    pub name_line: u32,
    pub name_col: u32,
    /// The definition without its body, white space drawn together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The doc comment's text without its marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// The symbol that it is defined in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<SymbolId>,
    pub visibility: Visibility,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SymbolKind {
    Module,
    Namespace,
    Class,
    Struct,
    Union,
    Enum,
    EnumMember,
    Interface,
    Trait,
    /// Rust's `impl` block.
    Impl,
    TypeAlias,
    Function,
    Method,
    Constructor,
    Property,
    Field,
    Variable,
    Constant,
    Macro,
}

impl SymbolKind {
    pub fn as_str(self) -> &'static str {
        match self {
            SymbolKind::Module => "module",
            SymbolKind::Namespace => "namespace",
            SymbolKind::Class => "class",
            SymbolKind::Struct => "struct",
            SymbolKind::Union => "union",
            SymbolKind::Enum => "enum",
            SymbolKind::EnumMember => "enum_member",
            SymbolKind::Interface => "interface",
            SymbolKind::Trait => "trait",
            SymbolKind::Impl => "impl",
            SymbolKind::TypeAlias => "type_alias",
            SymbolKind::Function => "function",
            SymbolKind::Method => "method",
            SymbolKind::Constructor => "constructor",
            SymbolKind::Property => "property",
            SymbolKind::Field => "field",
            SymbolKind::Variable => "variable",
            SymbolKind::Constant => "constant",
            SymbolKind::Macro => "macro",
        }
    }

    /// Has a control-flow graph, if it has a body.
    pub fn is_function(self) -> bool {
        matches!(self, SymbolKind::Function | SymbolKind::Method | SymbolKind::Constructor)
    }

    /// Holds members.
    pub fn is_type(self) -> bool {
        use SymbolKind::{Class, Enum, Interface, Struct, Trait, Union};
        matches!(self, Class | Struct | Union | Enum | Interface | Trait)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Seen wherever its container is.
    Public,
    /// Seen in a part of the project (`pub(crate)`, `pub(super)`, package-private).
    Internal,
    /// Seen by subclasses (Python's `_name` by convention).
    Protected,
    Private,
}
