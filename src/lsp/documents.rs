//! The open documents: the one place where their texts change, in the order of the wire.
//!
//! A client may open one file by several URIs, through symbolic links. Each is a document of its own, for the client sends
//! edits to each; but a path in the index has one owner: of the documents with this path the one that was opened last.
//! When it is closed, the one opened before it owns the path again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tower_lsp::lsp_types::TextDocumentContentChangeEvent;

use super::{
    analysis::Lab,
    convert::{Location, Units, Wide},
    root::Root,
};
use crate::{languages::Language, query::Buffers, text::SourceText};

/// A document as it was at one moment. A request takes one and keeps to it, whatever is typed meanwhile.
#[derive(Clone, Debug)]
pub struct Document {
    pub location: Location,
    /// Where it belongs.
    pub root: Arc<Root>,
    /// The path in its root's index; of what is no file, its URI.
    pub path: Arc<str>,
    /// None for a language that we do not read.
    pub language: Option<&'static Language>,
    /// The client's number for this text.
    pub version: i32,
    /// Our own: one more with each change of the text.
    pub revision: u64,
    pub text: Arc<SourceText>,
    pub lab: Arc<Lab>,
    /// Greater than of all that were opened before.
    opened: u64,
}

impl Document {
    pub fn new(
        location: Location,
        (root, path): (Arc<Root>, Arc<str>),
        language: Option<&'static Language>,
        version: i32,
        text: String,
    ) -> Self {
        let text = Arc::new(SourceText::from_buffer(text));
        Document { location, root, path, language, version, revision: 0, text, lab: Arc::default(), opened: 0 }
    }

    /// The same document where it belongs to another root. What was worked out of it goes by its path, and is worked out anew.
    pub fn again(&self, root: Arc<Root>, path: Arc<str>, language: Option<&'static Language>) -> Self {
        let lab = Arc::new(Lab::default());
        // As after a change that nobody has seen.
        lab.replaced(self.revision);
        Document { root, path, language, lab, ..self.clone() }
    }

    fn is_at(&self, root: &Arc<Root>, path: &str) -> bool {
        *self.path == *path && Arc::ptr_eq(&self.root, root)
    }

    /// It was not closed and opened anew in between.
    pub fn lab_is(&self, of: &Document) -> bool {
        Arc::ptr_eq(&self.lab, &of.lab)
    }

    fn apply(&mut self, change: TextDocumentContentChangeEvent, units: Units) {
        self.revision += 1;
        match change.range {
            Some(range) => {
                let range = Wide::new(&self.text, units).byte_range(range);
                let edit = Arc::make_mut(&mut self.text).replace(range, &change.text);
                self.lab.edited(self.revision, edit);
            }
            None => {
                self.text = Arc::new(SourceText::from_buffer(change.text));
                self.lab.replaced(self.revision);
            }
        }
    }
}

#[derive(Debug, Default)]
pub struct Documents {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    documents: HashMap<Location, Document>,
    /// How many were opened so far.
    count: u64,
}

impl Open {
    /// The document that owns each path.
    fn owners(&self) -> HashMap<(*const Root, &str), &Document> {
        let mut owners: HashMap<_, &Document> = HashMap::with_capacity(self.documents.len());
        for document in self.documents.values() {
            let owner = owners.entry((Arc::as_ptr(&document.root), &*document.path)).or_insert(document);
            if owner.opened < document.opened {
                *owner = document;
            }
        }
        owners
    }
}

impl Documents {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A document that is open already begins anew.
    pub fn open(&self, mut document: Document) {
        let mut open = self.lock();
        open.count += 1;
        document.opened = open.count;
        open.documents.insert(document.location.clone(), document);
    }

    /// Applies changes in their order. False for a document that is not open.
    #[must_use]
    pub fn change(
        &self,
        location: &Location,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        units: Units,
    ) -> bool {
        let mut open = self.lock();
        let Some(document) = open.documents.get_mut(location) else { return false };
        for change in changes {
            document.apply(change, units);
        }
        document.version = version;
        true
    }

    pub fn close(&self, location: &Location) -> Option<Document> {
        self.lock().documents.remove(location)
    }

    /// Closes all; those that owned their paths.
    pub fn close_all(&self) -> Vec<Document> {
        let mut open = self.lock();
        let owners = open.owners().into_values().cloned().collect();
        open.documents.clear();
        owners
    }

    pub fn get(&self, location: &Location) -> Option<Document> {
        self.lock().documents.get(location).cloned()
    }

    /// The open document that owns this path in a root's index.
    pub fn with_path(&self, root: &Arc<Root>, path: &str) -> Option<Document> {
        let open = self.lock();
        let with_path = open.documents.values().filter(|document| document.is_at(root, path));
        with_path.max_by_key(|document| document.opened).cloned()
    }

    /// All documents that are open, one a path.
    pub fn all(&self) -> Vec<Document> {
        self.lock().owners().into_values().cloned().collect()
    }

