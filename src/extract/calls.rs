//! What a call means for the function that it stands in: it may check something, call the function itself, or never come
//! back.

use super::{flow::Diverges, walk::Walk};
use crate::{languages::roles::Role, text::ByteRange};

impl Walk<'_, '_> {
    /// A call of a macro that checks something.
    pub(super) fn check(&mut self, callee: ByteRange, call: u32) {
        let checking = self.language.hooks.checking;
        let text = self.text.raw(callee.clone());
        if checking.names.iter().any(|name| name.as_bytes() == text) {
            self.each_reached(|complexity, reach| complexity.checks(checking, callee.start, call, reach));
        }
    }

    /// The function around, anonymous ones apart, if this is its name.
    pub(super) fn calls_itself(&self, callee: &[u8]) -> Option<usize> {
        let through = self.language.hooks.counting.cognitive.closures_count_outside;
        let function = self.functions.iter().rev().find(|function| !(through && function.is_closure))?;
        let name = function.name.clone()?;
        (self.text.raw(name) == callee).then_some(function.facts)
    }

    /// The call that the walk is in is given to a macro.
    fn may_not_run(&self) -> bool {
        let Some(function) = self.functions.last() else { return false };
        let around = self.open.get(function.depth as usize..self.open.len() - 1).unwrap_or_default();
        around.iter().rev().take_while(|open| open.role != Role::Block).any(|open| {
            let rest = self.text.raw(open.start..open.end);
            let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
            open.role == Role::Call && (self.language.hooks.may_not_run)(&rest[..length.unwrap_or(rest.len())])
        })
    }

    /// A call, at a depth, of what stands from here to there.
    pub(super) fn may_not_return(&mut self, start: u32, end: u32, role: Role, depth: u32) {
        let hooks = &self.language.hooks;
        // The object may be the call's own.
        let object = self.open.last().and_then(|call| call.object.as_ref()).map_or(start, |object| object.start);
        let text = self.text.raw(object..end);
        let named = |names: &[&str]| names.iter().any(|name| name.as_bytes() == text);
        let how = match role {
            Role::Call if named(hooks.never_returns) && !self.may_not_run() => Diverges::Ends,
            _ if named(hooks.raising_macros) => Diverges::Raises,
            _ => return,
        };
        let Some(function) = self.functions.last_mut() else { return };
        // A local of that name is something else.
        let first = text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').next().unwrap_or(text);
        if role == Role::Call && self.harvest.names.is_local(Some(function.facts as u32), first) {
            return;
        }
        if let Some(flow) = function.flow.as_mut().filter(|flow| !flow.is_muted()) {
            flow.never_returns(depth, how);
        }
    }
}
