//! The walk: which files of the workspace have a language, and what the file system says of them. Reads no file, but for
//! the `#!` line of executables without an ending.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ffi::OsStr,
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use ignore::{
    DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState,
    gitignore::{Gitignore, GitignoreBuilder},
    overrides::OverrideBuilder,
};
use jiff::Timestamp;

use super::{
    IndexError, Settings,
    path::index_path,
    place::{CACHE_TAG, CACHE_TAG_SIGNATURE},
    stamp::Stamps,
};
use crate::{
    disk,
    languages::{self, Language},
};

/// A file that has a language.
#[derive(Clone, Debug)]
pub struct Found {
    pub path: Arc<str>,
    pub language: &'static Language,
    pub size: u64,
    pub modified: Option<Timestamp>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Regular,
    /// A FIFO, a socket, a device.
    Special(&'static str),
}

/// All that a walk saw.
#[derive(Debug, Default)]
pub struct Scan {
    /// Sorted by path.
    pub files: Vec<Found>,
    pub other_files: BTreeMap<String, u64>,
    /// Where the walk could not look, and why. What the index has of there stays.
    pub unseen: Vec<(String, String)>,
}

impl Scan {
    /// Walks the workspace. `None` if the flag stopped it.
    pub fn of(
        root: &Path,
        settings: &Settings,
        known: &Stamps,
        cancel: &AtomicBool,
    ) -> Result<Option<Self>, IndexError> {
        fs::read_dir(root).map_err(|cause| IndexError::Root { path: root.to_owned(), cause })?;
        let walk = walker(root, settings, None)?.build_parallel();
        let included = Included::new(root, settings)?;
        let seen = Mutex::new(Scan::default());
        walk.visit(&mut Visitors { root, included: &included, known, cancel, seen: &seen });
        if cancel.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let mut scan = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        scan.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        scan.unseen.sort_unstable();
        Ok(Some(scan))
    }

    fn add(&mut self, part: Scan) {
        self.files.extend(part.files);
        self.unseen.extend(part.unseen);
        for (ending, count) in part.other_files {
            *self.other_files.entry(ending).or_default() += count;
        }
    }
}

/// Whether this is a pattern.
pub fn check_glob(glob: &str) -> Result<(), ignore::Error> {
    GitignoreBuilder::new("").add_line(None, glob)?.build().map(drop)
}

/// Which files of those that the walk meets may be indexed.
struct Included(Option<Gitignore>);

impl Included {
    fn new(root: &Path, settings: &Settings) -> Result<Self, IndexError> {
        if settings.include.is_empty() {
            return Ok(Included(None));
        }
        let mut globs = GitignoreBuilder::new(root);
        for glob in &settings.include {
            globs.add_line(None, glob).map_err(|cause| IndexError::Pattern { glob: glob.clone(), cause })?;
        }
        let all = settings.include.join(" ");
        Ok(Included(Some(globs.build().map_err(|cause| IndexError::Pattern { glob: all, cause })?)))
    }

