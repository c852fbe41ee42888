//! What waits for the definition that follows: doc comments, attributes, decorators.

use super::definitions::Definitions;
use crate::{
    languages::roles::Role,
    text::{ByteRange, SourceText},
};

/// What stands before a definition and belongs to it, until that comes.
#[derive(Debug)]
pub(super) struct Lead {
    /// Of the siblings that it may belong to.
    pub depth: u32,
    pub start: u32,
    /// Where the definition itself starts, if not at its own node.
    pub header: Option<u32>,
    /// Behind the last comment.
    pub end: u32,
    pub docs: Vec<String>,
}

impl Definitions<'_> {
    /// Keeps what may belong to a definition that follows.
    pub fn enter_node(&mut self, role: Role, start: u32, end: u32, depth: u32) {
        while self.leads.last().is_some_and(|lead| lead.depth > depth) {
            self.leads.pop();
        }
        match role {
            Role::Attribute => self.lead(start, depth).header = None,
            // What stands before the wrapper belongs to what it wraps.
            Role::Wrapper => {
                self.leads.pop_if(|lead| {
                    lead.depth == depth && self.language.hooks.docs_adjoin && parted(self.text, lead.end, start)
                });
                if let Some(lead) = self.leads.last_mut().filter(|lead| lead.depth == depth) {
                    lead.depth = depth + 1;
                }
                self.lead(start, depth + 1).header.get_or_insert(start);
            }
            Role::Comment if !self.ends_code(start, end) => {
                self.define_in_comment(start, end);
                if let Some(doc) = (self.language.hooks.doc_comment)(&self.text.slice(start..end)) {
                    let (text, adjoin) = (self.text, self.language.hooks.docs_adjoin);
                    self.leads.pop_if(|lead| lead.depth == depth && adjoin && parted(text, lead.end, start));
                    let lead = self.lead(start, depth);
                    lead.docs.push(doc);
                    lead.end = end;
                }
            }
            Role::Comment => {}
            Role::Define(_) | Role::Declare | Role::Impl | Role::Closure | Role::Initializer => {}
            Role::Access => {
                if let Some(scope) = self.scopes.last_mut() {
                    scope.access = Some(start..end);
                }
            }
            // What is exported where it stands has its comment before the word that exports it.
            Role::Export => {
                if let Some(lead) = self.leads.last_mut().filter(|lead| lead.depth == depth) {
                    lead.depth = depth + 1;
                }
            }
            // What a wrapper has beside what it wraps (a name, a key) ends nothing.
            _ if self.leads.last().is_some_and(|lead| lead.depth == depth && lead.header.is_none()) => {
                self.leads.pop();
            }
            _ => {}
        }
    }

    fn lead(&mut self, start: u32, depth: u32) -> &mut Lead {
        if self.leads.last().is_none_or(|lead| lead.depth != depth) {
            self.leads.push(Lead { depth, start, header: None, end: start, docs: Vec::new() });
        }
        let last = self.leads.len() - 1;
        &mut self.leads[last]
    }

    /// What waits for a definition that starts here.
    pub(super) fn take_lead(&mut self, depth: u32, start: u32) -> Option<Lead> {
        let lead = self.leads.pop_if(|lead| lead.depth == depth)?;
        let is_apart = lead.header.is_none() && self.language.hooks.docs_adjoin && parted(self.text, lead.end, start);
        (!is_apart).then_some(lead)
    }

    /// A comment that ends a line of code is about that.
    fn ends_code(&self, start: u32, end: u32) -> bool {
        let line_of = |at: u32| self.text.line_range(self.text.place(at).line);
        let is_blank = |range: ByteRange| self.text.raw(range).iter().all(u8::is_ascii_whitespace);
        !is_blank(line_of(start).start..start) && is_blank(end..line_of(end).end)
    }
}

/// An empty line lies between.
fn parted(text: &SourceText, end: u32, start: u32) -> bool {
    text.place(start).line > text.place(end).line + 1
}
