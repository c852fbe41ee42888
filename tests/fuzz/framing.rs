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
#[path = "../benches/support/mod.rs"]
mod support;

use std::{
    io::Cursor,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use dice::Dice;
use kept::keep;
use rutter::lsp::{Options, serve};
use serde_json::{Value, json};
use support::arguments;
use tokio::{io::AsyncReadExt, runtime::Runtime};

/// Far beyond what any session takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// The id of the request behind everything.
const LAST: &str = "the last";
/// All panics of this process, of whatever thread.
static PANICS: AtomicU64 = AtomicU64::new(0);

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
        if let Err(promise) = try_one(&runtime, &spoiled) {
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
        bytes.extend(frame(json!({"jsonrpc": "2.0", "id": LAST, "method": "shutdown"}).to_string().as_bytes()));
        bytes.extend(frame(json!({"jsonrpc": "2.0", "method": "exit"}).to_string().as_bytes()));
        Spoiled { bytes, keeps_frames: is_within }
    }
}

fn messages() -> Vec<Value> {
    let uri = "untitled:a.py";
    let document = json!({"uri": uri});
    let place = json!({"line": 1, "character": 6});
    let start = json!({"line": 0, "character": 0});
    let text = "def f(a):\n    return f(a)\n";
    let notification = |method: &str, params: Value| json!({"jsonrpc": "2.0", "method": method, "params": params});
    let request =
        |id: u64, method: &str, params: Value| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let symbols = json!({"hierarchicalDocumentSymbolSupport": true});
    let can = json!({"textDocument": {"documentSymbol": symbols}, "window": {"workDoneProgress": true}});
    vec![
        request(1, "initialize", json!({"processId": null, "rootUri": null, "capabilities": can})),
        notification("initialized", json!({})),
        notification(
            "textDocument/didOpen",
            json!({"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}),
        ),
        request(2, "textDocument/documentSymbol", json!({"textDocument": document})),
        notification(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": 2},
                "contentChanges": [{"range": {"start": start, "end": start}, "text": "ä = 1\n"}, {"text": text}]}),
        ),
        request(3, "textDocument/hover", json!({"textDocument": document, "position": place})),
        request(
            4,
            "textDocument/references",
            json!({"textDocument": document, "position": place, "context": {"includeDeclaration": true}}),
        ),
        notification("$/cancelRequest", json!({"id": 4})),
        request(5, "textDocument/selectionRange", json!({"textDocument": document, "positions": [place]})),
        request(6, "workspace/symbol", json!({"query": "f"})),
        request(7, "textDocument/foldingRange", json!({"textDocument": document})),
        notification("workspace/didChangeConfiguration", json!({"settings": {"rutter": {"mode": "full"}}})),
        notification("textDocument/didClose", json!({"textDocument": document})),
    ]
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

fn frame(body: &[u8]) -> Vec<u8> {
    [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

/// Has one session served; the promise that is broken, if any.
fn try_one(runtime: &Runtime, spoiled: &Spoiled) -> Result<(), String> {
    let panics = PANICS.load(Ordering::Relaxed);
    let written = runtime.block_on(async {
        let (writer, mut written) = tokio::io::duplex(1 << 16);
        let input = Cursor::new(spoiled.bytes.clone());
        let served = tokio::spawn(serve(input, writer, Options::default()));
        let mut all = Vec::new();
        let session = async { (written.read_to_end(&mut all).await, served.await) };
        let (read, ended) = tokio::time::timeout(PATIENCE, session).await.map_err(|_| "it does not end")?;
        read.map_err(|fault| fault.to_string())?;
        ended.map_err(|fault| fault.to_string())?;
        Ok::<_, String>(all)
    })?;
    if PANICS.load(Ordering::Relaxed) > panics {
        return Err("a panic".to_owned());
    }
    let mut answers = 0;
    for message in read_all(&written)? {
        let is_sound = message["jsonrpc"] == "2.0"
            && (message["method"].is_string() || (message.get("result").is_some() != message.get("error").is_some()));
        if !is_sound {
            return Err(format!("no message of JSON-RPC: {message}"));
        }
        if message["error"]["code"] == -32603 {
            return Err(format!("an internal error: {message}"));
        }
        answers += u32::from(message["id"] == LAST && message.get("method").is_none());
    }
    match answers {
        0 if spoiled.keeps_frames => Err("the last request is not answered".to_owned()),
        0 | 1 => Ok(()),
        _ => Err(format!("the last request is answered {answers} times")),
    }
}

/// The messages of an output that has nothing else.
fn read_all(mut bytes: &[u8]) -> Result<Vec<Value>, String> {
    let mut messages = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or("bytes that are no header")?;
        let head = std::str::from_utf8(&bytes[..end]).map_err(|fault| fault.to_string())?;
        let length = head.strip_prefix("Content-Length: ").and_then(|digits| digits.parse::<usize>().ok());
        let length = length.ok_or_else(|| format!("an odd header: {head:?}"))?;
        let body = bytes.get(end + 4..end + 4 + length).ok_or("a message that is cut short")?;
        messages.push(serde_json::from_slice(body).map_err(|fault| fault.to_string())?);
        bytes = &bytes[end + 4 + length..];
    }
    Ok(messages)
}
