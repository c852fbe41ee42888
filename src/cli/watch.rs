//! `rutter watch`.

use std::{
    io::Write,
    process::ExitCode,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::Serialize;

use super::{
    CliError, Context, exit, index, progress, stdout,
    table::{counted, plain},
    tell_faults, wording,
};
use crate::{
    index::{
        First, IndexError, Settings, Summary,
        watch::{Listener, Stopper, Update, Watch},
    },
    settings::Settled,
};

/// Of files that were read again together, so many are named.
const NAMED: usize = 3;

pub fn run(args: &index::Args, context: &Context) -> Result<ExitCode, CliError> {
    let place = args.place(context)?;
    let store = index::open(&place.dir, &place.root)?;
    let watch = Watch::default();
    let stopper = watch.stopper();
    index::on_signal(move || stopper.stop())?;
    let end = watch.stopper();
    let told = || watched(args.settled(context, &place.root));
    let settled = told();
    tell_faults(&settled);
    let settings = settled.settings.run(First::Bulk);
    let listener = Lines {
        json: context.json,
        quiet: args.is_quiet(),
        end,
        fault: Mutex::default(),
        settled: Mutex::new(settled),
        told: &told,
    };
    let progress = progress::for_stderr(args.is_quiet());
    let stopped_early = watch.run(&store, &place.root, index::said(), &settings, &*progress, &listener)?;
    // It was asked to end, and did.
    match listener.fault.into_inner().unwrap_or_default() {
        Some(error) => Err(error.into()),
        None if stopped_early.is_some() => Ok(ExitCode::from(exit::CANCELLED)),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Whoever starts a watch wants one.
fn watched(mut settled: Settled) -> Settled {
    settled.settings.watch_at_least();
    settled
}

/// A line for each update.
struct Lines<'a> {
    json: bool,
    quiet: bool,
    /// For when nobody listens any more.
    end: Stopper,
    fault: Mutex<Option<std::io::Error>>,
    /// What counts so far,
    settled: Mutex<Settled>,
    /// and what counts now.
    told: &'a (dyn Fn() -> Settled + Sync),
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Watching {
        duration_ms: u64,
        #[serde(flatten)]
        summary: &'a Summary,
    },
    Files {
        duration_ms: u64,
        files: &'a [String],
    },
    Run {
        duration_ms: u64,
        #[serde(flatten)]
        summary: &'a Summary,
    },
    /// They are others than before; a run follows.
    Settings,
    Failed {
        error: String,
    },
    Renewed {
        notice: &'a str,
    },
    StandingBy {
        holder: &'a str,
    },
    Polling {
        cause: &'a str,
        period_ms: u64,
    },
}

impl Lines<'_> {
    fn say(&self, event: &Event<'_>, line: &str) {
        let mut out = stdout();
        let said = if self.json {
            serde_json::to_writer(&mut out, event).map_err(std::io::Error::from).and_then(|()| writeln!(out))
        } else if self.quiet {
            Ok(())
        } else {
            writeln!(out, "{line}")
        };
        if let Err(error) = said.and_then(|()| out.flush()) {
            self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            self.end.stop();
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn told(summary: &Summary) -> String {
    let counts = [
        (summary.files_indexed, "indexed"),
        (summary.files_removed, "removed"),
        (summary.files_unchanged, "unchanged"),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", counted(count, "file")))
        .collect();
    if parts.is_empty() { "no files".to_owned() } else { parts.join(", ") }
}

impl Listener for Lines<'_> {
    fn watching(&self, summary: &Summary, took: Duration) {
        let line = format!("{}; {}; watching", told(summary), wording::duration(took));
        self.say(&Event::Watching { duration_ms: millis(took), summary }, &line);
    }

    fn updated(&self, update: &Update<'_>, took: Duration) {
        let duration_ms = millis(took);
        match update {
            Update::Files(files) => {
                let mut names: Vec<String> = files.iter().take(NAMED).map(|path| plain(path)).collect();
                if files.len() > NAMED {
                    names.push(format!("{} more", files.len() - NAMED));
                }
                let line = format!("{}; {}", names.join(", "), wording::duration(took));
                self.say(&Event::Files { duration_ms, files }, &line);
            }
            Update::Whole(summary) => {
                let line = format!("{}; {}", told(summary), wording::duration(took));
                self.say(&Event::Run { duration_ms, summary }, &line);
            }
        }
    }

    fn settings(&self) -> Option<Settings> {
        let now = (self.told)();
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        if now.faults != settled.faults {
            tell_faults(&now);
        }
        let before = std::mem::replace(&mut *settled, now);
        let changed = before.settings != settled.settings;
        if changed {
            self.say(&Event::Settings, "the settings have changed");
        }
        changed.then(|| settled.settings.run(First::Bulk))
    }

    fn failed(&self, error: &IndexError) {
        tracing::error!("{error}: {}", error.help());
        if self.json {
            self.say(&Event::Failed { error: error.to_string() }, "");
        }
    }

    fn renewed(&self, notice: &str) {
        tracing::warn!("{notice}");
        if self.json {
            self.say(&Event::Renewed { notice }, "");
        }
    }

    fn standing_by(&self, holder: &str) {
        let line = format!("the index is kept up to date by another process ({holder}); waiting to take its place");
        self.say(&Event::StandingBy { holder }, &line);
    }

    fn polling(&self, cause: &str, period: Duration) {
        tracing::warn!("{cause}: the workspace is looked through every {} or more instead", wording::duration(period));
        if self.json {
            self.say(&Event::Polling { cause, period_ms: millis(period) }, "");
        }
    }
}
