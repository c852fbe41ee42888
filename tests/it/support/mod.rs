//! What several topics need.

pub mod client;
pub mod place;

use proptest::prelude::ProptestConfig;

/// How many cases a property is tried on, unless `PROPTEST_CASES` says.
pub fn cases(usual: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_some() { config } else { ProptestConfig { cases: usual, ..config } }
}
