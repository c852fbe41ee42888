//! Where a workspace begins, and where its index lives.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};

use super::IndexError;
use crate::disk::{self, hex};

/// In the root: what the workspace says of how it is indexed.
pub const SETTINGS_FILE: &str = "rutter.toml";

/// A repository is one workspace, whatever manifests lie within.
const REPOSITORY_MARKS: [&str; 4] = [".git", ".hg", ".jj", ".svn"];

/// What else says that a project begins here.
const PROJECT_MARKS: [&str; 19] = [
    SETTINGS_FILE,
    "Cargo.toml",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "package.json",
    "deno.json",
    "go.work",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "build.sbt",
    "compile_commands.json",
    "CMakeLists.txt",
    "meson.build",
    "configure.ac",
    "Makefile",
];

/// The workspace around a directory; `None` where there is no mark of one.
///
/// The nearest repository wins over any manifest: a crate within a workspace of crates, or a package within a monorepo,
/// belongs to the whole. Without a repository it is the nearest directory with a manifest, and from there on upwards as
/// long as the parent directory has the same manifest's name or is a Cargo workspace of it. The home directory and `/` are
/// no workspaces, even where dot-files are kept in a repository there.
pub fn workspace_root(start: &Path) -> Option<PathBuf> {
    let start = start.canonicalize().ok()?;
    let candidates: Vec<&Path> = start.ancestors().take_while(|dir| too_wide(dir).is_none()).collect();
    let marked = |dir: &Path, marks: &[&str]| marks.iter().any(|mark| dir.join(mark).symlink_metadata().is_ok());
    if let Some(repository) = candidates.iter().find(|dir| marked(dir, &REPOSITORY_MARKS)) {
        return Some(repository.to_path_buf());
    }
    let nearest = candidates.iter().position(|dir| marked(dir, &PROJECT_MARKS))?;
    let outermost_crate = candidates[nearest..].iter().rposition(|dir| is_cargo_workspace(dir));
    let root = match outermost_crate {
        Some(above) if candidates[nearest].join("Cargo.toml").is_file() => nearest + above,
        _ => nearest,
    };
    Some(candidates[root].to_owned())
}

fn is_cargo_workspace(dir: &Path) -> bool {
    let Ok(text) = disk::small_text(&dir.join("Cargo.toml")) else { return false };
    text.parse::<toml::Table>().is_ok_and(|manifest| manifest.contains_key("workspace"))
}

/// Refuses what nobody means by a workspace: the home directory and the root of the file system.
pub fn check_root(root: &Path) -> Result<(), IndexError> {
    match too_wide(root) {
        Some(what) => Err(IndexError::TooWide { path: root.to_owned(), what }),
        None => Ok(()),
    }
}

fn too_wide(dir: &Path) -> Option<&'static str> {
    if dir.parent().is_none() {
        return Some("the root of the file system");
    }
    let home = etcetera::home_dir().ok()?;
    let is_home = dir == home || home.canonicalize().is_ok_and(|home| dir == home);
    is_home.then_some("the home directory")
}

/// Where indexes are kept unless the user says otherwise: in the user's cache directory (`$XDG_CACHE_HOME`, else
/// `~/.cache`).
pub fn cache_dir() -> Result<PathBuf, IndexError> {
    Ok(etcetera::choose_base_strategy()?.cache_dir().join("rutter"))
}

/// The directory of a root's index among all indexes: named after the workspace and its whole path.
pub fn index_dir_in(cache_dir: &Path, root: &Path) -> PathBuf {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    cache_dir.join(dir_name(&root))
}

/// Readable for people, and never shared by two roots.
fn dir_name(root: &Path) -> String {
    let last = root.file_name().map_or_else(|| "root".into(), |name| name.to_string_lossy());
    let readable: String = last
        .chars()
        .take(40)
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' })
        .collect();
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    format!("{}-{}", readable.trim_start_matches('.'), hex(&digest[..8]))
}

/// See <https://bford.info/cachedir/>: backups leave such directories out, and so does our own walk.
pub(super) const CACHE_TAG: &str = "CACHEDIR.TAG";
pub(super) const CACHE_TAG_SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// Makes the directory of an index, if need be: readable for its owner alone, because it holds source code, and marked as
/// a cache. A directory that is there already keeps its permissions.
pub fn make_index_dir(dir: &Path) -> Result<(), IndexError> {
    let fail = |cause| IndexError::Dir { path: dir.to_owned(), cause };
    if dir.is_dir() {
        return Ok(());
    }
    create_private(dir).map_err(fail)?;
    let tag =
        [CACHE_TAG_SIGNATURE, b"\n# This directory holds an index made by rutter. It can be made again.\n"].concat();
    fs::write(dir.join(CACHE_TAG), tag).map_err(fail)
}

fn create_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        (dir, root)
    }

    #[test]
    fn a_repository_wins_over_manifests_within() {
        let (_dir, root) = tree(&[("repo/.git/HEAD", ""), ("repo/a/Cargo.toml", ""), ("repo/a/src/lib.rs", "")]);
        assert_eq!(workspace_root(&root.join("repo/a/src")), Some(root.join("repo")));
    }

    #[test]
    fn a_crate_belongs_to_its_cargo_workspace() {
        let (_dir, root) =
            tree(&[("w/Cargo.toml", "[workspace]\n"), ("w/crates/a/Cargo.toml", ""), ("w/b/setup.py", "")]);
        assert_eq!(workspace_root(&root.join("w/crates/a")), Some(root.join("w")));
        assert_eq!(workspace_root(&root.join("w/b")), Some(root.join("w/b")));
    }

    #[test]
    fn the_root_of_the_file_system_is_refused() {
        assert!(matches!(check_root(Path::new("/")), Err(IndexError::TooWide { .. })));
    }

    #[test]
    fn two_roots_of_one_name_have_two_indexes() {
        let one = dir_name(Path::new("/a/pro ject"));
        let two = dir_name(Path::new("/b/pro ject"));
        assert!(one.starts_with("pro_ject-") && two.starts_with("pro_ject-"));
        assert_ne!(one, two);
        assert_eq!(one.len(), "pro_ject-".len() + 16);
    }

    #[test]
    #[cfg(unix)]
    fn a_made_directory_is_private_and_marked_as_a_cache() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, root) = tree(&[]);
        let dir = root.join("cache/rutter/x");
        make_index_dir(&dir).unwrap();
        assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(fs::read(dir.join(CACHE_TAG)).unwrap().starts_with(CACHE_TAG_SIGNATURE));
    }
}
