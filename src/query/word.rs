//! The identifier that a question is about, and how it stands in the code.

use crate::text::{ByteRange, SourceText};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub access: Access,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It stands alone: it names a local, or something in scope, and no member of anything.
    Bare,
    /// It stands behind `.`, `::` or `->`.
    Member,
}

impl Word {
    pub fn of(text: &SourceText, range: ByteRange) -> Self {
        let before = text.raw(0..range.start).trim_ascii_end();
        // `..` is a range, and what is behind it stands alone.
        let behind_dot = before.ends_with(b".") && !before.ends_with(b"..");
        let is_member = behind_dot || before.ends_with(b"::") || before.ends_with(b"->");
        let access = if is_member { Access::Member } else { Access::Bare };
        Word { text: text.slice(range).into_owned(), access }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_behind_an_access() {
        let text = SourceText::from_buffer("a.b c::d e->f g\n  .h 0..i j".to_owned());
        let access = |name: &str| {
            let at = text.slice(0..text.len()).find(name).expect("a name of the text") as u32;
            Word::of(&text, at..at + 1).access
        };
        for member in ["b", "d", "f", "h"] {
            assert_eq!(access(member), Access::Member, "{member}");
        }
        for bare in ["a", "c", "e", "g", "i", "j"] {
            assert_eq!(access(bare), Access::Bare, "{bare}");
        }
    }
}
