//! A text in pieces that do or do not parse for themselves.
//!
//! Where it is cut follows from its lines alone: before what begins at the left edge behind a line that ends something there.
//! A cut may be wrong (within a string, say): then pieces do not parse though the text does. What matters is that the same
//! text is always cut alike, and that pieces which all parse are a text that does, with the same nodes.

use std::{
    ops::Range,
    sync::{Mutex, PoisonError},
};

use rustc_hash::FxHashMap;
use tree_sitter::{InputEdit, Point, Tree};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::{Outcome, Piece, Until, Work, earlier::Earlier, marks};
use crate::languages::roles::Shape;

/// In bytes: a piece is no smaller, unless it is the last. Each has its costs.
const LEAST: usize = 1 << 10;
/// In bytes: no more is joined.
pub(super) const SPAN: usize = 32 << 10;
/// Trees that were not needed for so many texts are forgotten; large ones sooner, for each keystroke makes another.
const KEPT: u64 = 64;
const LARGE_KEPT: u64 = 4;

/// In bytes: from here on it is worth while to reuse what an edit has left of a piece.
const LARGE: usize = 8 << 10;

/// The trees of pieces, by what is in them. Shared by the texts that come of one another by edits.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Trees>);

#[derive(Debug, Default)]
struct Trees {
    kept: FxHashMap<u128, Kept>,
    /// How many texts there were.
    texts: u64,
}

#[derive(Debug)]
struct Kept {
    /// None of what does not parse and is needed only if it does.
    tree: Option<Tree>,
    has_fault: bool,
    /// Without a fault: what would end the comment that it may end in.
    open: Option<&'static str>,
    /// For how many texts after the one that needed it last it is kept, and the number of that.
    kept: u64,
    needed: u64,
}

/// What a piece is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// As it was cut.
    Cut,
    /// Of several that were cut apart, if they parse together.
    Joined,
}

/// A text in pieces.
#[derive(Debug)]
pub(super) struct Found {
    pub pieces: Vec<Piece>,
    pub is_whole: bool,
    /// Whether it is whole only a parse of the whole text can tell.
    pub is_in_doubt: bool,
}

impl Known {
    /// The pieces of a text; `None` when one of them takes too long, or the work is stopped.
    pub fn pieces(&self, bytes: &[u8], work: Work<'_>, earlier: Option<&Earlier<'_>>) -> Option<Found> {
        let mut trees = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        trees.texts += 1;
        let mut at = Cutting { trees: &mut trees, bytes, work, earlier };
        let mut cuts = cuts(bytes, work.language.hooks.shape);
        cuts.push(bytes.len());
        let mut parts = Vec::with_capacity(cuts.len());
        let (mut start, mut row) = (0, 0);
        for end in cuts {
            let (content, has_fault) = at.look(start..end, row, Wanted::Cut)?;
            parts.push(Cut { range: start..end, row, content, has_fault, is_in_doubt: false });
            row += memchr::memchr_iter(b'\n', &bytes[start..end]).count();
            start = end;
        }
        let parts = at.closed(parts)?;
        let parts = at.joined(parts)?;
        // What was joined may end in a comment as well.
        let parts = at.closed(parts)?;
        let is_in_doubt = parts.iter().any(|part| part.is_in_doubt);
        let is_whole = !parts.iter().any(|part| part.has_fault);
        let piece = |part: Cut| {
            let tree = moved(trees.kept.get(&part.content)?.tree.clone()?, part.range.start, part.row);
            Some(Piece { start: part.range.start as u32, tree, content: Some(part.content) })
        };
        let pieces = parts.into_iter().filter_map(piece).collect();
        let now = trees.texts;
        if now.is_multiple_of(LARGE_KEPT) {
            trees.kept.retain(|_, tree| tree.needed + tree.kept > now);
        }
        Some(Found { pieces, is_whole, is_in_doubt })
    }
}

/// A part of the text, and what is known of it.
#[derive(Clone, Debug)]
struct Cut {
    range: Range<usize>,
    row: usize,
    content: u128,
    has_fault: bool,
    /// It may end in a comment that ends far behind it.
    is_in_doubt: bool,
}

