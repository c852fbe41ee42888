//! How long somebody waits for an answer of a workspace that is indexed, held against the goals.
//!
//!     cargo bench --bench answers -- [--index-dir DIR] [--samples N] [--seed N] QUESTION ROOT
//!
//! QUESTION is one of
//!
//! - `edits`: from an edit in a file of about 10,000 lines until another process reads what it has made of the file;
//! - `lookups`: a record by its key, and a symbol with all that refers to it;
//! - `commands`: a command of the command line, from the start of its process to its end;
//! - `start`: the first hover of a session that has our facts, from the start of the server's process;
//! - `typing`: `workspace/symbol`, asked with each letter that is typed of a name.
//!
//! ROOT is indexed for this, unless `--index-dir` names an index of it that is there: that is used as it is, with the settings
//! that it was made with. What is asked about is drawn by chance from the index, the same for the same seed. `edits` works on a
//! copy of ROOT. `tests/benches/answers.sh` brings a corpus and asks them all.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "a benchmark's numbers are its output")]
#![allow(dead_code, reason = "each benchmark uses a part of what they share")]

mod commands;
#[path = "../../fuzz/dice.rs"]
mod dice;
mod edits;
mod goals;
mod lookups;
#[path = "../support/machine.rs"]
mod machine;
#[path = "../support/server.rs"]
mod server;
mod start;
mod subject;
#[path = "../support/mod.rs"]
mod support;
mod typing;

use std::{path::PathBuf, process::ExitCode};

use dice::Dice;
use subject::Subject;

const USAGE: &str = "usage: cargo bench --bench answers -- [--index-dir DIR] [--samples N] [--seed N] QUESTION ROOT
QUESTION: edits, lookups, commands, start, typing";

fn main() -> ExitCode {
    let (mut index_dir, mut samples, mut seed, mut named) = (None, None, 1, Vec::new());
    let mut rest = support::arguments().into_iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--index-dir" => index_dir = rest.next().map(PathBuf::from),
            "--samples" => samples = rest.next().map(|number| number.parse::<usize>().unwrap()),
            "--seed" => seed = rest.next().map_or(seed, |number| number.parse().unwrap()),
            _ => named.push(argument),
        }
    }
    let [question, root] = &named[..] else {
        println!("{USAGE}");
        return ExitCode::from(2);
    };
    let mut dice = Dice::new(seed, 0);
    println!("{}", machine::machine());
    match question.as_str() {
        "edits" => edits::measure(&Subject::copied(root), samples.unwrap_or(100), &mut dice),
        "lookups" => lookups::measure(&Subject::new(root, index_dir), samples.unwrap_or(20_000), &mut dice),
        "commands" => commands::measure(&Subject::new(root, index_dir), samples.unwrap_or(50), &mut dice),
        "start" => start::measure(&Subject::new(root, index_dir), samples.unwrap_or(50)),
        "typing" => typing::measure(&Subject::new(root, index_dir), samples.unwrap_or(100), &mut dice),
        _ => {
            println!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
