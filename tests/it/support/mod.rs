//! What several topics need.

pub mod client;
pub mod place;
