//! Somebody who types: edits of one text as people make them, by chance that can be repeated.
//!
//! Most edits come in a sitting at one place: characters one after the other, which break the syntax and mend it again, lines
//! and blocks that go and come, brackets and quotes without their partners, characters beyond ASCII, line ends of other
//! systems. Most sittings are undone edit by edit; so the text stays what people work on, whole but for one or a few places.

use std::ops::Range;

use crate::dice::Dice;

/// One edit: these bytes of the text become that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keystroke {
    pub range: Range<usize>,
    pub text: String,
    pub what: &'static str,
}

/// What opens or closes something, in one language or another.
const MARKS: &[&str] = &[
    "{", "}", "(", ")", "[", "]", "\"", "'", "`", "/*", "*/", "\"\"\"", "//", "#", "<", ">", "${", "r#\"", "\\", ";",
    ":", "#if 0\n", "#endif\n",
];
const BEYOND_ASCII: &[&str] = &["ß", "→", "😀", "é", "\u{feff}", "\u{2028}", "名前"];
const LINE_ENDS: &[&str] = &["\n", "\r\n", "\r"];
/// What is typed character by character.
const PHRASES: &[&str] = &[
    "if (x) { y(); }",
    "x = [1, (2), \"three\"]",
    "def f(a, b=2):\n    return a\n",
    "fn f(a: u8) -> u8 { a + 1 }\n",
    "func (t T) name() error {\n\treturn nil\n}\n",
    "class A extends B {\n  m() { return `a ${b} c`; }\n}\n",
    "int f(char *s) { return s[0] == 'x' ? 1 : 0; }\n",
    "for (;;) { break; }\n",
    "/* a remark\n * of lines */\n",
    "// a remark\n",
    "@decorated\n",
    "value.member(1).other",
    "struct S { int a; };\n",
    "else:\n    pass\n",
    "    ",
];
/// In bytes: undone at the latest, when so much has come or gone.
const MAX_DRIFT: usize = 1 << 16;

/// A text under somebody's hands.
#[derive(Debug)]
pub struct Typist {
    pub text: String,
    /// What it was at first.
    whole: String,
    dice: Dice,
    /// How to take back what was done in this sitting, the last first to be taken.
    undo: Vec<Keystroke>,
    /// Edits of this sitting that are still to come, and those that will be taken back.
    left: usize,
    back: usize,
    caret: usize,
    /// What is being typed, in reverse.
    phrase: Vec<char>,
    count: u64,
}

impl Typist {
    pub fn new(text: String, seed: u64) -> Self {
        Typist {
            whole: text.clone(),
            text,
            dice: Dice::new(seed, 0),
            undo: Vec::new(),
            left: 0,
            back: 0,
            caret: 0,
            phrase: Vec::new(),
            count: 0,
        }
    }

    /// The next edit, done.
    pub fn next(&mut self) -> Keystroke {
        self.count += 1;
        // From time to time all is as it was: else little is whole after long.
        if self.count.is_multiple_of(500) || self.text.len().abs_diff(self.whole.len()) > MAX_DRIFT {
            (self.left, self.back) = (0, 0);
            self.undo.clear();
            self.phrase.clear();
            let stroke = Keystroke { range: 0..self.text.len(), text: self.whole.clone(), what: "all as it was" };
            self.text.clone_from(&self.whole);
            return stroke;
        }
        if self.left == 0 && self.back > 0 {
            self.back -= 1;
            if let Some(stroke) = self.undo.pop() {
                return self.done(Keystroke { what: "undone", ..stroke }, false);
            }
        }
        if self.left == 0 {
            self.sit_down();
        }
        self.left -= 1;
        let stroke = self.any();
        self.done(stroke, true)
    }

    fn sit_down(&mut self) {
        self.undo.clear();
        self.phrase.clear();
        self.left = 1 + self.dice.below(16);
        self.back = if self.dice.below(8) == 0 { 0 } else { self.left };
        let caret = self.dice.below(self.text.len() + 1);
        self.caret = self.boundary(caret);
    }

    /// Does an edit, and keeps how to take it back.
    fn done(&mut self, mut stroke: Keystroke, keep: bool) -> Keystroke {
        // No client can name a place within a line end.
        let is_within = |text: &str, at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
        if is_within(&self.text, stroke.range.start) {
            stroke.range.start -= 1;
            stroke.text.insert(0, '\r');
        }
        if is_within(&self.text, stroke.range.end) {
            stroke.range.end += 1;
            stroke.text.push('\n');
        }
        let old = self.text[stroke.range.clone()].to_owned();
        self.text.replace_range(stroke.range.clone(), &stroke.text);
        let end = stroke.range.start + stroke.text.len();
        if keep {
            self.undo.push(Keystroke { range: stroke.range.start..end, text: old, what: "undone" });
        }
        self.caret = end;
        stroke
    }

