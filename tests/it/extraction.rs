//! What extraction promises of any text: it cannot fail, it is a function of its input, a re-parse after edits gives what
//! a fresh parse gives, and what it says of places holds.

use std::{collections::HashSet, fs, sync::Arc};

use proptest::prelude::*;
use rutter::{
    extract::{extract, folds, name_at, occurrences, selection},
    languages::{self, Language},
    parse::Parsed,
    record::{BlockKind, FileRecords, ProblemKind, SymbolKind},
    text::SourceText,
};

use crate::fixtures::origin;

fn fixtures() -> Vec<(&'static Language, Vec<u8>)> {
    let of = |&language: &&'static Language| {
        crate::fixtures::fixtures(language).1.into_iter().map(move |file| (language, fs::read(file).unwrap()))
    };
    languages::all().iter().flat_map(of).collect()
}

fn parse(text: &[u8], language: &'static Language) -> Parsed {
    Parsed::new(Arc::new(SourceText::from_file(text.to_vec()).unwrap()), language).unwrap()
}

/// What must hold of the records of any text.
fn check(text: &SourceText, records: &FileRecords) {
    let len = text.len();
    let mut ids = HashSet::new();
    for symbol in &records.symbols {
        assert!(ids.insert(symbol.symbol_id), "two symbols with the id of {}", symbol.fqn);
        // What is named by what holds it has its name before it, and so have functions and classes that are assigned.
        let may_be_assigned = symbol.kind.is_function() || symbol.kind == SymbolKind::Class;
        let starts_with_name = symbol.byte_start <= symbol.name_byte_start;
        assert!(starts_with_name || symbol.held_by.is_some() || may_be_assigned, "{}", symbol.fqn);
        assert!(symbol.byte_start < symbol.byte_end || symbol.name_byte_start == symbol.name_byte_end);
        assert!(symbol.byte_end <= len && symbol.name_byte_end <= symbol.byte_end, "{}", symbol.fqn);
        assert!((1u64 << 53) > symbol.symbol_id.0 && symbol.symbol_id.to_string().len() == 16);
        let place = text.place(symbol.name_byte_start);
        assert_eq!((place.line_1(), place.col), (symbol.name_line, symbol.name_col));
        assert!(
            symbol.container.is_none_or(|container| ids.contains(&container)),
            "{} precedes its container",
            symbol.fqn
        );
    }
    for (id, node) in records.nodes.iter().enumerate() {
        assert_eq!(node.id as usize, id);
        if let Some(parent) = node.parent_id {
            let parent = &records.nodes[parent as usize];
            assert!(parent.id < node.id && parent.byte_start <= node.byte_start && node.byte_end <= parent.byte_end);
        }
    }
    let mut end = 0;
    for chunk in &records.chunks {
        assert!(end <= chunk.byte_start && chunk.byte_start < chunk.byte_end && chunk.byte_end <= len);
        assert!(text.raw(end..chunk.byte_start).iter().all(u8::is_ascii_whitespace), "text between chunks");
        assert_eq!(chunk.content, text.slice(chunk.byte_start..chunk.byte_end));
        end = chunk.byte_end;
    }
    assert!(text.raw(end..len).iter().all(u8::is_ascii_whitespace), "text behind the last chunk");
    for (function, blocks) in &records.graphs {
        assert!(ids.contains(function));
        assert_eq!(blocks[0].kind, BlockKind::Entry);
        let mut entered = vec![false; blocks.len()];
        for block in blocks {
            assert!(block.byte_start <= block.byte_end && block.byte_end <= len);
            block.successors.iter().for_each(|edge| entered[edge.block as usize] = true);
        }
        for (block, entered) in blocks.iter().zip(entered).skip(1) {
            // Where something did not parse, what leads to a block may be what did not.
            let known = entered || block.kind == BlockKind::Unreachable || !records.file.problems.is_empty();
            // In C a macro may jump to a label, or hold one; in Rust a statement may not be part of the program.
            let may_be_come_to = || match &*records.file.language {
                "c" | "cpp" => {
                    let code = text.slice(block.byte_start..block.byte_end);
                    code.starts_with(|c: char| c.is_alphabetic() || c == '_')
                }
                "rust" => text.slice(0..block.byte_start).contains("#[cfg("),
                _ => false,
            };
            let known = known || may_be_come_to();
            assert!(known, "block {} of {function}", block.id);
        }
    }
    let graphs: HashSet<_> = records.graphs.iter().map(|(function, _)| *function).collect();
    assert_eq!(graphs.len(), records.graphs.len());
    for metrics in &records.symbol_metrics {
        let has_graph = graphs.contains(&metrics.symbol_id);
        assert_eq!(has_graph, metrics.exits.is_some());
        assert!(!has_graph || metrics.kind.is_function() && metrics.cyclomatic_complexity.is_some());
        // Where a function without a body has a number, it is that of an empty one.
        assert!(
            has_graph || !metrics.kind.is_function() || metrics.cyclomatic_complexity.is_none_or(|number| number == 1)
        );
        assert!(metrics.sloc <= metrics.loc);
    }
    for (symbol, references) in &records.references {
        let symbol = records.symbols.iter().find(|s| s.symbol_id == *symbol).unwrap();
        for reference in references {
            assert_eq!(text.slice(reference.byte_start..reference.byte_end), symbol.name);
        }
    }
}

