//! Columns of text, aligned.

use std::io::{self, Write};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// A cell is not padded beyond so many characters: one long name is not to push all others off the screen.
const WIDEST: usize = 60;

/// Writes rows in columns, two spaces apart. Nothing follows the last cell of a row.
pub fn write_table(out: &mut impl Write, columns: &[Align], rows: &[Vec<String>]) -> io::Result<()> {
    let width = |cell: &String| cell.chars().count().min(WIDEST);
    let widths: Vec<usize> =
        (0..columns.len()).map(|at| rows.iter().filter_map(|row| row.get(at)).map(width).max().unwrap_or(0)).collect();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            let width = widths.get(at).copied().unwrap_or(0);
            let gap = if at == 0 { "" } else { "  " };
            match columns.get(at) {
                Some(Align::Right) => write!(out, "{gap}{cell:>width$}")?,
                _ if at + 1 == row.len() => write!(out, "{gap}{cell}")?,
                _ => write!(out, "{gap}{cell:width$}")?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_characters() {
        let rows = [["n", "name", "at"], ["12", "größer", "b.rs:1"], ["7", "a", "c.rs:100"]];
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let mut out = Vec::new();
        write_table(&mut out, &[Align::Right, Align::Left, Align::Left], &rows).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
         n  name    at
        12  größer  b.rs:1
         7  a       c.rs:100
        ");
    }

    #[test]
    fn a_long_cell_is_kept_and_does_not_widen_the_others() {
        let rows = [vec!["x".repeat(100), "a".to_owned()], vec!["y".to_owned(), "b".to_owned()]];
        let mut out = Vec::new();
        write_table(&mut out, &[Align::Left, Align::Left], &rows).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, format!("{}  a\ny{}  b\n", "x".repeat(100), " ".repeat(WIDEST - 1)));
    }
}
