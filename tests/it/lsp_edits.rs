//! Whatever a client types, the server's text is the client's, in all three units.

use proptest::prelude::*;
use rutter::lsp::{
    convert::{Location, Units},
    documents::{Document, Documents},
    root::Root,
};
use tower_lsp::lsp_types::{Position, Range, TextDocumentContentChangeEvent};

/// The client's side, made as plainly as can be: a text, walked from its start for every position.
struct Model {
    text: String,
    units: Units,
}

impl Model {
    fn width(&self, c: char) -> u32 {
        match self.units {
            Units::Utf8 => c.len_utf8() as u32,
            Units::Utf16 => c.len_utf16() as u32,
            Units::Utf32 => 1,
        }
    }

    fn offset(&self, position: Position) -> usize {
        let (mut line, mut column) = (0, 0);
        let mut chars = self.text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let ends_line = matches!(c, '\n' | '\r');
            if line == position.line && (ends_line || column + self.width(c) > position.character) {
                return at;
            }
            if ends_line {
                if c == '\r' && chars.peek().is_some_and(|(_, next)| *next == '\n') {
                    chars.next();
                }
                (line, column) = (line + 1, 0);
            } else {
                column += self.width(c);
            }
        }
        self.text.len()
    }

    fn apply(&mut self, change: &TextDocumentContentChangeEvent) {
        let Some(range) = change.range else {
            self.text.clone_from(&change.text);
            return;
        };
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        self.text.replace_range(start.min(end)..start.max(end), &change.text);
    }
}

fn text(length: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z ]{1,8}",
        2 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just("ß".to_owned()),
        1 => Just("→".to_owned()),
        1 => Just("😀".to_owned()),
    ];
    proptest::collection::vec(piece, 0..length).prop_map(|pieces| pieces.concat())
}

fn position() -> impl Strategy<Value = Position> {
    let line = prop_oneof![20 => 0u32..12, 1 => Just(u32::MAX)];
    let character = prop_oneof![20 => 0u32..20, 1 => Just(u32::MAX)];
    (line, character).prop_map(|(line, character)| Position { line, character })
}

fn change() -> impl Strategy<Value = TextDocumentContentChangeEvent> {
    let range = prop_oneof![
        12 => (position(), position()).prop_map(|(start, end)| Some(Range { start, end })),
        1 => Just(None),
    ];
    (range, text(6)).prop_map(|(range, text)| TextDocumentContentChangeEvent { range, range_length: None, text })
}

proptest! {
    #[test]
    fn the_servers_text_is_the_clients(
        start in text(30),
        rounds in proptest::collection::vec(proptest::collection::vec(change(), 0..4), 0..12),
        units in prop_oneof![Just(Units::Utf8), Just(Units::Utf16), Just(Units::Utf32)],
    ) {
        let documents = Documents::default();
        let location = Location::Other("untitled:1".to_owned());
        let mut model = Model { text: start.clone(), units };
        documents.open(Document::new(location.clone(), (Root::nowhere(), "untitled:1".into()), None, 0, start));
        for (round, changes) in rounds.into_iter().enumerate() {
            for change in &changes {
                model.apply(change);
            }
            let version = i32::try_from(round).expect("few rounds");
            prop_assert!(documents.change(&location, version, changes, units));
            let document = documents.get(&location).expect("the document is open");
            prop_assert_eq!(document.text.bytes(), model.text.as_bytes());
            prop_assert_eq!(document.version, version);
        }
    }
}
