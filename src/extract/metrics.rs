//! Cyclomatic and cognitive complexity, counted over roles while the walk goes by, and the places that add to them.
//!
//! Cyclomatic: McCabe 1976, with each language's counting as its reference tool has it (`languages/METRICS.md`).
//! Cognitive: G. Ann Campbell, "Cognitive Complexity", SonarSource 2018: structures count one and one more a level that
//! they are nested in, `else` and runs of one short-circuit operator count one, jumps to a label count one.
//!
//! A place that decides something in the function's own graph *claims* a decision there. The graph builder, which counts
//! on its own, reports the decisions that it drew, and says which of them are none on a path from the entry (a literal
//! condition, code that is not reached): so the two hold each other to account (`Graph::finish`, `tests/it/numbers.rs`).

use crate::{
    languages::roles::{Counting, Part, Role},
    record::{Cause, Contribution},
    text::SourceText,
};

/// The numbers of one function while the walk is in it.
#[derive(Debug)]
pub(super) struct Complexity {
    pub max_nesting: u32,
    nesting: u32,
    /// Depths of the nodes that nest what is in them.
    nests: Vec<u32>,
    /// Of operations within each other without parentheses between: the depth of the outermost one, and the operator that
    /// was met last.
    runs: Vec<(u32, Option<Role>)>,
    /// The depth of an assertion that the walk is in: it counts one, whatever is in it (as radon has it).
    asserting: Option<u32>,
    counting: Counting,
    places: Vec<Place>,
    /// Switches and matches, which the modified number counts once.
    switches: u32,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    at: u32,
    cause: Cause,
    cyclomatic: i32,
    cognitive: u32,
    /// It is a decision in the function's graph.
    claims: bool,
}

/// What a function's complexities come to.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub cyclomatic: u32,
    pub modified: u32,
    pub cognitive: u32,
    pub contributions: Vec<Contribution>,
    /// Decisions that are claimed, to be held against those that were drawn.
    pub claims: u32,
}

/// What the counting needs to know of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    pub at: u32,
    pub depth: u32,
    pub parent: Role,
    pub part: Option<Part>,
    /// An `else` that holds nothing but a further `if`.
    pub wraps_if: bool,
    /// The first arm of its match.
    pub first_arm: bool,
}

/// For which of a function's numbers a node counts. All of them in the function itself; some in the functions around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub cyclomatic: bool,
    pub cognitive: bool,
    pub graph: bool,
}

impl Reach {
    pub const OWN: Reach = Reach { cyclomatic: true, cognitive: true, graph: true };
}

impl Complexity {
    pub fn new(counting: Counting) -> Self {
        Complexity {
            max_nesting: 0,
            nesting: 0,
            nests: Vec::new(),
            runs: Vec::new(),
            asserting: None,
            counting,
            places: Vec::new(),
            switches: 0,
        }
    }

    pub fn enter(&mut self, role: Role, around: Around, reach: Reach) {
        let decides = self.decision(role, around);
        let understood = self.cognitive(role, around);
        let cause = decides.map(|(cause, ..)| cause).or(understood.map(|(cause, _)| cause));
        if let Some(cause) = cause {
            let (_, cyclomatic, claims) = decides.unwrap_or((cause, 0, false));
            let (_, cognitive) = understood.unwrap_or((cause, 0));
            self.add(Place { at: around.at, cause, cyclomatic, cognitive, claims }, reach);
        }
        if is_bare_else(role, around) {
            self.add(Place { at: around.at, cause: Cause::Else, cyclomatic: 0, cognitive: 1, claims: false }, reach);
        }
        match role {
            Role::And | Role::Or | Role::Coalesce if !is_operation(around.parent) => self.runs.push((around.depth, None)),
            Role::Match | Role::Switch | Role::Select | Role::Ladder if reach.cyclomatic => self.switches += 1,
            Role::Closure => self.nest(around.depth),
            Role::Arm | Role::DefaultArm if is_choice(around.parent) => {
                self.nest(around.depth);
            }
            Role::Assert if self.counting.assertions => {
                self.asserting.get_or_insert(around.depth);
            }
            _ => {}
        }
    }

