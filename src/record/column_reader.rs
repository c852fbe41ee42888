//! Columns as they are stored, read without going through a general JSON parser: most of an index's decoding is of these, and
//! most readers want a part of them.
//!
//! It reads what rutter itself writes: one object without spaces whose fields are arrays. Anything else is damaged.

use serde::de::DeserializeOwned;

use super::Names;

/// Digits that no number of an index has more of.
const MAX_DIGITS: usize = 18;

#[derive(Debug)]
pub(super) struct ColumnReader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> ColumnReader<'a> {
    pub fn new(text: &'a [u8]) -> Option<Self> {
        text.starts_with(b"{").then_some(ColumnReader { text, at: 0 })
    }

    /// The name of the next field. At the end there is none, which is told apart from damage.
    pub fn field(&mut self) -> Option<Option<&'a [u8]>> {
        match *self.text.get(self.at)? {
            b'}' => return (self.at + 1 == self.text.len()).then_some(None),
            b'{' if self.text.get(self.at + 1..) == Some(b"}") => return Some(None),
            b'{' | b',' => self.at += 1,
            _ => return None,
        }
        let rest = self.text.get(self.at..)?.strip_prefix(b"\"")?;
        let length = memchr::memchr(b'"', rest)?;
        self.at += length + 2;
        (self.text.get(self.at) == Some(&b':')).then(|| self.at += 1)?;
        Some(Some(&rest[..length]))
    }

    /// The field's value, of any kind.
    pub fn json<T: DeserializeOwned>(&mut self) -> Option<T> {
        let mut values = serde_json::Deserializer::from_slice(&self.text[self.at..]).into_iter::<T>();
        let value = values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(value)
    }

    /// The field's value, an array of strings.
    pub fn names(&mut self) -> Option<Names> {
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        self.strings(|name| {
            text.extend_from_slice(name);
            ends.push(u32::try_from(text.len()).ok()?);
            Some(())
        })?;
        Names::cut(String::from_utf8(text).ok()?, ends)
    }

    /// Passes by the field's value, an array of strings or of numbers.
    pub fn pass(&mut self) -> Option<()> {
        match self.text.get(self.at + 1)? {
            b'"' => self.strings(|_| Some(())),
            _ => self.numbers().map(drop),
        }
    }

    /// Passes on the strings of an array.
    fn strings(&mut self, mut each: impl FnMut(&[u8]) -> Option<()>) -> Option<()> {
        self.at += self.text[self.at..].starts_with(b"[").then_some(1)?;
        if self.text.get(self.at) == Some(&b']') {
            self.at += 1;
            return Some(());
        }
        loop {
            let rest = self.text.get(self.at..)?.strip_prefix(b"\"")?;
            let length = memchr::memchr2(b'"', b'\\', rest)?;
            if rest[length] == b'"' {
                each(&rest[..length])?;
                self.at += length + 2;
            } else {
                each(self.json::<String>()?.as_bytes())?;
            }
            match self.text.get(self.at)? {
                b',' => self.at += 1,
                b']' => break self.at += 1,
                _ => return None,
            }
        }
        Some(())
    }

    /// The field's value, an array of numbers, as it is written: without its brackets.
    pub fn numbers(&mut self) -> Option<&'a [u8]> {
        let rest = self.text[self.at..].strip_prefix(b"[")?;
        let length = memchr::memchr(b']', rest)?;
        self.at += length + 2;
        Some(&rest[..length])
    }
}

