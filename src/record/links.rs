//! `file:imports:{file_id}`, `file:exports:{file_id}`: what a file takes from other modules and offers to them, as it is
//! written: nothing is resolved here.

use serde::{Deserialize, Serialize};

/// One name, or one module, that is brought in. The range is that of what is imported, not of the whole statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// As written, without quotes: `os.path`, `../util`, `crate::text`, `stdio.h`, `java.util`.
    pub module: String,
    /// What is taken from the module; `*` for everything; none for the module itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is called here, where that is another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    pub kind: ImportKind,
    /// It is offered on (`pub use`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exported: bool,
    pub byte_start: u32,
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Of a module, or of names in it.
    Import,
    /// Of types only (TypeScript's `import type`).
    Type,
    /// Of a member of a type (Java's `import static`).
    Static,
    /// Text put in, searched for beside the file first (`#include "x"`).
    Include,
    /// Text put in, searched for among the system's headers (`#include <x>`).
    SystemInclude,
    /// By a call (`require("x")`, `import("x")`).
    Call,
}

/// One name that is offered under a name of its own. Definitions that are exported where they stand are told by their
/// visibility.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// What others call it: `default`, `*` for everything that `module` offers.
    pub name: String,
    /// What it is called here, where that is another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// The module that it is passed on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    pub byte_start: u32,
    pub byte_end: u32,
    pub start_line: u32,
    pub start_col: u32,
}

impl Import {
    /// Of a module at a place; lines and columns are put in by extraction, which knows them.
    pub fn of(module: impl Into<String>, kind: ImportKind, range: std::ops::Range<usize>) -> Self {
        Import {
            module: module.into(),
            name: None,
            alias: None,
            kind,
            exported: false,
            byte_start: range.start as u32,
            byte_end: range.end as u32,
            start_line: 0,
            start_col: 0,
        }
    }
}

impl Export {
    /// Of a name at a place; lines and columns are put in by extraction, which knows them.
    pub fn of(name: impl Into<String>, range: std::ops::Range<usize>) -> Self {
        Export {
            name: name.into(),
            local: None,
            module: None,
            byte_start: range.start as u32,
            byte_end: range.end as u32,
            start_line: 0,
            start_col: 0,
        }
    }
}
