//! Texts of the language that `RUTTER_FUZZ_LANGUAGE` names, through parsing, extraction and encoding: what must hold for every
//! text (`promises.rs`).

#![no_main]
#![allow(dead_code, reason = "each program uses a part of what they share")]

#[path = "../dice.rs"]
mod dice;
#[path = "../promises.rs"]
mod promises;
#[path = "../spoil.rs"]
mod spoil;
#[path = "../../benches/support/mod.rs"]
mod support;

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::{Corpus, fuzz_target};
use rutter::{
    languages::{self, Language},
    text::SourceText,
};

static LANGUAGE: LazyLock<&'static Language> = LazyLock::new(|| {
    let name = std::env::var("RUTTER_FUZZ_LANGUAGE").expect("RUTTER_FUZZ_LANGUAGE names a language");
    languages::by_name(&name).unwrap_or_else(|| panic!("{name} is no language that rutter reads"))
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = SourceText::from_file(bytes.to_vec()) else { return Corpus::Reject };
    let file = support::File { path: "text".into(), language: *LANGUAGE, text: Arc::new(text) };
    if let Err(promise) = promises::all(&file, &mut dice::Dice::new(1, bytes.len() as u64)) {
        panic!("broken: {promise}");
    }
    Corpus::Keep
});
