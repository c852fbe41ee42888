//! The numbers of the fixtures' functions are those of the reference tools. A function's graph has as many independent paths
//! as decisions are counted in it: on every fixture, and on what becomes of them by changes that leave them free of parse
//! faults. (`tests/truth/` asks the same of real code.)

use std::{collections::HashMap, fs, path::Path, sync::Arc};

use proptest::{prelude::*, sample::Index};
use rutter::{
    extract::extract,
    languages::{self, Language},
    parse::Parsed,
    record::{CfgBlock, EdgeKind, FileRecords, Problem, SymbolId, Terminator},
    text::SourceText,
};
use serde::Deserialize;

use crate::fixtures::{fixtures, origin};

fn records(text: &str, language: &'static Language) -> FileRecords {
    let text = Arc::new(SourceText::from_buffer(text.to_owned()));
    extract(&Parsed::new(text, language).unwrap(), &origin("a"))
}

/// E - N + 2 over what a path without exceptions reaches, all exits joined in one; E - N + 1 where no path leaves.
fn number(blocks: &[CfgBlock]) -> usize {
    let ways = |block: usize| {
        let edges = blocks[block].successors.iter().filter(|edge| edge.kind != EdgeKind::Exception);
        edges.map(|edge| edge.block as usize).collect::<Vec<_>>()
    };
    let mut reached = vec![false; blocks.len()];
    let mut todo = vec![0];
    while let Some(block) = todo.pop() {
        if !std::mem::replace(&mut reached[block], true) {
            todo.extend(ways(block));
        }
    }
    let (mut nodes, mut edges, mut exits) = (0, 0, 0);
    for block in (0..blocks.len()).filter(|&block| reached[block]) {
        // Which way goes on from a block that resumes was decided on the way in.
        let count = ways(block).len();
        edges += if blocks[block].terminator == Terminator::Resume { count.min(1) } else { count };
        exits += usize::from(count == 0);
        nodes += 1;
    }
    match exits {
        0 => edges + 1 - nodes,
        1 => edges + 2 - nodes,
        _ => edges + exits + 1 - nodes,
    }
}

/// The function whose graph and counts part, if there is one. Where the text did not parse nobody can tell what is decided.
fn differing(records: &FileRecords) -> Option<String> {
    let parsed = |function: SymbolId| {
        let symbol = records.symbols.iter().find(|symbol| symbol.symbol_id == function).unwrap();
        let touches =
            |problem: &Problem| problem.byte_start <= symbol.byte_end && symbol.byte_start <= problem.byte_end;
        !records.file.problems.iter().any(touches)
    };
    let decisions = |function: SymbolId| {
        let whys = records.whys.iter().find(|(id, _)| *id == function);
        whys.map_or(0, |(_, all)| all.iter().filter(|one| one.in_graph).count())
    };
    records.graphs.iter().filter(|(function, _)| parsed(*function)).find_map(|(function, blocks)| {
        let (graph, own) = (number(blocks), 1 + decisions(*function));
        let name = || records.symbols.iter().find(|symbol| symbol.symbol_id == *function).map(|symbol| &symbol.fqn);
        (graph != own).then(|| format!("{:?}: graph {graph}, decisions {own}", name()))
    })
}

fn texts(language: &Language) -> impl Iterator<Item = (String, String)> {
    fixtures(language).1.into_iter().map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap()))
}

#[test]
fn graphs_of_fixtures_have_as_many_paths_as_decisions_are_counted() {
    for &language in languages::all() {
        for (path, text) in texts(language) {
            assert_eq!(differing(&records(&text, language)), None, "{path}");
        }
    }
}

/// Words that stand in for each other in some language.
const WORDS: &[&str] = &[
    "and", "or", "&&", "||", "??", "if", "while", "elif", "for", "break", "continue", "return", "true", "false",
    "True", "False", "1", "0", "x", "case", "default", "not", "!", "throw", "raise", "yield", "await", "pass", "do",
    "switch",
];

/// Lines that are a statement, or begin or end one, in some language.
const LINES: &[&str] = &[
    "return",
    "return;",
    "break",
    "break;",
    "continue",
    "continue;",
    "raise x",
    "throw x;",
    "pass",
    "goto a;",
    "goto a",
    "a: f();",
    "a:",
    "::a::",
    "}",
    "{",
    "end",
    "if (a && b) { f(); }",
    "if a && b { f() }",
    "if a or b: f()",
    "if a and b then f() end",
    "if (a) return;",
    "if a: return",
    "else:",
    "} else {",
    "else",
    "while (true) {",
    "while True:",
    "while x: break",
    "for (;;) { if (a) break; }",
    "for {",
    "loop {",
    "loop { break; }",
    "do { f(); } while (a || b);",
    "try:",
    "finally:",
    "except E:",
    "try {",
    "} catch (E e) {",
    "} finally {",
    "with a as b:",
    "case 1:",
    "default:",
    "case 2: break;",
    "_ => {}",
    "1 if a => f(),",
    "let x = a?;",
    "x = a ? b : c;",
    "x = a if b else c",
    "assert a, b",
    "x = [a for a in b if c]",
    "defer f()",
    "repeat",
    "until a",
];

