//! The names of a table that fit a pattern, the best first.

use std::{cmp::Reverse, collections::BinaryHeap, iter, ops::Range, thread};

use super::pattern::Pattern;
use crate::kv::{NameTable, names};

/// So many names for each thread, at least.
const SHARE: usize = 100_000;
const MAX_THREADS: usize = 2;
/// How many names are looked at before it is asked whether somebody waits for them.
const STRETCH: usize = 1 << 12;

/// Which names are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    All,
    /// Those that begin with the pattern's text, and those that are not of ASCII letters, digits and `_` alone.
    Begun,
    NotBegun,
}

/// A name that fits. The greatest has the highest score, and of those the shortest name.
type Candidate = (u32, Reverse<u32>, u32);

pub(super) struct Candidates<'t> {
    names: &'t NameTable,
    heap: BinaryHeap<Candidate>,
    /// Those that come next, as good as each other, the last first.
    next: Vec<&'t str>,
    score: u32,
}

impl<'t> Candidates<'t> {
    /// Looks through a table. What was found until `go_on` says no is all there is.
    pub(super) fn new(
        pattern: &mut Pattern,
        names: &'t NameTable,
        which: Which,
        go_on: &(impl Fn() -> bool + Sync),
    ) -> Self {
        Candidates::shared(pattern, names, which, go_on, (names.len() / SHARE).clamp(1, MAX_THREADS))
    }

    /// [`Candidates::new`] by so many threads.
    fn shared(
        pattern: &mut Pattern,
        names: &'t NameTable,
        which: Which,
        go_on: &(impl Fn() -> bool + Sync),
        threads: usize,
    ) -> Self {
        let share = names.len().div_ceil(threads);
        let others: Vec<_> =
            (1..threads).map(|at| (pattern.again(), at * share..names.len().min((at + 1) * share))).collect();
        let found = thread::scope(|scope| {
            let others: Vec<_> = others
                .into_iter()
                .map(|(mut pattern, range)| scope.spawn(move || fitting(&mut pattern, names, which, range, go_on)))
                .collect();
            let mut found = fitting(pattern, names, which, 0..share.min(names.len()), go_on);
            for other in others {
                match other.join() {
                    Ok(mut more) => found.append(&mut more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            found
        });
        Candidates { names, heap: found.into(), next: Vec::new(), score: 0 }
    }
}

impl<'t> Iterator for Candidates<'t> {
    type Item = (u32, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next.is_empty() {
            let (score, length, at) = self.heap.pop()?;
            self.score = score;
            self.next.push(self.names.name(at as usize));
            let same = iter::from_fn(|| {
                self.heap.peek().is_some_and(|next| (next.0, next.1) == (score, length)).then(|| self.heap.pop())?
            });
            self.next.extend(same.map(|(.., at)| self.names.name(at as usize)));
            self.next.sort_unstable_by(|a, b| b.cmp(a));
            // A name that was added late may be in the table twice.
            self.next.dedup();
        }
        self.next.pop().map(|name| (self.score, name))
    }
}

fn fitting(
    pattern: &mut Pattern,
    names: &NameTable,
    which: Which,
    range: Range<usize>,
    go_on: &impl Fn() -> bool,
) -> Vec<Candidate> {
    let text = pattern.text().to_owned();
    // Another text fits a name by other rules.
    let is_ascii = text.is_ascii();
    let wanted = if is_ascii { names::letters(&text) } else { 0 };
    let letters = Letters { text: text.as_bytes(), ignores_case: pattern.ignores_case() };
    let mut found = Vec::new();
    for stretch in range.clone().step_by(STRETCH) {
        if !go_on() {
            break;
        }
        for at in stretch..range.end.min(stretch + STRETCH) {
            let own = names.letters()[at];
            if own & wanted != wanted {
                continue;
            }
            let name = names.name(at);
            if which != Which::All {
                let is_begun = !names::is_plain(own) || letters.begin(name.as_bytes());
                if is_begun != (which == Which::Begun) {
                    continue;
                }
            }
            // Most have the letters, but not in their order.
            if is_ascii && names::is_plain(own) && !letters.are_in(name.as_bytes()) {
                continue;
            }
            if let Some(score) = pattern.score(name) {
                found.push((score, Reverse(name.len() as u32), at as u32));
            }
        }
    }
    found
}

/// The letters of a text that is ASCII, as they stand for those of a name.
struct Letters<'t> {
    text: &'t [u8],
    ignores_case: bool,
}

impl Letters<'_> {
    fn begin(&self, name: &[u8]) -> bool {
        name.get(..self.text.len()).is_some_and(|start| {
            if self.ignores_case { start.eq_ignore_ascii_case(self.text) } else { start == self.text }
        })
    }

    /// Whether they are in the name in their order.
    fn are_in(&self, name: &[u8]) -> bool {
        let mut rest = self.text.iter();
        let Some(mut wanted) = rest.next() else { return true };
        for &byte in name {
            let byte = if self.ignores_case { byte.to_ascii_lowercase() } else { byte };
            if byte == *wanted {
                match rest.next() {
                    Some(next) => wanted = next,
                    None => return true,
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, names: &NameTable, which: Which, threads: usize) -> Vec<(u32, String)> {
        let candidates = Candidates::shared(&mut Pattern::new(text), names, which, &|| true, threads);
        candidates.map(|(score, name)| (score, name.to_owned())).collect()
    }

    #[test]
    fn the_best_come_first_each_once_however_many_threads_look() {
        let names = [
            "reload",
            "load_b",
            "lost",
            "load_a",
            "Load",
            "l o a d",
            "load",
            "adlo",
            "load_a",
            "lo\u{e4}d",
            "long_load",
        ];
        let table = NameTable::of(&names);
        let one = found("load", &table, Which::All, 1);
        let order: Vec<_> = one.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(order[..4], ["load", "Load", "lo\u{e4}d", "load_a"]);
        let mut rest = order[4..].to_vec();
        rest.sort_unstable();
        assert_eq!(rest, ["l o a d", "load_b", "long_load", "reload"]);
        assert!(one.is_sorted_by(|a, b| a.0 >= b.0));
        for threads in [2, 3, 20] {
            assert_eq!(found("load", &table, Which::All, threads), one);
        }
    }

    #[test]
    fn names_that_begin_so_and_others_are_all_names_and_these_are_worth_less() {
        let table = NameTable::of(&[
            "abc", "Abd", "ab", "a_b_c", "xab", "x_ab", "a b", "x ab", "\u{e4}b", "aXb", "ba", "_ab", "a_ab", "__ab",
            "_xab",
        ]);
        for text in ["a", "ab", "A", "Ab", "b", "_a", "_ab", "__"] {
            let least = Pattern::new(text).score_of_begun().expect("it is a plain text");
            let begun = found(text, &table, Which::Begun, 1);
            let not = found(text, &table, Which::NotBegun, 1);
            let plain = begun.iter().filter(|(_, name)| names::is_plain(names::letters(name)));
            assert!(plain.clone().all(|(score, _)| *score >= least), "{text}: {begun:?}");
            assert!(plain.count() > 0 && not.iter().all(|(score, _)| *score < least), "{text}: {not:?}");
            let mut both = [begun, not].concat();
            let mut all = found(text, &table, Which::All, 1);
            both.sort();
            all.sort();
            assert_eq!(both, all);
        }
        assert_eq!(Pattern::new("_").score_of_begun(), None);
        assert_eq!(Pattern::new("a$").score_of_begun(), None);
    }
}
