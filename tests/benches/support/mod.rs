//! What the benchmarks share: arguments, files, numbers.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rutter::{
    extract::Origin,
    languages::{self, Language},
    parse::Parsed,
    record::Source,
    text::SourceText,
};

/// The arguments that are ours: cargo adds `--bench`.
pub fn arguments() -> Vec<String> {
    std::env::args().skip(1).filter(|argument| argument != "--bench").collect()
}

/// A real file in memory.
#[derive(Clone, Debug)]
pub struct File {
    pub path: String,
    pub language: &'static Language,
    pub text: Arc<SourceText>,
}

impl File {
    pub fn parse(&self) -> Option<Parsed> {
        Parsed::new(Arc::clone(&self.text), self.language)
    }

    pub fn origin(&self) -> Origin {
        Origin {
            path: self.path.as_str().into(),
            module: "module".into(),
            salt: 0,
            source: Source::Disk,
            session: None,
            content_hash: "0".repeat(64),
            size: u64::from(self.text.len()),
            modified_at: None,
            indexed_at: "2026-01-01T00:00:00Z".into(),
        }
    }
}

/// Reads the file if it is text in a language that is known.
pub fn read(root: &Path, path: &str) -> Option<File> {
    let language = languages::by_path(path)?;
    let text = SourceText::from_file(fs::read(root.join(path)).ok()?).ok()?;
    Some(File { path: path.into(), language, text: Arc::new(text) })
}

/// All such files below a directory, in the order of their paths; not what is hidden, and not what cargo builds.
pub fn read_all(root: &Path) -> Vec<File> {
    let mut paths = Vec::new();
    walk(root, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .filter_map(|path| read(root, path.strip_prefix(root).expect("it was found below the root").to_str()?))
        .collect()
}

fn walk(directory: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") || name == "target" {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&entry.path(), paths),
            Ok(kind) if kind.is_file() => paths.push(entry.path()),
            _ => {}
        }
    }
}

/// The smallest, the median and the largest.
pub fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[0], values[values.len() / 2], values[values.len() - 1])
}
