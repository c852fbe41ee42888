//! Which files of a known language are not worth indexing, by what is in them, and why.

use crate::{
    extract::Mark,
    languages::Language,
    record::{Skip, SkipReason},
    text::NotText,
};

pub fn binary(cause: NotText) -> Skip {
    Skip { reason: SkipReason::Binary, detail: cause.to_string() }
}

pub fn oversized(size: u64, limit: u64) -> Skip {
    let detail = format!("{}, the limit is {}", megabytes(size), megabytes(limit));
    Skip { reason: SkipReason::Oversized, detail }
}

/// Only where a run is told to leave such files out.
pub fn generated(mark: &Mark) -> Skip {
    Skip { reason: SkipReason::Generated, detail: format!("line {} says: {}", mark.line, mark.text) }
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

/// Lines that nobody writes.
pub fn minified(bytes: &[u8], language: &Language) -> Option<Skip> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages;

    fn reason(text: &str) -> Option<SkipReason> {
        minified(text.as_bytes(), languages::by_name("python").unwrap()).map(|skip| skip.reason)
    }

    #[test]
    fn the_reason_names_the_line() {
        let mark = Mark { line: 3, text: "@generated".to_owned() };
        assert_eq!(generated(&mark).detail, "line 3 says: @generated");
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
