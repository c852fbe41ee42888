//! `rutter hover`: what an editor's hover would tell of a place.

use std::{ffi::OsString, io::Write, process::ExitCode};

use super::{
    CliError, Context,
    place::{FilePlace, known_file, write_plain},
    stdout,
};
use crate::query::{Buffers, Style, View, hover};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// A place such as src/main.rs:12:5
    ///
    /// LINE and COL count from 1, and COL counts characters, as compilers and `grep` print them. A relative FILE is of the
    /// current directory.
    #[arg(value_name = "FILE:LINE:COL")]
    pub place: OsString,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let at = FilePlace::with_column(&args.place)?;
    let (root, store) = context.open_existing()?;
    let (snapshot, buffers) = (store.snapshot()?, Buffers::new());
    let view = View::new(&snapshot, &buffers);
    let file = known_file(&view, &root, &at.file)?;
    let (place, word) = file.place(&at)?;
    let facts = hover(&view, &file.record.path, place, word.as_ref())?;
    file.warn_if_stale();
    let Some(mut facts) = facts else {
        return Err(CliError::nothing(
            format!("{}: no identifier here, and no function around it", args.place.display()),
            "name a place in a function, or on a name",
        ));
    };
    let mut out = stdout();
    if context.json {
        facts.notes.extend(file.stale);
        serde_json::to_writer(&mut out, &facts).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        write_plain(&mut out, &facts.to_text(Style::Full))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
