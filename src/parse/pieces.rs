//! A text that does not parse, in pieces that do or do not for themselves.
//!
//! Where it is cut follows from its lines alone: before what begins at the left edge behind a line that ends something there.
//! A cut may be wrong (within a string, say): such a text would have been broken elsewhere, and more of it is taken for
//! broken than is. What matters is that the same text is always cut alike.

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tree_sitter::{InputEdit, Point, Tree};
use xxhash_rust::xxh3::xxh3_128;

use super::{Outcome, Piece, Until, parse};
use crate::languages::{Language, roles::Shape};

/// In bytes: a piece is no smaller, unless it is the last. Each has its costs.
const LEAST: usize = 1 << 10;
/// Trees that were not needed for so many texts are forgotten.
const KEPT: u64 = 64;

/// The trees of pieces, by what is in them. Shared by the texts that come of one another by edits.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Trees>);

#[derive(Debug, Default)]
struct Trees {
    /// With the number of the text that needed it last.
    trees: FxHashMap<u128, (Tree, u64)>,
    texts: u64,
}

impl Known {
    /// The pieces of a text; `None` when one of them takes too long.
    pub fn pieces(&self, bytes: &[u8], language: &Language) -> Option<Vec<Piece>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.texts += 1;
        let now = known.texts;
        let mut cuts = cuts(bytes, language.hooks.shape);
        cuts.push(bytes.len());
        let mut pieces = Vec::with_capacity(cuts.len());
        let (mut start, mut row) = (0, 0);
        for end in cuts {
            let piece = &bytes[start..end];
            let content = xxh3_128(piece);
            let tree = match known.trees.get_mut(&content) {
                Some((tree, needed)) => {
                    *needed = now;
                    tree.clone()
                }
                None => match parse(piece, language, None, Until::End) {
                    Outcome::Tree(tree) => {
                        known.trees.insert(content, (tree.clone(), now));
                        tree
                    }
                    Outcome::Error | Outcome::TooSlow => return None,
                },
            };
            pieces.push(Piece { start: start as u32, tree: moved(tree, start, row) });
            row += memchr::memchr_iter(b'\n', piece).count();
            start = end;
        }
        if now.is_multiple_of(KEPT) {
            known.trees.retain(|_, (_, needed)| *needed + KEPT > now);
        }
        Some(pieces)
    }
}

/// A tree whose text begins at an offset, at the start of a row.
fn moved(mut tree: Tree, start: usize, row: usize) -> Tree {
    if start > 0 {
        let origin = Point { row: 0, column: 0 };
        tree.edit(&InputEdit {
            start_byte: 0,
            old_end_byte: 0,
            new_end_byte: start,
            start_position: origin,
            old_end_position: origin,
            new_end_position: Point { row, column: 0 },
        });
    }
    tree
}

/// What the last line with something on it was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// It stands at the left edge and ends a block.
    Closing,
    /// It stands at the left edge and ends a statement.
    Ending,
    /// Of an indented line: anything.
    Inside,
    /// What follows belongs to it.
    Leading,
    Other,
}

/// Where a text is cut.
fn cuts(bytes: &[u8], shape: Shape) -> Vec<usize> {
    let by_indent = shape == Shape::Indented;
    let mut cuts = Vec::new();
    let (mut start, mut last) = (0, 0);
    let (mut before, mut is_apart) = (Before::Nothing, false);
    // Conditionals and namespaces that the line is in.
    let (mut conditionals, mut namespaces) = (0u32, 0u32);
    while start < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at + 1);
        let line = bytes[start..end].trim_ascii_end();
        let Some(&first) = line.first() else {
            is_apart = true;
            start = end;
            continue;
        };
        let is_edge = !first.is_ascii_whitespace();
        if is_edge && start - last >= LEAST && conditionals == 0 && namespaces == 0 {
            let begins = if by_indent {
                begins_in_python(line) && matches!(before, Before::Inside | Before::Ending | Before::Other)
            } else {
                begins(line, first) && (before == Before::Closing || (before == Before::Ending && is_apart))
            };
            if begins {
                cuts.push(start);
                last = start;
            }
        }
        if shape == Shape::Preprocessed && is_edge {
            if first == b'#' {
                let word = line[1..].trim_ascii_start();
                if word.starts_with(b"if") && !guards(word, &bytes[end..]) {
                    conditionals += 1;
                } else if word.starts_with(b"endif") {
                    conditionals = conditionals.saturating_sub(1);
                }
            } else if line.ends_with(b"{") && opens_namespace(line) {
                namespaces += 1;
            } else if first == b'}' && namespaces > 0 && closes_namespace(line) {
                namespaces -= 1;
            }
        }
        before = match first {
            _ if !is_edge => Before::Inside,
            b'@' if by_indent => Before::Leading,
            b'}' | b')' | b']' if closes(line) => Before::Closing,
            b'e' if shape == Shape::Worded && matches!(line, b"end" | b"end)" | b"end,") => Before::Closing,
            _ if by_indent || line.ends_with(b";") => Before::Ending,
            _ => Before::Other,
        };
        is_apart = false;
        start = end;
    }
    cuts
}

