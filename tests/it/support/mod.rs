//! What several topics need.

pub mod client;
