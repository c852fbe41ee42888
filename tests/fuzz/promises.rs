//! What holds of the records of every text, however broken it is.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rutter::{
    extract::{extract, folds, occurrences, selection},
    kv::FileRows,
    parse::Parsed,
    record::{BlockKind, FileRecords, SymbolId},
    text::SourceText,
};

use crate::{
    dice::Dice,
    spoil::{boundary, typed},
    support::File,
};

type Kept = Result<(), String>;

/// Tests all of them on one text; the first that is broken is the error.
pub fn all(file: &File, dice: &mut Dice) -> Kept {
    let Some(parsed) = file.parse() else { return Err("a small text took too long to parse".into()) };
    let records = extract(&parsed, &file.origin());
    if extract(&parsed, &file.origin()) != records {
        return Err("two extractions of one tree differ".into());
    }
    symbols(file, &records)?;
    nodes(file, &records)?;
    graphs(file, &records)?;
    chunks(file, &records)?;
    references(file, &records)?;
    metrics(&records)?;
    problems(file, &records)?;
    editor_ranges(&parsed, dice)?;
    FileRows::encode(&records);
    typing(file, dice)
}

fn symbols(file: &File, records: &FileRecords) -> Kept {
    let mut seen = HashMap::new();
    for symbol in &records.symbols {
        let range = (symbol.byte_start, symbol.byte_end);
        inside(file, "a symbol", range.0, range.1)?;
        inside(file, "a name", symbol.name_byte_start, symbol.name_byte_end)?;
        if symbol.symbol_id.0 >= 1 << 53 {
            return Err(format!("an id of 2^53 or more: {}", symbol.symbol_id));
        }
        // What further up it is assigned to has its name before it.
        let is_named_before = symbol.name_byte_end <= range.0 && symbol.name_line < symbol.start_line;
        let is_inside = range.0 <= symbol.name_byte_start && symbol.name_byte_end <= range.1;
        if !is_named_before && !is_inside {
            return Err(format!("the name of {} lies outside of it", symbol.fqn));
        }
        let place = file.text.place(symbol.byte_start);
        if (place.line_1(), place.col) != (symbol.start_line, symbol.start_col) {
            return Err(format!("{} begins at another line than its bytes", symbol.fqn));
        }
        if let Some(container) = symbol.container {
            let Some(&(start, end)) = seen.get(&container) else {
                return Err(format!("the container of {} does not stand before it", symbol.fqn));
            };
            if !(start <= range.0 && range.1 <= end) {
                return Err(format!("{} reaches out of its container", symbol.fqn));
            }
        }
        if seen.insert(symbol.symbol_id, range).is_some() {
            return Err(format!("two symbols of one id: {}", symbol.fqn));
        }
    }
    Ok(())
}

fn nodes(file: &File, records: &FileRecords) -> Kept {
    for (place, node) in records.nodes.iter().enumerate() {
        inside(file, "a node", node.byte_start, node.byte_end)?;
        if node.id as usize != place {
            return Err(format!("node {} stands at place {place}", node.id));
        }
        match node.parent_id {
            None if place > 0 => return Err(format!("node {place} has no parent")),
            Some(parent) if parent as usize >= place => return Err(format!("node {place} stands before its parent")),
            Some(parent) => {
                let parent = &records.nodes[parent as usize];
                if node.byte_start < parent.byte_start || parent.byte_end < node.byte_end {
                    return Err(format!("node {place} ({}) reaches out of its parent ({})", node.kind, parent.kind));
                }
            }
            None => {}
        }
    }
    Ok(())
}

