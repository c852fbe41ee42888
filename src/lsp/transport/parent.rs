//! Is the process that started us still there? A client that crashed closes our input on most systems, but not on all.

use std::time::Duration;

use tokio::sync::watch;

/// How often it is looked for.
const PERIOD: Duration = Duration::from_secs(3);

/// Ends when the process that is told of has gone. Never ends for one that was not there at first: a client in another container names a
/// process that we cannot see.
pub(super) async fn gone(mut known: watch::Receiver<Option<u32>>) {
    let pid = match known.wait_for(Option::is_some).await {
        Ok(pid) => *pid,
        Err(_) => None,
    };
    match pid.filter(|&pid| is_alive(pid)) {
        Some(pid) => ended(pid, PERIOD).await,
        None => std::future::pending().await,
    }
}

async fn ended(pid: u32, period: Duration) {
    while is_alive(pid) {
        tokio::time::sleep(period).await;
    }
}

#[cfg(unix)]
fn is_alive(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else { return false };
    // A process of another user is there as well.
    rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// Elsewhere the end of the input has to do.
#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tells_of_a_process_that_ends() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().expect("sleep");
        let watching = tokio::spawn(ended(child.id(), Duration::from_millis(1)));
        tokio::task::yield_now().await;
        assert!(!watching.is_finished());
        child.kill().expect("killing a child of ours");
        child.wait().expect("waiting for a child of ours");
        watching.await.expect("the watch ends");
    }
}
