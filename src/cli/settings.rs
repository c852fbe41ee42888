//! `rutter settings`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use serde_json::{Map, Value, json};

use super::{
    CliError, Context, stdout,
    table::{Side, plain, write_columns},
    tell_faults,
};
use crate::settings::{self, Settled};

#[derive(clap::Args, Debug)]
#[group(multiple = false)]
pub struct Args {
    /// Print a JSON schema of all settings
    #[arg(long)]
    schema: bool,
    /// Print a table of all settings in Markdown
    #[arg(long)]
    markdown: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let mut out = stdout();
    if args.schema {
        serde_json::to_writer_pretty(&mut out, &settings::schema()).map_err(io::Error::from)?;
        writeln!(out)?;
    } else if args.markdown {
        write!(out, "{}", settings::markdown())?;
    } else {
        let settled = context.settled(&context.root()?, Map::new());
        tell_faults(&settled);
        write_settled(&mut out, &settled, context.json)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn write_settled(out: &mut impl Write, settled: &Settled, as_json: bool) -> io::Result<()> {
    let from = |sources: &[settings::Source]| sources.iter().map(ToString::to_string).collect::<Vec<_>>();
    if as_json {
        let settings: Map<String, Value> = settled
            .origins
            .iter()
            .map(|origin| {
                (origin.setting.key.to_owned(), json!({"value": origin.value, "from": from(&origin.sources)}))
            })
            .collect();
        let faults: Vec<String> = settled.faults.iter().map(ToString::to_string).collect();
        return writeln!(out, "{}", json!({"settings": settings, "faults": faults}));
    }
    let mut rows = vec![["setting", "value", "from"].map(str::to_owned)];
    for origin in &settled.origins {
        let value = if origin.value.is_null() { "-".to_owned() } else { plain(&origin.value.to_string()) };
        rows.push([origin.setting.key.to_owned(), value, plain(&from(&origin.sources).join(", "))]);
    }
    write_columns(out, [Side::Left; 3], &rows)
}
