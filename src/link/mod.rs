//! Names to symbols across files: what the facts of files come to together.

mod file;
mod world;

pub use file::{FileLinks, link_file};
pub use world::{IndexWorld, Open, SharedFacts, rules_of};
