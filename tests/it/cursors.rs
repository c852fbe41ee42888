//! Hovers at cursors drawn under real code, answered from a real index of it.
//!
//! `^ kind fqn` is what the name above is about, `, by name` behind it that only the spelling tells, `^ in fqn` that there
//! is no name, or none that is known, in this function.

use std::{fs, path::Path, sync::atomic::AtomicBool};

use rutter::{
    index::{self, Settings, Silent},
    kv::Store,
    languages,
    query::{Basis, Buffers, Found, HoverFacts, View, Word, hover},
    text::{Place, SourceText},
};

use crate::fixtures::fixtures;

#[test]
fn hovers_are_about_what_is_drawn() {
    for language in languages::all() {
        let (_, files) = fixtures(language);
        let file = files.iter().find(|file| file.file_stem().is_some_and(|stem| stem == "cursors"));
        let file = file.unwrap_or_else(|| panic!("{} has no cursors", language.name));
        let asked = ask(file);
        assert!(asked >= 8, "{} has only {asked} cursors", language.name);
    }
}

/// Indexes the file, and puts a question for each cursor in it.
fn ask(file: &Path) -> usize {
    let root = tempfile::tempdir().unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    fs::copy(file, root.path().join(name)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), root.path().to_str().unwrap()).unwrap();
    index::run(&store, root.path(), &Settings::default(), &Silent, &AtomicBool::new(false)).unwrap();
    let (snapshot, buffers) = (store.snapshot().unwrap(), Buffers::new());
    let view = View::new(&snapshot, &buffers);

    let text = SourceText::from_file(fs::read(file).unwrap()).unwrap();
    let lines: Vec<String> =
        (0..text.lines().line_count()).map(|line| text.slice(text.line_range(line)).into_owned()).collect();
    let is_cursor = |line: &str| {
        let comment = line.trim_start().trim_start_matches(['/', '#', '-']);
        line.trim_start() != comment && comment.trim_start().starts_with('^')
    };
    let mut asked = 0;
    let mut code = 0;
    for (number, line) in lines.iter().enumerate() {
        if !is_cursor(line) {
            code = number as u32;
            continue;
        }
        let (before, expected) = line.split_once('^').unwrap();
        let at = Place { line: code, col: before.len() as u32 };
        let parsed = rutter::parse::Parsed::new(text.clone().into(), languages::by_path(name).unwrap()).unwrap();
        let word = rutter::extract::name_at(&parsed, text.offset(at)).map(|range| Word::of(&text, range));
        let facts = hover(&view, name, at, word.as_ref()).unwrap();
        let module = snapshot.file(name).unwrap().unwrap().module.to_string();
        let seen = facts.map_or("nothing".to_owned(), |facts| told(&facts, &module));
        assert_eq!(seen, expected.trim(), "{name}:{}:{}", code + 1, at.col + 1);
        asked += 1;
    }
    asked
}

/// What a hover is about, in the words of the drawing.
fn told(facts: &HoverFacts, module: &str) -> String {
    let bare = |fqn: &str| fqn.strip_prefix(module).map_or(fqn, |rest| rest.trim_start_matches([':', '.'])).to_owned();
    match &facts.found {
        Found::Symbol { facts, basis } => {
            let by_name = if *basis == Basis::Name { ", by name" } else { "" };
            format!("{} {}{by_name}", facts.symbol.kind.as_str(), bare(&facts.symbol.fqn))
        }
        Found::Enclosing { facts } => format!("in {}", bare(&facts.symbol.fqn)),
        found => format!("{found:?}"),
    }
}
