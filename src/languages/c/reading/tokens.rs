//! A text of C or C++ as tokens: enough of a lexer to see where comments, literals and directives are.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::languages) enum Kind {
    /// An identifier or keyword.
    Word,
    Number,
    /// A string.
    Text,
    /// A character in quotes.
    Char,
    /// Punctuation: one byte, or one of `::`, `->`, `&&`, `||`, `...`.
    Mark,
    /// A line of the preprocessor, with the lines that continue it.
    Directive,
}

#[derive(Clone, Copy, Debug)]
pub(in crate::languages) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

impl Token {
    pub fn text<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.start as usize..self.end as usize]
    }
}

/// All tokens, comments left out.
pub(in crate::languages) fn tokens(bytes: &[u8]) -> Vec<Token> {
    let mut lexer = Lexer { bytes, at: 0, found: Vec::with_capacity(bytes.len() / 5), line_start: true };
    while lexer.at < bytes.len() {
        lexer.step();
    }
    lexer.found
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    found: Vec<Token>,
    /// Nothing but white space and comments stands before in this line.
    line_start: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or_default()
    }

    fn step(&mut self) {
        let start = self.at;
        match self.peek(0) {
            b'\n' => {
                self.line_start = true;
                self.at += 1;
                return;
            }
            byte if byte.is_ascii_whitespace() || byte == b'\\' => {
                self.at += 1;
                return;
            }
            b'/' if matches!(self.peek(1), b'/' | b'*') => return self.comment(),
            b'#' if self.line_start => {
                self.directive();
                self.line_start = true;
                return self.push(Kind::Directive, start);
            }
            b'"' => {
                self.quoted(b'"');
                self.push(Kind::Text, start);
            }
            b'\'' => {
                self.quoted(b'\'');
                self.push(Kind::Char, start);
            }
            b'0'..=b'9' => {
                self.number();
                self.push(Kind::Number, start);
            }
            b'.' if self.peek(1).is_ascii_digit() => {
                self.number();
                self.push(Kind::Number, start);
            }
            byte if is_word(byte) => self.word(),
            _ => {
                self.at += match (self.peek(0), self.peek(1), self.peek(2)) {
                    (b'.', b'.', b'.') => 3,
                    (b':', b':', _) | (b'-', b'>', _) | (b'&', b'&', _) | (b'|', b'|', _) => 2,
                    _ => 1,
                };
                self.push(Kind::Mark, start);
            }
        }
        self.line_start = false;
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.found.push(Token { kind, start: start as u32, end: self.at as u32 });
    }

    fn comment(&mut self) {
        if self.peek(1) == b'*' {
            let rest = self.bytes.get(self.at + 2..).unwrap_or_default();
            let length = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
            if rest[..length].contains(&b'\n') {
                self.line_start = true;
            }
            self.at += 2 + length;
            return;
        }
        while self.at < self.bytes.len() && self.peek(0) != b'\n' {
            // A backslash at the end of the line continues the comment.
            self.at += if self.peek(0) == b'\\' { 1 + self.line_end(1) } else { 1 };
        }
    }

    /// The length of the line end at this distance, if there is one.
    fn line_end(&self, ahead: usize) -> usize {
        match (self.peek(ahead), self.peek(ahead + 1)) {
            (b'\n', _) => 1,
            (b'\r', b'\n') => 2,
            _ => 0,
        }
    }

    /// To the end of the logical line. A comment in it may run over several lines.
    fn directive(&mut self) {
        while self.at < self.bytes.len() && self.peek(0) != b'\n' {
            match (self.peek(0), self.peek(1)) {
                (b'\\', _) => self.at += 1 + self.line_end(1),
                (b'/', b'*') => {
                    let before = self.line_start;
                    self.comment();
                    self.line_start = before;
                }
                (b'/', b'/') => return,
                (b'"', _) => self.quoted(b'"'),
                _ => self.at += 1,
            }
        }
        // White space at the end is not part of it.
        while self.at > 0 && matches!(self.bytes[self.at - 1], b'\r' | b' ' | b'\t') {
            self.at -= 1;
        }
    }

    /// A literal ends at its quote, or with its line.
    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' => self.at += (1 + self.line_end(1)).max(2),
                b'\n' => break,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        break;
                    }
                }
            }
        }
        self.at = self.at.min(self.bytes.len());
    }

    fn number(&mut self) {
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'e' | b'E' | b'p' | b'P', b'+' | b'-') => self.at += 2,
                (b'\'', next) if next.is_ascii_alphanumeric() => self.at += 2,
                (byte, _) if is_word(byte) || byte == b'.' => self.at += 1,
                _ => break,
            }
        }
    }

    fn word(&mut self) {
        let start = self.at;
        while self.at < self.bytes.len() && is_word(self.peek(0)) {
            self.at += 1;
        }
        let word = &self.bytes[start..self.at];
        match self.peek(0) {
            b'"' if word.ends_with(b"R") && matches!(word, b"R" | b"LR" | b"uR" | b"UR" | b"u8R") => {
                self.raw_string();
                self.push(Kind::Text, start);
            }
            quote @ (b'"' | b'\'') if matches!(word, b"L" | b"u" | b"U" | b"u8") => {
                self.quoted(quote);
                self.push(if quote == b'"' { Kind::Text } else { Kind::Char }, start);
            }
            _ => self.push(Kind::Word, start),
        }
    }

    /// `R"delimiter( ... )delimiter"`.
    fn raw_string(&mut self) {
        let rest = &self.bytes[self.at + 1..];
        let Some(open) = rest.iter().take(17).position(|&byte| byte == b'(') else { return self.quoted(b'"') };
        let mut close = vec![b')'];
        close.extend_from_slice(&rest[..open]);
        close.push(b'"');
        let length = memchr::memmem::find(rest, &close).map_or(rest.len(), |end| end + close.len());
        self.at += 1 + length;
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}
