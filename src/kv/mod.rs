//! The index: JSON values in LMDB. The only place that knows heed.

pub mod encoding;
pub mod keys;
mod rows;
mod snapshot;
mod store;

pub use rows::FileRows;
pub use snapshot::Snapshot;
pub use store::{Applied, FileUpdate, Store, StoreError};
