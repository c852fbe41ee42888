//! FORMAT.md says what the code writes: every namespace, every field, every value, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use rutter::{
    kv::{FORMAT_VERSION, FileRows, FileUpdate, IndexRecord, Store, Todo, encoding, keys},
    record::*,
    text::Encoding,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::samples::{def, execution, links, records};

const FORMAT: &str = include_str!("../../src/kv/FORMAT.md");

/// What is in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn part<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("a part {heading}"));
    rest.split("\n## ").next().unwrap()
}

/// A part on one kind of record: its example's key and value, and its fields.
struct Section {
    key: String,
    value: Value,
    fields: BTreeSet<String>,
}

fn sections() -> BTreeMap<&'static str, Section> {
    let records = part(FORMAT, "Records");
    let section = |text: &'static str| {
        let (title, body) = text.split_once('\n').unwrap();
        let fields =
            body.lines().filter(|line| line.starts_with("| `")).map(|line| quoted(line)[0].to_owned()).collect();
        let (before, example) = body.split_once("```json\n").unwrap_or_else(|| panic!("{title} has an example"));
        let key = before.lines().rev().find(|line| line.starts_with('`')).unwrap();
        let value = serde_json::from_str(example.split("```").next().unwrap()).unwrap();
        (title, Section { key: quoted(key)[0].to_owned(), value, fields })
    };
    records.split("\n### ").skip(1).map(section).collect()
}

/// `a`, `a.b`, `a[].c`: all fields of a value.
fn fields(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let name = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                fields(value, &name, found);
                found.insert(name);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, &format!("{at}[]"), found)),
        _ => {}
    }
}

/// The fields of a value, and of the documented example, are those that are documented.
fn check<T: Serialize + DeserializeOwned>(sections: &BTreeMap<&str, Section>, title: &str, full: &T) {
    let read = |bytes: &[u8]| encoding::decode_json(bytes).unwrap_or_else(|error| panic!("{title}: {error}"));
    check_read(sections, title, full, read);
}

/// The same of a value that is read in its own way.
fn check_read<T: Serialize>(sections: &BTreeMap<&str, Section>, title: &str, full: &T, read: impl Fn(&[u8]) -> T) {
    let section = &sections[title];
    let mut written = BTreeSet::new();
    fields(&serde_json::to_value(full).unwrap(), "", &mut written);
    assert_eq!(section.fields, written, "{title}");
    let bytes = encoding::encode_json(&section.value).unwrap();
    let example = read(&bytes);
    let again = String::from_utf8(encoding::encode_json(&example).unwrap()).unwrap();
    assert_eq!(again, String::from_utf8(bytes).unwrap(), "{title}: the example is what would be written");
}

fn full_file() -> FileRecords {
    let mut full = records("src/main.rs", 3, "fn f() {}", &[def("f", "m::f", SymbolKind::Function)]);
    full.file.session = Some("1-2f".into());
    full.file.encoding = Encoding::Utf16Le;
    full.file.problems = vec![Problem {
        kind: ProblemKind::Missing,
        byte_start: 1,
        byte_end: 1,
        start_line: 1,
        start_col: 1,
        end_line: 1,
        end_col: 1,
        message: "`;` is missing".to_owned(),
    }];
    let import = &mut full.imports[0];
    (import.alias, import.exported) = (Some("R".to_owned()), true);
    full.exports[0].module = Some("./other".to_owned());
    (full.file.named_in_text, full.file.language_by_surroundings) = (true, true);
    full.file.skipped = Some(Skip { reason: SkipReason::Generated, detail: "`@generated`".to_owned() });
    full.file.generated = Some("@generated".to_owned());
    full.nodes.push(AstNode { id: 1, parent_id: Some(0), kind: "block".into(), byte_start: 1, byte_end: 2 });
    // What is left out where it goes without saying does not go without saying here.
    let symbol = &mut full.symbols[0];
    (symbol.visibility, symbol.held_by) = (Visibility::Private, Some(SymbolKind::Constant));
    (symbol.expanded, symbol.unlisted) = (true, true);
    let block = &mut full.graphs[0].1[0];
    (block.terminator, block.end_line) = (Terminator::Branch, 2);
    block.successors[0].kind = EdgeKind::True;
    full.references[0].1[0].length = Some(3);
    full.references[0].1[0].confidence = Confidence::Ambiguous;
    full.facts = std::sync::Arc::new(facts());
    full.file.beyond_ascii = true;
    full
}

