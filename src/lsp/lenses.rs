//! Has the client ask for code lenses again when they may be others, a moment after the last reason to.

use std::{sync::Weak, time::Duration};

use tokio::sync::watch;

use super::state::State;

/// Reasons come in swarms: a run over a workspace, a checkout.
const QUIET: Duration = Duration::from_millis(200);

/// Follows until the session's end.
pub async fn run(state: Weak<State>, mut changed: watch::Receiver<()>) {
    while changed.changed().await.is_ok() {
        tokio::time::sleep(QUIET).await;
        changed.mark_unchanged();
        let Some(state) = state.upgrade() else { return };
        if !state.session().facts.refreshes_lenses {
            return;
        }
        if let Err(refused) = state.client.code_lens_refresh().await {
            tracing::debug!("the client does not ask for code lenses again: {refused}");
        }
    }
}
