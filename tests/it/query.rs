//! Questions put to a stored index, with and without open buffers before it.

use std::{fs, process::Command, sync::Arc};

use rutter::{
    kv::{FileRows, FileUpdate, Snapshot, Store},
    query::{
        Access, Basis, Buffers, Found, Generated, Node, Note, Search, SortKey, Spot, Style, View, Word, file_metrics,
        function_graph, function_metrics, hover, outline, search,
    },
    record::{SymbolKind::*, *},
    text::Place,
};
use tempfile::TempDir;

use crate::samples::{Def, def, records, skipped};

/// The sample symbols' records, laid out one after another: the n-th on lines 10n+1 to 10n+9, its name at column 3 of the
/// first of them, and a call of it on the sixth, at column 4.
fn laid_out(path: &str, defs: &[Def]) -> FileRecords {
    let mut records = records(path, 0, "x", defs);
    for (at, symbol) in records.symbols.iter_mut().enumerate() {
        let line = 10 * at as u32 + 1;
        (symbol.start_line, symbol.end_line, symbol.name_line) = (line, line + 8, line);
        (symbol.byte_start, symbol.byte_end) = (line * 100, line * 100 + 890);
        (symbol.end_col, symbol.name_col) = (90, 3);
        symbol.name_byte_start = symbol.byte_start + 3;
        symbol.name_byte_end = symbol.name_byte_start + symbol.name.len() as u32;
        symbol.container = None;
    }
    for (at, (_, references)) in records.references.iter_mut().enumerate() {
        let length = records.symbols[at].name.len() as u32;
        let reference = &mut references[0];
        (reference.start_line, reference.start_col) = (10 * at as u32 + 6, 4);
        reference.byte_start = reference.start_line * 100 + 4;
        reference.byte_end = reference.byte_start + length;
    }
    records.facts = Arc::new(facts_of(&records));
    records
}

/// What the file's names are: each line is 100 bytes long, each symbol is bound, and each call is of what it names.
fn facts_of(records: &FileRecords) -> Facts {
    let mut facts = Facts { exprs: vec![Expr::Unknown], owners: vec![String::new()], ..Facts::default() };
    let mut tokens = Vec::new();
    for (at, symbol) in records.symbols.iter().enumerate() {
        let at = at as u32;
        facts.names.push(&symbol.name);
        facts.exprs.push(Expr::Bound(at));
        facts.bindings.push(Binding {
            name: at,
            kind: BindingKind::Definition,
            is_top: true,
            is_private: false,
            is_unlikely: false,
            start: symbol.name_byte_start,
            symbol: at,
            ty: 0,
            value: 0,
            params: NONE,
            generics: NONE,
            bases: NONE,
            sites: NONE,
            members: NONE,
        });
        let (id, kind) = (symbol.symbol_id, symbol.kind);
        facts.symbols.push(SymbolFacts { id, kind, owner: 0, container: NONE, binding: at });
        let reference = &records.references[at as usize].1[0];
        let (start, kind) = (reference.byte_start, reference.kind);
        tokens.push(Token { start, name: at, kind, means: at + 1, within: at });
    }
    facts.tokens = tokens.into();
    facts.lines = (1..=10 * records.symbols.len() as u32 + 10).map(|line| line * 100).collect::<Vec<_>>().into();
    facts
}

struct Index {
    _dir: TempDir,
    snapshot: Snapshot,
    buffers: Buffers,
}

fn index(files: &[FileRecords]) -> Index {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), "/home/me/project").unwrap();
    store.apply(files.iter().map(|records| FileUpdate::Replace(FileRows::encode(records))).collect()).unwrap();
    Index { snapshot: store.snapshot().unwrap(), _dir: dir, buffers: Buffers::new() }
}

impl Index {
    fn open(mut self, records: FileRecords) -> Self {
        self.buffers.insert(records.file.path.clone(), Arc::new(records));
        self
    }

