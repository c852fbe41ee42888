//! How the indexes of a session are doing: for whoever asks, and told to a client that wants to be told.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::watch;
use tower_lsp::lsp_types::notification::Notification;

use super::{
    place::{Index, IndexKind},
    root::Root,
    state::State,
    work::Fault,
    workspace::Phase,
};
use crate::record::Outcome;

/// No more often than this.
const PERIOD: Duration = Duration::from_millis(250);
/// One of the last runs has come to an end.
const RUNS: usize = 8;

#[derive(Debug)]
enum DidChangeStatus {}

impl Notification for DidChangeStatus {
    type Params = Value;
    const METHOD: &'static str = "rutter/didChangeStatus";
}

/// Tells of changes until the session's end. While nothing goes on, nothing wakes it.
pub async fn run(state: Weak<State>, mut changed: watch::Receiver<()>) {
    let mut told = Value::Null;
    loop {
        let goes_on = {
            let Some(state) = state.upgrade() else { return };
            if !state.session().facts.status {
                return;
            }
            match status(&state).await {
                Ok(now) => {
                    if now != told {
                        state.client.send_notification::<DidChangeStatus>(now.clone()).await;
                        told = now;
                    }
                }
                Err(fault) => tracing::debug!("no status: {fault}"),
            }
            state.roots.all().iter().any(|root| matches!(root.run.phase(), Phase::Opening | Phase::Indexing))
        };
        tokio::time::sleep(PERIOD).await;
        if !goes_on && changed.changed().await.is_err() {
            return;
        }
    }
}

/// `rutter/status`
pub async fn status(state: &Arc<State>) -> Result<Value, Fault> {
    let mut roots = Vec::new();
    for root in state.roots.all().iter() {
        roots.push(of_root(state, root).await?);
    }
    Ok(json!({"version": env!("CARGO_PKG_VERSION"), "roots": roots}))
}

async fn of_root(state: &Arc<State>, root: &Arc<Root>) -> Result<Value, Fault> {
    let index = root.place.index_now();
    let run = &root.run;
    let (phase, message) = match run.phase() {
        Phase::Opening => ("opening", "opening the index".to_owned()),
        Phase::Indexing => ("indexing", run.message()),
        Phase::Ready(message) => ("ready", message),
        Phase::Failed(message) => ("failed", message),
    };
    let is_indexing = phase == "indexing";
    let counts = match index.clone().filter(|_| !is_indexing) {
        Some(index) => state.quick.run(move |_| last_run(&index)).await?,
        None => None,
    };
    let (files, skipped, symbols) = counts.unwrap_or_default();
    let settings = root.settings();
    let dir = match index.as_ref().map(|index| index.kind) {
        Some(IndexKind::Private) | None => None,
        Some(IndexKind::Shared) => settings.index_dir(&root.place.root).ok(),
    };
    Ok(json!({
        "uri": tower_lsp::lsp_types::Url::from_file_path(&root.place.named).ok(),
        "name": root.place.root.file_name().map(|name| name.to_string_lossy()),
        "state": phase,
        "message": message,
        "percentage": is_indexing.then(|| run.percentage()),
        "files": files,
        "skipped": skipped,
        "symbols": symbols,
        "indexDir": dir,
    }))
}

type Counts = (Option<u64>, Option<u64>, Option<u64>);

/// What the last run that came to its end says of the index. How many symbols there are it knows if it read all files.
fn last_run(index: &Index) -> Result<Option<Counts>, Fault> {
    let runs = index.store.snapshot()?.executions(RUNS)?;
    let last = runs.into_iter().find(|run| run.finished_at.is_some() && run.outcome == Outcome::Success);
    Ok(last.map(|run| {
        let symbols = (run.files_unchanged == 0).then_some(run.symbols_indexed);
        (Some(run.files_indexed + run.files_unchanged), Some(run.files_skipped), symbols)
    }))
}
