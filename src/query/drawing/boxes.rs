//! The picture with box characters.

use serde::Serialize;
use unicode_width::UnicodeWidthChar;

use super::layout::{Box, Layout};
use crate::record::{BlockKind, EdgeKind};

/// Lines of text, and what is where on them. Lines count from 0, columns in bytes of their UTF-8; ends are exclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drawing {
    pub lines: Vec<String>,
    pub blocks: Vec<BoxPlace>,
    pub edges: Vec<Stroke>,
}

/// A block's box. Between two columns on all of its lines, but that a wide character may be in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BoxPlace {
    pub id: u32,
    pub line: usize,
    pub end_line: usize,
    /// On each of these lines, the first and the last byte's end.
    pub columns: Vec<(usize, usize)>,
}

/// A piece of an edge on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stroke {
    pub kind: EdgeKind,
    pub line: usize,
    pub column: usize,
    pub end_column: usize,
}

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// What is at one place.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    /// To which neighbours a line leads.
    ways: u8,
    is_dashed: bool,
    /// A character instead of lines; `\0` for the second half of a wide one.
    shown: Option<char>,
    /// Of which edge it is.
    edge: Option<EdgeKind>,
}

struct Grid {
    width: usize,
    cells: Vec<Cell>,
}

impl Grid {
    fn at(&mut self, x: usize, y: usize) -> &mut Cell {
        &mut self.cells[y * self.width + x]
    }

    fn text(&mut self, (mut x, y): (usize, usize), text: &str) {
        for c in text.chars() {
            let wide = c.width().unwrap_or(0);
            if wide == 0 || x + wide > self.width {
                continue;
            }
            *self.at(x, y) = Cell { shown: Some(c), ..*self.at(x, y) };
            if wide == 2 {
                *self.at(x + 1, y) = Cell { shown: Some('\0'), ..Cell::default() };
            }
            x += wide;
        }
    }
}

/// In cells: some fifty megabytes while it is drawn.
const LARGEST: usize = 4 << 20;

/// None of what would be too large.
pub(super) fn draw(layout: &Layout) -> Option<Drawing> {
    let width = layout.width.max(1);
    if width * layout.height > LARGEST {
        return None;
    }
    let mut grid = Grid { width, cells: vec![Cell::default(); width * layout.height] };
    // What lies further out goes under what is nearer.
    for edge in &layout.edges {
        for pair in edge.points.windows(2) {
            line(&mut grid, pair[0], pair[1], edge.kind);
        }
    }
    for one in &layout.boxes {
        frame(&mut grid, one);
    }
    for edge in &layout.edges {
        ends(&mut grid, &edge.points);
        if let Some((label, x, y)) = edge.label {
            grid.text((x.saturating_sub(1), y), &format!(" {label} "));
            (x..x + label.len()).for_each(|x| grid.at(x, y).edge = Some(edge.kind));
        }
    }
    Some(written(&grid, layout))
}

/// Where a line crosses another one, it goes under it.
fn line(grid: &mut Grid, (x1, y1): (usize, usize), (x2, y2): (usize, usize), kind: EdgeKind) {
    let is_dashed = kind == EdgeKind::Exception;
    let across = y1 == y2;
    let (from, to) = if across { (x1.min(x2), x1.max(x2)) } else { (y1.min(y2), y1.max(y2)) };
    let (back, on) = if across { (LEFT, RIGHT) } else { (UP, DOWN) };
    for at in from..=to {
        let cell = if across { grid.at(at, y1) } else { grid.at(x1, at) };
        let ways = (if at > from { back } else { 0 }) | (if at < to { on } else { 0 });
        let crosses = at != from && at != to;
        let through = UP | DOWN;
        if across && crosses && cell.ways & through == through {
            continue;
        }
        if !across && crosses && cell.ways == LEFT | RIGHT {
            cell.ways = 0;
        }
        cell.ways |= ways;
        cell.is_dashed = is_dashed;
        cell.edge = Some(kind);
    }
}

/// The frame of a box, with its text, over whatever is there.
fn frame(grid: &mut Grid, one: &Box) {
    let (left, right, top, bottom) = (one.x, one.x + one.width - 1, one.y, one.y + one.height - 1);
    for y in top..=bottom {
        for x in left..=right {
            let ways = match (x == left || x == right, y == top || y == bottom) {
                (true, true) => (if x == left { RIGHT } else { LEFT }) | (if y == top { DOWN } else { UP }),
                (true, false) => UP | DOWN,
                (false, true) => LEFT | RIGHT,
                (false, false) => 0,
            };
            let is_dashed = one.kind == BlockKind::Unreachable;
            *grid.at(x, y) = Cell { ways, is_dashed, ..Cell::default() };
        }
    }
    grid.text((left + 2, top), &format!(" {} ", one.title));
    for (at, line) in one.code.iter().enumerate() {
        grid.text((left + 2, top + 1 + at), line);
    }
    if let Some(footer) = one.footer {
        grid.text((left + 2, bottom), &format!(" {footer} "));
    }
}

