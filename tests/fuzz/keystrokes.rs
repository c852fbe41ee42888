//! Somebody types in a file of 10,000 lines, in each language: how long the outline takes, and whether answers are those of
//! the text as it is.
//!
//!     cargo bench --bench keystrokes -- DIR [EDITS [EVERY [SEED [LANGUAGE]]]]
//!
//! The texts are made from the files below DIR that have no error in them. Each edit is sent to the built program, and the
//! outline is asked for at once: the time is from before the edit is written until the outline is read. After each EVERY-th
//! edit (default: 50; 0 for never) the same text is opened as another document, which is parsed afresh, and asked the same
//! questions: outline, folds, selections. Here too the edits are followed, and the records are held against those of a fresh parse. The first
//! difference is told and ends the run; the exit code tells. The same seed gives the same edits.

#![allow(clippy::unwrap_used, reason = "a fuzzer that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "what was found is its output")]
#![allow(dead_code, reason = "each program uses a part of what the benchmarks share")]

mod dice;
#[path = "../benches/support/server.rs"]
mod server;
#[path = "../benches/support/mod.rs"]
mod support;
mod typing;

use std::{path::Path, process::ExitCode, sync::Arc, time::Instant};

use rutter::{extract, languages, parse::Parsed, text::SourceText};
use serde_json::{Value, json};
use server::Server;
use support::{File, arguments};
use typing::{Keystroke, Typist, long_text};

const LANGUAGES: &[&str] = &["python", "rust", "go", "java", "typescript", "javascript", "c", "cpp"];
const LINES: usize = 10_000;
const TYPED: &str = "untitled:typed";
const FRESH: &str = "untitled:fresh";

