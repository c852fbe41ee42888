//! What one session knows, and what its requests are answered from.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
};
use tower_lsp::{
    Client,
    lsp_types::{MessageType, Url},
};

use super::{
    Options,
    analysis::Analysis,
    capabilities::ClientFacts,
    configuration::Told,
    convert::{Location, Wide},
    diagnostics::Faded,
    documents::{Document, Documents},
    head::Heads,
    keeper::Note,
    others::Others,
    place::{Index, IndexKind},
    root::{Root, Roots},
    work::{Cancel, Fault, Workers},
};
use crate::{
    extract::{self, Origin},
    index,
    kv::Store,
    languages::{self, Language},
    parse::Parsed,
    query::View,
    record::FileRecords,
    text::SourceText,
};

/// Larger texts are not looked into: parsing them would take longer than anybody waits.
pub const MAX_TEXT: u64 = 16 << 20;
/// An answer that has to fit the text waits so long for the text to be looked at.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is settled by `initialize`.
#[derive(Debug)]
pub struct Session {
    pub facts: ClientFacts,
}

#[derive(Debug)]
pub struct State {
    pub client: Client,
    /// Of the session, for threads that are none of its own.
    runtime: Handle,
    pub options: Options,
    pub roots: Roots,
    /// What the client says of settings,
    pub told: Told,
    /// and of other servers.
    pub others: Others,
    /// To the one who registers capabilities: something of what is wanted may have changed.
    pub registrar: watch::Sender<()>,
    /// To the one who asks the client to ask for code lenses again: they may be others.
    pub lenses: watch::Sender<()>,
    /// To the one who tells of the state of indexes.
    pub status: watch::Sender<()>,
    /// What files are at git's HEAD.
    pub heads: Heads,
    /// What was told of open documents without being asked.
    pub faded: Faded,
    pub documents: Documents,
    /// For what may take long: parsing, extraction, search.
    pub workers: Workers,
    /// For look-ups, which must not queue behind it.
    pub quick: Workers,
    /// To the one who writes records to the index.
    pub keeper: mpsc::UnboundedSender<Note>,
    /// The client has said that it is ready for messages of ours.
    pub ready: watch::Sender<bool>,
    session: OnceLock<Session>,
}

/// A document that a request is about.
#[derive(Clone, Debug)]
pub enum Subject {
    Open(Document),
    Closed { location: Location, root: Arc<Root>, path: Arc<str> },
}

impl Subject {
    pub fn root(&self) -> &Arc<Root> {
        match self {
            Subject::Open(document) => &document.root,
            Subject::Closed { root, .. } => root,
        }
    }

    pub fn path(&self) -> &Arc<str> {
        match self {
            Subject::Open(document) => &document.path,
            Subject::Closed { path, .. } => path,
        }
    }

    pub fn language(&self) -> Option<&'static Language> {
        match self {
            Subject::Open(document) => document.language,
            Subject::Closed { path, .. } => languages::by_path(path),
        }
    }
}

impl State {
    pub fn new(client: Client, options: Options, keeper: mpsc::UnboundedSender<Note>) -> Self {
        State {
            client,
            runtime: Handle::current(),
            options,
            roots: Roots::default(),
            told: Told::default(),
            others: Others::default(),
            registrar: watch::Sender::new(()),
            lenses: watch::Sender::new(()),
            status: watch::Sender::new(()),
            heads: Heads::default(),
            faded: Faded::default(),
            documents: Documents::default(),
            workers: Workers::new(),
            quick: Workers::new(),
            keeper,
            ready: watch::Sender::new(false),
            session: OnceLock::new(),
        }
    }

    /// Settles the session; the first time counts.
    pub fn begin(&self, session: Session) {
        if self.session.set(session).is_err() {
            tracing::warn!("`initialize` came twice");
        }
    }

    /// Before `initialize`, where no request comes through, it is one that knows nothing.
    pub fn session(&self) -> &Session {
        self.session.get_or_init(|| Session { facts: ClientFacts::default() })
    }

    /// Tells the user, once the client takes messages. From any thread; nobody waits for it.
    pub fn say(&self, level: MessageType, message: String) {
        tracing::warn!("{message}");
        let (client, mut ready) = (self.client.clone(), self.ready.subscribe());
        self.runtime.spawn(async move {
            if ready.wait_for(|ready| *ready).await.is_ok() {
                client.show_message(level, message).await;
            }
        });
    }