/// Passes on the numbers of an array, so many at a time.
pub(super) fn rows<const N: usize>(numbers: &[u8], mut each: impl FnMut([i64; N]) -> Option<()>) -> Option<()> {
    let mut row = [0; N];
    let mut filled = 0;
    let mut at = 0;
    while at < numbers.len() {
        let is_negative = numbers[at] == b'-';
        at += usize::from(is_negative);
        let from = at;
        let mut number = 0_i64;
        while let Some(digit) = numbers.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit <= 9) {
            number = number.wrapping_mul(10).wrapping_add(digit.into());
            at += 1;
        }
        if !(1..=MAX_DIGITS).contains(&(at - from)) {
            return None;
        }
        row[filled] = if is_negative { -number } else { number };
        filled += 1;
        if filled == N {
            each(row)?;
            filled = 0;
        }
        match numbers.get(at) {
            None => break,
            Some(b',') if at + 1 < numbers.len() => at += 1,
            Some(_) => return None,
        }
    }
    (filled == 0).then_some(())
}

/// A rough number of the rows in an array, for making room.
pub(super) fn about(numbers: &[u8], of_row: usize) -> usize {
    numbers.len() / (3 * of_row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Option<Vec<[i64; 2]>> {
        let mut found = Vec::new();
        rows(text.as_bytes(), |row| {
            found.push(row);
            Some(())
        })?;
        Some(found)
    }

    #[test]
    fn numbers_come_in_rows() {
        assert_eq!(pairs(""), Some(vec![]));
        assert_eq!(pairs("1,-2,9007199254740991,0"), Some(vec![[1, -2], [9_007_199_254_740_991, 0]]));
        for damaged in ["1", "1,2,3", "1,2,", ",", "1,,2", "1, 2", "-,2", "1.5,2", "a,2", "1,9999999999999999999"] {
            assert_eq!(pairs(damaged), None, "{damaged}");
        }
    }

    #[test]
    fn fields_come_in_turn() {
        let text = br#"{"names":["]","a\"b"],"numbers":[1,2],"more":[]}"#;
        let mut reader = ColumnReader::new(text).unwrap();
        assert_eq!(reader.field(), Some(Some(&b"names"[..])));
        assert_eq!(reader.json::<Vec<String>>(), Some(vec!["]".to_owned(), "a\"b".to_owned()]));
        assert_eq!(reader.field(), Some(Some(&b"numbers"[..])));
        assert_eq!(reader.numbers(), Some(&b"1,2"[..]));
        assert_eq!(reader.field(), Some(Some(&b"more"[..])));
        assert_eq!(reader.numbers(), Some(&b""[..]));
        assert_eq!(reader.field(), Some(None));
        assert_eq!(ColumnReader::new(b"{}").unwrap().field(), Some(None));
        for damaged in ["{", "{\"a", "{\"a\"", "{\"a\":", "{a:[]}", "{}x"] {
            let mut reader = ColumnReader::new(damaged.as_bytes()).unwrap();
            let read = reader.field().flatten().and_then(|_| reader.numbers());
            assert_eq!(read, None, "{damaged}");
        }
        assert!(ColumnReader::new(b"[]").is_none());
    }

    #[test]
    fn strings_are_read_and_passed_by() {
        let text = r#"{"names":["a","","]","größe","a\"b\u00e4\\"],"none":[],"more":["x\"]","y"],"numbers":[1]}"#;
        let mut reader = ColumnReader::new(text.as_bytes()).unwrap();
        assert_eq!(reader.field(), Some(Some(&b"names"[..])));
        assert!(reader.names().unwrap().iter().eq(["a", "", "]", "größe", "a\"bä\\"]));
        assert_eq!(reader.field(), Some(Some(&b"none"[..])));
        assert!(reader.names().unwrap().is_empty());
        for field in [&b"more"[..], b"numbers"] {
            assert_eq!(reader.field(), Some(Some(field)));
            assert_eq!(reader.pass(), Some(()));
        }
        assert_eq!(reader.field(), Some(None));
        for damaged in
            [&b"{\"a\":[\"b]}"[..], b"{\"a\":[\"b\"", b"{\"a\":[\"b\",]}", b"{\"a\":[\"b\" ]}", b"{\"a\":[\"\xff\"]}"]
        {
            let mut reader = ColumnReader::new(damaged).unwrap();
            reader.field();
            assert_eq!(reader.names(), None, "{}", damaged.escape_ascii());
        }
    }
}
