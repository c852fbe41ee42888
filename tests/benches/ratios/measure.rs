//! What a program takes: a process between that has no other child, so that what the system counts of its children is that
//! program alone.

use std::{
    ffi::OsStr,
    fs,
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

pub const MEASURE: &str = "measure";

/// What one run of a program took.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Measure {
    /// Seconds of processor time, of all threads, in the program and in the system.
    pub cpu: f64,
    /// Seconds by the clock.
    pub wall: f64,
    /// The most memory that it had at a time, in bytes, with pages of files that the system showed it.
    pub memory: u64,
    /// The same without those; looked at every few milliseconds.
    pub own_memory: u64,
}

/// Runs a program to its end; it must succeed.
pub fn of_program(command: &[&OsStr]) -> Measure {
    let own = std::env::current_exe().unwrap();
    let out = Command::new(own).arg(MEASURE).args(command).stderr(Stdio::inherit()).output().unwrap();
    assert!(out.status.success(), "{command:?}: {}", out.status);
    serde_json::from_slice(&out.stdout).unwrap()
}

/// The process between.
pub fn of_command(command: &[String]) -> ExitCode {
    let start = Instant::now();
    let mut child =
        Command::new(&command[0]).args(&command[1..]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let watching = thread::spawn(move || {
        let mut most = 0;
        while let Ok(text) = fs::read_to_string(&status) {
            let Some(line) = text.lines().find_map(|line| line.strip_prefix("RssAnon:")) else { break };
            most = most.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0) << 10);
            thread::sleep(Duration::from_millis(4));
        }
        most
    });
    let ended = child.wait().unwrap();
    let wall = start.elapsed().as_secs_f64();
    let own_memory = watching.join().unwrap();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    let memory = (usage.max_rss() as u64) << 10;
    println!("{}", serde_json::to_string(&Measure { cpu, wall, memory, own_memory }).unwrap());
    if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
