//! Cyclomatic and cognitive complexity, counted over roles while the walk goes by, and the places that add to them.
//!
//! Cyclomatic: McCabe 1976, with each language's counting as its reference tool has it (`languages/METRICS.md`).
//! Cognitive: G. Ann Campbell, "Cognitive Complexity", SonarSource 2018: structures count one and one more a level that
//! they are nested in, `else` and runs of one short-circuit operator count one, jumps to a label count one.
//!
//! A place that decides something in the function's own graph *claims* a decision there. The graph builder, which counts
//! on its own, reports the decisions that it drew, and says which of them are none on a path from the entry (a literal
//! condition, code that is not reached): so the two hold each other to account (`Graph::finish`, `tests/it/numbers.rs`).

use std::collections::BTreeSet;

use crate::{
    languages::roles::{Checking, Counting, Part, Role},
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
    /// Operations from which on runs of one short-circuit operator are told, by their depth, and the operator that was met
    /// last in each. A run's first operator bears what it counts.
    runs: Vec<Run>,
    /// Operations and calls that the walk is in, by their depth, where runs of operators go through all else.
    operations: Vec<(u32, Option<Role>)>,
    /// The `if`s that the walk is in, by their depth, and whether they go on from another.
    ifs: Vec<(u32, bool)>,
    /// The depth of the call of a checking macro that the walk is in, and how often what is in it counts.
    copies: Option<(u32, u32)>,
    /// The depth of an assertion that the walk is in: it counts one, whatever is in it (as radon has it).
    asserting: Option<u32>,
    /// The depth of a part that the walk is in and whose decisions are in the graph but do not count.
    disregarded: Option<u32>,
    /// The depth of a [`Part::Unweighed`] that the walk is in.
    unweighed: Option<u32>,
    /// A call of the function by itself was met.
    recurs: bool,
    counting: Counting,
    places: Vec<Place>,
    /// Switches and matches, which the modified number counts once.
    switches: u32,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    depth: u32,
    last: Option<Role>,
    silent: bool,
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
    /// A short-circuit operation whose operators count nothing (cognitive).
    pub silent: bool,
    /// A statement that nobody sees (cognitive).
    pub unseen: bool,
}

impl Around {
    pub fn plain(at: u32, depth: u32, parent: Role, part: Option<Part>) -> Self {
        Around { at, depth, parent, part, wraps_if: false, first_arm: false, silent: false, unseen: false }
    }
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

    /// From a function, or a closure, to the function around it.
    pub fn outside(counting: &Counting, is_closure: bool) -> Reach {
        let cognitive = &counting.cognitive;
        Reach {
            cyclomatic: if is_closure { counting.closures_count_outside } else { counting.functions_count_outside },
            cognitive: if is_closure { cognitive.closures_count_outside } else { cognitive.functions_count_outside },
            graph: false,
        }
    }
}

impl Complexity {
    pub fn new(counting: Counting) -> Self {
        Complexity {
            max_nesting: 0,
            nesting: 0,
            nests: Vec::new(),
            runs: Vec::new(),
            operations: Vec::new(),
            ifs: Vec::new(),
            copies: None,
            asserting: None,
            disregarded: None,
            unweighed: None,
            recurs: false,
            counting,
            places: Vec::new(),
            switches: 0,
        }
    }

    pub fn enter(&mut self, role: Role, around: Around, reach: Reach) {
        self.enter_place(role, around, reach);
        if self.counting.cognitive.runs_through_all && is_operation(role) {
            self.operations.push((around.depth, Some(role)));
        }
        if role == Role::If {
            self.ifs.push((around.depth, is_further(around)));
        }
    }

