//! The workspace's folders: which there are from the start, and what follows when they come and go.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tower_lsp::lsp_types::{DidChangeWorkspaceFoldersParams, MessageType};

use super::{
    configuration, convert::Location, keeper::Note, place::usable_root, root::Root, state::State, work::Fault,
    workspace,
};
use crate::index;

/// So long a run waits for what the client says of its settings.
const PATIENCE: Duration = Duration::from_secs(2);

/// The roots of a session that begins; their indexes open while the client reads our answer.
pub fn begin(state: &Arc<State>) {
    match &state.options.root {
        // It may be named by a relative path.
        Some(root) => drop(add(state, root, true)),
        None => state.session().facts.folders.iter().for_each(|folder| drop(add(state, folder, false))),
    }
    open_nowhere(state);
}

/// Starts to index all roots.
pub fn start(state: &Arc<State>) {
    run(state, state.roots.all().to_vec());
}

/// `workspace/didChangeWorkspaceFolders`
pub fn changed(state: &Arc<State>, params: DidChangeWorkspaceFoldersParams) {
    if state.options.root.is_some() {
        tracing::info!("the workspace is the one that the command line names");
        return;
    }
    let path = |uri| Location::of(uri).file().map(Path::to_owned);
    let removed = params.event.removed.iter().filter_map(|folder| path(&folder.uri));
    let gone: Vec<Arc<Root>> = removed.filter_map(|path| state.roots.remove(&path)).collect();
    let added = params.event.added.iter().filter_map(|folder| path(&folder.uri));
    let new: Vec<Arc<Root>> = added.filter_map(|path| add(state, &path, false)).collect();
    open_nowhere(state);
    if gone.is_empty() && new.is_empty() {
        return;
    }
    move_documents(state);
    // After what was told of their documents.
    gone.into_iter().for_each(|root| state.note(Note::CloseRoot(root)));
    run(state, new);
    state.registrar.send_replace(());
}

/// Adds a root, if it is one, and opens its index.
fn add(state: &Arc<State>, named: &Path, by_command_line: bool) -> Option<Arc<Root>> {
    let root = match usable_root(named) {
        Ok(root) => root,
        Err(fault) => {
            state.say(MessageType::WARNING, format!("rutter: {fault}"));
            return None;
        }
    };
    let named: PathBuf = if by_command_line { root.clone() } else { named.to_owned() };
    let added = state.roots.add(root, named, |root, is_first| configuration::first(state, root, is_first))?;
    tokio::spawn(open_index(state.clone(), added.clone()));
    Some(added)
}

fn open_nowhere(state: &Arc<State>) {
    if let Some(nowhere) = state.roots.unopened_nowhere() {
        configuration::reconsider(state, &nowhere);
        tokio::spawn(open_index(state.clone(), nowhere));
    }
}

async fn open_index(state: Arc<State>, root: Arc<Root>) {
    let opener = root.clone();
    let opened = tokio::task::spawn_blocking(move || opener.place.open(&opener.settings())).await;
    if let Err(fault) = opened.map_err(Fault::from).flatten() {
        root.place.settle();
        let message = format!("rutter: {fault}. Until then answers come from the open files alone.");
        state.say(MessageType::WARNING, message);
    }
    // That and why an index was set aside.
    if let Some(notice) = root.place.index_now().and_then(|index| index.store.notice()) {
        state.say(MessageType::WARNING, format!("rutter: {notice}"));
    }
}

/// Starts to index roots, with the client's settings if it says them in time. A task of its own waits for these to the end.
fn run(state: &Arc<State>, roots: Vec<Arc<Root>>) {
    let (state, asked) = (state.clone(), tokio::spawn(configuration::ask(state.clone())));
    tokio::spawn(async move {
        if tokio::time::timeout(PATIENCE, asked).await.is_err() {
            tracing::debug!("the client has not said what is set; indexing begins");
        }
        roots.iter().for_each(|root| workspace::start(&state, root));
    });
}

/// Each open document goes to the root that it belongs to now.
fn move_documents(state: &State) {
    for document in state.documents.all_open() {
        let (root, path) = state.home_of(&document.location);
        if Arc::ptr_eq(&root, &document.root) {
            continue;
        }
        let language = match document.location.file() {
            Some(_) => index::language_of(&root.place.root, &path, document.text.bytes()).or(document.language),
            None => document.language,
        };
        let before = (document.root.clone(), document.path.clone());
        if state.documents.replace(document.revision, document.again(root, path, language)) {
            if document.location.file().is_some() {
                state.note(Note::Closed(before.0, before.1));
            }
            state.note(Note::Changed(document.location));
        }
    }
}
