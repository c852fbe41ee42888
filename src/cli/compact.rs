//! `rutter compact`.

use std::{io::Write, process::ExitCode, time::Instant};

use indicatif::BinaryBytes;
use serde::Serialize;

use super::{CliError, Context, stdout, wording::duration};

#[derive(Serialize)]
struct Report {
    before_bytes: u64,
    after_bytes: u64,
    duration_ms: u64,
}

pub fn run(context: &Context) -> Result<ExitCode, CliError> {
    let (root, store) = context.open_existing()?;
    let begun = Instant::now();
    let Some(compacted) = store.compact()? else {
        return Err(CliError::failed(
            format!("{}: another process builds an index there just now", store.dir().display()),
            "run it again when that is done; an index that was just built needs no compaction",
        ));
    };
    let mut out = stdout();
    if context.json {
        let report = Report {
            before_bytes: compacted.before,
            after_bytes: compacted.after,
            duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        serde_json::to_writer(&mut out, &report).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        let (before, after) = (BinaryBytes(compacted.before), BinaryBytes(compacted.after));
        writeln!(out, "{}: {before} before, {after} now; {}", root.display(), duration(begun.elapsed()))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
