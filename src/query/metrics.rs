//! Tables of metrics: the functions or files of a part of the workspace, the most striking first.

use std::{cmp::Reverse, ops::ControlFlow, sync::Arc};

use serde::Serialize;

use super::{Shape, View, top::Top};
use crate::{
    kv::StoreError,
    record::{FileMetrics, FileRecord, SymbolId, SymbolMetrics},
};

/// What a table is sorted by: numbers with the greatest first, names from A to Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    Cyclomatic,
    /// Cyclomatic, with each switch counted once.
    Modified,
    Cognitive,
    Loc,
    Sloc,
    Nesting,
    Parameters,
    Exits,
    Blocks,
    Unreachable,
    FanIn,
    FanOut,
    Functions,
    Symbols,
    Name,
    Path,
}

impl SortKey {
    pub const ALL: [SortKey; 16] = [
        SortKey::Cyclomatic,
        SortKey::Modified,
        SortKey::Cognitive,
        SortKey::Loc,
        SortKey::Sloc,
        SortKey::Nesting,
        SortKey::Parameters,
        SortKey::Exits,
        SortKey::Blocks,
        SortKey::Unreachable,
        SortKey::FanIn,
        SortKey::FanOut,
        SortKey::Functions,
        SortKey::Symbols,
        SortKey::Name,
        SortKey::Path,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            SortKey::Cyclomatic => "cyclomatic",
            SortKey::Modified => "modified",
            SortKey::Cognitive => "cognitive",
            SortKey::Loc => "loc",
            SortKey::Sloc => "sloc",
            SortKey::Nesting => "nesting",
            SortKey::Parameters => "parameters",
            SortKey::Exits => "exits",
            SortKey::Blocks => "blocks",
            SortKey::Unreachable => "unreachable",
            SortKey::FanIn => "fan-in",
            SortKey::FanOut => "fan-out",
            SortKey::Functions => "functions",
            SortKey::Symbols => "symbols",
            SortKey::Name => "name",
            SortKey::Path => "path",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == name)
    }

    /// A number, and no text.
    pub fn is_number(self) -> bool {
        !matches!(self, SortKey::Name | SortKey::Path)
    }

    /// Whether a table of functions has it.
    pub fn is_of_functions(self) -> bool {
        !matches!(self, SortKey::Functions | SortKey::Symbols)
    }

    /// Whether a table of files has it.
    pub fn is_of_files(self) -> bool {
        use SortKey::{Blocks, Exits, Parameters, Unreachable};
        !matches!(self, Parameters | Exits | Blocks | Unreachable)
    }

    /// Whether a function's graph must be read for it.
    fn is_of_graphs(self) -> bool {
        matches!(self, SortKey::Blocks | SortKey::Unreachable)
    }

    /// The number of a function that it stands for; none for a name, and for what was not computed.
    pub fn number_of_function(self, metrics: &SymbolMetrics, shape: Option<&Shape>) -> Option<u32> {
        match self {
            SortKey::Cyclomatic => metrics.cyclomatic_complexity,
            SortKey::Modified => metrics.modified_cyclomatic_complexity,
            SortKey::Cognitive => metrics.cognitive_complexity,
            SortKey::Loc => Some(metrics.loc),
            SortKey::Sloc => Some(metrics.sloc),
            SortKey::Nesting => metrics.max_nesting,
            SortKey::Parameters => metrics.parameters,
            SortKey::Exits => metrics.exits,
            SortKey::Blocks => shape.map(|shape| shape.blocks),
            SortKey::Unreachable => shape.map(|shape| shape.unreachable_blocks),
            SortKey::FanIn => metrics.fan_in,
            SortKey::FanOut => metrics.fan_out,
            SortKey::Functions | SortKey::Symbols | SortKey::Name | SortKey::Path => None,
        }
    }

    /// The same of a file.
    pub fn number_of_file(self, metrics: &FileMetrics) -> Option<u32> {
        match self {
            SortKey::Cyclomatic => Some(metrics.complexity_score),
            SortKey::Modified => Some(metrics.modified_cyclomatic_complexity),
            SortKey::Cognitive => Some(metrics.cognitive_complexity),
            SortKey::Loc => Some(metrics.loc),
            SortKey::Sloc => Some(metrics.sloc),
            SortKey::Nesting => Some(metrics.max_nesting),
            SortKey::FanIn => metrics.fan_in,
            SortKey::FanOut => metrics.fan_out,
            SortKey::Functions => Some(metrics.function_count),
            SortKey::Symbols => Some(metrics.symbol_count),
            _ => None,
        }
    }

    fn of_function(self, metrics: &SymbolMetrics, shape: Option<&Shape>) -> Value {
        match self {
            SortKey::Name => Value::Text(Reverse(metrics.symbol_name.clone())),
            key => Value::Number(key.number_of_function(metrics, shape)),
        }
    }

    fn of_file(self, metrics: &FileMetrics) -> Value {
        match self {
            SortKey::Name => Value::Text(Reverse(metrics.file_path.rsplit('/').next().unwrap_or_default().to_owned())),
            key => Value::Number(key.number_of_file(metrics)),
        }
    }
}