/// Nothing but what closes: `}`, `});`.
fn closes(line: &[u8]) -> bool {
    let code = line.iter().position(|byte| !b"})];, ".contains(byte));
    code.is_none_or(|at| line[at..].starts_with(b"//") || line[at..].starts_with(b"/*"))
}

/// Something can begin with this line, and nothing goes on with it.
fn begins(line: &[u8], first: u8) -> bool {
    const GOES_ON: &[&[u8]] = &[b"else", b"catch", b"finally", b"while", b"until", b"as", b"satisfies"];
    let length = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    match first {
        b'/' | b'#' | b'@' | b'_' | b'-' => true,
        _ if first.is_ascii_alphabetic() => !GOES_ON.contains(&&line[..length]),
        _ => false,
    }
}

fn begins_in_python(line: &[u8]) -> bool {
    [&b"def "[..], b"class ", b"async def ", b"@"].iter().any(|word| line.starts_with(word))
}

/// `#ifndef X` with `#define X` behind it holds all of a header, and is no reason to leave it in one piece.
fn guards(word: &[u8], rest: &[u8]) -> bool {
    let Some(name) = word.strip_prefix(b"ifndef ") else { return false };
    let line = rest.split(|&byte| byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let name = name.trim_ascii();
    line.trim_ascii()
        .strip_prefix(b"#")
        .map(<[u8]>::trim_ascii_start)
        .is_some_and(|word| word.strip_prefix(b"define ").is_some_and(|defined| defined.trim_ascii().starts_with(name)))
}

fn opens_namespace(line: &[u8]) -> bool {
    [&b"namespace"[..], b"inline namespace", b"extern \""].iter().any(|word| line.starts_with(word))
}

/// What closes a function looks like what closes a namespace, but for the remark that is usual there.
fn closes_namespace(line: &[u8]) -> bool {
    let has = |word: &[u8]| line.windows(word.len()).any(|window| window == word);
    has(b"namespace") || has(b"extern")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, shape: Shape) -> Vec<String> {
        // Made long enough by what does not count.
        let long = format!("{}\n", " ".repeat(LEAST));
        let text = text.replace("~\n", &long);
        let mut at = 0;
        let mut parts = Vec::new();
        for end in cuts(text.as_bytes(), shape).into_iter().chain([text.len()]) {
            parts.push(text[at..end].split_whitespace().collect::<Vec<_>>().join(" "));
            at = end;
        }
        parts
    }

    #[test]
    fn cuts_behind_what_closes_at_the_edge() {
        let text = "fn a() {\n~\n}\n\n/// b\nfn b() {\n~\n    if x {\n    }\n}\nelse\n{\n~\n}\nfn c() {}\n";
        assert_eq!(cut(text, Shape::Braces), ["fn a() { }", "/// b fn b() { if x { } } else { }", "fn c() {}"]);
    }

    #[test]
    fn cuts_before_what_begins_at_the_edge_in_python() {
        let text = "x = 1\n~\ndef a():\n    b\n~\n@c\n@d\n~\ndef e():\n    f\n~\nelse:\n    g\n";
        assert_eq!(cut(text, Shape::Indented), ["x = 1", "def a(): b", "@c @d def e(): f else: g"]);
    }

    #[test]
    fn leaves_conditionals_and_namespaces_alone() {
        let text = "#ifndef A\n#define A\nint a() {\n~\n}\nint b() {\n#if X\n~\n}\n#endif\nint c() {\n~\n}\nint d;\n";
        assert_eq!(
            cut(text, Shape::Preprocessed),
            ["#ifndef A #define A int a() { }", "int b() { #if X } #endif int c() { }", "int d;"]
        );
        let text = "namespace a {\nint b() {\n~\n}\nint c() {\n~\n}\n}  // namespace a\nint d;\n";
        assert_eq!(
            cut(text, Shape::Preprocessed),
            ["namespace a { int b() { } int c() { } } // namespace a", "int d;"]
        );
    }
}
