//! The persisted shapes, one file each: what a JSON value in the index looks like.
//!
//! In all of them a range of bytes is half-open, lines are 1-based, columns are 0-based bytes, and a field that has
//! nothing to say is left out (readers take it as `null`).

mod ast;
mod cfg;
mod chunk;
mod column_reader;
mod dep_rows;
mod deps;
mod execution;
mod fact_columns;
mod fact_tables;
mod facts;
mod file;
mod ids;
mod late;
mod layout;
mod linked;
mod links;
mod metrics;
mod names;
mod reference;
mod span;
mod symbol;
mod why;

pub use ast::{AstColumns, AstNode};
pub use cfg::{BlockKind, CfgBlock, CfgColumns, Edge, EdgeKind, StoredCfg, Terminator};
pub use chunk::Chunk;
pub use dep_rows::{DEP_PARTS, DepRow, StoredDeps, in_parts};
pub use deps::{Dep, Group, PACKAGE, Surface, WHOLE, group, item};
pub use execution::{Execution, Outcome, Selection};
pub use fact_columns::FactColumns;
pub use facts::{
    Binding, BindingId, BindingKind, Expr, ExprId, Facts, FoundBy, ListId, NONE, NameId, Operands, SymbolFacts, Token,
};
pub use file::{FileRecord, Problem, ProblemKind, Skip, SkipReason, Source};
pub use ids::{FileId, SymbolId};
pub use layout::Layout;
pub use linked::{Link, LinkColumns, Target};
pub use links::{Export, Import, ImportKind};
pub use metrics::{FileMetrics, SymbolMetrics};
pub use names::Names;
pub use reference::{Confidence, Reference, ReferenceKind, ReferenceRow, ReferenceRows};
pub use span::Span;
pub use symbol::{Symbol, SymbolKind, Visibility};
pub use why::{Cause, Contribution, WhyColumns};

use std::sync::Arc;

/// Everything that one file brings into the index. A skipped file has its `file` record and nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRecords {
    pub file: FileRecord,
    /// In source order: a container stands before what it contains.
    pub symbols: Vec<Symbol>,
    /// For each symbol of this file that this file refers to: the references, in source order.
    pub references: Vec<(SymbolId, Vec<Reference>)>,
    /// In preorder; a node's `id` is its place in this list.
    pub nodes: Vec<AstNode>,
    /// For each function of this file: its control-flow graph, the entry block first.
    pub graphs: Vec<(SymbolId, Vec<CfgBlock>)>,
    /// In source order.
    pub chunks: Vec<Chunk>,
    pub file_metrics: Option<FileMetrics>,
    /// For functions and types.
    pub symbol_metrics: Vec<SymbolMetrics>,
    /// For each function whose complexities are more than the least: what adds to them, in source order.
    pub whys: Vec<(SymbolId, Vec<Contribution>)>,
    /// In source order, as are exports.
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// What its names are, as far as the file tells.
    pub facts: Arc<Facts>,
}

impl FileRecords {
    /// The records of a file that is known and not indexed.
    pub fn skipped(file: FileRecord) -> Self {
        FileRecords {
            file,
            symbols: Vec::new(),
            references: Vec::new(),
            nodes: Vec::new(),
            graphs: Vec::new(),
            chunks: Vec::new(),
            file_metrics: None,
            symbol_metrics: Vec::new(),
            whys: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            facts: Arc::default(),
        }
    }
}
