//! The world, with every question to it remembered for the answer under way.

use std::{rc::Rc, sync::Arc};

use super::{
    Resolver,
    rules::{Manifest, Rules},
    ty::{Def, FileRef},
    world::FileFacts,
};
use crate::record::{BindingId, Dep, Group, PACKAGE, WHOLE, group, item};

/// What rules may ask of the world.
#[derive(Clone, Copy)]
pub struct Watched<'r, 'w> {
    resolver: &'r Resolver<'w>,
}

impl std::fmt::Debug for Watched<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}

impl Watched<'_, '_> {
    pub fn facts(&self, file: FileRef) -> Option<Rc<FileFacts>> {
        self.resolver.world.facts(file)
    }

    pub fn file(&self, path: &str) -> Option<FileRef> {
        self.resolver.deps.on(group(Group::Path, path), WHOLE);
        self.resolver.world.file(path)
    }

    pub fn declared(&self, family: &str, owner: &str, name: &str) -> Vec<Def> {
        self.resolver.deps.on(group(Group::Owner, owner), item(name));
        self.resolver.world.declared(family, owner, name)
    }

    pub fn named(&self, family: &str, name: &str, limit: usize) -> Vec<Def> {
        self.resolver.deps.on(group(Group::Name, name), WHOLE);
        self.resolver.world.named(family, name, limit)
    }

    /// What is declared under a name in any of the containers that a word leads to.
    pub fn declared_by(&self, family: &str, word: &str, name: &str, limit: usize) -> Vec<Def> {
        self.resolver.deps.on(group(Group::FoundBy, word), WHOLE);
        let owners = self.resolver.world.owners(word, limit);
        owners.iter().flat_map(|owner| self.declared(family, owner, name)).collect()
    }

    pub fn files_called(&self, name: &str) -> Vec<Arc<str>> {
        self.resolver.deps.on(group(Group::Path, name), WHOLE);
        self.resolver.world.files_called(name)
    }

    pub fn rules(&self, family: &str) -> &'static Rules {
        self.resolver.world.rules(family)
    }

    /// The directories of the workspace where such a manifest says this key of itself.
    pub fn said(&self, manifest: &Manifest, key: &str) -> Arc<[String]> {
        self.resolver.deps.on(group(Group::Said, manifest.file_name), item(key));
        self.resolver.world.said(manifest, key)
    }

    pub fn layout(&self, path: &str) -> Option<Arc<str>> {
        self.resolver.deps.on(group(Group::Layout, path), WHOLE);
        self.resolver.world.layout(path)
    }
}

impl<'w> Resolver<'w> {
    pub fn world(&self) -> Watched<'_, 'w> {
        Watched { resolver: self }
    }

    /// What a file binds to a name at its top level.
    pub fn top(&self, file: FileRef, name: &str) -> Vec<BindingId> {
        let Some(facts) = self.world.facts(file) else { return Vec::new() };
        self.deps.on(facts.group, item(name));
        facts.facts.top(name).to_vec()
    }

    /// What the full names of a file's top level begin with.
    pub fn package(&self, file: FileRef) -> String {
        let Some(facts) = self.world.facts(file) else { return String::new() };
        self.deps.on(facts.group, item(PACKAGE));
        if facts.facts.symbols.is_empty() { facts.module.to_string() } else { facts.owner(0).to_owned() }
    }

    /// What a symbol of a file holds under a name: see [`crate::record::Facts::inside`].
    pub fn inside(&self, file: FileRef, symbol: u32, name: &str) -> Vec<Def> {
        let Some(facts) = self.world.facts(file) else { return Vec::new() };
        self.deps.on(facts.group, item(name));
        facts.facts.inside(symbol, name).iter().map(|&binding| Def::Bound(file, binding)).collect()
    }

    /// All that a file binds may matter.
    pub fn whole(&self, file: FileRef) -> Option<Rc<FileFacts>> {
        let facts = self.world.facts(file)?;
        self.deps.on(facts.group, WHOLE);
        Some(facts)
    }

    /// Begins to collect what the answers from here on rest on.
    pub fn watch(&self) {
        self.deps.begin();
    }

    /// Forgets all that was found out if it takes too much memory, what answers rest on with it: this is to be asked for before.
    /// All of it can be found out again, and does not depend on what was known. No question must be open.
    pub fn forgets(&mut self, file: FileRef, deps: &mut Vec<Dep>) {
        if self.heap_bytes() < self.limit {
            return;
        }
        deps.extend(self.watched(file));
        (self.memo, self.deps, self.kept) = Default::default();
        self.watch();
    }

    /// What the answers since [`Resolver::watch`] rest on, in other files than this.
    pub fn watched(&self, file: FileRef) -> Vec<Dep> {
        let answers = self.deps.end();
        let own = self.world.facts(file).map_or(0, |facts| facts.group);
        let mut deps = self.deps.of(answers);
        deps.retain(|dep| dep.group != own);
        deps
    }
}
