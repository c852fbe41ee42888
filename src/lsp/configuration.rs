//! What is set in this session, for each root, and what follows when that changes.
//!
//! The layers are those of `settings`: files are read again whenever somebody asks anew, what the client has said is kept.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value};
use tower_lsp::lsp_types::{ConfigurationItem, MessageType, Url};

use super::{capabilities::ClientFacts, keeper::Note, place::usable_root, root::Root, state::State};
use crate::{
    languages,
    settings::{self, Given, Layer, Settings, Settled, Source},
};

/// The section of an editor's settings that is ours.
pub const SECTION: &str = "rutter";

/// What the client has said, and what it was told.
#[derive(Debug, Default)]
pub struct Told(Mutex<Said>);

#[derive(Debug, Default)]
struct Said {
    options: Value,
    /// For all roots,
    configuration: Value,
    /// and for single ones.
    by_root: HashMap<PathBuf, Value>,
    /// What is wrong is said once.
    faults: HashSet<String>,
}

impl Told {
    fn lock(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `initializationOptions`
    pub fn options(&self, options: Value) {
        self.lock().options = options;
    }
}

/// What counts for a root. `root` is none where there is no workspace.
pub fn settled(state: &State, root: Option<&Path>, is_first: bool) -> Settled {
    let (options, configuration) = {
        let said = state.told.lock();
        let own = root.and_then(|root| said.by_root.get(root)).unwrap_or(&said.configuration);
        (said.options.clone(), own.clone())
    };
    let user = state.options.user_file.as_deref().and_then(settings::of_user);
    let mut given: Vec<Given> = user.into_iter().chain(root.and_then(settings::of_root)).collect();
    let mut options = Given::client(Layer::InitializationOptions, &options);
    if is_first {
        let mut flags = Map::new();
        if let Some(dir) = state.options.index_dir.as_deref().and_then(|dir| std::path::absolute(dir).ok()) {
            flags.insert("index_dir".to_owned(), dir.to_string_lossy().into());
        }
        given.push(Given::new(Source::Said(Layer::CommandLine), flags));
    } else {
        options.forget("index_dir");
    }
    given.push(options);
    given.push(Given::client(Layer::Configuration, &configuration));
    Settled::of(&given)
}

/// Everything is offered for at least one language in one of the roots that a session begins with.
pub fn any_full(state: &State, facts: &ClientFacts) -> bool {
    let roots = match &state.options.root {
        Some(root) => std::slice::from_ref(root),
        None => &facts.folders,
    };
    let mut settled: Vec<Settings> = roots
        .iter()
        .filter_map(|root| usable_root(root).ok())
        .map(|root| settled(state, Some(&root), false).settings)
        .collect();
    if settled.is_empty() {
        settled.push(self::settled(state, None, false).settings);
    }
    let is_full = |settings: &Settings, language| state.others.leave_all_to_us(settings.mode(language), language);
    settled.iter().any(|settings| languages::all().iter().any(|language| is_full(settings, language)))
}

/// The settings of a root that is new.
pub fn first(state: &State, root: &Path, is_first: bool) -> Settings {
    let settled = settled(state, Some(root), is_first);
    tell(state, &settled);
    settled.settings
}

/// Takes a root's settings anew. Whether they are others than before.
pub fn reconsider(state: &State, root: &Root) -> bool {
    let path = root.place.is_workspace.then_some(&*root.place.root);
    let settled = settled(state, path, root.is_first());
    tell(state, &settled);
    let before = root.settings();
    let changed = root.resettle(settled.settings);
    if changed && !root.settings().shows_as(&before) {
        state.lenses.send_replace(());
        // Every one is looked at again, its facts with it.
        state.documents.all().into_iter().for_each(|document| state.note(Note::Changed(document.location)));
    }
    if changed && !root.settings().offers_as(&before) {
        state.registrar.send_replace(());
    }
    changed
}

/// Takes all settings anew; what has changed takes effect.
pub fn reconsider_all(state: &State) {
    for root in state.roots.with_nowhere() {
        let before = root.run_settings();
        if reconsider(state, &root) && root.run_settings() != before {
            root.run.teller().everything();
            // Whether the client is to tell of changes.
            state.registrar.send_replace(());
        }
    }
}

fn tell(state: &State, settled: &Settled) {
    for fault in &settled.faults {
        let message = format!("rutter: {fault}");
        if state.told.lock().faults.insert(message.clone()) {
            state.say(MessageType::WARNING, message);
        }
    }
}

/// Asks the client, if it can be asked, and waits for what it says. Not to be awaited in a handler, nor to be dropped.
pub async fn ask(state: Arc<State>) {
    if !state.session().facts.configuration {
        return;
    }
    let section = Some(SECTION.to_owned());
    let roots = state.roots.all();
    let mut items = vec![ConfigurationItem { scope_uri: None, section: section.clone() }];
    items.extend(roots.iter().map(|root| ConfigurationItem {
        scope_uri: Url::from_file_path(&root.place.named).ok(),
        section: section.clone(),
    }));
    match state.client.configuration(items).await {
        Ok(answers) => {
            let mut answers = answers.into_iter();
            let mut said = state.told.lock();
            said.configuration = answers.next().unwrap_or_default();
            said.by_root = roots.iter().map(|root| root.place.root.clone()).zip(answers).collect();
        }
        Err(refused) => tracing::debug!("the client says nothing of its settings: {refused}"),
    }
    reconsider_all(&state);
}

/// `workspace/didChangeConfiguration`: a client that can be asked is asked; one that cannot has said it.
pub fn changed(state: &Arc<State>, payload: &Value) {
    if state.session().facts.configuration {
        tokio::spawn(ask(state.clone()));
        return;
    }
    // Clients send the section, or all that they have.
    let is_ours = |key: &String| settings::all().iter().any(|setting| setting.key == key);
    let own = match payload {
        Value::Object(values) if values.contains_key(SECTION) => values[SECTION].clone(),
        Value::Object(values) if values.keys().any(is_ours) => payload.clone(),
        _ => return,
    };
    {
        let mut said = state.told.lock();
        said.configuration = own;
        said.by_root.clear();
    }
    reconsider_all(state);
}
