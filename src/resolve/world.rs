//! What linking reads: the facts of files, and who bears which name.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::{
    rules::{Manifest, Rules},
    ty::{Def, FileRef},
};
use crate::record::{BindingId, BindingKind, Facts, FileId, Group, NONE, NameId, SymbolKind, group, item};

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
    /// Of each name.
    items: Vec<u32>,
    /// The names in the order of their items.
    by_item: Vec<NameId>,
    /// What is bound at the top level, in the order of names, and of one name in the order in which it is bound.
    top: Vec<BindingId>,
    /// Modules all of whose names are in scope.
    pub wildcards: Vec<BindingId>,
    /// What types bind in their bodies, by name.
    members: OnceLock<Inside>,
    /// What symbols hold, by name.
    inside: OnceLock<Inside>,
}

/// By a binding or symbol, and a name.
type Inside = FxHashMap<u32, FxHashMap<Box<str>, Vec<BindingId>>>;

impl FileFacts {
    pub fn new(
        file: FileRef,
        file_id: FileId,
        path: Arc<str>,
        module: Arc<str>,
        rules: &'static Rules,
        facts: Arc<Facts>,
    ) -> Self {
        let mut top = Vec::new();
        let mut wildcards = Vec::new();
        for (id, binding) in facts.bindings.iter().enumerate() {
            if binding.kind == BindingKind::Wildcard {
                wildcards.push(id as BindingId);
            } else if binding.is_top {
                top.push(id as BindingId);
            }
        }
        let group = group(Group::File, &path);
        top.sort_by_key(|&id| facts.bindings[id as usize].name);
        let items: Vec<u32> = facts.names.iter().map(|name| item(name)).collect();
        let mut by_item: Vec<NameId> = (0..items.len() as NameId).collect();
        by_item.sort_unstable_by_key(|&name| items[name as usize]);
        FileFacts {
            file,
            file_id,
            path,
            module,
            rules,
            facts,
            group,
            items,
            by_item,
            top,
            wildcards,
            members: OnceLock::new(),
            inside: OnceLock::new(),
        }
    }

    /// What the top level binds to a name.
    pub fn top(&self, name: &str) -> &[BindingId] {
        let Some(name) = self.name(name) else { return &[] };
        let name_of = |id: &BindingId| self.facts.bindings[*id as usize].name;
        let from = self.top.partition_point(|id| name_of(id) < name);
        let length = self.top[from..].partition_point(|id| name_of(id) == name);
        &self.top[from..from + length]
    }

    /// The place of a name, if the file has it.
    fn name(&self, name: &str) -> Option<NameId> {
        let wanted = item(name);
        let from = self.by_item.partition_point(|&id| self.items[id as usize] < wanted);
        let alike = self.by_item[from..].iter().take_while(|&&id| self.items[id as usize] == wanted);
        alike.copied().find(|&id| self.facts.name(id) == name)
    }

    /// What has no name is all of one name.
    pub(super) fn item(&self, name: NameId) -> u32 {
        self.items.get(name as usize).copied().unwrap_or_else(|| item(""))
    }

    /// What the body of a type binds to a name.
    pub fn members(&self, class: BindingId, name: &str) -> &[BindingId] {
        let all = self.members.get_or_init(|| {
            let mut all: FxHashMap<BindingId, FxHashMap<Box<str>, Vec<BindingId>>> = FxHashMap::default();
            for (id, class) in self.facts.bindings.iter().enumerate().filter(|(_, class)| class.members != NONE) {
                let of = all.entry(id as BindingId).or_default();
                for &member in self.facts.list(class.members) {
                    let Some(binding) = self.facts.bindings.get(member as usize) else { continue };
                    of.entry(self.facts.name(binding.name).into()).or_default().push(member);
                }
            }
            all
        });
        all.get(&class).and_then(|of| of.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Symbols that are defined in a symbol or in what has no name of its own in it (an enumeration that hides nothing, an
    /// anonymous type), by name: those in it itself come first.
    pub fn inside(&self, symbol: u32, name: &str) -> &[BindingId] {
        let all = self.inside.get_or_init(|| {
            let mut direct: Inside = FxHashMap::default();
            let mut further: Vec<(u32, BindingId)> = Vec::new();
            for symbol in &self.facts.symbols {
                let mut container = symbol.container;
                let mut is_direct = true;
                while let Some(around) = self.facts.symbols.get(container as usize) {
                    match is_direct {
                        true => {
                            let name = self.facts.bindings.get(symbol.binding as usize).map_or(NONE, |of| of.name);
                            direct
                                .entry(container)
                                .or_default()
                                .entry(self.facts.name(name).into())
                                .or_default()
                                .push(symbol.binding);
                        }
                        false => further.push((container, symbol.binding)),
                    }
                    let name =
                        self.facts.bindings.get(around.binding as usize).map_or("", |of| self.facts.name(of.name));
                    if around.kind != SymbolKind::Enum && !name.starts_with('(') {
                        break;
                    }
                    is_direct = false;
                    container = around.container;
                }
            }
            for (container, binding) in further {
                let name = self.facts.bindings.get(binding as usize).map_or(NONE, |of| of.name);
                direct.entry(container).or_default().entry(self.facts.name(name).into()).or_default().push(binding);
            }
            direct
        });
        all.get(&symbol).and_then(|of| of.get(name)).map_or(&[], Vec::as_slice)
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
    fn facts(&self, file: FileRef) -> Option<Arc<FileFacts>>;

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
