//! What is defined by assigning to it, in languages that declare so.

use tree_sitter::Node;

use super::definitions::{Definitions, Draft, MAX_ASSIGNMENT, byte_range};
use crate::{
    languages::roles::{Part, Role},
    record::SymbolKind,
    text::ByteRange,
};

impl Definitions<'_> {
    /// Makes symbols of what an assignment is to, unless they are known: of plain names, outside of functions; of members
    /// of `self`, in methods.
    pub fn assign(&mut self, node: &Node<'_>, target: Node<'_>) {
        let table = self.language.table();
        let mut cursor = target.walk();
        let targets: Vec<Node<'_>> = match table.meaning(target.kind_id()) {
            Some(list) if list.binds() => target.named_children(&mut cursor).collect(),
            _ => vec![target],
        };
        for target in targets {
            let role = table.role(target.kind_id());
            if role == Role::Name && !self.in_function() {
                self.assigned(node, byte_range(&target), self.scopes.len(), SymbolKind::Variable);
            } else if role == Role::Member
                && let [.., class, method] = self.scopes.as_slice()
                && class.kind.is_type()
                && method.kind.is_function()
                && let Some(member) = self.own_member(target)
            {
                self.assigned(node, member, self.scopes.len() - 1, SymbolKind::Field);
            }
        }
    }

    /// `x` of `self.x`.
    fn own_member(&self, access: Node<'_>) -> Option<ByteRange> {
        let meaning = self.language.table().meaning(access.kind_id())?;
        let object = self.text.slice(byte_range(&meaning.child(access, Part::Object)?));
        let is_own = self.language.hooks.self_names.contains(&&*object);
        is_own.then(|| meaning.child(access, Part::Member)).flatten().map(|member| byte_range(&member))
    }

    /// A symbol for a name that is assigned to, in the scope that is `depth` deep.
    fn assigned(&mut self, node: &Node<'_>, name_range: ByteRange, depth: usize, kind: SymbolKind) {
        let text = self.text;
        let bytes = text.raw(name_range.clone());
        let scope = depth.checked_sub(1).map(|index| self.scopes[index].symbol);
        if bytes == b"_" || !self.assigned.insert((scope, bytes)) {
            return;
        }
        let name = text.slice(name_range.clone()).into_owned();
        let definition = self.definition(*node, &name, kind);
        let kind = (self.language.hooks.kind_of)(&definition);
        let visibility = (self.language.hooks.visibility)(&definition);
        let range = byte_range(node);
        let signature = self.signature(node, range.clone(), MAX_ASSIGNMENT);
        self.push(Draft { name: &name, name_range, kind, range, signature, doc: None, visibility, owner: None }, depth);
    }
}
