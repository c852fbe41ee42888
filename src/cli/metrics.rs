//! `rutter metrics`: the most striking functions or files.

use std::{ffi::OsString, io::Write, path::PathBuf, process::ExitCode};

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{
    CliError, Context, exit, explain,
    place::path_in_index,
    stdout,
    table::{Side, counted, plain, write_columns},
};
use crate::query::{
    Buffers, FileTable, FunctionTable, Generated, LeftOut, SortKey,
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
    /// Tell of one function, line by line, what adds to its numbers; any of its lines will do, such as src/main.rs:12
    #[arg(long, value_name = "FILE:LINE", conflicts_with_all = ["path", "sort", "top", "files", "generated"])]
    pub explain: Option<OsString>,
    /// List and count what a program has written, too
    #[arg(long)]
    pub generated: bool,
}

fn sort_keys() -> impl TypedValueParser<Value = SortKey> {
    PossibleValuesParser::new(SortKey::ALL.map(SortKey::as_str))
        .try_map(|name| SortKey::by_name(&name).ok_or("not a sort key"))
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    if let Some(place) = &args.explain {
        return explain::run(place, context);
    }
    check_key(args)?;
    let (root, store) = context.open_existing()?;
    let (snapshot, buffers) = (store.snapshot()?, Buffers::new());
    let view = View::new(&snapshot, &buffers);
    let path = args.path.as_deref().map(|path| path_in_index(&root, path)).transpose()?;
    let part = Part { path: path.as_deref().filter(|path| !path.is_empty()), root: root.display().to_string() };
    let top = args.top as usize;
    let generated = if args.generated { Generated::Listed } else { Generated::LeftOut };
    if args.files {
        let table = file_metrics(&view, part.path, generated, args.sort, top)?;
        if context.json {
            return print_json(&table, table.rows.is_empty());
        }
        part.check(table.files, table.files_skipped, &table.left_out)?;
        print_files(&table, args.sort)
    } else {
        let table = function_metrics(&view, part.path, generated, args.sort, top)?;
        if context.json {
            return print_json(&table, table.rows.is_empty());
        }
        part.check(table.files, table.files_skipped, &table.left_out)?;
        if table.rows.is_empty() {
            return Err(CliError::nothing(
                format!("no functions in {}", counted(table.files, "file")),
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
    fn check(&self, files: u64, skipped: u64, left_out: &LeftOut) -> Result<(), CliError> {
        if files > 0 {
            return Ok(());
        }
        let what = self.path.unwrap_or(&self.root);
        Err(if left_out.files > 0 {
            CliError::nothing(
                format!("{what}: generated ({})", counted(left_out.files, "file")),
                "`--generated` lists what a program has written, too",
            )
        } else if skipped > 0 {
            CliError::nothing(
                format!("{what}: skipped ({})", counted(skipped, "file")),
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
    let keys = columns([Cyclomatic, Cognitive, Loc, Sloc, Nesting, Parameters, Exits], sort);
    let [a, b, c, d, e, f, g] = keys.map(|key| key.as_str().to_owned());
    let mut rows = vec![[a, b, c, d, e, f, g, "function".to_owned(), "place".to_owned()]];
    rows.extend(table.rows.iter().map(|row| {
        let [a, b, c, d, e, f, g] = keys.map(|key| number(key.number_of_function(&row.metrics, row.shape.as_ref())));
        [a, b, c, d, e, f, g, plain(&row.fqn), format!("{}:{}", plain(&row.metrics.file_path), row.start_line)]
    }));
    let total = format!("{} in {}", counted(table.functions, "function"), counted(table.files, "file"));
    let mut last = listed(table.rows.len(), table.functions, total, table.files_skipped, &table.left_out);
    last += &unknown(sort, table.rows.iter().map(|row| sort.number_of_function(&row.metrics, row.shape.as_ref())));
    let right = Side::Right;
    print_table([right, right, right, right, right, right, right, Side::Left, Side::Left], &rows, &last)
}

fn print_files(table: &FileTable, sort: SortKey) -> Result<ExitCode, CliError> {
    let keys = columns([Cyclomatic, Cognitive, Loc, Sloc, Functions, Symbols], sort);
    let [a, b, c, d, e, f] = keys.map(|key| key.as_str().to_owned());
    let mut rows = vec![[a, b, c, d, e, f, "file".to_owned()]];
    rows.extend(table.rows.iter().map(|row| {
        let [a, b, c, d, e, f] = keys.map(|key| number(key.number_of_file(row)));
        [a, b, c, d, e, f, plain(&row.file_path)]
    }));
    let total = counted(table.files, "file");
    let mut last = listed(table.rows.len(), table.files, total, table.files_skipped, &table.left_out);
    last += &unknown(sort, table.rows.iter().map(|row| sort.number_of_file(row)));
    let right = Side::Right;
    print_table([right, right, right, right, right, right, Side::Left], &rows, &last)
}

/// The usual columns; what is sorted by takes the last one's place if it is none of them.
fn columns<const N: usize>(mut usual: [SortKey; N], sort: SortKey) -> [SortKey; N] {
    if let Some(last) = usual.last().copied().filter(|_| sort.is_number() && !usual.contains(&sort)) {
        usual = usual.map(|key| if key == last { sort } else { key });
    }
    usual
}

/// What there is to say where a table has nothing to be sorted by.
fn unknown(sort: SortKey, mut numbers: impl Iterator<Item = Option<u32>>) -> String {
    if sort.is_number() && numbers.all(|number| number.is_none()) {
        format!("; {} is not known of any of them", sort.as_str())
    } else {
        String::new()
    }
}

fn number(number: Option<u32>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| number.to_string())
}

fn print_table<const N: usize>(sides: [Side; N], rows: &[[String; N]], last: &str) -> Result<ExitCode, CliError> {
    let mut out = stdout();
    write_columns(&mut out, sides, rows)?;
    writeln!(out, "\n{last}")?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn listed(rows: usize, of: u64, total: String, skipped: u64, left_out: &LeftOut) -> String {
    let mut text = if (rows as u64) < of { format!("{rows} of {total}") } else { total };
    if left_out.files > 0 {
        let (functions, files) = (counted(left_out.functions, "function"), counted(left_out.files, "file"));
        text += &format!("; {functions} in {files} left out as generated, see --generated");
    }
    if skipped > 0 {
        text += &format!("; {} skipped, see `rutter status`", counted(skipped, "file"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sorted_by_is_shown() {
        assert_eq!(columns([Loc, Sloc], Sloc), [Loc, Sloc]);
        assert_eq!(columns([Loc, Sloc], SortKey::FanIn), [Loc, SortKey::FanIn]);
        assert_eq!(columns([Loc, Sloc], SortKey::Name), [Loc, Sloc]);
    }

    #[test]
    fn that_there_is_nothing_to_sort_by_is_said() {
        assert_eq!(unknown(SortKey::FanIn, [None, None].into_iter()), "; fan-in is not known of any of them");
        assert_eq!(unknown(SortKey::FanIn, [None, Some(0)].into_iter()), "");
        assert_eq!(unknown(SortKey::Name, [None].into_iter()), "");
    }

    #[test]
    fn the_last_line_says_what_is_not_shown() {
        assert_eq!(
            listed(20, 40, "40 functions in 1 file".to_owned(), 1, &LeftOut::default()),
            "20 of 40 functions in 1 file; 1 file skipped, see `rutter status`"
        );
        assert_eq!(
            listed(1, 1, "1 file".to_owned(), 0, &LeftOut { functions: 3, files: 2 }),
            "1 file; 3 functions in 2 files left out as generated, see --generated"
        );
    }
}
