//! Code that no path reaches, told to the client as a hint that it fades: of open documents, a moment after the typing stops.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tower_lsp::lsp_types::{Diagnostic, DiagnosticSeverity, DiagnosticTag, NumberOrString, Range};

use super::{convert::Location, documents::Document, state::State};
use crate::{
    record::{BlockKind, CfgBlock, FileRecords},
    settings::Unreachable,
    text::ByteRange,
};

const SOURCE: &str = "rutter";
const CODE: &str = "unreachable";

/// What is faded in which document, as the client was told.
#[derive(Debug, Default)]
pub struct Faded(Mutex<HashMap<Location, Vec<Range>>>);

impl Faded {
    /// Whether it is something else than was told before. Of nothing nothing need be told.
    fn take(&self, location: &Location, ranges: &[Range]) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before =
            if ranges.is_empty() { told.remove(location) } else { told.insert(location.clone(), ranges.to_vec()) };
        before.unwrap_or_default() != ranges
    }
}

/// Tells what there is now. A document that has changed meanwhile is told of later.
pub async fn publish(state: Arc<State>, document: Document) {
    let ranges = match document.root.settings().unreachable {
        Unreachable::Off => Vec::new(),
        Unreachable::Hint => match state.records_in_time(&document).await {
            Ok(Some(records)) => {
                let wide = state.wide(&document.text);
                unreachable(&records).into_iter().map(|range| wide.range(range)).collect()
            }
            Ok(None) => Vec::new(),
            Err(fault) => {
                tracing::debug!(path = &*document.path, "{fault}");
                return;
            }
        },
    };
    let now = state.documents.get(&document.location);
    if now.is_some_and(|now| now.lab_is(&document) && now.revision == document.revision) {
        tell(&state, &document.location, ranges, Some(document.version)).await;
    }
}

/// A document that is closed is told of no more.
pub async fn clear(state: Arc<State>, location: Location) {
    if state.documents.get(&location).is_none() {
        tell(&state, &location, Vec::new(), None).await;
    }
}

async fn tell(state: &State, location: &Location, ranges: Vec<Range>, version: Option<i32>) {
    let Some(uri) = location.uri().filter(|_| state.faded.take(location, &ranges)) else { return };
    let hint = |range| Diagnostic {
        range,
        severity: Some(DiagnosticSeverity::HINT),
        code: Some(NumberOrString::String(CODE.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: "no path reaches this code".to_owned(),
        tags: Some(vec![DiagnosticTag::UNNECESSARY]),
        ..Diagnostic::default()
    };
    state.client.publish_diagnostics(uri, ranges.into_iter().map(hint).collect(), version).await;
}

/// The stretches of a file that no path reaches, in the order of the text.
fn unreachable(records: &FileRecords) -> Vec<ByteRange> {
    let mut found: Vec<ByteRange> = records.graphs.iter().flat_map(|(_, blocks)| stretches(blocks)).collect();
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    // A function in what cannot be reached has a graph of its own.
    found.dedup_by(|inner, outer| inner.end <= outer.end);
    found
}

/// Blocks that follow one another in the text are one stretch, if no other block begins between them.
fn stretches(blocks: &[CfgBlock]) -> Vec<ByteRange> {
    if blocks.iter().all(|block| block.kind != BlockKind::Unreachable) {
        return Vec::new();
    }
    let mut ordered: Vec<&CfgBlock> = blocks.iter().filter(|block| block.byte_start < block.byte_end).collect();
    ordered.sort_by_key(|block| (block.byte_start, block.byte_end));
    let mut found: Vec<ByteRange> = Vec::new();
    let mut goes_on = false;
    for block in ordered {
        let is_unreachable = block.kind == BlockKind::Unreachable;
        match found.last_mut().filter(|_| goes_on) {
            Some(last) if is_unreachable => last.end = last.end.max(block.byte_end),
            _ if is_unreachable => found.push(block.byte_start..block.byte_end),
            _ => {}
        }
        goes_on = is_unreachable;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{SymbolId, Terminator};

    fn block(kind: BlockKind, byte_start: u32, byte_end: u32) -> CfgBlock {
        CfgBlock {
            id: 0,
            function_id: SymbolId(1),
            kind,
            terminator: Terminator::Goto,
            byte_start,
            byte_end,
            start_line: 1,
            start_col: 0,
            end_line: 1,
            end_col: 0,
            successors: Vec::new(),
        }
    }

    #[test]
    fn neighbours_are_one_stretch_and_others_between_them_are_not_faded() {
        use BlockKind::{Body, Entry, Exit, Unreachable};
        let blocks = [
            block(Entry, 0, 10),
            block(Unreachable, 20, 25),
            block(Unreachable, 12, 18),
            block(Body, 30, 40),
            block(Unreachable, 50, 60),
            block(Exit, 70, 70),
        ];
        assert_eq!(stretches(&blocks), [12..25, 50..60]);
        assert_eq!(stretches(&blocks[..1]), []);
    }

    #[test]
    fn the_same_is_told_once_and_nothing_only_after_something() {
        let faded = Faded::default();
        let location = Location::Other("untitled:a".to_owned());
        assert!(!faded.take(&location, &[]));
        assert!(faded.take(&location, &[Range::default()]) && !faded.take(&location, &[Range::default()]));
        assert!(faded.take(&location, &[]) && !faded.take(&location, &[]));
    }
}
