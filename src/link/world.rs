//! The index as linking sees it. Facts are read when they are asked for, and kept.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{Hash, Hasher},
    ops::ControlFlow,
    path::PathBuf,
    rc::Rc,
    sync::Arc,
};

use rustc_hash::{FxHashMap, FxHasher};

use super::{
    files::{Files, Head},
    shared::Shared,
};
use crate::{
    disk,
    kv::{Snapshot, StoreError},
    languages,
    record::{Dep, Facts, FileId, FileRecords, Layout, SymbolId},
    resolve::{Def, FileFacts, FileRef, Manifest, PLAIN, Rules, World},
};

/// In bytes: the commands that compile a large project are the longest of such files.
const LARGEST_LAYOUT: u64 = 32 << 20;
/// What a question with its answer takes, about.
const ANSWER_BYTES: usize = 128;

/// Files with their unsaved text's records, by path.
pub type Open = HashMap<Arc<str>, Arc<FileRecords>>;

pub struct IndexWorld<'a> {
    snapshot: &'a Snapshot,
    open: &'a Open,
    shared: Option<&'a Shared>,
    root: PathBuf,
    cache: RefCell<Cache>,
    /// The first question that the index could not answer: whatever was found out since may be wrong.
    failure: RefCell<Option<StoreError>>,
}

#[derive(Default)]
struct Cache {
    numbers: FxHashMap<Arc<str>, Option<FileRef>>,
    files: Vec<Entry>,
    /// What their facts take.
    facts_bytes: usize,
    /// By a hash of all three.
    declared: FxHashMap<u64, Vec<Declared>>,
    named: FxHashMap<(String, String, usize), Vec<Def>>,
    owners: FxHashMap<(String, usize), Arc<[String]>>,
    layouts: FxHashMap<String, Option<Arc<str>>>,
    /// The paths of all files by their names.
    called: Option<FxHashMap<String, Vec<Arc<str>>>>,
    /// By the name of the files: what they say, and where.
    said: FxHashMap<&'static str, FxHashMap<String, Arc<[String]>>>,
    /// What was read of how the project is laid out, by group.
    laid_out: FxHashMap<u64, Layout>,
}

struct Declared {
    family: &'static str,
    owner: Box<str>,
    name: Box<str>,
    defs: Vec<Def>,
}

struct Entry {
    head: Head,
    facts: Option<Option<Rc<FileFacts>>>,
    by_id: Option<Arc<FxHashMap<SymbolId, u32>>>,
}

impl std::fmt::Debug for IndexWorld<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IndexWorld").field("root", &self.root).finish_non_exhaustive()
    }
}

impl<'a> IndexWorld<'a> {
    pub fn new(snapshot: &'a Snapshot, open: &'a Open) -> Self {
        let root = PathBuf::from(&*snapshot.root());
        IndexWorld { snapshot, open, shared: None, root, cache: RefCell::default(), failure: RefCell::default() }
    }

    /// Reads what all who share it have in common once, if it is of the same state of the index.
    pub fn sharing(self, shared: &'a Shared) -> Self {
        let shared = Some(shared).filter(|shared| shared.is_of(self.snapshot));
        IndexWorld { shared, ..self }
    }

    /// An error if anything could not be read since the last time that this was asked.
    pub fn checked(&self) -> Result<(), StoreError> {
        self.failure.take().map_or(Ok(()), Err)
    }

    /// The memory that is held for questions to come, about.
    pub fn heap_bytes(&self) -> usize {
        let cache = self.cache.borrow();
        let known = cache.numbers.len() + cache.declared.len() + cache.named.len() + cache.owners.len();
        cache.facts_bytes + cache.files.len() * size_of::<Entry>() + known * ANSWER_BYTES
    }

    /// What was read; without an answer if it could not be.
    fn read<T: Default>(&self, answer: Result<T, StoreError>) -> T {
        answer.unwrap_or_else(|error| {
            self.failure.borrow_mut().get_or_insert(error);
            T::default()
        })
    }

