//! Every fixture under `tests/fixtures/<language>/`, extracted and drawn as text, held against the snapshot beside it.
//!
//! A fixture is a topic of the language in as little code as shows it. What is drawn: the outline with names, kinds and
//! ranges; each function's numbers and its control-flow graph with the code of every block; references within the file;
//! structural nodes; chunks. Review a change with `cargo insta review`, or by reading the `.snap` file's diff.

use std::{fmt::Write as _, fs, path::PathBuf, sync::Arc};

use rutter::{
    extract::{Origin, extract, folds},
    languages::{self, Language},
    parse::Parsed,
    record::{CfgBlock, Contribution, FileRecords, Source},
    text::SourceText,
};

/// The folder of a language's fixtures, and the fixtures in it, sorted. The snapshots, and what their tool makes for a
/// moment, are none.
pub fn fixtures(language: &Language) -> (PathBuf, Vec<PathBuf>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(language.name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{} has no fixtures: {error}", language.name));
    let is_fixture =
        |path: &PathBuf| languages::by_path(path.to_str().unwrap()).is_some_and(|found| found.name == language.name);
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(is_fixture).collect();
    files.sort();
    (folder, files)
}

#[test]
fn every_fixture_extracts_as_drawn() {
    let mut count = 0;
    for language in languages::all() {
        let (folder, files) = fixtures(language);
        for file in files {
            let text = Arc::new(SourceText::from_file(fs::read(&file).unwrap()).unwrap());
            let parsed = Parsed::new(text.clone(), language).unwrap();
            let name = file.file_name().unwrap().to_str().unwrap();
            let records = extract(&parsed, &origin(name));
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(&folder);
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!(name, draw(&text, &records, &parsed)));
            count += 1;
        }
    }
    assert!(count >= 2 * languages::all().len(), "only {count} fixtures");
}

/// Invariant: every language folder has fixtures with at least a definition, a reference, a block and a metric.
#[test]
fn fixtures_of_every_language_show_every_kind_of_record() {
    for language in languages::all() {
        let (mut symbols, mut references, mut blocks, mut metrics) = (0, 0, 0, 0);
        for path in fixtures(language).1 {
            let text = Arc::new(SourceText::from_file(fs::read(&path).unwrap()).unwrap());
            let records = extract(&Parsed::new(text, language).unwrap(), &origin("x"));
            symbols += records.symbols.len();
            references += records.references.len();
            blocks += records.graphs.iter().map(|(_, blocks)| blocks.len()).sum::<usize>();
            metrics += records.symbol_metrics.len();
        }
        assert!(symbols > 0 && references > 0 && blocks > 0 && metrics > 0, "{} lacks a kind of record", language.name);
    }
}

pub fn origin(path: &str) -> Origin {
    Origin {
        path: path.into(),
        module: "m".into(),
        salt: 0,
        source: Source::Disk,
        session: None,
        content_hash: String::new(),
        size: 0,
        modified_at: None,
        indexed_at: String::new(),
    }
}

