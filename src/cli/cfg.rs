//! `rutter cfg`: a function's control-flow graph.

use std::{ffi::OsString, io::Write, process::ExitCode};

use super::{
    CliError, Context,
    place::{FilePlace, known_file, write_plain},
    stdout,
};
use crate::query::{Buffers, Spot, View, function_graph};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// A line in the function, such as src/main.rs:12; of functions in each other the innermost
    ///
    /// LINE counts from 1. A relative FILE is of the current directory.
    #[arg(value_name = "FILE:LINE")]
    pub place: OsString,
    /// Print as text for reading, boxes and arrows, DOT for Graphviz, a Mermaid flowchart, an SVG picture, or JSON [default:
    /// text]
    #[arg(long, value_enum, value_name = "FORMAT", hide_default_value = true)]
    pub format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Text,
    Boxes,
    Dot,
    Mermaid,
    Svg,
    Json,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let at = FilePlace::with_line(&args.place)?;
    let (root, store) = context.open_existing()?;
    let (snapshot, buffers) = (store.snapshot()?, Buffers::new());
    let view = View::new(&snapshot, &buffers);
    let file = known_file(&view, &root, &at.file)?;
    let graph = function_graph(&view, &file.record.path, Spot::Line(at.line))?;
    file.warn_if_stale();
    let Some(mut graph) = graph else {
        return Err(CliError::nothing(
            format!("{}:{}: no function on this line", file.record.path, at.line),
            format!("`rutter metrics {}` lists the functions of the file", at.file.display()),
        ));
    };
    if graph.blocks.is_empty() {
        return Err(CliError::nothing(
            format!("{}: {} has no body", args.place.display(), graph.function.symbol.fqn),
            "name a line of a function that has one",
        ));
    }
    // Another text than the one that was indexed would put wrong code beside the blocks.
    let source = file.text.as_ref().filter(|_| file.stale.is_none());
    let format = args.format.unwrap_or(if context.json { Format::Json } else { Format::Text });
    let text = match format {
        Format::Text => graph.to_text(source),
        Format::Boxes => graph.to_boxes(source).lines.join("\n") + "\n",
        Format::Svg => graph.to_svg(source),
        Format::Dot => graph.to_dot(source),
        Format::Mermaid => graph.to_mermaid(source),
        Format::Json => {
            graph.function.notes.extend(file.stale);
            serde_json::to_string(&graph).map_err(std::io::Error::from)? + "\n"
        }
    };
    let mut out = stdout();
    match format {
        Format::Text | Format::Boxes => write_plain(&mut out, &text)?,
        Format::Dot | Format::Mermaid | Format::Svg | Format::Json => out.write_all(text.as_bytes())?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
