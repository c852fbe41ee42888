//! `rutter dump`.

use std::{
    io::{self, Write},
    ops::ControlFlow,
    process::ExitCode,
};

use super::{CliError, Context, stdout};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only keys that begin so, e.g. `sym:id:`
    #[arg(long, value_name = "P", default_value = "", hide_default_value = true)]
    prefix: String,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let (_, store) = context.open_existing()?;
    let mut out = stdout();
    let mut written = Ok(());
    store.snapshot()?.scan(&args.prefix, &mut |key, value| {
        written = write_record(&mut out, key, value);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The value is JSON already and goes out as it is stored.
fn write_record(out: &mut impl Write, key: &str, value: &str) -> io::Result<()> {
    out.write_all(b"{\"key\":")?;
    serde_json::to_writer(&mut *out, key)?;
    out.write_all(b",\"value\":")?;
    out.write_all(value.as_bytes())?;
    out.write_all(b"}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_line_of_json() {
        let mut out = Vec::new();
        write_record(&mut out, "file:path:a\"b\n.py", r#"{"a":1}"#).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "{\"key\":\"file:path:a\\\"b\\n.py\",\"value\":{\"a\":1}}\n");
    }
}
