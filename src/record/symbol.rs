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
    /// The name in it: bytes, and the place where they start. The end is not stored: see [`Symbol::complete`].
    pub name_byte_start: u32,
    #[serde(default, skip_serializing)]
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
    #[serde(default, skip_serializing_if = "Visibility::is_public")]
    pub visibility: Visibility,
    /// Of a function or type that is a value and is named by what holds it: the kind of that (`constant`, of
    /// `const f = () => 1`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<SymbolKind>,
    /// A macro's call makes it: what stands at its place is the call, and its name stands nowhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expanded: bool,
    /// No outline shows it: a member that is defined by assigning to it, or of a type without a name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlisted: bool,
}

impl Symbol {
    /// Puts back what the stored form leaves out: the name's end, which its length tells. An `impl` is named after its
    /// type, which stands last in its name.
    pub fn complete(&mut self) {
        let in_text = match self.kind {
            // An anonymous thing's name stands nowhere, nor does that of what a macro makes.
            _ if self.expanded || self.name.starts_with('(') => "",
            SymbolKind::Closure => "",
            SymbolKind::Impl => {
                let of = self.name.strip_prefix("impl ").unwrap_or(&self.name);
                of.rsplit_once(" for ").map_or(of, |(_, of)| of)
            }
            _ => &self.name,
        };
        self.name_byte_end = self.name_byte_start + in_text.len() as u32;
    }
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
    /// An anonymous function. It stands in no outline.
    Closure,
    Property,
    Field,
    Variable,
    Constant,
    Macro,
    /// A call of a macro that defines something.
    MacroCall,
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
            SymbolKind::Closure => "closure",
            SymbolKind::Property => "property",
            SymbolKind::Field => "field",
            SymbolKind::Variable => "variable",
            SymbolKind::Constant => "constant",
            SymbolKind::Macro => "macro",
            SymbolKind::MacroCall => "macro_call",
        }
    }

    /// Has a control-flow graph, if it has a body.
    pub fn is_function(self) -> bool {
        matches!(self, SymbolKind::Function | SymbolKind::Method | SymbolKind::Constructor | SymbolKind::Closure)
    }

    /// Is called by the name that it bears: can be found by it, and referred to.
    pub fn has_name(self) -> bool {
        !matches!(self, SymbolKind::Impl | SymbolKind::Closure | SymbolKind::MacroCall)
    }

    /// Holds members.
    pub fn is_type(self) -> bool {
        use SymbolKind::{Class, Enum, Interface, Struct, Trait, Union};
        matches!(self, Class | Struct | Union | Enum | Interface | Trait)
    }
}

impl Visibility {
    fn is_public(&self) -> bool {
        *self == Visibility::Public
    }
}

/// Left out where it is public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Seen wherever its container is.
    #[default]
    Public,
    /// Seen in a part of the project (`pub(crate)`, `pub(super)`, package-private).
    Internal,
    /// Seen by subclasses (Python's `_name` by convention).
    Protected,
    Private,
}
