//! Somebody types: answers are those of the text as it is, and the last change wins. `tests/fuzz/keystrokes.rs` does the same
//! for as long as it is let.

use std::sync::Arc;

use rutter::{
    extract::{Origin, extract},
    languages,
    parse::Parsed,
    record::Source,
    text::SourceText,
};
use serde_json::{Value, json};

use super::support::client::Client;
use crate::{
    dice::Dice,
    typing::{Typist, long_text},
};

const LANGUAGES: &[(&str, &str)] = &[
    ("python", "py"),
    ("rust", "rs"),
    ("go", "go"),
    ("java", "java"),
    ("typescript", "ts"),
    ("javascript", "js"),
    ("c", "c"),
    ("cpp", "cpp"),
];
const EDITS: usize = 40;

/// The fixtures of a language, one behind the other, several times.
fn text(name: &str, ending: &str) -> String {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let mut paths: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == ending));
    paths.sort();
    let texts: Vec<String> = paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).filter(|text| !text.contains("broken")).collect();
    long_text(&texts, 800, 1)
}

async fn client() -> Client {
    let capabilities = json!({
        "general": {"positionEncodings": ["utf-8"]},
        "textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}},
    });
    let params = json!({"processId": null, "rootUri": null, "capabilities": capabilities});
    Client::start(rutter::lsp::Options::default(), params).await.0
}

fn change(before: &SourceText, range: std::ops::Range<usize>, with: &str) -> Value {
    let at = |offset: usize| {
        let place = before.place(offset as u32);
        json!({"line": place.line, "character": place.col})
    };
    if range == (0..before.len() as usize) {
        return json!([{"text": with}]);
    }
    json!([{"range": {"start": at(range.start), "end": at(range.end)}, "text": with}])
}