/// A text on its way into pieces.
struct Cutting<'a> {
    trees: &'a mut Trees,
    bytes: &'a [u8],
    work: Work<'a>,
    earlier: Option<&'a Earlier<'a>>,
}

impl Cutting<'_> {
    /// What a part is known by, once it is, and whether there is a fault in it. `None` as of [`Known::pieces`].
    fn look(&mut self, range: Range<usize>, row: usize, wanted: Wanted) -> Option<(u128, bool)> {
        let piece = &self.bytes[range.clone()];
        let content = content(piece, wanted);
        if !self.trees.kept.contains_key(&content) {
            let tree = self.parse(piece, range, row, wanted)?;
            let has_fault = tree.as_ref().is_none_or(|tree| tree.root_node().has_error());
            let kept = if piece.len() < LARGE { KEPT } else { LARGE_KEPT };
            let open = if has_fault { None } else { marks::open_comment(piece, &self.work.language.hooks.marks) };
            self.trees.kept.insert(content, Kept { tree, has_fault, open, kept, needed: 0 });
        }
        let now = self.trees.texts;
        let kept = self.trees.kept.get_mut(&content)?;
        kept.needed = now;
        Some((content, kept.has_fault))
    }

    fn parse(&self, piece: &[u8], range: Range<usize>, row: usize, wanted: Wanted) -> Option<Option<Tree>> {
        let part = self.earlier.filter(|_| piece.len() >= LARGE).and_then(|it| it.part(range, row, self.bytes));
        let base = part.and_then(|part| {
            let known = self.trees.kept.get(&content(part.bytes, wanted))?;
            part.tree(known.tree.as_ref()?, piece)
        });
        if base.is_some() || wanted == Wanted::Joined {
            match self.work.parse(piece, base.as_ref(), Until::Error) {
                Outcome::Tree(tree) => return Some(Some(tree)),
                Outcome::Error if wanted == Wanted::Joined => return Some(None),
                Outcome::Error => {}
                Outcome::GivenUp => return None,
            }
        }
        match self.work.parse(piece, None, Until::End) {
            Outcome::Tree(tree) => Some(Some(tree)),
            Outcome::Error | Outcome::GivenUp => None,
        }
    }

    /// The parts, with those that may end in a comment up to where that ends: together they parse, or they do not.
    fn closed(&mut self, parts: Vec<Cut>) -> Option<Vec<Cut>> {
        let mut out = Vec::with_capacity(parts.len());
        let mut at = 0;
        while at < parts.len() {
            let mut part = parts[at].clone();
            at += 1;
            // With what follows it may end in another one.
            while let Some(needed) = self.end_of_comment(&part) {
                let more = parts[at..].iter().take_while(|next| next.range.start <= needed).count();
                let range = part.range.start..parts[at + more - 1].range.end;
                if range.len() > SPAN {
                    part.is_in_doubt = true;
                    break;
                }
                let (content, has_fault) = self.look(range.clone(), part.row, Wanted::Joined)?;
                if has_fault {
                    part.has_fault = true;
                    break;
                }
                part = Cut { range, content, ..part };
                at += more;
            }
            out.push(part);
        }
        Some(out)
    }

    /// Where the comment ends that a part may end in, if it ends anywhere.
    fn end_of_comment(&self, part: &Cut) -> Option<usize> {
        let close = self.trees.kept.get(&part.content)?.open?;
        memchr::memmem::find(&self.bytes[part.range.end..], close.as_bytes()).map(|length| part.range.end + length)
    }

    /// The parts, with one for several that parse together though the first does not by itself: they were cut where they
    /// must not be, within a text in quotes, say.
    fn joined(&mut self, parts: Vec<Cut>) -> Option<Vec<Cut>> {
        let mut out = Vec::with_capacity(parts.len());
        let mut at = 0;
        while at < parts.len() {
            let part = &parts[at];
            if part.has_fault
                && let Some(end) = self.end_of_joined(&parts[at..])
            {
                let range = part.range.start..end;
                let (content, has_fault) = self.look(range.clone(), part.row, Wanted::Joined)?;
                if !has_fault {
                    out.push(Cut { range, row: part.row, content, has_fault, is_in_doubt: false });
                    at += parts[at..].iter().take_while(|part| part.range.start < end).count();
                    continue;
                }
            }
            out.push(part.clone());
            at += 1;
        }
        Some(out)
    }

    /// Where a part has to end that goes on behind the first of these, by its marks; within [`SPAN`].
    fn end_of_joined(&self, parts: &[Cut]) -> Option<usize> {
        let start = parts[0].range.start;
        let ends: Vec<usize> = parts.iter().map(|part| part.range.end - start).take_while(|end| *end <= SPAN).collect();
        let window = &self.bytes[start..start + ends.last()?];
        let end = marks::end(window, &ends, &self.work.language.hooks.marks)?;
        (end > parts[0].range.len()).then_some(start + end)
    }
}

