//! How runs, times and reasons are worded for people, the same in every command.

use std::time::Duration;

use indicatif::HumanDuration;

use super::table::plain;
use crate::record::{Execution, Outcome, Skip};

/// How a run ended, if it did.
pub fn outcome(execution: &Execution) -> &'static str {
    match (execution.outcome, &execution.finished_at) {
        (Outcome::Success, _) => "success",
        (Outcome::Error, _) => "error",
        (Outcome::Partial, Some(_)) => "stopped",
        (Outcome::Partial, None) => "unfinished",
    }
}

/// A time without its fraction of a second.
pub fn seconds(time: &str) -> String {
    match time.parse::<jiff::Timestamp>() {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => plain(time),
    }
}

/// `3 seconds`, `350 ms`.
pub fn duration(time: Duration) -> String {
    if time < Duration::from_secs(10) {
        format!("{:.2} s", time.as_secs_f64())
    } else {
        HumanDuration(time).to_string()
    }
}

/// The name of a reason, as JSON has it.
pub fn reason(skip: &Skip) -> String {
    match serde_json::to_value(skip.reason) {
        Ok(serde_json::Value::String(name)) => name,
        _ => format!("{:?}", skip.reason),
    }
}

/// A reason for people: `oversized: 12.4 MiB, the limit is 4.0 MiB`.
pub fn why(skip: &Skip) -> String {
    let reason = reason(skip).replace('_', " ");
    if skip.detail.starts_with(&reason) { skip.detail.clone() } else { format!("{reason}: {}", skip.detail) }
}
