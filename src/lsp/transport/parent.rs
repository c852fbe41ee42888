//! Is the process that started us still there? A client that crashed closes our input on most systems, but not on all.
//!
//! Linux tells when a process ends, and nobody wakes up before. Elsewhere it is looked for now and then.

use std::time::Duration;

use tokio::sync::watch;

/// How often it is looked for where the system does not tell.
const PERIOD: Duration = Duration::from_secs(3);

/// Ends when the process that is told of has gone. Never ends as long as none is told of.
pub(super) async fn gone(mut known: watch::Receiver<Option<u32>>) {
    let pid = match known.wait_for(Option::is_some).await {
        Ok(pid) => *pid,
        Err(_) => None,
    };
    match pid {
        Some(pid) => ended(pid, PERIOD).await,
        None => std::future::pending().await,
    }
}

async fn ended(pid: u32, period: Duration) {
    #[cfg(target_os = "linux")]
    if told::ended(pid).await {
        return;
    }
    while is_alive(pid) {
        tokio::time::sleep(period).await;
    }
}

#[cfg(target_os = "linux")]
mod told {
    use std::{
        io::{self, PipeReader},
        os::fd::OwnedFd,
        thread,
    };

    use rustix::{
        event::{PollFd, PollFlags, poll},
        io::Errno,
        process::{Pid, PidfdFlags, pidfd_open},
    };
    use tokio::sync::oneshot;

    /// Ends when the process has; `false` at once where the system does not tell of it.
    pub(super) async fn ended(pid: u32) -> bool {
        let waiting = || {
            let pid = i32::try_from(pid).ok().and_then(Pid::from_raw)?;
            let process = pidfd_open(pid, PidfdFlags::empty()).ok()?;
            // Closed with this future, which ends the thread, too.
            let (given_up, open) = io::pipe().ok()?;
            let (tell, told) = oneshot::channel();
            let thread = thread::Builder::new().name("rutter-parent".to_owned());
            thread.spawn(move || tell.send(wait(&process, &given_up))).ok()?;
            Some((told, open))
        };
        match waiting() {
            Some((told, _open)) => told.await.unwrap_or(false),
            None => false,
        }
    }

    fn wait(process: &OwnedFd, given_up: &PipeReader) -> bool {
        let mut awaited = [PollFd::new(process, PollFlags::IN), PollFd::new(given_up, PollFlags::IN)];
        loop {
            match poll(&mut awaited, None) {
                Err(Errno::INTR) => {}
                Err(_) => return false,
                Ok(_) => return !awaited[0].revents().is_empty(),
            }
        }
    }
}

/// Also asked at first: a client in another container names a process that we cannot see.
#[cfg(unix)]
pub(super) fn is_alive(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else { return false };
    // A process of another user is there as well.
    rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// Elsewhere the end of the input has to do.
#[cfg(not(unix))]
pub(super) fn is_alive(_: u32) -> bool {
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

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_system_tells_of_an_end_that_nobody_asks_for() {
        assert!(!told::ended(0).await, "there is no such process");
        let mut child = std::process::Command::new("sleep").arg("60").spawn().expect("sleep");
        let watching = tokio::spawn(told::ended(child.id()));
        tokio::task::yield_now().await;
        child.kill().expect("killing a child of ours");
        // Before it is waited for, it is there as a zombie, and has ended.
        assert!(watching.await.expect("the watch ends"));
        child.wait().expect("waiting for a child of ours");
    }
}
