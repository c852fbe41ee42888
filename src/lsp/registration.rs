//! What is registered with the client while the session goes on: what languages' modes ask for, and word of changed files
//! where we do not watch ourselves.
//!
//! What a client lets us register is never in the answer to `initialize` as well. One task sends all of it, so in order.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
};

use serde_json::{Value, json};
use tokio::sync::watch;
use tower_lsp::lsp_types::{MessageType, Registration, Unregistration};

use super::{
    capabilities::{FEATURES, Scope},
    configuration::SECTION,
    state::State,
};
use crate::{
    index::Watching,
    languages::{self, Language},
};

/// The options of what is registered, by method.
type Registered = BTreeMap<&'static str, Option<Value>>;

const CONFIGURATION: &str = "workspace/didChangeConfiguration";
pub const WATCHED_FILES: &str = "workspace/didChangeWatchedFiles";

/// Follows what is wanted until the session's end.
pub async fn run(state: Weak<State>, mut changed: watch::Receiver<()>) {
    let mut registered = Registered::new();
    let mut complained = false;
    loop {
        let Some(state) = state.upgrade() else { return };
        let now = wanted(&state);
        let gone: Vec<Unregistration> = registered
            .iter()
            .filter(|(method, options)| now.get(*method) != Some(options))
            .map(|(method, _)| Unregistration { id: id(method), method: (*method).to_owned() })
            .collect();
        let new: Vec<Registration> = now
            .iter()
            .filter(|(method, options)| registered.get(*method) != Some(options))
            .map(|(method, options)| Registration {
                id: id(method),
                method: (*method).to_owned(),
                register_options: options.clone(),
            })
            .collect();
        if !gone.is_empty()
            && let Err(refused) = state.client.unregister_capability(gone).await
        {
            tracing::warn!("the client keeps what was registered: {refused}");
        }
        if !new.is_empty()
            && let Err(refused) = state.client.register_capability(new).await
        {
            tracing::warn!("the client registers nothing: {refused}");
        }
        registered = now;
        let facts = &state.session().facts;
        let cannot_be_told =
            |any: bool| FEATURES.iter().any(|feature| !facts.registers(feature) && any != facts.offered);
        if cannot_be_told(any_full(&state)) && !std::mem::replace(&mut complained, true) {
            let message = "rutter: another mode counts for what is answered; what is offered follows when the editor \
                           starts the server again: it cannot be told before";
            state.say(MessageType::INFO, message.to_owned());
        }
        drop(state);
        if changed.changed().await.is_err() {
            return;
        }
    }
}

fn id(method: &str) -> String {
    format!("rutter/{method}")
}

/// Everything is offered for this language, in one root at least.
fn is_full(state: &State, language: &Language) -> bool {
    state.roots.asked().iter().any(|root| state.offers_all(root, language))
}

/// Everything is offered for at least one language.
pub fn any_full(state: &State) -> bool {
    languages::all().iter().any(|language| is_full(state, language))
}

fn wanted(state: &State) -> Registered {
    let facts = &state.session().facts;
    let full: Vec<&Language> = languages::all().iter().copied().filter(|language| is_full(state, language)).collect();
    let names = full.iter().flat_map(|language| std::iter::once(&language.name).chain(language.editor_ids));
    let selector: Value = names.map(|name| json!({"language": name})).collect();
    let mut wanted = Registered::new();
    for feature in FEATURES.iter().filter(|feature| !full.is_empty() && facts.registers(feature)) {
        let options = match feature.scope {
            Scope::Documents => Some(json!({"documentSelector": selector})),
            Scope::Workspace => None,
        };
        wanted.insert(feature.method, options);
    }
    if facts.registers_configuration {
        wanted.insert(CONFIGURATION, Some(json!({"section": SECTION})));
    }
    let watches_badly =
        |root: &Arc<super::root::Root>| root.run_settings().watching != Watching::On || root.run.is_polling();
    if facts.registers_watched_files && state.roots.all().iter().any(watches_badly) {
        wanted.insert(WATCHED_FILES, Some(json!({"watchers": [{"globPattern": "**/*"}]})));
    }
    wanted
}