fn draw(text: &SourceText, records: &FileRecords, parsed: &Parsed) -> String {
    let mut out = String::new();
    let name_of = |id| records.symbols.iter().find(|symbol| symbol.symbol_id == id).map_or("?", |symbol| &symbol.fqn);
    writeln!(out, "## symbols").unwrap();
    for symbol in &records.symbols {
        let depth = std::iter::successors(symbol.container, |id| {
            records.symbols.iter().find(|symbol| symbol.symbol_id == *id).and_then(|symbol| symbol.container)
        })
        .count();
        write!(
            out,
            "{}{} {} [{:?}] {}:{}-{}:{} name {}:{}",
            "  ".repeat(depth),
            symbol.kind.as_str(),
            symbol.fqn,
            symbol.visibility,
            symbol.start_line,
            symbol.start_col,
            symbol.end_line,
            symbol.end_col,
            symbol.name_line,
            symbol.name_col,
        )
        .unwrap();
        write!(out, " `{}`", symbol.signature.as_deref().unwrap_or_default()).unwrap();
        writeln!(out, "{}", symbol.doc.as_ref().map(|doc| format!(" doc {doc:?}")).unwrap_or_default()).unwrap();
    }
    writeln!(out, "\n## functions").unwrap();
    for metrics in &records.symbol_metrics {
        let number = |number: Option<u32>| number.map_or("-".to_owned(), |number| number.to_string());
        writeln!(
            out,
            "{}: cyclomatic {} modified {} cognitive {} nesting {} parameters {} exits {} lines {} code {} calls {}",
            name_of(metrics.symbol_id),
            number(metrics.cyclomatic_complexity),
            number(metrics.modified_cyclomatic_complexity),
            number(metrics.cognitive_complexity),
            number(metrics.max_nesting),
            number(metrics.parameters),
            number(metrics.exits),
            metrics.loc,
            metrics.sloc,
            number(metrics.fan_out),
        )
        .unwrap();
        let why = records.whys.iter().find(|(id, _)| *id == metrics.symbol_id);
        if let Some((_, contributions)) = why {
            let places: Vec<String> = contributions.iter().map(draw_contribution).collect();
            writeln!(out, "  why: {}", places.join(", ")).unwrap();
        }
        let graph = records.graphs.iter().find(|(id, _)| *id == metrics.symbol_id);
        for block in graph.map(|(_, blocks)| blocks.as_slice()).unwrap_or_default() {
            writeln!(out, "{}", draw_block(text, block)).unwrap();
        }
    }
    if !records.imports.is_empty() || !records.exports.is_empty() {
        writeln!(out, "\n## imports and exports").unwrap();
    }
    for import in &records.imports {
        let part = |label: &str, text: &Option<String>| {
            text.as_ref().map(|text| format!(" {label} {text}")).unwrap_or_default()
        };
        let exported = if import.exported { " exported" } else { "" };
        let (name, alias) = (part("name", &import.name), part("as", &import.alias));
        let place = (import.start_line, import.start_col);
        writeln!(out, "{:?} {}{name}{alias}{exported} {}:{}", import.kind, import.module, place.0, place.1).unwrap();
    }
    for export in &records.exports {
        let part = |label: &str, text: &Option<String>| {
            text.as_ref().map(|text| format!(" {label} {text}")).unwrap_or_default()
        };
        let (local, module) = (part("local", &export.local), part("from", &export.module));
        writeln!(out, "Export {}{local}{module} {}:{}", export.name, export.start_line, export.start_col).unwrap();
    }
    writeln!(out, "\n## references").unwrap();
    for (symbol, references) in &records.references {
        let places: Vec<String> = references
            .iter()
            .map(|r| format!("{}:{} {:?} {:?}", r.start_line, r.start_col, r.kind, r.confidence).to_lowercase())
            .collect();
        writeln!(out, "{} <- {}", name_of(*symbol), places.join(", ")).unwrap();
    }
    writeln!(out, "\n## nodes").unwrap();
    let kinds: Vec<String> = records
        .nodes
        .iter()
        .map(|node| format!("{}{}", node.kind, node.parent_id.map(|id| format!("^{id}")).unwrap_or_default()))
        .collect();
    writeln!(out, "{}", kinds.join(" ")).unwrap();
    writeln!(out, "\n## chunks").unwrap();
    for chunk in &records.chunks {
        let lines = (text.place(chunk.byte_start).line_1(), text.place(chunk.byte_end).line_1());
        writeln!(out, "{}-{} {}", lines.0, lines.1, chunk.symbol_name.as_deref().unwrap_or("-")).unwrap();
    }
    writeln!(out, "\n## folds").unwrap();
    let folds = folds(parsed);
    let folds = folds.iter().map(|fold| {
        let (start, end) = (text.place(fold.range.start), text.place(fold.range.end));
        format!("{}-{} {:?}", start.line_1(), end.line_1(), fold.kind).to_lowercase()
    });
    writeln!(out, "{}", folds.collect::<Vec<_>>().join(", ")).unwrap();
    if !records.file.problems.is_empty() {
        writeln!(out, "\n## problems").unwrap();
        for problem in &records.file.problems {
            writeln!(out, "{}:{} {}", problem.start_line, problem.start_col, problem.message).unwrap();
        }
    }
    out
}

/// Where, what, and how much: `3:4 if +1/+2`. What is no branch of the graph is in brackets.
fn draw_contribution(one: &Contribution) -> String {
    let text = format!("{}:{} {:?} {:+}/{:+}", one.line, one.col, one.cause, one.cyclomatic, one.cognitive);
    if one.in_graph { text } else { format!("[{text}]") }
}

fn draw_block(text: &SourceText, block: &CfgBlock) -> String {
    let code = text.slice(block.byte_start..block.byte_end).into_owned();
    let code: Vec<&str> = code.split_whitespace().collect();
    let code: String = code.join(" ").chars().take(50).collect();
    let edges: Vec<String> =
        block.successors.iter().map(|edge| format!("{:?} b{}", edge.kind, edge.block).to_lowercase()).collect();
    format!(
        "  b{} {:?} `{}` {:?} -> {}",
        block.id,
        block.kind,
        code,
        block.terminator,
        if edges.is_empty() { "nothing".to_owned() } else { edges.join(", ") }
    )
}
