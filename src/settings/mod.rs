//! What a user may set: every setting is described once, in [`table`], and from there come the reading of values, the
//! messages about wrong ones, the schema for editors and the table in the README.
//!
//! Values come in layers ([`Layer`]), of which a later one wins, setting by setting; `modes` language by language. What is
//! wrong in a layer is told ([`Fault`]) and left out of account; the rest of it counts.

mod document;
mod fault;
mod file;
mod kind;
mod layer;
mod table;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Map, Value};

pub use document::{markdown, schema};
pub use fault::Fault;
pub use file::{FILE_NAME, of_root, of_user, user_file};
pub use kind::size;
pub use layer::{Given, Layer, Source};
pub use table::{Setting, all};

use crate::{
    index::{self, First, IndexError, Watching},
    languages::Language,
};

/// How much is offered for a language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// As the editor's side says: it knows what other servers there are.
    #[default]
    Auto,
    /// Everything: nobody else serves the language.
    Full,
    /// Only what adds to the main server beside us.
    Companion,
}

/// Which functions have code lenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lens {
    /// Those that are complex, and those that differ from git's HEAD.
    On,
    Changed,
    Off,
}

/// What is shown of code that no path reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreachable {
    Hint,
    Off,
}

/// The values that count.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Settings {
    mode: Mode,
    /// By the languages' own names.
    modes: BTreeMap<String, Mode>,
    pub lens: Lens,
    /// In cognitive complexity.
    pub lens_threshold: u32,
    pub unreachable: Unreachable,
    exclude: Vec<String>,
    include: Vec<String>,
    ignore_files: bool,
    hidden: bool,
    max_file_size: u64,
    skip_generated: bool,
    threads: usize,
    watch: Watching,
    /// In which each workspace's index has a directory of its own.
    cache_dir: Option<PathBuf>,
    /// Of the one index itself.
    index_dir: Option<PathBuf>,
}

impl Settings {
    pub fn mode(&self, language: &Language) -> Mode {
        self.modes.get(language.name).copied().unwrap_or(self.mode)
    }

    /// The same is offered for all languages.
    pub fn offers_as(&self, others: &Settings) -> bool {
        (self.mode, &self.modes) == (others.mode, &others.modes)
    }

    /// The same is shown in an open file.
    pub fn shows_as(&self, others: &Settings) -> bool {
        (self.lens, self.lens_threshold, self.unreachable) == (others.lens, others.lens_threshold, others.unreachable)
    }

    /// As for somebody who cannot do without watching.
    pub fn watch_at_least(&mut self) {
        if self.watch == Watching::Off {
            self.watch = Watching::On;
        }
    }

    /// Where the index of a root is.
    pub fn index_dir(&self, root: &Path) -> Result<PathBuf, IndexError> {
        match (&self.index_dir, &self.cache_dir) {
            (Some(dir), _) => Ok(dir.clone()),
            (None, Some(cache)) => Ok(index::index_dir_in(cache, root)),
            (None, None) => Ok(index::index_dir_in(&index::cache_dir()?, root)),
        }
    }

