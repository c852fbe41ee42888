//! `rutter cfg`.

use std::process::ExitCode;

use super::{CliError, Context};

#[derive(clap::Args, Debug)]
pub struct Args {}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let _ = (args, context);
    todo!()
}
