//! An editor's session: what is open is answered from the buffer, what is not from the index.

use std::{fs, path::Path, sync::atomic::AtomicBool, time::Duration};

use rutter::{
    index::{self, IndexError, Settings, Silent, Summary},
    kv::Store,
    lsp::{End, Options},
    record::Source,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    samples::home,
    support::client::{Client, names, uri},
};

/// A workspace, and beside it the place of its index.
struct Workspace {
    dir: TempDir,
}

impl Workspace {
    fn new(files: &[(&str, &str)]) -> Self {
        let workspace = Workspace { dir: tempfile::tempdir().expect("a directory") };
        fs::create_dir_all(workspace.root()).expect("a root");
        for (path, text) in files {
            workspace.write(path, text);
        }
        workspace
    }

    fn root(&self) -> std::path::PathBuf {
        self.dir.path().canonicalize().expect("it exists").join("project")
    }

    fn index_dir(&self) -> std::path::PathBuf {
        self.dir.path().join("index")
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.root().join(path);
        fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
        fs::write(file, text).expect("a file");
    }

    fn uri(&self, path: &str) -> String {
        uri(&self.root().join(path))
    }

    /// Runs over the files without a server.
    fn index(&self) -> Result<Summary, IndexError> {
        let store = Store::open(&self.index_dir(), &self.root().to_string_lossy()).expect("an index");
        index::run(&store, &self.root(), &Settings::default(), &Silent, &AtomicBool::new(false))
    }

    async fn client(&self) -> Client {
        Client::in_workspace(&self.root(), &self.index_dir()).await
    }

    /// After a session: where the index has a file's text from, and its symbols' names.
    fn indexed(&self, path: &str) -> Option<(Source, Vec<String>)> {
        let store = Store::open_existing(&self.index_dir()).expect("an index");
        let snapshot = store.snapshot().expect("a snapshot");
        let file = snapshot.file(path).expect("a readable index")?;
        let ids = snapshot.file_symbols(file.file_id).expect("a readable index");
        let names = ids.into_iter().filter_map(|id| Some(snapshot.symbol(id).expect("a readable index")?.name));
        Some((file.source, names.collect()))
    }
}

const SHAPES: &str = "class Shape:
    \"\"\"Has an area.\"\"\"

    def area(self, scale):
        if scale > 1:
            return scale * self.side
        return 0


def total(shapes):
    return sum(shape.area(1) for shape in shapes)
";

