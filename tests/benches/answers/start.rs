//! How long after an editor has started the server its first hover has our facts.
//!
//! A round is a new process: it is started, initialized, told of one open file of middling size, and asked until a hover on
//! a function in it says how complex that is. The time is from before the process is started.

use std::{
    fs,
    time::{Duration, Instant},
};

use rutter::{
    kv::Snapshot,
    record::{FileRecord, Symbol},
};
use serde_json::json;

use super::{
    goals::{Goal, told},
    server::Server,
    subject::{Subject, files},
};

const GOAL: Goal = Goal::p50(Duration::from_millis(50));
/// A server that has not told of the facts by then does not.
const LONGEST: Duration = Duration::from_secs(60);

pub fn measure(subject: &Subject, rounds: usize) {
    let store = subject.store();
    let snapshot = store.snapshot().unwrap();
    let files = files(&snapshot);
    let lines: u64 = files.iter().map(|file| u64::from(file.lines)).sum();
    println!("{}: {} files, {lines} lines", subject.root.display(), files.len());
    let (file, function) = place(&snapshot, files);
    drop((snapshot, store));
    println!("{}: {} lines", file.path, file.lines);
    let text = fs::read_to_string(subject.root.join(&*file.path)).unwrap();
    let settings = subject.settings();
    let (mut times, mut most) = (Vec::new(), 0);
    for _ in 0..rounds {
        let start = Instant::now();
        let mut server = Server::start(&subject.index_dir);
        server.initialize(&subject.root, &settings);
        let uri = subject.uri(&file.path);
        let document = json!({"uri": uri, "languageId": &*file.language, "version": 1, "text": text});
        server.notify("textDocument/didOpen", json!({"textDocument": document}));
        let position = json!({"line": function.name_line - 1, "character": function.name_col});
        let question = json!({"textDocument": {"uri": uri}, "position": position});
        let mut asked = 1;
        while !server.request("textDocument/hover", question.clone()).to_string().contains("cyclomatic") {
            assert!(start.elapsed() < LONGEST, "{}: no facts", file.path);
            asked += 1;
        }
        times.push(start.elapsed());
        most = most.max(asked);
        server.finish();
    }
    told("the first hover with facts", times, &[GOAL]);
    println!("asked at most {most} times");
}

/// A file of middling size, in UTF-8, and a function in it that has numbers: a body.
fn place(snapshot: &Snapshot, mut files: Vec<FileRecord>) -> (FileRecord, Symbol) {
    files.retain(|file| file.encoding == rutter::text::Encoding::default());
    files.sort_by_key(|file| file.size);
    let middle = files.len() / 2;
    for file in files.drain(..).skip(middle) {
        for id in snapshot.file_symbols(file.file_id).unwrap() {
            let symbol = snapshot.listed_symbol(id).unwrap();
            let is_named = symbol.kind.is_function() && symbol.kind.has_name();
            if is_named && snapshot.symbol_metrics(id).unwrap().is_some() {
                return (file, symbol);
            }
        }
    }
    panic!("no function in any of these files");
}
