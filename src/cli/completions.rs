//! `rutter completions`.

use std::{io::Write, process::ExitCode};

use clap::CommandFactory;
use clap_complete::Shell;

use super::{CliError, arguments::Arguments, stdout};

#[derive(clap::Args, Debug)]
pub struct Args {
    shell: Shell,
}

pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    // The generator panics when it cannot write, hence to memory first.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "rutter", &mut script);
    let mut out = stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
