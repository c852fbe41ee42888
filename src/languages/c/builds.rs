//! Which parts of a text are for other builds than the usual one: what conditionals leave out where a current compiler
//! builds the text for a 64-bit Unix, with nothing said on its command line.
//!
//! Names that are defined several times are told apart by this. It is no more than a preference: what is defined by other
//! files is not known here, and a name that nothing has defined counts as undefined.

use std::cell::Cell;

use rustc_hash::FxHashMap;

use super::reading::{
    directive_of,
    tokens::{Kind, tokens},
};
use crate::text::ByteRange;

/// Names are put in the place of names this often.
const MAX_DEPTH: u32 = 12;
/// And so many of them in one condition.
const MAX_NAMES: u32 = 2000;
/// Longer conditions and definitions are not looked at.
const MAX_TEXT: usize = 2000;

/// How the parts of a text depend on what is defined.
#[derive(Debug, Default)]
pub(in crate::languages) struct Parts<'a> {
    /// What is left out, in order.
    pub unlikely: Vec<ByteRange>,
    /// What is left out if a name is defined elsewhere, by where it begins. What is all of the text is none.
    pub unless: Vec<(ByteRange, &'a [u8])>,
}

pub(in crate::languages) fn parts(bytes: &[u8], is_cpp: bool) -> Parts<'_> {
    let mut parts = Parts::default();
    if memchr::memchr(b'#', bytes).is_none() {
        return parts;
    }
    let mut state = State { defined: FxHashMap::default(), is_cpp, left: Cell::new(0) };
    let mut open: Vec<Conditional<'_>> = Vec::new();
    let mut left_out: Option<u32> = None;
    let directives: Vec<_> = tokens(bytes).into_iter().filter(|token| token.kind == Kind::Directive).collect();
    for (nth, token) in directives.iter().enumerate() {
        let (word, rest) = directive_of(token.text(bytes));
        let is_live = open.iter().all(|conditional| conditional.is_live);
        let around_is_live = open.iter().rev().skip(1).all(|conditional| conditional.is_live);
        match word {
            b"if" | b"ifdef" | b"ifndef" => {
                let holds = is_live && state.holds(word, rest);
                let unless = unless(word, rest).map(|name| (token.end, name));
                open.push(Conditional { is_live: holds, was_live: holds, unless, is_first: nth == 0 });
            }
            b"elif" | b"elifdef" | b"elifndef" | b"else" => {
                if let Some(last) = open.last_mut() {
                    if let Some((from, name)) = last.unless.take() {
                        parts.unless.push((from..token.start, name));
                    }
                    let holds = around_is_live && !last.was_live && (word == b"else" || state.holds(&word[2..], rest));
                    last.is_live = holds;
                    last.was_live |= holds;
                }
            }
            b"endif" => {
                if let Some(last) = open.pop()
                    && let Some((from, name)) = last.unless
                    && !(last.is_first && nth + 1 == directives.len())
                {
                    parts.unless.push((from..token.start, name));
                }
            }
            b"define" if is_live => state.define(rest),
            b"undef" if is_live => {
                state.defined.insert(name(rest).0, None);
            }
            _ => {}
        }
        let is_live = open.iter().all(|conditional| conditional.is_live);
        match (is_live, left_out) {
            (false, None) => left_out = Some(token.end),
            (true, Some(from)) => {
                parts.unlikely.push(from..token.start);
                left_out = None;
            }
            _ => {}
        }
    }
    if let Some(from) = left_out {
        parts.unlikely.push(from..bytes.len() as u32);
    }
    parts.unless.sort_by_key(|(range, _)| range.start);
    parts
}

/// The name of `#ifndef name`, `#if !defined(name)`.
fn unless<'a>(word: &[u8], rest: &'a [u8]) -> Option<&'a [u8]> {
    let rest = match word {
        b"ifndef" => rest,
        b"if" => {
            let rest = rest.strip_prefix(b"!")?.trim_ascii_start().strip_prefix(b"defined")?.trim_ascii_start();
            rest.strip_prefix(b"(").unwrap_or(rest)
        }
        _ => return None,
    };
    let (name, rest) = name(rest);
    let is_all = rest.trim_ascii_start().strip_prefix(b")").unwrap_or(rest).trim_ascii();
    (!name.is_empty() && (is_all.is_empty() || is_all.starts_with(b"/"))).then_some(name)
}