fn graphs(file: &File, records: &FileRecords) -> Kept {
    let functions: HashMap<SymbolId, (u32, u32)> = records
        .symbols
        .iter()
        .filter(|symbol| symbol.kind.is_function())
        .map(|symbol| (symbol.symbol_id, (symbol.byte_start, symbol.byte_end)))
        .collect();
    let mut seen = HashSet::new();
    for (function, blocks) in &records.graphs {
        let Some(&(start, end)) = functions.get(function) else {
            return Err(format!("a graph of {function}, which is no function of the file"));
        };
        if !seen.insert(function) {
            return Err(format!("two graphs of {function}"));
        }
        if blocks.first().is_none_or(|block| block.kind != BlockKind::Entry) {
            return Err(format!("the graph of {function} does not begin with its entry"));
        }
        let exits: Vec<usize> = (0..blocks.len()).filter(|&place| blocks[place].kind == BlockKind::Exit).collect();
        let leads_there =
            |exit: usize| blocks.iter().flat_map(|block| &block.successors).any(|e| e.block as usize == exit);
        if !exits.iter().all(|&exit| exit + 1 == blocks.len() && leads_there(exit)) {
            return Err(format!("the graph of {function} has an exit in its middle, or one that nothing leads to"));
        }
        for (place, block) in blocks.iter().enumerate() {
            inside(file, "a block", block.byte_start, block.byte_end)?;
            if block.id as usize != place || block.function_id != *function {
                return Err(format!("block {} of {function} is out of place", block.id));
            }
            if block.byte_start < start || end < block.byte_end {
                return Err(format!("block {place} reaches out of {function}"));
            }
            if block.kind == BlockKind::Exit && !block.successors.is_empty() {
                return Err(format!("a way out of the exit of {function}"));
            }
            if block.kind != BlockKind::Exit && block.kind != BlockKind::Unreachable && block.successors.is_empty() {
                // A block that no edge leaves is an end, and must say so. A jump out of no loop or to no label ends the
                // function as well, and so does what waits or cleans up last.
                use rutter::record::Terminator::{Break, Continue, End, Jump, Never, Resume, Return, Suspend, Throw};
                let ends = [Never, Throw, Return, End, Break, Continue, Jump, Suspend, Resume];
                if !ends.contains(&block.terminator) {
                    return Err(format!("block {place} of {function} ends nowhere ({:?})", block.terminator));
                }
            }
            if let Some(edge) = block.successors.iter().find(|edge| edge.block as usize >= blocks.len()) {
                return Err(format!("an edge of {function} leads to block {}, which is none", edge.block));
            }
            let distinct: HashSet<_> = block.successors.iter().map(|edge| (edge.block, edge.kind)).collect();
            if distinct.len() != block.successors.len() {
                return Err(format!("block {place} of {function} has an edge twice"));
            }
        }
    }
    Ok(())
}

fn chunks(file: &File, records: &FileRecords) -> Kept {
    let mut end = 0;
    for chunk in &records.chunks {
        inside(file, "a chunk", chunk.byte_start, chunk.byte_end)?;
        if chunk.byte_start < end || chunk.byte_start == chunk.byte_end {
            return Err(format!("the chunk at {} meets the one before it, or is empty", chunk.byte_start));
        }
        only_space(file, end, chunk.byte_start)?;
        if chunk.content != file.text.slice(chunk.byte_start..chunk.byte_end) {
            return Err(format!("the chunk at {} is another text", chunk.byte_start));
        }
        end = chunk.byte_end;
    }
    only_space(file, end, file.text.len())
}

fn only_space(file: &File, start: u32, end: u32) -> Kept {
    let between = file.text.slice(start..end);
    if between.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
        Ok(())
    } else {
        Err(format!("no chunk has bytes {start}..{end}"))
    }
}

fn references(file: &File, records: &FileRecords) -> Kept {
    let known: HashSet<_> = records.symbols.iter().map(|symbol| symbol.symbol_id).collect();
    for (target, references) in &records.references {
        for reference in references {
            inside(file, "a reference", reference.byte_start, reference.byte_end)?;
            if reference.enclosing.is_some_and(|symbol| !known.contains(&symbol)) {
                return Err(format!("a reference to {target} from a symbol that is not there"));
            }
        }
        if !references.is_sorted_by_key(|reference| reference.byte_start) {
            return Err(format!("references to {target} are out of order"));
        }
    }
    Ok(())
}