/// `def f(x): f`, with everything that facts may have.
fn facts() -> Facts {
    let binding = |name, kind, start| Binding {
        name,
        kind,
        is_top: true,
        is_private: false,
        is_unlikely: false,
        start,
        symbol: NONE,
        ty: 0,
        value: 0,
        params: NONE,
        generics: NONE,
        bases: NONE,
        sites: NONE,
        members: NONE,
    };
    let function = Binding { params: 0, symbol: 0, ..binding(0, BindingKind::Definition, 4) };
    Facts {
        names: ["f", "x"].into_iter().collect(),
        owners: vec!["m".to_owned()],
        exprs: vec![Expr::Unknown, Expr::Bound(0)],
        lists: vec![1, 1],
        bindings: vec![function, binding(1, BindingKind::Parameter, 6)],
        found_by: vec![FoundBy { word: 1, owner: 0 }],
        tokens: vec![Token { start: 10, name: 0, kind: ReferenceKind::Read, means: 1, within: 0 }].into(),
        symbols: vec![SymbolFacts {
            id: SymbolId(3_380_421_975_534_609),
            kind: SymbolKind::Function,
            owner: 0,
            container: NONE,
            binding: 0,
        }],
        lines: vec![0].into(),
        ..Facts::default()
    }
}

#[test]
fn facts_come_back_as_they_were_written() {
    let facts = facts();
    let stored = encoding::encode_json(&FactColumns::of(&facts)).unwrap();
    assert_eq!(FactColumns::words(&stored), Some(vec!["x".to_owned()]));
    assert_eq!(FactColumns::read(&stored), Some(facts));
    for length in 0..stored.len() {
        assert_eq!(FactColumns::read(&stored[..length]), None, "cut off at {length}");
    }
}

#[test]
fn every_field_is_documented_and_no_other() {
    let sections = sections();
    let full = full_file();
    check(&sections, "AST nodes", &AstColumns::of(&full.nodes));
    let read = |stored: &[u8]| CfgColumns(encoding::decode_cfg_blocks(stored).unwrap().leak());
    check_read(&sections, "CFG blocks", &CfgColumns(full.graphs[0].1.clone().leak()), read);
    check(&sections, "Chunk", &full.chunks[0]);
    check(&sections, "Execution", &execution(1));
    check(&sections, "File", &full.file);
    check(&sections, "Symbol ids of a file", &vec![full.symbols[0].symbol_id]);
    check(&sections, "Clashes", &vec!["a".to_owned()]);
    let index = IndexRecord { format_version: FORMAT_VERSION, root: "/r".to_owned(), tool_version: "0.1.0".to_owned() };
    check(&sections, "Index", &index);
    check(&sections, "File metrics", full.file_metrics.as_ref().unwrap());
    check(&sections, "Symbol metrics", &full.symbol_metrics[0]);
    check(&sections, "Why", &WhyColumns::of(&full.whys[0].1));
    check(&sections, "Imports", &full.imports);
    check(&sections, "Exports", &full.exports);
    check(&sections, "Names", &vec![full.symbols[0].symbol_id]);
    check(&sections, "Bearers of a name", &vec![full.symbols[0].symbol_id]);
    check(&sections, "Fully-qualified name", &"m::f".to_owned());
    check(&sections, "Symbol", &full.symbols[0]);
    let read = |stored: &[u8]| ReferenceRows(encoding::decode_references(stored, 3).unwrap().leak());
    check_read(&sections, "References", &ReferenceRows(full.references[0].1.clone().leak()), read);
    check(&sections, "Path of a file", &"src/main.rs".to_owned());
    let read = |stored: &[u8]| FactColumns::of(&FactColumns::read(stored).unwrap());
    check_read(&sections, "Facts", &FactColumns::of(&full.facts), read);
    let links = [
        Link { byte_start: 5, byte_end: 6, target: Target::Symbol(SymbolId(7)), confidence: Confidence::Exact },
        Link { byte_start: 9, byte_end: 9, target: Target::File("a".into()), confidence: Confidence::Exact },
    ];
    // One of the symbols is not referred to.
    check(&sections, "Links", &LinkColumns::of(&links, &[SymbolId(9)], &[Dep { group: 9, item: 1 }]));
    let read = |stored: &[u8]| {
        let found: StoredDeps = encoding::decode_json(stored).unwrap();
        DepRow(found.deps(37).leak())
    };
    check_read(&sections, "What links rest on", &DepRow(&[Dep { group: 9, item: 1 }]), read);
    check(&sections, "Containers found by a word", &vec!["m::A".to_owned()]);
    let mut layout = serde_json::to_value(Layout::of_text("a".into(), Some("{}"))).unwrap();
    layout["said"] = serde_json::to_value(Layout::of_said("b".into(), BTreeMap::new())).unwrap()["said"].take();
    check(&sections, "Layout", &serde_json::from_value::<Layout>(layout).unwrap());
    check(&sections, "To be linked", &Todo { file_id: FileId(7), path: "a".into() });
}

