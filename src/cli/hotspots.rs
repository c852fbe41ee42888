//! `rutter hotspots`: complexity times change.

use std::{io::Write, process::ExitCode, sync::atomic::AtomicBool};

use serde_json::json;

use super::{
    CliError, Context, stdout,
    table::{Side, counted, plain, write_columns},
};
use crate::{
    history::{Past, Repository},
    query::{Buffers, Hotspots, View, hotspots},
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// List so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub top: u32,
    /// List files instead of functions
    #[arg(long)]
    pub files: bool,
    /// Look at so many of the last commits
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub commits: u32,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let (root, store) = context.open_existing()?;
    let past = match Repository::around(&root) {
        Some(repository) => repository.past(&root, args.commits, &AtomicBool::new(false))?,
        None => None,
    };
    let (snapshot, buffers) = (store.snapshot()?, Buffers::new());
    let view = View::new(&snapshot, &buffers);
    let commits = |path: &str| past.as_ref().map_or(0, |past| past.changes(path));
    let found = hotspots(&view, &commits, args.top as usize, &|| true)?;
    if found.files.is_empty() {
        return Err(CliError::nothing(
            format!("{}: no function that is more than straight on", root.display()),
            "`rutter status` says what is indexed",
        ));
    }
    let mut out = stdout();
    if context.json {
        let history = past
            .as_ref()
            .map(|past| json!({"commits": past.commits, "since": past.since.map(|since| since.to_string())}));
        let functions = found.functions.iter().map(|hot| {
            json!({
                "fqn": hot.symbol.fqn,
                "path": hot.symbol.path,
                "start_line": hot.symbol.start_line,
                "cyclomatic": hot.cyclomatic,
                "cognitive": hot.cognitive,
                "commits": hot.commits,
                "score": hot.score,
            })
        });
        let files = found.files.iter().map(|hot| {
            json!({"path": hot.path, "cognitive": hot.metrics.cognitive_complexity, "commits": hot.commits, "score": hot.score})
        });
        let told = json!({
            "history": history,
            "functions": functions.collect::<Vec<_>>(),
            "files": files.collect::<Vec<_>>(),
        });
        writeln!(out, "{told}")?;
    } else {
        write_columns(&mut out, SIDES, &rows(&found, args.files))?;
        writeln!(out, "\n{}", footer(past.as_ref()))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

const SIDES: [Side; 5] = [Side::Right, Side::Right, Side::Right, Side::Left, Side::Left];

fn rows(found: &Hotspots, files: bool) -> Vec<[String; 5]> {
    if files {
        let mut rows = vec![["score", "cognitive", "commits", "file", ""].map(str::to_owned)];
        rows.extend(found.files.iter().map(|hot| {
            let functions = counted(u64::from(hot.metrics.function_count), "function");
            let cognitive = hot.metrics.cognitive_complexity.to_string();
            [hot.score.to_string(), cognitive, hot.commits.to_string(), plain(&hot.path), functions]
        }));
        return rows;
    }
    let mut rows = vec![["score", "cognitive", "commits", "function", "place"].map(str::to_owned)];
    rows.extend(found.functions.iter().map(|hot| {
        let place = format!("{}:{}", plain(&hot.symbol.path), hot.symbol.name_line);
        let (cognitive, commits) = (hot.cognitive.to_string(), hot.commits.to_string());
        [hot.score.to_string(), cognitive, commits, plain(&hot.symbol.fqn), place]
    }));
    rows
}

fn footer(past: Option<&Past>) -> String {
    match past {
        None => "no git repository: the score is the cognitive complexity".to_owned(),
        Some(past) => {
            let since = past.since.map(|since| format!(", since {}", since.strftime("%Y-%m-%d")));
            let commits = counted(u64::from(past.commits), "commit");
            format!(
                "score: cognitive complexity times (1 + commits to the file); {commits}{}",
                since.unwrap_or_default()
            )
        }
    }
}
