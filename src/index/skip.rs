//! Which files of a known language are not worth indexing, by what is in them, and why.

use std::borrow::Cow;

use crate::{
    languages::Language,
    record::{Skip, SkipReason},
    text::NotText,
};

/// What a look at the bytes speaks against, if anything.
pub fn by_content(bytes: &[u8], language: &Language) -> Option<Skip> {
    minified(bytes, language).or_else(|| generated(bytes))
}

pub fn binary(cause: NotText) -> Skip {
    Skip { reason: SkipReason::Binary, detail: cause.to_string() }
}

pub fn oversized(size: u64, limit: u64) -> Skip {
    let detail = format!("{}, the limit is {}", megabytes(size), megabytes(limit));
    Skip { reason: SkipReason::Oversized, detail }
}

pub fn unreadable(cause: &std::io::Error) -> Skip {
    Skip { reason: SkipReason::Unreadable, detail: cause.to_string() }
}

pub fn not_a_file(what: &str) -> Skip {
    Skip { reason: SkipReason::NotAFile, detail: format!("a {what}") }
}

pub fn parse_limit() -> Skip {
    let limit = crate::parse::Parsed::TIME_LIMIT.as_secs();
    Skip { reason: SkipReason::ParseLimit, detail: format!("parsing took longer than {limit} seconds") }
}

/// A panic while extracting. The file's records would be wrong or missing, hence the file counts as not readable.
pub fn internal_error(cause: &str) -> Skip {
    let detail = format!("internal error, please report it with this file: {cause}");
    Skip { reason: SkipReason::Unreadable, detail }
}

fn megabytes(bytes: u64) -> String {
    if bytes < 1 << 20 {
        format!("{:.1} KiB", bytes as f64 / 1024.0)
    } else {
        format!("{:.1} MiB", bytes as f64 / 1024.0 / 1024.0)
    }
}

/// The bound of GitHub's Linguist (`BlobHelper#minified_files?`), which it puts to JavaScript and CSS: nobody writes lines
/// of 110 bytes on average there.
const MINIFIED_WEB_LINE: usize = 110;
/// In any other language only tables of data come near.
const MINIFIED_LINE: usize = 500;
/// What is smaller costs nothing.
const MINIFIED_SIZE: usize = 4096;

fn minified(bytes: &[u8], language: &Language) -> Option<Skip> {
    let limit = match language.name {
        "javascript" | "css" => MINIFIED_WEB_LINE,
        _ => MINIFIED_LINE,
    };
    if bytes.len() <= MINIFIED_SIZE {
        return None;
    }
    // UTF-16 has its line ends as bytes, too; that its lines count twice is far from either limit.
    let lines = memchr::memchr_iter(b'\n', bytes).count().max(memchr::memchr_iter(b'\r', bytes).count()) + 1;
    let average = bytes.len() / lines;
    (average > limit).then(|| Skip {
        reason: SkipReason::Minified,
        detail: format!("lines of {average} bytes on average, the limit is {limit}"),
    })
}

/// How far a file is searched for a generator's mark.
const HEAD: usize = 2048;

/// A generator's mark stands in the comment at the file's start, at the beginning of a line or of a sentence that speaks
/// of this file. A file that only tells of such marks, in its code or in the middle of a sentence, bears none.
fn generated(bytes: &[u8]) -> Option<Skip> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
    let (number, line) = leading_comments(&head).find(|(_, line)| is_generators_mark(line))?;
    let line: Cow<str> = match line.char_indices().nth(80) {
        Some((at, _)) => format!("{}...", &line[..at]).into(),
        None => line.into(),
    };
    Some(Skip { reason: SkipReason::Generated, detail: format!("line {number} says: {line}") })
}

/// What opens and closes a comment that may run over several lines, in the languages at hand.
const BLOCKS: [(&str, &str); 5] = [("/*", "*/"), ("\"\"\"", "\"\"\""), ("'''", "'''"), ("<!--", "-->"), ("(*", "*)")];
const LINE_COMMENTS: [&str; 4] = ["//", "#", "--", ";"];

