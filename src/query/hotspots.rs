//! What is hard to understand and often touched: complexity times change.

use std::{cmp::Reverse, ops::ControlFlow, sync::Arc};

use super::{
    Generated, View,
    metrics::{each_function, is_left_out},
    top::Top,
};
use crate::{
    kv::StoreError,
    record::{FileMetrics, FileRecord, Symbol, SymbolId},
};

/// The greatest scores first; what has none is left out, and what programs have written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hotspots {
    pub functions: Vec<HotFunction>,
    pub files: Vec<HotFile>,
}

/// A function; its score is its cognitive complexity times one more than the commits that changed its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HotFunction {
    pub symbol: Symbol,
    pub cyclomatic: u32,
    pub cognitive: u32,
    pub commits: u32,
    pub score: u64,
}

/// A file; its score is the sum of its functions'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HotFile {
    pub path: Arc<str>,
    pub metrics: FileMetrics,
    pub commits: u32,
    pub score: u64,
}

fn score(cognitive: u32, commits: u32) -> u64 {
    u64::from(cognitive) * (u64::from(commits) + 1)
}

/// The first `limit` of each kind. `commits` tells how many changed a file; `goes_on` whether somebody still waits.
pub fn hotspots(
    view: &View,
    commits: &dyn Fn(&str) -> u32,
    limit: usize,
    goes_on: &dyn Fn() -> bool,
) -> Result<Hotspots, StoreError> {
    let mut files: Vec<(u64, Reverse<Arc<str>>, FileRecord)> = Vec::new();
    let mut fault = Ok(());
    view.files(&mut |file| {
        if file.skipped.is_none() && !is_left_out(&file, Generated::LeftOut) {
            match view.file_metrics(&file.path) {
                Ok(Some(metrics)) if metrics.cognitive_complexity > 0 => {
                    let score = score(metrics.cognitive_complexity, commits(&file.path));
                    files.push((score, Reverse(file.path.clone()), file));
                }
                Ok(_) => {}
                Err(error) => fault = Err(error),
            }
        }
        if fault.is_ok() && goes_on() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    fault?;
    files.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
    let mut functions: Top<(u64, Reverse<Arc<str>>, Reverse<SymbolId>)> = Top::new(limit);
    for (all, path, file) in &files {
        // No function is above its file: what follows is below all that is kept.
        if !functions.takes(&(*all, path.clone(), Reverse(SymbolId(0)))) || !goes_on() {
            break;
        }
        let commits = commits(&file.path);
        each_function(view, file, &mut |metrics| {
            let score = score(metrics.cognitive_complexity.unwrap_or_default(), commits);
            if score > 0 {
                functions.push((score, path.clone(), Reverse(metrics.symbol_id)));
            }
            Ok(())
        })?;
    }
    let mut found = Hotspots::default();
    for (score, path, id) in functions.into_sorted() {
        let Some(symbol) = view.symbol(id.0)? else { continue };
        let Some(metrics) = view.symbol_metrics(&symbol)? else { continue };
        found.functions.push(HotFunction {
            cyclomatic: metrics.cyclomatic_complexity.unwrap_or_default(),
            cognitive: metrics.cognitive_complexity.unwrap_or_default(),
            commits: commits(&path.0),
            score,
            symbol: symbol.into_owned(),
        });
    }
    for (score, path, file) in files.into_iter().take(limit) {
        if let Some(metrics) = view.file_metrics(&file.path)? {
            found.files.push(HotFile { commits: commits(&path.0), path: path.0, metrics, score });
        }
    }
    Ok(found)
}