    /// All documents, those that own no path among them.
    pub fn all_open(&self) -> Vec<Document> {
        self.lock().documents.values().cloned().collect()
    }

    /// Puts a document into the place of the same one. False where that is closed, or is no longer of this revision.
    #[must_use]
    pub fn replace(&self, revision: u64, document: Document) -> bool {
        let mut open = self.lock();
        match open.documents.get_mut(&document.location) {
            Some(known) if known.revision == revision => {
                *known = document;
                true
            }
            _ => false,
        }
    }

    /// What is known of a root's open documents at this moment; nobody waits for what is still being worked out.
    pub fn buffers(&self, root: &Arc<Root>) -> Buffers {
        let open = self.lock();
        let own = open.owners().into_values().filter(|document| Arc::ptr_eq(&document.root, root));
        let known = own.filter_map(|document| {
            let latest = document.lab.latest()?;
            Some((document.path.clone(), latest.made_records()?.clone()))
        });
        known.collect()
    }
}

#[cfg(test)]
mod tests {
    use tower_lsp::lsp_types::{Position, Range};

    use super::*;

    fn change(range: Option<(u32, u32, u32, u32)>, text: &str) -> TextDocumentContentChangeEvent {
        let range = range.map(|(a, b, c, d)| Range::new(Position::new(a, b), Position::new(c, d)));
        TextDocumentContentChangeEvent { range, range_length: None, text: text.to_owned() }
    }

    fn after(text: &str, changes: Vec<TextDocumentContentChangeEvent>) -> String {
        let documents = Documents::default();
        let location = Location::Other("untitled:1".to_owned());
        documents.open(Document::new(
            location.clone(),
            (Root::nowhere(), "untitled:1".into()),
            None,
            1,
            text.to_owned(),
        ));
        assert!(documents.change(&location, 2, changes, Units::Utf16));
        let document = documents.get(&location).expect("the document is open");
        assert_eq!(document.version, 2);
        document.text.slice(0..u32::MAX).into_owned()
    }

    #[test]
    fn changes_apply_one_after_the_other() {
        let changes = vec![change(Some((0, 1, 0, 2)), "\n"), change(Some((1, 0, 1, 1)), "x"), change(None, "😀ab")];
        assert_eq!(after("abc", changes[..2].to_vec()), "a\nx");
        assert_eq!(after("abc", changes), "😀ab");
    }

    #[test]
    fn odd_ranges_are_drawn_to_the_text() {
        assert_eq!(after("ab\r\nc", vec![change(Some((0, 9, 0, 99)), "!")]), "ab!\r\nc");
        assert_eq!(after("ab\r\nc", vec![change(Some((7, 0, 9, 0)), "!")]), "ab\r\nc!");
        assert_eq!(after("abc", vec![change(Some((0, 2, 0, 1)), "-")]), "a-c", "the end before the start");
        assert_eq!(after("😀b", vec![change(Some((0, 1, 0, 2)), "")]), "b", "a start inside the pair");
    }

    #[test]
    fn a_snapshot_keeps_its_text() {
        let documents = Documents::default();
        let location = Location::Other("untitled:1".to_owned());
        documents.open(Document::new(
            location.clone(),
            (Root::nowhere(), "untitled:1".into()),
            None,
            1,
            "a".to_owned(),
        ));
        let before = documents.get(&location).expect("open");
        assert!(documents.change(&location, 2, vec![change(Some((0, 0, 0, 0)), "b")], Units::Utf8));
        assert_eq!((before.version, before.text.slice(0..9).as_ref()), (1, "a"));
        documents.close(&location).expect("open");
        assert!(!documents.change(&location, 3, Vec::new(), Units::Utf8));
    }

    #[test]
    fn the_document_opened_last_owns_a_path() {
        let documents = Documents::default();
        let place = |uri: &str| Location::Other(uri.to_owned());
        let root = Root::nowhere();
        let home = || (root.clone(), "a.py".into());
        let open = |uri: &str| documents.open(Document::new(place(uri), home(), None, 1, String::new()));
        let owner = || documents.with_path(&root, "a.py").map(|document| document.location);
        open("x:one");
        open("x:two");
        assert_eq!(owner(), Some(place("x:two")));
        open("x:one");
        assert_eq!(documents.all().into_iter().map(|document| document.location).collect::<Vec<_>>(), [place("x:one")]);
        assert_eq!(owner(), Some(place("x:one")));
        documents.close(&place("x:one")).expect("open");
        assert_eq!(owner(), Some(place("x:two")));
        let other = Root::nowhere();
        documents.open(Document::new(place("x:3"), (other.clone(), "a.py".into()), None, 1, String::new()));
        assert_eq!(owner(), Some(place("x:two")), "the same path in another root is another file");
        assert_eq!(documents.with_path(&other, "a.py").map(|document| document.location), Some(place("x:3")));
        assert_eq!(documents.close_all().len(), 2);
        assert_eq!(owner(), None);
    }
}
