//! Ranges that an editor asks for of a text that it shows: folds, growing selections, occurrences of a name.

use tree_sitter::Node;

use crate::{
    languages::roles::{Part, Role},
    parse::Parsed,
    text::{ByteRange, SourceText},
};

/// Lines that can be hidden behind their first one. The range is of bytes, from the first line's code to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    pub range: ByteRange,
    pub kind: FoldKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    Code,
    Comment,
    Imports,
}

/// A place that spells the name under the cursor, in code (not in strings and comments).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub range: ByteRange,
    /// It is defined or assigned here.
    pub is_write: bool,
}

/// In source order; only what spans at least two lines, and of several that start on one line the largest.
pub fn folds(parsed: &Parsed) -> Vec<Fold> {
    let text = &**parsed.text();
    let table = parsed.language().table();
    let mut folds: Vec<Fold> = Vec::new();
    // A run of comments or imports on lines of their own that follow one another.
    let mut run: Option<Fold> = None;
    each_node(parsed, |node, role, part| {
        let range = byte_range(&node);
        let kind = match role {
            Role::Comment => Some(FoldKind::Comment),
            Role::Import => Some(FoldKind::Imports),
            _ => None,
        };
        if let Some(kind) = kind {
            match &mut run {
                Some(open) if open.kind == kind && follows(text, open.range.end, range.start) => {
                    open.range.end = range.end;
                }
                _ => folds.extend(run.replace(Fold { range, kind })),
            }
            return Descend::No;
        }
        // A body folds with its header, and the header without what comes after the body (an `else`).
        let is_body = matches!(part, Some(Part::Body | Part::Then));
        if !(is_body && role == Role::Block) && folds_code(&node, role) {
            let meaning = table.meaning(node.kind_id());
            let body = meaning.and_then(|meaning| meaning.child(node, Part::Then).or(meaning.child(node, Part::Body)));
            let end = body.map_or(range.end, |body| body.end_byte() as u32);
            folds.push(Fold { range: range.start..end, kind: FoldKind::Code });
        }
        Descend::Yes
    });
    folds.extend(run);
    folds.retain_mut(|fold| {
        fold.range.end -=
            text.raw(fold.range.clone()).iter().rev().take_while(|b| b.is_ascii_whitespace()).count() as u32;
        text.place(fold.range.start).line < text.place(fold.range.end).line
    });
    folds.sort_by_key(|fold| (fold.range.start, u32::MAX - fold.range.end));
    folds.dedup_by_key(|fold| text.place(fold.range.start).line);
    folds
}

fn folds_code(node: &Node<'_>, role: Role) -> bool {
    match role {
        Role::Define(_) | Role::Declare | Role::Impl | Role::If | Role::ElseIf | Role::Else => true,
        Role::While | Role::DoWhile | Role::DoUntil | Role::For | Role::Loop | Role::Variants | Role::Variant => true,
        Role::Match | Role::Switch | Role::Arm | Role::DefaultArm | Role::Case | Role::DefaultCase => true,
        Role::Try | Role::Handler | Role::CatchAll | Role::Finally | Role::With | Role::Closure => true,
        Role::OtherVariant | Role::Export => true,
        Role::Block | Role::Statement | Role::Macro | Role::Call | Role::Return => true,
        Role::Plain => is_bracketed(node),
        _ => false,
    }
}

/// Literals and lists between brackets.
fn is_bracketed(node: &Node<'_>) -> bool {
    let last = node.child_count().saturating_sub(1);
    let end = |index| node.child(index).map(|child| child.kind());

    matches!((end(0), end(last)), (Some("["), Some("]")) | (Some("("), Some(")")) | (Some("{"), Some("}")))
}

/// On the next line, with nothing but white space between.
fn follows(text: &SourceText, end: u32, start: u32) -> bool {
    let between = text.raw(end..start);
    let ended = end > 0 && text.raw(end - 1..end) == b"\n";
    between.iter().all(u8::is_ascii_whitespace) && text.place(start).line <= text.place(end).line + u32::from(!ended)
}

