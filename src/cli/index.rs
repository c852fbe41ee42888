//! `rutter index`.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{CliError, Context, existing_directory, exit, progress, stdout, table::counted, tell_faults, tell_notice};
use crate::{
    index::{self, First, Summary},
    kv::Store,
    settings::{self, Settled},
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The workspace [default: the one around the current directory]
    #[arg(value_name = "ROOT", conflicts_with = "root")]
    workspace: Option<PathBuf>,
    /// Leave out what matches, beside what ignore files name (may be repeated)
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    exclude: Vec<String>,
    /// Index only files that match, or lie in a directory that does (may be repeated)
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    include: Vec<String>,
    /// Leave out what .gitignore and .ignore name [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    ignore_files: Option<bool>,
    /// Index hidden files, too [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    hidden: Option<bool>,
    /// Skip files larger than this: bytes, or with K, M or G [default: 4M]
    #[arg(long, value_name = "SIZE", value_parser = settings::size)]
    max_file_size: Option<u64>,
    /// Skip files that say that a program has written them [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    skip_generated: Option<bool>,
    /// Threads that read and extract; 0 for one a core [default: 0]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: Option<u16>,
    /// Show no progress and no summary, only errors
    #[arg(short, long)]
    quiet: bool,
    /// Index the home directory or `/`, if that is what you mean
    #[arg(long)]
    force: bool,
}

/// Where the workspace and its index are.
pub(super) struct Place {
    pub root: PathBuf,
    pub dir: PathBuf,
}

impl Args {
    pub(super) fn place(&self, context: &Context) -> Result<Place, CliError> {
        let root = match &self.workspace {
            Some(root) => existing_directory(root)?,
            None => context.root()?,
        };
        if !self.force {
            index::check_root(&root)?;
        }
        let dir = context.index_dir(&root)?;
        Ok(Place { root, dir })
    }

    /// What counts: the flags, else what files of settings say.
    pub(super) fn settled(&self, context: &Context, root: &Path) -> Settled {
        let mut flags = Map::new();
        let mut set = |key: &str, value: Option<Value>| flags.extend(value.map(|value| (key.to_owned(), value)));
        let globs = |globs: &Vec<String>| (!globs.is_empty()).then(|| Value::from(globs.clone()));
        set("exclude", globs(&self.exclude));
        set("include", globs(&self.include));
        set("ignore_files", self.ignore_files.map(Value::from));
        set("hidden", self.hidden.map(Value::from));
        set("max_file_size", self.max_file_size.map(Value::from));
        set("skip_generated", self.skip_generated.map(Value::from));
        set("threads", self.threads.map(Value::from));
        context.settled(root, flags)
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }
}

/// The words of the command line.
pub(super) fn said() -> Vec<String> {
    std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect()
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let Place { root, dir } = args.place(context)?;
    let store = open(&dir, &root)?;
    let settled = args.settled(context, &root);
    tell_faults(&settled);
    let settings = settled.settings.run(First::Bulk);
    let cancel = cancel_by_signal()?;
    let begun = Instant::now();
    let progress = progress::for_stderr(args.quiet);
    let summary = index::run_logged(&store, &root, said(), &settings, &*progress, &cancel);
    // The bar goes before anything else is said.
    drop(progress);
    let summary = summary?;
    if context.json {
        let report =
            Report { root: &root, index_dir: &dir, duration_ms: begun.elapsed().as_millis() as u64, summary: &summary };
        let mut out = stdout();
        serde_json::to_writer(&mut out, &report).map_err(std::io::Error::from)?;
        writeln!(out)?;
        out.flush()?;
    } else if !args.quiet {
        let mut out = stdout();
        writeln!(out, "{}", told(&summary, &root, &super::wording::duration(begun.elapsed())))?;
        out.flush()?;
    }
    Ok(if summary.partial { ExitCode::from(exit::CANCELLED) } else { ExitCode::SUCCESS })
}

#[derive(Serialize)]
struct Report<'a> {
    root: &'a Path,
    index_dir: &'a Path,
    duration_ms: u64,
    #[serde(flatten)]
    summary: &'a Summary,
}

pub(super) fn open(dir: &Path, root: &Path) -> Result<Store, CliError> {
    index::make_index_dir(dir)?;
    // One that cannot be read is set aside below.
    if let Ok(store) = Store::open_existing(dir) {
        // One index is of one workspace: indexing another into it would forget the first. A workspace that was moved takes
        // its index along.
        let of = store.snapshot()?.root();
        if !of.is_empty() && Path::new(&*of) != root && Path::new(&*of).is_dir() {
            return Err(CliError::usage(
                format!("{}: this is the index of {of}, not of {}", dir.display(), root.display()),
                "give each workspace an index directory of its own, or leave `--index-dir` and RUTTER_INDEX_DIR away",
            ));
        }
    }
    let store = Store::open(dir, &root.to_string_lossy())?;
    tell_notice(&store);
    Ok(store)
}

/// The first signal asks for an orderly end, the second one does not ask. `ask` says whether it is the first.
pub(super) fn on_signal(ask: impl Fn() -> bool + Send + 'static) -> Result<(), CliError> {
    ctrlc::set_handler(move || {
        if !ask() {
            std::process::exit(i32::from(exit::CANCELLED));
        }
    })
    .map_err(|error| CliError::failed(format!("signals: {error}"), "run it again; report this if it stays"))
}

fn cancel_by_signal() -> Result<Arc<AtomicBool>, CliError> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = flag.clone();
    on_signal(move || !raised.swap(true, Ordering::Relaxed))?;
    Ok(flag)
}

fn told(summary: &Summary, root: &Path, time: &str) -> String {
    let mut parts = vec![format!("{} indexed", counted(summary.files_indexed, "file"))];
    for (count, what) in [
        (summary.files_unchanged, "unchanged"),
        (summary.files_removed, "removed"),
        (summary.files_skipped, "skipped (`rutter status --skipped` says why)"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    let what = format!(
        "{}, {}, {}",
        counted(summary.lines_indexed, "line"),
        counted(summary.symbols_indexed, "symbol"),
        counted(summary.references_indexed, "reference")
    );
    let stopped = if summary.partial { "stopped before the end; " } else { "" };
    format!("{}: {stopped}{}; {what}; {time}", root.display(), parts.join(", "))
}

fn glob(text: &str) -> Result<String, String> {
    index::check_glob(text).map(|()| text.to_owned()).map_err(|cause| cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_leaves_out_what_did_not_occur() {
        let summary = Summary { files_indexed: 1, files_removed: 2, partial: true, ..Summary::default() };
        assert_eq!(
            told(&summary, Path::new("/w"), "1 s"),
            "/w: stopped before the end; 1 file indexed, 2 removed; 0 lines, 0 symbols, 0 references; 1 s"
        );
    }
}
