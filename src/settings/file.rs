//! Settings in files: `rutter.toml` in the workspace's root, and one of the user's for all workspaces.

use std::{
    io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use serde_json::{Map, Value};

use super::layer::{Given, Layer, Source};
use crate::{
    disk::{self, Unread},
    index,
};

/// Of both.
pub const FILE_NAME: &str = index::SETTINGS_FILE;

/// The user's: `rutter/rutter.toml` in the configuration directory (`$XDG_CONFIG_HOME`, else `~/.config`). None without a
/// home directory.
pub fn user_file() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join("rutter").join(FILE_NAME))
}

/// What the user's file says; none where there is none.
pub fn of_user(path: &Path) -> Option<Given> {
    read(Layer::UserFile, path.to_owned())
}

/// What the file in a workspace's root says; none where there is none.
pub fn of_root(root: &Path) -> Option<Given> {
    read(Layer::RootFile, root.join(FILE_NAME))
}

fn read(layer: Layer, path: PathBuf) -> Option<Given> {
    // In a root, a link may lead anywhere.
    let is_link = layer == Layer::RootFile && path.symlink_metadata().is_ok_and(|found| found.is_symlink());
    let text = if is_link { Err(Unread::NotAFile) } else { disk::small_text(&path) };
    let source = Source::File(layer, path);
    let cause = match text {
        Ok(text) => return Some(Given::toml(source, &text)),
        Err(Unread::Io(cause)) if cause.kind() == io::ErrorKind::NotFound => return None,
        Err(Unread::Io(cause)) => cause.to_string(),
        Err(Unread::NotAFile) => "this is no regular file, and is not read".to_owned(),
        Err(Unread::TooLarge(bytes)) => format!("{bytes} bytes are too many for a file of settings"),
    };
    Some(Given::unreadable(source, cause))
}

impl Given {
    pub(super) fn toml(source: Source, text: &str) -> Self {
        match toml::from_str::<Map<String, Value>>(text) {
            Ok(values) => Given::new(source, values),
            Err(fault) => {
                let before = fault.span().and_then(|span| text.get(..span.start));
                let place = before.map(|before| {
                    let line = before.matches('\n').count() + 1;
                    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                    format!("line {line}, column {column}: ")
                });
                let cause = fault.message().lines().next().unwrap_or_default();
                let cause = format!("{}{cause}; nothing of it counts", place.unwrap_or_default());
                Given::unreadable(source, cause)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settled;

    #[test]
    fn a_root_without_a_file_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(of_root(dir.path()), None);
        std::fs::write(dir.path().join(FILE_NAME), "hidden = true\n").unwrap();
        assert_eq!(Settled::of(&[of_root(dir.path()).unwrap()]).faults, []);
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_file_is_told_and_not_opened() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join(FILE_NAME)).unwrap();
        let faults = |dir: &Path| Settled::of(&[of_root(dir).unwrap()]).faults;
        assert!(faults(dir.path())[0].to_string().ends_with("no regular file, and is not read"));
        std::fs::remove_file(dir.path().join(FILE_NAME)).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, dir.path().join(FILE_NAME), rustix::fs::Mode::RUSR).unwrap();
        assert_eq!(faults(dir.path()).len(), 1);
    }
}