#[test]
fn every_namespace_is_documented_with_an_example() {
    let documented: Vec<&str> =
        part(FORMAT, "Keys").lines().filter(|line| line.starts_with("| `")).map(|line| quoted(line)[0]).collect();
    assert_eq!(documented, keys::NAMESPACES.map(|space| space.key));
    let sections = sections();
    for space in keys::NAMESPACES {
        let examples = sections.values().filter(|section| section.key.starts_with(space.prefix)).count();
        assert_eq!(examples, 1, "{}", space.prefix);
    }
    assert_eq!(sections.len(), keys::NAMESPACES.len());
}

/// A store that is filled through its doors has keys of all namespaces, and of no other.
#[test]
fn every_namespace_is_written_by_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), "/r").unwrap();
    let mut file = records("src/main.rs", 3, "fn f() {}", &[def("f", "m::f", SymbolKind::Function)]);
    file.facts = std::sync::Arc::new(facts());
    store.apply(vec![FileUpdate::Replace(FileRows::encode(&file))]).unwrap();
    store.log(&execution(1)).unwrap();
    let state = store.snapshot().unwrap().state();
    assert!(store.put_links(&[links(&file, state)]).unwrap());
    // Another one is not linked so far.
    let other = records("src/other.rs", 0, "", &[]);
    store.apply(vec![FileUpdate::Replace(FileRows::encode(&other))]).unwrap();
    let mut seen = BTreeSet::new();
    let visit = &mut |key: &str, _: &str| {
        let homes: Vec<_> = keys::NAMESPACES.iter().filter(|space| key.starts_with(space.prefix)).collect();
        assert_eq!(homes.len(), 1, "{key}");
        seen.insert(homes[0].prefix);
        std::ops::ControlFlow::Continue(())
    };
    store.snapshot().unwrap().scan("", visit).unwrap();
    assert_eq!(seen.len(), keys::NAMESPACES.len());
}

/// The values that a type has, as serde lists them when it is given another one.
fn values<T: DeserializeOwned + std::fmt::Debug>() -> Vec<String> {
    let error = serde_json::from_str::<T>("\"?\"").unwrap_err().to_string();
    let (_, expected) = error.split_once("expected").unwrap();
    quoted(expected).into_iter().map(str::to_owned).collect()
}

#[test]
fn every_value_is_documented_and_no_other() {
    let mut documented: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in part(FORMAT, "Values").lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let field = cells[0].trim_start_matches("| ").replace('`', "");
        documented.insert(field, quoted(cells[1]).into_iter().map(str::to_owned).collect());
    }
    let written = BTreeMap::from([
        ("symbol and metrics kind, chunk symbol_kind", values::<SymbolKind>()),
        ("symbol visibility", values::<Visibility>()),
        ("reference kind", values::<ReferenceKind>()),
        ("reference confidence", values::<Confidence>()),
        ("CFG block kind", values::<BlockKind>()),
        ("CFG block terminator", values::<Terminator>()),
        ("CFG edge kind", values::<EdgeKind>()),
        ("import kind", values::<ImportKind>()),
        ("why causes", values::<Cause>()),
        ("file source", values::<Source>()),
        ("file encoding", values::<Encoding>()),
        ("problem kind", values::<ProblemKind>()),
        ("skip reason", values::<SkipReason>()),
        ("execution outcome", values::<Outcome>()),
    ]);
    let written: BTreeMap<String, Vec<String>> =
        written.into_iter().map(|(field, values)| (field.to_owned(), values)).collect();
    assert_eq!(documented, written);
}

#[test]
fn numbers_in_the_text_are_those_of_the_code() {
    assert!(FORMAT.contains(&format!("This is format version {FORMAT_VERSION}.")));
    assert!(FORMAT.contains(&format!("at most {} bytes", keys::MAX_KEY_BYTES)));
    assert!(FORMAT.contains(&format!("the newest {} are kept", rutter::kv::EXECUTIONS_KEPT)));
    assert!(FORMAT.contains(&format!("at most {}\nproblems", FileRecord::MAX_PROBLEMS)));
    let (path, name) = ("x".repeat(600), "n".repeat(600));
    let head = |key: &[u8]| key.len() - 1;
    assert_eq!(head(&keys::chunk_prefix(&path)), 489);
    assert_eq!(head(&keys::name_prefix(&name)), 490);
    assert!(FORMAT.contains(&format!("dealt out to {DEP_PARTS} parts")));
}
