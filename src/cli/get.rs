//! `rutter get`.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use super::{CliError, Context, stdout};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// A whole key, as `rutter dump` shows them, e.g. `file:path:src/main.rs`
    key: String,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let (_, store) = context.open_existing()?;
    let Some(value) = store.snapshot()?.get(&args.key)? else {
        return Err(CliError::nothing(
            format!("`{}`: no such record", args.key),
            "`rutter dump --prefix P` shows the keys that begin with P",
        ));
    };
    // One line for programs, many for people.
    let pretty = io::stdout().is_terminal() && !context.json;
    let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
    let mut out = stdout();
    writeln!(out, "{}", text.map_err(io::Error::from)?)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
