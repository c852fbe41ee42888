//! `ast:file:{file_id}`: the file's structural syntax nodes.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A definition, statement, branch, loop, jump, handler or block, by the grammar's own name for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AstNode {
    /// Its place in the file's list, from 0, in preorder.
    pub id: u32,
    /// The nearest enclosing node of the list; the root has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<u32>,
    pub kind: Cow<'static, str>,
    pub byte_start: u32,
    pub byte_end: u32,
}
