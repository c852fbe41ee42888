//! Between the editor's terms and ours: wide columns, URIs, kinds. The only place that knows wide columns.

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
};

use tower_lsp::lsp_types::{self as lsp, Position, PositionEncodingKind, Url};

use crate::{
    record::SymbolKind,
    text::{ByteRange, Place, SourceText},
};

/// What the client counts columns in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Units {
    Utf8,
    /// What a client means that says nothing.
    #[default]
    Utf16,
    Utf32,
}

impl Units {
    /// By the protocol's name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "utf-8" => Some(Units::Utf8),
            "utf-16" => Some(Units::Utf16),
            "utf-32" => Some(Units::Utf32),
            _ => None,
        }
    }

    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Units::Utf8 => PositionEncodingKind::UTF8,
            Units::Utf16 => PositionEncodingKind::UTF16,
            Units::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, c: char) -> u32 {
        match self {
            Units::Utf8 => c.len_utf8() as u32,
            Units::Utf16 => c.len_utf16() as u32,
            Units::Utf32 => 1,
        }
    }

    /// The characters of a line as an editor shows them, bytes that are no UTF-8 as U+FFFD: (bytes, units) of each.
    fn characters(self, line: &[u8]) -> impl Iterator<Item = (u32, u32)> + '_ {
        line.utf8_chunks().flat_map(move |chunk| {
            let broken = chunk.invalid().len() as u32;
            let valid = chunk.valid().chars().map(move |c| (c.len_utf8() as u32, self.width(c)));
            valid.chain((broken > 0).then(|| (broken, self.width(char::REPLACEMENT_CHARACTER))))
        })
    }
}

/// Lines longer than this get a table of columns: a line of a megabyte must not be walked for each of its symbols.
const LONG_LINE: usize = 512;
/// Bytes between two entries of such a table.
const STEP: u32 = 256;

#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    byte: u32,
    wide: u32,
}

#[derive(Debug)]
struct LongLine {
    line: u32,
    marks: Vec<Mark>,
}

/// A text in the client's terms.
#[derive(Debug)]
pub struct Wide<'a> {
    text: &'a SourceText,
    units: Units,
    /// The table of the last long line that was asked about.
    long: RefCell<Option<LongLine>>,
}

impl<'a> Wide<'a> {
    pub fn new(text: &'a SourceText, units: Units) -> Self {
        Wide { text, units, long: RefCell::new(None) }
    }

    /// The offset of a position. What lies beyond the line or the text is drawn to its end, what lies inside a character
    /// to its start.
    pub fn offset(&self, position: Position) -> u32 {
        let range = self.text.line_range(position.line);
        let line = self.text.raw(range.clone());
        let mut at = self.mark(position.line, line, |mark| mark.wide <= position.character);
        for (bytes, units) in self.units.characters(&line[at.byte as usize..]) {
            if at.wide + units > position.character {
                break;
            }
            at.byte += bytes;
            at.wide += units;
        }
        range.start + at.byte
    }

    /// The position of an offset. One inside a line end is drawn to the line's last column, one inside a character to
    /// the character's start.
    pub fn position(&self, offset: u32) -> Position {
        let Place { line, col } = self.text.place(offset);
        self.position_of(line, col)
    }

    /// The position of a line and a byte column, drawn to what the text has.
    pub fn position_of(&self, line: u32, col: u32) -> Position {
        let line = line.min(self.text.lines().line_count() - 1);
        let bytes = self.text.raw(self.text.line_range(line));
        let col = col.min(bytes.len() as u32);
        let mut at = self.mark(line, bytes, |mark| mark.byte <= col);
        for (bytes, units) in self.units.characters(&bytes[at.byte as usize..]) {
            if at.byte + bytes > col {
                break;
            }
            at.byte += bytes;
            at.wide += units;
        }
        Position { line, character: at.wide }
    }

    pub fn range(&self, range: ByteRange) -> lsp::Range {
        lsp::Range { start: self.position(range.start), end: self.position(range.end) }
    }

    /// The bytes of a range; one that ends before it starts is turned round.
    pub fn byte_range(&self, range: lsp::Range) -> ByteRange {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        start.min(end)..start.max(end)
    }

