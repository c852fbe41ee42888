//! Records made by hand, for tests.

use crate::record::*;

pub(super) fn file(path: &str, language: &str) -> FileRecord {
    FileRecord {
        file_id: FileId::of(path, 0),
        path: path.into(),
        language: language.into(),
        content_hash: "00".to_owned(),
        size: 0,
        modified_at: None,
        indexed_at: "2026-01-01T00:00:00Z".to_owned(),
        source: Source::Disk,
        session: None,
        encoding: Default::default(),
        beyond_ascii: false,
        lines: 100,
        module: "".into(),
        named_in_text: false,
        salt: 0,
        language_by_surroundings: false,
        generated: None,
        problems: Vec::new(),
        skipped: None,
    }
}

/// A symbol over whole lines (1-based, both counted), its name at column 3 of the first.
pub(super) fn symbol(path: &str, fqn: &str, kind: SymbolKind, lines: (u32, u32)) -> Symbol {
    let name = fqn.rsplit("::").next().unwrap_or(fqn).to_owned();
    let byte = |line: u32| (line - 1) * 100;
    Symbol {
        symbol_id: SymbolId::of(path, "rust", fqn, kind, 0, 0),
        file_id: FileId::of(path, 0),
        path: path.into(),
        fqn: fqn.to_owned(),
        kind,
        language: "rust".into(),
        byte_start: byte(lines.0),
        byte_end: byte(lines.1) + 50,
        start_line: lines.0,
        start_col: 0,
        end_line: lines.1,
        end_col: 50,
        name_byte_start: byte(lines.0) + 3,
        name_byte_end: byte(lines.0) + 3 + name.len() as u32,
        name_line: lines.0,
        name_col: 3,
        name,
        signature: None,
        doc: None,
        container: None,
        visibility: Visibility::Public,
        held_by: None,
        expanded: false,
        unlisted: false,
    }
}

pub(super) fn inside(mut symbol: Symbol, container: &Symbol) -> Symbol {
    symbol.container = Some(container.symbol_id);
    symbol
}

pub(super) fn metrics(symbol: &Symbol, cyclomatic: u32, cognitive: u32) -> SymbolMetrics {
    let loc = symbol.end_line - symbol.start_line + 1;
    SymbolMetrics {
        symbol_id: symbol.symbol_id,
        symbol_name: symbol.name.clone(),
        kind: symbol.kind,
        file_path: symbol.path.clone(),
        loc,
        comment_lines: 0,
        blank_lines: 0,
        modified_cyclomatic_complexity: Some(cyclomatic),
        sloc: loc - 1,
        fan_in: None,
        fan_out: None,
        cyclomatic_complexity: Some(cyclomatic),
        cognitive_complexity: Some(cognitive),
        max_nesting: Some(3),
        parameters: Some(2),
        exits: Some(3),
        methods: None,
    }
}

/// A block on whole lines.
pub(super) fn block(
    id: u32,
    kind: BlockKind,
    terminator: Terminator,
    lines: (u32, u32),
    successors: &[(u32, EdgeKind)],
) -> CfgBlock {
    CfgBlock {
        id,
        function_id: SymbolId(1_000_000_000_000_000),
        kind,
        terminator,
        byte_start: (lines.0 - 1) * 100,
        byte_end: (lines.1 - 1) * 100 + 50,
        start_line: lines.0,
        start_col: 0,
        end_line: lines.1,
        end_col: 50,
        successors: successors.iter().map(|&(block, kind)| Edge { block, kind }).collect(),
    }
}

/// A loop with a way out of it by an exception, code that no path reaches, and an exit.
pub(super) fn looping() -> Vec<CfgBlock> {
    use BlockKind::{Body, Entry, Exit, LoopHeader, Unreachable};
    let mut exit = block(5, Exit, Terminator::End, (6, 6), &[]);
    exit.byte_end = exit.byte_start;
    vec![
        block(0, Entry, Terminator::Goto, (1, 1), &[(1, EdgeKind::Next)]),
        block(1, LoopHeader, Terminator::Branch, (2, 2), &[(2, EdgeKind::True), (3, EdgeKind::False)]),
        block(2, Body, Terminator::Try, (3, 3), &[(1, EdgeKind::Back), (5, EdgeKind::Exception)]),
        block(3, Body, Terminator::Return, (4, 4), &[]),
        block(4, Unreachable, Terminator::Throw, (5, 5), &[]),
        exit,
    ]
}

/// Lines of 100 bytes, as the blocks here count.
pub(super) fn text_of(lines: &[&str]) -> crate::text::SourceText {
    crate::text::SourceText::from_buffer(lines.iter().map(|line| format!("{line:99}\n")).collect())
}

/// A function's graph of these blocks, and nothing else known of the function.
pub(super) fn function_graph_of(blocks: Vec<CfgBlock>) -> super::FunctionGraph {
    let symbol = symbol("src/a.rs", "demo::a::go", SymbolKind::Function, (1, 6));
    let function =
        super::SymbolFacts { metrics: None, shape: None, notes: Vec::new(), symbol, heaviest: vec![], lighter: 0 };
    super::FunctionGraph { function, blocks }
}