/// Pieces that open, close and cross what is there.
const PIECES: &[&str] = &[
    "",
    "(",
    ")",
    "{",
    "}",
    "\n",
    "\r\n",
    "\r",
    "    ",
    "\"",
    "'",
    "\"\"\"",
    "#",
    "//",
    "/*",
    "*/",
    "é",
    "𝒳",
    "fn f() {",
    "def f():",
    "class A:\n",
    "if x:",
    "else",
    "return",
    "match x {",
    "=>",
    "?",
    "&&",
    " and ",
    "loop {",
    "try:\n",
    "finally:",
    "[x for x in y]",
    "'a: ",
    "impl A for B {",
    "self.x = 1\n",
    "\\",
    "\t",
    ";",
];

proptest! {
    #![proptest_config(crate::support::cases(300))]

    #[test]
    fn a_reparse_after_edits_gives_what_a_fresh_parse_gives(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, any::<prop::sample::Index>()), 1..8),
    ) {
        let all = fixtures();
        let (language, bytes) = &all[which.index(all.len())];
        let mut parsed = parse(bytes, language);
        let mut text = SourceText::clone(parsed.text());
        let mut batch = Vec::new();
        for (count, (at, removed, piece)) in edits.iter().enumerate() {
            // On character boundaries, as editors edit.
            let bound = |mut at: usize| {
                while at < text.bytes().len() && text.bytes()[at] & 0xC0 == 0x80 {
                    at += 1;
                }
                at.min(text.bytes().len()) as u32
            };
            let start = bound(at.index(text.bytes().len() + 1));
            let end = bound(start as usize + removed).max(start);
            batch.push(text.replace(start..end, PIECES[piece.index(PIECES.len())]));
            // Sometimes one edit at a time, sometimes several at once.
            if count % 3 != 1 {
                parsed = parsed.edited(Arc::new(text.clone()), &batch).unwrap();
                batch.clear();
            }
        }
        if !batch.is_empty() {
            parsed = parsed.edited(Arc::new(text.clone()), &batch).unwrap();
        }
        let fresh = Parsed::new(Arc::new(text.clone()), language).unwrap();
        let records = extract(&parsed, &origin("a"));
        prop_assert_eq!(&records, &extract(&fresh, &origin("a")));
        check(&text, &records);
        for at in [0, text.len() / 2, text.len()] {
            let ranges = selection(&parsed, at);
            prop_assert!(ranges.windows(2).all(|pair| pair[1].start <= pair[0].start && pair[0].end <= pair[1].end));
            if let Some(name) = name_at(&parsed, at) {
                prop_assert!(occurrences(&parsed, at).iter().any(|found| found.range == name));
            }
        }
        prop_assert!(folds(&parsed).iter().all(|fold| fold.range.end <= text.len()));
    }

    #[test]
    fn any_bytes_extract(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for &language in languages::all() {
            let Ok(text) = SourceText::from_file(bytes.clone()) else { continue };
            let text = Arc::new(text);
            check(&text, &extract(&Parsed::new(text.clone(), language).unwrap(), &origin("a")));
        }
    }
}

#[test]
fn fixtures_keep_the_promises() {
    for (language, bytes) in fixtures() {
        let parsed = parse(&bytes, language);
        check(parsed.text(), &extract(&parsed, &origin("a")));
    }
}

/// An edit above a function keeps its id, and another file's function of the same name has another.
#[test]
fn ids_come_from_what_a_thing_is() {
    let id = |path: &str, text: &str| {
        let records = extract(&parse(text.as_bytes(), languages::by_name("python").unwrap()), &origin(path));
        records.symbols.iter().find(|symbol| symbol.name == "f").unwrap().symbol_id
    };
    let before = id("a.py", "def f():\n    pass\n");
    assert_eq!(before, id("a.py", "import os\n\n\ndef g(): pass\n\n\ndef f():\n    return 1\n"));
    assert_ne!(before, id("b.py", "def f():\n    pass\n"));
    assert_ne!(before, id("a.py", "class f:\n    pass\n"));
}

