//! Edits of a project by chance.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{dice::Dice, support};

/// The files of a project by their paths.
pub type Texts = BTreeMap<String, Vec<u8>>;

/// Files that say how a project is laid out, and are no sources.
const LAYOUTS: &[&str] = &[
    "package.json",
    "tsconfig.json",
    "tsconfig.base.json",
    "jsconfig.json",
    "Cargo.toml",
    "go.mod",
    "compile_commands.json",
];

/// One edit: what files are from then on.
#[derive(Clone, Debug)]
pub struct Change {
    files: Vec<(String, Option<Vec<u8>>)>,
    what: &'static str,
    /// The language server is told of each file; else a whole run finds out.
    pub is_told: bool,
}

impl Change {
    /// What makes one state the other.
    pub fn between(now: &Texts, then: &Texts) -> Self {
        let gone = now.keys().filter(|path| !then.contains_key(*path)).map(|path| (path.clone(), None));
        let other = then.iter().filter(|(path, text)| now.get(*path) != Some(text));
        let files = gone.chain(other.map(|(path, text)| (path.clone(), Some(text.clone())))).collect();
        Change { files, what: "all as it was", is_told: false }
    }

    pub fn apply(&self, texts: &mut Texts) {
        for (path, text) in &self.files {
            match text {
                Some(text) => drop(texts.insert(path.clone(), text.clone())),
                None => drop(texts.remove(path)),
            }
        }
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(path, _)| &**path)
    }

    /// For people: what was done, and which lines went and came, as far as they are few.
    pub fn told(&self, before: &Texts) -> String {
        let mut told = format!("{}, {}:", self.what, if self.is_told { "told" } else { "found by a run" });
        for (path, text) in &self.files {
            told += &format!("\n  {path}");
            let old = before.get(path).map(|old| String::from_utf8_lossy(old)).unwrap_or_default();
            let new = text.as_ref().map(|new| String::from_utf8_lossy(new)).unwrap_or_default();
            let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
            let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
            let rest = old.len().min(new.len()) - head;
            let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
            let mut show = |sign: char, lines: &[&str]| {
                told += &format!(" {sign}{} lines from {}", lines.len(), head + 1);
                lines.iter().take(12).for_each(|line| told += &format!("\n    {sign} {line}"));
            };
            show('-', &old[head..old.len() - tail]);
            show('+', &new[head..new.len() - tail]);
        }
        told
    }
}

/// The sources of a project and what says how it is laid out.
pub fn read(from: &Path) -> Texts {
    let files = support::read_all(from);
    let mut texts: Texts = files.iter().map(|file| (file.path.clone(), file.text.bytes().to_vec())).collect();
    let mut directories = vec![String::new()];
    for path in texts.keys() {
        let ends = path.match_indices('/').map(|(at, _)| path[..=at].to_owned());
        directories.extend(ends);
    }
    directories.sort();
    directories.dedup();
    for directory in directories {
        for name in LAYOUTS {
            let path = format!("{directory}{name}");
            if let Ok(text) = fs::read(from.join(&path)) {
                texts.insert(path, text);
            }
        }
    }
    texts
}

/// Changes the files by chance, mostly one.
pub fn any(now: &mut Texts, at_first: &Texts, dice: &mut Dice) -> Change {
    let paths: Vec<&String> = at_first.keys().collect();
    // What is edited lies together, so that edits have to do with each other.
    let near = dice.below(paths.len());
    let path = paths[(near + dice.below(4)) % paths.len()].clone();
    let is_told = dice.below(2) == 0;
    let set = |what, text: Option<Vec<u8>>| Change { files: vec![(path.clone(), text)], what, is_told };
    let change = match (now.get(&path), dice.below(12)) {
        (None, _) => set("restored", at_first.get(&path).cloned()),
        (Some(_), 0) => set("deleted", None),
        (Some(_), 1) => set("as it was", at_first.get(&path).cloned()),
        (Some(text), 2) => {
            let name = path.rsplit('/').next().unwrap_or(&path);
            let other = paths[dice.below(paths.len())];
            let directory = other.rsplit_once('/').map_or(String::new(), |(directory, _)| format!("{directory}/"));
            let to = format!("{directory}{name}");
            if to == path {
                set("written again", Some(text.clone()))
            } else {
                Change { files: vec![(path.clone(), None), (to, Some(text.clone()))], what: "renamed", is_told }
            }
        }
        (Some(text), _) => {
            let (what, text) = edited(text, now.get(paths[dice.below(paths.len())]), dice);
            set(what, Some(text))
        }
    };
    change.apply(now);
    change
}

/// A text with lines or definitions that are gone, repeated, in other places, or another's.
fn edited(text: &[u8], other: Option<&Vec<u8>>, dice: &mut Dice) -> (&'static str, Vec<u8>) {
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    if lines.is_empty() {
        return ("empty", Vec::new());
    }
    let from = dice.below(lines.len());
    // One line, or all up to the next one that stands as far left: mostly a definition.
    let length = match dice.below(2) {
        0 => 1,
        _ => {
            let indent = |line: &[u8]| line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let own = indent(lines[from]);
            let inside = |line: &&&[u8]| line.trim_ascii().is_empty() || indent(line) > own;
            1 + lines[from + 1..].iter().take_while(inside).count().min(200)
        }
    };
    let to = (from + length).min(lines.len());
    let (head, some, tail) = (lines[..from].concat(), lines[from..to].concat(), lines[to..].concat());
    match dice.below(6) {
        0 | 1 => ("lines deleted", [head, tail].concat()),
        2 => ("lines repeated", [head, some.clone(), some, tail].concat()),
        3 => {
            let rest = [head, tail].concat();
            let lines: Vec<&[u8]> = rest.split_inclusive(|&byte| byte == b'\n').collect();
            let at = dice.below(lines.len() + 1);
            ("lines moved", [lines[..at].concat(), some, lines[at..].concat()].concat())
        }
        4 => {
            let other = other.map_or(text, Vec::as_slice);
            let lines: Vec<&[u8]> = other.split_inclusive(|&byte| byte == b'\n').collect();
            let at = dice.below(lines.len());
            let end = lines.len().min(at + 1 + dice.below(12));
            ("another's lines", [head, some, lines[at..end].concat(), tail].concat())
        }
        _ => {
            let mut words: Vec<Vec<u8>> =
                some.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').map(<[u8]>::to_vec).collect();
            words.retain(|word| word.len() > 1);
            if words.len() < 2 {
                return ("a line more", [head, b"\n".to_vec(), some, tail].concat());
            }
            let (a, b) = (words.swap_remove(dice.below(words.len())), words.swap_remove(dice.below(words.len())));
            let text =
                String::from_utf8_lossy(&some).replacen(&*String::from_utf8_lossy(&a), &String::from_utf8_lossy(&b), 1);
            ("a word in another's place", [head, text.into_bytes(), tail].concat())
        }
    }
}
