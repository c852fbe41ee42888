//! How long a warm hover takes, seen from the editor's side of the pipe.
//!
//!     cargo bench --bench hover -- DIR [HOVERS]
//!
//! Each time is of a whole round: a request written, the server's work, the reply read. What the server itself takes is
//! less than that.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run should say where")]
#![allow(clippy::print_stdout, reason = "a benchmark's numbers are its output")]
#![allow(dead_code, reason = "each benchmark uses a part of what they share")]

#[path = "support/server.rs"]
mod server;
mod support;

use std::{fs, time::Instant};

use serde_json::{Value, json};
use server::Server;
use support::{File, arguments};

fn main() {
    let arguments = arguments();
    let Some(root) = arguments.first() else {
        println!("usage: cargo bench --bench hover -- DIR [HOVERS]");
        return;
    };
    let root = fs::canonicalize(root).unwrap();
    let wanted: usize = arguments.get(1).map_or(5000, |hovers| hovers.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    server::index(&root, directory.path());

    let mut files = support::read_all(&root);
    files.sort_by_key(|file| std::cmp::Reverse(file.text.len()));
    files.truncate(20);
    let mut server = Server::start(directory.path());
    let uri = |path: &str| format!("file://{}/{path}", root.display());
    server.request(
        "initialize",
        json!({"processId": null, "rootUri": format!("file://{}", root.display()), "capabilities": {
        "general": {"positionEncodings": ["utf-8"]}, "textDocument": {"hover": {"contentFormat": ["markdown"]}}}}),
    );
    server.notify("initialized", json!({}));

    let mut times = Vec::new();
    let mut answered = 0;
    for file in &files {
        let document =
            json!({"uri": uri(&file.path), "languageId": file.language.name, "version": 1, "text": text(file)});
        server.notify("textDocument/didOpen", json!({"textDocument": document}));
        let places = places(file, wanted.div_ceil(files.len()));
        // The first hovers wait for the buffer to be read and for the workspace's index: those are not warm.
        for &(line, character) in places.iter().take(20) {
            hover(&mut server, &uri(&file.path), line, character);
        }
        for &(line, character) in &places {
            let start = Instant::now();
            let reply = hover(&mut server, &uri(&file.path), line, character);
            times.push(start.elapsed().as_secs_f64() * 1e3);
            answered += usize::from(!reply.is_null());
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!("{} hovers in {} files, {answered} with an answer", times.len(), files.len());
    println!(
        "p50 {:.3} ms, p90 {:.3} ms, p99 {:.3} ms, max {:.3} ms (p99 at most 1 in the server)",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    server.finish();
}

fn hover(server: &mut Server, uri: &str, line: u32, character: u32) -> Value {
    let position = json!({"line": line, "character": character});
    server.request("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": position}))
}

fn text(file: &File) -> String {
    file.text.slice(0..file.text.len()).into_owned()
}

/// Places where an identifier begins, spread over the file.
fn places(file: &File, wanted: usize) -> Vec<(u32, u32)> {
    let mut all = Vec::new();
    let mut offset = 0;
    while offset < file.text.len() {
        match file.text.word_at(offset) {
            Some(word) if word.end > offset => {
                let place = file.text.place(word.start);
                all.push((place.line, place.col));
                offset = word.end;
            }
            _ => {}
        }
        offset += 1;
    }
    let step = (all.len() / wanted.max(1)).max(1);
    all.into_iter().step_by(step).take(wanted).collect()
}