#[derive(Debug)]
struct Conditional<'a> {
    is_live: bool,
    was_live: bool,
    /// Where it begins, if it is one that a name must not be defined for.
    unless: Option<(u32, &'a [u8])>,
    is_first: bool,
}

/// What the text has defined so far.
struct State<'a> {
    /// The text of a macro without parameters; nothing if it was undefined. One with parameters has none, either.
    defined: FxHashMap<&'a [u8], Option<&'a [u8]>>,
    is_cpp: bool,
    /// So many names a condition may still put others in the place of.
    left: Cell<u32>,
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

/// The first word, and what stands behind it.
fn name(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    let end = text.iter().position(|byte| !is_word(byte)).unwrap_or(text.len());
    text.split_at(end)
}

/// What compilers for a current Unix define by themselves.
fn predefined(word: &[u8], is_cpp: bool) -> Option<i128> {
    Some(match word {
        b"__GNUC__" | b"__GNUG__" => 4,
        b"__GNUC_MINOR__" => 2,
        b"__GNUC_PATCHLEVEL__" => 1,
        b"__clang__" => 1,
        b"__clang_major__" => 14,
        b"__clang_minor__" | b"__clang_patchlevel__" => 0,
        b"__STDC__" | b"__STDC_HOSTED__" | b"__unix__" | b"__unix" | b"unix" | b"__linux__" | b"__linux" | b"linux"
        | b"__gnu_linux__" | b"__x86_64__" | b"__x86_64" | b"__amd64__" | b"__amd64" | b"__LP64__" | b"_LP64"
        | b"__ELF__" | b"__SSE__" | b"__SSE2__" | b"__MMX__" | b"__has_include" | b"__has_attribute"
        | b"__has_builtin" | b"__has_feature" | b"__has_extension" => 1,
        b"__STDC_VERSION__" if !is_cpp => 201_710,
        b"__cplusplus" if is_cpp => 201_703,
        b"__has_cpp_attribute" | b"__EXCEPTIONS" | b"__cpp_exceptions" | b"__cpp_rtti" | b"_GNU_SOURCE" if is_cpp => 1,
        b"__BYTE_ORDER__" | b"__ORDER_LITTLE_ENDIAN__" | b"__LITTLE_ENDIAN" | b"__BYTE_ORDER" => 1234,
        b"__ORDER_BIG_ENDIAN__" | b"__BIG_ENDIAN" => 4321,
        b"__CHAR_BIT__" => 8,
        b"__SIZEOF_POINTER__" | b"__SIZEOF_LONG__" | b"__SIZEOF_SIZE_T__" => 8,
        b"__SIZEOF_INT__" | b"__SIZEOF_FLOAT__" => 4,
        b"__SIZEOF_INT128__" => 16,
        b"INT_MAX" | b"__INT_MAX__" => i128::from(i32::MAX),
        b"UINT_MAX" => i128::from(u32::MAX),
        b"LONG_MAX" | b"__LONG_MAX__" | b"LLONG_MAX" | b"PTRDIFF_MAX" | b"INTPTR_MAX" => i128::from(i64::MAX),
        b"ULONG_MAX" | b"ULLONG_MAX" | b"SIZE_MAX" | b"UINTPTR_MAX" => i128::from(u64::MAX),
        b"true" => 1,
        // The library's, by headers that all that is not there includes.
        b"CLOCK_MONOTONIC" | b"CLOCK_REALTIME" | b"TIME_UTC" | b"SEEK_SET" | b"EOF" | b"NULL" | b"BUFSIZ"
        | b"PRIu64" | b"PRId64" | b"UINT64_MAX" | b"INT64_MAX" | b"UINT32_MAX" | b"INT32_MAX" | b"UINT64_C"
        | b"INT64_C" | b"PATH_MAX" | b"O_RDONLY" | b"O_CLOEXEC" | b"O_NOFOLLOW" | b"S_IFMT" | b"S_ISREG"
        | b"S_ISDIR" | b"S_ISLNK" | b"S_IFLNK" | b"MAP_ANONYMOUS" | b"MAP_POPULATE" | b"SIGPIPE" | b"SIGHUP"
        | b"SIGALRM" | b"SIGINT" | b"SIGTERM" | b"EINTR" | b"EAGAIN" | b"EWOULDBLOCK" | b"AF_UNIX" | b"AF_INET6"
        | b"INADDR_NONE" | b"offsetof" | b"va_copy" | b"FLT_MAX" | b"DBL_MAX" | b"M_PI" | b"NAN" | b"INFINITY"
        | b"WIFEXITED" | b"_POSIX_VERSION" | b"CHAR_BIT" => 1,
        _ => return None,
    })
}