    fn view(&self) -> View<'_> {
        View::new(&self.snapshot, &self.buffers)
    }

    /// What is found at a line (from 1) and column, its notes, and the function that it is said to be in.
    fn hover(&self, path: &str, at: (u32, u32), word: &str) -> (Found, Vec<Note>, Option<String>) {
        let place = Place { line: if at.0 == u32::MAX { at.0 } else { at.0 - 1 }, col: at.1 };
        let facts = hover(&self.view(), path, place, Some(&Word { text: word.to_owned(), access: Access::Member }))
            .unwrap()
            .expect("there is a word");
        for style in [Style::Full, Style::Companion] {
            assert!(!facts.to_markdown(style).trim().is_empty());
            assert!(!facts.to_text(style).trim().is_empty());
        }
        (facts.found, facts.notes, facts.enclosing.map(|facts| facts.symbol.fqn))
    }

    fn found(&self, text: &str) -> Vec<String> {
        let question = Search { text, limit: 10, kind: None, without: &[], keep_names: false, cancel: None };
        let hits = search(&self.view(), &question).unwrap();
        hits.into_iter().map(|hit| format!("{} {}", hit.symbol.fqn, hit.symbol.path)).collect()
    }
}

fn one(found: &Found) -> (Basis, &str) {
    match found {
        Found::Symbol { basis, facts } => (*basis, &facts.symbol.fqn),
        other => panic!("{other:?}"),
    }
}

fn sample() -> Index {
    index(&[
        laid_out("src/a.rs", &[def("load", "a::load", Function), def("step", "a::step", Function)]),
        laid_out("src/b.rs", &[def("store", "b::store", Function), def("Loader", "b::Loader", Struct)]),
        laid_out("lib/c.rs", &[def("store", "c::store", Method)]),
        skipped("src/binary.rs"),
    ])
}

#[test]
fn a_definition_is_told_by_its_own_name() {
    let (found, notes, enclosing) = sample().hover("src/a.rs", (11, 5), "step");
    assert_eq!(one(&found), (Basis::Definition, "a::step"));
    assert_eq!((notes, enclosing), (vec![], None));
}

#[test]
fn a_recorded_reference_leads_to_its_symbol_with_its_confidence() {
    let (found, _, enclosing) = sample().hover("src/a.rs", (16, 6), "step");
    assert_eq!(one(&found), (Basis::Reference(Confidence::Exact), "a::step"));
    assert_eq!(enclosing, None, "the call is in the function itself");
    let (found, ..) = sample().hover("src/a.rs", (16, 40), "step");
    assert_eq!(one(&found).0, Basis::Name, "no reference is recorded at this place");
}

#[test]
fn the_only_symbol_of_a_name_is_likely() {
    let (found, notes, enclosing) = sample().hover("src/a.rs", (3, 8), "Loader");
    assert_eq!(one(&found), (Basis::Name, "b::Loader"));
    assert_eq!(notes, [Note::ByName]);
    assert_eq!(enclosing.as_deref(), Some("a::load"));
}

#[test]
fn several_symbols_of_a_name_are_listed_the_nearest_first() {
    let (found, notes, _) = sample().hover("src/a.rs", (3, 8), "store");
    let Found::Candidates { symbols, total: 2, more: false } = found else { panic!("{found:?}") };
    assert_eq!(symbols.iter().map(|symbol| &*symbol.fqn).collect::<Vec<_>>(), ["b::store", "c::store"]);
    assert_eq!(notes, [Note::Ambiguous { candidates: 2, more: false }]);
}

#[test]
fn an_unknown_word_tells_of_what_it_is_in() {
    let index = sample();
    let (found, notes, _) = index.hover("src/a.rs", (13, 0), "whatever");
    assert!(matches!(&found, Found::Enclosing { facts } if facts.symbol.fqn == "a::step"), "{found:?}");
    assert_eq!(notes, []);
    let (found, ..) = index.hover("src/b.rs", (13, 0), "whatever");
    assert!(matches!(&found, Found::Enclosing { facts } if facts.symbol.fqn == "b::Loader"), "{found:?}");
    for line in [500, u32::MAX] {
        let (found, ..) = index.hover("src/a.rs", (line, u32::MAX), "step");
        assert_eq!(one(&found).0, Basis::Name);
        let (found, ..) = index.hover("src/a.rs", (line, u32::MAX), "whatever");
        assert!(matches!(found, Found::File { .. }), "{found:?}");
    }
}

#[test]
fn without_a_word_only_a_function_has_an_answer() {
    let index = sample();
    let at = |line| hover(&index.view(), "src/a.rs", Place { line, col: 0 }, None).unwrap();
    assert!(matches!(at(3).unwrap().found, Found::Enclosing { .. }));
    assert_eq!(at(9), None);
}

#[test]
fn not_indexed_and_skipped_are_no_empty_answers() {
    let (found, notes, _) = sample().hover("src/new.rs", (1, 0), "load");
    assert_eq!((found, notes), (Found::Nothing, vec![Note::NotIndexed { path: "src/new.rs".into() }]));
    let (_, notes, _) = sample().hover("src/binary.rs", (1, 0), "load");
    assert!(matches!(notes[..], [Note::Skipped { reason: SkipReason::Binary, .. }]), "{notes:?}");
}