#[test]
fn a_byte_order_mark_and_utf_16_move_no_place() {
    let language = languages::by_name("python").unwrap();
    let source = "def ä():\n    return 'ü'\n\nclass B: pass\n";
    let places = |bytes: Vec<u8>| -> Vec<(String, u32, u32, u32, u32)> {
        let records = extract(&parse(&bytes, language), &origin("a"));
        let symbols = records.symbols.into_iter();
        symbols.map(|s| (s.name, s.name_line, s.name_col, s.end_line, s.end_col)).collect()
    };
    let plain = places(source.into());
    assert_eq!(plain.len(), 2);
    assert_eq!(plain, places([b"\xEF\xBB\xBF", source.as_bytes()].concat()));
    let wide = |order: fn(u16) -> [u8; 2], mark: &[u8]| {
        [mark.to_vec(), source.encode_utf16().flat_map(order).collect()].concat()
    };
    assert_eq!(plain, places(wide(u16::to_le_bytes, b"\xFF\xFE")));
    assert_eq!(plain, places(wide(u16::to_be_bytes, b"\xFE\xFF")));
    // With a mark, byte offsets are still those of the file.
    let marked = [b"\xEF\xBB\xBF", source.as_bytes()].concat();
    let records = extract(&parse(&marked, language), &origin("a"));
    assert_eq!(records.symbols[1].byte_start as usize, memchr_find(&marked, b"class"));
}

#[test]
fn bytes_that_are_no_utf_8_move_no_place_and_are_reported() {
    let source = b"# caf\xe9\ndef f(a=\"\xff\xfe\"):\n    return a\n\ndef g(): pass\n";
    let parsed = parse(source, languages::by_name("python").unwrap());
    let records = extract(&parsed, &origin("a"));
    let g = &records.symbols[1];
    assert_eq!((g.name.as_str(), g.name_line, g.name_col), ("g", 5, 4));
    assert_eq!(g.byte_start as usize, memchr_find(source, b"def g"));
    assert_eq!(records.file.problems[0].kind, ProblemKind::InvalidUtf8);
    assert_eq!(records.file.problems[0].byte_start, 5);
    check(parsed.text(), &records);
}

#[test]
fn nesting_of_any_depth_is_walked_without_a_stack() {
    let deep = 100_000;
    nest(vec![
        ("rust", "fn f() { a(".to_owned() + &"(".repeat(deep), ")".repeat(deep) + ") }"),
        ("rust", "{".repeat(deep), "}".repeat(deep)),
        ("rust", "fn f() {".repeat(deep / 10), "}".repeat(deep / 10)),
        ("rust", "fn f() { a".to_owned() + &"?".repeat(deep), "}".to_owned()),
        ("rust", "fn f() { if a {".to_owned() + &"if a {".repeat(deep / 10), "}".repeat(deep / 10) + "}}"),
        ("python", "x = ".to_owned() + &"[".repeat(deep), "]".repeat(deep)),
        ("python", "x = ".to_owned() + &"not ".repeat(deep), "a".to_owned()),
    ]);
}

