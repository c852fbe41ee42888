//! `rutter doctor`.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::AtomicBool,
};

use indicatif::BinaryBytes;
use serde::Serialize;
use serde_json::Map;

use super::{
    CliError, Context, exit, index as indexing, progress, stdout,
    table::{counted, plain},
};
use crate::{
    index::{self, First, Settings},
    kv::{Examination, Store, StoreError},
    settings::{Settled, Source},
};

/// With less free room than this, writing may soon fail.
const LITTLE_ROOM: u64 = 256 << 20;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Set an index that is not sound aside, and build a new one
    #[arg(long)]
    repair: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Warning,
    Fault,
}

/// What is said of one thing, and the way out where there is one.
#[derive(Debug, Serialize)]
struct Finding {
    level: Level,
    what: &'static str,
    finding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, what: &'static str, finding: String) {
        self.0.push(Finding { level: Level::Ok, what, finding, help: None });
    }

    fn add(&mut self, level: Level, what: &'static str, finding: String, help: &str) {
        self.0.push(Finding { level, what, finding, help: Some(help.to_owned()) });
    }

    fn worst(&self) -> Level {
        self.0.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
    }
}

pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let root = context.root()?;
    let dir = context.index_dir(&root)?;
    let settled = context.settled(&root, Map::new());
    let mut findings = examined(&root, &dir, &settled);
    if args.repair && findings.worst() == Level::Fault {
        tell(&findings, context.json)?;
        repair(&root, &dir, &settled)?;
        findings = examined(&root, &dir, &settled);
    }
    tell(&findings, context.json)?;
    Ok(match findings.worst() {
        Level::Fault => ExitCode::from(exit::INDEX),
        Level::Ok | Level::Warning => ExitCode::SUCCESS,
    })
}

fn examined(root: &Path, dir: &Path, settled: &Settled) -> Findings {
    let mut findings = Findings::default();
    findings.ok("workspace", plain(&root.to_string_lossy()));
    settings_of(&mut findings, settled);
    directory(&mut findings, dir);
    match Store::open_existing(dir) {
        Ok(store) => index_of(&mut findings, root, &store, settled),
        Err(StoreError::NotIndexed { .. }) => {
            findings.add(Level::Warning, "index", "there is none yet".to_owned(), "run `rutter index`");
        }
        Err(error) => findings.add(Level::Fault, "index", error.to_string(), REPAIR),
    }
    watching(&mut findings, root, settled);
    findings
}

fn settings_of(findings: &mut Findings, settled: &Settled) {
    for fault in &settled.faults {
        let help = "what is right beside it counts; `rutter settings` shows what is set";
        findings.add(Level::Warning, "settings", plain(&fault.to_string()), help);
    }
    let set = settled.origins.iter().filter(|origin| origin.sources != [Source::Default]);
    let set: Vec<&str> = set.map(|origin| origin.setting.key).collect();
    if !set.is_empty() {
        findings.ok("settings", format!("{} (`rutter settings` says where)", set.join(", ")));
    } else if settled.faults.is_empty() {
        findings.ok("settings", "as they are by default".to_owned());
    }
}

const REPAIR: &str = "`rutter doctor --repair` sets it aside and builds a new one from the sources: nothing is lost";

fn directory(findings: &mut Findings, dir: &Path) {
    let shown = plain(&dir.to_string_lossy());
    match fs::metadata(dir) {
        Ok(metadata) if is_open_to_others(&metadata) => findings.add(
            Level::Warning,
            "directory",
            format!("{shown} can be read by others, and holds source code"),
            "take the rights of group and others away (chmod 700)",
        ),
        Ok(_) => findings.ok("directory", shown.clone()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            findings.add(
                Level::Fault,
                "directory",
                format!("{shown}: {error}"),
                "make it readable, or give another with --index-dir",
            );
        }
    }
    if let Some(kind) = network_file_system(dir) {
        findings.add(
            Level::Warning,
            "directory",
            format!("{shown} lies on a network file system ({kind}), where an index may be damaged"),
            "give a directory on a disk of this machine with --index-dir or RUTTER_INDEX_DIR",
        );
    }
}

