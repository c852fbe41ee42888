//! Records made by hand: small files that share names, for tests of the store.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rutter::{
    kv::{FORMAT_VERSION, LinkUpdate, Todo},
    record::*,
    text::Encoding,
};

/// Where in an index's directory the index of our own format is.
pub fn home(index: &Path) -> PathBuf {
    index.join(format!("v{FORMAT_VERSION}"))
}

/// What a symbol of a sample file is.
#[derive(Clone, Debug)]
pub struct Def {
    pub name: String,
    pub fqn: String,
    pub kind: SymbolKind,
}

pub fn def(name: &str, fqn: &str, kind: SymbolKind) -> Def {
    Def { name: name.to_owned(), fqn: fqn.to_owned(), kind }
}

/// A file with a record of every kind for each of its symbols. `body` makes versions of a file differ.
pub fn records(path: &str, salt: u32, body: &str, defs: &[Def]) -> FileRecords {
    let path: Arc<str> = path.into();
    let file_id = FileId::of(&path, salt);
    let ids: Vec<SymbolId> = defs
        .iter()
        .enumerate()
        .map(|(at, def)| SymbolId::of(&path, "rust", &def.fqn, def.kind, at as u32, salt))
        .collect();
    let file = FileRecord {
        file_id,
        path: path.clone(),
        language: "rust".into(),
        content_hash: "00".repeat(32),
        size: body.len() as u64,
        modified_at: Some("2026-11-23T06:59:00.123456789Z".to_owned()),
        indexed_at: "2026-11-23T07:00:00Z".to_owned(),
        source: Source::Disk,
        session: None,
        encoding: Encoding::Utf8,
        beyond_ascii: false,
        lines: 1,
        module: "sample".into(),
        named_in_text: false,
        salt,
        language_by_surroundings: false,
        generated: None,
        problems: Vec::new(),
        skipped: None,
    };
    let symbols = defs.iter().zip(&ids).map(|(def, &id)| symbol(&path, file_id, id, def)).collect();
    FileRecords {
        symbols,
        references: (defs.iter().zip(&ids))
            .map(|(def, &id)| (id, vec![reference(&def.name, ids.first().copied())]))
            .collect(),
        nodes: vec![AstNode { id: 0, parent_id: None, kind: "source_file".into(), byte_start: 0, byte_end: 9 }],
        graphs: defs
            .iter()
            .zip(&ids)
            .filter(|(def, _)| def.kind.is_function())
            .map(|(_, &id)| (id, vec![block(id)]))
            .collect(),
        chunks: (0..body.len() as u32).step_by(8).map(|start| chunk(&path, start, body)).collect(),
        file_metrics: Some(file_metrics(&path, defs.len() as u32)),
        symbol_metrics: defs.iter().zip(&ids).map(|(def, &id)| symbol_metrics(&path, id, def)).collect(),
        whys: (defs.iter().zip(&ids))
            .filter(|(def, _)| def.kind.is_function())
            .map(|(_, &id)| (id, vec![contribution()]))
            .collect(),
        imports: vec![Import { name: Some("Read".to_owned()), ..Import::of("std::io", ImportKind::Import, 4..17) }],
        facts: Arc::default(),
        exports: vec![Export { local: Some("main".to_owned()), ..Export::of("start", 9..22) }],
        file,
    }
}

/// The file is known and not indexed.
pub fn skipped(path: &str) -> FileRecords {
    let mut file = records(path, 0, "", &[]).file;
    file.skipped = Some(Skip { reason: SkipReason::Binary, detail: "a NUL byte at offset 7".to_owned() });
    FileRecords::skipped(file)
}

fn symbol(path: &Arc<str>, file_id: FileId, symbol_id: SymbolId, def: &Def) -> Symbol {
    Symbol {
        symbol_id,
        file_id,
        path: path.clone(),
        name: def.name.clone(),
        fqn: def.fqn.clone(),
        kind: def.kind,
        language: "rust".into(),
        byte_start: 0,
        byte_end: 9,
        start_line: 1,
        start_col: 0,
        end_line: 1,
        end_col: 9,
        name_byte_start: 3,
        name_byte_end: 3 + def.name.len() as u32,
        name_line: 1,
        name_col: 3,
        signature: Some(format!("fn {}()", def.name)),
        doc: Some("What it does.".to_owned()),
        container: Some(symbol_id),
        visibility: Visibility::Public,
        held_by: None,
        expanded: false,
        unlisted: false,
    }
}

