//! What linking rests on: the questions that it puts to files, and how a file says that its answers have changed.
//!
//! A *group* is a file, a container, a name or a path; an *item* is one name in it. Both are hashes (XXH3-64 of the text, the
//! group's kind as its seed): two that meet cost a file that is linked once more for nothing.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{Binding, Expr, ExprId, Facts, ListId, NONE};

/// Hashes are below 2^52, so that they are numbers for everyone.
pub(super) const HASH_BITS: u32 = 52;
/// The groups that each file has many of are shorter. Those of project files lead to rows of their own, one for each.
const GROUP_BITS: u32 = 32;
const ITEM_BITS: u32 = 24;
/// Expressions in expressions: see `bind/finish.rs`, which bounds them.
const MAX_DEPTH: u32 = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dep {
    pub group: u64,
    pub item: u32,
}

/// What a group is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The bindings of a file, by its path.
    File = 1,
    /// Symbols by what their full names have before their names.
    Owner = 2,
    /// Symbols by their names.
    Name = 3,
    /// Whether there is a file, by its path.
    Path = 4,
    /// The text of a file that says how a project is laid out, by its path.
    Layout = 5,
    /// What files of a name that say how a project is laid out say of themselves, by that name; items are what they say.
    Said = 6,
    /// Containers by words that lead to them.
    FoundBy = 7,
}

/// The item of a group that is asked as a whole.
pub const WHOLE: u32 = 0;
/// The item of a file that tells what its top level is in. No name is written so.
pub const PACKAGE: &str = "@package";

pub fn group(of: Group, text: &str) -> u64 {
    let bits = if matches!(of, Group::Layout | Group::Said) { HASH_BITS } else { GROUP_BITS };
    xxh3_64_with_seed(text.as_bytes(), of as u64) >> (64 - bits)
}

pub fn item(name: &str) -> u32 {
    (xxh3_64(name.as_bytes()) >> (64 - ITEM_BITS)) as u32
}

/// What others can learn from a file: for each question that they may put to it, a hash of the answer. Where names stand is
/// no part of it. Sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surface(Vec<(Dep, u64)>);

impl Surface {
    /// `language` and `module` are the file's: its names lead by the one's rules, and from where the other says that it is.
    pub fn of(path: &str, language: &str, module: &str, facts: &Facts) -> Self {
        let mut hasher = Hasher { facts, exprs: vec![None; facts.exprs.len()] };
        let place = mix(xxh3_64(language.as_bytes()), xxh3_64(module.as_bytes()));
        let mut parts: Vec<(Dep, u64)> = Vec::with_capacity(facts.bindings.len() + 2 * facts.symbols.len() + 1);
        let file = group(Group::File, path);
        let mut whole = 0;
        for binding in &facts.bindings {
            let hash = mix(place, hasher.binding(binding));
            whole = mix(whole, hash);
            parts.push((Dep { group: file, item: item(facts.name(binding.name)) }, hash));
            // A member answers to its name within its type.
            for &member in facts.list(binding.members) {
                let Some(member) = facts.bindings.get(member as usize) else { continue };
                let of = mix(hasher.name(binding.name), hasher.symbol(binding.symbol));
                parts.push((Dep { group: file, item: item(facts.name(member.name)) }, of));
            }
        }
        parts.push((Dep { group: file, item: WHOLE }, whole));
        let first = facts.symbols.first().and_then(|symbol| facts.owners.get(symbol.owner as usize));
        let package = mix(place, first.map_or(0, |owner| xxh3_64(owner.as_bytes())));
        parts.push((Dep { group: file, item: item(PACKAGE) }, package));
        parts.push((Dep { group: group(Group::Path, path), item: WHOLE }, 1));
        // Files are asked for by their names alone, too.
        if let Some((_, name)) = path.rsplit_once('/') {
            parts.push((Dep { group: group(Group::Path, name), item: WHOLE }, xxh3_64(path.as_bytes())));
        }
        for symbol in &facts.symbols {
            let Some(binding) = facts.bindings.get(symbol.binding as usize) else { continue };
            let (owner, name) = (facts.owners.get(symbol.owner as usize), facts.name(binding.name));
            let hash = mix(symbol.id.0, symbol.kind as u64);
            let owner = group(Group::Owner, owner.map_or("", String::as_str));
            parts.push((Dep { group: owner, item: item(name) }, hash));
            parts.push((Dep { group: group(Group::Name, name), item: WHOLE }, hash));
        }
        for (word, owners) in facts.words() {
            let hash = owners.iter().fold(0, |hash, owner| mix(hash, xxh3_64(owner.as_bytes())));
            parts.push((Dep { group: group(Group::FoundBy, word), item: WHOLE }, hash));
        }
        // Several of one name answer together, in their order: the last one may hide those before it.
        parts.sort_by_key(|(dep, _)| *dep);
        let mut all: Vec<(Dep, u64)> = Vec::with_capacity(parts.len());
        for (dep, hash) in parts {
            match all.last_mut() {
                Some((last, known)) if *last == dep => *known = mix(*known, hash),
                _ => all.push((dep, hash)),
            }
        }
        Surface(all)
    }

