//! How a run shows on standard error: a bar on a terminal, plain lines elsewhere, or not at all.

use std::{
    io::{self, IsTerminal},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{table::plain, wording::why};
use crate::{
    index::{Progress, Silent},
    record::Skip,
};

/// More skipped files than this are counted, and `rutter status --skipped` lists them.
const SHOWN: u64 = 20;

/// The way that fits standard error.
pub fn for_stderr(quiet: bool) -> Box<dyn Progress> {
    if quiet {
        Box::new(Silent)
    } else if io::stderr().is_terminal() {
        Box::new(Bar::new())
    } else {
        Box::new(Lines::default())
    }
}

struct Bar {
    bar: ProgressBar,
    skipped: AtomicU64,
}

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{spinner} {pos}/{len} files {wide_bar} {elapsed} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(100));
        Bar { bar, skipped: AtomicU64::new(0) }
    }
}

impl Progress for Bar {
    fn found(&self, files: u64) {
        self.bar.set_length(files);
    }

    fn done(&self, _: &str) {
        self.bar.inc(1);
    }

    fn skipped(&self, path: &str, skip: &Skip) {
        if let Some(line) = skipped_line(&self.skipped, path, skip) {
            self.bar.suspend(|| eprintln!("{line}"));
        }
        self.bar.inc(1);
    }

    fn to_link(&self, files: u64) {
        self.bar.set_position(0);
        self.bar.set_length(files);
        self.bar.set_message("linking names");
    }

    // Where others write at the same time, some are linked again, and told again.
    fn linked(&self, files: u64) {
        self.bar.inc(files);
    }

    fn writing(&self) {
        self.bar.set_message("writing the index");
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[derive(Default)]
struct Lines {
    skipped: AtomicU64,
}

impl Progress for Lines {
    fn found(&self, files: u64) {
        eprintln!("{files} new or changed files");
    }

    fn done(&self, _: &str) {}

    fn skipped(&self, path: &str, skip: &Skip) {
        if let Some(line) = skipped_line(&self.skipped, path, skip) {
            eprintln!("{line}");
        }
    }

    fn to_link(&self, files: u64) {
        eprintln!("{files} files to link");
    }

    fn linked(&self, _: u64) {}

    fn writing(&self) {
        eprintln!("writing the index");
    }
}

fn skipped_line(counter: &AtomicU64, path: &str, skip: &Skip) -> Option<String> {
    match counter.fetch_add(1, Ordering::Relaxed) {
        count if count < SHOWN => Some(format!("skipped {}: {}", plain(path), plain(&why(skip)))),
        SHOWN => Some("skipped more files: `rutter status --skipped` lists them".to_owned()),
        _ => None,
    }
}
