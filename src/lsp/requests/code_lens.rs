//! `textDocument/codeLens` and `codeLens/resolve`: complexity, its change against git's HEAD, callers. Places at once, text
//! when it is shown.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::json;
use tower_lsp::lsp_types::{CodeLens, CodeLensParams, Command, Url};

use super::Answer;
use crate::{
    lsp::{
        documents::Document,
        head::{self, Head, Numbers},
        state::{State, Subject},
        work::Fault,
    },
    query::{self, View},
    record::{FileRecords, SymbolId, SymbolKind, SymbolMetrics},
    settings::Lens,
};

/// A client that can be asked to ask again waits no longer for what git knows.
const DEADLINE: Duration = Duration::from_millis(100);

/// What a lens comes back with.
#[derive(Debug, Serialize, Deserialize)]
struct Data {
    uri: Url,
    symbol: String,
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Complexity,
    Callers,
    ControlFlow,
    /// For a client that has none of our commands.
    All,
}

impl Part {
    fn command(self) -> &'static str {
        match self {
            Part::Complexity => "rutter.showWhy",
            Part::Callers => "rutter.showCallers",
            Part::ControlFlow => "rutter.showControlFlow",
            Part::All => "",
        }
    }
}

pub fn code_lens(state: &Arc<State>, params: CodeLensParams) -> Answer<Option<Vec<CodeLens>>> {
    let uri = params.text_document.uri;
    let (state, subject) = (state.clone(), state.subject(&uri));
    Box::pin(async move {
        let Subject::Open(document) = subject else { return Ok(None) };
        let settings = document.root.settings();
        if settings.lens == Lens::Off {
            return Ok(None);
        }
        let Some(records) = state.records_in_time(&document).await? else { return Ok(None) };
        let head = head_in_time(&state, &document).await?;
        let wide = state.wide(&document.text);
        let mut lenses = Vec::new();
        for (metrics, now) in functions(&records) {
            let before = head.as_ref().map(|head| head.functions.get(&metrics.symbol_id));
            let has_changed = matches!(before, Some(Some(before)) if *before != now);
            let is_complex = settings.lens == Lens::On && now.cognitive >= settings.lens_threshold;
            if !has_changed && !is_complex {
                continue;
            }
            let Some(symbol) = records.symbols.iter().find(|symbol| symbol.symbol_id == metrics.symbol_id) else {
                continue;
            };
            let range = wide.range(symbol.name_byte_start..symbol.name_byte_end.max(symbol.name_byte_start));
            for part in parts(&state) {
                let data = Data { uri: uri.clone(), symbol: metrics.symbol_id.to_string(), part };
                lenses.push(CodeLens { range, command: None, data: serde_json::to_value(data).ok() });
            }
        }
        lenses.sort_by_key(|lens| lens.range.start);
        Ok(Some(lenses))
    })
}

/// As many lenses as the client has commands for; one that leads nowhere where it has none.
fn parts(state: &State) -> Vec<Part> {
    let commands = &state.session().facts.commands;
    let own = [Part::Complexity, Part::Callers, Part::ControlFlow];
    let own: Vec<Part> = own.into_iter().filter(|part| commands.contains(part.command())).collect();
    if own.is_empty() { vec![Part::All] } else { own }
}

/// The functions that a lens may be over: those with a name and a body.
fn functions(records: &FileRecords) -> impl Iterator<Item = (&SymbolMetrics, Numbers)> {
    let named = |metrics: &&SymbolMetrics| metrics.kind.is_function() && metrics.kind != SymbolKind::Closure;
    records.symbol_metrics.iter().filter(named).filter_map(|metrics| Some((metrics, Numbers::of(metrics)?)))
}

