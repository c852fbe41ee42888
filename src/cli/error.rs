//! What a command ends with when it does not succeed.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use thiserror::Error;

use crate::{history::HistoryError, index::IndexError, kv::StoreError};

/// The exit codes, which scripts may rely on.
pub mod exit {
    /// The question was understood and there is nothing to answer.
    pub const NOTHING: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const NO_INDEX: u8 = 3;
    pub const INDEX: u8 = 4;
    /// Stopped by a signal; what was written is sound.
    pub const CANCELLED: u8 = 130;

    /// The table for `--help` and the man page.
    pub const HELP: &str = "Exit codes:
  0    success
  1    nothing found, or no such record
  2    wrong use of the command line
  3    there is no index yet: run `rutter index`
  4    the index, the workspace or the output failed
  130  stopped by a signal before the end; what was indexed until then is kept";
}

#[derive(Debug, Error)]
pub enum CliError {
    /// What was given does not make sense.
    #[error("{message}")]
    Usage { message: String, help: String },
    /// Understood, and there is nothing.
    #[error("{message}")]
    Nothing { message: String, help: String },
    /// The root is not known where an index directory was given and none lies around the current directory.
    #[error("no index{}: {} holds none", .root.as_ref().map(|root| format!(" of {}", root.display())).unwrap_or_default(), .dir.display())]
    NoIndex { root: Option<PathBuf>, dir: PathBuf },
    /// Something about the index or the workspace that only its owner can mend.
    #[error("{message}")]
    Failed { message: String, help: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
}

impl CliError {
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        CliError::Usage { message: message.into(), help: help.into() }
    }

    pub fn nothing(message: impl Into<String>, help: impl Into<String>) -> Self {
        CliError::Nothing { message: message.into(), help: help.into() }
    }

    pub fn failed(message: impl Into<String>, help: impl Into<String>) -> Self {
        CliError::Failed { message: message.into(), help: help.into() }
    }

    pub fn exit_code(&self) -> u8 {
        match self {
            CliError::Nothing { .. } => exit::NOTHING,
            CliError::Usage { .. } | CliError::Index(IndexError::TooWide { .. }) => exit::USAGE,
            CliError::NoIndex { .. } | CliError::Store(StoreError::NotIndexed { .. }) => exit::NO_INDEX,
            CliError::Failed { .. }
            | CliError::Store(_)
            | CliError::Index(_)
            | CliError::History(_)
            | CliError::Output(_) => exit::INDEX,
        }
    }

    /// The way out.
    fn help(&self) -> String {
        match self {
            CliError::Usage { help, .. } | CliError::Nothing { help, .. } | CliError::Failed { help, .. } => {
                help.clone()
            }
            CliError::NoIndex { root: Some(root), .. } => format!("run `rutter index {}` first", root.display()),
            CliError::NoIndex { root: None, .. } => "run `rutter index ROOT` first".to_owned(),
            // Its message ends with the way out.
            CliError::Store(_) | CliError::History(_) => String::new(),
            CliError::Index(error) => error.help().to_owned(),
            CliError::Output(_) => "see whether the place that the output goes to is full or gone".to_owned(),
        }
    }

    /// Says it on standard error. A reader that closed our output early (`rutter dump | head`) has what it wanted.
    pub fn report(&self) -> ExitCode {
        if matches!(self, CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        let mut text = format!("error: {self}\n");
        let help = self.help();
        if !help.is_empty() {
            text += &format!("help: {help}\n");
        }
        // Where standard error is closed there is nobody left to tell.
        let _ = io::stderr().write_all(text.as_bytes());
        ExitCode::from(self.exit_code())
    }
}