    fn boundary(&self, mut at: usize) -> usize {
        at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn any(&mut self) -> Keystroke {
        self.caret = self.boundary(self.caret);
        let here = self.caret..self.caret;
        if let Some(next) = self.phrase.pop() {
            return Keystroke { range: here, text: next.to_string(), what: "typed" };
        }
        let insert = |what, text: &str| Keystroke { range: here.clone(), text: text.to_owned(), what };
        match self.dice.below(20) {
            0..=6 => {
                let phrase = self.dice.pick(PHRASES);
                self.phrase = phrase.chars().rev().collect();
                let first = self.phrase.pop().unwrap_or(' ');
                insert("typed", first.encode_utf8(&mut [0; 4]))
            }
            7 | 8 => insert("a mark", self.dice.pick(MARKS)),
            9 => {
                // The next mark there is goes.
                let from = &self.text[self.caret..];
                match from.find(|c: char| "{}()[]\"'`;:".contains(c)) {
                    Some(at) => Keystroke {
                        range: self.caret + at..self.caret + at + 1,
                        text: String::new(),
                        what: "a mark deleted",
                    },
                    None => insert("a mark", "}"),
                }
            }
            10 | 11 => {
                let start = self.boundary(self.caret.saturating_sub(1));
                Keystroke { range: start..self.caret, text: String::new(), what: "a character deleted" }
            }
            12 | 13 => {
                let length = if self.dice.below(2) == 0 { 1 } else { 1 + self.dice.below(40) };
                let range = self.lines(self.caret, length);
                Keystroke { range, text: String::new(), what: "lines deleted" }
            }
            14 | 15 => {
                let from = self.dice.below(self.text.len() + 1);
                let length = if self.dice.below(2) == 0 { 1 } else { 1 + self.dice.below(40) };
                let text = self.text[self.lines(from, length)].to_owned();
                let start = self.lines(self.caret, 1).start;
                Keystroke { range: start..start, text, what: "lines pasted" }
            }
            16 => insert("beyond ASCII", self.dice.pick(BEYOND_ASCII)),
            17 => insert("a line end", self.dice.pick(LINE_ENDS)),
            18 => {
                let start = self.lines(self.caret, 1).start;
                Keystroke { range: start..start, text: "    ".to_owned(), what: "indented" }
            }
            _ => {
                // A piece of a line gives way to a piece of another.
                let other = self.dice.below(self.text.len() + 1);
                let length = self.dice.below(30);
                let (start, end) = (self.boundary(other), self.boundary(other + length));
                let text = self.text[start..end.max(start)].to_owned();
                let length = self.dice.below(12);
                let end = self.boundary(self.caret + length);
                Keystroke { range: self.caret..end.max(self.caret), text, what: "a piece pasted" }
            }
        }
    }

    /// Whole lines from where an offset stands.
    fn lines(&self, at: usize, count: usize) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let at = at.min(bytes.len());
        let start = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let mut end = start;
        for _ in 0..count {
            end += bytes[end..].iter().position(|&byte| byte == b'\n').map_or(bytes.len() - end, |line| line + 1);
        }
        start..end
    }
}

/// So many lines of real code: whole files one after the other, picked by chance. Files of more than a third of it are left
/// out, as are those that were written by programs.
pub fn long_text(sources: &[&str], lines: usize, seed: u64) -> String {
    let mut dice = Dice::new(seed, 1);
    let count = |text: &str| text.bytes().filter(|&byte| byte == b'\n').count();
    let longest = |text: &str| text.lines().map(str::len).max().unwrap_or_default();
    let fit: Vec<(&str, usize)> = sources
        .iter()
        .map(|text| (*text, count(text)))
        .filter(|(text, length)| *length >= 20 && *length <= lines / 3 && longest(text) < 1000)
        .collect();
    let (mut text, mut have) = (String::new(), 0);
    while have < lines && !fit.is_empty() {
        let (one, length) = fit[dice.below(fit.len())];
        text.push_str(one);
        text.push('\n');
        have += length + 1;
    }
    text
}
