//! `metrics:file:{path}` and `metrics:symbol:{symbol_id}`. What could not be computed is `null`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{SymbolId, SymbolKind};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMetrics {
    pub file_path: Arc<str>,
    pub symbol_count: u32,
    pub function_count: u32,
    /// Lines, counting an unfinished last one.
    pub loc: u32,
    /// Lines that hold code.
    pub sloc: u32,
    /// Lines that hold a comment and no code.
    pub comment_lines: u32,
    pub blank_lines: u32,
    /// How many other files refer into this one.
    pub fan_in: Option<u32>,
    /// How many distinct names this file refers to outside of itself.
    pub fan_out: Option<u32>,
    /// The sum of its functions' cyclomatic complexities.
    pub complexity_score: u32,
    /// The sum of its functions' cognitive complexities.
    pub cognitive_complexity: u32,
    /// The sum of its functions' modified ones.
    pub modified_cyclomatic_complexity: u32,
    pub max_cyclomatic_complexity: u32,
    pub max_nesting: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolMetrics {
    pub symbol_id: SymbolId,
    pub symbol_name: String,
    pub kind: SymbolKind,
    pub file_path: Arc<str>,
    /// Lines from the first to the last, both counted.
    pub loc: u32,
    /// Lines of these that hold code.
    pub sloc: u32,
    /// Lines of these that hold a comment and no code.
    pub comment_lines: u32,
    pub blank_lines: u32,
    /// How many functions refer to it.
    pub fan_in: Option<u32>,
    /// How many distinct names it calls.
    pub fan_out: Option<u32>,
    /// McCabe's number, per function without its nested functions, as the language's reference tool counts it; a type's
    /// is the sum of its methods'.
    pub cyclomatic_complexity: Option<u32>,
    /// The same with each switch counted once, however many cases it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_cyclomatic_complexity: Option<u32>,
    /// After G. Ann Campbell, "Cognitive Complexity" (SonarSource).
    pub cognitive_complexity: Option<u32>,
    /// The deepest nesting of control structures; functions only, like all below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_nesting: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<u32>,
    /// Ways out: `return`, `?`, raising, and falling off the end. The rest of the
    /// control flow's shape is told by the graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exits: Option<u32>,
    /// Methods of a type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub methods: Option<u32>,
}

impl SymbolMetrics {
    /// As they are stored: without what goes without saying, and with nobody that refers to it so far. Linking counts that.
    pub fn stored(&self) -> Self {
        let modified = self.modified_cyclomatic_complexity.filter(|_| !self.is_plain());
        SymbolMetrics { fan_in: Some(0), modified_cyclomatic_complexity: modified, ..self.clone() }
    }

    /// Each switch counted once is each case counted.
    fn is_plain(&self) -> bool {
        self.modified_cyclomatic_complexity == self.cyclomatic_complexity
    }

    /// Puts back what the stored form leaves out.
    pub fn complete(self) -> Self {
        let modified = self.modified_cyclomatic_complexity.or(self.cyclomatic_complexity);
        SymbolMetrics { modified_cyclomatic_complexity: modified, ..self }
    }
}
