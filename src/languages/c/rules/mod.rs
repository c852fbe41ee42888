//! Where names of C and C++ lead.

mod calls;
mod definitions;
mod includes;
mod members;
mod names;
mod scopes;
mod types;

use std::sync::LazyLock;

use crate::resolve::{Rules, Stubs};

static LIBRARY: LazyLock<Stubs> = LazyLock::new(|| Stubs::parse(include_str!("../library.stubs")));

/// C and C++ see each other's names.
const FAMILY: &str = "c";
const SEPARATOR: &str = "::";

pub(in crate::languages) static RULES: Rules = Rules { free: names::free_c, ..BOTH };

pub(in crate::languages) static CPP_RULES: Rules =
    Rules { free: names::free_cpp, chosen: calls::chosen, normal: types::normal, ..BOTH };

const BOTH: Rules = Rules {
    family: FAMILY,
    separator: SEPARATOR,
    import: includes::import,
    member: members::member,
    special: types::special,
    deref: types::deref,
    declared: definitions::declared,
    declares_apart: true,
    library: &LIBRARY,
    ..Rules::NONE
};