/// The lines of the comments that a file starts with: their numbers from 1, and their text without comment signs.
fn leading_comments(head: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut block_end: Option<&str> = None;
    let head = head.strip_prefix('\u{feff}').unwrap_or(head);
    let lines = head.lines().enumerate().map_while(move |(index, line)| {
        let line = line.trim();
        if let Some(end) = block_end {
            if line.contains(end) {
                block_end = None;
            }
        } else if let Some((start, end)) = BLOCKS.iter().find(|(start, _)| line.starts_with(start)) {
            if !line[start.len()..].contains(end) {
                block_end = Some(end);
            }
        } else if !line.is_empty() && !LINE_COMMENTS.iter().any(|sign| line.starts_with(sign)) {
            return None;
        }
        Some((index + 1, line))
    });
    lines.map(|(number, line)| (number, line.trim_matches(is_sign))).filter(|(_, line)| !line.is_empty())
}

fn is_sign(c: char) -> bool {
    c.is_whitespace() || matches!(c, '/' | '*' | '#' | '-' | ';' | '!' | '"' | '\'' | '<' | '>' | '(' | ')' | '=')
}

fn is_generators_mark(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let starts = |starts: &[&str]| starts.iter().any(|start| line.starts_with(start));
    let hands_off = ["do not edit", "do not modify", "don't edit"].iter().any(|words| line.contains(words));
    let of_this_file = starts(&["this file ", "this code ", "this module ", "this is "]);
    let announced = starts(&[
        "@generated",
        "generated by the protocol buffer compiler",
        "automatically generated by ",
        "automatically generated from ",
        "autogenerated by ",
        "auto-generated by ",
        "auto-generated from ",
    ]);
    let told = of_this_file
        && [
            "@generated",
            "automatically generated",
            "auto-generated",
            "autogenerated",
            "was generated by",
            "is generated by",
        ]
        .iter()
        .any(|words| line.contains(words));
    let forbidden = hands_off && (starts(&["code generated ", "generated "]) || line.contains(" generated "));
    // .NET's `<auto-generated>`, without its brackets.
    let tagged = line == "auto-generated";
    announced || told || forbidden || tagged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages;

    fn reason(text: &str) -> Option<SkipReason> {
        by_content(text.as_bytes(), languages::by_name("python").unwrap()).map(|skip| skip.reason)
    }

    #[test]
    fn generators_marks_are_seen() {
        for text in [
            "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage x\n",
            "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n# source: a.proto\n",
            "/* automatically generated by rust-bindgen 0.69.4 */\n",
            "# This file is automatically @generated by Cargo.\n",
            "// @generated\n",
            "/*\n * @generated SignedSource<<1234>>\n */\n",
            "\"\"\"Keywords.\n\nThis file is automatically generated; please don't muck it up!\n\"\"\"\n",
            "# Auto-generated by Tools/build/generate_token.py\n",
            "\u{feff}//------\n// <auto-generated>\n//  tool\n",
            "#!/usr/bin/env python\n\n# This file was automatically generated by SWIG\n",
        ] {
            assert_eq!(reason(text), Some(SkipReason::Generated), "{text}");
        }
    }

    #[test]
    fn what_only_tells_of_marks_is_kept() {
        for text in [
            "# Files that are marked `@generated` are left out.\n",
            "# We look for the words Code generated by a tool in a comment.\n",
            "MARK = '@generated'\n# @generated\n",
            "MARKS = ['Code generated by x. DO NOT EDIT.']\n",
            "import re\n\"\"\"This file was automatically generated by me\"\"\"\n",
            "# Reports are generated by this module.\n",
            "# Tests that the automatically generated docs are right.\n",
            "\"\"\"Doc.\"\"\"\nx = 1\n# Code generated by x. DO NOT EDIT.\n",
        ] {
            assert_eq!(reason(text), None, "{text}");
        }
    }

    #[test]
    fn the_reason_names_the_line() {
        let text = "# one\n#\n# Code generated by x. DO NOT EDIT.\n";
        assert_eq!(generated(text.as_bytes()).unwrap().detail, "line 3 says: Code generated by x. DO NOT EDIT.");
    }

    #[test]
    fn long_lines_are_minified_code() {
        assert_eq!(reason(&"x = 1; ".repeat(1000)), Some(SkipReason::Minified));
        assert_eq!(reason(&"x = 1; ".repeat(100)), None);
        assert_eq!(reason(&"x = 1\n".repeat(1000)), None);
        assert_eq!(reason(&"x = 1\r".repeat(1000)), None);
    }

    #[test]
    fn sizes_are_told_in_units_that_fit() {
        assert_eq!(oversized(5 << 20, 4 << 20).detail, "5.0 MiB, the limit is 4.0 MiB");
        assert_eq!(oversized(2048, 1024).detail, "2.0 KiB, the limit is 1.0 KiB");
    }
}