/// What is not known comes after all that is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Number(Option<u32>),
    Text(Reverse<String>),
}

/// A function and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FunctionRow {
    #[serde(flatten)]
    pub metrics: SymbolMetrics,
    /// None without a body.
    pub shape: Option<Shape>,
    pub fqn: String,
    pub start_line: u32,
    pub end_line: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FunctionTable {
    pub rows: Vec<FunctionRow>,
    /// How many there are in all.
    pub functions: u64,
    pub files: u64,
    /// Files of the part that are known and not indexed.
    pub files_skipped: u64,
    pub left_out: LeftOut,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileTable {
    pub rows: Vec<FileMetrics>,
    pub files: u64,
    pub files_skipped: u64,
    pub left_out: LeftOut,
}

/// Whether what a program has written is listed and counted: nobody can make it simpler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generated {
    Listed,
    LeftOut,
}

/// What is neither listed nor counted, since a program has written it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub functions: u64,
    pub files: u64,
}

/// An entry of a table on its way to the top: by value, then in the order of paths and ids.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked<T: Ord> {
    value: Value,
    path: Reverse<Arc<str>>,
    item: T,
}

/// The first `top` functions under a path: a file, a directory, or everything for none.
pub fn function_metrics(
    view: &View,
    path: Option<&str>,
    generated: Generated,
    sort: SortKey,
    top: usize,
) -> Result<FunctionTable, StoreError> {
    let mut best = Top::new(top);
    let mut table = FunctionTable::default();
    each_file(view, path, &mut |file| {
        if file.skipped.is_some() {
            table.files_skipped += 1;
            return Ok(());
        }
        if is_left_out(&file, generated) {
            table.left_out.files += 1;
            return each_function(view, &file, &mut |_| {
                table.left_out.functions += 1;
                Ok(())
            });
        }
        table.files += 1;
        each_function(view, &file, &mut |metrics| {
            table.functions += 1;
            let shape = if sort.is_of_graphs() { shape(view, &metrics)? } else { None };
            let (value, path) = (sort.of_function(&metrics, shape.as_ref()), Reverse(file.path.clone()));
            best.push(Ranked { value, path, item: Reverse(metrics.symbol_id) });
            Ok(())
        })
    })?;
    for ranked in best.into_sorted() {
        table.rows.extend(function_row(view, ranked.item.0)?);
    }
    table.rows.sort_by(|a, b| {
        let value = |row: &FunctionRow| sort.of_function(&row.metrics, row.shape.as_ref());
        let place = |row: &FunctionRow| (row.metrics.file_path.clone(), row.start_line, row.metrics.symbol_id);
        value(b).cmp(&value(a)).then_with(|| place(a).cmp(&place(b)))
    });
    Ok(table)
}