    /// Tells the one who writes. After the end of the session nobody listens.
    pub fn note(&self, note: Note) {
        if self.keeper.send(note).is_err() {
            tracing::debug!("a change came after the end of the session");
        }
    }

    /// The root of a place and the path that its index has for it; of what is no file, its URI. A file has one path, by
    /// whatever symbolic links it is named.
    pub fn home_of(&self, location: &Location) -> (Arc<Root>, Arc<str>) {
        match location {
            Location::File(file) => {
                let file = canonical(file);
                let root = self.roots.of_file(&file);
                let path = index::index_path(&root.place.root, &file).into();
                (root, path)
            }
            Location::Other(uri) => (self.roots.of_no_file(), uri.as_str().into()),
        }
    }

    /// The document of a request as it is now. To be called before the first await.
    pub fn subject(&self, uri: &Url) -> Subject {
        let location = Location::of(uri);
        match self.documents.get(&location) {
            Some(document) => Subject::Open(document),
            None => {
                let (root, path) = self.home_of(&location);
                // It may be open by another URI.
                match self.documents.with_path(&root, &path) {
                    Some(document) => Subject::Open(document),
                    None => Subject::Closed { location, root, path },
                }
            }
        }
    }

    /// What was found at a position is told while the text is the one that the client meant: of a text that was changed
    /// since, the position is another's. See ARCHITECTURE.md.
    pub fn check_current(&self, subject: &Subject) -> Result<(), Fault> {
        let Subject::Open(document) = subject else { return Ok(()) };
        match self.documents.get(&document.location) {
            Some(now) if now.lab_is(document) && now.revision == document.revision => Ok(()),
            _ => Err(Fault::Modified),
        }
    }

    /// Whether we offer more than additions for a language in a root.
    pub fn offers_all(&self, root: &Root, language: &Language) -> bool {
        self.others.leave_all_to_us(root.settings().mode(language), language)
    }

    /// Whether we offer more than additions for this document.
    pub fn is_full(&self, subject: &Subject) -> bool {
        subject.language().is_some_and(|language| self.offers_all(subject.root(), language))
    }

