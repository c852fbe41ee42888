//! Where the boxes of a graph are, and the lanes of its edges.

use unicode_width::UnicodeWidthStr;

use crate::{
    query::{
        FunctionGraph,
        graph::{block_name, edge_name, is_back, leaves},
        graph_render::{is_bare, leaving, lines},
    },
    record::{BlockKind, CfgBlock, EdgeKind},
    text::SourceText,
};

/// Wider code is cut.
const MOST_WIDE: usize = 64;
/// Of longer code the start is shown.
const MOST_LINES: usize = 6;
/// Between two lanes.
const LANE: usize = 2;

#[derive(Debug, Default)]
pub(super) struct Layout {
    pub width: usize,
    pub height: usize,
    pub boxes: Vec<Box>,
    pub edges: Vec<Edge>,
}

/// A block. Its frame is on the first and last of its rows and columns.
#[derive(Debug)]
pub(super) struct Box {
    pub id: u32,
    pub kind: BlockKind,
    /// Control leaves the function here.
    pub leaves: bool,
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
    pub title: String,
    pub code: Vec<String>,
    /// How control leaves the block, where no edge says it.
    pub footer: Option<&'static str>,
}

#[derive(Debug)]
pub(super) struct Edge {
    pub kind: EdgeKind,
    /// From the frame of one box to that of another; neighbours are on one row or column.
    pub points: Vec<(usize, usize)>,
    /// And where it begins.
    pub label: Option<(&'static str, usize, usize)>,
}

/// On which side of the boxes an edge runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// To the box below, straight on.
    Below,
    /// Further down,
    Right,
    /// or up again.
    Left,
}

/// An edge on its way to a place.
#[derive(Debug)]
struct Way {
    from: usize,
    to: usize,
    kind: EdgeKind,
    side: Side,
    /// In its box, from the first row of code.
    row: usize,
}

/// Edges of a kind to one box share a lane.
#[derive(Debug)]
struct Lane {
    to: usize,
    is_exception: bool,
    /// The boxes that it runs beside, the first and the last.
    beside: (usize, usize),
    /// From the boxes outwards.
    place: usize,
}

impl Layout {
    pub(super) fn of(graph: &FunctionGraph, source: Option<&SourceText>) -> Self {
        let blocks = in_order(&graph.blocks);
        let mut ways = ways(&blocks);
        let right = lanes(&ways, Side::Right);
        let left = lanes(&ways, Side::Left);
        let label_width = |side| {
            let of_side = ways.iter().filter(|way| way.side == side);
            of_side.map(|way| edge_name(way.kind).len()).max().map_or(0, |width| width + 3)
        };
        let right_labels = label_width(Side::Right);
        let left_width = match left.iter().map(|lane| lane.place + 1).max() {
            Some(count) => count * LANE + label_width(Side::Left),
            None => 0,
        };
        let mut boxes: Vec<Box> = Vec::with_capacity(blocks.len());
        let mut y = 0;
        for (at, block) in blocks.iter().enumerate() {
            let mut rows = 0;
            for (side, lanes) in [(Side::Right, &right), (Side::Left, &left)] {
                let mut row = usize::from(lanes.iter().any(|lane| lane.to == at));
                for way in ways.iter_mut().filter(|way| way.from == at && way.side == side) {
                    way.row = row;
                    row += 1;
                }
                rows = rows.max(row);
            }
            let code = code(block, source);
            let height = 2 + rows.max(code.len()).max(1);
            boxes.push(Box {
                id: block.id,
                kind: block.kind,
                leaves: leaves(block),
                x: left_width,
                y,
                width: 0,
                height,
                title: title(block),
                code,
                footer: leaving(block).filter(|_| block.successors.is_empty()),
            });
            // Room for the way on.
            y += height + 1;
        }
        let inner = boxes.iter().map(Box::inner_width).max().unwrap_or_default();
        boxes.iter_mut().for_each(|one| one.width = inner + 4);
        let outer = left_width + inner + 4;
        let right_base = outer + right_labels;
        let lanes_end = right.iter().map(|lane| right_base + lane.place * LANE + 1).max();
        let edges = ways.iter().map(|way| edge(way, &boxes, &right, &left, (left_width, right_base))).collect();
        let labels =
            ways.iter().filter(|way| way.side == Side::Below).map(|way| left_width + 5 + edge_name(way.kind).len());
        Layout {
            width: lanes_end.unwrap_or(outer).max(labels.max().unwrap_or_default()),
            height: y.saturating_sub(1),
            boxes,
            edges,
        }
    }
}

impl Box {
    /// What its text takes.
    fn inner_width(&self) -> usize {
        let footer = self.footer.map_or(0, str::len);
        let code = self.code.iter().map(|line| line.width()).max().unwrap_or_default();
        code.max(self.title.width() + 1).max(footer + 1)
    }
}

/// As the text has them; the exit, which has no text, at the end.
fn in_order(blocks: &[CfgBlock]) -> Vec<&CfgBlock> {
    let mut ordered: Vec<&CfgBlock> = blocks.iter().collect();
    ordered.sort_by_key(|block| match block.kind {
        BlockKind::Entry => (0, 0, block.id),
        BlockKind::Exit => (2, 0, block.id),
        _ => (1, block.byte_start, block.id),
    });
    ordered
}

