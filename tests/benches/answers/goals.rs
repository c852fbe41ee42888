//! Times that were taken, and whether they are what they should be.

use std::time::Duration;

/// Of all times, this part is to take no longer than that.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// 0.5 for the median, 0.95 for all but the slowest twentieth.
    pub part: f64,
    pub limit: Duration,
}

impl Goal {
    pub const fn p50(limit: Duration) -> Self {
        Goal { part: 0.5, limit }
    }

    pub const fn p95(limit: Duration) -> Self {
        Goal { part: 0.95, limit }
    }
}

/// Prints percentiles (the least is what it takes where nobody else takes the processor), and of each goal whether it is met. Without goals the times are for information.
pub fn told(what: &str, mut times: Vec<Duration>, goals: &[Goal]) {
    assert!(!times.is_empty(), "{what}: nothing was measured");
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part).round() as usize];
    println!(
        "{what}: least {}, p50 {}, p95 {}, p99 {}, max {} (of {})",
        shown(at(0.0)),
        shown(at(0.5)),
        shown(at(0.95)),
        shown(at(0.99)),
        shown(at(1.0)),
        times.len()
    );
    for goal in goals {
        let verdict = if at(goal.part) <= goal.limit { "met" } else { "NOT met" };
        println!("  goal: p{:.0} at most {}: {verdict}", goal.part * 100.0, shown(goal.limit));
    }
}

pub fn shown(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1000.0 { format!("{micros:.1} us") } else { format!("{:.2} ms", micros / 1e3) }
}
