//! The arguments of the program.

use std::{ffi::OsString, path::PathBuf};

use clap::{
    Parser, Subcommand,
    builder::{OsStringValueParser, TypedValueParser},
};

use super::{
    Context, cfg, completions, doctor, dump, exit, get, hotspots, hover, index, log, man, metrics, names, settings,
    status, symbols,
};

/// Over the options that every command takes.
const EVERYWHERE: &str = "Options of every command";

/// An open, persistent index of code structure, control flow and metrics, beside your main language server.
#[derive(Debug, Parser)]
#[command(name = "rutter", version, after_help = exit::HELP, arg_required_else_help = true)]
pub(super) struct Arguments {
    /// The workspace's root [default: the workspace around the current directory]
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERYWHERE)]
    root: Option<PathBuf>,
    /// The directory of the index itself [default: by workspace, in the user's cache directory]
    #[arg(
        long, global = true, value_name = "DIR", env = "RUTTER_INDEX_DIR", help_heading = EVERYWHERE,
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    index_dir: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    #[command(flatten)]
    Command(Command),
    /// Run the language server on standard input and output
    Lsp(Server),
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the index of a workspace up to date
    Index(index::Args),
    /// Keep the index of a workspace up to date, until a signal ends it
    Watch(index::Args),
    /// Show what is indexed, what was skipped and why
    Status(status::Args),
    /// Show what is known of a place in a file
    Hover(hover::Args),
    /// Show where the name at a place is defined
    Definition(names::Args),
    /// List where what the name at a place means is used
    References(names::Args),
    /// List who calls the function that a place names, or is in
    Callers(names::Args),
    /// List what the function that a place names, or is in, calls
    Callees(names::Args),
    /// Find symbols by name
    Symbols(symbols::Args),
    /// Show a function's control-flow graph
    Cfg(cfg::Args),
    /// List metrics of functions, types and files
    Metrics(metrics::Args),
    /// List what is hard to understand and often changed, by git's last commits
    Hotspots(hotspots::Args),
    /// Show the last runs
    Log(log::Args),
    /// Say whether the index is sound and fresh, and what is in its way; with --repair, build a new one
    Doctor(doctor::Args),
    /// Show what is set, and where; with a flag, what can be set
    Settings(settings::Args),
    /// Write the index anew without the room that changes have left in it
    Compact,
    /// Print the records of the index, one JSON object a line
    Dump(dump::Args),
    /// Print one record of the index
    Get(get::Args),
    /// Print a shell's completions
    Completions(completions::Args),
    /// Print the man page, or write those of all commands to a directory
    Man(man::Args),
}

/// What editors' client libraries add of their own. The server speaks over standard input and output in any case, and is
/// told its client's process by `initialize`.
#[derive(Debug, clap::Args)]
struct Server {
    #[arg(long, hide = true)]
    stdio: bool,
    #[arg(long = "clientProcessId", hide = true, value_name = "PID")]
    client_process_id: Option<String>,
}

/// What the program is to be.
#[derive(Debug)]
pub enum Face {
    /// The language server; each as given on the command line.
    Server {
        root: Option<PathBuf>,
        index_dir: Option<PathBuf>,
    },
    Command(Command, Context),
}

/// Reads the arguments. Wrong ones, `--help` and `--version` end the program here.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Face {
    face(Arguments::parse_from(with_lsp(args.into_iter().collect())))
}

fn face(arguments: Arguments) -> Face {
    let Arguments { root, index_dir, json, what } = arguments;
    // A variable that is set to nothing says nothing.
    let index_dir = index_dir.filter(|dir| !dir.as_os_str().is_empty());
    match what {
        What::Lsp(_) => Face::Server { root, index_dir },
        What::Command(command) => Face::Command(command, Context { root, index_dir, json }),
    }
}

/// Editors start language servers by `--stdio` alone.
fn with_lsp(mut args: Vec<OsString>) -> Vec<OsString> {
    let of_an_editor = |arg: &OsString| arg == "--stdio" || arg.to_string_lossy().starts_with("--clientProcessId");
    if args.get(1).is_some_and(of_an_editor) {
        args.insert(1, "lsp".into());
    }
    args
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parsed(line: &str) -> Result<Face, clap::Error> {
        let args = line.split_whitespace().map(OsString::from).collect();
        Arguments::try_parse_from(with_lsp(args)).map(face)
    }

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn editors_may_start_the_server_as_they_do() {
        for line in [
            "rutter lsp",
            "rutter --stdio",
            "rutter lsp --stdio --clientProcessId=42",
            "rutter --clientProcessId=42 --stdio",
            "rutter --stdio --root /w",
            "rutter --root /w lsp --stdio",
        ] {
            assert!(matches!(parsed(line), Ok(Face::Server { .. })), "{line}");
        }
        assert!(parsed("rutter lsp --socket=9000").is_err(), "a transport that we do not speak");
    }

    #[test]
    fn global_options_go_anywhere() {
        let Ok(Face::Command(Command::Get(_), context)) = parsed("rutter get --json k --root /w --index-dir /i") else {
            panic!("not `get`");
        };
        assert!(context.json);
        assert_eq!((context.root, context.index_dir), (Some("/w".into()), Some("/i".into())));
    }
}
