//! The questions that can be put to the index, answered in the editor's own terms. Pure functions over a [`View`]: they
//! read nothing beside it, and they know neither an editor's protocol nor a terminal.

mod calls;
mod candidates;
mod definition;
mod drawing;
mod facts;
mod graph;
mod graph_render;
mod hotspots;
mod hover;
mod hover_render;
mod metrics;
mod note;
mod outline;
mod pattern;
mod references;
mod search;
mod shape;
mod symbols;
mod top;
mod types;
mod view;
mod why;
mod word;

#[cfg(test)]
mod testing;

pub use calls::{Call, Calls, callable, callees, callers};
pub use definition::{Definition, Site, definition};
pub use drawing::{BoxPlace, Drawing, Stroke, block_code};
pub use facts::SymbolFacts;
pub use graph::{FunctionGraph, function_graph, leaves};
pub use hotspots::{HotFile, HotFunction, Hotspots, hotspots};
pub use hover::{Basis, Found, HoverFacts, hover};
pub use hover_render::Style;
pub use metrics::{FileTable, FunctionRow, FunctionTable, Generated, LeftOut, SortKey, file_metrics, function_metrics};
pub use note::{FileState, Note};
pub use outline::{Node, outline, tree};
pub use references::{Use, highlights, references};
pub use search::{Hit, Search, search};
pub use shape::Shape;
pub use symbols::{FileSymbols, Spot};
pub use types::{implementations, subtypes, supertypes, type_definition};
pub use view::{Buffers, View};
pub use why::{Why, WhyLine, WhyPlace, why};
pub use word::{Access, Word};
