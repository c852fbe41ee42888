//! Tree to records: pure, and cannot fail.
//!
//! One walk over the tree feeds everything (`walk.rs`); what needs the whole file (line counts, bindings within the file,
//! chunks) follows from what it brought. Nothing here knows a language: the tables in `languages/` say what nodes mean.

mod assignments;
mod calls;
mod chunks;
mod comments;
mod definitions;
mod flow;
mod functions;
mod identifiers;
mod leads;
mod lines;
mod made;
mod mark;
mod metrics;
mod names;
mod outline;
mod partial;
mod ranges;
mod roots;
mod signatures;
mod walk;

use std::sync::Arc;

pub use mark::{Mark, generators_mark};
pub use outline::{Bare, Known, Unit, outline};
pub use partial::Asked;
pub use ranges::{Fold, FoldKind, Occurrence, folds, name_at, occurrences, selection};

use definitions::Definitions;
use lines::LineCounts;
use rustc_hash::{FxHashMap, FxHashSet};
use walk::{FunctionFacts, Harvest};

use crate::{
    parse::Parsed,
    record::{
        Contribution, FileMetrics, FileRecord, FileRecords, Problem, ProblemKind, Source, Span, Symbol, SymbolId,
        SymbolKind, SymbolMetrics,
    },
    text::{ByteRange, Encoding, SourceText},
};

/// What the records say of a file beside what is in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub path: Arc<str>,
    /// See [`crate::languages::Language::module_of`].
    pub module: Arc<str>,
    pub salt: u32,
    pub source: Source,
    /// Of a buffer, the session that has it.
    pub session: Option<Arc<str>>,
    /// SHA-256 of the bytes on disk or in the buffer, in hexadecimal.
    pub content_hash: String,
    pub size: u64,
    pub modified_at: Option<String>,
    pub indexed_at: String,
}

/// The records of one file.
pub fn extract(parsed: &Parsed, origin: &Origin) -> FileRecords {
    let text = &**parsed.text();
    let language = parsed.language();
    let harvest = roots::walk(parsed, Definitions::new(text, language, origin));
    let Harvest { nodes, mut definitions, mut functions, names, lines, faults, mut imports, mut exports, mut binder } =
        harvest;
    for import in &mut imports {
        let place = text.place(import.byte_start);
        (import.start_line, import.start_col) = (place.line_1(), place.col);
    }
    for export in &mut exports {
        let place = text.place(export.byte_start);
        (export.start_line, export.start_col) = (place.line_1(), place.col);
    }
    let lines = lines.count();
    let callees = names.callees(text, functions.len());
    let fan_out = names.outside(text, &definitions);
    let references = names.bound(text, language, &definitions);
    let chunks = chunks::chunks(text, &origin.path, &definitions.symbols, &nodes);
    made::add(&mut definitions, &mut binder, &mut functions);
    let owners: Vec<String> = definitions.symbols.iter().map(|symbol| owner_name(symbol, language.separator)).collect();
    let mut facts = binder.finish(&definitions.symbols, &owners);
    facts.find_by((language.hooks.found_by)(&facts));
    facts.lines = text.lines().starts().to_vec().into();
    let file_id = definitions.file_id();
    let language_name = definitions.language_name();
    let left_out = definitions.left_out.clone();
    let module = definitions.module();
    let symbols = definitions.symbols;

    let mut graphs = Vec::with_capacity(functions.len());
    let mut symbol_metrics = Vec::with_capacity(functions.len());
    let mut whys = Vec::with_capacity(functions.len());
    let mut sum = Sum::default();
    for (function, callees) in functions.into_iter().zip(callees) {
        let symbol = &symbols[function.symbol];
        let within = function.counts_outside;
        let mut metrics = function_metrics(function, symbol, callees, &lines, text, &mut graphs, &mut whys);
        if metrics.cyclomatic_complexity.is_none() && language.hooks.counting.without_body {
            metrics.cyclomatic_complexity = Some(1);
            metrics.modified_cyclomatic_complexity = Some(1);
            metrics.cognitive_complexity = Some(0);
        }
        // What counts for the function around it is in that one's numbers.
        sum.add(&SymbolMetrics {
            cyclomatic_complexity: metrics.cyclomatic_complexity.filter(|_| !within.cyclomatic),
            modified_cyclomatic_complexity: metrics.modified_cyclomatic_complexity.filter(|_| !within.cyclomatic),
            cognitive_complexity: metrics.cognitive_complexity.filter(|_| !within.cognitive),
            ..metrics.clone()
        });
        symbol_metrics.push(metrics);
    }
    let file_metrics = file_metrics(text, origin, &symbols, &symbol_metrics, sum, &lines, fan_out);
    symbol_metrics.extend(type_metrics(&symbols, &symbol_metrics, &lines, language.separator));

    FileRecords {
        file: FileRecord {
            file_id,
            path: origin.path.clone(),
            language: language_name,
            content_hash: origin.content_hash.clone(),
            size: origin.size,
            modified_at: origin.modified_at.clone(),
            indexed_at: origin.indexed_at.clone(),
            source: origin.source,
            session: origin.session.clone(),
            encoding: text.encoding(),
            beyond_ascii: !text.bytes().is_ascii(),
            lines: text.lines().line_count(),
            named_in_text: module != origin.module,
            module,
            salt: origin.salt,
            language_by_surroundings: false,
            generated: generators_mark(text).map(|mark| mark.text),
            problems: problems(text, &faults, left_out),
            skipped: None,
        },
        symbols,
        references,
        nodes,
        graphs,
        chunks,
        file_metrics: Some(file_metrics),
        symbol_metrics,
        whys,
        imports,
        exports,
        facts: Arc::new(facts),
    }
}