/// The file at HEAD. What is not there in time is shown when it is, where the client can be told; else it is waited for.
async fn head_in_time(state: &Arc<State>, document: &Document) -> Result<Option<Arc<Head>>, Fault> {
    let (inner, asked) = (state.clone(), document.clone());
    let mut reading = tokio::spawn(async move { head::of(&inner, &asked).await });
    let known = |found: Option<(Arc<Head>, bool)>| found.map(|(head, _)| head);
    if !state.session().facts.refreshes_lenses {
        return Ok(known(reading.await??));
    }
    match tokio::time::timeout(DEADLINE, &mut reading).await {
        Ok(found) => Ok(known(found??)),
        Err(_) => {
            let lenses = state.lenses.clone();
            tokio::spawn(async move {
                // What was known before is there in time the next time, or it never is.
                if let Ok(Ok(Some((_, false)))) = reading.await {
                    lenses.send_replace(());
                }
            });
            Ok(None)
        }
    }
}

pub fn resolve(state: &Arc<State>, lens: CodeLens) -> Answer<CodeLens> {
    let state = state.clone();
    let data: Option<Data> = lens.data.clone().and_then(|data| serde_json::from_value(data).ok());
    Box::pin(async move {
        // What is not ours, or has a text, stays as it is.
        let Some(data) = data.filter(|_| lens.command.is_none()) else { return Ok(lens) };
        let (Subject::Open(document), Ok(id)) = (state.subject(&data.uri), data.symbol.parse().map(SymbolId)) else {
            return Err(Fault::Modified);
        };
        let Some(records) = state.records_in_time(&document).await? else { return Err(Fault::Modified) };
        let Some(metrics) = records.symbol_metrics.iter().find(|metrics| metrics.symbol_id == id) else {
            return Err(Fault::Modified);
        };
        let now = Numbers::of(metrics).unwrap_or_default();
        let mut words = Vec::new();
        if matches!(data.part, Part::Complexity | Part::All) {
            let head = head_in_time(&state, &document).await?;
            words.push(complexity(now, head.map(|head| head.functions.get(&id).copied())));
        }
        if matches!(data.part, Part::Callers | Part::All) {
            let own = Some(records.clone());
            let question = move |view: &View<'_>, _: &_| Ok(query::callers(view, id)?.len());
            words.push(callers(state.ask(&document.root, &state.workers, own, question).await?));
        }
        if data.part == Part::ControlFlow {
            words.push("control flow".to_owned());
        }
        let arguments = match data.part {
            Part::All => None,
            _ => Some(vec![json!(data.uri), json!(lens.range.start)]),
        };
        let command = Command { title: words.join(" · "), command: data.part.command().to_owned(), arguments };
        Ok(CodeLens { command: Some(command), ..lens })
    })
}

/// `before` is of the file at HEAD, if there is one, and of the function there, if that is.
fn complexity(now: Numbers, before: Option<Option<Numbers>>) -> String {
    let change = |now: u32, before: u32| match i64::from(now) - i64::from(before) {
        0 => String::new(),
        change => format!(" ({change:+})"),
    };
    match before {
        None => format!("cognitive {}", now.cognitive),
        Some(None) => format!("cognitive {} (new)", now.cognitive),
        Some(Some(before)) => {
            let mut text = format!("cognitive {}{}", now.cognitive, change(now.cognitive, before.cognitive));
            if now.cyclomatic != before.cyclomatic {
                text += &format!(" · cyclomatic {}{}", now.cyclomatic, change(now.cyclomatic, before.cyclomatic));
            }
            text
        }
    }
}

fn callers(count: usize) -> String {
    match count {
        0 => "no callers found".to_owned(),
        1 => "1 caller".to_owned(),
        count => format!("{count} callers"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_with_its_sign() {
        let numbers = |cyclomatic, cognitive| Numbers { cyclomatic, cognitive };
        assert_eq!(complexity(numbers(9, 18), None), "cognitive 18");
        assert_eq!(complexity(numbers(9, 18), Some(None)), "cognitive 18 (new)");
        assert_eq!(complexity(numbers(9, 18), Some(Some(numbers(9, 18)))), "cognitive 18");
        assert_eq!(complexity(numbers(9, 18), Some(Some(numbers(9, 13)))), "cognitive 18 (+5)");
        let both = complexity(numbers(9, 18), Some(Some(numbers(11, 20))));
        assert_eq!(both, "cognitive 18 (-2) · cyclomatic 9 (-2)");
        assert_eq!([callers(0), callers(1), callers(12)], ["no callers found", "1 caller", "12 callers"]);
    }
}
