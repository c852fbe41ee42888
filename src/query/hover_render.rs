//! Hover facts as markdown for an editor and as text for a terminal.

use std::fmt::Write;

use super::{Basis, Found, HoverFacts, Note, SymbolFacts};
use crate::record::{Confidence, FileMetrics, Symbol, SymbolMetrics};

/// What a hover repeats of what a main language server shows as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Full,
    /// Beside a main server: without signature and doc comment.
    Companion,
}

/// Doc comments are cut behind so many bytes: a hover is to be taken in at a glance.
const DOC_BYTES: usize = 800;
const DOC_LINES: usize = 14;
/// So many places of unreachable code are named.
const UNREACHABLE_NAMED: usize = 4;

impl HoverFacts {
    /// Short markdown without headings.
    pub fn to_markdown(&self, style: Style) -> String {
        let mut parts = Vec::new();
        match &self.found {
            Found::Symbol { basis, facts } => {
                parts.extend(symbol_markdown(facts, style));
                parts.extend(trust(Some(*basis), &self.notes, &facts.notes).map(|line| format!("*{}*", plain(&line))));
            }
            Found::Candidates { symbols, total, more } => {
                let mut list = format!(
                    "{} for {}, by name:",
                    count(*total, *more),
                    code(self.word.as_deref().unwrap_or_default())
                );
                for symbol in symbols {
                    let _ = write!(list, "\n- {} · {} · {}", code(&symbol.fqn), kind(symbol), origin(symbol));
                }
                if symbols.len() < *total || *more {
                    list += "\n- …";
                }
                parts.push(list);
            }
            Found::Enclosing { facts } => {
                parts.push(format!("in {} {}", kind(&facts.symbol), code(&facts.symbol.fqn)));
                parts.extend(numbers(facts));
                parts.push(origin(&facts.symbol));
                parts.extend(trust(None, &self.notes, &facts.notes).map(|line| format!("*{}*", plain(&line))));
            }
            Found::File { language, lines, metrics } => {
                parts.push(format!(
                    "in {} · {language} · {}",
                    code(&self.path),
                    file_numbers(*lines, metrics.as_ref())
                ));
                parts.extend(trust(None, &self.notes, &[]).map(|line| format!("*{}*", plain(&line))));
            }
            Found::Nothing => {
                parts.extend(trust(None, &self.notes, &[]).map(|line| format!("*{}*", plain(&line))));
            }
        }
        parts.extend(
            self.enclosing
                .as_ref()
                .map(|facts| format!("in {} {}: {}", kind(&facts.symbol), code(&facts.symbol.fqn), compact(facts))),
        );
        parts.join("\n\n")
    }

    /// Plain text, one fact a line.
    pub fn to_text(&self, style: Style) -> String {
        let mut lines = Vec::new();
        match &self.found {
            Found::Symbol { basis, facts } => {
                lines.extend(facts.symbol.signature.clone().filter(|_| style == Style::Full));
                lines.push(format!("{} {}", kind(&facts.symbol), facts.symbol.fqn));
                lines.extend(numbers(facts));
                lines.push(format!("at {}", origin(&facts.symbol)));
                lines.extend(trust(Some(*basis), &self.notes, &facts.notes));
                if let (Style::Full, Some(doc)) = (style, facts.symbol.doc.as_deref().and_then(short_doc)) {
                    lines.push(String::new());
                    lines.push(doc);
                }
            }
            Found::Candidates { symbols, total, more } => {
                lines.push(format!(
                    "{} for {}, by name:",
                    count(*total, *more),
                    self.word.as_deref().unwrap_or_default()
                ));
                let width = symbols.iter().map(|symbol| symbol.fqn.chars().count()).max().unwrap_or(0);
                for symbol in symbols {
                    lines.push(format!("  {:width$}  {:11}  {}", symbol.fqn, kind(symbol), origin(symbol)));
                }
                if symbols.len() < *total || *more {
                    lines.push("  …".to_owned());
                }
            }
            Found::Enclosing { facts } => {
                lines.push(format!("in {} {}", kind(&facts.symbol), facts.symbol.fqn));
                lines.extend(numbers(facts));
                lines.push(format!("at {}", origin(&facts.symbol)));
                lines.extend(trust(None, &self.notes, &facts.notes));
            }
            Found::File { language, lines: number, metrics } => {
                lines.push(format!("in {} ({language}): {}", self.path, file_numbers(*number, metrics.as_ref())));
                lines.extend(trust(None, &self.notes, &[]));
            }
            Found::Nothing => lines.extend(trust(None, &self.notes, &[])),
        }
        if let Some(facts) = &self.enclosing {
            lines.push(String::new());
            lines.push(format!("in {} {}: {}", kind(&facts.symbol), facts.symbol.fqn, compact(facts)));
        }
        lines.join("\n") + "\n"
    }
}

