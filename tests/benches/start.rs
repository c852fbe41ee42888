//! How long after an editor has started the server its first hover has our facts, in a workspace that is indexed.
//!
//!     cargo bench --bench start -- DIR [ROUNDS]
//!
//! A round is a new process: it is started, initialized, told of one open file of middling size, and asked until a hover on
//! a function in it says how complex that is. The time is from before the process is started.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "a benchmark's numbers are its output")]
#![allow(dead_code, reason = "each benchmark uses a part of what they share")]

#[path = "support/server.rs"]
mod server;
mod support;

use std::{fs, time::Instant};

use rutter::extract;
use serde_json::json;
use server::Server;
use support::{File, arguments};

fn main() {
    let arguments = arguments();
    let Some(root) = arguments.first() else {
        println!("usage: cargo bench --bench start -- DIR [ROUNDS]");
        return;
    };
    let root = fs::canonicalize(root).unwrap();
    let rounds: usize = arguments.get(1).map_or(20, |rounds| rounds.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    server::index(&root, directory.path());
    let files = support::read_all(&root);
    let lines: u32 = files.iter().map(|file| file.text.lines().line_count()).sum();
    println!("{} files, {lines} lines, indexed in {:.1} s", files.len(), begun.elapsed().as_secs_f64());

    let (file, (line, character)) = place(files);
    let text = file.text.slice(0..file.text.len()).into_owned();
    println!("{}: {} lines", file.path, file.text.lines().line_count());
    let uri = |path: &str| format!("file://{}/{path}", root.display());
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        let mut server = Server::start(directory.path());
        let capabilities = json!({
            "general": {"positionEncodings": ["utf-8"]},
            "textDocument": {"hover": {"contentFormat": ["markdown"]}},
        });
        server.request(
            "initialize",
            json!({"processId": null, "rootUri": format!("file://{}", root.display()), "capabilities": capabilities}),
        );
        server.notify("initialized", json!({}));
        let document = json!({"uri": uri(&file.path), "languageId": file.language.name, "version": 1, "text": text});
        server.notify("textDocument/didOpen", json!({"textDocument": document}));
        let mut asked = 0;
        loop {
            asked += 1;
            let position = json!({"line": line, "character": character});
            let hover = server
                .request("textDocument/hover", json!({"textDocument": {"uri": uri(&file.path)}, "position": position}));
            if hover.to_string().contains("cyclomatic") {
                break;
            }
            assert!(asked < 10_000, "no facts: {hover}");
        }
        times.push((start.elapsed().as_secs_f64() * 1e3, asked));
        server.finish();
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].0;
    let most = times.iter().map(|(_, asked)| asked).max().unwrap();
    println!(
        "first hover with facts: p50 {:.1} ms, p95 {:.1} ms, max {:.1} ms, asked at most {most} times",
        at(0.5),
        at(0.95),
        at(1.0)
    );
}

/// A file of middling size, and the name of a function in it.
fn place(mut files: Vec<File>) -> (File, (u32, u32)) {
    files.sort_by_key(|file| file.text.len());
    let middle = files.len() / 2;
    for file in files.drain(..).skip(middle) {
        let Some(parsed) = file.parse() else { continue };
        let records = extract::extract(&parsed, &file.origin());
        if let Some(function) =
            records.symbols.iter().find(|symbol| symbol.kind.is_function() && symbol.kind.has_name())
        {
            let place = file.text.place(function.name_byte_start);
            return (file, (place.line, place.col));
        }
    }
    panic!("no function in any of these files");
}