#[test]
fn every_language_nests_without_a_stack() {
    let deep = 5_000;
    nest(vec![
        ("python", "x = ".to_owned() + &"lambda: ".repeat(deep), "a".to_owned()),
        ("python", "def f(): return ".to_owned() + &"a if b else ".repeat(deep), "a".to_owned()),
        ("javascript", "f = ".to_owned() + &"() => ".repeat(deep), "1".to_owned()),
        ("javascript", "function f() { a".to_owned() + &"?.b".repeat(deep), "}".to_owned()),
        ("javascript", "function f() { ".to_owned() + &"a: ".repeat(deep), "b(); }".to_owned()),
        ("javascript", "x = ".to_owned() + &"{ a: ".repeat(deep), "1".to_owned() + &"}".repeat(deep)),
        ("typescriptreact", "x = ".to_owned() + &"<a>".repeat(deep), "</a>".repeat(deep)),
        ("typescript", "namespace a { ".repeat(deep), "}".repeat(deep)),
        ("typescript", "type T = ".to_owned() + &"a extends b ? ".repeat(deep), "c".to_owned() + &": d".repeat(deep)),
        ("go", "package p\nfunc f() { ".to_owned() + &"func() { ".repeat(deep), "}".repeat(deep) + "}"),
        ("go", "package p\nvar x = ".to_owned() + &"(".repeat(deep), "1".to_owned() + &")".repeat(deep)),
        ("go", "package p\nfunc f() { ".to_owned() + &"if a { ".repeat(deep), "}".repeat(deep) + "}"),
        ("java", "class A { ".repeat(deep), "}".repeat(deep)),
        ("java", "class A { int f() { return ".to_owned() + &"a ? b : ".repeat(deep), "c; } }".to_owned()),
        ("java", "class A { Object f() { return ".to_owned() + &"() -> ".repeat(deep), "c; } }".to_owned()),
        ("c", "int f(void) { ".to_owned() + &"if (a) { ".repeat(deep), "}".repeat(deep) + "}"),
        ("c", "int x = ".to_owned() + &"(".repeat(deep), "1".to_owned() + &")".repeat(deep) + ";"),
        ("c", "#if A\n".repeat(deep), "int x;\n".to_owned() + &"#endif\n".repeat(deep)),
        ("c", "int f(void) { ".to_owned() + &"#if A\na();\n".repeat(deep), "#endif\n".repeat(deep) + "}"),
        ("c", "int f(void) { switch (x) { ".to_owned() + &"case 1: ".repeat(deep), "; } }".to_owned()),
        ("c", "int f(void) { ".to_owned() + &"goto a; a: ".repeat(deep), "; }".to_owned()),
        ("c", "struct { ".repeat(deep), "int x; ".to_owned() + &"} a;".repeat(deep)),
        ("c", "F(".repeat(deep), ")".repeat(deep)),
        ("cpp", "namespace a { ".repeat(deep), "}".repeat(deep)),
        ("cpp", "int x = ".to_owned() + &"[] { return ".repeat(deep), "1".to_owned() + &"; }()".repeat(deep) + ";"),
        ("cpp", "A<".repeat(deep), ">".repeat(deep) + " x;"),
        ("lua", "x = ".to_owned() + &"{ ".repeat(deep), "}".repeat(deep)),
        ("lua", "x = ".to_owned() + &"function() return ".repeat(deep), "end ".repeat(deep)),
        ("lua", "do ".repeat(deep), "end ".repeat(deep)),
    ]);
}

/// Texts by what opens in them and what closes it.
fn nest(cases: Vec<(&str, String, String)>) {
    for (language, open, close) in cases {
        let text = format!("{open}{close}\n");
        let parsed = parse(text.as_bytes(), languages::by_name(language).unwrap());
        check(parsed.text(), &extract(&parsed, &origin("a")));
    }
}

fn memchr_find(haystack: &[u8], needle: &[u8]) -> usize {
    haystack.windows(needle.len()).position(|window| window == needle).unwrap()
}

/// Only a macro or an address that is computed could jump there, and Go has neither.
#[test]
fn what_stands_behind_a_label_that_no_jump_names_is_unreachable() {
    let text = |name: &str| format!("package a\n\nfunc f() int {{\n\tgoto {name}\ndone:\n\treturn 1\n}}\n");
    let unreachable = |text: String| {
        let parsed = parse(text.as_bytes(), languages::by_name("go").unwrap());
        let records = extract(&parsed, &origin("a"));
        let blocks = records.graphs.iter().flat_map(|(_, blocks)| blocks);
        blocks.filter(|block| block.kind == BlockKind::Unreachable).count()
    };
    assert_eq!(unreachable(text("done")), 0);
    assert_eq!(unreachable(text("gone")), 1);
}

/// `w /*f = x` is an assignment to a quotient, unless the comment ends somewhere.
#[test]
fn a_comment_that_is_opened_reaches_as_far_as_in_a_fresh_parse() {
    let filler = "\t// what makes a piece long enough to be one\n".repeat(40);
    let function = |name: &str, last: &str| format!("func {name}() {{\n\tw = f\n{filler}{last}}}\n\n");
    for far in [0, 60] {
        let more = (0..far).map(|number| function(&format!("more{number}"), "")).collect::<String>();
        for last in ["", "\t/* one */\n", "\tx := `*/`\n", "\t*/\n\tw /*f = x\n"] {
            let text = format!("package a\n\n{}{}{more}{}", function("a", ""), function("b", ""), function("c", last));
            let parsed = parse(text.as_bytes(), languages::by_name("go").unwrap());
            let mut text = SourceText::clone(parsed.text());
            let at = text.slice(0..text.len()).find("= f").unwrap() as u32;
            let edit = text.replace(at..at, "/*f ");
            let edited = parsed.edited(Arc::new(text.clone()), &[edit]).unwrap();
            let fresh = Parsed::new(Arc::new(text.clone()), parsed.language()).unwrap();
            assert_eq!(edited.is_whole(), fresh.is_whole(), "{far} {last:?}");
            assert_eq!(extract(&edited, &origin("a")), extract(&fresh, &origin("a")), "{far} {last:?}");
        }
    }
}
