//! Commands of the command line, from the start of the process to its end, with the index in the system's memory.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike,
};
use rutter::{
    kv::{Snapshot, keys},
    record::Symbol,
};

use super::{
    dice::Dice,
    goals::{Goal, shown, told},
    subject::{Subject, draw_symbols, files, program},
};

const GOAL: Goal = Goal::p50(Duration::from_millis(4));

pub fn measure(subject: &Subject, samples: usize, dice: &mut Dice) {
    let store = subject.store();
    let snapshot = store.snapshot().unwrap();
    let files = files(&snapshot);
    println!("{}: {} files", subject.root.display(), files.len());
    let symbols = draw_symbols(&snapshot, &files, samples, dice);
    let places: Vec<String> = symbols.iter().map(|symbol| place(subject, &snapshot, symbol)).collect();
    drop(snapshot);

    let keys: Vec<String> =
        symbols.iter().map(|symbol| String::from_utf8(keys::sym_id_key(symbol.symbol_id)).unwrap()).collect();
    let each = |words: &[String], command: &str| {
        words.iter().map(|word| run(subject, &[command, word])).collect::<Vec<Duration>>()
    };
    // Once before it counts: what is read is in the system's memory then.
    for (command, words) in [("get", &keys), ("hover", &places), ("definition", &places)] {
        each(words, command);
        let before = processor_time();
        let times = each(words, command);
        let work = (processor_time() - before) / words.len() as u32;
        told(&format!("rutter {command}"), times, &[GOAL]);
        println!("  of processor time, {} each", shown(work));
    }
    let version = (0..samples).map(|_| run(subject, &["--version"])).collect();
    told("for information, rutter --version", version, &[]);
}

/// Of all processes that were started here and have ended.
fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    [usage.user_time(), usage.system_time()]
        .into_iter()
        .map(|time| Duration::from_micros(time.num_microseconds() as u64))
        .sum()
}

fn run(subject: &Subject, words: &[&str]) -> Duration {
    let mut command = Command::new(program());
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.env("RUTTER_INDEX_DIR", &subject.index_dir).current_dir(&subject.root);
    let start = Instant::now();
    let ended = command.output().unwrap();
    let time = start.elapsed();
    assert!(ended.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ended.stderr));
    time
}

/// Where a symbol's name is, as the command line is told.
fn place(subject: &Subject, snapshot: &Snapshot, symbol: &Symbol) -> String {
    let file = snapshot.file(&symbol.path).unwrap().unwrap();
    // Columns are counted in characters.
    let col = if file.beyond_ascii {
        let text = std::fs::read(subject.root.join(&*symbol.path)).unwrap();
        let line = text.split(|&byte| byte == b'\n').nth(symbol.name_line as usize - 1).unwrap();
        String::from_utf8_lossy(&line[..symbol.name_col as usize]).chars().count()
    } else {
        symbol.name_col as usize
    };
    format!("{}:{}:{}", symbol.path, symbol.name_line, col + 1)
}
