//! What an index costs beside what parsing alone costs, and what other tools take for the same files; in one run, for the
//! machine's speed is nobody's merit.
//!
//!     cargo bench --bench ratios -- [--record] [--rounds N] [--ctags PROGRAM] CORPUS...
//!
//! A corpus is a directory. Each measure is a process of its own, and all of its threads count. The rounds alternate between the
//! tools, so that a machine that is busy for a while is busy for all; a ratio is that of the least times.
//! `tests/benches/ratios.sh` brings corpora and tools and then runs this.
//!
//! What comes of it is held against what `tests/benches/ratios.json` has of the corpus of this name: a ratio to the parse, or bytes
//! a source byte, that is more than a tenth above what was recorded ends the run with exit code 1. `--record` writes the file.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "a benchmark's numbers are its output")]
#![allow(dead_code, reason = "each benchmark uses a part of what they share")]

mod corpus;
#[path = "../support/machine.rs"]
mod machine;
mod measure;
mod record;
mod tools;

use std::{fs, path::PathBuf, process::ExitCode};

use corpus::Corpus;
use record::{Figures, Record};
use tools::Tools;

const USAGE: &str = "usage: cargo bench --bench ratios -- [--record] [--rounds N] [--ctags PROGRAM] CORPUS...";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    // As a process of its own this program is also what it measures, and what measures.
    match arguments.first().map(String::as_str) {
        Some(measure::MEASURE) => return measure::of_command(&arguments[1..]),
        Some(tools::PARSE) => return tools::parse_only(&arguments[1..]),
        _ => {}
    }
    let (mut rounds, mut records, mut tools, mut corpora) = (3, false, Tools::default(), Vec::new());
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--record" => records = true,
            "--rounds" => rounds = rest.next().and_then(|number| number.parse().ok()).unwrap_or(rounds),
            "--ctags" => tools.ctags = rest.next().map(PathBuf::from),
            _ => corpora.push(argument),
        }
    }
    if corpora.is_empty() {
        println!("{USAGE}");
        return ExitCode::from(2);
    }
    let mut record = Record::read();
    let mut worse = Vec::new();
    for corpus in corpora {
        let corpus = Corpus::index(&fs::canonicalize(&corpus).unwrap());
        println!("{corpus}");
        let figures = Figures::take(&corpus, &tools, rounds.max(1));
        println!("{figures}");
        match record.corpora.get(&corpus.name) {
            Some(before) => worse.extend(figures.worse_than(before).map(|what| format!("{}: {what}", corpus.name))),
            None => println!("nothing is recorded of a corpus {:?}", corpus.name),
        }
        record.corpora.insert(corpus.name.clone(), figures);
    }
    if records {
        record.write();
        println!("written to {}", record::FILE);
    }
    worse.iter().for_each(|what| println!("WORSE than recorded, {what}"));
    if worse.is_empty() || records { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