    fn stored_facts(&self, id: FileId) -> Option<Arc<Facts>> {
        self.read(match self.shared {
            Some(shared) if shared.files.is_some() => shared.facts(id, || self.snapshot.bound_facts(id)),
            // What was decoded for a file that is edited serves the next edit.
            Some(shared) => shared.facts(id, || self.snapshot.facts(id)),
            None => self.snapshot.facts(id),
        })
    }

    /// What is known of all files at once.
    fn all_files(&self) -> Option<&'a Files> {
        self.shared.and_then(|shared| shared.files.as_ref())
    }

    /// The definition that a symbol is.
    pub fn def_of(&self, id: SymbolId) -> Option<Def> {
        let known = self.all_files().and_then(|files| files.of_symbol(id)).map(|head| head.path.clone());
        let path = match known.or_else(|| self.read(self.snapshot.symbol_path(id))) {
            Some(path) => path,
            None => {
                let has = |records: &&Arc<FileRecords>| records.symbols.iter().any(|symbol| symbol.symbol_id == id);
                self.open.values().find(has)?.file.path.clone()
            }
        };
        let file = self.file(&path)?;
        if let Some(shared) = self.shared.filter(|shared| shared.files.is_some()) {
            let of = self.cache.borrow().files[file.0 as usize].head.file_id;
            let binding = shared.binding(of, id, || self.snapshot.bound_symbols(of));
            return self.read(binding).map(|binding| Def::Bound(file, binding));
        }
        let facts = self.facts(file)?;
        let at = *self.by_id(file, &facts).get(&id)?;
        Some(Def::Bound(file, facts.facts.symbols[at as usize].binding))
    }

    fn by_id(&self, file: FileRef, facts: &FileFacts) -> Arc<FxHashMap<SymbolId, u32>> {
        if let Some(known) = &self.cache.borrow().files[file.0 as usize].by_id {
            return known.clone();
        }
        let map: FxHashMap<SymbolId, u32> =
            facts.facts.symbols.iter().enumerate().map(|(at, symbol)| (symbol.id, at as u32)).collect();
        let map = Arc::new(map);
        self.cache.borrow_mut().files[file.0 as usize].by_id = Some(map.clone());
        map
    }

    /// What symbols of a family are defined as. In the order of paths and places.
    fn defs(&self, family: &str, ids: Vec<SymbolId>) -> Vec<Def> {
        let mut found: Vec<(Arc<str>, Def)> = Vec::new();
        for id in ids {
            let Some(def) = self.def_of(id) else { continue };
            let Def::Bound(file, _) = def else { continue };
            if self.family_of(file) == family {
                let path = self.cache.borrow().files[file.0 as usize].head.path.clone();
                found.push((path, def));
            }
        }
        found.sort();
        found.into_iter().map(|(_, def)| def).collect()
    }

    /// What the links that rest on these were told of how the project is laid out.
    pub fn laid_out(&self, deps: &[Dep]) -> Vec<Layout> {
        let cache = self.cache.borrow();
        let groups = deps.chunk_by(|a, b| a.group == b.group).map(|of_group| of_group[0].group);
        groups.filter_map(|group| cache.laid_out.get(&group).cloned()).collect()
    }

    /// What is said now where that was said.
    pub fn said_now(&self, before: &Layout) -> Layout {
        if !before.is_said() {
            return Layout::of_text(before.path.clone(), self.layout(&before.path).as_deref());
        }
        let mut manifests = languages::all().iter().filter_map(|language| language.hooks.rules.manifest);
        let manifest = manifests.find(|manifest| manifest.file_name == &*before.path);
        let said = manifest.map(|manifest| self.all_said(manifest)).unwrap_or_default();
        Layout::of_said(before.path.clone(), said)
    }

    /// What the manifests in all directories that files lie in say of themselves.
    fn all_said(&self, manifest: &Manifest) -> BTreeMap<String, String> {
        let mut directories: BTreeSet<String> = BTreeSet::from([String::new()]);
        let mut add = |path: &str| {
            let mut at = path;
            while let Some((above, _)) = at.rsplit_once('/') {
                if !directories.insert(above.to_owned()) {
                    break;
                }
                at = above;
            }
        };
        self.open.keys().for_each(|path| add(path));
        let listed = self.snapshot.files(&mut |file| {
            add(&file.path);
            ControlFlow::Continue(())
        });
        self.read(listed);
        let said = directories.into_iter().filter_map(|directory| {
            let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
            let text = self.layout(&format!("{prefix}{}", manifest.file_name))?;
            Some((directory, (manifest.key_of)(&text)?))
        });
        said.collect()
    }

    fn family_of(&self, file: FileRef) -> &'static str {
        self.cache.borrow().files[file.0 as usize].head.rules.family
    }
}