fn symbol_markdown(facts: &SymbolFacts, style: Style) -> Vec<String> {
    let symbol = &facts.symbol;
    let mut parts = Vec::new();
    if let (Style::Full, Some(signature)) = (style, &symbol.signature) {
        let fence = fence_for(signature);
        parts.push(format!("{fence}{}\n{signature}\n{fence}", symbol.language));
    }
    parts.push(format!("{} · {} · {}", code(&symbol.fqn), kind(symbol), origin(symbol)));
    if style == Style::Full {
        parts.extend(symbol.doc.as_deref().and_then(short_doc).map(|doc| without_headings(&doc)));
    }
    parts.extend(numbers(facts));
    parts
}

/// Complexity and size in one line, the shape of the control flow in another.
fn numbers(facts: &SymbolFacts) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(metrics) = &facts.metrics {
        let mut words = complexity(metrics);
        words.push(format!("{} ({} code)", plural(metrics.loc, "line"), metrics.sloc));
        words.extend(metrics.max_nesting.map(|nesting| format!("nesting {nesting}")));
        words.extend(metrics.parameters.map(|number| plural(number, "parameter")));
        words.extend(metrics.methods.map(|number| plural(number, "method")));
        words.extend(metrics.fan_in.map(|number| format!("used by {}", plural(number, "function"))));
        words.extend(metrics.fan_out.map(|number| format!("calls {}", plural(number, "name"))));
        lines.push(words.join(" · "));
    }
    lines.extend(most_of_it(facts));
    if let Some(shape) = &facts.shape {
        let branches = if shape.branches == 1 { "branch" } else { "branches" };
        let mut words =
            vec![plural(shape.blocks, "block"), format!("{} {branches}", shape.branches), plural(shape.loops, "loop")];
        words.extend(facts.metrics.as_ref().and_then(|metrics| metrics.exits).map(|number| plural(number, "exit")));
        words.extend(unreachable(facts));
        lines.push(format!("control flow: {}", words.join(" · ")));
    }
    lines
}

fn complexity(metrics: &SymbolMetrics) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(metrics.cyclomatic_complexity.map(|number| format!("cyclomatic {number}")));
    facts.extend(metrics.cognitive_complexity.map(|number| format!("cognitive {number}")));
    facts
}

/// Where the cognitive complexity comes from: `cognitive from lines 24 (+4), 31 (+3)`.
fn most_of_it(facts: &SymbolFacts) -> Option<String> {
    if facts.heaviest.is_empty() {
        return None;
    }
    let lines = facts.heaviest.iter().map(|line| format!("{} (+{})", line.line, line.cognitive));
    let mut text = format!("cognitive from lines {}", lines.collect::<Vec<_>>().join(", "));
    if facts.lighter > 0 {
        let _ = write!(text, " and {} more", facts.lighter);
    }
    Some(text)
}

fn unreachable(facts: &SymbolFacts) -> Option<String> {
    let lines = facts.unreachable_lines();
    if lines.is_empty() {
        return None;
    }
    let named: Vec<String> = lines.iter().take(UNREACHABLE_NAMED).map(u32::to_string).collect();
    let more = if lines.len() > UNREACHABLE_NAMED { ", …" } else { "" };
    Some(format!("unreachable code at line {}{more}", named.join(", ")))
}