#[test]
fn an_open_buffer_hides_what_the_index_has_of_its_file() {
    let mut buffer = laid_out("src/a.rs", &[def("fetch", "a::fetch", Function)]);
    buffer.file.source = Source::Buffer;
    let index = sample().open(buffer);
    let (found, ..) = index.hover("src/a.rs", (1, 4), "fetch");
    let Found::Symbol { facts, .. } = &found else { panic!("{found:?}") };
    // The samples are not linked.
    assert_eq!(facts.notes, [Note::Linking], "who asks sees the buffer");
    let (found, ..) = index.hover("src/b.rs", (3, 0), "step");
    assert!(matches!(found, Found::Enclosing { .. }), "`step` is gone from the buffer: {found:?}");
    assert_eq!(index.found("fetch"), ["a::fetch src/a.rs"]);
    assert_eq!(index.found("step"), [""; 0]);
    assert_eq!(index.found("a::fetch"), ["a::fetch src/a.rs"]);
    assert_eq!(index.found("a::step"), [""; 0]);
    let nodes = outline(&index.view(), "src/a.rs").unwrap().unwrap();
    assert_eq!(nodes.len(), 1);
    let table = function_metrics(&index.view(), None, Generated::LeftOut, SortKey::Name, 10).unwrap();
    assert_eq!(table.rows.iter().map(|row| &*row.fqn).collect::<Vec<_>>(), ["a::fetch", "c::store", "b::store"]);
}

#[test]
fn an_answer_from_another_editors_buffer_says_so() {
    let mut records = laid_out("src/a.rs", &[def("fetch", "a::fetch", Function)]);
    records.file.source = Source::Buffer;
    let (found, ..) = index(&[records]).hover("src/a.rs", (1, 4), "fetch");
    let Found::Symbol { facts, .. } = &found else { panic!("{found:?}") };
    assert_eq!(facts.notes, [Note::Unsaved { path: "src/a.rs".into() }, Note::Linking]);
}

#[test]
fn thousands_of_one_name_are_counted_up_to_a_bound_and_the_own_ones_are_found() {
    let mut files: Vec<_> =
        (0..200).map(|at| laid_out(&format!("m/{at}.rs"), &[def("new", &format!("m{at}::new"), Function)])).collect();
    files.push(laid_out("z.rs", &[def("new", "z::new", Function), def("run", "z::run", Function)]));
    let index = index(&files);
    let (found, notes, _) = index.hover("m/7.rs", (8, 70), "new");
    let Found::Candidates { symbols, more: true, .. } = found else { panic!("{found:?}") };
    assert_eq!(symbols.len(), 5);
    assert!(matches!(notes[..], [Note::Ambiguous { more: true, .. }]));
    let (found, ..) = index.hover("z.rs", (6, 5), "new");
    assert_eq!(one(&found), (Basis::Reference(Confidence::Exact), "z::new"));
    assert_eq!(index.found("z::new"), ["z::new z.rs"]);
    assert_eq!(index.found("new").len(), 10);
    assert_eq!(index.found("new"), index.found("new"));
}

#[test]
fn search_finds_by_letters_by_container_and_by_kind() {
    let index = sample();
    assert_eq!(index.found("ldr"), ["b::Loader src/b.rs"]);
    assert_eq!(index.found("store"), ["b::store src/b.rs", "c::store lib/c.rs"]);
    assert_eq!(index.found("c.store"), ["c::store lib/c.rs"]);
    assert_eq!(index.found("nothing"), [""; 0]);
    assert_eq!(index.found("").len(), 5);
    let question = Search { text: "o", limit: 10, kind: Some(Struct), without: &[], keep_names: false, cancel: None };
    let hits = search(&index.view(), &question).unwrap();
    assert_eq!(hits.iter().map(|hit| &*hit.symbol.name).collect::<Vec<_>>(), ["Loader"]);
    let question =
        Search { text: "store", limit: 1, kind: Some(Method), without: &[], keep_names: false, cancel: None };
    assert_eq!(search(&index.view(), &question).unwrap()[0].symbol.fqn, "c::store");
    let question = Search { text: "store", limit: 10, kind: None, without: &["rust"], keep_names: false, cancel: None };
    assert_eq!(search(&index.view(), &question).unwrap(), [], "all are of this language");
    let question = Search { text: "store", limit: 0, kind: None, without: &[], keep_names: false, cancel: None };
    assert_eq!(search(&index.view(), &question).unwrap(), []);
}