fn reference(name: &str, enclosing: Option<SymbolId>) -> Reference {
    Reference {
        byte_start: 5,
        byte_end: 5 + name.len() as u32,
        start_line: 1,
        start_col: 5,
        length: None,
        kind: ReferenceKind::Call,
        enclosing,
        confidence: Confidence::Exact,
    }
}

fn contribution() -> Contribution {
    Contribution { cause: Cause::If, line: 3, col: 4, cyclomatic: 1, cognitive: 1, in_graph: false }
}

fn block(function_id: SymbolId) -> CfgBlock {
    CfgBlock {
        id: 0,
        function_id,
        kind: BlockKind::Entry,
        terminator: Terminator::Goto,
        byte_start: 0,
        byte_end: 9,
        start_line: 1,
        start_col: 0,
        end_line: 1,
        end_col: 9,
        successors: vec![Edge { block: 1, kind: EdgeKind::Next }],
    }
}

fn chunk(path: &Arc<str>, byte_start: u32, body: &str) -> Chunk {
    let byte_end = (byte_start + 8).min(body.len() as u32);
    Chunk {
        file_path: path.clone(),
        byte_start,
        byte_end,
        content: body[byte_start as usize..byte_end as usize].to_owned(),
        content_hash: "11".repeat(32),
        symbol_name: Some("f".to_owned()),
        symbol_kind: Some(SymbolKind::Function),
    }
}

fn file_metrics(path: &Arc<str>, symbol_count: u32) -> FileMetrics {
    FileMetrics {
        file_path: path.clone(),
        symbol_count,
        function_count: 1,
        loc: 1,
        sloc: 1,
        comment_lines: 0,
        blank_lines: 0,
        fan_in: None,
        fan_out: Some(2),
        complexity_score: 1,
        cognitive_complexity: 0,
        modified_cyclomatic_complexity: 1,
        max_cyclomatic_complexity: 1,
        max_nesting: 0,
    }
}

fn symbol_metrics(path: &Arc<str>, symbol_id: SymbolId, def: &Def) -> SymbolMetrics {
    SymbolMetrics {
        symbol_id,
        symbol_name: def.name.clone(),
        kind: def.kind,
        file_path: path.clone(),
        loc: 1,
        sloc: 1,
        comment_lines: 0,
        blank_lines: 0,
        fan_in: Some(1),
        fan_out: None,
        cyclomatic_complexity: Some(1),
        modified_cyclomatic_complexity: Some(1),
        cognitive_complexity: Some(0),
        max_nesting: Some(0),
        parameters: Some(0),
        exits: Some(1),
        methods: Some(0),
    }
}

/// A run of the program, the `n`th.
pub fn execution(n: u32) -> Execution {
    Execution {
        execution_id: format!("20261123T065900.{n:06}Z-4242"),
        tool_version: "0.1.0".to_owned(),
        args: vec!["rutter".to_owned(), "index".to_owned()],
        root: "/home/me/project".to_owned(),
        started_at: "2026-11-23T06:59:00.123456Z".to_owned(),
        finished_at: Some("2026-11-23T06:59:01.5Z".to_owned()),
        duration_ms: Some(1377),
        outcome: Outcome::Partial,
        error_message: Some("interrupted".to_owned()),
        files_indexed: n.into(),
        files_unchanged: 0,
        files_removed: 0,
        files_skipped: 1,
        symbols_indexed: 20,
        references_indexed: 30,
        selection: Some(Selection {
            exclude: vec!["gen/".to_owned()],
            include: vec!["src/".to_owned()],
            ignore_files: true,
            hidden: false,
            max_file_size: 4 << 20,
            skip_generated: false,
        }),
    }
}

/// What linking says of a file: its references, a name that leads elsewhere, and what that rests on.
pub fn links(records: &FileRecords, state: u64) -> LinkUpdate {
    let mut references = records.references.clone();
    references.sort_by_key(|(symbol, _)| *symbol);
    let mut deps = [(Group::Path, "src/other.rs"), (Group::Layout, "Cargo.toml")]
        .map(|(of, path)| Dep { group: group(of, path), item: WHOLE })
        .to_vec();
    deps.sort_unstable();
    LinkUpdate {
        todo: Todo { file_id: records.file.file_id, path: records.file.path.clone() },
        links: vec![Link { byte_start: 5, byte_end: 8, target: Target::Outside, confidence: Confidence::Exact }],
        references,
        files: Vec::new(),
        deps,
        layouts: vec![Layout::of_text("Cargo.toml".into(), Some("[package]"))],
        state,
    }
}
