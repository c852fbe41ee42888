//! Types that JSDoc comments define: `@typedef {Object} Name`, `@callback Name`.

use std::ops::Range;

/// A type in braces that is longer, in characters, is none.
const MAX_TYPE: usize = 4_000;

/// Where the names are. A comment may define several.
pub(super) fn types_in_comment(comment: &str) -> Vec<Range<usize>> {
    if !comment.starts_with("/**") {
        return Vec::new();
    }
    let tags = comment.match_indices("@typedef").chain(comment.match_indices("@callback"));
    let mut names: Vec<Range<usize>> = tags.filter_map(|(at, tag)| name_behind(comment, at, at + tag.len())).collect();
    names.sort_by_key(|name| name.start);
    names
}

/// The name behind a tag that starts a line, and behind the type in braces that may stand between.
fn name_behind(comment: &str, tag_start: usize, tag_end: usize) -> Option<Range<usize>> {
    let starts_line = comment[..tag_start].trim_end_matches([' ', '\t']).ends_with(['*', '\n']);
    let behind = &comment[tag_end..];
    if !starts_line || !behind.starts_with(|c: char| c.is_whitespace() || c == '{') {
        return None;
    }
    let behind = skip_filling(behind);
    let behind = match behind.strip_prefix('{') {
        Some(inside) => skip_filling(behind_brace(inside)?),
        None => behind,
    };
    let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let length = behind.find(|c| !is_of_name(c)).unwrap_or(behind.len());
    let start = comment.len() - behind.len();
    (length > 0 && !behind.starts_with(|c: char| c.is_ascii_digit())).then_some(start..start + length)
}

/// What comes after white space and the stars that lead lines.
fn skip_filling(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '*')
}

/// What comes after the brace that closes an open one.
fn behind_brace(text: &str) -> Option<&str> {
    let mut open = 1;
    let end = text.char_indices().take(MAX_TYPE).find(|(_, c)| {
        open += i32::from(*c == '{') - i32::from(*c == '}');
        open == 0
    });
    end.map(|(at, _)| &text[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::types_in_comment;

    fn names(comment: &str) -> Vec<&str> {
        types_in_comment(comment).into_iter().map(|range| &comment[range]).collect()
    }

    #[test]
    fn types_are_found_where_their_tags_start_a_line() {
        assert_eq!(names("/** @typedef {import(\"x\").A} B */"), ["B"]);
        assert_eq!(names("/**\n * @typedef {{ a: {\n * b: 1 } }} Deep more\n * @property {x} y\n */"), ["Deep"]);
        assert_eq!(names("/**\n * @callback Done\n * @typedef {A} $B\n */"), ["Done", "$B"]);
        assert_eq!(names("/**\n * @typedef {Object}\n *   Below\n */"), ["Below"]);
        for comment in ["/* @typedef {A} B */", "/** see @typedef {A} B */", "/** @typedefs A */", "/** @typedef {A */"]
        {
            assert!(names(comment).is_empty(), "{comment}");
        }
    }
}
