//! What every command is told: which workspace, where its index is, and how to print.

use std::{
    io::{self, BufWriter, StdoutLock},
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use super::CliError;
use crate::{
    index,
    kv::{Store, StoreError},
    settings::{self, Given, Layer, Settled, Source},
};

#[derive(Clone, Debug, Default)]
pub struct Context {
    /// As given with `--root`.
    pub root: Option<PathBuf>,
    /// As given with `--index-dir` or in `RUTTER_INDEX_DIR`.
    pub index_dir: Option<PathBuf>,
    pub json: bool,
}

impl Context {
    /// The workspace's root: as given, else the workspace around the current directory.
    pub fn root(&self) -> Result<PathBuf, CliError> {
        if let Some(root) = &self.root {
            return existing_directory(root);
        }
        let here = std::env::current_dir().map_err(|error| {
            CliError::failed(
                format!("the current directory: {error}"),
                "change to an existing directory, or give --root DIR",
            )
        })?;
        index::workspace_root(&here).ok_or_else(|| {
            CliError::usage(
                format!(
                    "{}: no workspace here or above (no .git, Cargo.toml, pyproject.toml or the like)",
                    here.display()
                ),
                "name the workspace's directory with --root DIR; `--root .` is this one",
            )
        })
    }

    /// The settings that count for a root. `flags` are those of the command.
    pub fn settled(&self, root: &Path, flags: Map<String, Value>) -> Settled {
        let user = settings::user_file().and_then(|path| settings::of_user(&path));
        let mut given: Vec<Given> = user.into_iter().chain(settings::of_root(root)).collect();
        let mut said = flags;
        // A path that is no text does not go through JSON: `Context::index_dir` takes it as it is.
        if let Some(dir) = self.index_dir.as_deref().and_then(|dir| std::path::absolute(dir).ok()) {
            said.insert("index_dir".to_owned(), dir.to_string_lossy().into());
        }
        given.push(Given::new(Source::Said(Layer::CommandLine), said));
        Settled::of(&given)
    }

    /// The directory of a root's index.
    pub fn index_dir(&self, root: &Path) -> Result<PathBuf, CliError> {
        match &self.index_dir {
            Some(dir) => Ok(dir.clone()),
            None => Ok(self.settled(root, Map::new()).settings.index_dir(root)?),
        }
    }

    /// The workspace's root and its index, for reading. An index directory given without a root brings its own root along,
    /// as long as that is still there: a checkout that was moved is found around the current directory.
    pub fn open_existing(&self) -> Result<(PathBuf, Store), CliError> {
        if let (Some(dir), None) = (&self.index_dir, &self.root) {
            let store = open(self.root().ok(), dir)?;
            let recorded = PathBuf::from(&*store.snapshot()?.root());
            let root = if recorded.is_dir() { recorded } else { self.root()? };
            return Ok((root, store));
        }
        let root = self.root()?;
        let store = open(Some(root.clone()), &self.index_dir(&root)?)?;
        Ok((root, store))
    }
}

fn open(root: Option<PathBuf>, dir: &Path) -> Result<Store, CliError> {
    let store = Store::open_existing(dir).map_err(|error| match error {
        StoreError::NotIndexed { .. } => CliError::NoIndex { root, dir: dir.to_owned() },
        error => CliError::Store(error),
    })?;
    tell_notice(&store);
    Ok(store)
}

/// What there is to say about how the index was opened.
pub fn tell_notice(store: &Store) {
    if let Some(notice) = store.notice() {
        tracing::warn!("{notice}");
    }
}

/// Says what is wrong in files of settings: what is right in them counts.
pub fn tell_faults(settled: &Settled) {
    for fault in &settled.faults {
        tracing::warn!("{}", super::table::plain(&fault.to_string()));
    }
}

/// The canonical path of a directory that a user named.
pub fn existing_directory(dir: &Path) -> Result<PathBuf, CliError> {
    let canonical = dir
        .canonicalize()
        .map_err(|error| CliError::usage(format!("{}: {error}", dir.display()), "name an existing directory"))?;
    if canonical.is_dir() {
        Ok(canonical)
    } else {
        Err(CliError::usage(format!("{}: not a directory", dir.display()), "name the directory that the file is in"))
    }
}

/// Standard output, buffered. A write to a closed one is an error of kind `BrokenPipe`, which ends the command quietly;
/// print macros would panic instead. The writer is to be flushed at the end.
pub fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}