fn metrics(records: &FileRecords) -> Kept {
    let known: HashSet<_> = records.symbols.iter().map(|symbol| symbol.symbol_id).collect();
    for metrics in &records.symbol_metrics {
        if !known.contains(&metrics.symbol_id) {
            return Err(format!("metrics of {}, which is not there", metrics.symbol_name));
        }
        if metrics.kind.is_function() && metrics.cyclomatic_complexity == Some(0) {
            return Err(format!("{} has no path at all", metrics.symbol_name));
        }
        if metrics.sloc > metrics.loc {
            return Err(format!("{} has more lines of code than lines", metrics.symbol_name));
        }
    }
    match &records.file_metrics {
        Some(file) if file.sloc + file.comment_lines + file.blank_lines > file.loc => {
            Err("more lines than there are".to_owned())
        }
        _ => Ok(()),
    }
}

fn problems(file: &File, records: &FileRecords) -> Kept {
    records.file.problems.iter().try_for_each(|problem| inside(file, "a problem", problem.byte_start, problem.byte_end))
}

fn editor_ranges(parsed: &Parsed, dice: &mut Dice) -> Kept {
    let len = parsed.text().len();
    if folds(parsed).iter().any(|fold| fold.range.start > fold.range.end || fold.range.end > len) {
        return Err("a fold outside of the text".into());
    }
    for _ in 0..5 {
        let offset = dice.below(len as usize + 10) as u32;
        let grown = selection(parsed, offset);
        let grows = grown
            .windows(2)
            .all(|pair| pair[1].start <= pair[0].start && pair[0].end <= pair[1].end && pair[0] != pair[1]);
        if !grows || grown.last().is_some_and(|range| range.end > len) {
            return Err(format!("a selection at {offset} that does not grow: {grown:?}"));
        }
        let found = occurrences(parsed, offset);
        if found.iter().any(|one| one.range.start >= one.range.end || one.range.end > len) {
            return Err(format!("an occurrence of nothing at {offset}"));
        }
    }
    Ok(())
}

/// Re-parse after edits = parse afresh.
fn typing(file: &File, dice: &mut Dice) -> Kept {
    let Ok(text) = std::str::from_utf8(file.text.bytes()) else { return Ok(()) };
    let mut text = SourceText::from_buffer(text.to_owned());
    let Some(mut parsed) = Parsed::new(Arc::new(text.clone()), file.language) else { return Ok(()) };
    for _ in 0..1 + dice.below(4) {
        let mut edits = Vec::new();
        for _ in 0..1 + dice.below(3) {
            let now = text.slice(0..text.len()).into_owned();
            let start = boundary(&now, dice);
            let mut end = (start + dice.below(30)).min(now.len());
            while !now.is_char_boundary(end) {
                end += 1;
            }
            edits.push(text.replace(start as u32..end as u32, &typed(dice)));
        }
        let Some(edited) = parsed.edited(Arc::new(text.clone()), &edits) else { return Ok(()) };
        parsed = edited;
    }
    let Some(fresh) = Parsed::new(Arc::new(text), file.language) else { return Ok(()) };
    let origin = file.origin();
    if extract(&parsed, &origin) == extract(&fresh, &origin) {
        Ok(())
    } else {
        Err("after edits the records are others than those of the same text parsed afresh".into())
    }
}

/// A text in pieces is the text: whether it parses, and all that is found in it.
pub fn pieces(file: &File) -> Kept {
    let Some(parsed) = file.parse() else { return Ok(()) };
    let Some(in_pieces) = parsed.edited(file.text.clone(), &[]) else { return Ok(()) };
    if parsed.is_whole() != in_pieces.is_whole() {
        return Err(format!("whole: {}, in pieces: {}", parsed.is_whole(), in_pieces.is_whole()));
    }
    let origin = file.origin();
    if extract(&parsed, &origin) == extract(&in_pieces, &origin) {
        Ok(())
    } else {
        Err("in pieces the records are others than those of the text parsed as a whole".into())
    }
}

fn inside(file: &File, what: &str, start: u32, end: u32) -> Kept {
    if start <= end && end <= file.text.len() {
        Ok(())
    } else {
        Err(format!("{what} at {start}..{end} in a text of {} bytes", file.text.len()))
    }
}
