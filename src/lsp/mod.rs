//! The language server.

use std::{path::PathBuf, process::ExitCode};

#[derive(Clone, Debug, Default)]
pub struct Options {
    pub root: Option<PathBuf>,
    pub index_dir: Option<PathBuf>,
}

pub fn run(options: Options) -> ExitCode {
    let _ = options;
    todo!()
}