    /// Where to start walking a line: the last mark that satisfies a condition which holds for the first ones.
    fn mark(&self, line: u32, bytes: &[u8], before: impl Fn(&Mark) -> bool) -> Mark {
        if bytes.len() <= LONG_LINE {
            return Mark::default();
        }
        let mut long = self.long.borrow_mut();
        if long.as_ref().is_none_or(|table| table.line != line) {
            *long = Some(LongLine { line, marks: self.marks(bytes) });
        }
        let marks = long.as_ref().map_or(&[][..], |table| &table.marks);
        let after = marks.partition_point(before);
        marks.get(after.wrapping_sub(1)).copied().unwrap_or_default()
    }

    fn marks(&self, bytes: &[u8]) -> Vec<Mark> {
        let mut marks = vec![Mark::default()];
        let (mut at, mut next) = (Mark::default(), STEP);
        for (bytes, units) in self.units.characters(bytes) {
            at.byte += bytes;
            at.wide += units;
            if at.byte >= next {
                marks.push(at);
                next = at.byte + STEP;
            }
        }
        marks
    }
}

/// What a URI names: a file, or something that lives in the editor alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    File(PathBuf),
    /// `untitled:`, `git:`, a notebook's cell: answered from memory and never written.
    Other(String),
}

impl Location {
    pub fn of(uri: &Url) -> Self {
        if uri.scheme() == "file"
            && uri.query().is_none()
            && uri.fragment().is_none()
            && let Ok(path) = uri.to_file_path()
        {
            return Location::File(path);
        }
        Location::Other(uri.to_string())
    }

    pub fn uri(&self) -> Option<Url> {
        match self {
            Location::File(path) => Url::from_file_path(path).ok(),
            Location::Other(uri) => Url::parse(uri).ok(),
        }
    }

    pub fn file(&self) -> Option<&Path> {
        match self {
            Location::File(path) => Some(path),
            Location::Other(_) => None,
        }
    }
}

/// The protocol has no word for some of our kinds; these are the ones that other servers took.
pub fn symbol_kind(kind: SymbolKind) -> lsp::SymbolKind {
    match kind {
        SymbolKind::Module => lsp::SymbolKind::MODULE,
        SymbolKind::Namespace => lsp::SymbolKind::NAMESPACE,
        SymbolKind::Class => lsp::SymbolKind::CLASS,
        SymbolKind::Struct | SymbolKind::Union => lsp::SymbolKind::STRUCT,
        SymbolKind::Enum => lsp::SymbolKind::ENUM,
        SymbolKind::EnumMember => lsp::SymbolKind::ENUM_MEMBER,
        SymbolKind::Interface | SymbolKind::Trait => lsp::SymbolKind::INTERFACE,
        SymbolKind::Impl => lsp::SymbolKind::OBJECT,
        SymbolKind::TypeAlias => lsp::SymbolKind::TYPE_PARAMETER,
        SymbolKind::MacroCall => lsp::SymbolKind::NULL,
        SymbolKind::Function | SymbolKind::Macro | SymbolKind::Closure => lsp::SymbolKind::FUNCTION,
        SymbolKind::Method => lsp::SymbolKind::METHOD,
        SymbolKind::Constructor => lsp::SymbolKind::CONSTRUCTOR,
        SymbolKind::Property => lsp::SymbolKind::PROPERTY,
        SymbolKind::Field => lsp::SymbolKind::FIELD,
        SymbolKind::Variable => lsp::SymbolKind::VARIABLE,
        SymbolKind::Constant => lsp::SymbolKind::CONSTANT,
    }
}

