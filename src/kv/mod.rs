//! The index: JSON values in LMDB. The only place that knows heed.
//!
//! What is in it, for readers in any language:
#![doc = include_str!("FORMAT.md")]

mod beside;
mod bulk;
mod clash;
mod decoded;
pub mod encoding;
mod env;
mod error;
mod exam;
mod footprint;
mod ground;
mod handle;
mod health;
mod info;
pub mod keys;
mod lease;
mod links;
pub mod names;
mod place;
mod rows;
#[cfg(test)]
mod samples;
mod schema;
mod sealed;
mod session;
mod snapshot;
mod space;
mod store;
mod writer;

pub use bulk::{Bulk, Compacted, Extent, Filled, Published};
pub use error::StoreError;
pub use exam::Examination;
pub use handle::Hearing;
pub use info::{IndexInfo, NamespaceInfo};
pub use lease::{Asked, Lease, LeasePlace};
pub use links::{LinkUpdate, Todo};
pub use names::NameTable;
pub use rows::FileRows;
pub use schema::{FORMAT_VERSION, IndexRecord};
pub use session::Sessions;
pub use snapshot::Snapshot;
pub use store::{Applied, FileUpdate, Store};
pub use writer::EXECUTIONS_KEPT;
