//! Ways to spoil a text, by chance.

use std::ops::Range;

use crate::{dice::Dice, support::File};

/// What parsers stumble over, in both languages.
const SNIPPETS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "'",
    "\"",
    "\"\"\"",
    "r#\"",
    "\"#",
    "//",
    "/*",
    "*/",
    "#",
    "\\",
    ";",
    ":",
    "::",
    ",",
    ".",
    "..",
    "=>",
    "->",
    "?",
    "!",
    "&",
    "|",
    "@",
    "$",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "    ",
    "\u{c}",
    "\u{feff}",
    "ä",
    "\u{1f600}",
    "\u{0}",
    "fn ",
    "fn f() {",
    "impl ",
    "impl X for Y {",
    "mod m {",
    "struct S",
    "enum E {",
    "match ",
    "match x {",
    "if ",
    "if x {",
    "else ",
    "else if ",
    "loop {",
    "while ",
    "for x in ",
    "return ",
    "break",
    "break 'a",
    "continue",
    "let ",
    "let else",
    "async ",
    "unsafe ",
    "macro_rules! m {",
    "#[cfg(test)]",
    "use a::{b, c};",
    "dyn ",
    "where ",
    "def f(",
    "def f():\n    ",
    "class C:",
    "class C(",
    "lambda ",
    "try:",
    "except ",
    "except* E:",
    "finally:",
    "raise ",
    "with ",
    "with a as b:",
    "elif ",
    "else:",
    "yield ",
    "await ",
    "async def ",
    "import ",
    "from a import b",
    "pass",
    "match x:\n    case ",
    "global x",
    "nonlocal x",
    "del ",
    "assert ",
    "f'{",
    "f\"\"\"{x!r:>{w}}",
    "*args",
    "**kw",
];

/// A part of a text that is not too long, from one line's start to another's.
pub fn window<'a>(bytes: &'a [u8], most: usize, dice: &mut Dice) -> &'a [u8] {
    if bytes.len() <= most {
        return bytes;
    }
    let from = dice.below(bytes.len() - most);
    let from = bytes[..from].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    &bytes[from..from + most]
}

/// The text after one to eight accidents.
pub fn spoiled(text: &[u8], other: &File, dice: &mut Dice) -> Vec<u8> {
    let mut text = text.to_vec();
    for _ in 0..dice.below(9) {
        accident(&mut text, other, dice);
    }
    text
}

fn accident(text: &mut Vec<u8>, other: &File, dice: &mut Dice) {
    let at = dice.below(text.len() + 1);
    match dice.below(12) {
        0 => drop(text.drain(token(text, at))),
        1 => {
            let again = text[token(text, at)].repeat(1 + dice.below(4));
            insert(text, at, &again);
        }
        2..=4 => insert(text, at, dice.pick(SNIPPETS).as_bytes()),
        5 => insert(text, at, dice.pick(SNIPPETS).as_bytes().repeat(1 + dice.below(200)).as_slice()),
        6 => text.truncate(at),
        7 => drop(text.drain(..at)),
        8 => {
            let noise: Vec<u8> = (0..dice.below(20)).map(|_| dice.below(256) as u8).collect();
            insert(text, at, &noise);
        }
        9 => {
            let to = (at + dice.below(2000)).min(text.len());
            text.drain(at..to);
        }
        10 => {
            let part = window(other.text.bytes(), 500, dice).to_vec();
            insert(text, at, &part);
        }
        // Line ends of another kind, throughout.
        _ => {
            let end: &[u8] = if dice.below(2) == 0 { b"\r\n" } else { b"\r" };
            *text = text.split(|&byte| byte == b'\n').collect::<Vec<_>>().join(end);
        }
    }
}

fn insert(text: &mut Vec<u8>, at: usize, what: &[u8]) {
    text.splice(at..at, what.iter().copied());
}

/// The word or the single byte at a place.
fn token(text: &[u8], at: usize) -> Range<usize> {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let start = at - text[..at].iter().rev().take_while(|byte| part(byte)).count();
    let end = at + text[at..].iter().take_while(|byte| part(byte)).count();
    if start == end { at..(at + 1).min(text.len()) } else { start..end }
}

/// A place between two characters, for an edit as an editor makes it.
pub fn boundary(text: &str, dice: &mut Dice) -> usize {
    let mut at = dice.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Something to type.
pub fn typed(dice: &mut Dice) -> String {
    let mut typed = String::new();
    for _ in 0..dice.below(3) {
        typed += dice.pick(SNIPPETS);
    }
    typed
}
