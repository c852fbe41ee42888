//! `execlog:{execution_id}`: one run of the program.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// Sorts by start: `{started_at in compact UTC}-{process id}`, e.g. `20261123T065900.123456Z-4242`.
    pub execution_id: String,
    pub tool_version: String,
    pub args: Vec<String>,
    pub root: String,
    pub started_at: String,
    pub finished_at: Option<String>,
    pub duration_ms: Option<u64>,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    pub files_indexed: u64,
    #[serde(default)]
    pub files_unchanged: u64,
    #[serde(default)]
    pub files_removed: u64,
    #[serde(default)]
    pub files_skipped: u64,
    pub symbols_indexed: u64,
    pub references_indexed: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
}

/// What a run was told of which files to index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    pub exclude: Vec<String>,
    pub include: Vec<String>,
    pub ignore_files: bool,
    pub hidden: bool,
    /// In bytes.
    pub max_file_size: u64,
    pub skip_generated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Success,
    Error,
    /// Stopped before the end, by a signal; what was written is sound.
    Partial,
}
