//! `workspace/symbol` as an editor asks for it while somebody types a name: once for each letter more.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    dice::Dice,
    goals::{Goal, told},
    server::Server,
    subject::{Subject, count_symbols, draw_symbols, files},
};

const GOAL: Goal = Goal::p95(Duration::from_millis(30));
/// The goal is for a workspace of so many symbols.
const SYMBOLS: usize = 5_000_000;

/// Types so many names.
pub fn measure(subject: &Subject, names: usize, dice: &mut Dice) {
    let store = subject.store();
    let snapshot = store.snapshot().unwrap();
    let files = files(&snapshot);
    let symbols = count_symbols(&snapshot, &files);
    println!("{}: {} files, {symbols} symbols", subject.root.display(), files.len());
    if symbols < SYMBOLS {
        println!("the goal is for {SYMBOLS} symbols: what follows is not held against it");
    }
    let goals: &[Goal] = if symbols < SYMBOLS { &[] } else { &[GOAL] };
    let drawn = draw_symbols(&snapshot, &files, names, dice);
    drop(snapshot);

    let mut server = subject.session();
    let start = Instant::now();
    ask(&mut server, "main");
    println!("the first question of a session: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let (mut all, mut by_length) = (Vec::new(), vec![Vec::new(); 3]);
    let mut without = 0;
    for symbol in &drawn {
        for (letters, (at, letter)) in symbol.name.char_indices().enumerate() {
            let start = Instant::now();
            let reply = ask(&mut server, &symbol.name[..at + letter.len_utf8()]);
            let time = start.elapsed();
            all.push(time);
            by_length[letters.min(8) / 4].push(time);
            without += usize::from(reply.as_array().is_none_or(Vec::is_empty));
        }
    }
    server.finish();
    println!("{} names typed; {without} answers with nothing", drawn.len());
    told("workspace/symbol, each letter", all, goals);
    for (what, times) in ["letters 1 to 4", "letters 5 to 8", "letters from 9 on"].into_iter().zip(by_length) {
        if !times.is_empty() {
            told(&format!("  of these, {what}"), times, &[]);
        }
    }
}

fn ask(server: &mut Server, query: &str) -> Value {
    server.request("workspace/symbol", json!({"query": query}))
}
