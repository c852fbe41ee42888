//! Where values come from, and which of them a setting takes.

use std::{fmt, path::PathBuf};

use serde_json::{Map, Value};

use super::{
    fault::{Fault, nearest},
    kind::shown,
    table::{Setting, all},
};

/// In the order in which later ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    UserFile,
    RootFile,
    InitializationOptions,
    Configuration,
    CommandLine,
}

impl Layer {
    pub const ALL: [Layer; 5] =
        [Layer::UserFile, Layer::RootFile, Layer::InitializationOptions, Layer::Configuration, Layer::CommandLine];

    pub fn name(self) -> &'static str {
        match self {
            Layer::UserFile => "the user's rutter.toml",
            Layer::RootFile => "the workspace's rutter.toml",
            Layer::InitializationOptions => "initializationOptions",
            Layer::Configuration => "the editor's settings",
            Layer::CommandLine => "the command line",
        }
    }
}

/// Where a value is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Default,
    File(Layer, PathBuf),
    /// The client, or the command line.
    Said(Layer),
}

impl Source {
    /// None comes before all others.
    pub(super) fn layer(&self) -> Option<Layer> {
        match self {
            Source::Default => None,
            Source::File(layer, _) | Source::Said(layer) => Some(*layer),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File(_, path) => write!(f, "{}", path.display()),
            Source::Said(layer) => f.write_str(layer.name()),
        }
    }
}

/// A layer as it was given, not yet checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub source: Source,
    values: Map<String, Value>,
    /// Why there are no values.
    fault: Option<Fault>,
}

impl Given {
    pub fn new(source: Source, values: Map<String, Value>) -> Self {
        Given { source, values, fault: None }
    }

    pub(super) fn unreadable(source: Source, cause: String) -> Self {
        let fault = Fault { source: source.clone(), key: None, cause, help: None };
        Given { source, values: Map::new(), fault: Some(fault) }
    }

    /// What a client says, nothing among it.
    pub fn client(layer: Layer, value: &Value) -> Self {
        let source = Source::Said(layer);
        match value {
            Value::Object(values) => Given::new(source, values.clone()),
            Value::Null => Given::new(source, Map::new()),
            other => {
                let cause = format!("a table of settings is expected, and this is {}", shown(other));
                Given::unreadable(source, cause)
            }
        }
    }

    /// Takes a value out that is not for whom the layer is now.
    pub fn forget(&mut self, key: &str) {
        self.values.remove(key);
    }

    /// The values that can be taken. What is `null` was not said: editors send all settings that they know of.
    pub(super) fn checked(&self, faults: &mut Vec<Fault>) -> Vec<(&'static Setting, Value)> {
        faults.extend(self.fault.clone());
        let fault = |key: &str, cause: String, help: Option<String>| Fault {
            source: self.source.clone(),
            key: Some(key.to_owned()),
            cause,
            help,
        };
        let mut taken = Vec::new();
        for (key, value) in self.values.iter().filter(|(_, value)| !value.is_null()) {
            let Some(setting) = all().iter().find(|setting| setting.key == key) else {
                let help = match nearest(key, all().iter().map(|setting| setting.key)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`rutter settings` lists them".to_owned(),
                };
                faults.push(fault(key, "there is no such setting".to_owned(), Some(help)));
                continue;
            };
            let Some(layer) = self.source.layer().filter(|layer| setting.layers.contains(layer)) else {
                faults.push(fault(key, format!("this cannot be set here, but in {}", setting.places(" or on ")), None));
                continue;
            };
            let mut wrong = Vec::new();
            taken.extend(setting.kind.check(value, layer, &mut wrong).map(|value| (setting, value)));
            faults.extend(wrong.into_iter().map(|wrong| fault(&format!("{key}{}", wrong.at), wrong.cause, wrong.help)));
        }
        taken
    }
}
