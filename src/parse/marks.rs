//! Where what is opened in a text is closed, by its marks alone: brackets, and what goes on over lines. Whether the text
//! parses is for the parser to say; this tells how much of it is worth a try.

use crate::languages::roles::Marks;

/// The first of these ends at which everything is closed that was opened; none if something stays open, or is closed that
/// was not opened.
pub(super) fn end(text: &[u8], ends: &[usize], marks: &Marks) -> Option<usize> {
    let (mut at, mut depth) = (0, 0u32);
    for &end in ends {
        while at < end {
            let rest = &text[at..];
            match rest[0] {
                b'(' | b'[' | b'{' if !begins_span(rest, marks) => depth += 1,
                b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
                byte if byte.is_ascii_alphanumeric() && !marks.has_wordy_spans => {}
                byte if byte.is_ascii_whitespace() => {}
                byte => {
                    at += length(rest, byte, marks)?;
                    continue;
                }
            }
            at += 1;
        }
        if at == end && depth == 0 {
            return Some(end);
        }
    }
    None
}

/// What would end the comment that a text ends in. To a parser that does not see the end its mark may be something else:
/// `a /*b` without a `*/` is a division.
pub(super) fn open_comment(text: &[u8], marks: &Marks) -> Option<&'static str> {
    let is_comment = |open: &str| open == "/*" || marks.line_comments.iter().any(|comment| open.starts_with(comment));
    let mut at = 0;
    while at < text.len() {
        let (rest, byte) = (&text[at..], text[at]);
        let is_plain = byte.is_ascii_whitespace() || (byte.is_ascii_alphanumeric() && !marks.has_wordy_spans);
        at += match length(rest, byte, marks) {
            _ if is_plain => 1,
            Some(length) => length,
            None => {
                let span = marks.spans.iter().find(|span| rest.starts_with(span.open.as_bytes()))?;
                if is_comment(span.open) {
                    return Some(span.close);
                }
                // Of a text in quotes the parser knows that it does not end. It may also be none.
                span.open.len()
            }
        };
    }
    None
}

fn begins_span(rest: &[u8], marks: &Marks) -> bool {
    marks.spans.iter().any(|span| rest.starts_with(span.open.as_bytes()))
}

/// Of what begins here; none if it does not end.
fn length(rest: &[u8], first: u8, marks: &Marks) -> Option<usize> {
    if let Some(span) = marks.spans.iter().find(|span| rest.starts_with(span.open.as_bytes())) {
        return closed(&rest[span.open.len()..], span.close.as_bytes(), span.escapes)
            .map(|length| span.open.len() + length);
    }
    if marks.line_comments.iter().any(|comment| rest.starts_with(comment.as_bytes())) {
        return Some(memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
    }
    if marks.quotes.contains(&first) {
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        // One that does not end in its line is a fault of that line.
        return Some(closed(&line[1..], &[first], true).map_or(line.len(), |length| 1 + length));
    }
    // A character; what is no character begins with the same mark (a lifetime).
    let is_character = first == b'\'' && rest.len() > 3 && (rest[1] == b'\\' || rest[2] == b'\'');
    Some(if is_character { memchr::memchr(b'\'', &rest[2..]).map_or(1, |length| length + 3) } else { 1 })
}

/// As far as behind the mark that closes.
fn closed(text: &[u8], close: &[u8], escapes: bool) -> Option<usize> {
    let mut from = 0;
    loop {
        let found = from + memchr::memmem::find(&text[from..], close)?;
        let backslashes = text[..found].iter().rev().take_while(|&&byte| byte == b'\\').count();
        if !escapes || backslashes.is_multiple_of(2) {
            return Some(found + close.len());
        }
        from = found + 1;
    }
}

#[cfg(test)]
mod tests {
    use crate::{languages, text};

    /// The lines of a text up to where everything is closed.
    fn lines(language: &str, text: &str) -> Option<usize> {
        let ends: Vec<usize> =
            text::LineIndex::new(text.as_bytes()).starts()[1..].iter().map(|&at| at as usize).collect();
        let language = languages::by_name(language).expect("a language of ours");
        let end = super::end(text.as_bytes(), &ends, &language.hooks.marks)?;
        Some(text[..end].lines().count())
    }

    #[test]
    fn what_is_opened_is_closed() {
        assert_eq!(lines("go", "x := `\nfunc a() {\n`\ny\n"), Some(3));
        assert_eq!(lines("go", "f(func() {\n\"}\"\n'}'\n// }\n/* }\n */\n})\n"), Some(7));
        assert_eq!(lines("javascript", "(function () {\nfunction a() {\n}\n})();\n"), Some(4));
        assert_eq!(lines("python", "a = \"\"\"\ndef b(:\n\"\"\"\n"), Some(3));
        assert_eq!(lines("rust", "fn a<'a>(x: &'a str) {\nlet y = '{';\nlet z = '\\'';\n}\n"), Some(4));
        assert_eq!(lines("rust", "let a = r#\"\nfn \"b\" {\n\"#;\n"), Some(3));
        assert_eq!(lines("lua", "--[[\nfunction a(\n]]\nx[[\n(]]\n"), Some(3));
        assert_eq!(lines("cpp", "x = R\"(\n{)\";\n"), Some(2));
    }

    #[test]
    fn a_comment_stays_open() {
        let open = |name: &str, text: &str| {
            let language = languages::by_name(name).expect("a language of ours");
            super::open_comment(text.as_bytes(), &language.hooks.marks)
        };
        assert_eq!(open("go", "a /*b = c\n"), Some("*/"));
        assert_eq!(open("go", "a /*b*/ = c // /*\n\"/*\"\n"), None);
        assert_eq!(open("lua", "a = b --[[\nc"), Some("]]"));
        assert_eq!(open("rust", "fn a<'b>() { r#\"/*\"#; '/'; }"), None);
        assert_eq!(open("javascript", "`\n/* a"), Some("*/"));
        assert_eq!(open("python", "a /*b"), None);
    }

    #[test]
    fn what_stays_open_ends_nowhere() {
        assert_eq!(lines("rust", "fn a() {\nx\n"), None);
        assert_eq!(lines("rust", "}\nfn a() {\n}\n"), None);
        assert_eq!(lines("java", "/* a\nb\n"), None);
        assert_eq!(lines("java", "String a = \"b;\nc\n"), Some(1), "a fault of its line");
    }
}