/// Where an edge leaves a box, and the arrow where it comes to one.
fn ends(grid: &mut Grid, points: &[(usize, usize)]) {
    let (Some(&(x, y)), Some(&(to_x, to_y))) = (points.first(), points.last()) else { return };
    let (before_x, before_y) = points[points.len() - 2];
    let (next_x, next_y) = points[1];
    let leaving = if next_y > y {
        DOWN
    } else if next_x > x {
        RIGHT
    } else {
        LEFT
    };
    grid.at(x, y).ways |= leaving;
    if before_y < to_y {
        // Above the frame, which has the box's title.
        grid.at(to_x, to_y - 1).shown = Some('▼');
    } else {
        grid.at(to_x, to_y).shown = Some(if before_x > to_x { '◄' } else { '►' });
    }
}

fn character(cell: Cell) -> char {
    const SOLID: [char; 16] = [' ', '╵', '╷', '│', '╴', '┘', '┐', '┤', '╶', '└', '┌', '├', '─', '┴', '┬', '┼'];
    match cell.shown {
        Some(c) => c,
        None if cell.is_dashed && cell.ways == LEFT | RIGHT => '┄',
        None if cell.is_dashed && cell.ways == UP | DOWN => '┆',
        None => SOLID[usize::from(cell.ways)],
    }
}

fn written(grid: &Grid, layout: &Layout) -> Drawing {
    let mut drawing = Drawing::default();
    // In bytes, of each cell and of the line's end.
    let mut columns: Vec<Vec<usize>> = Vec::with_capacity(layout.height);
    for (y, row) in grid.cells.chunks(grid.width).enumerate() {
        let (mut text, mut starts) = (String::new(), Vec::with_capacity(grid.width + 1));
        for &cell in row {
            starts.push(text.len());
            match character(cell) {
                '\0' => {}
                c => text.push(c),
            }
        }
        let length = text.trim_end().len();
        text.truncate(length);
        starts.push(length);
        starts.iter_mut().for_each(|start| *start = (*start).min(length));
        strokes(row, &starts, y, &mut drawing.edges);
        drawing.lines.push(text);
        columns.push(starts);
    }
    for one in &layout.boxes {
        let rows = one.y..one.y + one.height;
        drawing.blocks.push(BoxPlace {
            id: one.id,
            line: rows.start,
            end_line: rows.end,
            columns: rows.map(|y| (columns[y][one.x], columns[y][one.x + one.width])).collect(),
        });
    }
    drawing
}

fn strokes(row: &[Cell], starts: &[usize], line: usize, strokes: &mut Vec<Stroke>) {
    let mut at = 0;
    for run in row.chunk_by(|a, b| a.edge == b.edge) {
        let (column, end_column) = (starts[at], starts[at + run.len()]);
        at += run.len();
        if let Some(kind) = run[0].edge
            && column < end_column
        {
            strokes.push(Stroke { kind, line, column, end_column });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        query::testing::{function_graph_of, looping, text_of},
        record::EdgeKind,
    };

    #[test]
    fn boxes_stand_in_the_order_of_the_text_with_lanes_beside_them() {
        let graph = function_graph_of(looping());
        let text = text_of(&["fn go() {", "while 値 < 1 {", "step()?;", "return 3;", "panic!();", "}"]);
        let drawing = graph.to_boxes(Some(&text));
        insta::assert_snapshot!(drawing.lines.join("\n"));
        for place in &drawing.blocks {
            for (line, (start, end)) in (place.line..place.end_line).zip(&place.columns) {
                let shown = &drawing.lines[line][*start..*end];
                assert!(shown.chars().next().is_some_and(|c| "┌│└├►┆◄┤▼".contains(c)), "{shown}");
            }
        }
        let kinds: Vec<EdgeKind> = drawing.edges.iter().map(|stroke| stroke.kind).collect();
        for kind in [EdgeKind::True, EdgeKind::False, EdgeKind::Back, EdgeKind::Exception] {
            assert!(kinds.contains(&kind), "{kind:?}");
        }
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(function_graph_of(Vec::new()).to_boxes(None).lines.is_empty());
    }
}
