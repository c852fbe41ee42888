//! `rutter metrics --explain FILE:LINE`: why a function has the numbers that it has.

use std::{ffi::OsStr, io::Write, process::ExitCode};

use super::{
    CliError, Context,
    place::{FilePlace, KnownFile, known_file, write_plain},
    stdout,
    table::{Side, write_columns},
};
use crate::query::{Buffers, Spot, View, Why, WhyLine, why};

/// So much of a line of code is shown.
const CODE_CHARS: usize = 70;

pub fn run(place: &OsStr, context: &Context) -> Result<ExitCode, CliError> {
    let at = FilePlace::with_line(place)?;
    let (root, store) = context.open_existing()?;
    let (snapshot, buffers) = (store.snapshot()?, Buffers::new());
    let view = View::new(&snapshot, &buffers);
    let file = known_file(&view, &root, &at.file)?;
    let found = why(&view, &file.record.path, Spot::Line(at.line))?;
    file.warn_if_stale();
    let Some(mut why) = found else {
        return Err(CliError::nothing(
            format!("{}:{}: no function on this line", file.record.path, at.line),
            format!("`rutter metrics {}` lists the functions of the file", at.file.display()),
        ));
    };
    let mut out = stdout();
    if context.json {
        why.function.notes.extend(file.stale);
        serde_json::to_writer(&mut out, &why).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        write_plain(&mut out, &head(&why))?;
        if !why.lines.is_empty() {
            let mut rows = vec![["line", "cyclomatic", "cognitive", "for", ""].map(str::to_owned)];
            rows.extend(why.lines.iter().map(|line| row(line, &file)));
            write_columns(&mut out, [Side::Right, Side::Right, Side::Right, Side::Left, Side::Left], &rows)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The function and the sums.
fn head(why: &Why) -> String {
    let symbol = &why.function.symbol;
    let mut text = format!("{}  {}:{}-{}\n", symbol.fqn, symbol.path, symbol.start_line, symbol.end_line);
    let numbers = why.function.metrics.as_ref().and_then(|metrics| {
        Some((metrics.cyclomatic_complexity?, metrics.cognitive_complexity?, metrics.modified_cyclomatic_complexity?))
    });
    text += &match numbers {
        None => "no body, hence no numbers\n".to_owned(),
        Some((cyclomatic, cognitive, modified)) if cyclomatic == modified => {
            format!("cyclomatic {cyclomatic} (1 for the function, and what follows) · cognitive {cognitive}\n")
        }
        Some((cyclomatic, cognitive, modified)) => format!(
            "cyclomatic {cyclomatic} (1 for the function, and what follows; {modified} with each switch counted once) · \
             cognitive {cognitive}\n"
        ),
    };
    if !why.lines.is_empty() {
        text.push('\n');
    }
    text
}

fn row(line: &WhyLine, file: &KnownFile) -> [String; 5] {
    let added = |number: i64| if number == 0 { String::new() } else { format!("{number:+}") };
    let mut causes = line.causes();
    match line.nesting() {
        0 => {}
        1 => causes += " (nested once)",
        levels => causes += &format!(" (nested {levels} deep)"),
    }
    [
        line.line.to_string(),
        added(line.cyclomatic.into()),
        added(line.cognitive.into()),
        causes,
        code(line.line, file).unwrap_or_default(),
    ]
}

/// The line's code, if it still is the one that was indexed.
fn code(line: u32, file: &KnownFile) -> Option<String> {
    let text = file.text.as_ref().filter(|_| file.stale.is_none())?;
    let code = text.slice(text.line_range(line.checked_sub(1)?));
    let words: Vec<&str> = code.split_whitespace().collect();
    let mut code = words.join(" ");
    if let Some((at, _)) = code.char_indices().nth(CODE_CHARS) {
        code.truncate(at);
        code.push('…');
    }
    Some(super::table::plain(&code))
}
