//! `rutter man`.

use std::{fs, io::Write, path::PathBuf, process::ExitCode};

use clap::CommandFactory;

use super::{CliError, arguments::Arguments, stdout};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Write rutter.1, rutter-index.1 and so on there
    dir: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    match &args.dir {
        None => {
            let mut out = stdout();
            clap_mangen::Man::new(Arguments::command()).render(&mut out)?;
            out.flush()?;
        }
        Some(dir) => {
            let fail = |error| CliError::failed(format!("{}: {error}", dir.display()), "name a directory to write to");
            fs::create_dir_all(dir).map_err(fail)?;
            clap_mangen::generate_to(Arguments::command(), dir).map_err(fail)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
