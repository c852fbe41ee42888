//! The invariants of the architecture that are statements about the source tree, each with the sentence that it keeps.
//!
//! The tables come first: a change of the architecture is a change of data here, beside one in `src/ARCHITECTURE.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Which module may name which others: the way of the data, from text to the faces.
const USES: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("history", &[]),
    ("disk", &[]),
    ("record", &["text"]),
    ("bind", &["text", "record"]),
    ("resolve", &["record"]),
    ("languages", &["text", "record", "bind", "resolve"]),
    ("parse", &["text", "languages"]),
    ("extract", &["text", "record", "bind", "languages", "parse"]),
    ("kv", &["record", "text"]),
    ("link", &["disk", "record", "resolve", "languages", "kv"]),
    ("index", &["disk", "text", "languages", "parse", "extract", "record", "kv", "resolve", "link"]),
    ("query", &["text", "record", "kv", "resolve", "link"]),
    ("settings", &["disk", "languages", "index"]),
    // A buffer is parsed and extracted as the index does it; the two faces never see each other.
    ("lsp", &["text", "history", "languages", "parse", "extract", "record", "kv", "index", "query", "settings"]),
    ("cli", &["text", "history", "languages", "record", "kv", "index", "query", "settings"]),
    ("main", &["lsp", "cli", "settings"]),
    (
        "lib",
        &[
            "text",
            "record",
            "bind",
            "resolve",
            "languages",
            "parse",
            "extract",
            "kv",
            "link",
            "index",
            "query",
            "settings",
            "lsp",
            "cli",
        ],
    ),
];

/// A name, the modules that may say it, and the sentence that this keeps.
const AT_HOME: &[(&str, &[&str], &str)] = &[
    ("heed", &["kv"], "nothing outside kv/ names heed"),
    ("gix", &["history"], "nothing outside history/ names gix"),
    ("gix_diff", &["history"], "nothing outside history/ names gix"),
    ("lsp_types", &["lsp"], "nothing outside lsp/ names lsp_types"),
    ("tower_lsp", &["lsp"], "nothing outside lsp/ names tower_lsp"),
    (
        "tree_sitter",
        &["bind", "languages", "parse", "extract"],
        "nothing outside bind, languages, parse and extract names tree_sitter",
    ),
    ("clap", &["cli", "main"], "arguments are known to cli/ and main.rs alone"),
    ("indicatif", &["cli"], "progress on a terminal is cli/'s"),
    ("len_utf16", &["lsp"], "wide columns exist in lsp/ only"),
    ("encode_utf16", &["lsp"], "wide columns exist in lsp/ only"),
    ("println", &["cli", "main"], "stdout belongs to the protocol in lsp mode: print macros in cli/ and main.rs only"),
    ("print", &["cli", "main"], "stdout belongs to the protocol in lsp mode: print macros in cli/ and main.rs only"),
    ("eprintln", &["cli", "main"], "stderr is the editor's log in lsp mode: print macros in cli/ and main.rs only"),
    ("eprint", &["cli", "main"], "stderr is the editor's log in lsp mode: print macros in cli/ and main.rs only"),
];

/// These do no input or output: what they say depends on what they are given and on nothing else.
const PURE: &[&str] = &["text", "record", "bind", "resolve", "languages", "parse", "extract", "query"];
const INPUT_OUTPUT: &[&str] = &["fs", "net", "process", "env", "io"];

/// Names of the kv module that write: the questions get a Snapshot and never these.
const WRITERS: &[&str] = &["Store", "FileUpdate", "FileRows", "Applied"];

/// A reader can hold a file of this many lines in mind; tests may be longer than code by their data.
const MAX_LINES: usize = 600;

/// Words for work that was not done: macros in code, marks in comments.
const UNDONE_CODE: &[&str] = &["todo!", "unimplemented!"];
const UNDONE_MARKS: &[&str] = &["FIXME", "XXX", "TODO"];