    /// `file` is below the root.
    fn has(&self, file: &Path) -> bool {
        self.0.as_ref().is_none_or(|globs| globs.matched_path_or_any_parents(file, false).is_ignore())
    }
}

/// With `only`, all but these places and what leads to them is left out.
fn walker(root: &Path, settings: &Settings, only: Option<HashSet<PathBuf>>) -> Result<WalkBuilder, IndexError> {
    let mut overrides = OverrideBuilder::new(root);
    for glob in &settings.exclude {
        let fail = |cause| IndexError::Pattern { glob: glob.clone(), cause };
        overrides.add(&format!("!{glob}")).map_err(fail)?;
    }
    let all = settings.exclude.join(" ");
    let overrides = overrides.build().map_err(|cause| IndexError::Pattern { glob: all, cause })?;
    // Within a repository, the ignore files up to its top count. Without one there is no telling where to stop, and a
    // `.gitignore` in the home directory that hides everything must not hide the workspace.
    let in_repository = root.ancestors().any(|dir| dir.join(".git").symlink_metadata().is_ok());
    let mut builder = WalkBuilder::new(root);
    builder
        .threads(settings.thread_count())
        .follow_links(false)
        .hidden(!settings.hidden)
        .ignore(settings.ignore_files)
        .git_ignore(settings.ignore_files)
        .git_exclude(settings.ignore_files)
        .git_global(settings.ignore_files)
        .require_git(in_repository)
        .parents(in_repository)
        .add_custom_ignore_filename(".rutterignore")
        .overrides(overrides)
        .current_dir(root)
        .filter_entry(move |entry| {
            let is_asked_for = only.as_ref().is_none_or(|only| only.contains(entry.path()));
            entry.depth() == 0 || is_asked_for && (!is_dir(entry) || !is_left_out(entry))
        });
    Ok(builder)
}

/// The directories that a walk looks into, the root among them. What cannot be looked into is left out.
pub fn directories(root: &Path, settings: &Settings) -> Result<Vec<PathBuf>, IndexError> {
    fs::read_dir(root).map_err(|cause| IndexError::Root { path: root.to_owned(), cause })?;
    let entries = walker(root, settings, None)?.build().flatten();
    Ok(entries.filter(is_dir).map(DirEntry::into_path).collect())
}

/// Whether a walk would meet one of these places, which are below the root.
pub fn meets_any(root: &Path, settings: &Settings, places: &BTreeSet<PathBuf>) -> Result<bool, IndexError> {
    if places.is_empty() {
        return Ok(false);
    }
    let up_to_the_root =
        |place: &PathBuf| place.ancestors().take_while(|dir| *dir != root).map(Path::to_owned).collect();
    let only = places.iter().flat_map(|place| -> Vec<PathBuf> { up_to_the_root(place) }).collect();
    let mut entries = walker(root, settings, Some(only))?.build().flatten();
    Ok(entries.any(|entry| places.contains(entry.path())))
}

/// Whether a run would look at a file, by its path in the index.
pub fn would_meet(root: &Path, settings: &Settings, path: &str) -> Result<bool, IndexError> {
    let file = super::path::disk_path(root, path);
    if !file.starts_with(root) || !Included::new(root, settings)?.has(&file) {
        return Ok(false);
    }
    meets_any(root, settings, &BTreeSet::from([file]))
}

fn is_dir(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Directories that hold nobody's own sources, even where no ignore file names them: installed packages, caches by their
/// tag (Cargo's `target`, pytest's and mypy's caches and our own index among them), and Python's virtual environments.
fn is_left_out(dir: &DirEntry) -> bool {
    let name = dir.file_name();
    is_version_control(name)
        || name == "node_modules"
        || name == "bower_components"
        || name == "__pycache__"
        || dir.path().join("pyvenv.cfg").symlink_metadata().is_ok()
        || is_tagged_cache(dir.path())
}

/// Hidden, but for those who look at hidden files.
fn is_version_control(name: &OsStr) -> bool {
    [".git", ".hg", ".jj", ".svn"].iter().any(|one| name == *one)
}

fn is_tagged_cache(dir: &Path) -> bool {
    let start = disk::read_start(&dir.join(CACHE_TAG), CACHE_TAG_SIGNATURE.len() as u64);
    start.is_ok_and(|start| start == CACHE_TAG_SIGNATURE)
}

struct Visitors<'a> {
    root: &'a Path,
    included: &'a Included,
    known: &'a Stamps,
    cancel: &'a AtomicBool,
    seen: &'a Mutex<Scan>,
}

impl<'a> ParallelVisitorBuilder<'a> for Visitors<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        let Visitors { root, included, known, cancel, seen } = *self;
        Box::new(Visitor { root, included, known, cancel, seen, part: Scan::default() })
    }
}

/// One thread's share of the walk.
struct Visitor<'a> {
    root: &'a Path,
    included: &'a Included,
    known: &'a Stamps,
    cancel: &'a AtomicBool,
    seen: &'a Mutex<Scan>,
    part: Scan,
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).add(std::mem::take(&mut self.part));
    }
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.cancel.load(Ordering::Relaxed) {
            return WalkState::Quit;
        }
        match entry {
            Ok(entry) => self.entry(&entry),
            Err(error) => self.error(&error),
        }
        WalkState::Continue
    }
}

