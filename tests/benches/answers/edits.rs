//! From an edit in a file of about 10,000 lines until another process reads from the index what has come of it.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::{Arc, atomic::AtomicBool},
    thread,
    time::{Duration, Instant},
};

use rutter::{
    extract, index,
    kv::{FileRows, FileUpdate, Store},
    parse::Parsed,
    text::SourceText,
};
use serde_json::json;

use super::{
    dice::Dice,
    goals::{Goal, told},
    subject::{Subject, program},
    support::{self, File},
};

const LINES: u32 = 10_000;
const GOALS: [Goal; 2] = [Goal::p50(Duration::from_millis(5)), Goal::p95(Duration::from_millis(15))];
/// How often the index is looked at.
const PERIOD: Duration = Duration::from_micros(200);
/// A record that has not come by then does not come.
const LONGEST: Duration = Duration::from_secs(60);

pub fn measure(subject: &Subject, samples: usize, dice: &mut Dice) {
    let files = support::read_all(&subject.root);
    let file = files.iter().min_by_key(|file| file.text.lines().line_count().abs_diff(LINES)).unwrap();
    println!("{} of {}: {} lines", file.path, subject.root.display(), file.text.lines().line_count());
    let mut text = file.text.slice(0..file.text.len()).into_owned();
    let store = subject.store();
    told("a letter more in an open document", typed(subject, &store, file, &mut text, samples, dice), &GOALS);
    told("a letter more in a file on disk, watched", saved(subject, &store, file, &mut text, samples, dice), &GOALS);
    drop(store);
    steps(subject, file, &mut text, samples, dice);
}

/// In a document that is open in an editor.
fn typed(
    subject: &Subject,
    store: &Store,
    file: &File,
    text: &mut String,
    samples: usize,
    dice: &mut Dice,
) -> Vec<Duration> {
    let mut server = subject.session();
    let uri = subject.uri(&file.path);
    let document = json!({"uri": uri, "languageId": file.language.name, "version": 1, "text": text});
    server.notify("textDocument/didOpen", json!({"textDocument": document}));
    // Its answer waits for the document to be read and the index to be open.
    server.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
    let mut times = Vec::new();
    for version in 2..samples + 2 {
        let at = end_of_word(text, dice);
        let place = SourceText::from_buffer(text.clone()).place(at);
        text.insert(at as usize, LETTER);
        let hash = hash(subject, file, text);
        let position = json!({"line": place.line, "character": place.col});
        let change = json!({"range": {"start": position, "end": position}, "text": LETTER.to_string()});
        let start = Instant::now();
        server.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]}),
        );
        times.push(until_read(store, file, &hash, start));
    }
    server.finish();
    times
}

/// In a file that a program of its own watches.
fn saved(
    subject: &Subject,
    store: &Store,
    file: &File,
    text: &mut String,
    samples: usize,
    dice: &mut Dice,
) -> Vec<Duration> {
    let mut watch = Command::new(program())
        .args(["watch", "--json"])
        .arg(&subject.root)
        .arg("--index-dir")
        .arg(&subject.index_dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(watch.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("watching") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the watch has ended");
    }
    // What it says is read, or it would wait for that.
    let listening = thread::spawn(move || said.lines().count());
    let mut times = Vec::new();
    for _ in 0..samples {
        text.insert(end_of_word(text, dice) as usize, LETTER);
        let hash = hash(subject, file, text);
        let start = Instant::now();
        fs::write(subject.root.join(&file.path), &text).unwrap();
        times.push(until_read(store, file, &hash, start));
    }
    watch.kill().unwrap();
    watch.wait().unwrap();
    listening.join().unwrap();
    times
}

/// What of it is work: the same steps, one after the other, without waiting for anything.
fn steps(subject: &Subject, file: &File, text: &mut String, samples: usize, dice: &mut Dice) {
    let store = Store::open(&subject.index_dir, subject.root.to_str().unwrap()).unwrap();
    let names = ["parse", "extract", "encode", "commit", "link"];
    let mut times = names.map(|_| Vec::new());
    for _ in 0..samples {
        text.insert(end_of_word(text, dice) as usize, LETTER);
        let source = Arc::new(SourceText::from_buffer(text.clone()));
        let origin = index::buffer_origin(&subject.root, &file.path, source.bytes(), file.language);
        let begun = Instant::now();
        let parsed = Parsed::new(source, file.language).unwrap();
        let parse = Instant::now();
        let records = extract::extract(&parsed, &origin);
        let extract = Instant::now();
        let rows = FileRows::encode(&records);
        let encode = Instant::now();
        store.apply(vec![FileUpdate::Replace(rows)]).unwrap();
        let commit = Instant::now();
        index::link_pending(&store, 1, &AtomicBool::new(false)).unwrap();
        let link = Instant::now();
        let steps = [(begun, parse), (parse, extract), (extract, encode), (encode, commit), (commit, link)];
        times.iter_mut().zip(steps).for_each(|(times, (from, to))| times.push(to - from));
    }
    for (name, times) in names.into_iter().zip(times) {
        told(&format!("for information, without a session: {name}"), times, &[]);
    }
}

const LETTER: char = 'x';

/// A place where a letter more makes a word longer.
fn end_of_word(text: &str, dice: &mut Dice) -> u32 {
    let source = SourceText::from_buffer(text.to_owned());
    loop {
        if let Some(word) = source.word_at(dice.below(text.len()) as u32)
            && word.end > word.start
        {
            return word.end;
        }
    }
}

fn hash(subject: &Subject, file: &File, text: &str) -> String {
    index::buffer_origin(&subject.root, &file.path, text.as_bytes(), file.language).content_hash
}

fn until_read(store: &Store, file: &File, hash: &str, start: Instant) -> Duration {
    loop {
        let known = store.snapshot().unwrap().file(&file.path).unwrap();
        if known.is_some_and(|known| known.content_hash == hash) {
            return start.elapsed();
        }
        assert!(start.elapsed() < LONGEST, "{}: nothing has come of an edit", file.path);
        thread::sleep(PERIOD);
    }
}
