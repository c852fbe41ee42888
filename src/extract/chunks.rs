//! A file cut into chunks: functions and small types, and what stands between them. Small neighbours are joined; what is
//! larger than a chunk should be is cut where a statement begins, at the shallowest place in reach.
//!
//! After "cAST: Enhancing Code Retrieval-Augmented Generation with Structural Chunking via Abstract Syntax Tree" (Zhang
//! et al., 2025), with definitions where that has nodes.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{
    record::{AstNode, Chunk, Symbol, SymbolId, SymbolKind},
    text::{ByteRange, SourceText, sha256_hex},
};

/// No chunk is longer, unless a line is. A chunk's value then fits twice into a page of the index.
const MAX: u32 = 1_500;
/// Neighbours are joined up to this size.
const JOINED: u32 = 1_000;

/// The chunks of a file, in order.
pub(super) fn chunks(text: &SourceText, path: &Arc<str>, symbols: &[Symbol], nodes: &[AstNode]) -> Vec<Chunk> {
    let mut pieces: Vec<(ByteRange, Option<usize>)> = Vec::new();
    let mut at = text.lines().line_start(0);
    // The containers that `at` is in.
    let mut around: Vec<usize> = Vec::new();
    for (index, symbol) in symbols.iter().enumerate() {
        if symbol.byte_start < at || symbol.kind == SymbolKind::Closure {
            continue;
        }
        close(&mut around, symbols, &mut pieces, &mut at, symbol.byte_start);
        let size = symbol.byte_end - symbol.byte_start;
        let is_container = symbol.kind.is_type()
            || matches!(symbol.kind, SymbolKind::Impl | SymbolKind::Module | SymbolKind::Namespace);
        if symbol.kind.is_function() || (is_container && size <= MAX) {
            push(&mut pieces, at..symbol.byte_start, around.last().copied());
            push(&mut pieces, symbol.byte_start..symbol.byte_end, Some(index));
            at = symbol.byte_end;
        } else if is_container {
            push(&mut pieces, at..symbol.byte_start, around.last().copied());
            at = symbol.byte_start;
            around.push(index);
        }
    }
    close(&mut around, symbols, &mut pieces, &mut at, text.len());
    push(&mut pieces, at..text.len(), None);
    join(&mut pieces, symbols);

    let depths = depths(nodes);
    let mut chunks = Vec::with_capacity(pieces.len());
    let mut from = 0;
    for (range, symbol) in pieces {
        while nodes.get(from).is_some_and(|node| node.byte_start < range.start) {
            from += 1;
        }
        let symbol = symbol.map(|index| &symbols[index]);
        cut(text, range, &nodes[from..], &depths[from..], |range| {
            let bytes = text.raw(range.clone());
            chunks.push(Chunk {
                file_path: path.clone(),
                byte_start: range.start,
                byte_end: range.end,
                content: String::from_utf8_lossy(bytes).into_owned(),
                content_hash: sha256_hex(bytes),
                symbol_name: symbol.map(|symbol| symbol.name.clone()),
                symbol_kind: symbol.map(|symbol| symbol.kind),
            });
        });
    }
    chunks
}

/// Ends the containers that are over before `until`.
fn close(
    around: &mut Vec<usize>,
    symbols: &[Symbol],
    pieces: &mut Vec<(ByteRange, Option<usize>)>,
    at: &mut u32,
    until: u32,
) {
    while let Some(container) = around.pop_if(|container| symbols[*container].byte_end <= until) {
        let end = symbols[container].byte_end;
        push(pieces, *at..end, Some(container));
        *at = end.max(*at);
    }
}

fn push(pieces: &mut Vec<(ByteRange, Option<usize>)>, range: ByteRange, symbol: Option<usize>) {
    if range.start < range.end {
        pieces.push((range, symbol));
    }
}

/// Joins small neighbours. The chunk is then a part of what both are in.
fn join(pieces: &mut Vec<(ByteRange, Option<usize>)>, symbols: &[Symbol]) {
    let places: FxHashMap<SymbolId, usize> =
        symbols.iter().enumerate().map(|(place, symbol)| (symbol.symbol_id, place)).collect();
    let container = |place: usize| symbols[place].container.and_then(|id| places.get(&id).copied());
    pieces.dedup_by(|next, piece| {
        let fits = piece.0.end == next.0.start && next.0.end - piece.0.start <= JOINED;
        if fits {
            piece.0.end = next.0.end;
            if let (Some(a), Some(b)) = (piece.1, next.1) {
                let around = |place| std::iter::successors(Some(place), |&place| container(place));
                piece.1 = around(a).find(|a| around(b).any(|b| b == *a));
            } else {
                piece.1 = None;
            }
        }
        fits
    });
}

fn depths(nodes: &[AstNode]) -> Vec<u32> {
    let mut depths: Vec<u32> = Vec::with_capacity(nodes.len());
    for node in nodes {
        depths.push(node.parent_id.map_or(0, |parent| depths[parent as usize] + 1));
    }
    depths
}

/// Cuts a piece into chunks without white space at their ends.
fn cut(text: &SourceText, piece: ByteRange, nodes: &[AstNode], depths: &[u32], mut emit: impl FnMut(ByteRange)) {
    let mut next = 0;
    let mut rest = trim(text, piece);
    while rest.end - rest.start > MAX {
        let limit = rest.start + MAX;
        while nodes.get(next).is_some_and(|node| node.byte_start <= rest.start + MAX / 3) {
            next += 1;
        }
        let within = nodes[next..].iter().take_while(|node| node.byte_start <= limit).count();
        // The shallowest node; of several the last.
        let best = (next..next + within)
            .filter(|&index| begins_line(text, nodes[index].byte_start))
            .min_by_key(|&index| (depths[index], u32::MAX - nodes[index].byte_start));
        let at = match best {
            Some(index) => nodes[index].byte_start,
            None => line_break(text, rest.start, limit, rest.end),
        };
        let at = line_start(text, at, rest.start);
        emit(trim(text, rest.start..at));
        rest = trim(text, at..rest.end);
    }
    if rest.start < rest.end {
        emit(rest);
    }
}

/// A cut before a node takes its line's indentation along.
fn line_start(text: &SourceText, at: u32, after: u32) -> u32 {
    let start = text.lines().line_start(text.place(at).line);
    if start > after { start } else { at }
}

fn begins_line(text: &SourceText, at: u32) -> bool {
    let start = text.lines().line_start(text.place(at).line);
    text.raw(start..at).iter().all(u8::is_ascii_whitespace)
}

/// The last line start up to `limit`, else the first after it, else the end.
fn line_break(text: &SourceText, start: u32, limit: u32, end: u32) -> u32 {
    let lines = text.lines();
    let line = text.place(limit).line;
    let before = lines.line_start(line);
    if before > start {
        return before;
    }
    let after = lines.line_start(line + 1);
    if after > start && after < end { after } else { end }
}

fn trim(text: &SourceText, range: ByteRange) -> ByteRange {
    let bytes = text.raw(range.clone());
    let lead = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count() as u32;
    let trail = bytes.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count() as u32;
    if lead as usize == bytes.len() { range.end..range.end } else { range.start + lead..range.end - trail }
}
