//! `rutter status`.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use indicatif::BinaryBytes;
use serde::Serialize;

use super::{
    CliError, Context, log, stdout,
    table::{Side, counted, plain, write_columns},
};
use crate::{
    kv::{Snapshot, StoreError},
    record::{Execution, FileId, Skip, Source},
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// List every skipped file with its reason
    #[arg(long)]
    skipped: bool,
}

/// All that there is to say.
#[derive(Debug, Serialize)]
struct Status {
    root: PathBuf,
    index_dir: PathBuf,
    /// The index's own `meta:` records, the format version among them.
    meta: BTreeMap<String, serde_json::Value>,
    languages: BTreeMap<Arc<str>, Language>,
    files: u64,
    symbols: u64,
    source_bytes: u64,
    index_bytes: u64,
    index_bytes_per_source_byte: Option<f64>,
    files_with_problems: u64,
    buffers: u64,
    skipped: BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped_files: Option<Vec<SkippedFile>>,
    last_run: Option<Execution>,
}

#[derive(Debug, Default, Serialize)]
struct Language {
    files: u64,
    symbols: u64,
    lines: u64,
    bytes: u64,
}

#[derive(Debug, Serialize)]
struct SkippedFile {
    path: Arc<str>,
    #[serde(flatten)]
    skip: Skip,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let (root, store) = context.open_existing()?;
    let dir = context.index_dir(&root)?;
    let mut status = gather(&store.snapshot()?, root, dir)?;
    let mut out = stdout();
    if context.json {
        status.skipped_files = status.skipped_files.filter(|_| args.skipped);
        serde_json::to_writer(&mut out, &status).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        write_text(&mut out, &status)?;
        if args.skipped {
            write_skipped(&mut out, status.skipped_files.as_deref().unwrap_or_default())?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn gather(snapshot: &Snapshot, root: PathBuf, index_dir: PathBuf) -> Result<Status, CliError> {
    let (mut languages, mut skipped) = (BTreeMap::<Arc<str>, Language>::new(), BTreeMap::new());
    let (mut skipped_files, mut ids) = (Vec::new(), Vec::<(Arc<str>, FileId)>::new());
    let (mut files_with_problems, mut buffers) = (0, 0);
    snapshot.files(&mut |file| {
        match file.skipped {
            Some(skip) => {
                *skipped.entry(reason(&skip)).or_default() += 1;
                skipped_files.push(SkippedFile { path: file.path, skip });
            }
            None => {
                let language = languages.entry(file.language.clone()).or_default();
                language.files += 1;
                language.lines += u64::from(file.lines);
                language.bytes += file.size;
                files_with_problems += u64::from(!file.problems.is_empty());
                buffers += u64::from(file.source == Source::Buffer);
                ids.push((file.language, file.file_id));
            }
        }
        ControlFlow::Continue(())
    })?;
    for (language, id) in ids {
        languages.entry(language).or_default().symbols += snapshot.file_symbols(id)?.len() as u64;
    }
    let source_bytes = languages.values().map(|language| language.bytes).sum();
    let index_bytes = bytes_on_disk(&index_dir);
    Ok(Status {
        root,
        meta: meta(snapshot)?,
        files: languages.values().map(|language| language.files).sum(),
        symbols: languages.values().map(|language| language.symbols).sum(),
        source_bytes,
        index_bytes,
        index_bytes_per_source_byte: (source_bytes > 0).then(|| index_bytes as f64 / source_bytes as f64),
        files_with_problems,
        buffers,
        languages,
        skipped,
        skipped_files: Some(skipped_files),
        last_run: snapshot.executions(1)?.pop(),
        index_dir,
    })
}

fn meta(snapshot: &Snapshot) -> Result<BTreeMap<String, serde_json::Value>, StoreError> {
    let mut meta = BTreeMap::new();
    snapshot.scan("meta:", &mut |key, value| {
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        meta.insert(key.to_owned(), value);
        ControlFlow::Continue(())
    })?;
    Ok(meta)
}

/// The space that a directory's files take. LMDB's files have holes, so their lengths would say too much.
fn bytes_on_disk(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_on_disk(&entry.path()),
        Ok(metadata) => allocated(&metadata),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

#[cfg(unix)]
fn allocated(metadata: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.blocks() * 512
}

#[cfg(not(unix))]
fn allocated(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}

fn write_text(out: &mut impl Write, status: &Status) -> io::Result<()> {
    writeln!(out, "root   {}", status.root.display())?;
    writeln!(out, "index  {}", status.index_dir.display())?;
    for (key, value) in &status.meta {
        writeln!(out, "{key}  {}", plain(&value.to_string()))?;
    }
    match &status.last_run {
        Some(run) => writeln!(out, "last run  {} UTC, {}", log::seconds(&run.started_at), log::outcome(run))?,
        None => writeln!(out, "last run  none is recorded")?,
    }
    writeln!(out)?;
    let mut rows = vec![["language", "files", "symbols", "lines", "bytes"].map(str::to_owned)];
    for (name, language) in &status.languages {
        let Language { files, symbols, lines, bytes } = language;
        rows.push([plain(name), files.to_string(), symbols.to_string(), lines.to_string(), bytes.to_string()]);
    }
    write_columns(out, [Side::Left, Side::Right, Side::Right, Side::Right, Side::Right], &rows)?;
    writeln!(out)?;
    write!(out, "{} on disk", BinaryBytes(status.index_bytes))?;
    match status.index_bytes_per_source_byte {
        Some(ratio) => writeln!(out, ", {ratio:.2} bytes a byte of source")?,
        None => writeln!(out)?,
    }
    if status.files_with_problems > 0 {
        writeln!(out, "{} did not parse in places", counted(status.files_with_problems, "file"))?;
    }
    if status.buffers > 0 {
        writeln!(out, "{} as an editor has them, unsaved or not", counted(status.buffers, "file"))?;
    }
    if !status.skipped.is_empty() {
        let reasons: Vec<_> = status.skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        let count = status.skipped.values().sum();
        writeln!(out, "{} skipped: {} (--skipped lists them)", counted(count, "file"), reasons.join(", "))?;
    }
    Ok(())
}

fn write_skipped(out: &mut impl Write, files: &[SkippedFile]) -> io::Result<()> {
    writeln!(out)?;
    let rows: Vec<_> = files.iter().map(|file| [plain(&file.path), plain(&why(&file.skip))]).collect();
    write_columns(out, [Side::Left, Side::Left], &rows)
}

/// The name of a reason, as JSON has it.
fn reason(skip: &Skip) -> String {
    match serde_json::to_value(skip.reason) {
        Ok(serde_json::Value::String(name)) => name,
        _ => format!("{:?}", skip.reason),
    }
}

/// A reason for people: `oversized: 12.4 MiB, the limit is 4.0 MiB`.
pub fn why(skip: &Skip) -> String {
    let reason = reason(skip).replace('_', " ");
    if skip.detail.starts_with(&reason) { skip.detail.clone() } else { format!("{reason}: {}", skip.detail) }
}
