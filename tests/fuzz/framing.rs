//! What a client sends, spoiled at random, byte by byte and message by message: what must hold whatever comes.
//!
//!     cargo bench --bench framing -- [SECONDS [SEED]]
//!
//! Each session has a server of its own, in this process. It must not panic, must come to its end, and may write nothing but
//! whole messages of JSON-RPC; a request behind all that was spoiled must be answered, once, unless the accidents touched what
//! says how long a message is: that may announce the rest to be its own. The same seed gives the same sessions. One that
//! breaks a promise is kept in a file, and the run goes on; the exit code tells.

#![allow(clippy::unwrap_used, reason = "a fuzzer that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "what was found is its output")]
#![allow(dead_code, reason = "each program uses a part of what the benchmarks share")]

mod dice;
mod kept;
mod session;
#[path = "../benches/support/mod.rs"]
mod support;

use std::{
    process::ExitCode,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use dice::Dice;
use kept::keep;
use serde_json::{Value, json};
use session::{PANICS, frame, messages, try_one};
use support::arguments;
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let arguments = arguments();
    let number = |at: usize, otherwise: u64| arguments.get(at).map_or(otherwise, |number| number.parse().unwrap());
    let (seconds, seed) = (number(0, 60), number(1, 1));
    println!("{seconds} s, seed {seed}");
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        tell(panic);
    }));
    let runtime = Runtime::new().unwrap();
    let (mut sessions, mut broken) = (0u64, 0u64);
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        let spoiled = Spoiled::session(&mut Dice::new(seed, sessions));
        if let Err(promise) = try_one(&runtime, &spoiled.bytes, spoiled.keeps_frames) {
            broken += 1;
            println!("broken: {promise}\n  {}", keep(&format!("{seed}-{sessions}.lsp"), &spoiled.bytes).display());
        }
        sessions += 1;
    }
    println!("{sessions} sessions, {broken} broken");
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a client has sent.
struct Spoiled {
    bytes: Vec<u8>,
    /// All accidents were within messages, whose lengths are still what their headers say.
    keeps_frames: bool,
}

impl Spoiled {
    fn session(dice: &mut Dice) -> Self {
        let mut messages = messages();
        let is_within = dice.below(2) == 0;
        for _ in 0..dice.below(6) {
            among(&mut messages, dice);
        }
        let mut bodies: Vec<Vec<u8>> = messages.iter().map(|message| message.to_string().into_bytes()).collect();
        if is_within {
            for _ in 0..dice.below(6) {
                let at = dice.below(bodies.len());
                accident(&mut bodies[at], dice);
            }
        }
        let mut bytes: Vec<u8> = bodies.iter().flat_map(|body| frame(body)).collect();
        if !is_within {
            for _ in 0..dice.below(9) {
                accident(&mut bytes, dice);
            }
        }
        bytes.extend(session::end());
        Spoiled { bytes, keeps_frames: is_within }
    }
}

/// An accident among messages: one that comes twice, early, late, not at all, or with other values in it.
fn among(messages: &mut Vec<Value>, dice: &mut Dice) {
    let at = dice.below(messages.len());
    let to = dice.below(messages.len());
    match dice.below(5) {
        0 => messages.insert(to, messages[at].clone()),
        1 => messages.swap(at, to),
        // One stays, for there is always something to spoil.
        2 if messages.len() > 1 => drop(messages.remove(at)),
        _ => otherwise(&mut messages[at], dice),
    }
}

/// Puts something else in the place of one of the values in a value.
fn otherwise(value: &mut Value, dice: &mut Dice) {
    let inner: Vec<&mut Value> = match value {
        Value::Object(map) => map.values_mut().collect(),
        Value::Array(list) => list.iter_mut().collect(),
        _ => Vec::new(),
    };
    let count = inner.len();
    if count > 0 && dice.below(6) > 0 {
        let at = dice.below(count);
        return otherwise(inner.into_iter().nth(at).unwrap(), dice);
    }
    *value = match dice.below(12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(u32::MAX),
        5 => json!(0.5),
        6 => json!([]),
        7 => json!({}),
        8 => json!("file:///../..//%00%2f"),
        9 => json!("textDocument/documentSymbol"),
        10 => json!("\u{0}\u{1f600}\n"),
        _ => json!([[[{"a": [null, "b"]}]]]),
    };
}

/// An accident among bytes.
fn accident(bytes: &mut Vec<u8>, dice: &mut Dice) {
    const NOISE: &[&str] = &[
        "\r\n\r\n",
        "\n",
        "Content-Length: 2\r\n\r\n{}",
        "Content-Length: 3\r\n",
        "content-length:",
        "Content-Type: a; charset=utf-16\r\n",
        "{}",
        "[{\"jsonrpc\":\"2.0\"}]",
        "\"",
        "{\"a\":",
        "\u{0}",
        "9",
        "\\ud800",
        "\u{feff}",
    ];
    let at = dice.below(bytes.len() + 1);
    let to = (at + dice.below(40)).min(bytes.len());
    match dice.below(7) {
        0 => drop(bytes.drain(at..to)),
        1 => {
            let again = bytes[at..to].to_vec();
            bytes.splice(at..at, again);
        }
        2 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        3 => {
            let noise: Vec<u8> = (0..dice.below(20)).map(|_| dice.below(256) as u8).collect();
            bytes.splice(at..at, noise);
        }
        4 => drop(bytes.splice(at..at, dice.pick(NOISE).repeat(1 + dice.below(50)).into_bytes())),
        _ => drop(bytes.splice(at..at, dice.pick(NOISE).bytes())),
    }
}