/// The ranges around an offset, the innermost first, each larger than the one before.
pub fn selection(parsed: &Parsed, offset: u32) -> Vec<ByteRange> {
    let text = parsed.text();
    let offset = offset.min(text.len());
    let mut ranges = vec![parsed.range()];
    let mut cursor = parsed.tree_at(offset).walk();
    while cursor.goto_first_child_for_byte(offset as usize).is_some() && cursor.node().start_byte() <= offset as usize {
        let range = byte_range(&cursor.node());
        if ranges.last() != Some(&range) {
            ranges.push(range);
        }
    }
    if let Some(word) = text.word_at(offset)
        && ranges.last().is_none_or(|last| word.start >= last.start && word.end <= last.end && word != *last)
    {
        ranges.push(word);
    }
    ranges.retain(|range| range.start <= offset && offset <= range.end);
    ranges.reverse();
    ranges
}

/// The identifier at an offset or just before it, if one stands there in code (not in a string or comment).
pub fn name_at(parsed: &Parsed, offset: u32) -> Option<ByteRange> {
    let word = parsed.text().word_at(offset)?;
    let root = parsed.tree_at(word.start).root_node();
    let node = root.descendant_for_byte_range(word.start as usize, word.end as usize)?;
    let role = parsed.language().table().role(node.kind_id());
    (matches!(role, Role::Name | Role::TypeName) && byte_range(&node) == word).then_some(word)
}

/// All occurrences of the identifier at an offset, in source order; none where there is no identifier.
pub fn occurrences(parsed: &Parsed, offset: u32) -> Vec<Occurrence> {
    let text = parsed.text();
    let Some(word) = text.word_at(offset) else { return Vec::new() };
    let wanted = text.raw(word.clone());
    let mut found = Vec::new();
    let mut under_cursor = false;
    each_node(parsed, |node, role, part| {
        if matches!(role, Role::Name | Role::TypeName) && text.raw(byte_range(&node)) == wanted {
            under_cursor |= byte_range(&node) == word;
            let is_write = matches!(part, Some(Part::Name | Part::Target | Part::Pattern));
            found.push(Occurrence { range: byte_range(&node), is_write });
        }
        if role == Role::Comment { Descend::No } else { Descend::Yes }
    });
    if under_cursor { found } else { Vec::new() }
}

enum Descend {
    Yes,
    No,
}

/// Every node in source order, with its role and what it is to its parent.
fn each_node<'p>(parsed: &'p Parsed, mut visit: impl FnMut(Node<'p>, Role, Option<Part>) -> Descend) {
    let table = parsed.language().table();
    let root = parsed.pieces()[0].tree.root_node();
    if matches!(visit(root, table.role(root.kind_id()), None), Descend::No) {
        return;
    }
    // For each node on the way down: its kind, and how many named children were met. The roots of all pieces are one.
    let mut open: Vec<(u16, u16)> = vec![(root.kind_id(), 0)];
    for piece in parsed.pieces() {
        let mut cursor = piece.tree.walk();
        if !cursor.goto_first_child() {
            continue;
        }
        'down: loop {
            let node = cursor.node();
            let role = if node.is_named() { table.role(node.kind_id()) } else { Role::Plain };
            let mut part = None;
            if let Some((parent, nth)) = open.last_mut()
                && node.is_named()
                && !node.is_extra()
            {
                let field = cursor.field_id().map(|id| id.get());
                part = table.meaning(*parent).and_then(|meaning| meaning.part(field, node.kind_id(), *nth));
                *nth = nth.saturating_add(1);
            }
            let descend = visit(node, role, part);
            if matches!(descend, Descend::Yes) && cursor.goto_first_child() {
                open.push((node.kind_id(), 0));
                continue;
            }
            while !cursor.goto_next_sibling() {
                if open.len() == 1 {
                    break 'down;
                }
                cursor.goto_parent();
                open.pop();
            }
        }
    }
}

fn byte_range(node: &Node<'_>) -> ByteRange {
    node.start_byte() as u32..node.end_byte() as u32
}
