//! The command line: one file a command. The only part that prints to standard output.

#![allow(clippy::print_stderr, reason = "progress and warnings for people go to standard error")]

mod arguments;
mod cfg;
mod compact;
mod completions;
mod context;
mod doctor;
mod dump;
mod error;
mod explain;
mod get;
mod hotspots;
mod hover;
mod index;
mod log;
mod man;
mod metrics;
mod names;
mod place;
mod progress;
mod settings;
mod status;
mod symbols;
mod table;
mod watch;
mod wording;

use std::{io::IsTerminal, process::ExitCode};

pub use arguments::{Command, Face, parse};
pub use context::{Context, existing_directory, stdout, tell_faults, tell_notice};
pub use error::{CliError, exit};

/// Runs a command to its exit code; what goes wrong is said on standard error.
pub fn run(command: &Command, context: &Context) -> ExitCode {
    // Warnings of the layers below; `RUTTER_LOG=debug` and the like show more.
    let filter = tracing_subscriber::EnvFilter::try_from_env("RUTTER_LOG").unwrap_or_else(|_| "warn".into());
    let is_terminal = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(is_terminal);
    lines.with_target(false).without_time().compact().init();
    let done = match command {
        Command::Index(args) => index::run(args, context),
        Command::Watch(args) => watch::run(args, context),
        Command::Status(args) => status::run(args, context),
        Command::Hover(args) => hover::run(args, context),
        Command::Definition(args) => names::definition(args, context),
        Command::References(args) => names::references(args, context),
        Command::Callers(args) => names::callers(args, context),
        Command::Callees(args) => names::callees(args, context),
        Command::Symbols(args) => symbols::run(args, context),
        Command::Cfg(args) => cfg::run(args, context),
        Command::Metrics(args) => metrics::run(args, context),
        Command::Hotspots(args) => hotspots::run(args, context),
        Command::Log(args) => log::run(args, context),
        Command::Settings(args) => settings::run(args, context),
        Command::Compact => compact::run(context),
        Command::Doctor(args) => doctor::run(args, context),
        Command::Dump(args) => dump::run(args, context),
        Command::Get(args) => get::run(args, context),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    };
    done.unwrap_or_else(|error| error.report())
}