/// What a symbol's full name has before its own name.
fn owner_name(symbol: &Symbol, separator: &str) -> String {
    let before = symbol.fqn.strip_suffix(&*symbol.name).unwrap_or_default();
    before.strip_suffix(separator).unwrap_or(before).to_owned()
}

fn function_metrics(
    function: FunctionFacts,
    symbol: &Symbol,
    callees: u32,
    lines: &LineCounts,
    text: &SourceText,
    graphs: &mut Vec<(SymbolId, Vec<crate::record::CfgBlock>)>,
    whys: &mut Vec<(SymbolId, Vec<Contribution>)>,
) -> SymbolMetrics {
    let max_nesting = function.complexity.max_nesting;
    let mut metrics = SymbolMetrics { parameters: Some(function.parameters), ..bare_metrics(symbol, lines) };
    // Without a body there is nothing to count.
    let Some((graph, exits)) = function.flow else { return metrics };
    let drawn = graph.finish(symbol.symbol_id, text, function.has_faults);
    let numbers = function.complexity.finish(&drawn.idle, text);
    debug_assert!(
        function.has_faults || numbers.claims == drawn.decisions,
        "{}:{}: {} decisions are counted and {} are drawn",
        symbol.path,
        symbol.start_line,
        numbers.claims,
        drawn.decisions
    );
    metrics.cyclomatic_complexity = Some(numbers.cyclomatic);
    metrics.modified_cyclomatic_complexity = Some(numbers.modified);
    metrics.cognitive_complexity = Some(numbers.cognitive);
    metrics.max_nesting = Some(max_nesting);
    metrics.fan_out = Some(callees);
    metrics.exits = Some(exits);
    graphs.push((symbol.symbol_id, drawn.blocks));
    if !numbers.contributions.is_empty() {
        whys.push((symbol.symbol_id, numbers.contributions));
    }
    metrics
}

/// What every metrics record has, and null for the rest.
fn bare_metrics(symbol: &Symbol, lines: &LineCounts) -> SymbolMetrics {
    let (sloc, comment_lines) = lines.between(symbol.start_line, symbol.end_line);
    let loc = symbol.end_line - symbol.start_line + 1;
    SymbolMetrics {
        symbol_id: symbol.symbol_id,
        symbol_name: symbol.name.clone(),
        kind: symbol.kind,
        file_path: symbol.path.clone(),
        loc,
        sloc,
        comment_lines,
        blank_lines: loc.saturating_sub(sloc + comment_lines),
        fan_in: None,
        fan_out: None,
        cyclomatic_complexity: None,
        modified_cyclomatic_complexity: None,
        cognitive_complexity: None,
        max_nesting: None,
        parameters: None,
        exits: None,
        methods: None,
    }
}

