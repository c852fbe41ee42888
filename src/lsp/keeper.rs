//! Who writes the open buffers' records to the index: in one task, so in order, and a moment after the typing stops.
//!
//! A buffer that is the disk's text is the disk's: its file is read from there as any run would, so that the next run need
//! not read it again. What differs is written as it is in the buffer, until it is saved or closed.

use std::{
    collections::HashMap,
    sync::atomic::AtomicBool,
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};
use tower_lsp::lsp_types::MessageType;

use super::{
    convert::Location,
    diagnostics,
    disk::{self, Disk},
    documents::Document,
    place::IndexKind,
    root::Root,
    state::State,
    work::Fault,
};
use crate::{
    extract,
    index::{self, Settings},
    kv::{FileRows, FileUpdate, Store},
    record::FileRecords,
};

/// Written when so long nothing was typed.
const QUIET: Duration = Duration::from_millis(300);
/// Written at the latest so long after the first change.
const LATEST: Duration = Duration::from_secs(3);
/// So long after a save the file is read. One that is read in the same tick of the file system's clock in which it was
/// written may have changed once more, and the next run would read it again.
const SETTLED: Duration = Duration::from_millis(150);
/// A file whose ids meet others' gets other ids; more rounds than this cannot be needed.
const ROUNDS: u32 = 8;

/// What has happened to a document.
#[derive(Debug)]
pub enum Note {
    Changed(Location),
    Saved(Location),
    /// Gone from the editor: the disk's text counts again.
    Closed(Arc<Root>, Arc<str>),
    /// A run over a workspace has written the disk's text over whatever was there.
    Overwritten(Arc<Root>),
    /// A workspace is none of the session's any more: stop what goes on there, and let go of its index.
    CloseRoot(Arc<Root>),
    /// The session is over: close what is open, then tell.
    CloseAll(oneshot::Sender<()>),
}

/// When a document is to be written.
#[derive(Clone, Copy, Debug)]
struct Due {
    at: Instant,
    latest: Instant,
}