fn ways(blocks: &[&CfgBlock]) -> Vec<Way> {
    let mut places = vec![None; blocks.len()];
    for (at, block) in blocks.iter().enumerate() {
        if let Some(place) = places.get_mut(block.id as usize) {
            *place = Some(at);
        }
    }
    let mut ways = Vec::new();
    for (from, block) in blocks.iter().enumerate() {
        let mut goes_on = false;
        for edge in &block.successors {
            let Some(to) = places.get(edge.block as usize).copied().flatten() else { continue };
            // One edge goes straight on; a second one to the same box has a lane, so that each can be told.
            let side = if to == from + 1 && !goes_on && !is_back(edge.kind) && edge.kind != EdgeKind::Exception {
                goes_on = true;
                Side::Below
            } else if to > from {
                Side::Right
            } else {
                Side::Left
            };
            ways.push(Way { from, to, kind: edge.kind, side, row: 0 });
        }
    }
    ways
}

/// The lanes of one side, no two of which meet: the shorter ones are nearer to the boxes.
fn lanes(ways: &[Way], side: Side) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for way in ways.iter().filter(|way| way.side == side) {
        let (from, to) = (way.from.min(way.to), way.from.max(way.to));
        let is_exception = way.kind == EdgeKind::Exception;
        match lanes.iter_mut().find(|lane| lane.to == way.to && lane.is_exception == is_exception) {
            Some(lane) => lane.beside = (lane.beside.0.min(from), lane.beside.1.max(to)),
            None => lanes.push(Lane { to: way.to, is_exception, beside: (from, to), place: 0 }),
        }
    }
    lanes.sort_by_key(|lane| (lane.beside.1 - lane.beside.0, lane.beside.0, lane.is_exception));
    for at in 1..lanes.len() {
        let (before, own) = lanes.split_at_mut(at);
        let own = &mut own[0];
        let meets = |lane: &&Lane| lane.beside.0 <= own.beside.1 && own.beside.0 <= lane.beside.1;
        let mut taken: Vec<usize> = before.iter().filter(meets).map(|lane| lane.place).collect();
        taken.sort_unstable();
        taken.dedup();
        own.place = taken.iter().enumerate().find(|(at, place)| at != *place).map_or(taken.len(), |(at, _)| at);
    }
    lanes
}

fn edge(way: &Way, boxes: &[Box], right: &[Lane], left: &[Lane], (left_width, right_base): (usize, usize)) -> Edge {
    let (from, to) = (&boxes[way.from], &boxes[way.to]);
    let lane = |lanes: &[Lane]| {
        let is_exception = way.kind == EdgeKind::Exception;
        lanes.iter().find(|lane| lane.to == way.to && lane.is_exception == is_exception).map_or(0, |lane| lane.place)
    };
    let name = (way.kind != EdgeKind::Next).then(|| edge_name(way.kind));
    let row = from.y + 1 + way.row;
    let entry = to.y + 1;
    match way.side {
        Side::Below => Edge {
            kind: way.kind,
            points: vec![(from.x + 3, from.y + from.height - 1), (to.x + 3, to.y)],
            label: name.map(|name| (name, from.x + 5, from.y + from.height)),
        },
        Side::Right => {
            let (edge, x) = (from.x + from.width - 1, right_base + lane(right) * LANE);
            Edge {
                kind: way.kind,
                points: vec![(edge, row), (x, row), (x, entry), (edge, entry)],
                label: name.map(|name| (name, edge + 2, row)),
            }
        }
        Side::Left => {
            let x = left_width.saturating_sub(1 + left_labels(left_width, left) + lane(left) * LANE);
            Edge {
                kind: way.kind,
                points: vec![(from.x, row), (x, row), (x, entry), (to.x, entry)],
                label: name.map(|name| (name, from.x.saturating_sub(name.len() + 1), row)),
            }
        }
    }
}

/// The room for labels between the boxes and their lanes to the left.
fn left_labels(left_width: usize, left: &[Lane]) -> usize {
    let count = left.iter().map(|lane| lane.place + 1).max().unwrap_or_default();
    left_width.saturating_sub(count * LANE)
}

fn title(block: &CfgBlock) -> String {
    let mut title = format!("B{} {}", block.id, block_name(block.kind));
    if !is_bare(block) {
        title += &format!(" {}", lines(block));
    }
    title
}

/// The block's lines without what all of them are indented by, cut to what is looked at.
fn code(block: &CfgBlock, source: Option<&SourceText>) -> Vec<String> {
    let Some(source) = source.filter(|_| !is_bare(block)) else { return Vec::new() };
    let mut code: Vec<String> = block_code(block, source).iter().take(MOST_LINES + 1).map(|line| cut(line)).collect();
    if code.len() > MOST_LINES {
        code.truncate(MOST_LINES - 1);
        code.push("…".to_owned());
    }
    code
}

/// The lines of a block as the text has them, without what all of them are indented by. Tabs are four spaces here.
pub fn block_code(block: &CfgBlock, source: &SourceText) -> Vec<String> {
    let start = source.place(block.byte_start);
    let indent = source.slice(source.line_range(start.line).start..block.byte_start);
    let indent = indent.chars().take_while(|c| c.is_whitespace()).count();
    let text = source.slice(block.byte_start..block.byte_end);
    let lines = text.lines().enumerate().map(|(at, line)| {
        let blank = line.chars().take_while(|c| c.is_whitespace()).count();
        let skipped = if at == 0 { 0 } else { indent.min(blank) };
        let line: String = line.chars().skip(skipped).collect();
        line.trim_end().replace('\t', "    ").replace(char::is_control, "")
    });
    lines.filter(|line| !line.is_empty()).collect()
}

fn cut(line: &str) -> String {
    if line.width() <= MOST_WIDE {
        return line.to_owned();
    }
    let mut kept = String::new();
    for c in line.chars() {
        kept.push(c);
        if kept.width() > MOST_WIDE - 1 {
            kept.pop();
            break;
        }
    }
    kept + "…"
}
