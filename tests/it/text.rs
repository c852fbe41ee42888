//! Offsets, lines, edits and encodings, held against plain definitions of them.

use proptest::prelude::*;
use rutter::text::{Encoding, LineIndex, NotText, Place, SourceText, sha256_hex};

fn place(line: u32, col: u32) -> Place {
    Place { line, col }
}

#[test]
fn every_kind_of_line_end_ends_a_line_once() {
    let text = SourceText::from_buffer("a\nbb\r\nccc\rd\n\r\n\n".to_owned());
    let starts: Vec<u32> = (0..text.lines().line_count()).map(|line| text.lines().line_start(line)).collect();
    assert_eq!(starts, [0, 2, 6, 10, 12, 14, 15]);
    assert_eq!(text.line_range(1), 2..4);
    assert_eq!(text.line_range(2), 6..9);
    assert_eq!(text.line_range(6), 15..15);
    assert_eq!(text.line_range(7), 15..15);
    assert_eq!(text.line_range(u32::MAX), 15..15);
    assert_eq!(text.place(4), place(1, 2));
    assert_eq!(text.place(6), place(2, 0));
    assert_eq!(text.place(1000), place(6, 0));
    assert_eq!(text.offset(place(1, 900)), 4);
    assert_eq!(text.offset(place(u32::MAX, u32::MAX)), 15);
}

#[test]
fn an_empty_text_has_one_line() {
    let text = SourceText::from_buffer(String::new());
    assert!(text.is_empty() && text.lines().line_count() == 1);
    assert_eq!((text.place(0), text.offset(place(0, 5)), text.line_range(0)), (place(0, 0), 0, 0..0));
    assert_eq!(text.word_at(0), None);
}

#[test]
fn a_byte_order_mark_belongs_to_no_column() {
    let text = SourceText::from_file(b"\xEF\xBB\xBFab\ncd".to_vec()).unwrap();
    assert_eq!(text.encoding(), Encoding::Utf8Bom);
    assert_eq!((text.place(0), text.place(3), text.place(4)), (place(0, 0), place(0, 0), place(0, 1)));
    assert_eq!(text.offset(place(0, 1)), 4);
    assert_eq!(text.place(6), place(1, 0));
}

#[test]
fn utf_16_is_known_with_and_without_a_mark() {
    for (mark, encoding) in [(&b"\xFF\xFE"[..], Encoding::Utf16Le), (b"\xFE\xFF", Encoding::Utf16Be)] {
        let units = "def f():\n    return 'é𝒳'\n".encode_utf16();
        let wide: Vec<u8> = match encoding {
            Encoding::Utf16Le => units.flat_map(u16::to_le_bytes).collect(),
            _ => units.flat_map(u16::to_be_bytes).collect(),
        };
        let marked = SourceText::from_file([mark, &wide].concat()).unwrap();
        assert_eq!((marked.encoding(), marked.bytes()), (encoding, "def f():\n    return 'é𝒳'\n".as_bytes()));
        assert_eq!(SourceText::from_file(wide).unwrap().encoding(), encoding);
    }
}

#[test]
fn what_is_no_text_is_told_from_what_is_no_utf_8() {
    assert_eq!(SourceText::from_file(b"ab\0cd".to_vec()), Err(NotText::Binary(2)));
    let latin = SourceText::from_file(b"caf\xe9 = 1\nx".to_vec()).unwrap();
    assert_eq!(latin.encoding(), Encoding::Utf8Invalid);
    assert_eq!((latin.len(), latin.place(9)), (10, place(1, 0)));
    assert_eq!(latin.slice(0..4), "caf\u{FFFD}");
}

#[test]
fn words_are_identifiers() {
    let text = SourceText::from_buffer("let naïve_2 = $x + 12a;".to_owned());
    let word = |at| text.word_at(at).map(|range| text.slice(range).into_owned());
    assert_eq!(word(4), Some("naïve_2".to_owned()));
    assert_eq!(word(12), Some("naïve_2".to_owned()));
    assert_eq!(word(13), None);
    assert_eq!(word(15), Some("$x".to_owned()));
    assert_eq!(word(21), None, "a number is no word");
}

#[test]
fn sha_256_is_written_as_its_tools_write_it() {
    assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

proptest! {
    #[test]
    fn places_and_offsets_are_inverse(text in "([a-zé𝒳]|\r\n|\n|\r| ){0,80}", at in any::<prop::sample::Index>()) {
        let text = SourceText::from_buffer(text);
        let at = at.index(text.len() as usize + 1) as u32;
        let place = text.place(at);
        let line = text.line_range(place.line);
        // Between `\r` and `\n` there is no place of its own.
        prop_assert_eq!(text.offset(place), at.min(line.end));
        prop_assert!(line.start <= at);
    }

    #[test]
    fn lines_are_those_of_the_definition(text in "[a\r\n]{0,60}") {
        let plain = text.replace("\r\n", "\n").replace('\r', "\n");
        let index = LineIndex::new(text.as_bytes());
        prop_assert_eq!(index.line_count() as usize, plain.split('\n').count());
        let text = SourceText::from_buffer(text);
        for (line, expected) in plain.split('\n').enumerate() {
            prop_assert_eq!(text.slice(text.line_range(line as u32)), expected);
        }
    }

    #[test]
    fn an_edit_replaces_and_tells_where(text in "\u{feff}?[a-c\n\ré]{0,40}", with in "[x\n\r]{0,6}", a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (a, b) = (bounds[a.index(bounds.len())], bounds[b.index(bounds.len())]);
        let (start, end) = (a.min(b), a.max(b));
        let expected = format!("{}{with}{}", &text[..start], &text[end..]);
        let mut edited = SourceText::from_buffer(text.clone());
        let edit = edited.replace(start as u32..end as u32, &with);
        prop_assert_eq!(&edited, &SourceText::from_buffer(expected.clone()));
        prop_assert_eq!((edit.start, edit.old_end, edit.new_end), (start, end, start + with.len()));
        let point = |text: &str, at: usize| {
            (text[..at].matches('\n').count(), at - text[..at].rfind('\n').map_or(0, |newline| newline + 1))
        };
        prop_assert_eq!(edit.start_point, point(&text, start));
        prop_assert_eq!(edit.old_end_point, point(&text, end));
        prop_assert_eq!(edit.new_end_point, point(&expected, edit.new_end));
    }
}
