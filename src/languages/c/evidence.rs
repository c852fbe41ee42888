//! Whether a header is C or C++. Its ending does not say, so the evidence is, in this order:
//!
//!  1. its text: words and marks that only one of the two languages has. What stands in `#ifdef __cplusplus` says nothing;
//!  2. a source of the same name beside it: `list.c` makes `list.h` C, `list.cc` C++;
//!  3. the sources in its directory, and in those above it and their `src`: the nearest that has any, by the greater number.
//!
//! With none of these it is C. All of this lies on disk, so neither the order of indexing nor what the index has decides.

use super::reading::{
    directive_of,
    tokens::{Kind, Token, tokens},
};
use crate::languages::{Language, Surroundings, c, cpp};

/// How much of a text is looked at.
const MAX_TEXT: usize = 1 << 20;

/// By what is written in it.
pub(in crate::languages) fn by_text(bytes: &[u8]) -> Option<&'static Language> {
    let bytes = &bytes[..bytes.len().min(MAX_TEXT)];
    let tokens = tokens(bytes);
    let mut text = Text { bytes, tokens: &tokens, guards: Vec::new() };
    let mut is_cpp = false;
    for at in 0..tokens.len() {
        match text.look(at) {
            Some(Sign::C) => return Some(&c::LANGUAGE),
            Some(Sign::Cpp) => is_cpp = true,
            None => {}
        }
    }
    is_cpp.then_some(&cpp::LANGUAGE)
}

enum Sign {
    C,
    Cpp,
}

struct Text<'a> {
    bytes: &'a [u8],
    tokens: &'a [Token],
    /// The conditionals around, and whether what is in them is for one of the languages only.
    guards: Vec<bool>,
}

impl Text<'_> {
    fn text(&self, at: usize) -> &[u8] {
        self.tokens.get(at).map(|token| token.text(self.bytes)).unwrap_or_default()
    }

    fn look(&mut self, at: usize) -> Option<Sign> {
        let token = self.tokens[at];
        if token.kind == Kind::Directive {
            return self.directive(at);
        }
        if self.guards.contains(&true) {
            return None;
        }
        let text = token.text(self.bytes);
        let next = self.text(at + 1);
        let next_is_word = self.tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Word);
        let before = at.checked_sub(1).map(|before| self.text(before)).unwrap_or_default();
        if token.kind == Kind::Mark {
            return (text == b"::").then_some(Sign::Cpp);
        }
        if token.kind != Kind::Word {
            return None;
        }
        let is_member = matches!(before, b"." | b"->");
        match text {
            // `x.template f<T>()`.
            b"template" if is_member && next_is_word => Some(Sign::Cpp),
            // Names in C, keywords in C++: a declarator, a member.
            b"class" | b"new" | b"delete" | b"this" | b"private" | b"public" | b"protected" | b"template"
            | b"namespace" | b"virtual" | b"friend" | b"typename" | b"try" | b"catch" | b"throw" | b"using"
            | b"explicit" | b"export"
                if is_member
                    || (matches!(next, b";" | b"," | b")" | b"[" | b"=") && !matches!(text, b"this" | b"throw"))
                        && (before == b"*"
                            || before.first().is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')) =>
            {
                let is_cpp_too =
                    matches!(before, b"operator" | b"=" | b"return" | b"->") || next == b"=" && before == b"operator";
                (!is_cpp_too && !matches!(next, b"=")).then_some(Sign::C)
            }
            b"class" | b"namespace" | b"typename" | b"virtual" | b"explicit" | b"friend" if next_is_word => {
                Some(Sign::Cpp)
            }
            b"namespace" if next == b"{" => Some(Sign::Cpp),
            b"using" if next_is_word => Some(Sign::Cpp),
            b"template" if next == b"<" => Some(Sign::Cpp),
            b"public" | b"private" | b"protected" if next == b":" && matches!(before, b";" | b"{" | b"}" | b":") => {
                Some(Sign::Cpp)
            }
            b"static_cast" | b"reinterpret_cast" | b"dynamic_cast" | b"const_cast" if next == b"<" => Some(Sign::Cpp),
            b"operator" if !next_is_word || next == b"new" || next == b"delete" || next == b"bool" => Some(Sign::Cpp),
            b"constexpr" | b"noexcept" | b"decltype" | b"mutable" if next_is_word || next == b"(" || next == b";" => {
                Some(Sign::Cpp)
            }
            b"extern" if self.tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Text) => Some(Sign::Cpp),
            b"restrict" | b"_Bool" | b"_Generic" | b"_Atomic" if !is_member => Some(Sign::C),
            _ => None,
        }
    }

    fn directive(&mut self, at: usize) -> Option<Sign> {
        let (word, rest) = directive_of(self.text(at));
        match word {
            b"if" | b"ifdef" | b"ifndef" => {
                let guard = memchr::memmem::find(rest, b"__cplusplus").is_some();
                self.guards.push(guard);
            }
            b"elif" | b"else" => {}
            b"endif" => {
                self.guards.pop();
            }
            // `<vector>`: the headers of C have an ending.
            b"include" if !self.guards.contains(&true) => {
                let name = rest.strip_prefix(b"<").and_then(|rest| rest.split(|&byte| byte == b'>').next());
                let is_library = name.is_some_and(|name| {
                    !name.is_empty()
                        && name.iter().all(|&byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
                });
                let is_cpp_header = [&b".hpp"[..], b".hh", b".hxx"].iter().any(|ending| {
                    rest.strip_suffix(b"\"").or(rest.strip_suffix(b">")).is_some_and(|path| path.ends_with(ending))
                });
                return (is_library || is_cpp_header).then_some(Sign::Cpp);
            }
            _ => {}
        }
        None
    }
}

/// By what lies beside it.
pub(in crate::languages) fn by_surroundings(path: &str, around: &dyn Surroundings) -> &'static Language {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let beside = |endings: &[&str]| endings.iter().any(|ending| around.exists(&format!("{stem}.{ending}")));
    match (beside(C_SOURCES), beside(CPP_SOURCES)) {
        (true, false) => return &c::LANGUAGE,
        (false, true) => return &cpp::LANGUAGE,
        _ => {}
    }
    let mut directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    loop {
        let src = if directory.is_empty() { "src".to_owned() } else { format!("{directory}/src") };
        let (c_here, cpp_here) = sources(&around.names(directory));
        let (c_below, cpp_below) = sources(&around.names(&src));
        match (c_here + c_below).cmp(&(cpp_here + cpp_below)) {
            std::cmp::Ordering::Greater => return &c::LANGUAGE,
            std::cmp::Ordering::Less => return &cpp::LANGUAGE,
            std::cmp::Ordering::Equal if directory.is_empty() => return &c::LANGUAGE,
            std::cmp::Ordering::Equal => directory = directory.rsplit_once('/').map_or("", |(above, _)| above),
        }
    }
}

const C_SOURCES: &[&str] = &["c"];
const CPP_SOURCES: &[&str] = &["cc", "cpp", "cxx", "c++", "C"];

/// How many of these files are sources of C, and of C++.
fn sources(names: &[String]) -> (usize, usize) {
    let of = |endings: &[&str]| {
        let fits = |name: &&String| name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending));
        names.iter().filter(fits).count()
    };
    (of(C_SOURCES), of(CPP_SOURCES))
}