/// The kind for a client that names the kinds that it shows, which then copes with all of them, or names none, and then
/// only knows those of the protocol's first version.
pub fn shown_kind(kind: SymbolKind, knows_all: bool) -> lsp::SymbolKind {
    match symbol_kind(kind) {
        kind if knows_all => kind,
        lsp::SymbolKind::STRUCT | lsp::SymbolKind::OBJECT | lsp::SymbolKind::TYPE_PARAMETER => lsp::SymbolKind::CLASS,
        lsp::SymbolKind::ENUM_MEMBER => lsp::SymbolKind::CONSTANT,
        lsp::SymbolKind::NULL => lsp::SymbolKind::FUNCTION,
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Units; 3] = [Units::Utf8, Units::Utf16, Units::Utf32];

    fn text(bytes: &[u8]) -> SourceText {
        SourceText::from_file(bytes.to_vec()).expect("the text holds no NUL")
    }

    #[test]
    fn counts_in_the_clients_units() {
        let text = text("aß😀c\nx".as_bytes());
        for (units, column) in [(Units::Utf8, 7), (Units::Utf16, 4), (Units::Utf32, 3)] {
            let wide = Wide::new(&text, units);
            assert_eq!(wide.position(7), Position::new(0, column));
            assert_eq!(wide.offset(Position::new(0, column)), 7);
        }
    }

    #[test]
    fn a_client_that_names_no_kinds_gets_those_that_every_client_knows() {
        assert_eq!(shown_kind(SymbolKind::Struct, true), lsp::SymbolKind::STRUCT);
        use SymbolKind::{EnumMember, Function, Impl, MacroCall, Struct, TypeAlias, Union};
        for kind in [EnumMember, Function, Impl, MacroCall, Struct, TypeAlias, Union] {
            let number = serde_json::to_value(shown_kind(kind, false)).expect("a number");
            assert!(number.as_i64().is_some_and(|number| (1..=18).contains(&number)), "{kind:?} is {number}");
        }
    }

    #[test]
    fn draws_positions_to_what_is_there() {
        let text = text("a😀\r\nb".as_bytes());
        let wide = Wide::new(&text, Units::Utf16);
        assert_eq!(wide.offset(Position::new(0, 2)), 1, "inside the pair: its start");
        assert_eq!(wide.offset(Position::new(0, 99)), 5, "beyond the line: its end");
        assert_eq!(wide.offset(Position::new(9, 0)), 8, "beyond the text: its end");
        assert_eq!(wide.offset(Position::new(u32::MAX, u32::MAX)), 8);
        assert_eq!(wide.position(6), Position::new(0, 3), "inside the line end: the last column");
        assert_eq!(wide.byte_range(lsp::Range::new(Position::new(1, 1), Position::new(0, 0))), 0..8);
    }

    #[test]
    fn a_broken_byte_is_one_replacement_character() {
        let text = text(b"a\xFF\xFEb");
        assert_eq!(Wide::new(&text, Units::Utf16).position(3), Position::new(0, 3));
        assert_eq!(Wide::new(&text, Units::Utf8).position(3), Position::new(0, 7));
    }

    #[test]
    fn only_plain_file_uris_are_files() {
        let of = |uri: &str| Location::of(&Url::parse(uri).expect("a URI"));
        assert_eq!(of("file:///a%20b/%C3%A4.rs"), Location::File(PathBuf::from("/a b/ä.rs")));
        for other in
            ["untitled:Untitled-1", "git:/a/b.rs?%7B%7D", "file:///a.rs#cell", "vscode-notebook-cell:/a.ipynb#c"]
        {
            assert!(of(other).file().is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn positions_go_there_and_back(
            pieces in proptest::collection::vec(prop_oneof!["[a-z]{1,40}", "[ß😀é\r\n]{1,3}"], 0..60),
            broken in proptest::option::of(any::<proptest::sample::Index>()),
        ) {
            let mut bytes = pieces.concat().into_bytes();
            if let Some(index) = broken && !bytes.is_empty() {
                let at = index.index(bytes.len());
                bytes[at] = 0xFF;
            }
            let text = text(&bytes);
            for units in ALL {
                let wide = Wide::new(&text, units);
                let fresh = |offset| Wide::new(&text, units).position(offset);
                for offset in 0..=text.len() {
                    let position = wide.position(offset);
                    prop_assert_eq!(position, fresh(offset));
                    let back = wide.offset(position);
                    // Drawn to a boundary at most, and then it stays.
                    prop_assert!(back <= offset);
                    prop_assert_eq!(wide.position(back), position);
                }
            }
        }

        #[test]
        fn columns_are_those_of_the_lossy_text(line in proptest::collection::vec(14u8..=255, 0..2000)) {
            // Behind an ASCII letter nothing is a byte order mark.
            let line = [b"a", &line[..]].concat();
            let text = text(&line);
            let lossy = String::from_utf8_lossy(&line).into_owned();
            let end = |units| Wide::new(&text, units).position(text.len()).character as usize;
            prop_assert_eq!(end(Units::Utf8), lossy.len());
            prop_assert_eq!(end(Units::Utf16), lossy.encode_utf16().count());
            prop_assert_eq!(end(Units::Utf32), lossy.chars().count());
        }
    }
}
