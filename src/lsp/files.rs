//! What the client tells of files: of those that others change, and of those that its user creates, renames and deletes.
//!
//! The index follows by way of the watch, so that what comes together is one batch, and what does not belong to the
//! workspace is left alone. The text of an open document stays the editor's.

use std::path::PathBuf;

use tower_lsp::lsp_types::{CreateFilesParams, DeleteFilesParams, DidChangeWatchedFilesParams, RenameFilesParams, Url};

use super::{
    configuration,
    convert::Location,
    state::{State, canonical},
};
use crate::settings;

pub fn changed(state: &State, params: DidChangeWatchedFilesParams) {
    follow(state, params.changes.iter().map(|change| Location::of(&change.uri)));
}

pub fn created(state: &State, params: CreateFilesParams) {
    follow(state, params.files.iter().filter_map(|file| location(&file.uri)));
}

pub fn renamed(state: &State, params: RenameFilesParams) {
    let both = params.files.iter().flat_map(|file| [&file.old_uri, &file.new_uri]);
    follow(state, both.filter_map(|uri| location(uri)));
}

pub fn deleted(state: &State, params: DeleteFilesParams) {
    follow(state, params.files.iter().filter_map(|file| location(&file.uri)));
}

fn location(uri: &str) -> Option<Location> {
    let parsed = Url::parse(uri).inspect_err(|fault| tracing::warn!("a file of no URI: {uri:?}: {fault}"));
    parsed.ok().map(|uri| Location::of(&uri))
}

/// Each root that a file lies in is told: that of a root within a root is a matter of both indexes.
fn follow(state: &State, locations: impl Iterator<Item = Location>) {
    let paths: Vec<PathBuf> = locations.filter_map(|location| location.file().map(canonical)).collect();
    // Where another process keeps the index up to date, no watch of ours sees it.
    if paths.iter().any(|path| path.file_name().is_some_and(|name| name == settings::FILE_NAME)) {
        configuration::reconsider_all(state);
    }
    for root in state.roots.all().iter() {
        let own: Vec<PathBuf> = paths.iter().filter(|path| path.starts_with(&root.place.root)).cloned().collect();
        if !own.is_empty() {
            root.run.teller().changed(own);
        }
    }
}
