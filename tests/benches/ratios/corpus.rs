//! A directory of sources, and its index.

use std::{
    fmt, fs,
    io::Write,
    ops::ControlFlow,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rutter::kv::Store;

use super::measure::{Measure, of_program};

/// As the command line has it.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_rutter");

pub struct Corpus {
    pub name: String,
    pub root: PathBuf,
    pub files: u64,
    pub lines: u64,
    pub bytes: u64,
    /// What the index reads, a path a line; and with the language before it, and a tab.
    pub list: PathBuf,
    pub languages: PathBuf,
    /// All files of the index, in bytes on the disk.
    pub index_bytes: u64,
    /// How many rows and bytes each namespace has, keys and values.
    pub namespaces: Vec<(String, u64, u64)>,
    pub index_dir: tempfile::TempDir,
    lists: tempfile::TempDir,
}

impl Corpus {
    /// Indexes it for the first time, which warms up what comes after.
    pub fn index(root: &Path) -> Self {
        let index_dir = tempfile::tempdir().unwrap();
        index(root, index_dir.path());
        let lists = tempfile::tempdir().unwrap();
        let (list, languages) = (lists.path().join("files.txt"), lists.path().join("languages.txt"));
        let create = |path: &PathBuf| std::io::BufWriter::new(fs::File::create(path).unwrap());
        let (mut paths, mut named) = (create(&list), create(&languages));
        let store = Store::open(index_dir.path(), root.to_str().unwrap()).unwrap();
        let snapshot = store.snapshot().unwrap();
        let (mut files, mut bytes) = (0, 0);
        let each = &mut |file: rutter::record::FileRecord| {
            if file.skipped.is_none() {
                files += 1;
                bytes += file.size;
                let path = root.join(&*file.path);
                writeln!(paths, "{}", path.display()).unwrap();
                writeln!(named, "{}\t{}", file.language, path.display()).unwrap();
            }
            ControlFlow::Continue(())
        };
        snapshot.files(each).unwrap();
        paths.flush().unwrap();
        named.flush().unwrap();
        let info = snapshot.info().unwrap();
        let namespaces =
            info.namespaces.iter().map(|space| (space.prefix.to_owned(), space.records, space.bytes)).collect();
        let lines = fs::read_to_string(&list).unwrap().lines().map(lines).sum();
        let name = root.file_name().unwrap().to_string_lossy().into_owned();
        let index_bytes = on_disk(index_dir.path());
        let root = root.to_owned();
        Corpus { name, root, files, lines, bytes, list, languages, index_bytes, namespaces, index_dir, lists }
    }
}

/// `rutter index`, of what was not indexed before or has not changed since.
pub fn index(root: &Path, index: &Path) -> Measure {
    of_program(&[PROGRAM.as_ref(), "index".as_ref(), root.as_os_str(), "--index-dir".as_ref(), index.as_os_str()])
}

fn lines(path: &str) -> u64 {
    fs::read(path).unwrap().split(|&byte| byte == b'\n').count() as u64
}

/// What a file takes, or a directory with all that is in it.
pub fn on_disk(path: &Path) -> u64 {
    let metadata = fs::symlink_metadata(path).unwrap();
    let own = metadata.blocks() * 512;
    if !metadata.is_dir() {
        return own;
    }
    fs::read_dir(path).unwrap().map(|entry| on_disk(&entry.unwrap().path())).sum::<u64>() + own
}

impl fmt::Display for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Corpus { name, files, lines, bytes, index_bytes, .. } = self;
        writeln!(f, "\n== {name}: {files} files, {lines} lines, {:.1} MB", *bytes as f64 / 1e6)?;
        write!(f, "index: {:.1} MB", *index_bytes as f64 / 1e6)?;
        for (prefix, rows, size) in &self.namespaces {
            write!(
                f,
                "\n  {prefix:16} {rows:9} rows {:8.1} MB  {:5.2}",
                *size as f64 / 1e6,
                *size as f64 / *bytes as f64
            )?;
        }
        Ok(())
    }
}