#[test]
fn of_matches_that_are_as_good_types_come_first_however_few_are_asked_for() {
    let index = index(&[
        laid_out("a.rs", &[def("load", "a::load", Variable), def("load", "b::load", Function)]),
        laid_out("z.rs", &[def("Load", "z::Load", Struct)]),
    ]);
    let found = |limit| {
        let question = Search { text: "loa", limit, kind: None, without: &[], keep_names: false, cancel: None };
        let hits = search(&index.view(), &question).unwrap();
        hits.into_iter().map(|hit| hit.symbol.fqn).collect::<Vec<_>>()
    };
    assert_eq!(found(9), ["b::load", "z::Load", "a::load"]);
    assert_eq!(found(1), ["b::load"]);
}

#[test]
fn an_outline_is_nested_by_container() {
    let mut records = laid_out("src/t.rs", &[def("T", "t::T", Trait), def("go", "t::T::go", Method)]);
    records.symbols[0].end_line = 40;
    records.symbols[1].container = Some(records.symbols[0].symbol_id);
    let index = index(&[records]);
    let nodes = outline(&index.view(), "src/t.rs").unwrap().unwrap();
    let names = |nodes: &[Node]| nodes.iter().map(|node| node.symbol.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&nodes), ["T"]);
    assert_eq!(names(&nodes[0].children), ["go"]);
    assert_eq!(outline(&index.view(), "src/none.rs").unwrap(), None);
}

#[test]
fn a_graph_is_found_by_any_line_of_its_function() {
    let index = sample();
    let graph = |line| function_graph(&index.view(), "src/a.rs", Spot::Line(line)).unwrap();
    let found = graph(15).unwrap();
    assert_eq!(found.function.symbol.fqn, "a::step");
    assert_eq!(found.blocks.len(), 1);
    assert_eq!(graph(10), None, "between two functions");
    assert_eq!(graph(0), None);
    assert_eq!(graph(u32::MAX), None);
}

#[test]
fn metrics_are_of_a_part_sorted_and_bounded() {
    let mut a = laid_out("src/a.rs", &[def("f", "a::f", Function), def("g", "a::g", Function)]);
    a.symbol_metrics[0].cognitive_complexity = None;
    a.symbol_metrics[1].cognitive_complexity = Some(9);
    let mut b = laid_out("src2/b.rs", &[def("h", "b::h", Function)]);
    b.symbol_metrics[0].cognitive_complexity = Some(7);
    let blocks = &mut b.graphs[0].1;
    let block = blocks[0].clone();
    blocks.extend([CfgBlock { id: 1, ..block.clone() }, CfgBlock { id: 2, ..block }]);
    let index = index(&[a, b, skipped("src/binary.rs")]);
    let table = |path, top| function_metrics(&index.view(), path, Generated::LeftOut, SortKey::Cognitive, top).unwrap();
    let names = |path, top| table(path, top).rows.iter().map(|row| row.fqn.clone()).collect::<Vec<_>>();
    assert_eq!(names(None, 10), ["a::g", "b::h", "a::f"], "what was not computed comes last");
    assert_eq!(names(None, 1), ["a::g"]);
    assert_eq!(names(Some("src"), 10), ["a::g", "a::f"]);
    assert_eq!(names(Some("src2/b.rs"), 10), ["b::h"]);
    assert_eq!((table(Some("src"), 1).functions, table(Some("src"), 1).files_skipped), (2, 1));
    // By what only the graphs tell, and with it in every row.
    let by_blocks = function_metrics(&index.view(), None, Generated::LeftOut, SortKey::Blocks, 1).unwrap();
    assert_eq!(by_blocks.rows[0].shape.as_ref().map(|shape| shape.blocks), Some(3), "{by_blocks:?}");
    let files = file_metrics(&index.view(), None, Generated::LeftOut, SortKey::Path, 10).unwrap();
    let paths: Vec<_> = files.rows.iter().map(|row| &*row.file_path).collect();
    assert_eq!(paths, ["src/a.rs", "src2/b.rs"]);
}

/// A workspace on disk with one file, whose records were made by hand.
struct Shell {
    root: TempDir,
    index: TempDir,
}

const TEXT: &str = "fn lad\u{e4}() {\n    lad\u{e4}();\n}\n";

