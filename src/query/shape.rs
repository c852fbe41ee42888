//! The shape of a control-flow graph in numbers.

use serde::Serialize;

use crate::record::{BlockKind, CfgBlock, Terminator};

/// What is counted of a graph. How many ways lead out of the function is in its metrics: a stored graph draws ways out
/// that end the function at once without an edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Shape {
    /// Blocks of code: all but the exit block.
    pub blocks: u32,
    /// Blocks that go on in several ways, but for loops' headers.
    pub branches: u32,
    pub loops: u32,
    /// Blocks that no path reaches.
    pub unreachable_blocks: u32,
    /// The lines, from 1, where these begin.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreachable_lines: Vec<u32>,
}

impl Shape {
    pub fn of(blocks: &[CfgBlock]) -> Self {
        let mut shape = Shape::default();
        for block in blocks.iter().filter(|block| block.kind != BlockKind::Exit) {
            shape.blocks += 1;
            match block.kind {
                BlockKind::LoopHeader => shape.loops += 1,
                _ if goes_several_ways(block.terminator) => shape.branches += 1,
                _ => {}
            }
            if block.kind == BlockKind::Unreachable {
                shape.unreachable_blocks += 1;
                shape.unreachable_lines.push(block.start_line);
            }
        }
        shape.unreachable_lines.sort_unstable();
        shape.unreachable_lines.dedup();
        shape
    }
}

fn goes_several_ways(terminator: Terminator) -> bool {
    matches!(terminator, Terminator::Branch | Terminator::Switch | Terminator::Try)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::testing::block;
    use crate::record::BlockKind::{Body, Condition, Entry, Exit, LoopHeader, Unreachable};

    #[test]
    fn blocks_are_counted_by_what_they_do() {
        let blocks = [
            block(0, Entry, Terminator::Switch, (1, 1), &[]),
            block(1, LoopHeader, Terminator::Branch, (2, 2), &[]),
            block(2, Condition, Terminator::Branch, (3, 3), &[]),
            block(3, Body, Terminator::Try, (4, 4), &[]),
            block(4, Unreachable, Terminator::Return, (9, 9), &[]),
            block(5, Unreachable, Terminator::Branch, (7, 8), &[]),
            block(6, Unreachable, Terminator::Goto, (7, 7), &[]),
            block(7, Exit, Terminator::End, (10, 10), &[]),
        ];
        let unreachable_lines = vec![7, 9];
        assert_eq!(
            Shape::of(&blocks),
            Shape { blocks: 7, branches: 4, loops: 1, unreachable_blocks: 3, unreachable_lines }
        );
        assert_eq!(Shape::of(&blocks[..7]), Shape::of(&blocks), "an exit block may be there or not");
        assert_eq!(Shape::of(&[]), Shape::default());
    }
}
