//! A definition without its body, as people read it.

use tree_sitter::Node;

use super::definitions::{Definitions, byte_range};
use crate::{languages::roles::Role, text::ByteRange};

impl Definitions<'_> {
    /// The text of a range of the node without the comments in it.
    pub(super) fn signature(&self, node: &Node<'_>, range: ByteRange, max: usize) -> Option<String> {
        // What is cut away anyway need not be read: a table of a thousand lines is one assignment.
        let end = range.end.min(range.start + 4 * max as u32);
        let mut text = String::new();
        let mut at = range.start;
        for comment in self.comments(node, end) {
            text.push_str(&self.text.slice(at..comment.start));
            text.push(' ');
            at = comment.end.min(end);
        }
        text.push_str(&self.text.slice(at..end));
        let text = squeeze(&text);
        let text = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '{' | ':' | ';' | ','));
        (!text.is_empty()).then(|| cut(text.to_owned(), max))
    }

    /// The comments in a node that begin before an offset.
    fn comments(&self, node: &Node<'_>, before: u32) -> Vec<ByteRange> {
        let range = byte_range(node);
        // On one line there is no room for a comment and what comes behind it.
        if self.text.place(range.start).line == self.text.place(before).line {
            return Vec::new();
        }
        let table = self.language.table();
        let mut comments = Vec::new();
        let mut cursor = node.walk();
        let mut down = cursor.goto_first_child();
        while down {
            let node = cursor.node();
            let range = byte_range(&node);
            if range.start >= before {
                break;
            }
            let is_comment = table.role(node.kind_id()) == Role::Comment;
            if is_comment {
                comments.push(range);
            }
            down = (!is_comment && cursor.goto_first_child()) || cursor.goto_next_sibling();
            while !down && cursor.goto_parent() {
                down = cursor.goto_next_sibling();
            }
        }
        comments
    }
}

/// White space drawn together to single blanks.
pub(super) fn squeeze(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !squeezed.is_empty() {
            squeezed.push(' ');
        }
        squeezed.push_str(word);
    }
    squeezed
}

pub(super) fn cut(mut text: String, max: usize) -> String {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max));
        text.push('…');
    }
    text
}