/// The first `top` files under a path.
pub fn file_metrics(
    view: &View,
    path: Option<&str>,
    generated: Generated,
    sort: SortKey,
    top: usize,
) -> Result<FileTable, StoreError> {
    let mut best = Top::new(top);
    let mut table = FileTable::default();
    each_file(view, path, &mut |file| {
        if file.skipped.is_some() {
            table.files_skipped += 1;
            return Ok(());
        }
        if is_left_out(&file, generated) {
            table.left_out.files += 1;
            table.left_out.functions +=
                view.file_metrics(&file.path)?.map_or(0, |metrics| u64::from(metrics.function_count));
            return Ok(());
        }
        table.files += 1;
        if let Some(metrics) = view.file_metrics(&file.path)? {
            let value = sort.of_file(&metrics);
            best.push(Ranked { value, path: Reverse(file.path), item: () });
        }
        Ok(())
    })?;
    for ranked in best.into_sorted() {
        table.rows.extend(view.file_metrics(&ranked.path.0)?);
    }
    Ok(table)
}

pub(super) fn is_left_out(file: &FileRecord, generated: Generated) -> bool {
    generated == Generated::LeftOut && file.generated.is_some()
}

pub(super) fn each_file(
    view: &View,
    path: Option<&str>,
    visit: &mut dyn FnMut(FileRecord) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if let Some(path) = path
        && let Some(file) = view.file(path)?
    {
        return visit(file);
    }
    let mut result = Ok(());
    view.files(&mut |file| {
        if path.is_none_or(|part| is_under(&file.path, part)) {
            result = visit(file);
        }
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    result
}

pub(super) fn each_function(
    view: &View,
    file: &FileRecord,
    visit: &mut dyn FnMut(SymbolMetrics) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if let Some(records) = view.buffers.get(&file.path) {
        return records.symbol_metrics.iter().filter(|m| m.kind.is_function()).cloned().try_for_each(visit);
    }
    for id in view.snapshot.file_symbols(file.file_id)? {
        if let Some(metrics) = view.snapshot.symbol_metrics(id)?
            && metrics.kind.is_function()
        {
            visit(metrics)?;
        }
    }
    Ok(())
}

fn shape(view: &View, metrics: &SymbolMetrics) -> Result<Option<Shape>, StoreError> {
    let graph = view.graph(&metrics.file_path, metrics.symbol_id)?;
    Ok(graph.map(|blocks| Shape::of(&blocks)))
}

fn function_row(view: &View, id: SymbolId) -> Result<Option<FunctionRow>, StoreError> {
    let Some(symbol) = view.symbol(id)? else { return Ok(None) };
    let Some(metrics) = view.symbol_metrics(&symbol)? else { return Ok(None) };
    let (start_line, end_line) = (symbol.start_line, symbol.end_line);
    let shape = shape(view, &metrics)?;
    Ok(Some(FunctionRow { metrics, shape, fqn: symbol.into_owned().fqn, start_line, end_line }))
}

/// Whether a file is in a directory, both as the index writes paths.
fn is_under(path: &str, directory: &str) -> bool {
    let directory = directory.trim_end_matches('/');
    directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_holds_what_is_behind_its_slash() {
        assert!(is_under("src/a/b.rs", "src"));
        assert!(is_under("src/a/b.rs", "src/a/"));
        assert!(!is_under("src2/a.rs", "src"));
        assert!(!is_under("src", "src"));
        assert!(is_under("a.rs", ""));
    }

    #[test]
    fn every_key_has_its_own_name() {
        for key in SortKey::ALL {
            assert_eq!(SortKey::by_name(key.as_str()), Some(key));
            assert!(key.is_of_files() || key.is_of_functions());
        }
        assert_eq!(SortKey::by_name("beauty"), None);
    }

    #[test]
    fn unknown_numbers_come_last_and_names_from_a_to_z() {
        assert!(Value::Number(Some(0)) > Value::Number(None));
        assert!(Value::Text(Reverse("a".to_owned())) > Value::Text(Reverse("b".to_owned())));
    }
}