    fn enter_place(&mut self, role: Role, around: Around, reach: Reach) {
        let decides = self.decision(role, around);
        let understood = self.cognitive(role, around);
        let cause = decides.map(|(cause, ..)| cause).or(understood.map(|(cause, _)| cause));
        if let Some(cause) = cause {
            let (_, cyclomatic, claims) = decides.unwrap_or((cause, 0, false));
            let (_, cognitive) = understood.unwrap_or((cause, 0));
            self.add(Place { at: around.at, cause, cyclomatic, cognitive, claims }, reach);
        }
        if self.nests_whole(role, around) {
            self.nest(around.depth);
        }
        if is_bare_else(role, around) {
            self.add(Place { at: around.at, cause: Cause::Else, cyclomatic: 0, cognitive: 1, claims: false }, reach);
        }
        match role {
            Role::Call if self.counting.cognitive.runs_through_all => self.operations.push((around.depth, None)),
            Role::And | Role::Or | Role::Coalesce if self.starts_run(role, around) => {
                self.runs.push(Run { depth: around.depth, last: None, silent: around.silent });
            }
            Role::Match | Role::MatchInTurn | Role::Switch | Role::Select | Role::Ladder if reach.cyclomatic => {
                self.switches += 1
            }
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
        let counts = self.disregarded.is_none();
        let copies = self.copies.map_or(1, |(_, copies)| copies);
        let place = Place {
            cyclomatic: if reach.cyclomatic && self.asserting.is_none() && counts { place.cyclomatic } else { 0 },
            cognitive: if reach.cognitive && self.unweighed.is_none() { place.cognitive * copies } else { 0 },
            claims: place.claims && reach.graph,
            ..place
        };
        if place.cyclomatic != 0 || place.cognitive != 0 || place.claims {
            self.places.push(place);
        }
    }

    /// All that is in the node is nested, not its body only.
    fn nests_whole(&self, role: Role, around: Around) -> bool {
        match role {
            _ if around.unseen => false,
            Role::Closure => true,
            Role::If => self.counting.cognitive.heads_nest && !is_further(around),
            Role::Match => self.counting.cognitive.heads_nest,
            Role::Switch => self.counting.cognitive.further_heads_nest,
            Role::ElseIf => self.counting.cognitive.further_heads_nest,
            _ => (self.counting.cognitive.heads_nest || self.counting.cognitive.further_heads_nest) && is_loop(role),
        }
    }

    /// What is decided in the node at this depth is in the graph and does not count: no tool looks there.
    pub fn disregard(&mut self, depth: u32) {
        self.disregarded = Some(depth);
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
            Role::If if is_further(around) => (Cause::ElseIf, 1, true),
            Role::If => (Cause::If, 1, true),
            Role::ElseIf => (Cause::ElseIf, 1, true),
            Role::While => (Cause::While, 1, true),
            Role::MacroLoop => (Cause::While, 0, true),
            Role::DoWhile | Role::DoUntil => (Cause::DoWhile, 1, true),
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
            Role::VariantsUnless => (Cause::Variant, 0, true),
            _ => return None,
        })
    }

    /// What a node adds to the cognitive complexity.
    fn cognitive(&self, role: Role, around: Around) -> Option<(Cause, u32)> {
        // Saturating where it is summed up: a file may nest a hundred thousand deep to see what happens.
        let nested = 1 + self.nesting;
        Some(match role {
            _ if around.unseen => return None,
            // What is in an `else if` is nested by the first `if` already.
            Role::If if is_further(around) => (Cause::ElseIf, 1),
            Role::ElseIf => (Cause::ElseIf, 1),
            // That of a loop or a `try` follows on its body and is no second way.
            Role::Else if !around.wraps_if && !is_loop(around.parent) && around.parent != Role::Try => (Cause::Else, 1),
            Role::ComprehensionFor if self.counting.cognitive.comprehensions => (Cause::ComprehensionFor, nested),
            Role::ComprehensionIf if self.counting.cognitive.comprehensions && around.part != Some(Part::Guard) => {
                (Cause::ComprehensionIf, 1)
            }
            Role::If => (Cause::If, nested),
            Role::Ternary => (Cause::Ternary, nested),
            Role::Match | Role::MatchInTurn | Role::Switch | Role::Select | Role::Ladder => (Cause::Switch, nested),
            Role::While | Role::MacroLoop => (Cause::While, nested),
            Role::DoWhile | Role::DoUntil => (Cause::DoWhile, nested),
            Role::For => (Cause::For, nested),
            Role::Loop => (Cause::Loop, nested),
            Role::Handler | Role::CatchAll => (Cause::Handler, nested),
            Role::Goto => (Cause::Jump, 1),
            _ => return None,
        })
    }

    /// Of operations within each other: whether runs of operators are told from here on.
    fn starts_run(&self, role: Role, around: Around) -> bool {
        if self.counting.cognitive.runs_through_all {
            return self.operations.last().and_then(|(_, outer)| *outer) != Some(role);
        }
        if self.counting.cognitive.runs_as_written { !is_operation(around.parent) } else { around.parent != role }
    }

    /// A short-circuit operator itself, of the operation at a depth.
    pub fn operator(&mut self, role: Role, at: u32, operation: u32, reach: Reach) {
        let cause = match role {
            Role::And => Cause::And,
            Role::Or => Cause::Or,
            _ => Cause::Coalesce,
        };
        let cognitive = &self.counting.cognitive;
        let starts = if cognitive.runs_as_written {
            self.runs.last_mut().is_some_and(|run| run.last.replace(role) != Some(role) && !run.silent)
        } else {
            self.runs.pop_if(|run| run.depth == operation).is_some()
        };
        let cognitive = u32::from(starts && (role == Role::And || !cognitive.only_ands_run));
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
            Part::Unweighed => {
                self.unweighed.get_or_insert(around.depth);
            }
            Part::Body if of == Role::Comprehension && self.counting.cognitive.comprehensions => {
                self.nest(around.depth)
            }
            Part::Condition if of == Role::ComprehensionIf && self.counting.cognitive.comprehensions => {
                self.nest(around.depth);
            }
            Part::Then | Part::Else if of == Role::Ternary => self.nest(around.depth),
            Part::Body if matches!(of, Role::Handler | Role::CatchAll) => self.nest(around.depth),
            Part::ValuedStatements if self.counting.cognitive.valued_statements_nest => self.nest(around.depth),
            Part::Condition
                if self.counting.cognitive.further_heads_nest
                    && of == Role::If
                    && self.ifs.last().is_some_and(|(_, further)| *further) =>
            {
                self.nest(around.depth);
            }
            Part::Body if self.counting.cognitive.further_heads_nest && (is_loop(of) || of == Role::Switch) => {}
            Part::Body if is_choice(of) && of != Role::Match => self.nest(around.depth),
            _ if self.counting.cognitive.heads_nest => {}
            Part::Else if matches!(role, Role::If | Role::ElseIf) || around.wraps_if => {}
            Part::Else if of == Role::If && !self.counting.cognitive.else_nests => {}
            Part::Then | Part::Else if matches!(of, Role::If | Role::ElseIf) => self.nest(around.depth),
            Part::Body if is_loop(of) || of == Role::Match => self.nest(around.depth),
            _ => {}
        }
    }

    /// A decision in a part of the text that is in no graph.
    pub fn unseen(&mut self, cause: Cause, variants: bool, at: u32, reach: Reach) {
        let cyclomatic = i32::from(cause != Cause::Variant || variants);
        self.add(Place { at, cause, cyclomatic, cognitive: 0, claims: false }, reach);
    }

    /// A macro is called that checks something; the call is at this depth.
    pub fn checks(&mut self, checking: Checking, at: u32, call: u32, reach: Reach) {
        let structures = (1..=checking.structures).map(|level| level.saturating_add(self.nesting));
        let cognitive = structures.fold(checking.more, u32::saturating_add);
        self.add(Place { at, cause: Cause::Assert, cyclomatic: 0, cognitive, claims: false }, reach);
        self.copies.get_or_insert((call, checking.copies));
    }

    /// A jump names a label.
    pub fn labelled_jump(&mut self, at: u32, reach: Reach) {
        self.add(Place { at, cause: Cause::Jump, cyclomatic: 0, cognitive: 1, claims: false }, reach);
    }

    /// The function calls itself.
    pub fn recursion(&mut self, at: u32) {
        let again = std::mem::replace(&mut self.recurs, true);
        if again && self.counting.cognitive.recursion_counts_once {
            return;
        }
        self.places.push(Place { at, cause: Cause::Recursion, cyclomatic: 0, cognitive: 1, claims: false });
    }

    pub fn leave(&mut self, depth: u32) {
        if self.disregarded == Some(depth) {
            self.disregarded = None;
        }
        if self.asserting == Some(depth) {
            self.asserting = None;
        }
        if self.unweighed == Some(depth) {
            self.unweighed = None;
        }
        // In a text with errors an operation may have no operator.
        self.runs.pop_if(|run| run.depth == depth);
        self.operations.pop_if(|(at, _)| *at == depth);
        self.ifs.pop_if(|(at, _)| *at == depth);
        self.copies.take_if(|(at, _)| *at == depth);
        while self.nests.last() == Some(&depth) {
            self.nests.pop();
            self.nesting -= 1;
        }
    }

    /// The sums. `idle` are the places of decisions that were drawn and are none.
    pub fn finish(mut self, idle: &[u32], text: &SourceText) -> Numbers {
        self.places.sort_by_key(|place| place.at);
        let claims = self.places.iter().filter(|place| place.claims).count() as u32;
        self.disclaim(idle);
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

impl Complexity {
    /// Of each decision that is none, the nearest place that claims one claims it no more.
    fn disclaim(&mut self, idle: &[u32]) {
        if idle.is_empty() {
            return;
        }
        let claims = self.places.iter().enumerate().filter(|(_, place)| place.claims);
        let mut claiming: BTreeSet<(u32, usize)> = claims.map(|(index, place)| (place.at, index)).collect();
        for &at in idle {
            let before = claiming.range(..(at, usize::MAX)).next_back().copied();
            let behind = claiming.range((at, 0)..).next().copied();
            let nearest = before.into_iter().chain(behind).min_by_key(|(place, _)| place.abs_diff(at));
            if let Some(nearest) = nearest {
                claiming.remove(&nearest);
                self.places[nearest.1].claims = false;
            }
        }
    }
}

/// An `if` in the `else` of another.
fn is_further(around: Around) -> bool {
    around.part == Some(Part::Else) || around.parent == Role::Else
}

/// An `else` that is no clause of its own.
fn is_bare_else(role: Role, around: Around) -> bool {
    around.part == Some(Part::Else)
        && around.parent == Role::If
        && !matches!(role, Role::If | Role::ElseIf | Role::Else)
}

pub(super) fn is_operation(role: Role) -> bool {
    matches!(role, Role::And | Role::Or | Role::Coalesce)
}

pub(super) fn is_choice(role: Role) -> bool {
    matches!(role, Role::Match | Role::MatchInTurn | Role::Switch | Role::Select | Role::Ladder)
}

pub(super) fn is_loop(role: Role) -> bool {
    matches!(role, Role::For | Role::While | Role::MacroLoop | Role::DoWhile | Role::DoUntil | Role::Loop)
}
