//! Where a text is cut into pieces. It follows from its lines alone: before what begins at the left edge behind a line that
//! ends something there.

use crate::languages::roles::Shape;

/// In bytes: a piece is no smaller, unless it is the last. Each has its costs.
const LEAST: usize = 1 << 10;

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
        if is_edge && start - last >= LEAST && conditionals == 0 && namespaces.open.is_empty() {
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
        if shape == Shape::Preprocessed && line.trim_ascii_start().starts_with(b"#") {
            let word = line.trim_ascii_start()[1..].trim_ascii_start();
            namespaces.pass_directive(word);
            if is_edge && word.starts_with(b"if") && !guards(word, &bytes[end..]) {
                conditionals += 1;
            } else if is_edge && word.starts_with(b"endif") {
                conditionals = conditionals.saturating_sub(1);
            }
        } else if shape == Shape::Preprocessed {
            namespaces.pass(line, is_edge);
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

/// The namespaces that a line is in: what is in one is often not indented.
#[derive(Debug, Default)]
struct Namespaces {
    /// Braces that are open.
    depth: usize,
    /// For each namespace that is open: how many were open before it.
    open: Vec<usize>,
    /// The brace of a namespace may stand on the next line.
    is_announced: bool,
    /// Conditionals that are open, and the outermost in whose further branches the line is: they open and close what the
    /// first has opened and closed.
    conditionals: usize,
    passed_by: Option<usize>,
}

impl Namespaces {
    fn pass_directive(&mut self, word: &[u8]) {
        if word.starts_with(b"if") {
            self.conditionals += 1;
        } else if word.starts_with(b"el") {
            self.passed_by.get_or_insert(self.conditionals);
        } else if word.starts_with(b"endif") {
            self.passed_by.take_if(|outer| *outer == self.conditionals);
            self.conditionals = self.conditionals.saturating_sub(1);
        }
    }

    fn pass(&mut self, line: &[u8], is_edge: bool) {
        if self.passed_by.is_some()
            || [&b"//"[..], b"/*", b"*"].iter().any(|mark| line.trim_ascii_start().starts_with(mark))
        {
            return;
        }
        let words = [&b"namespace"[..], b"inline namespace", b"extern \""];
        let begins = is_edge && words.iter().any(|word| line.starts_with(word));
        let mut is_namespace = begins || self.is_announced;
        let before = self.open.len();
        for brace in braces(line) {
            if brace == b'{' {
                if std::mem::take(&mut is_namespace) {
                    self.open.push(self.depth);
                }
                self.depth += 1;
            } else {
                self.depth = self.depth.saturating_sub(1);
                self.open.pop_if(|outer| *outer >= self.depth);
            }
        }
        // The remark that is usual there tells even where a brace is missing before.
        if is_edge
            && line[0] == b'}'
            && self.open.len() == before
            && says_namespace(line)
            && let Some(outer) = self.open.pop()
        {
            self.depth = outer;
        }
        self.is_announced = is_namespace && !line.ends_with(b";");
    }
}

/// The braces of a line that are code, as far as it says itself.
fn braces(line: &[u8]) -> impl Iterator<Item = u8> {
    // Most lines have none.
    let mut at = if memchr::memchr2(b'{', b'}', line).is_some() { 0 } else { line.len() };
    std::iter::from_fn(move || {
        while at < line.len() {
            let byte = line[at];
            at += 1;
            match byte {
                b'{' | b'}' => return Some(byte),
                b'/' if line[at..].starts_with(b"/") => return None,
                b'"' => {
                    while at < line.len() && line[at] != b'"' {
                        at += 1 + usize::from(line[at] == b'\\');
                    }
                    at += 1;
                }
                b'\'' if line.get(at + 1) == Some(&b'\'') => at += 2,
                _ => {}
            }
        }
        None
    })
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
        let text = "namespace a {\nA::A()\n    : b(c) {\n~\n}\nint d = '{';\n#if X\n    if (e) {\n#else\n    {\n#endif\n    }\n";
        let text = format!("{text}int f(\"}}}}\") {{\n~\n}}\n}}\nint g() {{\n~\n}}\nint h() {{}}\n");
        assert_eq!(cut(&text, Shape::Preprocessed).len(), 3, "the namespace, and what stands behind it");
        let text = "namespace a {\nint b() {\n~\n}\nint c() {\n~\n}\n}  // namespace a\nint d;\n";
        assert_eq!(
            cut(text, Shape::Preprocessed),
            ["namespace a { int b() { } int c() { } } // namespace a", "int d;"]
        );
    }
}
