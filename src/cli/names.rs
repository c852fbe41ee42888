//! `rutter definition`, `references`, `callers`, `callees`: where names lead, and who leads to them.

use std::{borrow::Cow, ffi::OsString, io::Write, process::ExitCode};

use serde::Serialize;

use super::{
    CliError, Context,
    place::{FilePlace, KnownFile, known_file},
    stdout,
    table::{Side, plain, write_columns},
};
use crate::{
    kv::Snapshot,
    query::{self, Buffers, Calls, View},
    record::{Confidence, ReferenceKind, Symbol},
    text::Place,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// A place such as src/main.rs:12:5
    ///
    /// LINE and COL count from 1, and COL counts characters, as compilers and `grep` print them. A relative FILE is of the
    /// current directory.
    #[arg(value_name = "FILE:LINE:COL")]
    pub place: OsString,
}

/// What is asked about.
struct Asked {
    snapshot: Snapshot,
    file: KnownFile,
    place: OsString,
    at: Place,
    byte: u32,
    /// The name there, as far as the disk has it.
    word: Option<String>,
}

impl Asked {
    fn new(args: &Args, context: &Context) -> Result<Self, CliError> {
        let at = FilePlace::with_column(&args.place)?;
        let (root, store) = context.open_existing()?;
        let snapshot = store.snapshot()?;
        let buffers = Buffers::new();
        let view = View::new(&snapshot, &buffers);
        let file = known_file(&view, &root, &at.file)?;
        let (place, word) = file.place(&at)?;
        file.warn_if_stale();
        // In the text that was indexed, whatever the disk has by now.
        let byte = view
            .facts(&file.record.path)?
            .map_or(0, |facts| facts.lines.get(place.line as usize).copied().unwrap_or_default() + place.col);
        let word = word.map(|word| word.text);
        Ok(Asked { snapshot, file, place: args.place.clone(), at: place, byte, word })
    }

    fn nothing(&self) -> CliError {
        let place = self.place.display();
        match &self.word {
            Some(word) => CliError::nothing(
                format!("{place}: nothing is known of `{}`", plain(word)),
                "there is no evidence for what it means; `rutter symbols` finds what bears a name",
            ),
            None => CliError::nothing(format!("{place}: no name here"), "name a place on an identifier"),
        }
    }
}

/// Where the name at a place is defined.
pub fn definition(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let asked = Asked::new(args, context)?;
    let buffers = Buffers::new();
    let view = View::new(&asked.snapshot, &buffers);
    let found = query::definition(&view, &asked.file.record.path, asked.byte)?;
    if context.json {
        return print_json(&found);
    }
    if found.outside {
        let word = asked.word.as_deref().unwrap_or("it");
        return Err(CliError::nothing(
            format!("{}: `{}` is defined outside of this workspace", asked.place.display(), plain(word)),
            "the index holds the workspace's own files; ask the language's main server about others",
        ));
    }
    if found.sites.is_empty() {
        return Err(asked.nothing());
    }
    let rows: Vec<[String; 3]> = found
        .sites
        .iter()
        .map(|site| {
            let what = site.symbol.as_ref().map_or("local", |symbol| symbol.kind.as_str());
            let what = if site.symbol.is_none() && site.byte_end == 0 { "file" } else { what };
            [position(&site.path, site.line, site.col), what.to_owned(), confidence(site.confidence).to_owned()]
        })
        .collect();
    print_columns([Side::Left; 3], &rows)
}

/// Where what the name at a place means is used.
pub fn references(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let asked = Asked::new(args, context)?;
    let buffers = Buffers::new();
    let view = View::new(&asked.snapshot, &buffers);
    let Some(found) = query::references(&view, &asked.file.record.path, asked.byte, true)? else {
        return Err(asked.nothing());
    };
    if context.json {
        return print_json(&found);
    }
    let rows: Vec<[String; 4]> = found
        .iter()
        .map(|one| {
            let kind = if one.is_definition { "definition" } else { kind(one.kind) };
            let around = one.enclosing.and_then(|id| view.symbol(id).ok().flatten()).map(|symbol| plain(&symbol.fqn));
            [
                position(&one.path, one.line, one.col),
                kind.to_owned(),
                confidence(one.confidence).to_owned(),
                around.filter(|_| !one.is_definition).map(|around| format!("in {around}")).unwrap_or_default(),
            ]
        })
        .collect();
    print_columns([Side::Left; 4], &rows)
}

/// Who calls the function that is named at a place, or that the place is in.
pub fn callers(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    calls(args, context, |view, function| query::callers(view, function.symbol_id), "calls it")
}

/// What the function that is named at a place, or that the place is in, calls.
pub fn callees(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    calls(args, context, query::callees, "of the workspace is called in it")
}

fn calls(
    args: &Args,
    context: &Context,
    question: fn(&View<'_>, &Symbol) -> Result<Vec<Calls>, crate::kv::StoreError>,
    what: &str,
) -> Result<ExitCode, CliError> {
    let asked = Asked::new(args, context)?;
    let buffers = Buffers::new();
    let view = View::new(&asked.snapshot, &buffers);
    let mut found = query::callable(&view, &asked.file.record.path, asked.byte)?;
    if found.is_empty() {
        let symbols = view.file_symbols(&asked.file.record)?;
        found.extend(symbols.innermost(asked.at, |symbol| symbol.kind.is_function())?.map(Cow::into_owned));
    }
    let Some(function) = found.first() else { return Err(asked.nothing()) };
    let all = question(&view, function)?;
    if context.json {
        return print_json(&all);
    }
    if all.is_empty() {
        return Err(CliError::nothing(
            format!("nothing that is known {what}: {} {}", function.kind.as_str(), plain(&function.fqn)),
            "calls of which it is not known where they lead are not listed",
        ));
    }
    let mut rows: Vec<[String; 3]> = Vec::new();
    for calls in &all {
        let (what, name) = match &calls.symbol {
            Some(symbol) => (symbol.kind.as_str(), plain(&symbol.fqn)),
            None => ("file", plain(&calls.path)),
        };
        let places: Vec<String> = calls.calls.iter().map(|call| format!("{}:{}", call.line, call.col + 1)).collect();
        rows.push([what.to_owned(), name, format!("{}:{}", plain(&calls.path), places.join(", "))]);
    }
    print_columns([Side::Left; 3], &rows)
}

fn print_json<T: Serialize>(value: &T) -> Result<ExitCode, CliError> {
    let mut out = stdout();
    serde_json::to_writer(&mut out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn print_columns<const N: usize>(sides: [Side; N], rows: &[[String; N]]) -> Result<ExitCode, CliError> {
    let mut out = stdout();
    write_columns(&mut out, sides, rows)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn position(path: &str, line: u32, col: u32) -> String {
    format!("{}:{line}:{}", plain(path), col + 1)
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Exact => "exact",
        Confidence::Likely => "likely",
        Confidence::Ambiguous => "one of several",
    }
}

fn kind(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Call => "call",
        ReferenceKind::Read => "read",
        ReferenceKind::Write => "write",
        ReferenceKind::Type => "type",
        ReferenceKind::Import => "import",
        ReferenceKind::Declaration => "declaration",
    }
}