#[derive(Clone, Debug)]
enum Change {
    Delete {
        from: Index,
        lines: usize,
    },
    Copy {
        from: Index,
        lines: usize,
        to: Index,
    },
    Move {
        from: Index,
        lines: usize,
        to: Index,
    },
    Word {
        at: Index,
        by: Index,
    },
    /// With the indentation of the line that it comes before.
    Line {
        at: Index,
        line: Index,
    },
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let place = any::<Index>;
    let change = prop_oneof![
        1 => (place(), 1usize..4).prop_map(|(from, lines)| Change::Delete { from, lines }),
        1 => (place(), 1usize..6, place()).prop_map(|(from, lines, to)| Change::Copy { from, lines, to }),
        1 => (place(), 1usize..6, place()).prop_map(|(from, lines, to)| Change::Move { from, lines, to }),
        3 => (place(), place()).prop_map(|(at, by)| Change::Word { at, by }),
        6 => (place(), place()).prop_map(|(at, line)| Change::Line { at, line }),
    ];
    prop::collection::vec(change, 1..12)
}

impl Change {
    fn of(&self, text: &str) -> String {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        if lines.is_empty() {
            return String::new();
        }
        let part = |from: &Index, count: usize| {
            let from = from.index(lines.len());
            from..(from + count).min(lines.len())
        };
        match self {
            Change::Delete { from, lines: count } => {
                let part = part(from, *count);
                lines.drain(part);
            }
            Change::Copy { from, lines: count, to } => {
                let copy = lines[part(from, *count)].to_vec();
                let to = to.index(lines.len());
                lines.splice(to..to, copy);
            }
            Change::Move { from, lines: count, to } => {
                let part = part(from, *count);
                let moved: Vec<String> = lines.drain(part).collect();
                let to = to.index(lines.len() + 1);
                lines.splice(to..to, moved);
            }
            Change::Word { at, by } => {
                let words = words(text);
                let Some(word) = (!words.is_empty()).then(|| words[at.index(words.len())].clone()) else {
                    return text.to_owned();
                };
                return format!("{}{}{}", &text[..word.start], WORDS[by.index(WORDS.len())], &text[word.end..]);
            }
            Change::Line { at, line } => {
                let at = at.index(lines.len());
                let indent = &lines[at][..lines[at].len() - lines[at].trim_start_matches([' ', '\t']).len()];
                lines.insert(at, format!("{indent}{}\n", LINES[line.index(LINES.len())]));
            }
        }
        lines.concat()
    }
}

/// Runs of letters and runs of signs.
fn words(text: &str) -> Vec<std::ops::Range<usize>> {
    let kind = |c: char| if c.is_alphanumeric() || c == '_' { 1 } else { u8::from("&|!?".contains(c)) * 2 };
    let mut words: Vec<std::ops::Range<usize>> = Vec::new();
    let mut before = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match (kind(c), words.last_mut()) {
            (0, _) => {}
            (same, Some(word)) if same == before => word.end = end,
            _ => words.push(at..end),
        }
        before = kind(c);
    }
    words
}

proptest! {
    #![proptest_config(crate::support::cases(300))]

    #[test]
    fn graphs_of_changed_fixtures_have_as_many_paths_as_decisions_are_counted(which in any::<Index>(), changes in changes()) {
        let all: Vec<_> =
            languages::all().iter().flat_map(|&language| texts(language).map(move |(_, text)| (language, text))).collect();
        let (language, text) = &all[which.index(all.len())];
        let mut text = text.clone();
        // A change that the grammar does not take is left.
        for change in changes {
            let changed = change.of(&text);
            // Extraction checks itself, too: what it stumbles over is to be seen.
            let records = std::panic::catch_unwind(|| records(&changed, language));
            prop_assert!(records.is_ok(), "{}", &changed);
            let records = records.unwrap();
            if records.file.problems.is_empty() {
                prop_assert_eq!(differing(&records), None, "{}", &changed);
                text = changed;
            }
        }
    }
}

/// A function's number in `reference_numbers.json`, which `tests/truth/fixture_numbers.py` asks the tools for.
#[derive(Debug, Deserialize)]
struct Reference {
    file: String,
    line: u32,
    /// Some tools name a function by its place only.
    name: Option<String>,
    tool: String,
    metric: String,
    number: u32,
}

#[test]
fn functions_of_fixtures_have_the_numbers_of_the_reference_tools() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let rows = fs::read(folder.join("reference_numbers.json")).unwrap();
    let rows: Vec<Reference> = serde_json::from_slice(&rows).unwrap();
    let mut differing = Vec::new();
    let mut compared = HashMap::<String, usize>::new();
    for row in &rows {
        let text = fs::read_to_string(folder.join(&row.file)).unwrap();
        let records = records(&text, languages::by_path(&row.file).unwrap());
        let found: Vec<_> = records
            .symbols
            .iter()
            .filter(|symbol| symbol.kind.is_function() && (symbol.start_line..=symbol.name_line).contains(&row.line))
            .filter(|symbol| row.name.as_ref().is_none_or(|name| *name == symbol.name))
            .collect();
        if row.name.is_none() && found.len() > 1 {
            // Nobody can tell which of them is meant.
            continue;
        }
        let [function] = found.as_slice() else {
            differing.push(format!("{row:?}: {} functions", found.len()));
            continue;
        };
        let metrics = records.symbol_metrics.iter().find(|metrics| metrics.symbol_id == function.symbol_id).unwrap();
        let ours = match row.metric.as_str() {
            "cyclomatic" => metrics.cyclomatic_complexity,
            "cognitive" => metrics.cognitive_complexity,
            other => panic!("{other}"),
        };
        if ours != Some(row.number) {
            differing.push(format!("{row:?}: {ours:?}"));
        }
        *compared.entry(format!("{} {}", records.file.language, row.tool)).or_default() += 1;
    }
    assert!(differing.is_empty(), "{differing:#?}");
    assert!(compared.len() >= 12, "{compared:?}");
}
