//! What a search asks for, and how well a name fits it.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{Atom, AtomKind, CaseMatching, Normalization},
};

/// What a text asks for.
pub(super) enum Query {
    Any,
    Name(Pattern),
    Path(PathPattern),
}

impl Query {
    pub(super) fn new(text: &str) -> Self {
        let parts: Vec<&str> = parts(text).collect();
        match parts[..] {
            [] => Query::Any,
            [name] => Query::Name(Pattern::new(name)),
            [ref containers @ .., name] => Query::Path(PathPattern {
                containers: containers.iter().map(|part| Pattern::new(part)).collect(),
                name: Pattern::new(name),
                within_name: !text.contains("::") && !text.contains('.'),
            }),
        }
    }
}

/// The names in a fully-qualified name or in a query.
fn parts(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|c: char| c == ':' || c == '.' || c.is_whitespace()).filter(|part| !part.is_empty())
}

/// One name, fuzzily.
pub(super) struct Pattern {
    text: String,
    atom: Atom,
    matcher: Matcher,
    buffer: Vec<char>,
}

/// What a whole name is worth above a part of one.
const WHOLE: u32 = 1000;
const WHOLE_BUT_CASE: u32 = 500;
/// In bytes. A longer text is no part of a name that somebody types, and the matcher's scores, 16 bits wide, would not hold what it
/// is worth: only the name that is the same fits it.
const LONGEST: usize = 1000;

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let mut config = Config::DEFAULT;
        config.prefer_prefix = true;
        Pattern {
            text: text.to_owned(),
            atom: Atom::new(text, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy, false),
            matcher: Matcher::new(config),
            buffer: Vec::new(),
        }
    }

    /// Another like it, for another thread.
    pub(super) fn again(&self) -> Self {
        Pattern::new(&self.text)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Lower case stands for upper case, too.
    pub(super) fn ignores_case(&self) -> bool {
        !self.text.bytes().any(|byte| byte.is_ascii_uppercase())
    }

    /// What a name is worth that begins with the text, at least. A name of ASCII letters, digits and `_` that does not begin
    /// so is worth less: none of its letters is worth more than in one that does, and there is a gap between two of them,
    /// or before the first, which costs something. `None` where it may be otherwise: for a text of other characters, and for
    /// `_` alone, which is worth the same everywhere.
    pub(super) fn score_of_begun(&mut self) -> Option<u32> {
        let is_plain = self.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_plain || self.text == "_" || self.text.len() > LONGEST {
            return None;
        }
        let begun = format!("{}_", self.text);
        self.score(&begun)
    }

    pub(super) fn score(&mut self, name: &str) -> Option<u32> {
        if self.text.len() > LONGEST {
            return (name == self.text).then_some(WHOLE);
        }
        let score = self.atom.score(Utf32Str::new(name, &mut self.buffer), &mut self.matcher)?;
        let whole = if name == self.text {
            WHOLE
        } else if name.eq_ignore_ascii_case(&self.text) {
            WHOLE_BUT_CASE
        } else {
            0
        };
        Some(u32::from(score) + whole)
    }
}

/// A name in a container, in another, each fuzzily.
pub(super) struct PathPattern {
    containers: Vec<Pattern>,
    name: Pattern,
    /// Parted by spaces only: they may all be parts of one name.
    within_name: bool,
}

impl PathPattern {
    /// The score, and the length of the name.
    pub(super) fn score(&mut self, fqn: &str) -> Option<(u32, usize)> {
        let mut fqn = parts(fqn).rev();
        let name = fqn.next()?;
        let own = self.name.score(name)?;
        let mut score = Some(own);
        for pattern in self.containers.iter_mut().rev() {
            // The nearest container that fits; the next pattern is for those outside of it.
            let found = fqn.by_ref().find_map(|part| pattern.score(part));
            score = score.zip(found).map(|(score, found)| score + found);
        }
        if score.is_none() && self.within_name {
            score = Some(own);
            for pattern in &mut self.containers {
                score = score.zip(pattern.score(name)).map(|(score, found)| score + found);
            }
        }
        score.map(|score| (score, name.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_score(query: &str, name: &str) -> Option<u32> {
        Pattern::new(query).score(name)
    }

    fn path_score(query: &str, fqn: &str) -> Option<u32> {
        match Query::new(query) {
            Query::Path(mut path) => path.score(fqn).map(|(score, _)| score),
            _ => panic!("not a path"),
        }
    }

    #[test]
    fn whole_names_come_before_beginnings_and_these_before_scattered_letters() {
        let whole = name_score("load", "load");
        let start = name_score("load", "load_file");
        let word = name_score("load", "re_load");
        let scattered = name_score("load", "long_output_and");
        assert!(whole > start && start > word && word > scattered && scattered.is_some());
        assert_eq!(name_score("load", "lad"), None);
    }

    #[test]
    fn upper_case_counts_where_it_is_typed() {
        assert!(name_score("console", "Console").is_some());
        assert_eq!(name_score("Console", "console"), None);
        assert!(name_score("Console", "Console") > name_score("console", "Console"));
    }

    #[test]
    fn containers_are_asked_for_in_any_notation() {
        for query in ["Console::print", "Console.print", "Console print", "rich::print", "con pri", "Console::print::"]
        {
            assert!(path_score(query, "rich.console.Console.print").is_some(), "{query}");
        }
        assert_eq!(path_score("Table.print", "rich.console.Console.print"), None);
        assert_eq!(path_score("print.Console", "rich.console.Console.print"), None);
        assert!(path_score("Console.print", "a.Console.print") > path_score("Console.print", "a.ConsoleOptions.print"));
    }

    #[test]
    fn words_may_be_of_one_name() {
        assert!(path_score("file load", "a::file_loader").is_some());
        assert!(path_score("read text", "a::b::read_source_text").is_some());
        assert_eq!(path_score("read::text", "a::b::read_source_text"), None);
    }

    #[test]
    fn of_texts_that_nobody_types_only_the_same_fits() {
        let long = "x".repeat(100_000);
        assert_eq!(name_score(&long, &long), Some(WHOLE));
        assert_eq!(name_score(&long, &format!("{long}x")), None);
        assert_eq!(Pattern::new(&long).score_of_begun(), None);
        let longest = "X".repeat(LONGEST);
        assert!(name_score(&longest, &longest) > Pattern::new(&longest).score_of_begun());
        assert!(name_score("xx", &long).is_some());
    }

    #[test]
    fn no_query_is_any_query() {
        assert!(matches!(Query::new(" :: "), Query::Any));
    }
}
