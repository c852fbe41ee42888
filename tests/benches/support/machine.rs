//! What a figure was measured on.

use std::{fs, process::Command};

/// Processor, cores, memory, system, compiler.
pub fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().unwrap();
    let kernel = read("/proc/sys/kernel/osrelease");
    let rustc = Command::new("rustc").arg("--version").output().map_or_else(|_| Vec::new(), |out| out.stdout);
    format!(
        "{}, {cores} cores, {} of memory, Linux {}, {}",
        field(&read("/proc/cpuinfo"), "model name"),
        field(&read("/proc/meminfo"), "MemTotal"),
        kernel.trim(),
        String::from_utf8_lossy(&rustc).trim()
    )
}
