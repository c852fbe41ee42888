//! How far an answer can be trusted. "Nothing found" and "not indexed" are different answers.

use std::{
    fmt::{self, Display},
    sync::Arc,
};

use serde::Serialize;

use super::View;
use crate::{
    kv::StoreError,
    record::{FileRecord, Skip, SkipReason, Source},
};

/// What the index has of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum FileState {
    Indexed(FileRecord),
    /// Known, and left out for a reason.
    Skipped(FileRecord, Skip),
    /// Not known: new, not a source file, or excluded.
    NotIndexed,
}

impl FileState {
    pub fn of(view: &View, path: &str) -> Result<Self, StoreError> {
        Ok(match view.file(path)? {
            None => FileState::NotIndexed,
            Some(file) => match file.skipped.clone() {
                Some(skip) => FileState::Skipped(file, skip),
                None => FileState::Indexed(file),
            },
        })
    }
}

/// What limits an answer. An answer without notes is as good as the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// The file did not parse in the lines that the answer is about; the first such line, from 1.
    Partial {
        path: Arc<str>,
        line: u32,
    },
    Skipped {
        path: Arc<str>,
        reason: SkipReason,
        detail: String,
    },
    NotIndexed {
        path: Arc<str>,
    },
    /// Read from a buffer, which may differ from the disk, of an editor other than the one that asks.
    Unsaved {
        path: Arc<str>,
    },
    /// The file on disk is another than the one that was indexed.
    Stale {
        path: Arc<str>,
    },
    /// Names in some files are not followed so far: who uses what is not known in full.
    Linking,
    /// One of several that bear the name.
    Ambiguous {
        candidates: usize,
        more: bool,
    },
    /// The name is defined outside of the workspace.
    Outside,
    /// There is no evidence for what the name means.
    Unknown,
    /// The name is one of the file's own that is no symbol, bound at this line (1-based).
    Local {
        line: u32,
    },
    /// The name is that of a file as a module.
    Module {
        path: Arc<str>,
    },
    /// Found by its name alone.
    ByName,
    /// Found by its name alone, and in a file of another language.
    OtherLanguage {
        language: Arc<str>,
    },
}

impl Note {
    /// What limits an answer about some lines (1-based, both counted) of an indexed file. Whoever asks with the buffer itself
    /// at hand has it before the eyes and need not be told.
    pub fn on_lines(view: &View, file: &FileRecord, lines: (u32, u32)) -> Vec<Note> {
        let mut notes = Note::of_record(file, lines);
        if view.buffers.contains_key(&file.path) {
            notes.retain(|note| !matches!(note, Note::Unsaved { .. }));
        }
        notes
    }

    fn of_record(file: &FileRecord, lines: (u32, u32)) -> Vec<Note> {
        let mut notes = Vec::new();
        let problem = file.problems.iter().find(|p| p.start_line <= lines.1 && lines.0 <= p.end_line.max(p.start_line));
        if let Some(problem) = problem {
            notes.push(Note::Partial { path: file.path.clone(), line: problem.start_line.max(lines.0) });
        }
        if file.source == Source::Buffer {
            notes.push(Note::Unsaved { path: file.path.clone() });
        }
        notes
    }
}

impl Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Partial { line, .. } => write!(f, "partial: line {line} does not parse"),
            Note::Skipped { reason, detail, .. } if detail.is_empty() => write!(f, "skipped: {}", reason_text(*reason)),
            Note::Skipped { reason, detail, .. } => write!(f, "skipped: {} ({detail})", reason_text(*reason)),
            Note::NotIndexed { path } => write!(f, "not indexed: {path}"),
            Note::Unsaved { .. } => f.write_str("from an editor's buffer"),
            Note::Stale { path } => write!(f, "stale: {path} changed since it was indexed"),
            Note::Linking => f.write_str("names are still being linked: there may be more users"),
            Note::Ambiguous { candidates, more } => {
                write!(f, "ambiguous: {}{candidates} candidates", if *more { "over " } else { "" })
            }
            Note::Outside => f.write_str("defined outside of this workspace"),
            Note::Unknown => f.write_str("nothing tells what this name means"),
            Note::Local { line } => write!(f, "local, bound at line {line}"),
            Note::Module { path } => write!(f, "the module {path}"),
            Note::ByName => f.write_str("by name, likely"),
            Note::OtherLanguage { language } => write!(f, "by name, in another language ({language})"),
        }
    }
}

fn reason_text(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Binary => "binary",
        SkipReason::Minified => "minified",
        SkipReason::Generated => "generated",
        SkipReason::Oversized => "too large",
        SkipReason::Unreadable => "unreadable",
        SkipReason::NotAFile => "not a regular file",
        SkipReason::ParseLimit => "parsing took too long",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::testing::file;
    use crate::record::{Problem, ProblemKind};

    fn problem(start_line: u32, end_line: u32) -> Problem {
        Problem {
            kind: ProblemKind::SyntaxError,
            byte_start: 0,
            byte_end: 0,
            start_line,
            start_col: 0,
            end_line,
            end_col: 0,
            message: String::new(),
        }
    }

    #[test]
    fn a_problem_counts_where_it_is() {
        let mut file = file("a.rs", "rust");
        file.problems = vec![problem(3, 3), problem(10, 12)];
        assert_eq!(Note::of_record(&file, (4, 9)), []);
        assert_eq!(Note::of_record(&file, (11, 20)), [Note::Partial { path: "a.rs".into(), line: 11 }]);
        assert_eq!(Note::of_record(&file, (1, 20)), [Note::Partial { path: "a.rs".into(), line: 3 }]);
    }

    #[test]
    fn a_buffer_is_named() {
        let mut file = file("a.rs", "rust");
        file.source = Source::Buffer;
        assert_eq!(Note::of_record(&file, (1, 2)), [Note::Unsaved { path: "a.rs".into() }]);
    }
}
