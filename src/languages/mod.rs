//! The languages, as data: one folder each, and here the one list of them.

mod python;
pub mod roles;
mod rust;

use roles::{Hooks, Role};

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
    pub(crate) grammar: fn() -> tree_sitter::Language,
    /// What each node kind of the grammar means.
    pub(crate) roles: &'static [(&'static str, Role)],
    pub(crate) hooks: Hooks,
}

/// What lies around a file, for finding out what its module is called. Paths are those of the index.
pub trait Surroundings {
    fn exists(&self, path: &str) -> bool;
    /// The text of a small file such as a manifest.
    fn read(&self, path: &str) -> Option<String>;
}

static LANGUAGES: [&Language; 2] = [&python::LANGUAGE, &rust::LANGUAGE];

/// All languages.
pub fn all() -> &'static [&'static Language] {
    &LANGUAGES
}

/// By the name in records or in an editor.
pub fn by_name(name: &str) -> Option<&'static Language> {
    all().iter().copied().find(|language| language.name == name || language.editor_ids.contains(&name))
}

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
    /// What the top level of the file is called: the start of its symbols' fully-qualified names. Empty for none.
    pub fn module_of(&self, path: &str, around: &dyn Surroundings) -> String {
        (self.hooks.module_of)(path, around)
    }
}
