//! `metrics:why:{symbol_id}`: what adds to a function's complexities, place by place.

use serde::{Deserialize, Serialize};

/// A place that adds to a function's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    pub cause: Cause,
    /// 1-based.
    pub line: u32,
    /// 0-based, in bytes.
    pub col: u32,
    /// What it adds to the cyclomatic complexity.
    pub cyclomatic: i32,
    /// What it adds to the cognitive complexity: one, and one for each level that it is nested in.
    pub cognitive: u32,
    /// What it adds is a branch of the function's graph on a path from the entry without exceptions. Not so: a handler and
    /// what is decided in it, what is decided in a closure, in code that nothing reaches, by a literal, and what the
    /// reference tool counts although nothing is decided (a loop's `else`).
    pub in_graph: bool,
}

/// What adds to a complexity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    If,
    ElseIf,
    Else,
    /// A conditional expression.
    Ternary,
    /// `switch`, `match`.
    Switch,
    /// An arm or a label of one.
    Case,
    Guard,
    While,
    DoWhile,
    For,
    Loop,
    /// The `else` of a loop.
    LoopElse,
    /// The `else` of a `try`.
    TryElse,
    Handler,
    And,
    Or,
    /// `??`
    Coalesce,
    /// `?.`
    OptionalChain,
    /// The value of a missing argument.
    DefaultValue,
    /// `?`
    Question,
    /// The `else` of a `let`.
    LetElse,
    Assert,
    /// The `for` of a comprehension, and its `if`.
    ComprehensionFor,
    ComprehensionIf,
    /// A jump to a label.
    Jump,
    /// A call of the function by itself.
    Recursion,
    /// `#if`
    Variant,
}

/// The stored form: a column a field. Entry `n` of each column is contribution `n`; `cause` is a place in `causes`, and
/// `apart` lists the contributions that are no branch of the graph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyColumns {
    pub causes: Vec<Cause>,
    pub cause: Vec<u8>,
    pub line: Vec<u32>,
    pub col: Vec<u32>,
    pub cyclomatic: Vec<i32>,
    pub cognitive: Vec<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<u32>,
}

impl WhyColumns {
    pub fn of(contributions: &[Contribution]) -> Self {
        let mut columns = WhyColumns::default();
        for (index, one) in contributions.iter().enumerate() {
            let place = columns.causes.iter().position(|cause| *cause == one.cause).unwrap_or_else(|| {
                columns.causes.push(one.cause);
                columns.causes.len() - 1
            });
            columns.cause.push(place as u8);
            columns.line.push(one.line);
            columns.col.push(one.col);
            columns.cyclomatic.push(one.cyclomatic);
            columns.cognitive.push(one.cognitive);
            if !one.in_graph {
                columns.apart.push(index as u32);
            }
        }
        columns
    }

    /// `None` when the columns do not fit together.
    pub fn contributions(&self) -> Option<Vec<Contribution>> {
        let count = self.cause.len();
        if [self.line.len(), self.col.len(), self.cyclomatic.len(), self.cognitive.len()] != [count; 4] {
            return None;
        }
        (0..count)
            .map(|at| {
                Some(Contribution {
                    cause: *self.causes.get(usize::from(self.cause[at]))?,
                    line: self.line[at],
                    col: self.col[at],
                    cyclomatic: self.cyclomatic[at],
                    cognitive: self.cognitive[at],
                    in_graph: self.apart.binary_search(&(at as u32)).is_err(),
                })
            })
            .collect()
    }
}
