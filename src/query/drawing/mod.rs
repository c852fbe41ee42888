//! A control-flow graph as a picture: boxes below one another in the order of the text, as people read it, and lanes beside
//! them for the edges that do not just go on to the next box. Where the boxes and lanes are is `layout`; `boxes` draws it with
//! characters, `svg` as a picture.
//!
//! Measures are cells: the place of one narrow character.

mod boxes;
mod layout;
mod svg;

pub use boxes::{BoxPlace, Drawing, Stroke};
pub use layout::block_code;

use self::layout::Layout;
use super::FunctionGraph;
use crate::text::SourceText;

/// Nobody looks at more boxes, and each may have a lane of its own beside all others.
const MOST_BLOCKS: usize = 2000;

impl FunctionGraph {
    /// The graph drawn with box characters; of one that is too large, a line that says so.
    pub fn to_boxes(&self, source: Option<&SourceText>) -> Drawing {
        let drawn = self.layout(source).and_then(|layout| boxes::draw(&layout));
        drawn.unwrap_or_else(|| Drawing { lines: vec![self.too_large()], ..Drawing::default() })
    }

    /// The graph as an SVG picture that needs nothing beside itself, in light or dark as whoever looks at it prefers; of one
    /// that is too large, a picture that says so.
    pub fn to_svg(&self, source: Option<&SourceText>) -> String {
        match self.layout(source) {
            Some(layout) => svg::draw(&layout, &self.function.symbol.fqn),
            None => svg::draw(&Layout::default(), &self.too_large()),
        }
    }

    fn layout(&self, source: Option<&SourceText>) -> Option<Layout> {
        (self.blocks.len() <= MOST_BLOCKS).then(|| Layout::of(self, source))
    }

    fn too_large(&self) -> String {
        format!("{} blocks and {} edges are too many for a drawing", self.blocks.len(), self.edge_count())
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        query::testing::{block, function_graph_of},
        record::{BlockKind, EdgeKind, Terminator},
    };

    #[test]
    fn what_would_take_too_much_is_said_to_be_too_large() {
        let switch = |cases: u32| {
            let all: Vec<(u32, EdgeKind)> = (1..=cases).map(|case| (case, EdgeKind::Case)).collect();
            let mut blocks = vec![block(0, BlockKind::Entry, Terminator::Switch, (1, 1), &all)];
            blocks.extend(
                (1..=cases).map(|case| block(case, BlockKind::Case, Terminator::Return, (case + 1, case + 1), &[])),
            );
            function_graph_of(blocks)
        };
        let drawing = switch(100).to_boxes(None);
        assert_eq!((drawing.blocks.len(), drawing.lines.len() > 400), (101, true));
        for cases in [1800, 2001] {
            let drawing = switch(cases).to_boxes(None);
            let said = format!("{} blocks and {cases} edges are too many for a drawing", cases + 1);
            assert_eq!((drawing.lines, drawing.blocks.len()), (vec![said], 0));
        }
        assert_eq!(switch(1800).to_svg(None).matches("<polyline").count(), 1800);
        assert!(switch(2001).to_svg(None).contains("too many for a drawing"));
    }
}