/// The table in the architecture document is the one that is held against the sources here.
#[test]
fn the_document_has_the_same_table() {
    let document = fs::read_to_string(repository().join("src/ARCHITECTURE.md")).unwrap();
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let documented: BTreeMap<String, BTreeSet<String>> = document
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(cells)
        .filter(|cells| cells.len() == 3)
        .map(|cells| {
            let uses = cells[2].split(", ").map(|used| used.split(' ').next().unwrap().to_owned());
            (cells[0].trim_matches('`').to_owned(), uses.filter(|used| used != "nothing").collect())
        })
        .collect();
    let held = USES.iter().filter(|(module, _)| !["main", "lib"].contains(module));
    let held: BTreeMap<String, BTreeSet<String>> =
        held.map(|(module, uses)| (module.to_string(), uses.iter().map(|used| used.to_string()).collect())).collect();
    assert_eq!(documented, held);
}

#[test]
fn modules_use_only_what_stands_before_them_in_the_way_of_the_data() {
    let allowed: BTreeMap<&str, &[&str]> = USES.iter().copied().collect();
    let mut faults = Vec::new();
    for file in sources() {
        let Some(may) = allowed.get(file.module.as_str()) else {
            faults.push(format!("{}: module `{}` is not in the table", file.name, file.module));
            continue;
        };
        for (line, used) in file.modules_used() {
            if used != file.module && allowed.contains_key(used.as_str()) && !may.contains(&used.as_str()) {
                faults.push(format!("{}:{line}: `{}` must not use `{used}`", file.name, file.module));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn names_stay_at_home() {
    let mut faults = Vec::new();
    for file in sources() {
        for (line, word, next) in file.words() {
            for (name, homes, sentence) in AT_HOME {
                // A print is one by its `!`: `print` alone may be any function.
                let printing = name.ends_with("print") || name.ends_with("println");
                if word == *name && (!printing || next == '!') && !homes.contains(&file.module.as_str()) {
                    faults.push(format!("{}:{line}: {sentence}", file.name));
                }
            }
        }
    }
    assert_none(faults);
}

#[test]
fn text_languages_parse_extract_record_and_query_do_no_input_and_output() {
    let mut faults = Vec::new();
    for file in sources().into_iter().filter(|file| PURE.contains(&file.module.as_str())) {
        for root in ["std", "tokio", "rustix"] {
            for (line, part) in file.first_parts_behind(root) {
                if root == "rustix" || INPUT_OUTPUT.contains(&part.as_str()) {
                    faults.push(format!(
                        "{}:{line}: {root}::{part} in a module that does no input and output",
                        file.name
                    ));
                }
            }
        }
    }
    assert_none(faults);
}

#[test]
fn questions_are_put_to_a_snapshot_and_never_write() {
    let mut faults = Vec::new();
    for file in sources().into_iter().filter(|file| file.module == "query") {
        for (line, word, _) in file.words() {
            if WRITERS.contains(&word) {
                faults.push(format!("{}:{line}: query/ names {word}", file.name));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn parsing_and_extraction_cannot_fail() {
    let mut faults = Vec::new();
    for file in sources().into_iter().filter(|file| ["parse", "extract"].contains(&file.module.as_str())) {
        for (line, text) in file.code.lines().enumerate() {
            let squeezed: String = text.split_whitespace().collect();
            if squeezed.contains("->Result<") {
                faults.push(format!("{}:{}: a Result: records and problems are all it gives", file.name, line + 1));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn files_are_of_a_size_that_a_reader_can_hold() {
    let faults = all_rust_files()
        .into_iter()
        .filter_map(|path| {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            (lines > MAX_LINES).then(|| format!("{}: {lines} lines, the bound is {MAX_LINES}", shown(&path)))
        })
        .collect();
    assert_none(faults);
}

#[test]
fn nothing_is_left_undone_and_no_test_is_switched_off() {
    let mut faults = Vec::new();
    for path in all_rust_files().into_iter().filter(|path| !path.ends_with("tests/it/invariants.rs")) {
        let text = fs::read_to_string(&path).unwrap();
        let code = without_text(&text);
        for (index, (line, code)) in text.lines().zip(code.lines()).enumerate() {
            let words: BTreeSet<&str> = line.split(|c: char| !is_word(c)).collect();
            let marks = UNDONE_MARKS.iter().filter(|mark| words.contains(*mark));
            for word in UNDONE_CODE.iter().filter(|word| code.contains(*word)).chain(marks) {
                faults.push(format!("{}:{}: {word}", shown(&path), index + 1));
            }
            if line.trim_start().starts_with("#[ignore") {
                faults.push(format!("{}:{}: a test that is switched off", shown(&path), index + 1));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn every_language_has_a_folder_and_fixtures() {
    let mut faults = Vec::new();
    for language in rutter::languages::all() {
        let name = language.name;
        // TypeScript is one language in two grammars.
        let folder = name.strip_suffix("react").unwrap_or(name);
        if !repository().join("src/languages").join(folder).join("mod.rs").is_file() {
            faults.push(format!("{name}: no src/languages/{folder}/mod.rs"));
        }
        let fixtures = repository().join("tests/fixtures").join(name);
        if !fs::read_dir(&fixtures).is_ok_and(|mut entries| entries.next().is_some()) {
            faults.push(format!("{name}: no tests/fixtures/{name}/"));
        }
    }
    assert_none(faults);
}

#[test]
fn the_top_level_stays_as_it_was_drawn() {
    let drawn = ["Cargo.toml", "Cargo.lock", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "src", "editors", "tests"];
    let made = ["target", "node_modules"];
    let faults = fs::read_dir(repository())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.') && !drawn.contains(&name.as_str()) && !made.contains(&name.as_str()))
        .map(|name| format!("{name}: not among {drawn:?}"))
        .collect();
    assert_none(faults);
}

#[test]
fn the_scanner_sees_code_and_only_code() {
    let text = r##"
// use crate::kv; in a comment
/* crate::lsp /* nested */ crate::cli */
use crate::{index::{run, Settings}, query, text::*};
const A: &str = "crate::parse \" crate::cli";
const B: &str = r#"crate::extract " "#;
fn life<'a>(c: &'a u8) -> char { '"' }
use super::super::record;
use super::sibling;
#[cfg(test)]
mod tests { use crate::cli; fn f() { { } } }
use crate::languages::Language;
"##;
    let file = SourceFile {
        name: "src/a/b.rs".into(),
        module: "a".into(),
        depth: 2,
        code: without_tests(&without_text(text)),
    };
    let used: Vec<String> = file.modules_used().into_iter().map(|(_, module)| module).collect();
    assert_eq!(used, ["index", "query", "text", "languages", "record"]);
    assert!(file.modules_used().contains(&(12, "languages".into())), "{:?}", file.modules_used());
}

fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(repository()).unwrap_or(path).display().to_string()
}

fn all_rust_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["src", "tests/it", "tests/benches", "tests/fuzz"] {
        collect(&repository().join(folder), &mut files);
    }
    assert!(files.len() > 20, "the source tree was not found");
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// A file under `src/`, reduced to its code.
struct SourceFile {
    name: String,
    /// The top-level module that it belongs to.
    module: String,
    /// How many `super::` lead from its top level to the crate's.
    depth: usize,
    /// Without comments, literals and test modules; lines keep their numbers.
    code: String,
}

/// All of `src/` but files that are tests as a whole: those behind `#[cfg(test)] mod name;`.
fn sources() -> Vec<SourceFile> {
    let root = repository().join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    let texts: Vec<(PathBuf, String)> =
        paths.into_iter().map(|path| (path.clone(), without_text(&fs::read_to_string(path).unwrap()))).collect();
    let tests: Vec<PathBuf> = texts.iter().flat_map(|(path, code)| test_files(path, code)).collect();
    texts
        .into_iter()
        .filter(|(path, _)| !tests.iter().any(|test| path.starts_with(test) || *path == test.with_extension("rs")))
        .map(|(path, code)| {
            let parts: Vec<&str> =
                path.strip_prefix(&root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
            let is_folder_itself = parts.last().is_some_and(|last| *last == "mod.rs");
            SourceFile {
                name: shown(&path),
                module: parts[0].trim_end_matches(".rs").into(),
                depth: parts.len() - usize::from(is_folder_itself),
                code: without_tests(&code),
            }
        })
        .collect()
}

/// The modules, as paths without ending, that a file declares for tests alone.
fn test_files(path: &Path, code: &str) -> Vec<PathBuf> {
    let folder = match path.file_name().and_then(|name| name.to_str()) {
        Some("mod.rs" | "lib.rs" | "main.rs") => path.parent().unwrap().to_path_buf(),
        _ => path.with_extension(""),
    };
    code.split("#[cfg(test)]")
        .skip(1)
        .filter_map(|rest| rest.split([';', '{']).next()?.trim().rsplit_once("mod "))
        .map(|(_, name)| folder.join(name.trim()))
        .collect()
}

impl SourceFile {
    /// The line, the word, and the character that follows it.
    fn words(&self) -> Vec<(usize, &str, char)> {
        let mut words = Vec::new();
        let mut line = 1;
        let mut at = 0;
        while let Some(first) = self.code[at..].chars().next() {
            if is_word(first) {
                let rest = &self.code[at..];
                let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                words.push((line, &rest[..end], rest[end..].chars().next().unwrap_or(' ')));
                at += end;
            } else {
                line += usize::from(first == '\n');
                at += first.len_utf8();
            }
        }
        words
    }

    /// Top-level modules that the code names: `crate::x`, `rutter::x`, the parts of `crate::{x, y::z}`, and `super::` where
    /// it leads out of the module.
    fn modules_used(&self) -> Vec<(usize, String)> {
        let mut used = self.first_parts_behind("crate");
        used.extend(self.first_parts_behind("rutter"));
        let out = vec!["super"; self.depth].join("::");
        used.extend(self.first_parts_behind(&out));
        used
    }

    /// `b` of `a::b` and all of `a::{b, c::d}`, with their lines.
    fn first_parts_behind(&self, path: &str) -> Vec<(usize, String)> {
        let lead = format!("{path}::");
        let mut parts = Vec::new();
        for (at, _) in self.code.match_indices(&lead) {
            let before = self.code[..at].chars().next_back();
            if before.is_some_and(|c| is_word(c) || c == ':') {
                continue;
            }
            let line = 1 + self.code[..at].matches('\n').count();
            let rest = &self.code[at + lead.len()..];
            match rest.strip_prefix('{') {
                Some(group) => parts.extend(group_heads(group).into_iter().map(|head| (line, head))),
                None => parts.push((line, rest.chars().take_while(|&c| is_word(c)).collect())),
            }
        }
        parts
    }
}

/// The first word of each member of a `{...}` group whose brace is already read.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = vec![String::new()];
    let mut depth = 0;
    let mut in_head = true;
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(String::new());
                in_head = true;
            }
            c if is_word(c) && depth == 0 && in_head => heads.last_mut().unwrap().push(c),
            c if c.is_whitespace() && heads.last().unwrap().is_empty() => {}
            _ => in_head = false,
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The same text with comments and literals blanked out.
fn without_text(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &source[at..];
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = raw_string(rest, out.chars().next_back()) {
            length
        } else if rest.starts_with('"') {
            quoted(rest, '"')
        } else if is_char_literal(rest) {
            quoted(rest, '\'')
        } else {
            0
        };
        if skip == 0 {
            let c = rest.chars().next().unwrap();
            out.push(c);
            at += c.len_utf8();
        } else {
            out.extend(rest[..skip].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            at += skip;
        }
    }
    out
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().unwrap().len_utf8();
        }
    }
    rest.len()
}

/// The length of `r"..."`, `r#"..."#` and their byte forms.
fn raw_string(rest: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(is_word) {
        return None;
    }
    let body = rest.strip_prefix("br").or_else(|| rest.strip_prefix("cr")).or_else(|| rest.strip_prefix('r'))?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let text = body[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let length = text.find(&close).map_or(text.len(), |end| end + close.len());
    Some(rest.len() - text.len() + length)
}

fn quoted(rest: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `'x'` and `'\n'`, but not the lifetime `'x`.
fn is_char_literal(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('\'') && (chars.next() == Some('\\') || chars.next() == Some('\''))
}

/// The code with `#[cfg(test)] mod name { ... }` blanked out.
fn without_tests(code: &str) -> String {
    let mut out = code.to_string();
    while let Some(start) = out.find("#[cfg(test)]") {
        let open = out[start..].find(['{', ';']).map_or(out.len(), |at| start + at);
        let mut depth = 0;
        let end = out[open..]
            .char_indices()
            .find(|&(at, c)| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                depth == 0 && (c == '}' || (at == 0 && c == ';'))
            })
            .map_or(out.len(), |(at, _)| open + at + 1);
        let blank: String = out[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(start..end, &blank);
    }
    out
}