impl Visitor<'_> {
    fn entry(&mut self, entry: &DirEntry) {
        if let Some(error) = entry.error() {
            tracing::warn!("{error}");
        }
        // A link's target is indexed where it stands, or lies outside of the workspace.
        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir() && !kind.is_symlink()) else { return };
        if !self.included.has(entry.path()) {
            return;
        }
        let path = index_path(self.root, entry.path());
        let by_path = languages::by_path(&path);
        if by_path.is_none() && (!kind.is_file() || ending(&path).is_some()) {
            return self.count(&path);
        }
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return self.error(&error),
        };
        let modified = disk::modified(&metadata);
        let language = by_path
            .or_else(|| self.known.language_of(&path, metadata.len(), modified))
            .or_else(|| by_interpreter(entry.path(), &metadata));
        match language {
            Some(language) => {
                let kind = kind_of(&metadata);
                self.part.files.push(Found { path: path.into(), language, size: metadata.len(), modified, kind });
            }
            None => self.count(&path),
        }
    }

    fn count(&mut self, path: &str) {
        let ending = match ending(path) {
            Some(ending) if ending.len() <= 12 => ending.to_ascii_lowercase(),
            Some(_) => "(other)".to_owned(),
            None => "(none)".to_owned(),
        };
        *self.part.other_files.entry(ending).or_default() += 1;
    }

    fn error(&mut self, error: &ignore::Error) {
        // A file that vanished during the walk is one that is not there.
        if error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return;
        }
        match place_of(error) {
            Some(place) => {
                let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                self.part.unseen.push((index_path(self.root, &place), cause));
            }
            None => tracing::warn!("{error}"),
        }
    }
}

fn ending(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    name.rsplit_once('.').map(|(_, ending)| ending)
}

fn place_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => place_of(err),
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        _ => None,
    }
}

#[cfg(unix)]
pub fn kind_of(metadata: &Metadata) -> Kind {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    if kind.is_file() {
        Kind::Regular
    } else if kind.is_fifo() {
        Kind::Special("FIFO")
    } else if kind.is_socket() {
        Kind::Special("socket")
    } else if kind.is_dir() {
        Kind::Special("directory")
    } else {
        Kind::Special("device")
    }
}

#[cfg(not(unix))]
pub fn kind_of(metadata: &Metadata) -> Kind {
    if metadata.is_file() { Kind::Regular } else { Kind::Special("directory or device") }
}

/// The language of an executable file's `#!` line.
#[cfg(unix)]
pub fn by_interpreter(path: &Path, metadata: &Metadata) -> Option<&'static Language> {
    use std::os::unix::fs::PermissionsExt;
    let is_executable = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    languages::by_interpreter(&is_executable.then(|| disk::read_start(path, 128).ok())??)
}

