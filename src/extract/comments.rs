//! What is defined in comments, in languages that have a place for it there.

use super::{
    definitions::{Definitions, Draft, MAX_SIGNATURE},
    signatures::cut,
};
use crate::record::{SymbolKind, Visibility};

impl Definitions<'_> {
    /// Makes symbols of the types that a comment outside of functions defines.
    pub(super) fn define_in_comment(&mut self, start: u32, end: u32) {
        if self.in_function() {
            return;
        }
        let text = self.text.slice(start..end);
        if text.len() != (end - start) as usize {
            // It is no UTF-8 throughout: places in what is read of it are none in the file.
            return;
        }
        for name in (self.language.hooks.types_in_comment)(&text) {
            let line = text[..name.start].rfind('\n').map_or(0, |at| at + 1);
            let line = text[line..].lines().next().unwrap_or_default().trim();
            let line = line.trim_start_matches(['/', '*']).trim_end_matches("*/").trim();
            let draft = Draft {
                name: &text[name.clone()],
                name_range: start + name.start as u32..start + name.end as u32,
                kind: SymbolKind::TypeAlias,
                range: start..end,
                signature: Some(cut(line.to_owned(), MAX_SIGNATURE)),
                doc: None,
                visibility: Visibility::Public,
                owner: None,
            };
            self.push(draft, self.scopes.len());
        }
    }
}