impl<'a> State<'a> {
    fn define(&mut self, rest: &'a [u8]) {
        let (word, body) = name(rest);
        // What it takes stays before the text.
        let body = if body.len() > MAX_TEXT { &b""[..] } else { body.trim_ascii_end() };
        self.defined.insert(word, Some(body));
    }

    fn is_defined(&self, word: &[u8]) -> bool {
        match self.defined.get(word) {
            Some(body) => body.is_some(),
            None => predefined(word, self.is_cpp).is_some() && word != b"true",
        }
    }

    fn holds(&self, word: &[u8], rest: &[u8]) -> bool {
        match word {
            b"ifdef" | b"def" => self.is_defined(name(rest).0),
            b"ifndef" | b"ndef" => !self.is_defined(name(rest).0),
            _ if rest.len() > MAX_TEXT => false,
            _ => {
                self.left.set(MAX_NAMES);
                Condition { state: self, rest, depth: 0 }.either() != 0
            }
        }
    }
}

/// A condition as it is read. What does not read is taken for 0.
struct Condition<'s, 'a> {
    state: &'s State<'a>,
    rest: &'s [u8],
    depth: u32,
}

impl Condition<'_, '_> {
    fn space(&mut self) {
        loop {
            self.rest = self.rest.trim_ascii_start();
            match self.rest {
                [b'\\', b'\n' | b'\r', rest @ ..] => self.rest = rest,
                [b'/', b'*', rest @ ..] => {
                    let end = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
                    self.rest = &rest[end..];
                }
                [b'/', b'/', ..] => self.rest = &[],
                _ => return,
            }
        }
    }

    fn eat(&mut self, mark: &[u8]) -> bool {
        self.space();
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// With `?:`, the weakest of all.
    fn either(&mut self) -> i128 {
        let condition = self.binary(0);
        if !self.eat(b"?") {
            return condition;
        }
        let then = self.either();
        self.eat(b":");
        let otherwise = self.either();
        if condition != 0 { then } else { otherwise }
    }

    fn binary(&mut self, weakest: usize) -> i128 {
        const LEVELS: [&[&str]; 10] = [
            &["||"],
            &["&&"],
            &["|"],
            &["^"],
            &["&"],
            &["==", "!="],
            &["<=", ">=", "<", ">"],
            &["<<", ">>"],
            &["+", "-"],
            &["*", "/", "%"],
        ];
        self.depth += 1;
        let mut left = if self.depth > 200 { 0 } else { self.unary() };
        'more: loop {
            self.space();
            for (level, operators) in LEVELS.iter().enumerate().skip(weakest) {
                let Some(operator) = operators.iter().find(|operator| self.rest.starts_with(operator.as_bytes()))
                else {
                    continue;
                };
                // A longer operator is another one.
                let is_longer = match *operator {
                    "|" | "&" | "<" | ">" => self.rest.get(1) == operator.as_bytes().first(),
                    _ => false,
                };
                if is_longer {
                    continue;
                }
                self.rest = &self.rest[operator.len()..];
                let right = self.binary(level + 1);
                left = match *operator {
                    "||" => i128::from(left != 0 || right != 0),
                    "&&" => i128::from(left != 0 && right != 0),
                    "|" => left | right,
                    "^" => left ^ right,
                    "&" => left & right,
                    "==" => i128::from(left == right),
                    "!=" => i128::from(left != right),
                    "<=" => i128::from(left <= right),
                    ">=" => i128::from(left >= right),
                    "<" => i128::from(left < right),
                    ">" => i128::from(left > right),
                    "<<" => u32::try_from(right).ok().and_then(|by| left.checked_shl(by)).unwrap_or_default(),
                    ">>" => u32::try_from(right).ok().and_then(|by| left.checked_shr(by)).unwrap_or_default(),
                    "+" => left.wrapping_add(right),
                    "-" => left.wrapping_sub(right),
                    "*" => left.wrapping_mul(right),
                    "/" => left.checked_div(right).unwrap_or_default(),
                    _ => left.checked_rem(right).unwrap_or_default(),
                };
                continue 'more;
            }
            self.depth -= 1;
            return left;
        }
    }

