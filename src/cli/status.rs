//! `rutter status`.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    ops::ControlFlow,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use indicatif::BinaryBytes;
use serde::Serialize;

use super::{
    CliError, Context, stdout,
    table::{Side, counted, plain, write_columns},
    wording::{outcome, reason, seconds, why},
};
use crate::{
    kv::{IndexInfo, Store},
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
    /// Of the file `data.mdb`.
    data_dir: PathBuf,
    format_version: Option<u32>,
    /// Of the program that opened the index for writing last.
    tool_version: Option<String>,
    languages: BTreeMap<Arc<str>, Language>,
    files: u64,
    symbols: u64,
    source_bytes: u64,
    /// All that LMDB makes known of the index.
    index: IndexInfo,
    index_bytes_per_source_byte: Option<f64>,
    files_with_problems: u64,
    /// That say that a program has written them.
    files_generated: u64,
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
    let mut status = gather(&store, root)?;
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

fn gather(store: &Store, root: PathBuf) -> Result<Status, CliError> {
    let snapshot = store.snapshot()?;
    let (mut languages, mut skipped) = (BTreeMap::<Arc<str>, Language>::new(), BTreeMap::new());
    let (mut skipped_files, mut ids) = (Vec::new(), Vec::<(Arc<str>, FileId)>::new());
    let (mut files_with_problems, mut files_generated, mut buffers) = (0, 0, 0);
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
                files_generated += u64::from(file.generated.is_some());
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
    let index = snapshot.info()?;
    let (format_version, tool_version) =
        snapshot.index()?.map(|record| (record.format_version, record.tool_version)).unzip();
    Ok(Status {
        root,
        index_dir: store.dir().to_owned(),
        data_dir: store.data_dir().to_owned(),
        format_version,
        tool_version,
        files: languages.values().map(|language| language.files).sum(),
        symbols: languages.values().map(|language| language.symbols).sum(),
        source_bytes,
        index_bytes_per_source_byte: (source_bytes > 0).then(|| index.file_bytes as f64 / source_bytes as f64),
        files_with_problems,
        files_generated,
        buffers,
        languages,
        skipped,
        skipped_files: Some(skipped_files),
        last_run: snapshot.executions(1)?.pop(),
        index,
    })
}

fn write_text(out: &mut impl Write, status: &Status) -> io::Result<()> {
    writeln!(out, "root      {}", status.root.display())?;
    writeln!(out, "index     {}", status.data_dir.join("data.mdb").display())?;
    if let (Some(format), Some(version)) = (status.format_version, &status.tool_version) {
        writeln!(out, "format    {format}, written by rutter {}", plain(version))?;
    }
    match &status.last_run {
        Some(run) => writeln!(out, "last run  {} UTC, {}", seconds(&run.started_at), outcome(run))?,
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
    write!(out, "{} records, {} on disk", status.index.records, BinaryBytes(status.index.file_bytes))?;
    match status.index_bytes_per_source_byte {
        Some(ratio) => writeln!(out, ", {ratio:.2} bytes a byte of source")?,
        None => writeln!(out)?,
    }
    if status.files_with_problems > 0 {
        writeln!(out, "{} did not parse in places", counted(status.files_with_problems, "file"))?;
    }
    if status.files_generated > 0 {
        writeln!(out, "{} generated, as they say themselves", counted(status.files_generated, "file"))?;
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
