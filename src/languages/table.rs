//! A language's rows, compiled: the meaning of each of the grammar's kind ids.

use std::ops::Range;

use tree_sitter::Node;

use crate::bind;

use super::roles::{Links, Part, Refine, Role, Row, Select};

/// A compiled row.
#[derive(Debug)]
pub(crate) struct Meaning {
    pub role: Role,
    pub refine: Option<Refine>,
    pub links: Option<Links>,
    parts: Vec<(Matcher, Part)>,
    needs_field: bool,
}

#[derive(Clone, Copy, Debug)]
enum Matcher {
    Field(u16),
    Kind(u16),
    Nth(u16),
    Any,
}

impl Meaning {
    /// Whether [`Meaning::part`] wants to know the child's field.
    pub fn needs_field(&self) -> bool {
        self.needs_field
    }

    /// A list of targets.
    pub fn binds(&self) -> bool {
        self.parts.iter().any(|&(_, part)| part == Part::Target)
    }

    pub fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// What a named child is, by its field, its kind, and its place among the named children.
    pub fn part(&self, field: Option<u16>, kind: u16, nth: u16) -> Option<Part> {
        let fits = |matcher: &Matcher| match *matcher {
            Matcher::Field(id) => field == Some(id),
            Matcher::Kind(id) => kind == id,
            Matcher::Nth(place) => nth == place,
            Matcher::Any => true,
        };
        self.parts.iter().find(|(matcher, _)| fits(matcher)).map(|&(_, part)| part)
    }

    /// The child that is a part, for parts that a field tells.
    pub fn child<'tree>(&self, node: Node<'tree>, part: Part) -> Option<Node<'tree>> {
        self.parts.iter().filter(|&&(_, p)| p == part).find_map(|&(matcher, _)| match matcher {
            Matcher::Field(id) => node.child_by_field_id(id),
            _ => None,
        })
    }
}

/// A language's rows by the grammar's kind ids.
#[derive(Debug)]
pub(crate) struct Table {
    meanings: Vec<Option<Box<Meaning>>>,
    names: Vec<&'static str>,
    /// Which kinds are named.
    named: Vec<bool>,
    /// What the kinds mean for names.
    pub binding: bind::Rows,
    /// Rows and fields that the grammar does not know. A test holds this empty.
    pub unknown: Vec<String>,
}

impl Table {
    pub fn new(grammar: &tree_sitter::Language, rows: &[Row], binding: &'static [bind::Row]) -> Self {
        let kinds: Range<u16> = 0..grammar.node_kind_count() as u16;
        let mut meanings: Vec<Option<Box<Meaning>>> = kinds.clone().map(|_| None).collect();
        let mut unknown = Vec::new();
        for row in rows {
            let compiled: Vec<(Matcher, Part)> = row
                .parts
                .iter()
                .filter_map(|&(select, part)| {
                    let matcher = match select {
                        Select::Field(name) => grammar.field_id_for_name(name).map(|id| Matcher::Field(id.get())),
                        Select::Kind(name) => {
                            Some(grammar.id_for_node_kind(name, true)).filter(|&id| id != 0).map(Matcher::Kind)
                        }
                        Select::Nth(place) => Some(Matcher::Nth(place)),
                        Select::Any => Some(Matcher::Any),
                    };
                    if matcher.is_none() {
                        unknown.push(format!("{select:?} of {}", row.kind));
                    }
                    matcher.map(|matcher| (matcher, part))
                })
                .collect();
            // Several ids may bear one name.
            let mut found = false;
            for id in kinds.clone() {
                if grammar.node_kind_for_id(id) == Some(row.kind) && grammar.node_kind_is_named(id) == row.named {
                    let needs_field = compiled.iter().any(|(matcher, _)| matches!(matcher, Matcher::Field(_)));
                    meanings[id as usize] = Some(Box::new(Meaning {
                        role: row.role,
                        refine: row.refine,
                        links: row.links,
                        parts: compiled.clone(),
                        needs_field,
                    }));
                    found = true;
                }
            }
            if !found {
                unknown.push(row.kind.to_owned());
            }
        }
        // Tables are statics: what they leak is as long-lived as they are, and made once.
        let name = |id| grammar.node_kind_for_id(id).unwrap_or_default();
        let named = kinds.clone().map(|id| grammar.node_kind_is_named(id)).collect();
        let names = kinds.map(|id| &*Box::leak(name(id).to_owned().into_boxed_str())).collect();
        let binding = bind::Rows::new(grammar, binding);
        unknown.extend(binding.unknown.iter().map(|kind| format!("{kind}, for names")));
        Table { meanings, names, named, binding, unknown }
    }

    pub fn meaning(&self, kind: u16) -> Option<&Meaning> {
        self.meanings.get(kind as usize)?.as_deref()
    }

    /// The grammar's name of a kind; a node of an unknown kind is an error.
    pub fn name(&self, kind: u16) -> &'static str {
        self.names.get(kind as usize).copied().unwrap_or("ERROR")
    }

    /// Whether nodes of a kind are named; an error is.
    pub fn is_named(&self, kind: u16) -> bool {
        self.named.get(kind as usize).copied().unwrap_or(true)
    }

    pub fn role(&self, kind: u16) -> Role {
        self.meaning(kind).map_or(Role::Plain, |meaning| meaning.role)
    }
}
