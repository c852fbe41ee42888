//! `rutter metrics`: the most striking functions or files.

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{
    CliError, Context,
    error::exit,
    place::path_in_index,
    stdout,
    table::{Align, write_table},
};
use crate::query::{
    Buffers, FileTable, FunctionTable, SortKey,
    SortKey::{Cognitive, Cyclomatic, Exits, Functions, Loc, Nesting, Parameters, Sloc, Symbols},
    View, file_metrics, function_metrics,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// A file or directory [default: the whole workspace]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Sort by this: numbers with the greatest first, names from A to Z
    #[arg(long, value_name = "KEY", default_value = Cyclomatic.as_str(), value_parser = sort_keys())]
    pub sort: SortKey,
    /// List so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub top: u32,
    /// List files instead of functions
    #[arg(long)]
    pub files: bool,
}

fn sort_keys() -> impl TypedValueParser<Value = SortKey> {
    PossibleValuesParser::new(SortKey::ALL.map(SortKey::as_str))
        .try_map(|name| SortKey::by_name(&name).ok_or("not a sort key"))
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    check_key(args)?;
    let (root, store) = context.open_existing()?;
    let (snapshot, buffers) = (store.snapshot()?, Buffers::new());
    let view = View { snapshot: &snapshot, buffers: &buffers };
    let path = args.path.as_deref().map(|path| path_in_index(&root, path)).transpose()?;
    let part = Part { path: path.as_deref().filter(|path| !path.is_empty()), root: root.display().to_string() };
    let top = args.top as usize;
    if args.files {
        let table = file_metrics(&view, part.path, args.sort, top)?;
        if context.json {
            return print_json(&table, table.rows.is_empty());
        }
        part.check(table.files, table.files_skipped)?;
        print_files(&table, args.sort)
    } else {
        let table = function_metrics(&view, part.path, args.sort, top)?;
        if context.json {
            return print_json(&table, table.rows.is_empty());
        }
        part.check(table.files, table.files_skipped)?;
        if table.rows.is_empty() {
            return Err(CliError::nothing(
                format!("no functions in {}", count(table.files, "file")),
                "`rutter metrics --files` lists the files",
            ));
        }
        print_functions(&table, args.sort)
    }
}

fn check_key(args: &Args) -> Result<(), CliError> {
    let (fits, what): (fn(SortKey) -> bool, &str) =
        if args.files { (SortKey::is_of_files, "files") } else { (SortKey::is_of_functions, "functions") };
    if fits(args.sort) {
        return Ok(());
    }
    let keys: Vec<&str> = SortKey::ALL.into_iter().filter(|&key| fits(key)).map(SortKey::as_str).collect();
    Err(CliError::usage(
        format!("{what} cannot be sorted by {}", args.sort.as_str()),
        format!("sort {what} by one of {}", keys.join(", ")),
    ))
}

/// The part of the workspace that is asked about.
struct Part<'a> {
    path: Option<&'a str>,
    root: String,
}

impl Part<'_> {
    fn check(&self, files: u64, skipped: u64) -> Result<(), CliError> {
        if files > 0 {
            return Ok(());
        }
        let what = self.path.unwrap_or(&self.root);
        Err(if skipped > 0 {
            CliError::nothing(
                format!("{what}: skipped ({})", count(skipped, "file")),
                "`rutter status` lists what was skipped and why",
            )
        } else {
            CliError::nothing(
                format!("{what}: nothing of it is indexed"),
                format!("run `rutter index {}`; paths are relative to the current directory", self.root),
            )
        })
    }
}

fn print_json(table: &impl serde::Serialize, is_empty: bool) -> Result<ExitCode, CliError> {
    let mut out = stdout();
    serde_json::to_writer(&mut out, table).map_err(std::io::Error::from)?;
    writeln!(out)?;
    out.flush()?;
    Ok(if is_empty { ExitCode::from(exit::NOTHING) } else { ExitCode::SUCCESS })
}

fn print_functions(table: &FunctionTable, sort: SortKey) -> Result<ExitCode, CliError> {
    let keys = columns(&[Cyclomatic, Cognitive, Loc, Sloc, Nesting, Parameters, Exits], sort);
    let rows = table.rows.iter().map(|row| {
        let place = format!("{}:{}", row.metrics.file_path, row.start_line);
        (numbers(&keys, |key| key.number_of_function(&row.metrics)), vec![row.fqn.clone(), place])
    });
    let total = format!("{} in {}", count(table.functions, "function"), count(table.files, "file"));
    print_table(
        &keys,
        &["function", "place"],
        rows,
        &listed(table.rows.len(), table.functions, total, table.files_skipped),
    )
}

fn print_files(table: &FileTable, sort: SortKey) -> Result<ExitCode, CliError> {
    let keys = columns(&[Cyclomatic, Cognitive, Loc, Sloc, Functions, Symbols], sort);
    let rows =
        table.rows.iter().map(|row| (numbers(&keys, |key| key.number_of_file(row)), vec![row.file_path.to_string()]));
    let total = count(table.files, "file");
    print_table(&keys, &["file"], rows, &listed(table.rows.len(), table.files, total, table.files_skipped))
}

/// The usual columns; what is sorted by stands before them if it is none of them.
fn columns(usual: &[SortKey], sort: SortKey) -> Vec<SortKey> {
    let is_shown = usual.contains(&sort) || matches!(sort, SortKey::Name | SortKey::Path);
    let extra = if is_shown { None } else { Some(sort) };
    extra.into_iter().chain(usual.iter().copied()).collect()
}

fn numbers(keys: &[SortKey], number: impl Fn(SortKey) -> Option<u32>) -> Vec<String> {
    keys.iter().map(|&key| number(key).map_or_else(|| "-".to_owned(), |number| number.to_string())).collect()
}

fn print_table(
    keys: &[SortKey],
    names: &[&str],
    rows: impl Iterator<Item = (Vec<String>, Vec<String>)>,
    last: &str,
) -> Result<ExitCode, CliError> {
    let head = keys.iter().map(|key| key.as_str()).chain(names.iter().copied()).map(str::to_owned).collect();
    let all: Vec<Vec<String>> =
        std::iter::once(head).chain(rows.map(|(numbers, names)| [numbers, names].concat())).collect();
    let aligns: Vec<Align> = keys.iter().map(|_| Align::Right).chain(names.iter().map(|_| Align::Left)).collect();
    let mut out = stdout();
    write_table(&mut out, &aligns, &all)?;
    writeln!(out, "\n{last}")?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn listed(rows: usize, of: u64, total: String, skipped: u64) -> String {
    let mut text = if (rows as u64) < of { format!("{rows} of {total}") } else { total };
    if skipped > 0 {
        text += &format!("; {} skipped, see `rutter status`", count(skipped, "file"));
    }
    text
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sorted_by_is_shown() {
        assert_eq!(columns(&[Loc, Sloc], Sloc), [Loc, Sloc]);
        assert_eq!(columns(&[Loc, Sloc], SortKey::FanIn), [SortKey::FanIn, Loc, Sloc]);
        assert_eq!(columns(&[Loc, Sloc], SortKey::Name), [Loc, Sloc]);
    }

    #[test]
    fn the_last_line_says_what_is_not_shown() {
        assert_eq!(
            listed(20, 40, "40 functions in 1 file".to_owned(), 1),
            "20 of 40 functions in 1 file; 1 file skipped, see `rutter status`"
        );
        assert_eq!(listed(1, 1, "1 file".to_owned(), 0), "1 file");
    }
}
