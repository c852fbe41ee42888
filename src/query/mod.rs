//! The questions that can be put to the index, answered in the editor's own terms. Pure functions over a [`View`].

mod view;

pub use view::{Buffers, View};