fn content(piece: &[u8], wanted: Wanted) -> u128 {
    xxh3_128_with_seed(piece, u64::from(wanted == Wanted::Joined))
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

/// Where a text is cut, but for its start and its end.
pub(super) fn cuts(bytes: &[u8], shape: Shape) -> Vec<usize> {
    let by_indent = shape == Shape::Indented;
    let mut cuts = Vec::new();
    let (mut start, mut last) = (0, 0);
    let (mut before, mut is_apart) = (Before::Nothing, false);
    // What the last line at the left edge that closes nothing began with.
    let mut opener = 0;
    // What the line is in.
    let (mut conditionals, mut namespaces) = (0u32, Namespaces::default());
    while start < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at + 1);
        let line = bytes[start..end].trim_ascii_end();
        let Some(&first) = line.first() else {
            is_apart = true;
            start = end;
            continue;
        };
        let is_edge = !first.is_ascii_whitespace();
        if is_edge && start - last >= LEAST && conditionals == 0 && namespaces.open == 0 {
            let begins = if by_indent {
                matches!(before, Before::Inside | Before::Ending | Before::Other) && begins_in_python(&bytes[start..])
            } else {
                begins(line, first, shape) && (before == Before::Closing || (before == Before::Ending && is_apart))
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
            } else {
                namespaces.pass(line);
            }
        }
        before = match first {
            _ if !is_edge => Before::Inside,
            // A comment belongs to what stands behind it, whatever it ends with.
            b'@' | b'#' if by_indent => Before::Leading,
            b'/' => Before::Other,
            b'-' if line.starts_with(b"--") => Before::Other,
            // Of attributes and annotations.
            b'}' | b')' | b']' if opener == b'@' || (opener == b'#' && shape != Shape::Preprocessed) => Before::Leading,
            b'}' | b')' | b']' if closes(line) => Before::Closing,
            b'e' if shape == Shape::Worded && matches!(line, b"end" | b"end)" | b"end,") => Before::Closing,
            _ if by_indent || line.ends_with(b";") => Before::Ending,
            _ => Before::Other,
        };
        if is_edge && !matches!(first, b'}' | b')' | b']') {
            opener = first;
        }
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
fn begins(line: &[u8], first: u8, shape: Shape) -> bool {
    const GOES_ON: &[&[u8]] = &[b"else", b"catch", b"finally", b"while", b"until", b"as", b"satisfies"];
    let length = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    match first {
        // `} name;` on two lines.
        _ if shape == Shape::Preprocessed && ends_declaration(line) => false,
        b'/' | b'#' | b'@' | b'_' | b'-' => true,
        _ if first.is_ascii_alphabetic() => !GOES_ON.contains(&&line[..length]),
        _ => false,
    }
}

/// Names that what is before may declare, or attributes of that.
fn ends_declaration(line: &[u8]) -> bool {
    let is_name = |name: &[u8]| {
        let name = name.trim_ascii();
        name.iter().skip_while(|&&byte| byte == b'*').all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let names = line.strip_suffix(b";");
    line.starts_with(b"__attribute__") || names.is_some_and(|names| names.split(|&byte| byte == b',').all(is_name))
}

/// A definition begins, perhaps with comments before it.
fn begins_in_python(text: &[u8]) -> bool {
    let mut lines = text.split(|&byte| byte == b'\n');
    let first = lines.find(|line| !line.starts_with(b"#") && !line.trim_ascii().is_empty()).unwrap_or_default();
    [&b"def "[..], b"class ", b"async def ", b"@"].iter().any(|word| first.starts_with(word))
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

/// The braces at the left edge: what is in a namespace is often not indented.
#[derive(Debug, Default)]
struct Namespaces {
    /// For each that is open whether it is a namespace's.
    braces: Vec<bool>,
    open: usize,
    /// The brace of a namespace may stand on the next line.
    is_announced: bool,
}

impl Namespaces {
    /// A line that begins at the left edge.
    fn pass(&mut self, line: &[u8]) {
        let code = memchr::memmem::find(line, b"//").map_or(line, |comment| line[..comment].trim_ascii_end());
        if line[0] == b'}' {
            // The remark that is usual there tells even where a brace is missing before.
            while let Some(closed) = self.braces.pop() {
                self.open -= usize::from(closed);
                if closed || !says_namespace(line) {
                    break;
                }
            }
        }
        let begins = [&b"namespace"[..], b"inline namespace", b"extern \""].iter().any(|word| line.starts_with(word));
        if code.ends_with(b"{") {
            let is_namespace = begins || (self.is_announced && code == b"{");
            if is_namespace {
                // In a function there is none.
                while self.braces.pop_if(|namespace| !*namespace).is_some() {}
            }
            self.braces.push(is_namespace);
            self.open += usize::from(is_namespace);
        }
        self.is_announced = begins && !code.ends_with(b"{") && !code.ends_with(b";") && !code.ends_with(b"}");
    }
}

fn says_namespace(line: &[u8]) -> bool {
    let has = |word: &[u8]| memchr::memmem::find(line, word).is_some();
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
        let text = "a\n~\n# of b\n\n# of b\ndef b():\n~\n# in b\n    c\n";
        assert_eq!(cut(text, Shape::Indented), ["a", "# of b # of b def b(): # in b c"]);
        let text = "x = 1\n~\ndef a():\n    b\n~\n@c\n@d\n~\ndef e():\n    f\n~\nelse:\n    g\n";
        assert_eq!(cut(text, Shape::Indented), ["x = 1", "def a(): b", "@c @d def e(): f else: g"]);
    }

    #[test]
    fn what_goes_on_is_not_cut_off() {
        let text = "typedef struct {\n~\n}\na_t, *a_p;\nint b() {\n~\n}\nint c;\n";
        assert_eq!(cut(text, Shape::Preprocessed), ["typedef struct { } a_t, *a_p; int b() { }", "int c;"]);
        let text = "#[derive(\n~\n    Debug\n)]\nstruct A;\n@B({\n~\n})\nclass C {\n~\n}\n// d;\n\nclass D {\n}\n";
        let pieces = ["#[derive( Debug )] struct A; @B({ }) class C { }", "// d; class D { }"];
        assert_eq!(cut(text, Shape::Braces), pieces);
    }

    #[test]
    fn leaves_conditionals_and_namespaces_alone() {
        let text = "#ifndef A\n#define A\nint a() {\n~\n}\nint b() {\n#if X\n~\n}\n#endif\nint c() {\n~\n}\nint d;\n";
        assert_eq!(
            cut(text, Shape::Preprocessed),
            ["#ifndef A #define A int a() { }", "int b() { #if X } #endif int c() { }", "int d;"]
        );
        let text = "namespace a\n{\nint b()\n{\n~\n}\nint c() {\n~\n}\n}\nint d() {\n~\n}\nint e() {}\n";
        let pieces = ["namespace a { int b() { } int c() { } }", "int d() { }", "int e() {}"];
        assert_eq!(cut(text, Shape::Preprocessed), pieces);
        let text = "namespace a {\nint b() {\n~\n}\nint c() {\n~\n}\n}  // namespace a\nint d;\n";
        assert_eq!(
            cut(text, Shape::Preprocessed),
            ["namespace a { int b() { } int c() { } } // namespace a", "int d;"]
        );
    }
}