    fn add(&mut self, place: Place, reach: Reach) {
        let place = Place {
            cyclomatic: if reach.cyclomatic && self.asserting.is_none() { place.cyclomatic } else { 0 },
            cognitive: if reach.cognitive { place.cognitive } else { 0 },
            claims: place.claims && reach.graph,
            ..place
        };
        if place.cyclomatic != 0 || place.cognitive != 0 || place.claims {
            self.places.push(place);
        }
    }

    /// What is in the node at this depth is nested.
    pub fn nest(&mut self, depth: u32) {
        self.nests.push(depth);
        self.nesting += 1;
        self.max_nesting = self.max_nesting.max(self.nesting);
    }

    /// What a node adds to the cyclomatic complexity, and whether the graph has a decision for it.
    fn decision(&self, role: Role, around: Around) -> Option<(Cause, i32, bool)> {
        let counting = self.counting;
        Some(match role {
            Role::If if around.part == Some(Part::Else) || around.parent == Role::Else => (Cause::ElseIf, 1, true),
            Role::If => (Cause::If, 1, true),
            Role::ElseIf => (Cause::ElseIf, 1, true),
            Role::While => (Cause::While, 1, true),
            Role::DoWhile => (Cause::DoWhile, 1, true),
            Role::For => (Cause::For, 1, true),
            Role::Ternary => (Cause::Ternary, 1, true),
            Role::ComprehensionFor => (Cause::ComprehensionFor, 1, true),
            // A case's guard is written as a filter in some grammars; it counts where guards do.
            Role::ComprehensionIf if around.part != Some(Part::Guard) => (Cause::ComprehensionIf, 1, true),
            Role::Question => (Cause::Question, 1, true),
            Role::Optional => (Cause::OptionalChain, 1, true),
            Role::DefaultValue => (Cause::DefaultValue, 1, true),
            Role::Handler | Role::CatchAll => (Cause::Handler, 1, false),
            Role::Assert => (Cause::Assert, i32::from(counting.assertions), true),
            Role::Else if counting.loop_and_try_else && is_loop(around.parent) => (Cause::LoopElse, 1, false),
            Role::Else if counting.loop_and_try_else && around.parent == Role::Try => (Cause::TryElse, 1, false),
            Role::Arm if counting.arms_without_catch_all => (Cause::Case, 1, true),
            Role::Arm | Role::DefaultArm if !counting.arms_without_catch_all && !around.first_arm => {
                (Cause::Case, 1, true)
            }
            Role::Case => (Cause::Case, 1, true),
            Role::Variants | Role::Variant => (Cause::Variant, i32::from(counting.variants), true),
            _ => return None,
        })
    }

    /// What a node adds to the cognitive complexity.
    fn cognitive(&self, role: Role, around: Around) -> Option<(Cause, u32)> {
        // Saturating where it is summed up: a file may nest a hundred thousand deep to see what happens.
        let nested = 1 + self.nesting;
        Some(match role {
            // What is in an `else if` is nested by the first `if` already.
            Role::If if around.part == Some(Part::Else) || around.parent == Role::Else => (Cause::ElseIf, 1),
            Role::ElseIf => (Cause::ElseIf, 1),
            Role::Else if !around.wraps_if => (Cause::Else, 1),
            Role::If => (Cause::If, nested),
            Role::Ternary => (Cause::Ternary, nested),
            Role::Match | Role::Switch | Role::Select | Role::Ladder => (Cause::Switch, nested),
            Role::While => (Cause::While, nested),
            Role::DoWhile => (Cause::DoWhile, nested),
            Role::For => (Cause::For, nested),
            Role::Loop => (Cause::Loop, nested),
            Role::Handler | Role::CatchAll => (Cause::Handler, nested),
            Role::And if self.starts_run(role, around) => (Cause::And, 1),
            Role::Or if self.starts_run(role, around) => (Cause::Or, 1),
            Role::Coalesce if self.starts_run(role, around) => (Cause::Coalesce, 1),
            Role::Goto => (Cause::Jump, 1),
            _ => return None,
        })
    }

    /// By what is an operand of what.
    fn starts_run(&self, role: Role, around: Around) -> bool {
        around.parent != role && !self.counting.cognitive.runs_as_written
    }

    /// A short-circuit operator itself.
    pub fn operator(&mut self, role: Role, at: u32, reach: Reach) {
        let cause = match role {
            Role::And => Cause::And,
            Role::Or => Cause::Or,
            _ => Cause::Coalesce,
        };
        let last = self.runs.last_mut().and_then(|(_, last)| last.replace(role));
        let cognitive = u32::from(self.counting.cognitive.runs_as_written && last != Some(role));
        self.add(Place { at, cause, cyclomatic: 1, cognitive, claims: true }, reach);
    }

