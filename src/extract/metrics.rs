//! Cyclomatic and cognitive complexity, counted over roles while the walk goes by.
//!
//! Cyclomatic: McCabe 1976, with each language's counting as its reference tool has it (`languages/METRICS.md`).
//! Cognitive: G. Ann Campbell, "Cognitive Complexity", SonarSource 2018: structures count one and one more a level that
//! they are nested in, `else` and runs of one short-circuit operator count one, jumps to a label count one.

use crate::languages::roles::{Counting, Part, Role};

/// The numbers of one function while the walk is in it.
#[derive(Debug)]
pub(super) struct Complexity {
    pub cyclomatic: u32,
    pub cognitive: u32,
    pub max_nesting: u32,
    nesting: u32,
    /// Depths of the nodes that nest what is in them.
    nests: Vec<u32>,
    /// The depth of an assertion that the walk is in: it counts one, whatever is in it (as radon has it).
    asserting: Option<u32>,
    counting: Counting,
}

/// What the counting needs to know of a node's surroundings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    pub parent: Role,
    pub part: Option<Part>,
    /// An `else` that holds nothing but a further `if`.
    pub wraps_if: bool,
    /// An arm that fits everything.
    pub catch_all: bool,
    /// The first arm of its match.
    pub first_arm: bool,
}

impl Complexity {
    pub fn new(counting: Counting) -> Self {
        Complexity {
            cyclomatic: 1,
            cognitive: 0,
            max_nesting: 0,
            nesting: 0,
            nests: Vec::new(),
            asserting: None,
            counting,
        }
    }

    pub fn enter(&mut self, role: Role, depth: u32, around: Around) {
        if self.asserting.is_none() {
            self.cyclomatic += self.decisions(role, around);
        }
        match role {
            // What is in an `else if` is nested by the first `if` already.
            Role::If if around.parent == Role::Else => self.cognitive = self.cognitive.saturating_add(1),
            Role::If | Role::While | Role::For | Role::Loop | Role::Match | Role::Handler | Role::Ternary => {
                // Saturating: a file may nest a hundred thousand deep to see what happens.
                self.cognitive = self.cognitive.saturating_add(1 + self.nesting);
                self.nest(depth);
            }
            Role::ElseIf => self.cognitive = self.cognitive.saturating_add(1),
            Role::Else if !around.wraps_if => self.cognitive = self.cognitive.saturating_add(1),
            Role::And | Role::Or if around.parent != role => self.cognitive = self.cognitive.saturating_add(1),
            Role::Closure => self.nest(depth),
            Role::Assert => {
                self.asserting.get_or_insert(depth);
            }
            _ => {}
        }
        self.max_nesting = self.max_nesting.max(self.nesting);
    }

    fn nest(&mut self, depth: u32) {
        self.nests.push(depth);
        self.nesting += 1;
    }

    fn decisions(&self, role: Role, around: Around) -> u32 {
        let counts = match role {
            Role::If | Role::ElseIf | Role::While | Role::For | Role::Handler | Role::Ternary => true,
            Role::ComprehensionFor | Role::Assert | Role::Question => true,
            // A case's guard is written as a filter in some grammars; it counts where guards do.
            Role::ComprehensionIf => around.part != Some(Part::Guard),
            Role::Else => {
                self.counting.loop_and_try_else && matches!(around.parent, Role::For | Role::While | Role::Try)
            }
            Role::Arm if self.counting.arms_without_catch_all => !around.catch_all,
            Role::Arm => !around.first_arm,
            _ => false,
        };
        u32::from(counts)
    }

    /// A short-circuit operator itself.
    pub fn operator(&mut self) {
        self.cyclomatic += u32::from(self.asserting.is_none());
    }

    pub fn part(&mut self, part: Part) {
        match part {
            Part::Guard if !self.counting.arms_without_catch_all => self.cyclomatic += 1,
            Part::LetElse => self.cyclomatic += 1,
            _ => {}
        }
    }

    /// A jump names a label.
    pub fn labelled_jump(&mut self) {
        self.cognitive += 1;
    }

    pub fn leave(&mut self, depth: u32) {
        if self.asserting == Some(depth) {
            self.asserting = None;
        }
        while self.nests.last() == Some(&depth) {
            self.nests.pop();
            self.nesting -= 1;
        }
    }
}