    /// The questions that have other answers in one than in the other.
    pub fn changes(&self, other: &Surface) -> Vec<Dep> {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut changed = Vec::new();
        loop {
            match (a.peek(), b.peek()) {
                (None, None) => return changed,
                (Some(left), Some(right)) if left.0 == right.0 => {
                    if left.1 != right.1 {
                        changed.push(left.0);
                    }
                    a.next();
                    b.next();
                }
                (Some(left), right) if right.is_none_or(|right| left.0 < right.0) => {
                    changed.push(left.0);
                    a.next();
                }
                (_, Some(right)) => {
                    changed.push(right.0);
                    b.next();
                }
                (Some(_), None) => unreachable!("what is only on the left is met above"),
            }
        }
    }
}

fn mix(a: u64, b: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&a.to_le_bytes());
    bytes[8..].copy_from_slice(&b.to_le_bytes());
    xxh3_64(&bytes)
}

struct Hasher<'a> {
    facts: &'a Facts,
    exprs: Vec<Option<u64>>,
}

impl Hasher<'_> {
    fn binding(&mut self, binding: &Binding) -> u64 {
        // Every field is here, so that a new one is not forgotten. Where a name stands is nobody's matter.
        let Binding {
            name,
            kind,
            is_top,
            is_private,
            is_unlikely,
            start: _,
            symbol,
            ty,
            value,
            params,
            generics,
            bases,
            sites: _,
            members: _,
        } = *binding;
        let flags = u64::from(is_top) | u64::from(is_private) << 1 | u64::from(is_unlikely) << 2;
        let mut hash = mix(self.name(name), u64::from(kind as u8) * 8 + flags);
        if let Some(symbol) = self.facts.symbols.get(symbol as usize) {
            let owner = self.facts.owners.get(symbol.owner as usize).map_or(0, |owner| xxh3_64(owner.as_bytes()));
            let container = self.facts.symbols.get(symbol.container as usize).map_or(0, |around| around.id.0);
            hash = mix(hash, symbol.id.0);
            hash = mix(hash, symbol.kind as u64);
            hash = mix(hash, mix(owner, container));
        }
        for expr in [ty, value] {
            hash = mix(hash, self.expr(expr, 0));
        }
        for list in [params, generics] {
            hash = mix(hash, self.bindings(list, 0));
        }
        mix(hash, self.list(bases, 0))
    }

    fn bindings(&mut self, list: ListId, depth: u32) -> u64 {
        if list == NONE {
            return 0;
        }
        let mut hash = 1;
        for &binding in self.facts.list(list) {
            let Some(binding) = self.facts.bindings.get(binding as usize) else { continue };
            hash = mix(hash, self.name(binding.name));
            hash = mix(hash, self.expr(binding.ty, depth + 1));
            hash = mix(hash, self.expr(binding.value, depth + 1));
        }
        hash
    }

    fn list(&mut self, list: ListId, depth: u32) -> u64 {
        if list == NONE {
            return 0;
        }
        let facts = self.facts;
        facts.list(list).iter().fold(1, |hash, &expr| mix(hash, self.expr(expr, depth + 1)))
    }

    fn name(&self, name: u32) -> u64 {
        if name == NONE { 0 } else { xxh3_64(self.facts.name(name).as_bytes()) }
    }

    fn symbol(&self, symbol: u32) -> u64 {
        self.facts.symbols.get(symbol as usize).map_or(0, |symbol| symbol.id.0)
    }

    /// What is being hashed already, or is nested too deep, adds nothing.
    fn expr(&mut self, id: ExprId, depth: u32) -> u64 {
        if id == 0 || id == NONE || depth > MAX_DEPTH {
            return 0;
        }
        if let Some(known) = self.exprs.get(id as usize).copied().flatten() {
            return known;
        }
        self.exprs[id as usize] = Some(0);
        let expr = self.facts.expr(id);
        let mut hash = u64::from(expr.code()[0]);
        match expr {
            Expr::Bound(binding) => {
                let bound = self.facts.bindings.get(binding as usize).copied();
                hash = mix(hash, bound.map_or(0, |bound| mix(self.name(bound.name), self.symbol(bound.symbol))));
            }
            Expr::Free { name, within } => hash = mix(hash, mix(self.name(name), self.symbol(within))),
            Expr::Import { module, name } => hash = mix(hash, mix(self.name(module), self.name(name))),
            Expr::SelfValue { symbol }
            | Expr::SelfType { symbol }
            | Expr::Super { symbol }
            | Expr::Object { symbol } => hash = mix(hash, self.symbol(symbol)),
            Expr::Inside { class } | Expr::Above { class } => {
                let bound = self.facts.bindings.get(class as usize).copied();
                hash = mix(hash, bound.map_or(0, |bound| mix(self.name(bound.name), self.symbol(bound.symbol))));
            }
            Expr::Record(binding) => {
                let record = self.facts.bindings.get(binding as usize).copied();
                let members = record.map_or(0, |record| self.bindings(record.members, depth + 1));
                let bases = record.map_or(0, |record| self.list(record.bases, depth + 1));
                hash = mix(hash, mix(members, bases));
            }
            Expr::Expected { record, .. } => {
                let expected = self.facts.bindings.get(record as usize).map_or(0, |record| record.ty);
                hash = mix(hash, self.expr(expected, depth + 1));
            }
            Expr::Nth { nth: number, .. }
            | Expr::Given { slot: number, .. }
            | Expr::Wanted { nth: number, .. }
            | Expr::Parameter { nth: number, .. } => hash = mix(hash, number.into()),
            // Nothing but what is in them.
            _ => {}
        }
        let operands = expr.operands();
        for of in operands.exprs {
            hash = mix(hash, self.expr(of, depth + 1));
        }
        hash = mix(hash, self.name(operands.name));
        hash = mix(
            hash,
            if operands.of_bindings {
                self.bindings(operands.list, depth + 1)
            } else {
                self.list(operands.list, depth + 1)
            },
        );
        self.exprs[id as usize] = Some(hash);
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::BindingKind;

    fn facts(names: &[&str], types: &[ExprId]) -> Facts {
        let bindings = names.iter().zip(types).enumerate().map(|(at, (_, ty))| Binding {
            name: at as u32,
            kind: BindingKind::Definition,
            is_top: true,
            is_private: false,
            is_unlikely: false,
            start: at as u32 * 10,
            symbol: NONE,
            ty: *ty,
            value: 0,
            params: NONE,
            generics: NONE,
            bases: NONE,
            sites: NONE,
            members: NONE,
        });
        Facts {
            names: names.iter().copied().collect(),
            exprs: vec![Expr::Unknown, Expr::Free { name: 0, within: NONE }, Expr::Free { name: 1, within: NONE }],
            bindings: bindings.collect(),
            ..Facts::default()
        }
    }

    #[test]
    fn what_changes_is_told_by_name() {
        let surface = |facts: &Facts| Surface::of("a", "python", "m", facts);
        let old = surface(&facts(&["x", "y"], &[1, 2]));
        let file = group(Group::File, "a");
        let dep = |name| Dep { group: file, item: item(name) };
        assert_eq!(old.changes(&surface(&facts(&["x", "y"], &[1, 2]))), []);
        let mut expected = vec![dep("y"), Dep { group: file, item: WHOLE }];
        expected.sort();
        assert_eq!(old.changes(&surface(&facts(&["x", "y"], &[1, 1]))), expected);
        let mut moved = facts(&["x", "y"], &[1, 2]);
        moved.bindings[1].start = 99;
        assert_eq!(old.changes(&surface(&moved)), [], "where it stands is nobody's matter");
        let turned = |types| surface(&facts(&["x", "x"], types));
        assert!(!turned(&[0, 1]).changes(&turned(&[1, 0])).is_empty(), "which one comes first matters");
        let elsewhere = Surface::of("a", "python", "p.m", &facts(&["x", "y"], &[1, 2]));
        assert!(old.changes(&elsewhere).contains(&dep("y")), "so does what the module is called");
        assert!(old.changes(&Surface::default()).contains(&Dep { group: group(Group::Path, "a"), item: WHOLE }));
    }
}
