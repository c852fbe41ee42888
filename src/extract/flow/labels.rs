//! Labels that jumps lead to. In some languages a label is one of its function, and its name is the only one of its kind
//! there; in others it is one of the block that it stands in, and the next block has another of the same name. A jump
//! leads to the label of its name in a block around it, and only if there is none to another in the function.

use rustc_hash::FxHashMap;

use super::{BlockId, frames::Edges};
use crate::text::ByteRange;

#[derive(Debug, Default)]
pub(super) struct Labels {
    by_name: FxHashMap<Box<[u8]>, OfName>,
}

/// What bears or wants one name. Both lists are in source order.
#[derive(Debug, Default)]
struct OfName {
    labels: Vec<(ByteRange, BlockId)>,
    /// Jumps to a label that has not come yet.
    jumps: Vec<(u32, Edges)>,
}

impl Labels {
    /// A label of this block; the jumps that it was waited for by.
    pub fn add(&mut self, name: &[u8], scope: ByteRange, block: BlockId) -> Edges {
        let of_name = self.of(name);
        let inside = of_name.jumps.partition_point(|(at, _)| *at < scope.start);
        of_name.labels.push((scope, block));
        of_name.jumps.split_off(inside).into_iter().flat_map(|(_, edges)| edges).collect()
    }

    /// The label that a jump at this place leads to, if it has come already.
    pub fn seen_from(&mut self, name: &[u8], at: u32) -> Option<BlockId> {
        let labels = &mut self.of(name).labels;
        // What ended is not looked at again; the last one is left for those that find no other.
        while labels.len() > 1 && labels.last().is_some_and(|(scope, _)| scope.end <= at) {
            labels.pop();
        }
        labels.last().filter(|(scope, _)| scope.contains(&at)).map(|&(_, block)| block)
    }

    pub fn wait(&mut self, name: &[u8], at: u32, edges: Edges) {
        self.of(name).jumps.push((at, edges));
    }

    /// The jumps that found no label around them, with the one of their name that there is.
    pub fn late_jumps(&mut self) -> impl Iterator<Item = (Edges, Option<BlockId>)> + use<> {
        let mut late: Vec<_> = std::mem::take(&mut self.by_name)
            .into_values()
            .flat_map(|OfName { labels, jumps }| {
                let block = labels.last().map(|&(_, block)| block);
                jumps.into_iter().map(move |(at, edges)| (at, edges, block))
            })
            .collect();
        late.sort_unstable_by_key(|&(at, ..)| at);
        late.into_iter().map(|(_, edges, block)| (edges, block))
    }

    fn of(&mut self, name: &[u8]) -> &mut OfName {
        if !self.by_name.contains_key(name) {
            self.by_name.insert(name.into(), OfName::default());
        }
        self.by_name.entry(name.into()).or_default()
    }
}
