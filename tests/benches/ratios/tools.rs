//! What is measured beside our index: the parsers alone, and universal-ctags.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use rutter::languages;

use super::{
    corpus::Corpus,
    measure::{Measure, of_program},
};

pub const PARSE: &str = "parse";

#[derive(Debug, Default)]
pub struct Tools {
    pub ctags: Option<PathBuf>,
}

/// The grammars on the corpus, on all cores: files are read, parsed, and forgotten.
pub fn parse(corpus: &Corpus) -> Measure {
    let own = std::env::current_exe().unwrap();
    of_program(&[own.as_os_str(), PARSE.as_ref(), corpus.languages.as_os_str()])
}

/// The process that parses: tree-sitter itself, with the text as it is.
pub fn parse_only(arguments: &[String]) -> ExitCode {
    let list = fs::read_to_string(&arguments[0]).unwrap();
    let files: Vec<&str> = list.lines().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut parser = tree_sitter::Parser::new();
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (language, path) = path.split_once('\t').unwrap();
            let text = fs::read(path).unwrap();
            parser.set_language(&(languages::by_name(language).unwrap().grammar)()).unwrap();
            drop(parser.parse(&text, None).unwrap());
        }
    };
    thread::scope(|scope| (0..thread::available_parallelism().unwrap().get()).for_each(|_| drop(scope.spawn(work))));
    ExitCode::SUCCESS
}

/// universal-ctags on the corpus, as it comes; sorted, as editors want its file.
pub fn ctags(program: &Path, corpus: &Corpus) -> Measure {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("tags");
    of_program(&[program.as_os_str(), "-L".as_ref(), corpus.list.as_os_str(), "-f".as_ref(), out.as_os_str()])
}