    /// A text in the client's terms.
    pub fn wide<'a>(&self, text: &'a SourceText) -> Wide<'a> {
        Wide::new(text, self.session().facts.units)
    }

    /// The text of a document, open or on disk; none where it is neither.
    pub async fn text(&self, subject: &Subject) -> Result<Option<Arc<SourceText>>, Fault> {
        match subject {
            Subject::Open(document) => Ok(Some(document.text.clone())),
            Subject::Closed { location: Location::File(file), .. } => {
                let file = file.clone();
                self.quick.run(move |_| Ok(read(&file).map(Arc::new))).await
            }
            Subject::Closed { .. } => Ok(None),
        }
    }

    /// The tree of a document; none where there is no text or no language for it.
    pub async fn analysis(&self, subject: &Subject) -> Result<Option<Arc<Analysis>>, Fault> {
        let Some(language) = subject.language() else { return Ok(None) };
        let text = self.text(subject).await?.filter(|text| u64::from(text.len()) <= MAX_TEXT);
        let Some(text) = text else { return Ok(None) };
        match subject {
            Subject::Open(document) => document.lab.analysis(document.revision, &text, language).await.map(Some),
            Subject::Closed { root, path, .. } => {
                let language = index::language_of(&root.place.root, path, text.bytes()).unwrap_or(language);
                let parse = move |cancel: &Cancel| {
                    // Who has cancelled hears of that already.
                    Parsed::new_until(text, language, cancel.flag()).ok_or(Fault::TooSlow)
                };
                let parsed = self.workers.run(parse).await?;
                Ok(Some(Arc::new(Analysis::new(0, parsed))))
            }
        }
    }

    /// As [`State::analysis`], within the time that an answer about the whole text may take.
    pub async fn analysis_in_time(&self, subject: &Subject) -> Result<Option<Arc<Analysis>>, Fault> {
        match tokio::time::timeout(PATIENCE, self.analysis(subject)).await {
            Ok(analysis) => analysis,
            Err(_) => Err(Fault::TooSlow),
        }
    }

    /// The records of an open document's text, made if need be.
    pub async fn records(self: &Arc<Self>, document: &Document) -> Result<Option<Arc<FileRecords>>, Fault> {
        let Some(analysis) = self.analysis(&Subject::Open(document.clone())).await? else { return Ok(None) };
        let make = {
            let (analysis, root, path) = (analysis.clone(), document.root.clone(), document.path.clone());
            let workers = self.workers.clone();
            async move { workers.run(move |_| Ok(Arc::new(extract(&analysis, &root, &path)))).await }
        };
        let records = analysis.records(make).await?;
        document.lab.has_records(&analysis);
        Ok(Some(records))
    }

    /// As [`State::records`], within the time that an answer about the whole text may take.
    pub async fn records_in_time(self: &Arc<Self>, document: &Document) -> Result<Option<Arc<FileRecords>>, Fault> {
        match tokio::time::timeout(PATIENCE, self.records(document)).await {
            Ok(records) => records,
            Err(_) => Err(Fault::TooSlow),
        }
    }

    /// The records of all open documents are those of their texts as they are now. One that takes too long stays behind.
    pub async fn settle_buffers(self: &Arc<Self>) -> Result<(), Fault> {
        for document in self.documents.all() {
            match self.records_in_time(&document).await {
                Ok(_) | Err(Fault::TooSlow | Fault::Modified) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    /// A root's index, once it is open.
    pub async fn index(&self, root: &Root) -> Result<Index, Fault> {
        root.place.index().await.ok_or(Fault::NoIndex)
    }

    /// Puts a question to a root's index and its open buffers. `own` is what is known of the document that is asked about.
    pub async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        root: &Arc<Root>,
        workers: &Workers,
        own: Option<Arc<FileRecords>>,
        question: impl FnOnce(&View<'_>, &Cancel) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let store: Store = self.index(root).await?.store;
        let (state, root) = (self.clone(), root.clone());
        let job = move |cancel: &Cancel| {
            let mut buffers = state.documents.buffers(&root);
            buffers.extend(own.map(|records| (records.file.path.clone(), records)));
            let snapshot = store.snapshot()?;
            if snapshot.is_unfilled()? {
                return Err(Fault::Renewing);
            }
            question(&View::new(&snapshot, &buffers), cancel)
        };
        workers.run(job).await
    }

    /// What a path in a root's index names.
    pub fn location_of(&self, root: &Arc<Root>, path: &str) -> Location {
        match self.documents.with_path(root, path) {
            Some(document) => document.location,
            None => Location::File(index::disk_path(&root.place.named, path)),
        }
    }
}

fn extract(analysis: &Analysis, root: &Root, path: &Arc<str>) -> FileRecords {
    let (text, language) = (analysis.parsed.text(), analysis.parsed.language());
    let mut origin = origin_of(root, path, text.bytes(), language);
    origin.session = session_name(root);
    extract::extract(&analysis.parsed, &origin)
}

/// What a text of a file is extracted with: so its symbols have the ids that they have in the index.
pub fn origin_of(root: &Root, path: &Arc<str>, bytes: &[u8], language: &Language) -> Origin {
    let mut origin = index::buffer_origin(&root.place.root, path, bytes, language);
    if let Some(salt) = known_salt(root, path) {
        origin.salt = salt;
    }
    origin
}

/// By what the index's records tell whose buffers they are of.
fn session_name(root: &Root) -> Option<Arc<str>> {
    let index = root.place.index_now().filter(|index| index.kind == IndexKind::Shared)?;
    // Without a name a buffer counts as one of a session that has ended.
    index.store.session().inspect_err(|fault| tracing::warn!("{fault}")).ok()
}

/// The salt that the file has in the index, where its ids met another's.
fn known_salt(root: &Root, path: &str) -> Option<u32> {
    let store = root.place.index_now()?.store;
    let file = store.snapshot().and_then(|snapshot| snapshot.file(path));
    file.inspect_err(|fault| tracing::warn!(path, "{fault}")).ok().flatten().map(|file| file.salt)
}

/// A file without symbolic links on the way to it. One that is not there yet is where its directory is.
pub fn canonical(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| match (file.parent().map(Path::canonicalize), file.file_name()) {
        (Some(Ok(directory)), Some(name)) => directory.join(name),
        _ => file.to_owned(),
    })
}

/// The text of a file, if it is a file, a text, and not too large.
pub fn read(file: &Path) -> Option<SourceText> {
    // Opening a FIFO would wait for somebody to write to it.
    if !std::fs::metadata(file).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    std::fs::File::open(file).ok()?.take(MAX_TEXT + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > MAX_TEXT {
        return None;
    }
    SourceText::from_file(bytes).ok()
}
