//! `rutter/hotspots`: what is hard to understand and often touched, of one workspace or of all.

use std::{cmp::Reverse, sync::Arc};

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::lsp_types::Url;

use super::{Answer, function::function, texts::Texts};
use crate::{
    history::Past,
    lsp::{
        head,
        root::Root,
        state::State,
        work::{Cancel, Fault},
    },
    query::{self, View},
};

#[derive(Debug, Deserialize)]
pub struct Params {
    limit: Option<usize>,
    uri: Option<Url>,
}

const LIMIT: usize = 50;
/// More than anybody looks at.
const MOST: usize = 1000;

/// With their scores, to be put in order with those of other roots.
type Scored = Vec<(u64, Value)>;

pub fn hotspots(state: &Arc<State>, params: Params) -> Answer<Option<Value>> {
    let state = state.clone();
    let limit = params.limit.unwrap_or(LIMIT).min(MOST);
    let roots = match &params.uri {
        Some(uri) => vec![state.subject(uri).root().clone()],
        None => state.roots.asked(),
    };
    Box::pin(async move {
        state.settle_buffers().await?;
        let (mut functions, mut files) = (Scored::new(), Scored::new());
        let mut history = Value::Null;
        for root in &roots {
            let past = head::past(&state, root).await?;
            if let Some(past) = &past {
                history = told(past, &history);
            }
            let (of_functions, of_files) = in_root(&state, root, past, limit).await?;
            functions.extend(of_functions);
            files.extend(of_files);
        }
        Ok(Some(json!({"functions": best(functions, limit), "files": best(files, limit), "history": history})))
    })
}

/// Of several repositories, all commits and the oldest time.
fn told(past: &Past, before: &Value) -> Value {
    let since = past.since.map(|since| since.to_string());
    let oldest = before["since"].as_str().map(str::to_owned).into_iter().chain(since).min();
    json!({"commits": before["commits"].as_u64().unwrap_or_default() + u64::from(past.commits), "since": oldest})
}

/// The sort is stable: within a root the order is the query's.
fn best(mut scored: Scored, limit: usize) -> Vec<Value> {
    scored.sort_by_key(|(score, _)| Reverse(*score));
    scored.into_iter().take(limit).map(|(_, value)| value).collect()
}

async fn in_root(
    state: &Arc<State>,
    root: &Arc<Root>,
    past: Option<Arc<Past>>,
    limit: usize,
) -> Result<(Scored, Scored), Fault> {
    let (inner, asked) = (state.clone(), root.clone());
    let question = move |view: &View<'_>, cancel: &Cancel| {
        let commits = |path: &str| past.as_ref().map_or(0, |past| past.changes(path));
        let found = query::hotspots(view, &commits, limit, &|| cancel.check().is_ok())?;
        cancel.check()?;
        let mut texts = Texts::new(&inner, &asked, view);
        let (mut functions, mut files) = (Scored::new(), Scored::new());
        for hot in found.functions {
            let Some(mut told) = function(&mut texts, view, &hot.symbol)? else { continue };
            told.insert("commits".to_owned(), hot.commits.into());
            told.insert("score".to_owned(), hot.score.into());
            functions.push((hot.score, Value::Object(told)));
        }
        for hot in found.files {
            let Some(uri) = inner.location_of(&asked, &hot.path).uri() else { continue };
            let told = json!({
                "uri": uri,
                "path": hot.path,
                "cognitive": hot.metrics.cognitive_complexity,
                "cyclomatic": hot.metrics.complexity_score,
                "functions": hot.metrics.function_count,
                "commits": hot.commits,
                "score": hot.score,
            });
            files.push((hot.score, told));
        }
        Ok((functions, files))
    };
    match state.ask(root, &state.workers, None, question).await {
        // One root without an index takes nothing from the others.
        Err(Fault::NoIndex | Fault::Renewing) => Ok((Scored::new(), Scored::new())),
        answer => answer,
    }
}