/// Serves until the session's end.
pub async fn run(state: Weak<State>, mut notes: mpsc::UnboundedReceiver<Note>) {
    let mut keeper = Keeper { state, due: HashMap::new(), complained: false };
    loop {
        let next = keeper.due.values().map(|due| due.at.min(due.latest)).min();
        let wait = async {
            match next {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            note = notes.recv() => match note {
                Some(note) => keeper.take(note).await,
                None => return,
            },
            () = wait => keeper.write(Instant::now()).await,
        }
    }
}

struct Keeper {
    /// Weak, for the state holds the other end of our channel.
    state: Weak<State>,
    due: HashMap<Location, Due>,
    complained: bool,
}

impl Keeper {
    async fn take(&mut self, note: Note) {
        let now = Instant::now();
        match note {
            Note::Changed(location) => {
                let due = self.due.entry(location).or_insert(Due { at: now, latest: now + LATEST });
                due.at = now + QUIET;
            }
            Note::Saved(location) => {
                self.due.insert(location, Due { at: now + SETTLED, latest: now + SETTLED });
            }
            Note::Closed(root, path) => self.refresh(root, vec![path]).await,
            Note::CloseRoot(root) => {
                // It may take its time.
                tokio::spawn(async move {
                    root.run.stop().await;
                    root.place.close();
                });
            }
            Note::Overwritten(root) => {
                let Some(state) = self.state.upgrade() else { return };
                let own = state.documents.all().into_iter().filter(|document| Arc::ptr_eq(&document.root, &root));
                let files = own.map(|document| document.location).filter(|location| location.file().is_some());
                self.due.extend(files.map(|location| (location, Due { at: now, latest: now })));
            }
            Note::CloseAll(done) => {
                self.due.clear();
                if let Some(state) = self.state.upgrade() {
                    let files = state.documents.close_all().into_iter();
                    let files = files.filter(|document| document.location.file().is_some());
                    for (root, files) in by_root(files) {
                        self.refresh(root, files.into_iter().map(|document| document.path).collect()).await;
                    }
                }
                if done.send(()).is_err() {
                    tracing::debug!("nobody waits for the last writes any more");
                }
            }
        }
    }

    /// Writes what is due by a moment, what differs from the disk in one transaction a root.
    async fn write(&mut self, by: Instant) {
        let is_due = |due: &Due| due.at.min(due.latest) <= by;
        let locations: Vec<Location> =
            self.due.iter().filter(|(_, due)| is_due(due)).map(|(location, _)| location.clone()).collect();
        self.due.retain(|_, due| !is_due(due));
        let Some(state) = self.state.upgrade() else { return };
        for document in locations.iter().filter_map(|location| state.documents.get(location)) {
            tokio::spawn(diagnostics::publish(state.clone(), document));
        }
        // What lives in the editor alone is never written.
        let locations = locations.into_iter().filter(|location| location.file().is_some());
        // One that was closed meanwhile is the disk's again; one that is open twice is written by its owner.
        let is_owner = |document: &Document| {
            let owner = state.documents.with_path(&document.root, &document.path);
            owner.is_some_and(|owner| owner.location == document.location)
        };
        let due = locations.filter_map(|location| state.documents.get(&location)).filter(is_owner);
        for (root, documents) in by_root(due) {
            self.write_root(&state, root, documents).await;
        }
    }

    async fn write_root(&mut self, state: &Arc<State>, root: Arc<Root>, documents: Vec<Document>) {
        let Some(store) = shared(&root).await else { return };
        let settings = root.run_settings();
        let mut batch = Vec::new();
        for document in documents {
            if u64::from(document.text.len()) > settings.max_file_size {
                batch.push((document, None));
                continue;
            }
            match state.records(&document).await {
                Ok(records) => batch.push((document, records)),
                // Changed again while we looked: a later note tells of it.
                Err(Fault::Modified) => {}
                Err(fault) => tracing::warn!(path = &*document.path, "not written to the index: {fault}"),
            }
        }
        if batch.is_empty() {
            return;
        }
        let written = tokio::task::spawn_blocking(move || settle_buffers(&root, &store, &settings, batch));
        self.settle(written.await.map_err(Fault::from).flatten());
    }

    /// Brings files up to date with the disk.
    async fn refresh(&mut self, root: Arc<Root>, paths: Vec<Arc<str>>) {
        let Some(state) = self.state.upgrade() else { return };
        let Some(store) = shared(&root).await else { return };
        let refreshed = tokio::task::spawn_blocking(move || {
            let disk = Disk { store: &store, root: &root.place.root, settings: &root.run_settings() };
            for path in paths {
                // Unless it is open again.
                if state.documents.with_path(&root, &path).is_none() {
                    disk.close(&path)?;
                }
            }
            Ok(())
        });
        self.settle(refreshed.await.map_err(Fault::from).flatten());
    }

    /// The index is a cache: that it cannot be written is told once, and answers go on.
    fn settle(&mut self, outcome: Result<(), Fault>) {
        let Err(fault) = outcome else { return };
        tracing::warn!("writing to the index failed: {fault}");
        if !std::mem::replace(&mut self.complained, true)
            && let Some(state) = self.state.upgrade()
        {
            state.say(MessageType::WARNING, format!("rutter: open files cannot be written to the index: {fault}"));
        }
    }
}

/// Documents by their roots, in an order that is of no matter.
fn by_root(documents: impl Iterator<Item = Document>) -> Vec<(Arc<Root>, Vec<Document>)> {
    let mut roots: Vec<(Arc<Root>, Vec<Document>)> = Vec::new();
    for document in documents {
        match roots.iter_mut().find(|(root, _)| Arc::ptr_eq(root, &document.root)) {
            Some((_, own)) => own.push(document),
            None => roots.push((document.root.clone(), vec![document])),
        }
    }
    roots
}

/// A workspace's index; what belongs to no workspace is written nowhere.
async fn shared(root: &Root) -> Option<Store> {
    root.place.index().await.filter(|index| index.kind == IndexKind::Shared).map(|index| index.store)
}

/// Writes each document: as the disk has it where the disk has the same text, else its own records, if there are any.
fn settle_buffers(
    root: &Root,
    store: &Store,
    settings: &Settings,
    batch: Vec<(Document, Option<Arc<FileRecords>>)>,
) -> Result<(), Fault> {
    let root = &*root.place.root;
    let disk = Disk { store, root, settings };
    let mut buffers = Vec::new();
    for (document, records) in batch {
        if disk::is_as_on_disk(root, &document) {
            disk.refresh(&document.path)?;
        } else if let Some(records) = records {
            buffers.push((document, records));
        }
    }
    if buffers.is_empty() {
        return Ok(());
    }
    let records = buffers.iter().map(|(_, records)| records.clone()).collect();
    put(store, records, |path, salt| {
        let (document, records) = buffers.iter().find(|(document, _)| &*document.path == path)?;
        let analysis = document.lab.latest()?;
        let text = analysis.parsed.text();
        let mut origin = index::buffer_origin(root, path, text.bytes(), analysis.parsed.language());
        origin.salt = salt;
        origin.session = records.file.session.clone();
        Some(Arc::new(extract::extract(&analysis.parsed, &origin)))
    })
}

/// Writes records; those whose ids met another file's are made anew with the salt that the index names.
fn put(
    store: &Store,
    mut records: Vec<Arc<FileRecords>>,
    make: impl Fn(&str, u32) -> Option<Arc<FileRecords>>,
) -> Result<(), Fault> {
    for _ in 0..ROUNDS {
        let updates = records.iter().map(|records| FileUpdate::Replace(FileRows::encode(records))).collect();
        let applied = store.apply(updates)?;
        records = applied.clashes.iter().filter_map(|(path, salt)| make(path, *salt)).collect();
        if records.is_empty() {
            break;
        }
    }
    Ok(index::link_pending(store, 1, &AtomicBool::new(false))?)
}
