//! Real files, spoiled at random, through parsing, extraction and encoding: what must hold for every text.
//!
//!     cargo bench --bench fuzz -- DIR [SECONDS [SEED]]
//!
//! `cargo bench --profile dev` takes the build that the tests have made. The same seed gives the same texts in the same
//! order. First each file is held, as it is, against itself in pieces. A text that breaks a promise is kept in a file, and the
//! run goes on; the exit code tells.

#![allow(clippy::unwrap_used, reason = "a fuzzer that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "what was found is its output")]
#![allow(dead_code, reason = "each program uses a part of what the benchmarks share")]

mod dice;
mod kept;
mod promises;
mod spoil;
#[path = "../benches/support/mod.rs"]
mod support;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use dice::Dice;
use kept::keep;
use rutter::text::SourceText;
use support::{File, arguments};

/// Texts are cut to this size: a small one is tried a hundred times where a large one is tried once.
const MAX_BYTES: usize = 20_000;

fn main() -> ExitCode {
    let arguments = arguments();
    let Some(root) = arguments.first() else {
        println!("usage: cargo bench --bench fuzz -- DIR [SECONDS [SEED]]");
        return ExitCode::from(2);
    };
    let seconds = arguments.get(1).map_or(60, |seconds| seconds.parse().unwrap());
    let seed = arguments.get(2).map_or(1, |seed| seed.parse().unwrap());
    let files = support::read_all(Path::new(root));
    assert!(!files.is_empty(), "{root} has no file in a language that rutter reads");
    println!("{} files, {seconds} s, seed {seed}", files.len());

    let (mut texts, mut broken) = (0u64, 0u64);
    for file in &files {
        if let Err(promise) = promises::pieces(file) {
            broken += 1;
            println!("broken: {promise}\n  {}", file.path);
        }
    }
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        let mut dice = Dice::new(seed, texts);
        let file = &files[dice.below(files.len())];
        let window = spoil::window(file.text.bytes(), MAX_BYTES, &mut dice);
        let bytes = spoil::spoiled(window, &files[dice.below(files.len())], &mut dice);
        texts += 1;
        if let Err(promise) = try_one(file, bytes.clone(), &mut dice) {
            broken += 1;
            let ending = file.path.rsplit('.').next().unwrap_or("txt");
            let kept = keep(&format!("{seed}-{}.{ending}", texts - 1), &bytes);
            println!("broken: {promise}\n  {} -> {}", file.path, kept.display());
        }
    }
    println!("{texts} texts, {broken} broken");
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Puts one text to the test; the promise that it breaks, if any.
fn try_one(file: &File, bytes: Vec<u8>, dice: &mut Dice) -> Result<(), String> {
    let Ok(text) = SourceText::from_file(bytes) else { return Ok(()) };
    let file = File { text: Arc::new(text), ..file.clone() };
    let tried = catch_unwind(AssertUnwindSafe(|| promises::all(&file, dice)));
    tried.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Err(format!("a panic: {}", text.unwrap_or("without words")))
    })
}
