//! The record of a run. It is written at the start, as a partial run, so that a run that is killed shows as one; and again
//! at the end. A fault in the log is told and fails no run.

use std::path::Path;

use jiff::Timestamp;

use super::{IndexError, Settings, Summary};
use crate::{
    kv::Store,
    record::{Execution, Outcome},
};

#[derive(Debug)]
pub struct RunLog {
    started: Timestamp,
    record: Execution,
}

pub fn start(store: &Store, root: &Path, args: Vec<String>, settings: &Settings) -> RunLog {
    let mut log = RunLog::new(Timestamp::now(), std::process::id(), root, args);
    log.record.selection = Some(settings.selection());
    log.write(store);
    log
}

impl RunLog {
    fn new(started: Timestamp, process: u32, root: &Path, args: Vec<String>) -> Self {
        let record = Execution {
            execution_id: format!("{}-{process}", started.strftime("%Y%m%dT%H%M%S%.6fZ")),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            args,
            root: root.to_string_lossy().into_owned(),
            started_at: started.to_string(),
            finished_at: None,
            duration_ms: None,
            outcome: Outcome::Partial,
            error_message: None,
            files_indexed: 0,
            files_unchanged: 0,
            files_removed: 0,
            files_skipped: 0,
            symbols_indexed: 0,
            references_indexed: 0,
            selection: None,
        };
        RunLog { started, record }
    }

    pub fn finish(mut self, store: &Store, result: &Result<Summary, IndexError>) {
        self.close(Timestamp::now(), result);
        self.write(store);
    }

    fn close(&mut self, finished: Timestamp, result: &Result<Summary, IndexError>) {
        let record = &mut self.record;
        record.finished_at = Some(finished.to_string());
        // A clock that was set back meanwhile makes a run of no length.
        record.duration_ms = u64::try_from(finished.duration_since(self.started).as_millis()).ok().or(Some(0));
        match result {
            Ok(summary) => {
                record.outcome = if summary.partial { Outcome::Partial } else { Outcome::Success };
                record.files_indexed = summary.files_indexed;
                record.files_unchanged = summary.files_unchanged;
                record.files_removed = summary.files_removed;
                record.files_skipped = summary.files_skipped;
                record.symbols_indexed = summary.symbols_indexed;
                record.references_indexed = summary.references_indexed;
            }
            Err(error) => {
                record.outcome = Outcome::Error;
                record.error_message = Some(error.to_string());
            }
        }
    }

    fn write(&self, store: &Store) {
        if let Err(error) = store.log(&self.record) {
            tracing::warn!("the record of this run was not written: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> RunLog {
        RunLog::new("2026-11-23T06:59:00.123456789Z".parse().unwrap(), 4242, Path::new("/w"), vec!["rutter".to_owned()])
    }

    #[test]
    fn a_run_that_does_not_come_back_is_partial() {
        let record = log().record;
        assert_eq!(record.execution_id, "20261123T065900.123456Z-4242");
        assert_eq!((record.outcome, record.finished_at), (Outcome::Partial, None));
    }

    #[test]
    fn the_end_tells_how_it_went() {
        let end = |result| {
            let mut log = log();
            log.close("2026-11-23T06:59:01.623456789Z".parse().unwrap(), &result);
            log.record
        };
        let done = end(Ok(Summary { files_indexed: 3, ..Summary::default() }));
        assert_eq!((done.outcome, done.duration_ms, done.files_indexed), (Outcome::Success, Some(1500), 3));
        let stopped = end(Ok(Summary { partial: true, ..Summary::default() }));
        assert_eq!(stopped.outcome, Outcome::Partial);
        let what = "the home directory";
        let failed = end(Err(IndexError::TooWide { path: "/h".into(), what }));
        assert_eq!(failed.outcome, Outcome::Error);
        assert!(failed.error_message.is_some_and(|message| message.contains(what)));
    }
}