fn shell() -> Shell {
    use sha2::{Digest, Sha256};
    let (root, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(root.path().join("a.rs"), TEXT).unwrap();
    let mut records = laid_out("a.rs", &[def("lad\u{e4}", "a::lad\u{e4}", Function)]);
    records.file.content_hash = Sha256::digest(TEXT).iter().map(|byte| format!("{byte:02x}")).collect();
    let block = &mut records.graphs[0].1[0];
    (block.byte_start, block.byte_end, block.successors) = (0, TEXT.len() as u32, Vec::new());
    let store = Store::open(index.path(), root.path().to_str().unwrap()).unwrap();
    let update = |records| FileUpdate::Replace(FileRows::encode(&records));
    store.apply(vec![update(records), update(skipped("binary.rs"))]).unwrap();
    Shell { root, index }
}

impl Shell {
    /// Exit code, standard output, standard error.
    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rutter"));
        command.args(args).arg("--root").arg(self.root.path()).arg("--index-dir").arg(self.index.path());
        let output = command.current_dir(self.root.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

#[test]
fn the_shell_asks_with_lines_and_characters_from_one() {
    let shell = shell();
    // Column 8 is just behind the name: `ä` is one character and two bytes.
    let (code, out, err) = shell.run(&["hover", "a.rs:1:8"]);
    assert_eq!((code, &*err), (0, ""));
    assert!(out.contains("function a::lad\u{e4}"), "{out}");
    let (code, out, _) = shell.run(&["hover", "./a.rs:1:4", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &value["found"]["facts"]["symbol"]["fqn"]), (0, &"a::lad\u{e4}".into()));
    let (code, out, err) = shell.run(&["hover", "a.rs:99:1"]);
    assert_eq!((code, &*out), (2, ""));
    assert!(err.contains("line 99 of a file with 4 lines"), "{err}");
    let (code, _, err) = shell.run(&["hover", "binary.rs:1:1"]);
    assert!(code == 1 && err.contains("skipped: binary"), "{err}");
    let (code, _, err) = shell.run(&["hover", "none.rs:1:1"]);
    assert!(code == 2 && err.contains("no such file"), "{err}");
}

#[test]
fn the_shell_is_told_of_a_file_that_changed() {
    let shell = shell();
    fs::write(shell.root.path().join("a.rs"), format!("{TEXT}\n")).unwrap();
    let (code, out, err) = shell.run(&["cfg", "a.rs:2"]);
    assert_eq!(code, 0);
    assert!(out.contains("B0  entry"), "{out}");
    assert!(!out.contains("fn lad"), "other code than was indexed is not shown: {out}");
    assert!(err.starts_with("warning: stale: a.rs changed since it was indexed"), "{err}");
}

#[test]
fn the_shell_lists_symbols_and_metrics_and_draws_graphs() {
    let shell = shell();
    assert_eq!(shell.run(&["symbols", "lad"]), (0, "function  a::lad\u{e4}  a.rs:1:4\n".to_owned(), String::new()));
    let (code, out, err) = shell.run(&["symbols", "nosuch"]);
    assert!(code == 1 && out.is_empty() && err.contains("no symbol matches `nosuch`"), "{err}");
    assert_eq!(shell.run(&["symbols", "nosuch", "--json"]), (1, "[]\n".to_owned(), String::new()));
    let (code, out, _) = shell.run(&["metrics", "--sort", "loc"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out, @r"
    cyclomatic  cognitive  loc  sloc  nesting  parameters  exits  function  place
             1          0    1     1        0           0      1  a::ladä   a.rs:1

    1 function in 1 file; 1 file skipped, see `rutter status`
    ");
    let (code, _, err) = shell.run(&["metrics", "--files", "--sort", "exits"]);
    assert!(code == 2 && err.contains("files cannot be sorted by exits"), "{err}");
    let (code, _, err) = shell.run(&["hover", ".:1:1"]);
    assert!(code == 2 && err.starts_with("error: .: this is a directory\nhelp: "), "{err}");
    let (code, _, err) = shell.run(&["metrics", "nowhere"]);
    assert!(code == 1 && err.contains("nowhere: nothing of it is indexed"), "{err}");
    let (code, out, _) = shell.run(&["cfg", "a.rs:2:5", "--format", "mermaid"]);
    assert_eq!((code, &*out), (0, "flowchart TD\n  B0[\"B0 entry L1<br/>fn ladä() #123;\"]\n"));
    let (code, out, _) = shell.run(&["cfg", "a.rs:2", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &value["blocks"][0]["kind"]), (0, &"entry".into()));
}
