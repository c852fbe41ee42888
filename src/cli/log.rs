//! `rutter log`.

use std::{io::Write, process::ExitCode, time::Duration};

use super::{
    CliError, Context, stdout,
    table::{Side, plain, write_columns},
    wording::{duration, outcome, seconds},
};
use crate::record::Execution;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// How many runs, the newest first
    #[arg(short, value_name = "N", default_value_t = 10)]
    n: usize,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let (_, store) = context.open_existing()?;
    let executions = store.snapshot()?.executions(args.n)?;
    let mut out = stdout();
    if context.json {
        serde_json::to_writer(&mut out, &executions).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        let head = ["started (UTC)", "took", "outcome", "indexed", "unchanged", "removed", "skipped", "arguments"];
        let mut rows = vec![head.map(str::to_owned)];
        rows.extend(executions.iter().map(row));
        let (left, right) = (Side::Left, Side::Right);
        write_columns(&mut out, [left, right, left, right, right, right, right, left], &rows)?;
        for execution in &executions {
            if let Some(message) = &execution.error_message {
                writeln!(out, "{}: {}", seconds(&execution.started_at), plain(message))?;
            }
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn row(execution: &Execution) -> [String; 8] {
    let took = execution.duration_ms.map_or_else(|| "-".to_owned(), |ms| duration(Duration::from_millis(ms)));
    [
        seconds(&execution.started_at),
        took,
        outcome(execution).to_owned(),
        execution.files_indexed.to_string(),
        execution.files_unchanged.to_string(),
        execution.files_removed.to_string(),
        execution.files_skipped.to_string(),
        plain(&execution.args.get(1..).unwrap_or_default().join(" ")),
    ]
}
