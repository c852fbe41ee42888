//! What an identifier is where the walk meets it: a definition's name, a binding, or a use of something.

use tree_sitter::Node;

use super::{
    names::{Qualifier, Use},
    walk::{Open, Walk},
};
use crate::{
    languages::roles::{Part, Role},
    record::ReferenceKind,
};

/// Patterns nested deeper are not looked through for what is around them.
const MAX_NESTING: usize = 64;

impl<'g> Walk<'_, 'g> {
    /// An identifier: a definition's name, a binding, or a use of something.
    pub(super) fn name(&mut self, node: &Node<'_>, role: Role, open: &Open<'g>, depth: u32) {
        let parent = self.open.last();
        let parent_role = parent.map_or(Role::Plain, |parent| parent.role);
        match open.part {
            Some(Part::Name) if matches!(parent_role, Role::Define(_)) => return,
            Some(Part::Key | Part::Label) => return,
            _ if open.is_import => return,
            // What is bound in a function is no symbol.
            _ if self.is_outline && !self.functions.is_empty() => return,
            _ => {}
        }
        let range = open.start..open.end;
        let bytes = self.text.raw(range.clone());
        let is_member = match open.part {
            Some(Part::Member) => matches!(parent_role, Role::Member | Role::Path),
            // A call may have its object beside the name.
            Some(Part::Callee) => parent_role == Role::Call && parent.is_some_and(|parent| parent.object.is_some()),
            _ => false,
        };
        let in_function = self.functions.last().map(|function| function.facts as u32);
        let binds = (open.is_pattern || open.part == Some(Part::Parameters))
            && !is_member
            && role == Role::Name
            && open.part != Some(Part::Object)
            && !matches!(open.part, Some(Part::Callee | Part::Type))
            && (self.language.hooks.capitals_bind || !bytes.first().is_some_and(u8::is_ascii_uppercase));
        // Climb from the member to the whole access, to see what is done with it.
        let mut at = depth as usize;
        let mut part = open.part;
        // Of a list of targets each is one.
        if part == Some(Part::Operand)
            && parent.is_some_and(|list| list.part == Some(Part::Target) && list.role == Role::Plain)
        {
            part = Some(Part::Target);
        }
        while part == Some(Part::Member) && at > 0 && matches!(self.open[at - 1].role, Role::Member | Role::Path) {
            at -= 1;
            part = self.open[at].part;
        }
        let mut rebinds = false;
        if binds || (part == Some(Part::Target) && !is_member && self.language.hooks.assigning_binds) {
            if let Some(function) = in_function {
                match self.is_receiver() {
                    true => self.harvest.names.receive(function, bytes),
                    false => self.harvest.names.bind(function, bytes),
                }
                return;
            }
            // Names in a comprehension are its own.
            let is_inner = |open: &Open<'_>| matches!(open.role, Role::Comprehension | Role::ComprehensionFor);
            let defines =
                self.language.hooks.assigning_binds && !self.open.iter().rev().take(MAX_NESTING).any(is_inner);
            if binds && (!defines || self.harvest.definitions.bind(node, range.clone())) {
                return;
            }
            rebinds = binds;
        }
        if self.is_outline {
            return;
        }
        if part == Some(Part::Callee)
            && !is_member
            && let Some(facts) = self.calls_itself(bytes)
        {
            self.harvest.functions[facts].complexity.recursion(range.start);
        }
        let kind = match part {
            Some(Part::Callee) => ReferenceKind::Call,
            _ if rebinds => ReferenceKind::Write,
            Some(Part::Target) => ReferenceKind::Write,
            _ if role == Role::TypeName || open.is_type => ReferenceKind::Type,
            _ => ReferenceKind::Read,
        };
        let qualifier = match (is_member, parent.and_then(|parent| parent.object.clone())) {
            (false, _) => Qualifier::None,
            (true, Some(object)) => Qualifier::Object(object),
            (true, None) => Qualifier::Unknown,
        };
        let enclosing = self.harvest.definitions.innermost();
        self.harvest.names.uses.push(Use { range, kind, qualifier, enclosing, function: in_function });
    }

    /// The walk is in what the innermost function says of its object.
    fn is_receiver(&self) -> bool {
        let part = self.functions.last().and_then(|function| self.open.get(function.depth as usize + 1)?.part);
        part == Some(Part::Receiver)
    }
}
