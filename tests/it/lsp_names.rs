//! Definitions, references, highlights and hierarchies in a session, over files on disk and buffers that differ from them.

use std::fs;

use rutter::lsp::Options;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::{Client, uri};

const SHAPES: &str = "\
class Shape:
    def area(self):
        return 1


class Square(Shape):
    def area(self):
        return 2


def make() -> Square:
    return Square()
";

const MAIN: &str = "\
from shapes import Shape, make

# \u{1f40d} in a comment
def run(text):
    \u{e4} = \"\u{1f40d}\"; shape = make(); shape.area()
    return shape, text


run(make)
";

struct Session {
    dir: TempDir,
    client: Client,
}

impl Session {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap().join("project");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("shapes.py"), SHAPES).unwrap();
        fs::write(root.join("main.py"), MAIN).unwrap();
        let mut client = Client::in_workspace(&root, &dir.path().join("index")).await;
        client.indexed().await;
        Session { dir, client }
    }

    fn uri(&self, path: &str) -> String {
        uri(&self.dir.path().canonicalize().unwrap().join("project").join(path))
    }

    /// Puts a question about the first place of a text in a line (from 0) of a file.
    async fn ask(&mut self, method: &str, path: &str, text: &str, line: u32, word: &str) -> Value {
        let at = text.lines().nth(line as usize).unwrap();
        let character = at[..at.find(word).unwrap()].encode_utf16().count();
        let params = json!({
            "textDocument": {"uri": self.uri(path)},
            "position": {"line": line, "character": character},
            "context": {"includeDeclaration": true},
        });
        self.client.call(&format!("textDocument/{method}"), params).await
    }

    /// File names, lines and columns of an answer.
    fn places(answer: &Value) -> Vec<String> {
        let all = answer.as_array().unwrap_or_else(|| panic!("{answer}"));
        all.iter()
            .map(|one| {
                let uri = one["uri"].as_str().unwrap_or_default();
                let range = if one["range"].is_null() { &one["selectionRange"] } else { &one["range"] };
                let name = uri.rsplit('/').next().unwrap();
                format!("{name}:{}:{}", range["start"]["line"], range["start"]["character"])
            })
            .collect()
    }
}

#[tokio::test]
async fn names_lead_to_definitions_types_and_implementations() {
    let mut session = Session::new().await;
    let area = session.ask("definition", "main.py", MAIN, 4, "area").await;
    assert_eq!(Session::places(&area), ["shapes.py:6:8"]);
    let declared = session.ask("declaration", "main.py", MAIN, 4, "area").await;
    assert_eq!(declared, area);
    let shape = session.ask("typeDefinition", "main.py", MAIN, 4, "shape.").await;
    assert_eq!(Session::places(&shape), ["shapes.py:5:6"]);
    let made = session.ask("typeDefinition", "main.py", MAIN, 4, "make").await;
    assert_eq!(Session::places(&made), ["shapes.py:5:6"], "what a function returns");
    let implementations = session.ask("implementation", "shapes.py", SHAPES, 0, "Shape").await;
    assert_eq!(Session::places(&implementations), ["shapes.py:5:6"]);
    let overridden = session.ask("implementation", "shapes.py", SHAPES, 1, "area").await;
    assert_eq!(Session::places(&overridden), ["shapes.py:6:8"]);
    assert!(session.ask("definition", "main.py", MAIN, 0, "import").await.is_null());
    session.client.finish().await;
}

#[tokio::test]
async fn uses_are_found_by_meaning_in_the_clients_columns() {
    let mut session = Session::new().await;
    let uses = session.ask("references", "shapes.py", SHAPES, 10, "make").await;
    assert_eq!(Session::places(&uses), ["main.py:0:26", "main.py:4:22", "main.py:8:4", "shapes.py:10:4"]);
    let highlights = session.ask("documentHighlight", "main.py", MAIN, 4, "shape").await;
    let lines: Vec<&Value> = highlights.as_array().unwrap().iter().map(|one| &one["range"]["start"]).collect();
    // The snake is two UTF-16 units.
    assert_eq!(
        lines,
        [
            &json!({"line": 4, "character": 14}),
            &json!({"line": 4, "character": 30}),
            &json!({"line": 5, "character": 11})
        ]
    );
    assert_eq!(highlights[0]["kind"], 3, "it is written there");
    session.client.finish().await;
}