    /// A part of a node with this role; the part itself has `role`.
    pub fn part(&mut self, part: Part, of: Role, role: Role, around: Around, reach: Reach) {
        match part {
            Part::Guard => {
                let cyclomatic = i32::from(self.counting.guards);
                self.add(Place { at: around.at, cause: Cause::Guard, cyclomatic, cognitive: 0, claims: true }, reach);
            }
            Part::LetElse => {
                self.add(
                    Place { at: around.at, cause: Cause::LetElse, cyclomatic: 1, cognitive: 0, claims: true },
                    reach,
                );
            }
            Part::Else if matches!(role, Role::If | Role::ElseIf) || around.wraps_if => {}
            Part::Else if of == Role::If && !self.counting.cognitive.else_nests => {}
            Part::Then | Part::Else if matches!(of, Role::If | Role::ElseIf | Role::Ternary) => self.nest(around.depth),
            Part::Body | Part::Else if is_loop(of) => self.nest(around.depth),
            Part::Body if matches!(of, Role::Handler | Role::CatchAll) || is_choice(of) => self.nest(around.depth),
            _ => {}
        }
    }

    /// A jump names a label.
    pub fn labelled_jump(&mut self, at: u32, reach: Reach) {
        self.add(Place { at, cause: Cause::Jump, cyclomatic: 0, cognitive: 1, claims: false }, reach);
    }

    /// The function calls itself.
    pub fn recursion(&mut self, at: u32) {
        let reach = Reach { cyclomatic: false, cognitive: true, graph: false };
        self.add(Place { at, cause: Cause::Recursion, cyclomatic: 0, cognitive: 1, claims: false }, reach);
    }

    pub fn leave(&mut self, depth: u32) {
        if self.asserting == Some(depth) {
            self.asserting = None;
        }
        self.runs.pop_if(|(at, _)| *at == depth);
        while self.nests.last() == Some(&depth) {
            self.nests.pop();
            self.nesting -= 1;
        }
    }

    /// The sums. `idle` are the places of decisions that were drawn and are none.
    pub fn finish(mut self, idle: &[u32], text: &SourceText) -> Numbers {
        self.places.sort_by_key(|place| place.at);
        let claims = self.places.iter().filter(|place| place.claims).count() as u32;
        for &at in idle {
            let nearest = self.places.iter_mut().filter(|place| place.claims).min_by_key(|place| place.at.abs_diff(at));
            if let Some(place) = nearest {
                place.claims = false;
            }
        }
        let sum = |places: &mut dyn Iterator<Item = i32>| places.fold(1_i32, i32::saturating_add).max(0) as u32;
        let cyclomatic = sum(&mut self.places.iter().map(|place| place.cyclomatic));
        let without_cases =
            sum(&mut self.places.iter().filter(|place| place.cause != Cause::Case).map(|place| place.cyclomatic));
        Numbers {
            cyclomatic,
            modified: without_cases.saturating_add(self.switches),
            cognitive: self.places.iter().fold(0, |sum, place| sum.saturating_add(place.cognitive)),
            contributions: self
                .places
                .iter()
                .map(|place| {
                    let position = text.place(place.at);
                    Contribution {
                        cause: place.cause,
                        line: position.line_1(),
                        col: position.col,
                        cyclomatic: place.cyclomatic,
                        cognitive: place.cognitive,
                        in_graph: place.claims,
                    }
                })
                .collect(),
            claims,
        }
    }
}

/// An `else` that is no clause of its own.
fn is_bare_else(role: Role, around: Around) -> bool {
    around.part == Some(Part::Else)
        && around.parent == Role::If
        && !matches!(role, Role::If | Role::ElseIf | Role::Else)
}

fn is_operation(role: Role) -> bool {
    matches!(role, Role::And | Role::Or | Role::Coalesce)
}

fn is_choice(role: Role) -> bool {
    matches!(role, Role::Match | Role::Switch | Role::Select | Role::Ladder)
}

fn is_loop(role: Role) -> bool {
    matches!(role, Role::For | Role::While | Role::DoWhile | Role::Loop)
}
