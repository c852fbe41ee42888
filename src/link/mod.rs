//! Names to symbols across files: what the facts of files come to together.

mod file;
mod files;
mod shared;
mod world;

pub use file::{FileLinks, link_file};
pub use shared::Shared;
pub use world::{IndexWorld, Open, rules_of};