    fn unary(&mut self) -> i128 {
        self.depth += 1;
        let value = if self.depth > 200 { 0 } else { self.unary_now() };
        self.depth -= 1;
        value
    }

    fn unary_now(&mut self) -> i128 {
        self.space();
        if self.rest.starts_with(b"!=") {
            return 0;
        }
        if self.eat(b"!") {
            return i128::from(self.unary() == 0);
        }
        if self.eat(b"~") {
            return !self.unary();
        }
        if self.eat(b"-") {
            return self.unary().wrapping_neg();
        }
        if self.eat(b"+") {
            return self.unary();
        }
        if self.eat(b"(") {
            let value = self.either();
            self.eat(b")");
            return value;
        }
        let (word, rest) = name(self.rest);
        self.rest = rest;
        match word {
            [] if self.rest.first() == Some(&b'\'') => self.character(),
            [] => {
                self.rest = self.rest.get(1..).unwrap_or_default();
                0
            }
            [b'0'..=b'9', ..] => number(word),
            b"defined" => {
                let in_parentheses = self.eat(b"(");
                let (word, rest) = name(self.rest);
                self.rest = rest;
                if in_parentheses {
                    self.eat(b")");
                }
                i128::from(self.state.is_defined(word))
            }
            b"__has_include" | b"__has_attribute" | b"__has_builtin" | b"__has_cpp_attribute" | b"__has_extension" => {
                self.arguments();
                1
            }
            // Of the language's features the usual compiler has all; others are of special builds.
            b"__has_feature" => {
                let asked = self.rest;
                self.arguments();
                let asked = asked.strip_prefix(b"(").unwrap_or(asked).trim_ascii_start();
                i128::from(asked.starts_with(b"cxx_") || asked.starts_with(b"c_"))
            }
            _ => self.named(word),
        }
    }

    fn named(&mut self, word: &[u8]) -> i128 {
        let known = match self.state.defined.get(word) {
            Some(Some(body)) => Some(*body),
            Some(None) => return 0,
            None => None,
        };
        let left = self.state.left.get();
        self.state.left.set(left.saturating_sub(1));
        let known = known.filter(|_| left > 0);
        self.space();
        if self.rest.first() == Some(&b'(') {
            let from = self.rest;
            self.arguments();
            let given = &from[1..(from.len() - self.rest.len()).max(2) - 1];
            return known.map_or(0, |body| self.called(body, given));
        }
        match known.filter(|body| body.first() != Some(&b'(')) {
            Some(body) if self.depth < 200 - 16 && body.len() <= MAX_TEXT => {
                Condition { state: self.state, rest: body, depth: self.depth + 200 / MAX_DEPTH }.either()
            }
            Some(_) => 0,
            None => predefined(word, self.state.is_cpp).unwrap_or_default(),
        }
    }

