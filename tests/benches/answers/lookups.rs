//! A record by its key, and a symbol with all that refers to it: first as the server's own questions ask the index, within a
//! process; then through a server's pipes.

use std::{
    hint::black_box,
    ops::ControlFlow,
    time::{Duration, Instant},
};

use rutter::{
    kv::Snapshot,
    query::{self, Buffers, View},
};
use serde_json::json;

use super::{
    dice::Dice,
    goals::{Goal, told},
    subject::{Subject, draw_symbols, files},
};

const KEY: Goal = Goal::p50(Duration::from_micros(20));
const SYMBOL: Goal = Goal::p50(Duration::from_micros(100));
/// So many requests go through the pipes.
const REQUESTS: usize = 1000;

pub fn measure(subject: &Subject, samples: usize, dice: &mut Dice) {
    let store = subject.store();
    let snapshot = store.snapshot().unwrap();
    let files = files(&snapshot);
    let lines: u64 = files.iter().map(|file| u64::from(file.lines)).sum();
    println!("{}: {} files, {lines} lines", subject.root.display(), files.len());
    let keys = draw_keys(&snapshot, samples, dice);
    let symbols = draw_symbols(&snapshot, &files, samples, dice);
    drop(snapshot);

    // Each question has a snapshot of its own, as a request has.
    let timed = |question: &mut dyn FnMut(&View<'_>)| {
        let buffers = Buffers::new();
        let start = Instant::now();
        let snapshot = store.snapshot().unwrap();
        question(&View::new(&snapshot, &buffers));
        start.elapsed()
    };
    let times = keys.iter().map(|key| timed(&mut |view| drop(black_box(view.snapshot.get(key).unwrap().unwrap()))));
    told("a record by its key", times.collect(), &[KEY]);
    let times = symbols.iter().map(|symbol| {
        timed(&mut |view| {
            let symbol = view.symbol(symbol.symbol_id).unwrap().unwrap();
            black_box((view.references(symbol.symbol_id).unwrap(), symbol));
        })
    });
    told("a symbol with its references", times.collect(), &[SYMBOL]);
    let times = symbols.iter().take(samples / 10).map(|symbol| {
        timed(&mut |view| {
            black_box(query::references(view, &symbol.path, symbol.name_byte_start, true).unwrap());
        })
    });
    told("for information, all uses of the name at a place", times.collect(), &[]);

    let mut server = subject.session();
    let mut times = Vec::new();
    for symbol in symbols.iter().take(REQUESTS) {
        let start = Instant::now();
        server.send(
            "textDocument/references",
            json!({
                "textDocument": {"uri": subject.uri(&symbol.path)},
                "position": {"line": symbol.name_line - 1, "character": symbol.name_col},
                "context": {"includeDeclaration": true},
            }),
        );
        black_box(server.reply_bytes());
        times.push(start.elapsed());
    }
    told("for information, the same through a server's pipes", times, &[]);
    server.finish();
}

/// Keys of all namespaces, each as likely as any other.
fn draw_keys(snapshot: &Snapshot, wanted: usize, dice: &mut Dice) -> Vec<String> {
    let (mut keys, mut seen) = (Vec::with_capacity(wanted), 0);
    snapshot
        .scan("", &mut |key, _| {
            seen += 1;
            if keys.len() < wanted {
                keys.push(key.to_owned());
            } else {
                // Whether it is among those that stay, and in whose place.
                let at = dice.below(seen);
                if at < wanted {
                    key.clone_into(&mut keys[at]);
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    println!("{} of {seen} keys", keys.len());
    keys
}
