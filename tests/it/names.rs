//! Where names lead, in small projects of several files. See `tests/fixtures/README.md` for how they are written.

use std::{collections::HashMap, fmt::Write as _, fs, path::Path, sync::atomic::AtomicBool};

use rutter::{
    index::{self, Settings, Silent},
    kv::Store,
    query::{self, Buffers, View},
};

/// A project, and what is said of names in it.
struct Case {
    files: Vec<(String, String)>,
    expectations: Vec<String>,
}

fn read(text: &str) -> Case {
    let mut case = Case { files: Vec::new(), expectations: Vec::new() };
    let mut section = "";
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("=== ") {
            section = name.trim();
            if section != "expect" {
                case.files.push((section.to_owned(), String::new()));
            }
        } else if section == "expect" {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                case.expectations.push(line.to_owned());
            }
        } else if let Some((_, text)) = case.files.last_mut() {
            text.push_str(line);
        }
    }
    case
}

/// `path:line name` or, for another than the first of its line, `path:line name#2`: the byte where that name starts.
fn byte_of(case: &Case, place: &str) -> (String, u32) {
    let (place, name) = place.rsplit_once(' ').expect("`path:line name`");
    let (path, line) = place.rsplit_once(':').expect("`path:line name`");
    let (name, nth) = name.split_once('#').map_or((name, 1), |(name, nth)| (name, nth.parse().expect("a number")));
    let line: usize = line.parse().expect("a line");
    let text = &case.files.iter().find(|(known, _)| known == path).unwrap_or_else(|| panic!("no file {path}")).1;
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text[before..].lines().next().unwrap_or_default();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = 0;
    for (at, _) in rest.match_indices(name) {
        let whole = !rest[..at].ends_with(is_word) && !rest[at + name.len()..].starts_with(is_word);
        found += usize::from(whole);
        if whole && found == nth {
            return (path.to_owned(), (before + at) as u32);
        }
    }
    panic!("{path}:{line} has no `{name}` number {nth}");
}

fn answer(view: &View<'_>, path: &str, byte: u32) -> String {
    let found = query::definition(view, path, byte).unwrap();
    if found.outside {
        return "outside".to_owned();
    }
    if found.sites.is_empty() {
        return "nothing".to_owned();
    }
    let mut text = String::new();
    for site in &found.sites {
        let sep = if text.is_empty() { "" } else { ", " };
        write!(text, "{sep}{}:{}", site.path, site.line).unwrap();
    }
    text
}

fn check(fixture: &Path) {
    let case = read(&fs::read_to_string(fixture).unwrap());
    let dir = tempfile::tempdir().unwrap();
    let (root, at) = (dir.path().join("root"), dir.path().join("index"));
    for (path, text) in &case.files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::create_dir_all(&at).unwrap();
    let store = Store::open(&at, &root.to_string_lossy()).unwrap();
    index::run(&store, &root, &Settings::default(), &Silent, &AtomicBool::new(false)).unwrap();
    let (snapshot, buffers): (_, Buffers) = (store.snapshot().unwrap(), HashMap::new());
    let view = View::new(&snapshot, &buffers);
    let mut wrong = String::new();
    for expectation in &case.expectations {
        let (place, wanted) = expectation.split_once(" -> ").expect("`place -> what`");
        let (path, byte) = byte_of(&case, place);
        let got = answer(&view, &path, byte);
        if got != wanted {
            writeln!(wrong, "{place} -> {got}, not {wanted}").unwrap();
        }
    }
    assert!(!case.expectations.is_empty(), "{} expects nothing", fixture.display());
    assert!(wrong.is_empty(), "{}:\n{wrong}", fixture.display());
}

#[test]
fn names_lead_where_the_language_says() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/names");
    let mut fixtures: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    fixtures.sort();
    assert!(!fixtures.is_empty());
    fixtures.iter().for_each(|fixture| check(fixture));
}
