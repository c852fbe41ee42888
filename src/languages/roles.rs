//! What node kinds mean.
use super::Surroundings;

#[derive(Clone, Copy, Debug)]
pub enum Role {}

#[derive(Clone, Copy, Debug)]
pub struct Hooks {
    pub module_of: fn(&str, &dyn Surroundings) -> String,
}