/// A function's facts in a few words.
fn compact(facts: &SymbolFacts) -> String {
    let mut words = Vec::new();
    if let Some(metrics) = &facts.metrics {
        words = complexity(metrics);
        words.push(plural(metrics.loc, "line"));
    }
    words.extend(unreachable(facts));
    words.extend(facts.notes.iter().map(|note| plain(&note.to_string())));
    if words.is_empty() { origin(&facts.symbol) } else { words.join(" · ") }
}

fn file_numbers(lines: u32, metrics: Option<&FileMetrics>) -> String {
    match metrics {
        None => plural(lines, "line"),
        Some(metrics) => [
            format!("{} ({} code)", plural(metrics.loc, "line"), metrics.sloc),
            plural(metrics.function_count, "function"),
            format!("cyclomatic {} in all, {} at most", metrics.complexity_score, metrics.max_cyclomatic_complexity),
            format!("cognitive {} in all", metrics.cognitive_complexity),
        ]
        .join(" · "),
    }
}

/// How far the answer can be trusted, where there is something to say.
fn trust(basis: Option<Basis>, answer: &[Note], symbol: &[Note]) -> Option<String> {
    let mut words = Vec::new();
    match basis {
        Some(Basis::Reference(Confidence::Likely)) => words.push("by name, likely".to_owned()),
        Some(Basis::Reference(Confidence::Ambiguous)) => words.push("ambiguous: one of several candidates".to_owned()),
        Some(Basis::Reference(Confidence::Exact) | Basis::Definition | Basis::Name) | None => {}
    }
    words.extend(answer.iter().chain(symbol).map(Note::to_string));
    (!words.is_empty()).then(|| words.join(" · "))
}

fn kind(symbol: &Symbol) -> String {
    symbol.kind.as_str().replace('_', " ")
}

fn origin(symbol: &Symbol) -> String {
    format!("{}:{}", symbol.path, symbol.name_line)
}

fn count(total: usize, more: bool) -> String {
    if more { format!("over {total} candidates") } else { format!("{total} candidates") }
}