#[tokio::test]
async fn a_buffer_counts_before_the_disk() {
    let mut session = Session::new().await;
    let uri = session.uri("main.py");
    let text = format!("\n\n{MAIN}other = make\n");
    session.client.open(&uri, "python", &text).await;
    let uses = session.ask("references", "shapes.py", SHAPES, 10, "make").await;
    let expected = ["main.py:2:26", "main.py:6:22", "main.py:10:4", "main.py:11:8", "shapes.py:10:4"];
    assert_eq!(Session::places(&uses), expected);
    let definition = session.ask("definition", "main.py", &text, 11, "make").await;
    assert_eq!(Session::places(&definition), ["shapes.py:10:4"]);
    // What the other buffer does not have any more leads no further than to the import.
    let shapes = session.uri("shapes.py");
    session.client.open(&shapes, "python", &SHAPES.replace("make", "build")).await;
    let definition = session.ask("definition", "main.py", &text, 11, "make").await;
    assert_eq!(Session::places(&definition), ["main.py:2:26"]);
    session.client.finish().await;
}

#[tokio::test]
async fn hierarchies_are_walked() {
    let mut session = Session::new().await;
    let items = session.ask("prepareCallHierarchy", "shapes.py", SHAPES, 10, "make").await;
    assert_eq!(items[0]["name"], "make");
    let incoming = session.client.call("callHierarchy/incomingCalls", json!({"item": items[0]})).await;
    assert_eq!(incoming[0]["from"]["name"], "run");
    assert_eq!(incoming[0]["fromRanges"][0]["start"], json!({"line": 4, "character": 22}));
    let run = incoming[0]["from"].clone();
    let outgoing = session.client.call("callHierarchy/outgoingCalls", json!({"item": run})).await;
    let called: Vec<&Value> = outgoing.as_array().unwrap().iter().map(|call| &call["to"]["name"]).collect();
    assert_eq!(called, ["make", "area"]);
    let outside = session.client.call("callHierarchy/incomingCalls", json!({"item": run})).await;
    assert_eq!(outside[0]["from"]["name"], "main.py", "calls that stand in no function are the file's");

    let types = session.ask("prepareTypeHierarchy", "main.py", MAIN, 4, "shape.").await;
    assert_eq!(types[0]["name"], "Square");
    let above = session.client.call("typeHierarchy/supertypes", json!({"item": types[0]})).await;
    assert_eq!(above[0]["name"], "Shape");
    let below = session.client.call("typeHierarchy/subtypes", json!({"item": above[0]})).await;
    assert_eq!(below[0]["name"], "Square");
    let foreign = json!({"item": {"name": "x", "kind": 5, "uri": "file:///x", "range": types[0]["range"],
        "selectionRange": types[0]["range"], "data": {"symbol_id": "not ours"}}});
    assert!(session.client.call("typeHierarchy/subtypes", foreign).await.is_null());
    session.client.finish().await;
}

#[tokio::test]
async fn a_companion_offers_none_of_it() {
    let offered = |mode: &'static str| async move {
        let params = json!({"capabilities": {}, "initializationOptions": {"mode": mode}});
        let (client, capabilities) = Client::start(Options::default(), params).await;
        client.finish().await;
        capabilities
    };
    let providers = [
        "definition",
        "declaration",
        "typeDefinition",
        "implementation",
        "references",
        "callHierarchy",
        "typeHierarchy",
    ];
    let (full, companion) = (offered("full").await, offered("companion").await);
    for provider in providers {
        let name = format!("{provider}Provider");
        assert_eq!((&full[&name], &companion[&name]), (&Value::Bool(true), &Value::Null), "{name}");
    }
}