fn at(uri: &str, line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}})
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_from_the_buffer() {
    let workspace = Workspace::new(&[("shapes.py", "def stale(): pass\n")]);
    let mut client = workspace.client().await;
    let uri = workspace.uri("shapes.py");
    client.open(&uri, "python", SHAPES).await;
    assert_eq!(client.outline(&uri).await, "Shape(area) total");

    let hover = client.hover(&uri, 3, 9).await;
    assert!(hover.contains("area") && hover.contains("cyclomatic"), "{hover}");
    assert!(client.hover(&uri, 9, 5).await.contains("total"));

    let folds = client.call("textDocument/foldingRange", json!({"textDocument": {"uri": uri}})).await;
    let starts: Vec<_> = folds.as_array().expect("folds").iter().map(|fold| fold["startLine"].clone()).collect();
    assert!(starts.contains(&json!(0)) && starts.contains(&json!(3)), "{folds}");

    let params = json!({"textDocument": {"uri": uri}, "positions": [{"line": 5, "character": 20}, {"line": 99, "character": 0}]});
    let selections = client.call("textDocument/selectionRange", params).await;
    assert_eq!(selections.as_array().map(Vec::len), Some(2), "one for each position");
    let (mut inner, mut depth) = (&selections[0], 0);
    while let Some(parent) = inner.get("parent") {
        (inner, depth) = (parent, depth + 1);
    }
    assert!(depth >= 3, "statement, function, class: {selections}");

    let highlights = client.call("textDocument/documentHighlight", at(&uri, 3, 20)).await;
    let lines: Vec<_> =
        highlights.as_array().expect("some").iter().map(|h| h["range"]["start"]["line"].clone()).collect();
    assert_eq!(lines, [3, 4, 5], "`scale`: {highlights}");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_show_at_once_and_columns_are_the_clients() {
    let workspace = Workspace::new(&[]);
    let mut client = workspace.client().await;
    let uri = workspace.uri("new.py");
    client.open(&uri, "python", "x = '😀'; y = 1\ndef one(): pass\n").await;
    assert_eq!(client.outline(&uri).await.split(' ').next_back(), Some("one"));
    let range = json!({"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 7}});
    client
        .change(&uri, 2, json!([{"range": range, "text": "two"}, {"range": null, "text": "def three(): pass\n"}]))
        .await;
    assert_eq!(client.outline(&uri).await, "three");
    client.change(&uri, 3, json!([{"text": "def 名前(): return 名前\n"}])).await;
    let highlights = client.call("textDocument/documentHighlight", at(&uri, 0, 5)).await;
    let columns: Vec<_> =
        highlights.as_array().expect("some").iter().map(|h| h["range"]["start"]["character"].clone()).collect();
    assert_eq!(columns, [4, 17], "UTF-16 units: {highlights}");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspace_is_indexed_with_progress() {
    let workspace = Workspace::new(&[("a/shapes.py", SHAPES), ("b/lib.rs", "pub struct Sphere { radius: f64 }\n")]);
    let mut client = workspace.client().await;
    client.notification("$/progress", |params| params["value"]["kind"] == "begin").await;
    client.indexed().await;
    let found = client.call("workspace/symbol", json!({"query": "sphere"})).await;
    assert_eq!(found[0]["name"], "Sphere");
    assert_eq!(found[0]["location"]["uri"], workspace.uri("b/lib.rs"));
    assert_eq!(found[0]["location"]["range"]["start"], json!({"line": 0, "character": 11}));
    // A file that is not open is answered from the index.
    assert_eq!(client.outline(&workspace.uri("a/shapes.py")).await, "Shape(area) total");
    assert!(client.hover(&workspace.uri("a/shapes.py"), 9, 6).await.contains("total"));
    client.finish().await;
    assert_eq!(workspace.indexed("b/lib.rs").map(|(source, _)| source), Some(Source::Disk));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_on_disk_is_followed() {
    let workspace = Workspace::new(&[("a.py", "def first(): pass\n"), ("open.py", "def on_disk(): pass\n")]);
    let mut client = workspace.client().await;
    client.indexed().await;
    client.open(&workspace.uri("open.py"), "python", "def in_buffer(): pass\n").await;
    comes_to_be(&workspace, "open.py", Source::Buffer, &["in_buffer"]).await;
    workspace.write("a.py", "def second(): pass\n");
    comes_to_be(&workspace, "a.py", Source::Disk, &["second"]).await;
    workspace.write("sub/new.py", "def third(): pass\n");
    comes_to_be(&workspace, "sub/new.py", Source::Disk, &["third"]).await;
    // What is open is the editor's, whatever a run has read.
    comes_to_be(&workspace, "open.py", Source::Buffer, &["in_buffer"]).await;
    let found = client.call("workspace/symbol", json!({"query": "third"})).await;
    assert_eq!(found[0]["location"]["uri"], workspace.uri("sub/new.py"));
    client.finish().await;
    assert_eq!(workspace.indexed("open.py"), Some((Source::Disk, vec!["on_disk".to_owned()])));
}

/// What the index has of a file while the session goes on, as soon as it is what is wanted.
async fn comes_to_be(workspace: &Workspace, path: &str, source: Source, names: &[&str]) {
    let wanted = Some((source, names.iter().map(|&name| name.to_owned()).collect()));
    let became = async {
        while workspace.indexed(path) != wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let patience = Duration::from_secs(60);
    assert!(tokio::time::timeout(patience, became).await.is_ok(), "it is {:?}", workspace.indexed(path));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_buffer_is_in_the_index_and_gives_way_when_closed() {
    let workspace = Workspace::new(&[("a.py", "def on_disk(): pass\n")]);
    let mut client = workspace.client().await;
    client.indexed().await;
    let uri = workspace.uri("a.py");
    client.open(&uri, "python", "def in_buffer(): pass\n").await;
    comes_to_be(&workspace, "a.py", Source::Buffer, &["in_buffer"]).await;
    let gone = workspace.uri("never_saved.py");
    client.open(&gone, "python", "def gone(): pass\n").await;
    comes_to_be(&workspace, "never_saved.py", Source::Buffer, &["gone"]).await;
    client.close(&uri).await;
    client.close(&gone).await;
    client.finish().await;
    assert_eq!(workspace.indexed("a.py"), Some((Source::Disk, vec!["on_disk".to_owned()])));
    assert_eq!(workspace.indexed("never_saved.py"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_session_closes_its_documents() {
    let workspace = Workspace::new(&[("a.py", "def on_disk(): pass\n")]);
    let (uri, gone) = (workspace.uri("a.py"), workspace.uri("never_saved.py"));
    for says_good_bye in [true, false] {
        let mut client = workspace.client().await;
        client.indexed().await;
        client.open(&uri, "python", "def in_buffer(): pass\n").await;
        client.open(&gone, "python", "def gone(): pass\n").await;
        comes_to_be(&workspace, "a.py", Source::Buffer, &["in_buffer"]).await;
        comes_to_be(&workspace, "never_saved.py", Source::Buffer, &["gone"]).await;
        if says_good_bye {
            client.finish().await;
        } else {
            assert_eq!(client.hang_up().await, End::Abrupt);
        }
        assert_eq!(workspace.indexed("a.py"), Some((Source::Disk, vec!["on_disk".to_owned()])));
        assert_eq!(workspace.indexed("never_saved.py"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_buffer_is_the_disks_and_need_not_be_read_again() {
    let workspace = Workspace::new(&[("a.py", "def first(): pass\n")]);
    let mut client = workspace.client().await;
    client.indexed().await;
    let uri = workspace.uri("a.py");
    client.open(&uri, "python", "def first(): pass\n").await;
    client.change(&uri, 2, json!([{"text": "def second(): pass\n"}])).await;
    comes_to_be(&workspace, "a.py", Source::Buffer, &["second"]).await;
    workspace.write("a.py", "def second(): pass\n");
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}})).await;
    comes_to_be(&workspace, "a.py", Source::Disk, &["second"]).await;

    let summary = workspace.index();
    let summary = summary.expect("a run");
    assert_eq!((summary.files_indexed, summary.files_unchanged), (0, 1));
    // What the editor saved otherwise than it shows stays a buffer's.
    workspace.write("a.py", "def formatted_on_disk(): pass\n");
    client.change(&uri, 3, json!([{"text": "def third(): pass\n"}])).await;
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}})).await;
    comes_to_be(&workspace, "a.py", Source::Buffer, &["third"]).await;
    client.finish().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_one_path_by_whatever_links_it_is_named() {
    let workspace = Workspace::new(&[("src/a.py", "def on_disk(): pass\n")]);
    std::os::unix::fs::symlink("src", workspace.root().join("link")).expect("a link");
    let mut client = workspace.client().await;
    client.indexed().await;
    let (straight, linked) = (workspace.uri("src/a.py"), workspace.uri("link/a.py"));
    assert!(client.hover(&linked, 0, 6).await.contains("on_disk"), "what the index has of the file itself");
    client.open(&straight, "python", "def one(): pass\n").await;
    client.open(&linked, "python", "def two(): pass\n").await;
    assert_eq!((client.outline(&straight).await, client.outline(&linked).await), ("one".into(), "two".into()));
    comes_to_be(&workspace, "src/a.py", Source::Buffer, &["two"]).await;
    let found = client.call("workspace/symbol", json!({"query": "two"})).await;
    assert_eq!(found[0]["location"]["uri"], linked.as_str());
    client.close(&linked).await;
    comes_to_be(&workspace, "src/a.py", Source::Buffer, &["one"]).await;
    client.close(&straight).await;
    comes_to_be(&workspace, "src/a.py", Source::Disk, &["on_disk"]).await;
    client.finish().await;
    assert_eq!(workspace.indexed("link/a.py"), None);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn files_are_named_as_the_client_names_their_workspace() {
    let workspace = Workspace::new(&[("a.py", "def far(): pass\n")]);
    let link = workspace.dir.path().join("link");
    std::os::unix::fs::symlink(workspace.root(), &link).expect("a link");
    let mut client = Client::in_workspace(&link, &workspace.index_dir()).await;
    client.indexed().await;
    let found = client.call("workspace/symbol", json!({"query": "far"})).await;
    assert_eq!(found[0]["location"]["uri"], uri(&link.join("a.py")));
    assert!(client.hover(&uri(&link.join("a.py")), 0, 5).await.contains("far"));
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_in_comments_and_strings_are_no_names() {
    let workspace = Workspace::new(&[]);
    let mut client = workspace.client().await;
    let text =
        "# total\ndef total():\n    \"\"\"total\"\"\"\n    # total\n    return 'total'\n\nprint(total, 'total')\n";
    for (uri, is_open) in [(workspace.uri("open.py"), true), (workspace.uri("closed.py"), false)] {
        if is_open {
            client.open(&uri, "python", text).await;
        } else {
            workspace.write("closed.py", text);
            client.open(&uri, "python", text).await;
            comes_to_be(&workspace, "closed.py", Source::Disk, &["total"]).await;
            client.close(&uri).await;
        }
        for (line, character) in [(1, 6), (6, 8)] {
            assert!(client.hover(&uri, line, character).await.contains("def total()"), "{line}:{character}");
        }
        for (line, character) in [(2, 8), (3, 8), (4, 13)] {
            let hover = client.hover(&uri, line, character).await;
            assert!(hover.starts_with("in function `"), "{line}:{character}: {hover}");
        }
        for (line, character) in [(0, 3), (6, 16)] {
            assert_eq!(client.hover(&uri, line, character).await, "", "{line}:{character}");
        }
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_is_answered_and_never_written() {
    let workspace = Workspace::new(&[]);
    let mut client = workspace.client().await;
    for name in ["untitled:Untitled-1", "git:/a.py?%7B%7D"] {
        client.open(name, "python", "def unsaved(): pass\n").await;
        assert_eq!(client.outline(name).await, "unsaved");
        assert!(client.hover(name, 0, 6).await.contains("unsaved"));
        client.notify("textDocument/didSave", json!({"textDocument": {"uri": name}})).await;
    }
    client.finish().await;
    for name in ["untitled:Untitled-1", "git:/a.py?%7B%7D"] {
        assert_eq!(workspace.indexed(name), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_workspace_open_files_are_answered() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("alone.py");
    let (mut client, _) = Client::start(Options::default(), json!({"rootUri": null, "capabilities": {}})).await;
    client.open(&uri(&file), "python", "class A:\n    def b(self): pass\n").await;
    let flat = client.call("textDocument/documentSymbol", json!({"textDocument": {"uri": uri(&file)}})).await;
    assert_eq!(names(&flat), "A b", "without nesting for a client that has not asked for it");
    assert_eq!(flat[1]["containerName"], "A");
    let found = client.call("workspace/symbol", json!({"query": "b"})).await;
    assert_eq!(found[0]["location"]["uri"], uri(&file).as_str());
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn home_is_not_indexed() {
    let home = std::env::var_os("HOME").expect("a home");
    let params = json!({"rootUri": uri(Path::new(&home)), "capabilities": {"window": {"workDoneProgress": true}}});
    let (mut client, _) = Client::start(Options::default(), params).await;
    client
        .notification("window/showMessage", |params| params["message"].as_str().is_some_and(|m| m.contains("home")))
        .await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_companion_adds_only_facts() {
    let hover = json!({"contentFormat": ["markdown"]});
    let options = json!({
        "capabilities": {"textDocument": {"hover": hover}},
        "initializationOptions": {"mode": "companion"},
    });
    let (mut client, capabilities) = Client::start(Options::default(), options).await;
    assert_eq!(capabilities["hoverProvider"], true);
    for absent in
        ["documentSymbolProvider", "workspaceSymbolProvider", "foldingRangeProvider", "documentHighlightProvider"]
    {
        assert!(capabilities.get(absent).is_none(), "{absent}");
    }
    client.open("untitled:a.py", "python", SHAPES).await;
    // A companion keeps nobody waiting: what it does not know in time it says the next time.
    let mut hover = String::new();
    for _ in 0..100 {
        hover = client.hover("untitled:a.py", 3, 9).await;
        if !hover.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(hover.contains("cyclomatic") && !hover.contains("def area(self, scale)"), "{hover}");
    // A client that asks all the same.
    assert_eq!(client.call("workspace/symbol", json!({"query": "area"})).await, Value::Null);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn symbols_of_a_language_that_another_serves_are_left_to_it() {
    let workspace = Workspace::new(&[("a.py", "def shape(): pass\n"), ("b.rs", "fn shape() {}\n")]);
    let params = json!({
        "rootUri": uri(&workspace.root()),
        "capabilities": {"window": {"workDoneProgress": true}},
        "initializationOptions": {"modes": {"rust": "companion"}},
    });
    let options = Options { index_dir: Some(workspace.index_dir()), ..Options::default() };
    let (mut client, _) = Client::start(options, params).await;
    client.indexed().await;
    let found = client.call("workspace/symbol", json!({"query": "shape"})).await;
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(found[0]["location"]["uri"], workspace.uri("a.py"));
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_with_null() {
    let workspace = Workspace::new(&[("notes.txt", "area\n")]);
    let mut client = workspace.client().await;
    let missing = workspace.uri("missing.py");
    for uri in [workspace.uri("notes.txt"), missing, "untitled:closed.py".to_owned()] {
        let document = json!({"textDocument": {"uri": uri}});
        assert_eq!(client.call("textDocument/documentSymbol", document.clone()).await, Value::Null, "{uri}");
        assert_eq!(client.call("textDocument/foldingRange", document).await, Value::Null, "{uri}");
    }
    client.open(&workspace.uri("notes.txt"), "plaintext", "area\n").await;
    assert_eq!(client.call("textDocument/hover", at(&workspace.uri("notes.txt"), 0, 1)).await, Value::Null);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_position_and_no_nesting_is_too_odd() {
    let workspace = Workspace::new(&[]);
    let mut client = workspace.client().await;
    let uri = workspace.uri("deep.rs");
    let text = format!("fn main() {{ let x = {}1{}; }}\r\rfn b() {{}}\r\n", "(".repeat(20_000), ")".repeat(20_000));
    client.open(&uri, "rust", &text).await;
    for position in [(0, 15_000), (0, u32::MAX), (u32::MAX, 0), (1, 7), (2, 4)] {
        let (line, character) = position;
        client.call("textDocument/hover", at(&uri, line, character)).await;
        client.call("textDocument/documentHighlight", at(&uri, line, character)).await;
        let positions = json!([{"line": line, "character": character}]);
        client.call("textDocument/selectionRange", json!({"textDocument": {"uri": uri}, "positions": positions})).await;
    }
    client.call("textDocument/foldingRange", json!({"textDocument": {"uri": uri}})).await;
    assert_eq!(client.outline(&uri).await, "main b");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_cannot_be_opened_is_told_once() {
    let workspace = Workspace::new(&[("a.py", "def on_disk(): pass\n")]);
    // A file where the directory should be.
    fs::write(workspace.index_dir(), "in the way").expect("a file");
    let mut client = workspace.client().await;
    client.notification("window/showMessage", |params| params["type"] == 2).await;
    let uri = workspace.uri("a.py");
    client.open(&uri, "python", "def in_buffer(): pass\n").await;
    assert_eq!(client.outline(&uri).await, "in_buffer");
    assert!(client.hover(&uri, 0, 6).await.contains("in_buffer"));
    assert_eq!(client.hang_up().await, End::Abrupt);
    assert_eq!(fs::read_to_string(workspace.index_dir()).ok().as_deref(), Some("in the way"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_index_is_set_aside_and_told_and_built_anew() {
    let workspace = Workspace::new(&[("a.py", "def on_disk(): pass\n")]);
    // Not by a session: the last thread of one may have the index open for a moment longer, and who opens it then shares it.
    workspace.index().expect("a run");
    let home = home(&workspace.index_dir());
    let current = fs::read_to_string(home.join("CURRENT")).expect("an index");
    let data = home.join(current.trim_end()).join("data.mdb");
    let mut bytes = fs::read(&data).expect("a database");
    bytes[8192..].fill(0);
    fs::write(&data, bytes).expect("a database");
    let mut client = workspace.client().await;
    let is_told = |params: &Value| params["message"].as_str().is_some_and(|message| message.contains("set aside"));
    client.notification("window/showMessage", is_told).await;
    client.indexed().await;
    client.finish().await;
    assert_eq!(workspace.indexed("a.py").map(|(_, names)| names), Some(vec!["on_disk".to_owned()]));
}