    /// What a run over the workspace is told.
    pub fn run(&self, first: First) -> index::Settings {
        index::Settings {
            exclude: self.exclude.clone(),
            include: self.include.clone(),
            ignore_files: self.ignore_files,
            hidden: self.hidden,
            max_file_size: self.max_file_size,
            skip_generated: self.skip_generated,
            threads: self.threads,
            watching: self.watch,
            first,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settled::of(&[]).settings
    }
}

/// A setting with the value that counts, and where that is from.
#[derive(Clone, Debug)]
pub struct Origin {
    pub setting: &'static Setting,
    pub value: Value,
    /// Those that have a part in it: more than one for a table that is put together from several layers.
    pub sources: Vec<Source>,
}

/// What the layers come to.
#[derive(Clone, Debug)]
pub struct Settled {
    pub settings: Settings,
    /// Of all settings, in the order of the table.
    pub origins: Vec<Origin>,
    pub faults: Vec<Fault>,
}

impl Settled {
    /// Puts layers together; in which order they are given is of no matter.
    pub fn of(given: &[Given]) -> Self {
        let mut layers: Vec<&Given> = given.iter().collect();
        layers.sort_by_key(|given| given.source.layer());
        let mut faults = Vec::new();
        let mut origins: Vec<Origin> = all()
            .iter()
            .map(|setting| Origin { setting, value: setting.default_value(), sources: vec![Source::Default] })
            .collect();
        for given in layers {
            for (setting, value) in given.checked(&mut faults) {
                let Some(origin) = origins.iter_mut().find(|origin| std::ptr::eq(origin.setting, setting)) else {
                    continue;
                };
                match (&mut origin.value, value) {
                    (Value::Object(before), Value::Object(own)) => {
                        before.extend(own);
                        origin.sources.retain(|source| *source != Source::Default);
                        origin.sources.push(given.source.clone());
                    }
                    (before, own) => {
                        *before = own;
                        origin.sources = vec![given.source.clone()];
                    }
                }
            }
        }
        let values: Map<String, Value> =
            origins.iter().map(|origin| (origin.setting.key.to_owned(), origin.value.clone())).collect();
        let settings = serde_json::from_value(Value::Object(values)).expect("checked values have their types");
        Settled { settings, origins, faults }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::languages;

    fn client(value: &Value) -> Given {
        Given::client(Layer::InitializationOptions, value)
    }

    fn root(text: &str) -> Given {
        Given::toml(Source::File(Layer::RootFile, "/w/rutter.toml".into()), text)
    }

    fn faults(given: &[Given]) -> Vec<String> {
        Settled::of(given).faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_defaults_are_those_of_a_run() {
        let run = Settings::default().run(First::default());
        assert_eq!(run, index::Settings::default());
    }

    #[test]
    fn later_layers_win_setting_by_setting() {
        let file = root("exclude = ['a']\nskip_generated = true\nmodes = { rust = 'companion', c = 'companion' }\n");
        let said = client(&json!({"exclude": ["b"], "modes": {"rust": "full"}, "hidden": null}));
        let settled = Settled::of(&[said.clone(), file.clone()]);
        assert_eq!(settled.faults, []);
        let run = settled.settings.run(First::Visible);
        assert_eq!((run.exclude, run.skip_generated), (vec!["b".to_owned()], true));
        let mode = |name: &str| settled.settings.mode(languages::by_name(name).unwrap());
        assert_eq!((mode("rust"), mode("c"), mode("go")), (Mode::Full, Mode::Companion, Mode::Auto));
        let from = |key: &str| {
            let origin = settled.origins.iter().find(|origin| origin.setting.key == key).unwrap();
            origin.sources.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(from("exclude"), "initializationOptions");
        assert_eq!(from("skip_generated"), "/w/rutter.toml");
        assert_eq!(from("modes"), "/w/rutter.toml initializationOptions");
        assert_eq!(from("hidden"), "default");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_cause_and_the_rest_counts() {
        let file = root("exlude = ['a']\nskip_generated = 'yes'\nmax_file_size = '2X'\nthreads = 2\nhidden = true\n");
        let settled = Settled::of(std::slice::from_ref(&file));
        assert!(settled.settings.hidden);
        assert_eq!(
            faults(&[file]),
            [
                "/w/rutter.toml: `exlude`: there is no such setting; did you mean `exclude`?",
                "/w/rutter.toml: `max_file_size`: `X` is no unit of size: give bytes, or K, M or G",
                "/w/rutter.toml: `skip_generated`: true or false is expected, and this is the text \"yes\"",
                "/w/rutter.toml: `threads`: this cannot be set here, but in the user's rutter.toml, \
                 initializationOptions, the editor's settings or on the command line",
            ]
        );
        let wrong = "mode = 'ful'\nmodes = { rsut = 'full', lua = 3 }\nexclude = ['a{', 7, 'b']\nqqq = 1\n";
        let mut told = faults(&[root(wrong)]);
        // The rest of this one is the library's that reads patterns.
        assert!(told.remove(0).starts_with("/w/rutter.toml: `exclude[0]`: `a{` is no pattern: "));
        assert_eq!(
            told,
            [
                "/w/rutter.toml: `exclude[1]`: a text is expected, and this is the number 7",
                "/w/rutter.toml: `mode`: there is no \"ful\"; did you mean \"full\"?",
                "/w/rutter.toml: `modes.lua`: one of \"auto\", \"full\" and \"companion\" is expected, and this is the number 3",
                "/w/rutter.toml: `modes.rsut`: there is no such language; did you mean `rust`?",
                "/w/rutter.toml: `qqq`: there is no such setting; `rutter settings` lists them",
            ]
        );
        let run = Settled::of(&[root("exclude = ['a{', 7, 'b']")]).settings.run(First::Visible);
        assert_eq!(run.exclude, ["b"]);
    }

    #[test]
    fn a_file_that_is_no_toml_says_where() {
        let said = faults(&[root("hidden = true\nexclude = [\n")]);
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("/w/rutter.toml: line "), "{said:?}");
        assert!(!Settled::of(&[root("hidden = true\nexclude = [\n")]).settings.hidden, "half a file is none");
    }

    #[test]
    fn what_a_client_says_that_is_no_table_is_told() {
        assert_eq!(faults(&[client(&Value::Null)]), [""; 0]);
        assert_eq!(
            faults(&[client(&json!("companion"))]),
            ["initializationOptions: a table of settings is expected, and this is the text \"companion\""]
        );
    }

    #[test]
    fn editors_names_of_languages_are_understood() {
        let settled = Settled::of(&[client(&json!({"modes": {"javascriptreact": "companion"}}))]);
        assert_eq!(settled.faults, []);
        assert_eq!(settled.settings.mode(languages::by_name("javascript").unwrap()), Mode::Companion);
    }

    #[test]
    fn the_repositorys_own_file_says_nothing_of_the_machine() {
        let said = faults(&[root("cache_dir = '/tmp/x'\nindex_dir = '/tmp/y'\nmax_file_size = '1G'\n")]);
        assert_eq!(said.len(), 3, "{said:?}");
        let user = Given::toml(
            Source::File(Layer::UserFile, "/c/rutter.toml".into()),
            "cache_dir = '/tmp/x'\nmax_file_size = '1G'\n",
        );
        let settled = Settled::of(&[user]);
        assert_eq!(settled.faults, []);
        assert_eq!(settled.settings.cache_dir.as_deref(), Some(Path::new("/tmp/x")));
        assert_eq!(settled.settings.max_file_size, 1 << 30);
    }
}