/// Elsewhere nothing tells an executable file.
#[cfg(not(unix))]
pub fn by_interpreter(_: &Path, _: &Metadata) -> Option<&'static Language> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(files: &[(&str, &str)], exclude: &[&str]) -> Scan {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let exclude = exclude.iter().map(|glob| (*glob).to_owned()).collect();
        let settings = Settings { exclude, threads: 2, ..Settings::default() };
        Scan::of(&root, &settings, &Stamps::default(), &AtomicBool::new(false)).unwrap().unwrap()
    }

    fn paths(scan: &Scan) -> Vec<&str> {
        scan.files.iter().map(|file| &*file.path).collect()
    }

    #[test]
    fn files_of_known_languages_are_found_in_order_and_others_counted() {
        let scan = scan(&[("b.py", ""), ("a/z.rs", ""), ("a/b.TXT", ""), ("LICENSE", ""), ("x.txt", "")], &[]);
        assert_eq!(paths(&scan), ["a/z.rs", "b.py"]);
        assert_eq!(scan.other_files, BTreeMap::from([("txt".to_owned(), 2), ("(none)".to_owned(), 1)]));
    }

    #[test]
    fn ignore_files_and_excludes_are_heeded_without_a_repository() {
        let files = [
            (".gitignore", "/build/\n"),
            (".ignore", "ignored.py\n"),
            (".rutterignore", "own.py\n"),
            (".hidden/a.py", ""),
            ("build/a.py", ""),
            ("ignored.py", ""),
            ("own.py", ""),
            ("gen/a.py", ""),
            ("keep.py", ""),
        ];
        assert_eq!(paths(&scan(&files, &["gen/**"])), ["keep.py"]);
        assert_eq!(paths(&scan(&files, &["/gen/"])), ["keep.py"]);
    }

    #[test]
    fn a_gitignore_above_the_workspace_counts_within_a_repository_only() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        fs::create_dir_all(top.join("sub")).unwrap();
        fs::write(top.join(".gitignore"), "*\n").unwrap();
        fs::write(top.join("sub/a.py"), "").unwrap();
        let scan = || {
            let (settings, cancel) = (Settings::default(), AtomicBool::new(false));
            Scan::of(&top.join("sub"), &settings, &Stamps::default(), &cancel).unwrap().unwrap()
        };
        assert_eq!(paths(&scan()), ["a.py"]);
        fs::create_dir(top.join(".git")).unwrap();
        assert_eq!(paths(&scan()), [""; 0]);
    }

    #[test]
    fn caches_environments_and_packages_are_left_out() {
        let tag = std::str::from_utf8(CACHE_TAG_SIGNATURE).unwrap();
        let scan = scan(
            &[
                ("target/CACHEDIR.TAG", tag),
                ("target/a.rs", ""),
                ("env/pyvenv.cfg", ""),
                ("env/a.py", ""),
                ("node_modules/a.py", ""),
                ("dist/a.py", ""),
                ("src/target/a.py", ""),
            ],
            &[],
        );
        assert_eq!(paths(&scan), ["dist/a.py", "src/target/a.py"]);
    }

    fn scan_with(files: &[&str], settings: &Settings) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for path in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "skipped.py\n").unwrap();
        }
        let scan = Scan::of(&root, settings, &Stamps::default(), &AtomicBool::new(false)).unwrap().unwrap();
        scan.files.iter().map(|file| file.path.to_string()).collect()
    }

    #[test]
    fn only_what_is_included_is_found_and_exclusion_wins() {
        let files = [".gitignore", "a.py", "src/b.py", "src/skipped.py", "src/out/c.py", "lib/d.rs"];
        let include = |include: &[&str], exclude: &[&str]| {
            let strings = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
            let settings = Settings { include: strings(include), exclude: strings(exclude), ..Settings::default() };
            scan_with(&files, &settings)
        };
        assert_eq!(include(&["/src/"], &["out"]), ["src/b.py"]);
        assert_eq!(include(&["*.rs", "/a.py"], &[]), ["a.py", "lib/d.rs"]);
    }

    #[test]
    fn ignore_files_and_hidden_files_count_as_told() {
        let files = [".gitignore", ".rutterignore", "skipped.py", "a.py", ".hidden/b.py", ".git/hooks/c.py"];
        let settings = Settings { hidden: true, ..Settings::default() };
        assert_eq!(scan_with(&files, &settings), [".hidden/b.py", "a.py"]);
        let settings = Settings { ignore_files: false, ..Settings::default() };
        assert_eq!(scan_with(&files[..1], &settings), [""; 0]);
        assert_eq!(scan_with(&files, &settings), ["a.py"], "our own ignore file counts in any case");
        assert_eq!(scan_with(&[".gitignore", "skipped.py"], &settings), ["skipped.py"]);
    }

    #[test]
    fn a_bad_pattern_is_named() {
        let settings = Settings { exclude: vec!["a[".to_owned()], ..Settings::default() };
        let dir = tempfile::tempdir().unwrap();
        let error = Scan::of(dir.path(), &settings, &Stamps::default(), &AtomicBool::new(false)).unwrap_err();
        assert!(error.to_string().contains("`a[`"), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn links_are_left_alone_and_special_files_are_found_unopened() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        symlink(&root, root.join("loop")).unwrap();
        symlink("/etc/passwd", root.join("link.py")).unwrap();
        fs::create_dir(root.join("dir.py")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, root.join("fifo.py"), rustix::fs::Mode::RUSR).unwrap();
        fs::write(root.join("tool"), "#!/usr/bin/env python3\n").unwrap();
        fs::set_permissions(root.join("tool"), fs::Permissions::from_mode(0o755)).unwrap();
        let (settings, cancel) = (Settings::default(), AtomicBool::new(false));
        let scan = Scan::of(&root, &settings, &Stamps::default(), &cancel).unwrap().unwrap();
        assert_eq!(paths(&scan), ["fifo.py", "tool"]);
        assert_eq!(scan.files[0].kind, Kind::Special("FIFO"));
        assert_eq!(scan.files[1].language.name, "python");
    }

    #[test]
    fn a_raised_flag_stops_the_walk() {
        let dir = tempfile::tempdir().unwrap();
        let scan = Scan::of(dir.path(), &Settings::default(), &Stamps::default(), &AtomicBool::new(true)).unwrap();
        assert!(scan.is_none());
    }
}
