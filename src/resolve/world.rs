//! What linking reads: the facts of files, and who bears which name.

use std::{rc::Rc, sync::Arc};

use super::{
    rules::{Manifest, Rules},
    ty::{Def, FileRef},
};
use crate::record::{Facts, FileId, Group, NONE, group};

/// A file's facts, ready to be asked.
#[derive(Debug)]
pub struct FileFacts {
    pub file: FileRef,
    pub file_id: FileId,
    pub path: Arc<str>,
    /// What its top level is called.
    pub module: Arc<str>,
    pub rules: &'static Rules,
    pub facts: Arc<Facts>,
    /// See [`crate::record::Dep`].
    pub(super) group: u64,
}

impl FileFacts {
    pub fn new(
        file: FileRef,
        file_id: FileId,
        path: Arc<str>,
        module: Arc<str>,
        rules: &'static Rules,
        facts: Arc<Facts>,
    ) -> Self {
        let group = group(Group::File, &path);
        FileFacts { file, file_id, path, module, rules, facts, group }
    }

    /// The full name of a symbol, and what stands before its own name.
    pub fn full_name(&self, symbol: u32) -> Option<String> {
        let symbol = self.facts.symbols.get(symbol as usize)?;
        let owner = self.facts.owners.get(symbol.owner as usize)?;
        let binding = self.facts.bindings.get(symbol.binding as usize)?;
        let name = self.facts.name(binding.name);
        Some(if owner.is_empty() { name.to_owned() } else { format!("{owner}{}{name}", self.rules.separator) })
    }

    pub fn owner(&self, symbol: u32) -> &str {
        let owner = self.facts.symbols.get(symbol as usize).map_or(NONE, |symbol| symbol.owner);
        self.facts.owners.get(owner as usize).map_or("", String::as_str)
    }
}

/// Whoever asks must not care where facts come from: all in memory, from the index, from an editor's buffers.
pub trait World {
    fn facts(&self, file: FileRef) -> Option<Rc<FileFacts>>;

    /// The tokens and lines of a file that is linked; the rest is in its [`World::facts`].
    fn written(&self, file: FileRef) -> Option<Arc<Facts>> {
        self.facts(file).map(|facts| facts.facts.clone())
    }

    /// The indexed file at a path.
    fn file(&self, path: &str) -> Option<FileRef>;

    /// Symbols by what their full names have before their names, and their names. In the order of paths and places.
    fn declared(&self, family: &str, owner: &str, name: &str) -> Vec<Def>;

    /// Symbols by their names alone, up to a limit. In the order of paths and places.
    fn named(&self, family: &str, name: &str, limit: usize) -> Vec<Def>;

    /// The full names of containers that are found by a word, up to a limit. Sorted. See [`crate::record::FoundBy`].
    fn owners(&self, word: &str, limit: usize) -> Arc<[String]>;

    /// The rules of a family of languages.
    fn rules(&self, family: &str) -> &'static Rules;

    /// The paths of the indexed files of a name, in order.
    fn files_called(&self, name: &str) -> Vec<Arc<str>>;

    /// The directories in which a manifest says this key of itself (the name of its package), in the order of their paths.
    fn said(&self, manifest: &Manifest, key: &str) -> Arc<[String]>;

    /// The text of a small file that says how a project is laid out.
    fn layout(&self, path: &str) -> Option<Arc<str>>;
}
