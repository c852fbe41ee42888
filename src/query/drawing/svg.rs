//! The picture as SVG.

use std::fmt::Write;

use super::layout::{Box, Edge, Layout};
use crate::{
    query::graph::is_back,
    record::{BlockKind, EdgeKind},
};

/// A cell in pixels. Characters of the font are as wide as this.
const CELL: (f64, f64) = (8.4, 19.0);
const MARGIN: f64 = 12.0;
const FONT: u32 = 14;

const STYLE: &str = "\
.page{fill:#fff}.box{fill:#f6f8fa;stroke:#57606a}.text{fill:#1f2328}.title{fill:#57606a}.edge{fill:none;stroke:#57606a}\
.true{stroke:#1a7f37}.false{stroke:#cf222e}.back{stroke:#0969da;stroke-width:2}.exception{stroke:#bc4c00;stroke-dasharray:5 4}\
.label{fill:#57606a}.title,.label{stroke:#fff;stroke-width:6;stroke-linejoin:round;paint-order:stroke}.unreachable{opacity:.55;stroke-dasharray:5 4}.leaves{stroke-width:2.5}\
@media(prefers-color-scheme:dark){.page{fill:#0d1117}.box{fill:#161b22;stroke:#8b949e}.text{fill:#e6edf3}\
.title,.label{fill:#8b949e;stroke:#0d1117}.edge{stroke:#8b949e}.true{stroke:#3fb950}.false{stroke:#f85149}.back{stroke:#58a6ff}\
.exception{stroke:#f0883e}}";

pub(super) fn draw(layout: &Layout, title: &str) -> String {
    let (width, height) = (x(layout.width) + MARGIN, y(layout.height) + MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.1} {height:.1}\" font-family=\"monospace\" font-size=\"{FONT}\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto-start-reverse\"><path d=\"M0 0 8 4 0 8z\" fill=\"context-stroke\"/></marker></defs>\n\
         <rect class=\"page\" width=\"100%\" height=\"100%\"/>\n",
        escaped(title)
    );
    layout.edges.iter().for_each(|edge| draw_edge(&mut out, edge));
    layout.boxes.iter().for_each(|one| draw_box(&mut out, one));
    out + "</svg>\n"
}

/// The left edge of a cell,
fn x(cells: usize) -> f64 {
    MARGIN + cells as f64 * CELL.0
}

/// and its upper one.
fn y(cells: usize) -> f64 {
    MARGIN + cells as f64 * CELL.1
}

fn draw_edge(out: &mut String, edge: &Edge) {
    let points: Vec<String> = edge
        .points
        .iter()
        .map(|(px, py)| format!("{:.1},{:.1}", x(*px) + CELL.0 / 2.0, y(*py) + CELL.1 / 2.0))
        .collect();
    let kind = match edge.kind {
        EdgeKind::True => " true",
        EdgeKind::False => " false",
        EdgeKind::Exception => " exception",
        kind if is_back(kind) => " back",
        _ => "",
    };
    let _ =
        writeln!(out, "<polyline class=\"edge{kind}\" points=\"{}\" marker-end=\"url(#arrow)\"/>", points.join(" "));
    if let Some((label, px, py)) = edge.label {
        text(out, "label", (x(px), y(py)), label);
    }
}

fn draw_box(out: &mut String, one: &Box) {
    // Its frame runs through the middle of its cells.
    let (left, top) = (x(one.x) + CELL.0 / 2.0, y(one.y) + CELL.1 / 2.0);
    let (width, height) = ((one.width - 1) as f64 * CELL.0, (one.height - 1) as f64 * CELL.1);
    let radius = if matches!(one.kind, BlockKind::Entry | BlockKind::Exit) { 9 } else { 2 };
    let unreachable = if one.kind == BlockKind::Unreachable { " unreachable" } else { "" };
    let leaves = if one.leaves { " leaves" } else { "" };
    let _ = writeln!(
        out,
        "<g id=\"B{}\"><rect class=\"box{unreachable}{leaves}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\" rx=\"{radius}\"/>",
        one.id
    );
    text(out, "title", (x(one.x + 2), y(one.y)), &one.title);
    for (at, line) in one.code.iter().enumerate() {
        text(out, "text", (x(one.x + 2), y(one.y + 1 + at)), line);
    }
    if let Some(footer) = one.footer {
        text(out, "title", (x(one.x + 2), y(one.y + one.height - 1)), footer);
    }
    *out += "</g>\n";
}

/// A line of text in a row of cells that begins at `y`.
fn text(out: &mut String, class: &str, (x, y): (f64, f64), text: &str) {
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" xml:space=\"preserve\">{}</text>",
        y + CELL.1 * 0.75,
        escaped(text)
    );
}

fn escaped(text: &str) -> String {
    // What XML has no place for at all is left out.
    let allowed = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let text: String = text.chars().filter(allowed).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::escaped;
    use crate::{
        query::testing::{block, function_graph_of},
        record::{BlockKind, EdgeKind, Terminator},
        text::SourceText,
    };

    #[test]
    fn a_picture_has_a_box_a_block_and_a_line_an_edge() {
        let graph = function_graph_of(vec![
            block(0, BlockKind::Entry, Terminator::Branch, (1, 1), &[(1, EdgeKind::True), (0, EdgeKind::Back)]),
            block(1, BlockKind::Unreachable, Terminator::Return, (2, 2), &[]),
        ]);
        let text = SourceText::from_buffer("if a < b && \"c\" {\n".to_owned());
        let svg = graph.to_svg(Some(&text));
        assert_eq!(svg.matches("<rect class=\"box").count(), 2);
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains("if a &lt; b &amp;&amp; &quot;c&quot; {"), "{svg}");
        assert!(!svg.contains("NaN"));
    }

    #[test]
    fn text_cannot_become_a_tag() {
        assert_eq!(escaped("<a b=\"1\">&\u{1b}"), "&lt;a b=&quot;1&quot;&gt;&amp;");
    }
}