fn plural(number: u32, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A code span, whatever is in it.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Text that says the same in markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn fence_for(text: &str) -> &'static str {
    if text.contains("```") { "~~~~" } else { "```" }
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

/// The doc comment's beginning. A code block that is cut is closed again.
fn short_doc(doc: &str) -> Option<String> {
    let doc = doc.trim();
    if doc.is_empty() {
        return None;
    }
    let mut short = String::new();
    let mut fence: Option<String> = None;
    let mut cut = false;
    for (number, line) in doc.lines().enumerate() {
        if number == DOC_LINES || short.len() + line.len() > DOC_BYTES {
            // A first line that is too long by itself is cut inside.
            if number == 0 {
                short.extend(line.chars().take(DOC_BYTES / 4));
            }
            cut = true;
            break;
        }
        if is_fence(line) {
            let mark = line.trim_start();
            fence =
                if fence.is_some() { None } else { Some(mark.chars().take_while(|&c| c == '`' || c == '~').collect()) };
        }
        short += line.trim_end();
        short.push('\n');
    }
    let mut short = short.trim_end().to_owned();
    if let Some(fence) = fence {
        short = format!("{short}\n{fence}");
    }
    if cut {
        short += if short.contains('\n') { "\n\n…" } else { " …" };
    }
    Some(short)
}

/// Headings outside of code blocks become bold lines: a heading in a hover shouts. A heading is marked by `#` before it, or
/// by a line of `=` or `-` under it, as docs of Python's sciences have it.
fn without_headings(doc: &str) -> String {
    let mut fenced = false;
    let mut lines: Vec<String> = Vec::new();
    for line in doc.lines() {
        if is_fence(line) {
            fenced = !fenced;
        }
        let text = line.trim();
        let title = text.trim_start_matches('#');
        let is_underline = !text.is_empty() && (text.bytes().all(|b| b == b'=') || text.bytes().all(|b| b == b'-'));
        if fenced {
            lines.push(line.to_owned());
        } else if title.len() < text.len() && title.starts_with(' ') {
            lines.push(format!("**{}**\n", title.trim()));
        } else if let Some(above) = lines.last_mut().filter(|above| is_underline && !above.trim().is_empty()) {
            if !above.starts_with("**") {
                *above = format!("**{}**\n", above.trim());
            }
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        query::{
            Shape,
            testing::{metrics, symbol},
        },
        record::{SkipReason, SymbolKind},
    };

    fn facts() -> SymbolFacts {
        let mut function = symbol("src/assets.rs", "bat::assets::load", SymbolKind::Function, (120, 164));
        function.signature = Some("pub fn load(path: &Path) -> Result<Assets>".to_owned());
        function.doc = Some("Loads the assets.\n\n# Errors\nWhen there are none.".to_owned());
        let metrics = metrics(&function, 12, 9);
        let shape = Shape { blocks: 14, branches: 5, loops: 1, ..Shape::default() };
        SymbolFacts {
            symbol: function,
            metrics: Some(metrics),
            shape: Some(shape),
            notes: vec![],
            heaviest: vec![],
            lighter: 0,
        }
    }

    fn hover(found: Found, notes: Vec<Note>) -> HoverFacts {
        let word = Some("load".to_owned());
        HoverFacts { path: "src/main.rs".into(), word, found, enclosing: None, notes }
    }

    fn symbol_hover() -> HoverFacts {
        let mut known = facts();
        known.shape.as_mut().unwrap().unreachable_lines = vec![130, 140];
        known.notes = vec![Note::Partial { path: "src/assets.rs".into(), line: 150 }];
        let mut around = facts();
        around.symbol = symbol("src/main.rs", "bat::main", SymbolKind::Function, (1, 9));
        let found = Found::Symbol { basis: Basis::Reference(Confidence::Likely), facts: Box::new(known) };
        HoverFacts { enclosing: Some(around), ..hover(found, vec![]) }
    }

    #[test]
    fn full_markdown_tells_what_how_large_and_how_sure() {
        insta::assert_snapshot!(symbol_hover().to_markdown(Style::Full), @r"
        ```rust
        pub fn load(path: &Path) -> Result<Assets>
        ```

        `bat::assets::load` · function · src/assets.rs:120

        Loads the assets.

        **Errors**

        When there are none.

        cyclomatic 12 · cognitive 9 · 45 lines (44 code) · nesting 3 · 2 parameters

        control flow: 14 blocks · 5 branches · 1 loop · 3 exits · unreachable code at line 130, 140

        *by name, likely · partial: line 150 does not parse*

        in function `bat::main`: cyclomatic 12 · cognitive 9 · 45 lines
        ");
    }

    #[test]
    fn beside_a_main_server_its_signature_and_doc_are_not_repeated() {
        insta::assert_snapshot!(symbol_hover().to_markdown(Style::Companion), @r"
        `bat::assets::load` · function · src/assets.rs:120

        cyclomatic 12 · cognitive 9 · 45 lines (44 code) · nesting 3 · 2 parameters

        control flow: 14 blocks · 5 branches · 1 loop · 3 exits · unreachable code at line 130, 140

        *by name, likely · partial: line 150 does not parse*

        in function `bat::main`: cyclomatic 12 · cognitive 9 · 45 lines
        ");
        let text = symbol_hover().to_text(Style::Companion);
        assert!(text.starts_with("function bat::assets::load\ncyclomatic 12"), "{text}");
        assert!(!text.contains("pub fn") && !text.contains("Loads the assets"), "{text}");
    }

    #[test]
    fn text_has_a_fact_a_line() {
        insta::assert_snapshot!(symbol_hover().to_text(Style::Full), @r"
        pub fn load(path: &Path) -> Result<Assets>
        function bat::assets::load
        cyclomatic 12 · cognitive 9 · 45 lines (44 code) · nesting 3 · 2 parameters
        control flow: 14 blocks · 5 branches · 1 loop · 3 exits · unreachable code at line 130, 140
        at src/assets.rs:120
        by name, likely · partial: line 150 does not parse

        Loads the assets.

        # Errors
        When there are none.

        in function bat::main: cyclomatic 12 · cognitive 9 · 45 lines
        ");
    }

    #[test]
    fn candidates_are_counted_and_the_first_are_listed() {
        let symbols = vec![facts().symbol, symbol("lib/load.rs", "lib::load", SymbolKind::EnumMember, (3, 3))];
        let answer = hover(Found::Candidates { symbols, total: 48, more: true }, vec![]);
        insta::assert_snapshot!(answer.to_markdown(Style::Full), @r"
        over 48 candidates for `load`, by name:
        - `bat::assets::load` · function · src/assets.rs:120
        - `lib::load` · enum member · lib/load.rs:3
        - …
        ");
        insta::assert_snapshot!(answer.to_text(Style::Full), @r"
        over 48 candidates for load, by name:
          bat::assets::load  function     src/assets.rs:120
          lib::load          enum member  lib/load.rs:3
          …
        ");
    }

    #[test]
    fn what_is_only_around_is_said_to_be() {
        let answer = hover(Found::Enclosing { facts: Box::new(facts()) }, vec![]);
        assert!(answer.to_markdown(Style::Full).starts_with("in function `bat::assets::load`\n"));
        assert!(answer.to_text(Style::Full).starts_with("in function bat::assets::load\n"));
    }

    #[test]
    fn nothing_found_and_not_indexed_read_differently() {
        let file = Found::File { language: "rust".into(), lines: 1, metrics: None };
        assert_eq!(hover(file, vec![]).to_markdown(Style::Full), "in `src/main.rs` · rust · 1 line");
        let unknown = hover(Found::Nothing, vec![Note::NotIndexed { path: "src/main.rs".into() }]);
        assert_eq!(unknown.to_markdown(Style::Full), "*not indexed: src/main.rs*");
        let skipped = Note::Skipped { path: "a.rs".into(), reason: SkipReason::Oversized, detail: "12 MB".to_owned() };
        assert_eq!(hover(Found::Nothing, vec![skipped]).to_markdown(Style::Companion), "*skipped: too large (12 MB)*");
    }

    #[test]
    fn headings_of_any_make_become_bold_but_not_in_code() {
        let doc = "Title\n=====\nText\n\nParameters\n----------\nx\n```\n# not a heading\n```\n## Sub\n#hashtag\n---";
        insta::assert_snapshot!(without_headings(doc), @r"
        **Title**

        Text

        **Parameters**

        x
        ```
        # not a heading
        ```
        **Sub**

        **#hashtag**
        ");
    }

    #[test]
    fn long_docs_are_cut_and_their_code_blocks_closed() {
        let doc = format!("Intro\n```py\n{}", "x = 1\n".repeat(100));
        let short = short_doc(&doc).unwrap();
        assert!(short.ends_with("x = 1\n```\n\n…"), "{short}");
        assert!(short.lines().count() <= DOC_LINES + 3);
        assert_eq!(short_doc(&"é".repeat(5000)).unwrap().chars().count(), DOC_BYTES / 4 + 2);
        assert_eq!(short_doc(" \n "), None);
    }

    #[test]
    fn a_signature_with_a_fence_and_a_name_with_a_tick_stay_in_their_places() {
        let mut known = facts();
        known.symbol.signature = Some("```".to_owned());
        known.symbol.fqn = "a`b".to_owned();
        let text = hover(Found::Symbol { basis: Basis::Definition, facts: Box::new(known) }, vec![]);
        let text = text.to_markdown(Style::Full);
        assert!(text.starts_with("~~~~rust\n```\n~~~~\n\n`` a`b ``"), "{text}");
    }
}
