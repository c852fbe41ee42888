//! Which languages another server serves in this editor: its side tells us, for it alone can see them all.

use std::{
    collections::BTreeSet,
    sync::{PoisonError, RwLock},
};

use serde_json::Value;

use super::state::State;
use crate::{
    languages::{self, Language},
    settings::Mode,
};

/// By the languages' own names.
#[derive(Debug, Default)]
pub struct Others(RwLock<BTreeSet<&'static str>>);

/// In `initializationOptions`, beside the settings.
pub const OPTION: &str = "others";

impl Others {
    fn serve(&self, language: &Language) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(language.name)
    }

    /// Whether a mode comes to offering everything for a language.
    pub fn leave_all_to_us(&self, mode: Mode, language: &Language) -> bool {
        match mode {
            Mode::Auto => !self.serve(language),
            Mode::Full => true,
            Mode::Companion => false,
        }
    }

    /// Takes a list of languages, by our names or the editor's. What is none of ours is of no matter. Whether it says
    /// something new.
    pub fn take(&self, list: &Value) -> bool {
        let names = list.as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(Value::as_str);
        let named: BTreeSet<&'static str> =
            names.filter_map(languages::by_name).map(|language| language.name).collect();
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = *known != named;
        *known = named;
        is_new
    }
}

/// `rutter/others`
pub fn changed(state: &State, params: &Value) {
    if state.others.take(&params["languages"]) {
        state.registrar.send_replace(());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn languages_are_known_by_editors_names_too_and_what_is_said_replaces_what_was() {
        let others = Others::default();
        let serve = |name: &str| others.serve(languages::by_name(name).expect("a language of ours"));
        assert!(others.take(&json!(["javascriptreact", "cobol", 3])));
        assert!(serve("javascript") && !serve("rust"));
        assert!(!others.take(&json!(["javascript"])), "it is the same");
        assert!(others.take(&json!(["rust"])));
        assert!(serve("rust") && !serve("javascript"));
        assert!(others.take(&Value::Null) && !serve("rust"));
    }
}
