//! `ast:file:{file_id}`: the file's structural syntax nodes.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A definition, statement, branch, loop, jump, handler or block, by the grammar's own name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AstNode {
    /// Its place in the file's list, from 0, in preorder.
    pub id: u32,
    /// The nearest enclosing node of the list; the root has none.
    pub parent_id: Option<u32>,
    pub kind: Cow<'static, str>,
    pub byte_start: u32,
    pub byte_end: u32,
}

/// The stored form: a column a field, so that a node takes some 20 bytes and not 80. Entry `n` of each column is the node
/// whose `id` is `n`; `kind` is a place in `kinds`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AstColumns {
    pub kinds: Vec<Cow<'static, str>>,
    pub kind: Vec<u16>,
    pub parent_id: Vec<Option<u32>>,
    pub byte_start: Vec<u32>,
    pub byte_end: Vec<u32>,
}

impl AstColumns {
    pub fn of(nodes: &[AstNode]) -> Self {
        let mut columns = AstColumns::default();
        let mut places: FxHashMap<&str, u16> = FxHashMap::default();
        for node in nodes {
            let place = *places.entry(&node.kind).or_insert_with(|| {
                columns.kinds.push(node.kind.clone());
                columns.kinds.len() as u16 - 1
            });
            columns.kind.push(place);
            columns.parent_id.push(node.parent_id);
            columns.byte_start.push(node.byte_start);
            columns.byte_end.push(node.byte_end);
        }
        columns
    }

    /// `None` when the columns do not fit together.
    pub fn nodes(self) -> Option<Vec<AstNode>> {
        let count = self.kind.len();
        if [self.parent_id.len(), self.byte_start.len(), self.byte_end.len()] != [count; 3] {
            return None;
        }
        (0..count)
            .map(|at| {
                Some(AstNode {
                    id: at as u32,
                    parent_id: self.parent_id[at],
                    kind: self.kinds.get(usize::from(self.kind[at]))?.clone(),
                    byte_start: self.byte_start[at],
                    byte_end: self.byte_end[at],
                })
            })
            .collect()
    }
}
