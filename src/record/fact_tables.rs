//! Facts by name: tables that are made when somebody asks, once for as long as the facts are held.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::{BindingId, BindingKind, Facts, NONE, NameId, SymbolKind, item};

#[derive(Debug)]
struct Tables {
    /// Of each name. See [`super::Dep`].
    items: Vec<u32>,
    /// The names in the order of their items.
    by_item: Vec<NameId>,
    /// What is bound at the top level, in the order of names, and of one name in the order in which it is bound.
    top: Vec<BindingId>,
    wildcards: Vec<BindingId>,
    /// What types bind in their bodies, by name.
    members: OnceLock<Inside>,
    /// What symbols hold, by name.
    inside: OnceLock<Inside>,
}

/// By a binding or symbol, and a name.
type Inside = FxHashMap<u32, FxHashMap<Box<str>, Vec<BindingId>>>;

/// Follows from the facts: no matter for comparisons, and not copied.
#[derive(Debug, Default)]
pub struct FactTables(OnceLock<Tables>);

impl Clone for FactTables {
    fn clone(&self) -> Self {
        FactTables::default()
    }
}

impl PartialEq for FactTables {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for FactTables {}

impl Tables {
    fn of(facts: &Facts) -> Self {
        let mut top = Vec::new();
        let mut wildcards = Vec::new();
        for (id, binding) in facts.bindings.iter().enumerate() {
            if binding.kind == BindingKind::Wildcard {
                wildcards.push(id as BindingId);
            } else if binding.is_top {
                top.push(id as BindingId);
            }
        }
        top.sort_by_key(|&id| facts.bindings[id as usize].name);
        let items: Vec<u32> = facts.names.iter().map(item).collect();
        let mut by_item: Vec<NameId> = (0..items.len() as NameId).collect();
        by_item.sort_unstable_by_key(|&name| items[name as usize]);
        Tables { items, by_item, top, wildcards, members: OnceLock::new(), inside: OnceLock::new() }
    }
}

impl Facts {
    fn tables(&self) -> &Tables {
        self.tables.0.get_or_init(|| Tables::of(self))
    }

    /// What the top level binds to a name.
    pub fn top(&self, name: &str) -> &[BindingId] {
        let Some(name) = self.name_id(name) else { return &[] };
        let name_of = |id: &BindingId| self.bindings[*id as usize].name;
        let top = &self.tables().top;
        let from = top.partition_point(|id| name_of(id) < name);
        let length = top[from..].partition_point(|id| name_of(id) == name);
        &top[from..from + length]
    }

    /// The place of a name, if the file has it.
    fn name_id(&self, name: &str) -> Option<NameId> {
        let Tables { items, by_item, .. } = self.tables();
        let wanted = item(name);
        let from = by_item.partition_point(|&id| items[id as usize] < wanted);
        let alike = by_item[from..].iter().take_while(|&&id| items[id as usize] == wanted);
        alike.copied().find(|&id| self.name(id) == name)
    }

    /// Modules all of whose names are in scope.
    pub fn wildcards(&self) -> &[BindingId] {
        &self.tables().wildcards
    }

    /// The item of a name: see [`super::Dep`]. What has no name is all of one name.
    pub fn item(&self, name: NameId) -> u32 {
        self.tables().items.get(name as usize).copied().unwrap_or_else(|| item(""))
    }

    /// What the body of a type binds to a name.
    pub fn members(&self, class: BindingId, name: &str) -> &[BindingId] {
        let all = self.tables().members.get_or_init(|| {
            let mut all = Inside::default();
            for (id, class) in self.bindings.iter().enumerate().filter(|(_, class)| class.members != NONE) {
                let of = all.entry(id as BindingId).or_default();
                for &member in self.list(class.members) {
                    let Some(binding) = self.bindings.get(member as usize) else { continue };
                    of.entry(self.name(binding.name).into()).or_default().push(member);
                }
            }
            all
        });
        all.get(&class).and_then(|of| of.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Symbols that are defined in a symbol or in what has no name of its own in it (an enumeration that hides nothing, an
    /// anonymous type), by name: those in it itself come first.
    pub fn inside(&self, symbol: u32, name: &str) -> &[BindingId] {
        let all = self.tables().inside.get_or_init(|| {
            let mut direct: Inside = FxHashMap::default();
            let mut further: Vec<(u32, BindingId)> = Vec::new();
            for symbol in &self.symbols {
                let mut container = symbol.container;
                let mut is_direct = true;
                while let Some(around) = self.symbols.get(container as usize) {
                    match is_direct {
                        true => {
                            let name = self.bindings.get(symbol.binding as usize).map_or(NONE, |of| of.name);
                            direct
                                .entry(container)
                                .or_default()
                                .entry(self.name(name).into())
                                .or_default()
                                .push(symbol.binding);
                        }
                        false => further.push((container, symbol.binding)),
                    }
                    let name = self.bindings.get(around.binding as usize).map_or("", |of| self.name(of.name));
                    if around.kind != SymbolKind::Enum && !name.starts_with('(') {
                        break;
                    }
                    is_direct = false;
                    container = around.container;
                }
            }
            for (container, binding) in further {
                let name = self.bindings.get(binding as usize).map_or(NONE, |of| of.name);
                direct.entry(container).or_default().entry(self.name(name).into()).or_default().push(binding);
            }
            direct
        });
        all.get(&symbol).and_then(|of| of.get(name)).map_or(&[], Vec::as_slice)
    }
}