fn index_of(findings: &mut Findings, root: &Path, store: &Store, settled: &Settled) {
    let found = match store.examine() {
        Ok(found) => found,
        Err(error) => return findings.add(Level::Fault, "index", error.to_string(), REPAIR),
    };
    let Examination { records, files, to_link, faults, faults_in_all, free_bytes, data_dir } = found;
    for fault in &faults {
        findings.add(Level::Fault, "index", plain(fault), REPAIR);
    }
    if faults_in_all > faults.len() as u64 {
        findings.add(Level::Fault, "index", format!("{} faults more", faults_in_all - faults.len() as u64), REPAIR);
    }
    if faults.is_empty() {
        let size = fs::metadata(data_dir.join("data.mdb")).map_or(0, |data| data.len());
        let said =
            format!("{} of {} are sound, {}", counted(records, "record"), counted(files, "file"), BinaryBytes(size));
        findings.ok("index", said);
    }
    if to_link > 0 {
        let said = format!("the names in {} are not followed so far", counted(to_link, "file"));
        findings.add(Level::Warning, "links", said, "run `rutter index`, or wait for who is at it");
    }
    freshness(findings, root, store, &settled.settings.run(First::Bulk));
    if let Some(free) = free_bytes.filter(|free| *free < LITTLE_ROOM) {
        findings.add(
            Level::Warning,
            "disk",
            format!("{} are free", BinaryBytes(free)),
            "make room: a full disk stops writing",
        );
    }
}

/// The distance from the disk as the last run was told to index it; and whether that is what is set now.
fn freshness(findings: &mut Findings, root: &Path, store: &Store, settings: &Settings) {
    let last = store.snapshot().and_then(|snapshot| snapshot.executions(1));
    let made = last.ok().and_then(|mut runs| runs.pop()?.selection).map(|selection| Settings::of_selection(&selection));
    if let Some(made) = &made
        && !made.selects_as(settings)
    {
        let said = "the index was made with other settings of what is indexed than those that are set now".to_owned();
        findings.add(Level::Warning, "settings", said, "`rutter index` brings it in line with what is set");
    }
    match index::distance(store, root, made.as_ref().unwrap_or(settings)) {
        Ok(distance) if distance == index::Distance::default() => findings.ok("freshness", "as the disk".to_owned()),
        Ok(distance) => {
            let said = format!("{} to read, {} to remove", counted(distance.to_read, "file"), distance.to_remove);
            findings.add(Level::Warning, "freshness", said, "run `rutter index`, or keep `rutter watch` running");
        }
        Err(error) => findings.add(Level::Fault, "freshness", error.to_string(), error.help()),
    }
}

/// Whether the system can tell of changes in so many directories.
fn watching(findings: &mut Findings, root: &Path, settled: &Settled) {
    let Ok(directories) = index::watch::directories(root, &settled.settings.run(First::Bulk)) else { return };
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_user_watches").ok();
    match limit.and_then(|limit| limit.trim().parse::<usize>().ok()) {
        Some(limit) if directories > limit => findings.add(
            Level::Warning,
            "watching",
            format!("{directories} directories, and this user may watch {limit}"),
            "raise fs.inotify.max_user_watches (sysctl), or exclude what is no source",
        ),
        _ if directories == 1 => findings.ok("watching", "1 directory".to_owned()),
        _ => findings.ok("watching", format!("{directories} directories")),
    }
}

fn repair(root: &Path, dir: &Path, settled: &Settled) -> Result<(), CliError> {
    // One that cannot be opened is set aside in any case.
    if let Ok(store) = Store::open_existing(dir) {
        store.condemn("`rutter doctor` found it unsound");
    }
    let store = indexing::open(dir, root)?;
    let settings = settled.settings.run(First::Bulk);
    let progress = progress::for_stderr(false);
    index::run_logged(&store, root, indexing::said(), &settings, &*progress, &AtomicBool::new(false))?;
    Ok(())
}

fn tell(findings: &Findings, json: bool) -> Result<(), CliError> {
    let mut out = stdout();
    if json {
        serde_json::to_writer(&mut out, &findings.0).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        for Finding { level, what, finding, help } in &findings.0 {
            let mark = match level {
                Level::Ok => "ok",
                Level::Warning => "warning",
                Level::Fault => "FAULT",
            };
            writeln!(out, "{mark:8}{what:11}{finding}")?;
            if let Some(help) = help {
                writeln!(out, "{:19}-> {help}", "")?;
            }
        }
    }
    Ok(out.flush()?)
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

/// The kind of file system, where it is one that is reached over a network. See statfs(2).
#[cfg(target_os = "linux")]
fn network_file_system(dir: &Path) -> Option<&'static str> {
    let there: PathBuf = dir.ancestors().find(|dir| dir.exists())?.to_owned();
    let kind = rustix::fs::statfs(&there).ok()?.f_type;
    [
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB2"),
        (0x0102_1997, "9P"),
        (0x00c3_6400, "Ceph"),
    ]
    .into_iter()
    .find(|(magic, _)| i64::from(kind as u32) == *magic)
    .map(|(_, name)| name)
}

#[cfg(not(target_os = "linux"))]
fn network_file_system(_: &Path) -> Option<&'static str> {
    None
}
