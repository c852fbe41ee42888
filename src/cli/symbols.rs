//! `rutter symbols`: symbols of the workspace by a part of their name.

use std::{io::Write, process::ExitCode};

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{
    CliError, Context, exit, stdout,
    table::{Side, plain, write_columns},
};
use crate::{
    query::{Buffers, Hit, Search, View, search},
    record::SymbolKind,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// A name or letters of one in their order, such as `load`, `ldfl`, `Console.print`, `assets::load`
    ///
    /// Upper-case letters match themselves only, lower-case letters both cases. With `::`, `.` or a space the last part is
    /// the name, and the parts before it are what it is in. The empty query lists any symbols.
    #[arg(value_name = "QUERY")]
    pub query: String,
    /// List at most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
    /// List only this kind of symbol
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub kind: Option<SymbolKind>,
}

const KINDS: [SymbolKind; 19] = [
    SymbolKind::Module,
    SymbolKind::Namespace,
    SymbolKind::Class,
    SymbolKind::Struct,
    SymbolKind::Union,
    SymbolKind::Enum,
    SymbolKind::EnumMember,
    SymbolKind::Interface,
    SymbolKind::Trait,
    SymbolKind::Impl,
    SymbolKind::TypeAlias,
    SymbolKind::Function,
    SymbolKind::Method,
    SymbolKind::Constructor,
    SymbolKind::Property,
    SymbolKind::Field,
    SymbolKind::Variable,
    SymbolKind::Constant,
    SymbolKind::Macro,
];

fn kinds() -> impl TypedValueParser<Value = SymbolKind> {
    PossibleValuesParser::new(KINDS.map(SymbolKind::as_str))
        .try_map(|name| KINDS.into_iter().find(|kind| kind.as_str() == name).ok_or("not a kind of symbol"))
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let (root, store) = context.open_existing()?;
    let (snapshot, buffers) = (store.snapshot()?, Buffers::new());
    let view = View::new(&snapshot, &buffers);
    let question = Search {
        text: &args.query,
        limit: args.limit as usize,
        kind: args.kind,
        without: &[],
        keep_names: false,
        cancel: None,
    };
    let hits = search(&view, &question)?;
    let mut out = stdout();
    if context.json {
        serde_json::to_writer(&mut out, &hits).map_err(std::io::Error::from)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(if hits.is_empty() { ExitCode::from(exit::NOTHING) } else { ExitCode::SUCCESS });
    }
    if hits.is_empty() {
        return Err(if view.is_empty()? {
            CliError::nothing(
                format!("nothing of {} is indexed", root.display()),
                format!("run `rutter index {}`; `rutter status` tells what was skipped and why", root.display()),
            )
        } else {
            CliError::nothing(
                format!("no symbol matches `{}`", args.query),
                "a shorter query matches more; `rutter index` brings the index up to date",
            )
        });
    }
    let rows: Vec<_> = hits.iter().map(row).collect();
    write_columns(&mut out, [Side::Left; 3], &rows)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn row(hit: &Hit) -> [String; 3] {
    let symbol = &hit.symbol;
    [
        symbol.kind.as_str().to_owned(),
        plain(&symbol.fqn),
        format!("{}:{}:{}", plain(&symbol.path), symbol.name_line, symbol.name_col + 1),
    ]
}