/// Types and `impl` blocks that have functions directly in them, with the sums over these.
fn type_metrics(
    symbols: &[Symbol],
    functions: &[SymbolMetrics],
    lines: &LineCounts,
    separator: &str,
) -> Vec<SymbolMetrics> {
    let mut sums: FxHashMap<SymbolId, Sum> = FxHashMap::default();
    let of: FxHashMap<SymbolId, &SymbolMetrics> =
        functions.iter().map(|metrics| (metrics.symbol_id, metrics)).collect();
    let is_summed = |symbol: &Symbol| symbol.kind.is_type() || symbol.kind == SymbolKind::Impl;
    let types: FxHashSet<SymbolId> = symbols.iter().filter(|s| is_summed(s)).map(|symbol| symbol.symbol_id).collect();
    let by_name: FxHashMap<&str, SymbolId> =
        symbols.iter().rev().filter(|s| is_summed(s)).map(|symbol| (&*symbol.fqn, symbol.symbol_id)).collect();
    for symbol in symbols {
        let Some(metrics) = of.get(&symbol.symbol_id) else { continue };
        // A method may stand outside of its type (Go's all do).
        let owner = || {
            let before = symbol.fqn.strip_suffix(&*symbol.name)?.strip_suffix(separator)?;
            by_name.get(before).copied()
        };
        if let Some(of) = symbol.container.filter(|container| types.contains(container)).or_else(owner) {
            sums.entry(of).or_default().add(metrics);
        }
    }
    symbols
        .iter()
        .filter(|symbol| is_summed(symbol))
        .filter_map(|symbol| Some((symbol, sums.get(&symbol.symbol_id)?)))
        .map(|(symbol, sum)| SymbolMetrics {
            cyclomatic_complexity: Some(sum.cyclomatic),
            modified_cyclomatic_complexity: Some(sum.modified),
            cognitive_complexity: Some(sum.cognitive),
            methods: Some(sum.functions),
            ..bare_metrics(symbol, lines)
        })
        .collect()
}

/// The numbers of several functions together.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    functions: u32,
    cyclomatic: u32,
    modified: u32,
    cognitive: u32,
}

impl Sum {
    fn add(&mut self, metrics: &SymbolMetrics) {
        let add = |sum: &mut u32, number: Option<u32>| *sum = sum.saturating_add(number.unwrap_or_default());
        self.functions += 1;
        add(&mut self.cyclomatic, metrics.cyclomatic_complexity);
        add(&mut self.modified, metrics.modified_cyclomatic_complexity);
        add(&mut self.cognitive, metrics.cognitive_complexity);
    }
}

fn file_metrics(
    text: &SourceText,
    origin: &Origin,
    symbols: &[Symbol],
    functions: &[SymbolMetrics],
    sum: Sum,
    lines: &LineCounts,
    fan_out: u32,
) -> FileMetrics {
    let loc = lines::lines_of(text.lines(), text.place(text.len()));
    let (sloc, comment_lines) = lines.all();
    let most =
        |number: fn(&SymbolMetrics) -> Option<u32>| functions.iter().filter_map(number).max().unwrap_or_default();
    FileMetrics {
        file_path: origin.path.clone(),
        symbol_count: symbols.len() as u32,
        function_count: functions.len() as u32,
        loc,
        sloc,
        comment_lines,
        blank_lines: loc.saturating_sub(sloc + comment_lines),
        fan_in: None,
        fan_out: Some(fan_out),
        complexity_score: sum.cyclomatic,
        cognitive_complexity: sum.cognitive,
        modified_cyclomatic_complexity: sum.modified,
        max_cyclomatic_complexity: most(|metrics| metrics.cyclomatic_complexity),
        max_nesting: most(|metrics| metrics.max_nesting),
    }
}

fn problems(
    text: &SourceText,
    faults: &[(ByteRange, Option<&'static str>)],
    left_out: Option<ByteRange>,
) -> Vec<Problem> {
    let problem = |kind, range: ByteRange, message| {
        let span = Span::of(text, range);
        Problem {
            kind,
            byte_start: span.byte_start,
            byte_end: span.byte_end,
            start_line: span.start_line,
            start_col: span.start_col,
            end_line: span.end_line,
            end_col: span.end_col,
            message,
        }
    };
    let mut problems = Vec::new();
    if let Some(range) = left_out {
        problems.push(problem(ProblemKind::TooDeep, range, "definitions from here on are nested too deep".to_owned()));
    }
    if text.encoding() == Encoding::Utf8Invalid {
        let at = std::str::from_utf8(text.bytes()).map_or_else(|error| error.valid_up_to(), str::len) as u32;
        problems.push(problem(ProblemKind::InvalidUtf8, at..at + 1, "bytes that are no UTF-8 from here on".to_owned()));
    }
    for (range, missing) in faults {
        if problems.len() == FileRecord::MAX_PROBLEMS - 1 && faults.len() > problems.len() + 1 {
            let more = format!("{} more places did not parse", faults.len() - problems.len());
            problems.push(problem(ProblemKind::More, range.clone(), more));
            break;
        }
        problems.push(match missing {
            Some(kind) => problem(ProblemKind::Missing, range.clone(), format!("`{kind}` is missing")),
            None => problem(ProblemKind::SyntaxError, range.clone(), "this did not parse".to_owned()),
        });
    }
    problems
}
