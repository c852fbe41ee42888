//! The languages, as data: one folder each, and here the one list of them.

mod c;
mod cpp;
mod go;
pub(crate) mod hooks;
mod java;
mod javascript;
mod lua;
mod python;
pub(crate) mod roles;
mod rust;
pub(crate) mod table;
mod typescript;

use std::sync::OnceLock;

use roles::{Hooks, Row, Table};

/// A language that rutter reads.
#[derive(Debug)]
pub struct Language {
    /// As records write it and editors call it, e.g. `rust`.
    pub name: &'static str,
    /// File name endings without the dot, in lower case.
    pub extensions: &'static [&'static str],
    /// Whole file names that belong to it.
    pub file_names: &'static [&'static str],
    /// Interpreters in a `#!` line that belong to it, without version numbers.
    pub interpreters: &'static [&'static str],
    /// The editors' names for it (`languageId`) beside `name`.
    pub editor_ids: &'static [&'static str],
    /// Between the parts of a fully-qualified name.
    pub separator: &'static str,
    /// Its grammar, as it comes.
    pub grammar: fn() -> tree_sitter::Language,
    /// What each node kind of the grammar means.
    rows: &'static [Row],
    /// The rows by the grammar's ids, made on first use.
    table: OnceLock<Table>,
    pub(crate) hooks: Hooks,
}

/// What lies around a file, for finding out what its module is called. Paths are those of the index.
pub trait Surroundings {
    fn exists(&self, path: &str) -> bool;
    /// The text of a small file such as a manifest.
    fn read(&self, path: &str) -> Option<String>;
    /// What such a file says, by one of the few functions that read it. Many files ask the same.
    fn said(&self, path: &str, read: fn(&str) -> Option<String>) -> Option<String> {
        read(&self.read(path)?)
    }
    /// The names of the files in a directory, in any order; none for one that is not there.
    fn names(&self, directory: &str) -> Vec<String>;
}

static LANGUAGES: [&Language; 10] = [
    &c::LANGUAGE,
    &cpp::LANGUAGE,
    &go::LANGUAGE,
    &java::LANGUAGE,
    &javascript::LANGUAGE,
    &lua::LANGUAGE,
    &python::LANGUAGE,
    &rust::LANGUAGE,
    &typescript::LANGUAGE,
    &typescript::LANGUAGE_TSX,
];

/// An ending that several languages have.
struct SharedEnding {
    extension: &'static str,
    languages: [&'static Language; 2],
    by_text: fn(&[u8]) -> Option<&'static Language>,
    by_surroundings: fn(&str, &dyn Surroundings) -> &'static Language,
}

static SHARED_ENDINGS: [SharedEnding; 1] = [SharedEnding {
    extension: "h",
    languages: [&c::LANGUAGE, &cpp::LANGUAGE],
    by_text: c::evidence::by_text,
    by_surroundings: c::evidence::by_surroundings,
}];

fn shared_ending(path: &str) -> Option<&'static SharedEnding> {
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    SHARED_ENDINGS.iter().find(|shared| shared.extension.eq_ignore_ascii_case(ending))
}

/// Several languages have the ending of this path.
pub fn is_shared(path: &str) -> bool {
    shared_ending(path).is_some()
}

/// A file of this path is in one of several languages of which this is one, and its ending does not say in which.
pub fn is_in_doubt(path: &str, language: &Language) -> bool {
    shared_ending(path).is_some_and(|shared| shared.languages.iter().any(|one| one.name == language.name))
}

/// The language of a file with an ending that several languages have, as far as its text does not say.
pub fn by_surroundings(path: &str, around: &dyn Surroundings) -> Option<&'static Language> {
    shared_ending(path).map(|shared| (shared.by_surroundings)(path, around))
}

/// The language of a file, all in all: by its ending, by its text and what lies around it where the ending does not say,
/// by its `#!` line.
pub fn of_file(path: &str, bytes: &[u8], around: &dyn Surroundings) -> Option<&'static Language> {
    match shared_ending(path) {
        Some(shared) => Some((shared.by_text)(bytes).unwrap_or_else(|| (shared.by_surroundings)(path, around))),
        None => by_path(path).or_else(|| by_interpreter(bytes)),
    }
}

/// What a text says of the language of a file whose ending does not say, if it does.
pub fn told_by_text(path: &str, bytes: &[u8]) -> Option<&'static Language> {
    shared_ending(path).and_then(|shared| (shared.by_text)(bytes))
}

/// All languages.
pub fn all() -> &'static [&'static Language] {
    &LANGUAGES
}

/// By the name in records or in an editor.
pub fn by_name(name: &str) -> Option<&'static Language> {
    all().iter().copied().find(|language| language.name == name || language.editor_ids.contains(&name))
}

/// Files that are no sources and tell what the modules around them are called, by their names in any directory.
pub const PROJECT_FILES: [&str; 3] = ["Cargo.toml", "go.mod", "package.json"];

/// By a path's file name or ending.
pub fn by_path(path: &str) -> Option<&'static Language> {
    let name = path.rsplit('/').next()?;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    all().iter().copied().find(|language| {
        language.file_names.contains(&name)
            || ending.as_deref().is_some_and(|ending| language.extensions.contains(&ending))
    })
}

/// By a text's `#!` line.
pub fn by_interpreter(first_bytes: &[u8]) -> Option<&'static Language> {
    let line = first_bytes.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split_whitespace();
    let mut program = words.next()?.rsplit('/').next()?;
    if program == "env" {
        program = words.find(|word| !word.starts_with('-') && !word.contains('='))?;
    }
    let program = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    all().iter().copied().find(|language| language.interpreters.contains(&program))
}

impl Language {
    /// Node kinds and fields that the table names and the grammar does not know; none, as a test sees to.
    pub fn unknown_rows(&self) -> &[String] {
        &self.table().unknown
    }

    pub(crate) fn table(&self) -> &Table {
        self.table.get_or_init(|| Table::new(&(self.grammar)(), self.rows, self.hooks.binding))
    }

    /// What the top level of the file is called: the start of its symbols' fully-qualified names. Empty for none.
    pub fn module_of(&self, path: &str, around: &dyn Surroundings) -> String {
        (self.hooks.module_of)(path, around)
    }
}

/// The text of a block comment's inside: without the stars that lead its lines, without the common indentation.
fn block_comment_text(inside: &str) -> String {
    let starless: Vec<&str> = inside.lines().map(|line| line.trim_start().strip_prefix('*').unwrap_or(line)).collect();
    dedent(&starless.join("\n"))
}

/// Takes away the indentation that all lines but the first have in common, and white space at both ends (PEP 257).
fn dedent(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let common = text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let mut lines = text.lines();
    let first = lines.next().map(str::trim).unwrap_or_default();
    let rest = lines.map(|line| line.get(common..).unwrap_or(line.trim_start()).trim_end());
    let lines: Vec<&str> = std::iter::once(first).chain(rest).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn grammars_know_every_row() {
        for language in super::all() {
            assert_eq!(language.unknown_rows(), Vec::<String>::new(), "in the table of {}", language.name);
        }
    }
}
