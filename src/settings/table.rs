//! All settings. A new one is a row here, and a field of [`super::Settings`].

use serde_json::Value;

use super::{
    kind::{Kind, Word},
    layer::Layer,
};

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// As files and editors name it.
    pub key: &'static str,
    pub kind: Kind,
    /// As JSON.
    default: &'static str,
    /// What it does, in Markdown.
    pub says: &'static str,
    /// Where it may be given.
    pub layers: &'static [Layer],
    /// On the command line.
    pub flag: Option<&'static str>,
    pub takes_effect: Effect,
}

/// When a change at run time takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    AtOnce,
    /// When the server starts.
    AtStart,
}

impl Setting {
    pub(super) fn default_value(&self) -> Value {
        serde_json::from_str(self.default).expect("the table has JSON")
    }

    /// As files write it.
    pub(super) fn default_text(&self) -> &'static str {
        self.default
    }

    /// Where it may be given, as a list that ends with `or`.
    pub(super) fn places(&self, before_the_command_line: &str) -> String {
        let names: Vec<&str> =
            self.layers.iter().filter(|layer| **layer != Layer::CommandLine).map(|layer| layer.name()).collect();
        match self.layers.contains(&Layer::CommandLine) {
            true => format!("{}{before_the_command_line}{}", names.join(", "), Layer::CommandLine.name()),
            false => match names.split_last() {
                Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
                _ => names.concat(),
            },
        }
    }
}

use Layer::{CommandLine, Configuration, InitializationOptions, RootFile, UserFile};

const ANYWHERE: &[Layer] = &[UserFile, RootFile, InitializationOptions, Configuration, CommandLine];
/// In files, and by editors.
const NO_FLAG: &[Layer] = &[UserFile, RootFile, InitializationOptions, Configuration];
/// What is the machine's is not for a repository to say.
const NOT_BY_THE_ROOT: &[Layer] = &[UserFile, InitializationOptions, Configuration, CommandLine];

const MODES: &[Word] = &[
    Word {
        name: "auto",
        says: "`companion` where the editor's side says that another server serves the language, else `full`.",
    },
    Word { name: "full", says: "All that there is." },
    Word {
        name: "companion",
        says: "Only what adds to the main server beside: facts in the hover, code lenses, faded unreachable code, and \
               what commands show.",
    },
];

const LENSES: &[Word] = &[
    Word { name: "on", says: "Of functions that are complex, or differ from git's HEAD." },
    Word { name: "changed", says: "Of functions that differ from git's HEAD." },
    Word { name: "off", says: "None." },
];

const UNREACHABLE: &[Word] = &[
    Word { name: "hint", says: "It is faded, where the editor can do that." },
    Word { name: "off", says: "Nothing is shown of it." },
];

const WATCHING: &[Word] = &[
    Word {
        name: "on",
        says: "The system tells of changes; where it cannot tell of all, the workspace is looked through.",
    },
    Word { name: "poll", says: "The workspace is looked through every ten seconds or more: for network file systems." },
    Word {
        name: "off",
        says: "What the editor tells of files is followed, and nothing else. `rutter watch` watches all the same.",
    },
];

static SETTINGS: [Setting; 15] = [
    Setting {
        key: "mode",
        kind: Kind::Choice(MODES),
        default: "\"auto\"",
        says: "How much the language server offers: everything, or only what adds to the main server of a language.",
        layers: NO_FLAG,
        flag: None,
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "modes",
        kind: Kind::ByLanguage(MODES),
        default: "{}",
        says: "The same for single languages, for which it counts instead of `mode`.",
        layers: NO_FLAG,
        flag: None,
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "lens",
        kind: Kind::Choice(LENSES),
        default: "\"on\"",
        says: "Which functions have code lenses: cognitive complexity, the change against git's HEAD, callers.",
        layers: NO_FLAG,
        flag: None,
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "lens_threshold",
        kind: Kind::Count(10_000),
        default: "15",
        says: "From which cognitive complexity on a function has code lenses although it has not changed; 0: every one.",
        layers: NO_FLAG,
        flag: None,
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "unreachable",
        kind: Kind::Choice(UNREACHABLE),
        default: "\"hint\"",
        says: "What is shown of code in open files that no path reaches.",
        layers: NO_FLAG,
        flag: None,
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "exclude",
        kind: Kind::Globs,
        default: "[]",
        says: "What is not indexed, beside what ignore files name: patterns as in `.gitignore`, relative to the root.",
        layers: ANYWHERE,
        flag: Some("--exclude GLOB"),
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "include",
        kind: Kind::Globs,
        default: "[]",
        says: "If there are any, only files that match one of these patterns, or lie in a directory that does, are indexed. \
               What is excluded or ignored stays out.",
        layers: ANYWHERE,
        flag: Some("--include GLOB"),
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "ignore_files",
        kind: Kind::Switch,
        default: "true",
        says: "Leave out what `.gitignore`, `.ignore` and git's own excludes name. `.rutterignore` counts in any case.",
        layers: ANYWHERE,
        flag: Some("--ignore-files=BOOL"),
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "hidden",
        kind: Kind::Switch,
        default: "false",
        says: "Index hidden files and directories, too, but for those of version control.",
        layers: ANYWHERE,
        flag: Some("--hidden=BOOL"),
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "max_file_size",
        kind: Kind::Size,
        default: "4194304",
        says: "Larger files are skipped. At most 1G; the workspace's own file may ask for 64M.",
        layers: ANYWHERE,
        flag: Some("--max-file-size SIZE"),
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "skip_generated",
        kind: Kind::Switch,
        default: "false",
        says: "Skip files that say that a program has written them.",
        layers: ANYWHERE,
        flag: Some("--skip-generated=BOOL"),
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "threads",
        kind: Kind::Count(1024),
        default: "0",
        says: "Threads that read and extract; 0 for one a core.",
        layers: NOT_BY_THE_ROOT,
        flag: Some("--threads N"),
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "watch",
        kind: Kind::Choice(WATCHING),
        default: "\"on\"",
        says: "How the language server and `rutter watch` learn what changes on disk.",
        layers: NO_FLAG,
        flag: None,
        takes_effect: Effect::AtOnce,
    },
    Setting {
        key: "cache_dir",
        kind: Kind::Directory,
        default: "null",
        says: "Where indexes are kept, each workspace's in a directory of its own; `rutter` in the user's cache directory \
               where nothing is said.",
        layers: &[UserFile, InitializationOptions],
        flag: None,
        takes_effect: Effect::AtStart,
    },
    Setting {
        key: "index_dir",
        kind: Kind::Directory,
        default: "null",
        says: "The directory of this workspace's index itself; of several workspaces in one session, the first one's.",
        layers: &[InitializationOptions, CommandLine],
        flag: Some("--index-dir DIR"),
        takes_effect: Effect::AtStart,
    },
];

pub fn all() -> &'static [Setting] {
    &SETTINGS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_values_of_their_kinds() {
        for setting in all() {
            let value = setting.default_value();
            let mut wrong = Vec::new();
            if !value.is_null() {
                let kept = setting.kind.check(&value, UserFile, &mut wrong);
                assert_eq!(kept, Some(value), "{}: {wrong:?}", setting.key);
            }
            assert!(setting.flag.is_some() == setting.layers.contains(&CommandLine), "{}", setting.key);
        }
    }
}