fn main() -> ExitCode {
    let arguments = arguments();
    let Some(from) = arguments.first() else {
        println!("usage: cargo bench --bench keystrokes -- DIR [EDITS [EVERY [SEED [LANGUAGE]]]]");
        return ExitCode::from(2);
    };
    let number = |at: usize, otherwise: u64| arguments.get(at).map_or(otherwise, |number| number.parse().unwrap());
    let (edits, every, seed) = (number(1, 1000), number(2, 50), number(3, 1));
    let files = support::read_all(Path::new(from));
    println!("{edits} edits a language, seed {seed}; milliseconds from the edit to the outline");
    println!(
        "language      lines symbols      whole: edits    p50    p99    max     broken: edits    p50    p99    max   checked"
    );
    for name in LANGUAGES.iter().filter(|name| arguments.get(4).is_none_or(|only| only == *name)) {
        let is_whole = |file: &File| file.parse().unwrap().is_whole();
        let sources: Vec<&File> = files.iter().filter(|file| file.language.name == *name && is_whole(file)).collect();
        let sources: Vec<&str> =
            sources.iter().filter_map(|file| std::str::from_utf8(file.text.bytes()).ok()).collect();
        let text = long_text(&sources, LINES, seed);
        if text.is_empty() {
            println!("{name:12}  no files below {from}");
            continue;
        }
        if let Err(difference) = Session::new(name, text, seed).run(edits, every) {
            println!("{name}: {difference}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// One text, here and in the server.
struct Session {
    name: &'static str,
    server: Server,
    _index: tempfile::TempDir,
    typist: Typist,
    parsed: Parsed,
    version: i64,
}

impl Session {
    fn new(name: &'static str, text: String, seed: u64) -> Self {
        let index = tempfile::tempdir().unwrap();
        let mut server = Server::start(index.path());
        server.request(
            "initialize",
            json!({"processId": null, "rootUri": null, "capabilities": {
            "general": {"positionEncodings": ["utf-16"]},
            "textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}}}}),
        );
        server.notify("initialized", json!({}));
        let language = languages::by_name(name).unwrap();
        let parsed = Parsed::new(Arc::new(SourceText::from_buffer(text.clone())), language).unwrap();
        let mut session = Session { name, server, _index: index, typist: Typist::new(text, seed), parsed, version: 1 };
        session.open(TYPED);
        session.ask(TYPED, "textDocument/documentSymbol");
        session
    }

    fn run(mut self, edits: u64, every: u64) -> Result<(), String> {
        let (mut whole, mut broken, mut checked) = (Vec::new(), Vec::new(), 0);
        let lines = self.parsed.text().lines().line_count();
        let symbols = extract::extract(&self.parsed, &origin(&self.parsed)).symbols.len();
        for edit in 1..=edits {
            let before = self.parsed.text().clone();
            let stroke = self.typist.next();
            let change = change(&before, &stroke);
            self.version += 1;
            let version = self.version;
            let params = json!({"textDocument": {"uri": TYPED, "version": version}, "contentChanges": [change]});
            let start = Instant::now();
            self.server.notify("textDocument/didChange", params);
            let outline = self.ask(TYPED, "textDocument/documentSymbol");
            let time = start.elapsed().as_secs_f64() * 1e3;
            self.follow(&stroke);
            if self.parsed.is_whole() {
                whole.push(time)
            } else {
                broken.push(time)
            }
            if every > 0 && edit % every == 0 {
                checked += 1;
                self.check(outline).map_err(|what| format!("edit {edit} ({}): {what}", stroke.what))?;
            }
        }
        let name = self.name;
        println!("{name:12} {lines:6} {symbols:7} {} {} {checked:9}", numbers(whole), numbers(broken));
        self.server.finish();
        Ok(())
    }

    fn follow(&mut self, stroke: &Keystroke) {
        let mut text = SourceText::clone(self.parsed.text());
        let edit = text.replace(stroke.range.start as u32..stroke.range.end as u32, &stroke.text);
        self.parsed = self.parsed.edited(Arc::new(text), &[edit]).unwrap();
    }

    /// The same questions to the same text, parsed afresh.
    fn check(&mut self, outline: Vec<u8>) -> Result<(), String> {
        let text = self.parsed.text().clone();
        assert_eq!(text.bytes(), self.typist.text.as_bytes());
        self.open(FRESH);
        let result = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap()["result"].take();
        let fresh = self.ask(FRESH, "textDocument/documentSymbol");
        let outline = result(&outline);
        assert!(outline.is_array(), "{outline}");
        same("outline", &outline, &result(&fresh))?;
        let positions: Vec<Value> =
            (0..8).map(|at| json!({"line": text.lines().line_count() * at / 8, "character": 6})).collect();
        for (method, more) in
            [("textDocument/foldingRange", json!({})), ("textDocument/selectionRange", json!({"positions": positions}))]
        {
            let mut asked = |uri| {
                let mut params = more.clone();
                params["textDocument"] = json!({"uri": uri});
                self.server.request(method, params)
            };
            let (typed, fresh) = (asked(TYPED), asked(FRESH));
            assert!(typed.is_array(), "{typed}");
            same(method, &typed, &fresh)?;
        }
        self.server.notify("textDocument/didClose", json!({"textDocument": {"uri": FRESH}}));
        let fresh = Parsed::new(text, self.parsed.language()).unwrap();
        if self.parsed.is_whole() != fresh.is_whole() {
            return Err("the edited text parses, the fresh one does not, or the other way round".to_owned());
        }
        let (typed, fresh) =
            (extract::extract(&self.parsed, &origin(&self.parsed)), extract::extract(&fresh, &origin(&fresh)));
        if typed != fresh {
            let symbols = typed.symbols.iter().zip(&fresh.symbols).find(|(a, b)| a != b);
            let nodes = typed.nodes.iter().zip(&fresh.nodes).find(|(a, b)| a != b);
            let metrics =
                (typed.file_metrics != fresh.file_metrics).then_some((&typed.file_metrics, &fresh.file_metrics));
            let what = "none of these, but references, numbers, graphs, chunks or facts";
            let is_told = symbols.is_some() || nodes.is_some() || metrics.is_some();
            let rest = if is_told { "" } else { what };
            return Err(format!("records differ: {symbols:?} {nodes:?} {metrics:?} {rest}"));
        }
        Ok(())
    }

    fn open(&mut self, uri: &str) {
        let text = &self.typist.text;
        let document = json!({"uri": uri, "languageId": self.name, "version": 1, "text": text});
        self.server.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    fn ask(&mut self, uri: &str, method: &str) -> Vec<u8> {
        self.server.send(method, json!({"textDocument": {"uri": uri}}));
        self.server.reply_bytes()
    }
}

fn same(what: &str, typed: &Value, fresh: &Value) -> Result<(), String> {
    if typed == fresh {
        return Ok(());
    }
    let empty = Vec::new();
    let (a, b) = (typed.as_array().unwrap_or(&empty), fresh.as_array().unwrap_or(&empty));
    let at = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
    // From where they begin to differ.
    let some = |value: &Value| {
        let (this, texts) = (value.to_string(), [a, b].map(|list| list.get(at).unwrap_or(&Value::Null).to_string()));
        let same = texts[0].bytes().zip(texts[1].bytes()).take_while(|(a, b)| a == b).count().saturating_sub(200);
        String::from_utf8_lossy(&this.as_bytes()[same.min(this.len())..]).chars().take(500).collect::<String>()
    };
    let show = |list: &[Value]| list.get(at).map_or("nothing".to_owned(), some);
    Err(format!("{what} differs at {at} of {} and {}\n  typed: {}\n  fresh: {}", a.len(), b.len(), show(a), show(b)))
}

/// What a client sends; it counts in UTF-16.
fn change(before: &SourceText, stroke: &Keystroke) -> Value {
    let position = |offset: usize| {
        let place = before.place(offset as u32);
        let start = before.lines().line_start(place.line);
        let wide = before.slice(start..offset as u32).encode_utf16().count();
        json!({"line": place.line, "character": wide})
    };
    if stroke.range == (0..before.len() as usize) {
        return json!({"text": stroke.text});
    }
    json!({"range": {"start": position(stroke.range.start), "end": position(stroke.range.end)}, "text": stroke.text})
}

fn origin(parsed: &Parsed) -> extract::Origin {
    File { path: "typed".to_owned(), language: parsed.language(), text: parsed.text().clone() }.origin()
}

fn numbers(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get((times.len().saturating_sub(1) as f64 * part) as usize).copied().unwrap_or(f64::NAN);
    format!("{:18} {:6.2} {:6.2} {:6.1}", times.len(), at(0.5), at(0.99), at(1.0))
}
