//! One file a method, each with three moves: what is asked (decoded, and its document taken as it is now, before the first
//! await), one query, the answer in the client's terms.

mod asked;
pub mod call_hierarchy;
mod callers;
pub mod code_lens;
pub mod control_flow;
mod definition;
mod document_symbol;
mod folding_range;
mod function;
pub mod hotspots;
mod hover;
pub mod metrics;
mod references;
mod selection_range;
mod texts;
pub mod type_hierarchy;
mod why;
mod workspace_symbol;

pub use callers::callers;
pub use definition::{definition, implementation, type_definition};
pub use document_symbol::{document_symbol, nested};
pub use folding_range::folding_range;
pub use hover::hover;
pub use references::{document_highlight, references};
pub use selection_range::selection_range;
pub use why::why;
pub use workspace_symbol::workspace_symbol;

use super::work::Fault;

/// The future of a request: it holds a snapshot, and nothing of the caller.
pub type Answer<T> = std::pin::Pin<Box<dyn Future<Output = Result<T, Fault>> + Send>>;