/// Outline, folds and selections.
async fn answers(client: &mut Client, uri: &str, lines: u32) -> [Value; 3] {
    let document = json!({"uri": uri});
    let positions: Vec<Value> = (0..6).map(|at| json!({"line": lines * at / 6, "character": 5})).collect();
    [
        client.call("textDocument/documentSymbol", json!({"textDocument": document})).await,
        client.call("textDocument/foldingRange", json!({"textDocument": document})).await,
        client.call("textDocument/selectionRange", json!({"textDocument": document, "positions": positions})).await,
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_those_of_a_fresh_parse() {
    let mut client = client().await;
    for (name, ending) in LANGUAGES {
        let (typed, fresh) = (format!("untitled:typed.{ending}"), format!("untitled:fresh.{ending}"));
        let mut typist = Typist::new(text(name, ending), 7);
        let mut now = SourceText::from_buffer(typist.text.clone());
        client.open(&typed, name, &typist.text).await;
        for edit in 0..EDITS {
            let stroke = typist.next();
            client.change(&typed, edit as i64 + 2, change(&now, stroke.range.clone(), &stroke.text)).await;
            now = SourceText::from_buffer(typist.text.clone());
            let lines = now.lines().line_count();
            let after_edits = answers(&mut client, &typed, lines).await;
            client.open(&fresh, name, &typist.text).await;
            let afresh = answers(&mut client, &fresh, lines).await;
            client.close(&fresh).await;
            assert!(after_edits == afresh, "{name}, edit {edit}, {}", stroke.what);
        }
        client.close(&typed).await;
    }
    client.finish().await;
}

#[test]
fn records_are_those_of_a_fresh_parse() {
    for (name, ending) in LANGUAGES {
        let language = languages::by_name(name).unwrap();
        let mut typist = Typist::new(text(name, ending), 8);
        let mut now = SourceText::from_buffer(typist.text.clone());
        let mut parsed = Parsed::new(Arc::new(now.clone()), language).unwrap();
        let origin = Origin {
            path: "a".into(),
            module: "".into(),
            salt: 0,
            source: Source::Buffer,
            session: None,
            content_hash: String::new(),
            size: 0,
            modified_at: None,
            indexed_at: String::new(),
        };
        for edit in 0..EDITS {
            let stroke = typist.next();
            let changed = now.replace(stroke.range.start as u32..stroke.range.end as u32, &stroke.text);
            parsed = parsed.edited(Arc::new(now.clone()), &[changed]).unwrap();
            let fresh = Parsed::new(Arc::new(now.clone()), language).unwrap();
            assert_eq!(parsed.is_whole(), fresh.is_whole(), "{name}, edit {edit}, {}", stroke.what);
            let (records, afresh) = (extract(&parsed, &origin), extract(&fresh, &origin));
            assert!(records == afresh, "{name}, edit {edit}, {}", stroke.what);
            // What the outline is made of, part by part, is what is found in all.
            let parts = rutter::extract::outline(&parsed, |_| None, &mut Default::default());
            let parts = parts.into_iter().flat_map(|unit| unit.symbols.unwrap_or_default());
            let place = |symbol: &rutter::record::Symbol| {
                (symbol.name.clone(), symbol.kind, symbol.byte_start, symbol.byte_end, symbol.signature.clone())
            };
            let is_shown = |symbol: &rutter::record::Symbol| {
                !symbol.unlisted && symbol.kind != rutter::record::SymbolKind::Closure
            };
            let parts: Vec<_> = parts.filter(is_shown).map(|symbol| place(&symbol)).collect();
            let all: Vec<_> = records.symbols.iter().filter(|symbol| is_shown(symbol)).map(place).collect();
            assert_eq!(parts, all, "{name}, edit {edit}, {}", stroke.what);
        }
    }
}

/// What an assignment in a body defines depends on what is around: a body that defines nothing here may define something there.
#[test]
fn a_body_without_symbols_may_have_some_in_a_class() {
    let body = format!("self.level = \"{}\"", "x".repeat(100));
    let mut bare = rutter::extract::Bare::default();
    let mut names = |text: String| -> Vec<String> {
        let text = Arc::new(SourceText::from_buffer(text));
        let parsed = Parsed::new(text, languages::by_name("python").unwrap()).unwrap();
        let units = rutter::extract::outline(&parsed, |_| None, &mut bare);
        units.into_iter().flat_map(|unit| unit.symbols.unwrap_or_default()).map(|symbol| symbol.name).collect()
    };
    for _ in 0..2 {
        assert_eq!(names(format!("def set(self):\n    {body}\n")), ["set"]);
        assert_eq!(names(format!("class A:\n    def set(self):\n        {body}\n")), ["A", "set", "level"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_changes_the_last_wins() {
    let mut client = client().await;
    let uri = "untitled:many.py";
    client.open(uri, "python", "def f0(): pass\n").await;
    let mut dice = Dice::new(3, 0);
    let mut asked = Vec::new();
    for version in 1..=1000 {
        let name = format!("f{}", dice.below(1_000_000));
        // Some replace the text, some the name in it, some leave it broken until the next.
        let text = if version % 7 == 0 { format!("def {name}(: pass\n") } else { format!("def {name}(): pass\n") };
        let end = json!({"line": 1, "character": 0});
        let changes = match version % 3 {
            0 => json!([{"text": text}]),
            _ => json!([{"range": {"start": {"line": 0, "character": 0}, "end": end}, "text": text}]),
        };
        client.change(uri, version, changes).await;
        if version % 100 == 0 {
            asked.push((
                client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}})).await,
                name,
            ));
        }
    }
    let (last, name) = asked.pop().unwrap();
    assert_eq!(client.reply(&last).await["result"][0]["name"], name.as_str());
    // Those before it are answered from their own text, or told that it is no longer there.
    for (id, name) in asked {
        let reply = client.reply(&id).await;
        let is_its_own = reply["result"][0]["name"] == name.as_str();
        assert!(is_its_own || reply["error"]["code"] == -32801 || reply["result"] == json!([]), "{reply}");
    }
    client.finish().await;
}

/// A position is one of the text that the client had when it asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_of_a_place_in_an_overtaken_text_is_told_so() {
    let mut client = client().await;
    let uri = "untitled:overtaken.py";
    let mut version = 1;
    let document = json!({"uri": uri});
    let place = json!({"line": 0, "character": 4});
    for (method, more) in [
        ("textDocument/documentHighlight", json!({"position": place})),
        ("textDocument/definition", json!({"position": place})),
        ("textDocument/references", json!({"position": place, "context": {"includeDeclaration": true}})),
        ("textDocument/selectionRange", json!({"positions": [place]})),
    ] {
        // Long enough that the change is there before the answer is.
        let long = format!("def first(): pass\n{}", "def f(a):\n    return [a, {1: a}]\n".repeat(5_000));
        client.open(uri, "python", &long).await;
        let mut params = more;
        params["textDocument"] = document.clone();
        let asked = client.request(method, params.clone()).await;
        version += 1;
        let at_start = json!([{"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "\n"}]);
        client.change(uri, version, at_start).await;
        assert_eq!(client.reply(&asked).await["error"]["code"], -32801, "{method}");
        // Asked of the text as it is now, there is an answer.
        let again = client.request(method, params).await;
        let reply = client.reply(&again).await;
        assert!(reply.get("error").is_none() && reply.get("result").is_some(), "{method}: {reply}");
        client.close(uri).await;
    }
    client.finish().await;
}
