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

impl FunctionGraph {
    /// The graph drawn with box characters.
    pub fn to_boxes(&self, source: Option<&SourceText>) -> Drawing {
        boxes::draw(&Layout::of(self, source))
    }

    /// The graph as an SVG picture that needs nothing beside itself, in light or dark as whoever looks at it prefers.
    pub fn to_svg(&self, source: Option<&SourceText>) -> String {
        svg::draw(&Layout::of(self, source), &self.function.symbol.fqn)
    }
}
