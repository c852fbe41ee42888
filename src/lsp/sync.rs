//! Text synchronisation. Each of these is done before it returns: what comes later on the wire meets the new text.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use tower_lsp::lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
};

use super::{convert::Location, diagnostics, documents::Document, keeper::Note, state::State};
use crate::{index, languages};

pub fn open(state: &State, params: DidOpenTextDocumentParams) {
    guarded("textDocument/didOpen", || {
        let item = params.text_document;
        let location = Location::of(&item.uri);
        let (root, path) = state.home_of(&location);
        // Of a header editors guess whether it is C or C++ by its ending, which does not say.
        let told = languages::by_name(&item.language_id);
        let language = match told.filter(|told| !languages::is_in_doubt(&path, told)) {
            Some(told) => Some(told),
            None => index::language_of(&root.place.root, &path, item.text.as_bytes()).or(told),
        };
        state.documents.open(Document::new(location.clone(), (root, path), language, item.version, item.text));
        state.note(Note::Changed(location));
    });
}

pub fn change(state: &State, params: DidChangeTextDocumentParams) {
    guarded("textDocument/didChange", || {
        let location = Location::of(&params.text_document.uri);
        let (version, units) = (params.text_document.version, state.session().facts.units);
        if state.documents.change(&location, version, params.content_changes, units) {
            state.note(Note::Changed(location));
        } else {
            tracing::warn!("a change to {location:?}, which is not open, is ignored");
        }
    });
}

pub fn save(state: &State, params: DidSaveTextDocumentParams) {
    guarded("textDocument/didSave", || state.note(Note::Saved(Location::of(&params.text_document.uri))));
}

pub fn close(state: &Arc<State>, params: DidCloseTextDocumentParams) {
    guarded("textDocument/didClose", || {
        let location = Location::of(&params.text_document.uri);
        let closed = state.documents.close(&location);
        tokio::spawn(diagnostics::clear(state.clone(), location.clone()));
        match closed {
            Some(document) if location.file().is_some() => {
                match state.documents.with_path(&document.root, &document.path) {
                    // It is open by another URI still, whose text counts now.
                    Some(other) => state.note(Note::Changed(other.location)),
                    None => state.note(Note::Closed(document.root, document.path)),
                }
            }
            Some(_) => {}
            None => tracing::warn!("{location:?}, which is not open, is closed"),
        }
    });
}

/// These run on the service's own thread: a panic would end it, and all the session with it.
pub fn guarded(method: &'static str, work: impl FnOnce()) {
    let _span = tracing::info_span!("notification", method).entered();
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        tracing::error!("a fault in rutter: the notification had no effect");
    }
}
