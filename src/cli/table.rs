//! Columns and units for people.

use std::io::{self, Write};

/// Which side of its column a text stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// Writes rows in columns as wide as their widest cell, in characters; the last one is not filled up.
pub fn write_columns<const N: usize>(out: &mut impl Write, sides: [Side; N], rows: &[[String; N]]) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    for row in rows {
        let mut line = String::new();
        for ((cell, width), side) in row.iter().zip(widths).zip(sides) {
            match side {
                Side::Left => line += &format!("{cell:<width$}  "),
                Side::Right => line += &format!("{cell:>width$}  "),
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// `1 file`, `2 files`.
pub fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Text out of file names and the like, which may hold control characters: they must not reach a terminal.
pub fn plain(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut out = Vec::new();
        let rows = [["a", "1", "x"], ["\u{e4}bc", "100", "long text"]].map(|row| row.map(str::to_owned));
        write_columns(&mut out, [Side::Left, Side::Right, Side::Left], &rows).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a      1  x\n\u{e4}bc  100  long text\n");
    }

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(plain("a\u{1b}[2J\nb\u{e4}"), "a\\u{1b}[2J\\nb\u{e4}");
    }
}
