//! `rutter/why`: what makes a function as complex as it is.

use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::lsp_types::TextDocumentPositionParams;

use super::{
    Answer,
    asked::{At, at_in_any_mode},
    function::function,
    texts::Texts,
};
use crate::{
    lsp::state::State,
    query::{self, View, WhyLine},
    text::{Place, SourceText},
};

pub fn why(state: &Arc<State>, params: TextDocumentPositionParams) -> Answer<Option<Value>> {
    let question = |view: &View<'_>, at: At<'_>| {
        let Some(why) = query::why(view, at.path, at.spot())? else { return Ok(None) };
        let mut texts = Texts::new(at.state, at.root, view);
        let Some(function) = function(&mut texts, view, &why.function.symbol)? else { return Ok(None) };
        let wide = at.state.wide(at.text);
        let lines = why.lines.iter().map(|line| {
            let words = line.places.iter().map(|place| wide.range(word(at.text, line, place.col)));
            json!({
                "line": line.line.saturating_sub(1),
                "cyclomatic": line.cyclomatic,
                "cognitive": line.cognitive,
                "causes": line.causes(),
                "nesting": line.nesting(),
                "ranges": words.collect::<Vec<_>>(),
            })
        });
        let lines: Vec<Value> = lines.collect();
        Ok(Some(json!({"function": function, "version": at.version, "lines": lines})))
    };
    at_in_any_mode(state, params, |state| &state.quick, question)
}

/// The word, or the operator, that stands at a column of a line.
fn word(text: &SourceText, line: &WhyLine, col: u32) -> crate::text::ByteRange {
    let start = text.offset(Place { line: line.line.saturating_sub(1), col });
    let rest = text.slice(start..text.line_range(line.line.saturating_sub(1)).end);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let first = rest.chars().next();
    let alike = |c: &char| match first {
        Some(first) if is_word(first) || first == '#' => is_word(*c) || *c == '#',
        _ => c.is_ascii_punctuation() && !matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '_' | '"' | '\''),
    };
    let length: usize = rest.chars().take_while(alike).map(char::len_utf8).sum();
    // Whatever it is, there is something to be seen.
    let length = length.max(first.map_or(0, char::len_utf8));
    start..start + length as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_a_word_or_an_operator() {
        let text = SourceText::from_buffer("if a && (b || !c) {\n#if X\n".to_owned());
        let line = |line| WhyLine { line, cyclomatic: 1, cognitive: 1, places: Vec::new() };
        let shown = |at, col| text.slice(word(&text, &line(at), col)).into_owned();
        assert_eq!([shown(1, 0), shown(1, 5), shown(1, 11), shown(1, 8)], ["if", "&&", "||", "("]);
        assert_eq!([shown(2, 0), shown(1, 99)], ["#if", ""]);
    }
}