impl World for IndexWorld<'_> {
    fn facts(&self, file: FileRef) -> Option<Rc<FileFacts>> {
        let Head { file_id, path, module, rules } = {
            let cache = self.cache.borrow();
            let entry = cache.files.get(file.0 as usize)?;
            if let Some(facts) = &entry.facts {
                return facts.clone();
            }
            entry.head.clone()
        };
        let facts = match self.open.get(&path) {
            Some(records) => Some(records.facts.clone()),
            None => self.stored_facts(file_id),
        };
        let facts = facts.map(|facts| Rc::new(FileFacts::new(file, file_id, path, module, rules, facts)));
        let cache = &mut *self.cache.borrow_mut();
        cache.facts_bytes += facts.as_ref().map_or(0, |facts| facts.facts.heap_bytes());
        cache.files[file.0 as usize].facts = Some(facts.clone());
        facts
    }

    fn written(&self, file: FileRef) -> Option<Arc<Facts>> {
        let head = self.cache.borrow().files.get(file.0 as usize)?.head.clone();
        match self.open.get(&head.path) {
            None if self.all_files().is_some() => self.read(self.snapshot.written_facts(head.file_id)),
            _ => self.facts(file).map(|facts| facts.facts.clone()),
        }
    }

    fn file(&self, path: &str) -> Option<FileRef> {
        if let Some(known) = self.cache.borrow().numbers.get(path) {
            return *known;
        }
        let head = match (self.open.get(path), self.all_files()) {
            (Some(records), _) => Head::of(&records.file),
            (None, Some(files)) => files.at(path).cloned(),
            (None, None) => self.read(self.snapshot.file(path)).and_then(|record| Head::of(&record)),
        };
        let mut cache = self.cache.borrow_mut();
        let number = head.map(|head| {
            cache.files.push(Entry { head, facts: None, by_id: None });
            FileRef(cache.files.len() as u32 - 1)
        });
        cache.numbers.insert(path.into(), number);
        number
    }

    fn declared(&self, family: &str, owner: &str, name: &str) -> Vec<Def> {
        let mut hasher = FxHasher::default();
        (family, owner, name).hash(&mut hasher);
        let key = hasher.finish();
        let is = |known: &&Declared| known.family == family && *known.owner == *owner && *known.name == *name;
        if let Some(known) = self.cache.borrow().declared.get(&key).and_then(|known| known.iter().find(is)) {
            return known.defs.clone();
        }
        let rules = self.rules(family);
        let full = if owner.is_empty() { name.to_owned() } else { format!("{owner}{}{name}", rules.separator) };
        let mut ids = self.read(self.snapshot.symbols_by_fqn(&full));
        if !self.open.is_empty() {
            ids.retain(|id| {
                self.read(self.snapshot.symbol_path(*id)).is_some_and(|path| !self.open.contains_key(&path))
            });
            for records in self.open.values() {
                ids.extend(records.symbols.iter().filter(|symbol| symbol.fqn == full).map(|symbol| symbol.symbol_id));
            }
        }
        let defs = self.defs(family, ids);
        let known = Declared { family: rules.family, owner: owner.into(), name: name.into(), defs: defs.clone() };
        self.cache.borrow_mut().declared.entry(key).or_default().push(known);
        defs
    }

    fn named(&self, family: &str, name: &str, limit: usize) -> Vec<Def> {
        let key = (family.to_owned(), name.to_owned(), limit);
        if let Some(known) = self.cache.borrow().named.get(&key) {
            return known.clone();
        }
        let ids = self.read(self.snapshot.symbols_by_name(name, limit));
        let found = self.defs(family, ids);
        self.cache.borrow_mut().named.insert(key, found.clone());
        found
    }

    fn owners(&self, word: &str, limit: usize) -> Arc<[String]> {
        let key = (word.to_owned(), limit);
        if let Some(known) = self.cache.borrow().owners.get(&key) {
            return known.clone();
        }
        let is_open = |file: FileId| self.open.values().any(|records| records.file.file_id == file);
        let stored = self.read(self.snapshot.owners(word, limit, is_open));
        let mut found: BTreeSet<String> = stored.into_iter().collect();
        for records in self.open.values() {
            let words = records.facts.words().filter(|(other, _)| *other == word);
            found.extend(words.flat_map(|(_, owners)| owners).map(str::to_owned));
        }
        let found: Arc<[String]> = found.into_iter().take(limit).collect();
        self.cache.borrow_mut().owners.insert(key, found.clone());
        found
    }

    fn rules(&self, family: &str) -> &'static Rules {
        languages::all()
            .iter()
            .map(|language| language.hooks.rules)
            .find(|rules| rules.family == family)
            .unwrap_or(&PLAIN)
    }

    fn files_called(&self, name: &str) -> Vec<Arc<str>> {
        if let Some(called) = self.shared.filter(|_| self.open.is_empty()).and_then(Shared::called) {
            return called.get(name).cloned().unwrap_or_default();
        }
        if let Some(called) = &self.cache.borrow().called {
            return called.get(name).cloned().unwrap_or_default();
        }
        let mut called: FxHashMap<String, Vec<Arc<str>>> = FxHashMap::default();
        let mut add = |path: &Arc<str>| {
            let name = path.rsplit('/').next().unwrap_or(path);
            called.entry(name.to_owned()).or_default().push(path.clone());
        };
        let listed = self.snapshot.files(&mut |file| {
            if file.skipped.is_none() && !self.open.contains_key(&file.path) {
                add(&file.path);
            }
            std::ops::ControlFlow::Continue(())
        });
        self.open.keys().for_each(&mut add);
        for paths in called.values_mut() {
            paths.sort();
        }
        let found = called.get(name).cloned().unwrap_or_default();
        self.read(listed);
        self.cache.borrow_mut().called = Some(called);
        found
    }

    fn said(&self, manifest: &Manifest, key: &str) -> Arc<[String]> {
        if let Some(known) = self.cache.borrow().said.get(manifest.file_name) {
            return known.get(key).cloned().unwrap_or_default();
        }
        let mut all: FxHashMap<String, Vec<String>> = FxHashMap::default();
        let said = match self.shared {
            Some(shared) => shared.said(manifest.file_name, || self.all_said(manifest)),
            None => self.all_said(manifest),
        };
        for (directory, key) in &said {
            all.entry(key.clone()).or_default().push(directory.clone());
        }
        let all: FxHashMap<String, Arc<[String]>> = all.into_iter().map(|(key, of)| (key, of.into())).collect();
        let found = all.get(key).cloned().unwrap_or_default();
        let mut cache = self.cache.borrow_mut();
        let layout = Layout::of_said(manifest.file_name.into(), said);
        cache.laid_out.insert(layout.group(), layout);
        cache.said.insert(manifest.file_name, all);
        found
    }

    fn layout(&self, path: &str) -> Option<Arc<str>> {
        if let Some(known) = self.cache.borrow().layouts.get(path) {
            return known.clone();
        }
        let read = || disk::manifest(&self.root, &self.root.join(path), LARGEST_LAYOUT).map(Into::into);
        let text: Option<Arc<str>> = match self.shared {
            Some(shared) => shared.text(path, read),
            None => read(),
        };
        let layout = Layout::of_text(path.into(), text.as_deref());
        let mut cache = self.cache.borrow_mut();
        cache.laid_out.insert(layout.group(), layout);
        cache.layouts.insert(path.to_owned(), text.clone());
        text
    }
}

/// The rules of a language, by its name in records.
pub fn rules_of(language: &str) -> Option<&'static Rules> {
    languages::by_name(language).map(|language| language.hooks.rules)
}
