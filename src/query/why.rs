//! Why a function is as complex as it is: the places that add to its numbers, line by line.

use serde::Serialize;

use super::{Spot, SymbolFacts, View};
use crate::{
    kv::StoreError,
    record::{Cause, Contribution, SymbolId},
};

/// A function and what its complexities come of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Why {
    pub function: SymbolFacts,
    /// In the order of the text. Cyclomatic complexity is 1 and the sum of these; cognitive complexity is their sum.
    pub lines: Vec<WhyLine>,
}

/// What one line adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhyLine {
    /// 1-based.
    pub line: u32,
    pub cyclomatic: i32,
    pub cognitive: u32,
    /// In the order of the line.
    pub places: Vec<WhyPlace>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhyPlace {
    /// In bytes, from 0.
    pub col: u32,
    pub cause: Cause,
    pub cyclomatic: i32,
    pub cognitive: u32,
}

/// Of the innermost function at a spot; `None` when there is none, or the file is not indexed.
pub fn why(view: &View, path: &str, spot: Spot) -> Result<Option<Why>, StoreError> {
    let Some(file) = view.file(path)? else { return Ok(None) };
    let Some(function) = view.file_symbols(&file)?.function_at(spot)? else { return Ok(None) };
    let lines = by_line(&view.contributions(&function.path, function.symbol_id)?);
    Ok(Some(Why { function: SymbolFacts::of(view, function)?, lines }))
}

/// The lines that add most to a function's cognitive complexity: at most `count`, in the order of the text; and how many
/// more there are.
pub(super) fn heaviest(
    view: &View,
    path: &str,
    id: SymbolId,
    count: usize,
) -> Result<(Vec<WhyLine>, usize), StoreError> {
    let mut lines = by_line(&view.contributions(path, id)?);
    lines.retain(|line| line.cognitive > 0);
    let more = lines.len().saturating_sub(count);
    lines.sort_by_key(|line| (std::cmp::Reverse(line.cognitive), line.line));
    lines.truncate(count);
    lines.sort_by_key(|line| line.line);
    Ok((lines, more))
}

fn by_line(contributions: &[Contribution]) -> Vec<WhyLine> {
    let mut lines: Vec<WhyLine> = Vec::new();
    // What only the graph knows of is no part of a sum.
    for one in contributions.iter().filter(|one| one.cyclomatic != 0 || one.cognitive != 0) {
        if lines.last().is_none_or(|line| line.line != one.line) {
            lines.push(WhyLine { line: one.line, cyclomatic: 0, cognitive: 0, places: Vec::new() });
        }
        if let Some(line) = lines.last_mut() {
            line.cyclomatic += one.cyclomatic;
            line.cognitive = line.cognitive.saturating_add(one.cognitive);
            line.places.push(WhyPlace {
                col: one.col,
                cause: one.cause,
                cyclomatic: one.cyclomatic,
                cognitive: one.cognitive,
            });
        }
    }
    lines
}

impl WhyLine {
    /// `if, and ×2`
    pub fn causes(&self) -> String {
        let mut counts: Vec<(Cause, u32)> = Vec::new();
        for place in &self.places {
            match counts.iter_mut().find(|(cause, _)| *cause == place.cause) {
                Some((_, count)) => *count += 1,
                None => counts.push((place.cause, 1)),
            }
        }
        let words = counts.iter().map(|(cause, count)| match count {
            1 => cause.words().to_owned(),
            count => format!("{} ×{count}", cause.words()),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// By how many levels of nesting its weightiest place costs more.
    pub fn nesting(&self) -> u32 {
        self.places.iter().map(|place| place.cognitive.saturating_sub(1)).max().unwrap_or_default()
    }
}

impl Cause {
    /// As people call it.
    pub fn words(self) -> &'static str {
        match self {
            Cause::If => "if",
            Cause::ElseIf => "else if",
            Cause::Else => "else",
            Cause::Ternary => "conditional expression",
            Cause::Switch => "switch",
            Cause::Case => "case",
            Cause::Guard => "guard",
            Cause::While => "while",
            Cause::DoWhile => "do while",
            Cause::For => "for",
            Cause::Loop => "loop",
            Cause::LoopElse => "else of a loop",
            Cause::TryElse => "else of a try",
            Cause::Handler => "handler",
            Cause::And => "and",
            Cause::Or => "or",
            Cause::Coalesce => "??",
            Cause::OptionalChain => "?.",
            Cause::DefaultValue => "default value",
            Cause::Question => "?",
            Cause::LetElse => "let else",
            Cause::Assert => "assertion",
            Cause::ComprehensionFor => "for in a comprehension",
            Cause::ComprehensionIf => "if in a comprehension",
            Cause::Jump => "jump to a label",
            Cause::Recursion => "recursion",
            Cause::Variant => "#if",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: u32, cause: Cause, cyclomatic: i32, cognitive: u32) -> Contribution {
        Contribution { cause, line, col: 0, cyclomatic, cognitive, in_graph: true }
    }

    #[test]
    fn a_line_adds_up_what_is_on_it() {
        let lines = by_line(&[
            place(3, Cause::If, 1, 2),
            place(3, Cause::And, 1, 1),
            place(3, Cause::And, 1, 0),
            place(4, Cause::Guard, 0, 0),
            place(9, Cause::Else, 0, 1),
        ]);
        let told: Vec<_> = lines.iter().map(|l| (l.line, l.cyclomatic, l.cognitive, l.causes(), l.nesting())).collect();
        assert_eq!(told, [(3, 3, 3, "if, and ×2".to_owned(), 1), (9, 0, 1, "else".to_owned(), 0)]);
    }
}