    /// `'a'`, `'\n'`, `'\0'`.
    fn character(&mut self) -> i128 {
        let inside = self.rest.strip_prefix(b"'").unwrap_or(self.rest);
        let end = inside.iter().skip(1).position(|&byte| byte == b'\'').map_or(inside.len(), |end| end + 1);
        self.rest = inside.get(end + 1..).unwrap_or_default();
        i128::from(match &inside[..end] {
            [b'\\', b'n'] => b'\n',
            [b'\\', b't'] => b'\t',
            [b'\\', b'r'] => b'\r',
            [b'\\', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => {
                let digits = std::str::from_utf8(digits).unwrap_or_default();
                return i128::from_str_radix(digits, 8).unwrap_or_default();
            }
            [b'\\', byte, ..] | [byte, ..] => *byte,
            [] => 0,
        })
    }

    /// A macro with parameters, given these.
    fn called(&self, body: &[u8], given: &[u8]) -> i128 {
        let Some(close) = body.iter().position(|&byte| byte == b')').filter(|_| body.first() == Some(&b'(')) else {
            return 0;
        };
        let (parameters, mut rest) = (&body[1..close], &body[close + 1..]);
        let parameters: Vec<&[u8]> = parameters.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).collect();
        let given: Vec<&[u8]> = given.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).collect();
        let mut text: Vec<u8> = Vec::with_capacity(body.len());
        while let Some(&byte) = rest.first() {
            let (word, behind) = if is_word(&byte) { name(rest) } else { rest.split_at(1) };
            let place = parameters.iter().position(|parameter| !word.is_empty() && *parameter == word);
            text.extend_from_slice(place.and_then(|place| given.get(place)).copied().unwrap_or(word));
            rest = behind;
        }
        if self.depth >= 200 - 16 || text.len() > MAX_TEXT {
            return 0;
        }
        Condition { state: self.state, rest: &text, depth: self.depth + 200 / MAX_DEPTH }.either()
    }

    fn arguments(&mut self) {
        self.space();
        let mut depth = 0_u32;
        for (at, byte) in self.rest.iter().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' if depth <= 1 => {
                    self.rest = &self.rest[at + 1..];
                    return;
                }
                b')' => depth -= 1,
                _ if depth == 0 => return,
                _ => {}
            }
        }
        self.rest = &[];
    }
}

fn number(text: &[u8]) -> i128 {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase().replace('\'', "");
    let text = text.trim_end_matches(['u', 'l', 'z']);
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x', ..] => (&text[2..], 16),
        [b'0', b'b', ..] => (&text[2..], 2),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    i128::from_str_radix(digits, radix).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::parts;

    fn left(text: &str) -> String {
        let ranges = parts(text.as_bytes(), false).unlikely;
        ranges.iter().map(|range| text[range.start as usize..range.end as usize].trim()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_other_builds_have_is_left_out() {
        assert_eq!(left("#ifdef _WIN32\na;\n#else\nb;\n#endif\n"), "a;");
        assert_eq!(
            left("#if defined(__GNUC__) && (__GNUC__ >= 4)\na;\n#elif X\nb;\n#else\nc;\n#endif\n"),
            "b;\n#else\nc;"
        );
        assert_eq!(left("#ifndef L\n# define L 0\n#endif\n#if (L>=1)\na;\n#endif\nb;"), "a;");
        assert_eq!(left("#if 0\na;\n# if 1\nb;\n# endif\n#endif\n"), "a;\n# if 1\nb;\n# endif");
        assert_eq!(left("#ifndef G_H\n#define G_H\na;\n#endif\n"), "");
        assert_eq!(
            left("#define V (4 * 100 + 2)\n#define IS(a, b) (V >= (a) && b)\n#if IS(402, 1)\na;\n#else\nb;\n#endif\n"),
            "b;"
        );
        let mut nested = String::from("#define A0 1\n");
        for n in 1..12 {
            nested += &format!("#define A{n}(x) {}\n", format!("A{}(x) + ", n - 1).repeat(50) + "1");
        }
        assert_eq!(left(&(nested + "#if A11(1)\na;\n#endif\n")), "");
        assert_eq!(left("#if !(1 << 3 | 2) || __has_include(<a.h>) ? 0 : 1\na;\n#endif\n"), "a;");
    }

    #[test]
    fn what_may_be_defined_elsewhere_is_told() {
        let text = "#ifndef A_H\n#define A_H\n#ifndef MIN\n# define MIN 1\n#endif\n#if !defined(B)\nb;\n#else\nc;\n#endif\n#endif\n";
        let unless: Vec<(&str, &[u8])> = parts(text.as_bytes(), false)
            .unless
            .into_iter()
            .map(|(range, name)| (text[range.start as usize..range.end as usize].trim(), name))
            .collect();
        assert_eq!(unless, [("# define MIN 1", &b"MIN"[..]), ("b;", b"B")]);
    }
}
