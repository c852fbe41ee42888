//! A session's surroundings: settings that change, files that others create, rename and delete, folders that come and go.

use std::{fs, path::PathBuf, time::Duration};

use rutter::{kv::Store, lsp::Options, record::Source, settings::Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::{Client, uri};

const PATIENCE: Duration = Duration::from_secs(60);

/// Some workspaces side by side, and a place for their indexes.
struct Ground {
    dir: TempDir,
}

impl Ground {
    fn new(files: &[(&str, &str)]) -> Self {
        let ground = Ground { dir: tempfile::tempdir().expect("a directory") };
        files.iter().for_each(|(path, text)| ground.write(path, text));
        ground
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().canonicalize().expect("it exists").join(path)
    }

    fn uri(&self, path: &str) -> String {
        uri(&self.path(path))
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
        fs::write(file, text).expect("a file");
    }

    /// A session in some of these folders; `more` goes into the parameters of `initialize`.
    async fn session(&self, folders: &[&str], more: Value) -> (Client, Value) {
        let folders: Vec<Value> =
            folders.iter().map(|folder| json!({"uri": self.uri(folder), "name": folder})).collect();
        let mut params = json!({
            "workspaceFolders": folders,
            "capabilities": {"window": {"workDoneProgress": true}},
            "initializationOptions": {"cache_dir": self.path("cache")},
        });
        merge(&mut params, more);
        Client::start(Options::default(), params).await
    }

    fn store(&self, root: &str) -> Option<Store> {
        let mut given = serde_json::Map::new();
        given.insert("cache_dir".to_owned(), json!(self.path("cache")));
        let layer = rutter::settings::Layer::InitializationOptions;
        let given = rutter::settings::Given::client(layer, &Value::Object(given));
        let settings: Settings = rutter::settings::Settled::of(&[given]).settings;
        Store::open_existing(&settings.index_dir(&self.path(root)).expect("a place")).ok()
    }

    /// The files that a root's index has, each with `*` where it is as an editor has it.
    fn indexed(&self, root: &str) -> String {
        let Some(store) = self.store(root) else { return "no index".to_owned() };
        let mut files = Vec::new();
        let snapshot = store.snapshot().expect("a snapshot");
        let each = &mut |file: rutter::record::FileRecord| {
            let mark = if file.source == Source::Buffer { "*" } else { "" };
            if file.skipped.is_none() {
                files.push(format!("{}{mark}", file.path));
            }
            std::ops::ControlFlow::Continue(())
        };
        snapshot.files(each).expect("a readable index");
        files.join(" ")
    }

    async fn comes_to_be(&self, root: &str, files: &str) {
        let became = async {
            while self.indexed(root) != files {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, became).await;
        assert!(in_time.is_ok(), "{root} has {:?}, not {files:?}", self.indexed(root));
    }

    /// As long as anything might still happen.
    async fn stays(&self, root: &str, files: &str) {
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(self.indexed(root), files);
    }
}

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more,
    }
}

async fn found(client: &mut Client, query: &str) -> Vec<String> {
    let found = client.call("workspace/symbol", json!({"query": query})).await;
    let mut uris: Vec<String> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(|symbol| symbol["location"]["uri"].as_str().expect("a URI").to_owned())
        .collect();
    uris.sort();
    uris
}

async fn comes_to_be_found(client: &mut Client, query: &str, uris: &[String]) {
    let begun = std::time::Instant::now();
    while found(client, query).await != uris {
        assert!(begun.elapsed() < PATIENCE, "`{query}` is not in {uris:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

const F: &str = "def f(): pass\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_of_settings_takes_effect() {
    let ground = Ground::new(&[("w/a.py", F), ("w/gen/b.py", F)]);
    let (mut client, _) = ground.session(&["w"], json!({})).await;
    client.indexed().await;
    ground.comes_to_be("w", "a.py gen/b.py").await;
    ground.write("w/rutter.toml", "exclude = ['gen/']\n");
    ground.comes_to_be("w", "a.py").await;
    ground.write("w/rutter.toml", "exclude = 7\n");
    let told = |params: &Value| {
        let message = params["message"].as_str().unwrap_or_default();
        message.contains("rutter.toml: `exclude`: a list of patterns is expected, and this is the number 7")
    };
    client.notification("window/showMessage", told).await;
    ground.comes_to_be("w", "a.py gen/b.py").await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_editors_settings_are_asked_for_and_followed() {
    let ground = Ground::new(&[("w/a.py", F), ("w/gen/b.py", F), ("w/gen/c.rs", "fn f() {}\n")]);
    let can = json!({"capabilities": {"workspace": {
        "configuration": true,
        "didChangeConfiguration": {"dynamicRegistration": true},
    }}});
    let (mut client, _) = ground.session(&["w"], can).await;
    client.configuration.insert(String::new(), json!({"exclude": ["*.py"]}));
    client.configuration.insert(ground.uri("w"), json!({"exclude": ["gen/"], "hidden": null}));
    let registers = |params: &Value| params["registrations"][0]["method"] == "workspace/didChangeConfiguration";
    client.asked("client/registerCapability", registers).await;
    client.indexed().await;
    ground.comes_to_be("w", "a.py").await;
    client.configuration.insert(ground.uri("w"), json!({"exclude": ["*.rs"], "exclud": []}));
    client.notify("workspace/didChangeConfiguration", json!({"settings": null})).await;
    let told =
        |params: &Value| params["message"].as_str().is_some_and(|message| message.ends_with("did you mean `exclude`?"));
    client.notification("window/showMessage", told).await;
    ground.comes_to_be("w", "a.py gen/b.py").await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_be_asked_says_what_is_set() {
    let ground = Ground::new(&[("w/a.py", F), ("w/gen/b.py", F)]);
    let (mut client, _) = ground.session(&["w"], json!({})).await;
    client.indexed().await;
    for (settings, files) in [
        (json!({"rutter": {"exclude": ["gen/"]}, "other": {"x": 1}}), "a.py"),
        (json!({"exclude": ["a.py"]}), "gen/b.py"),
        (json!({"rutter": null}), "a.py gen/b.py"),
    ] {
        client.notify("workspace/didChangeConfiguration", json!({"settings": settings})).await;
        ground.comes_to_be("w", files).await;
    }
    client.notify("workspace/didChangeConfiguration", json!({"settings": {"other": {"exclude": []}}})).await;
    ground.stays("w", "a.py gen/b.py").await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_follows_the_modes() {
    let ground = Ground::new(&[("w/a.py", F), ("w/b.rs", "fn f() {}\n")]);
    let dynamic = json!({"dynamicRegistration": true});
    let can = json!({
        "capabilities": {"textDocument": {"definition": dynamic, "documentSymbol": dynamic}, "workspace": {"symbol": dynamic}},
        "initializationOptions": {"modes": {"rust": "companion"}},
    });
    let (mut client, capabilities) = ground.session(&["w"], can).await;
    assert!(capabilities.get("definitionProvider").is_none(), "it is registered");
    assert_eq!(capabilities["referencesProvider"], true, "it cannot be registered");
    let registered = client.asked("client/registerCapability", |_| true).await;
    let registered = registered["registrations"].as_array().expect("a list").clone();
    let methods: Vec<&str> = registered.iter().filter_map(|one| one["method"].as_str()).collect();
    assert_eq!(methods, ["textDocument/definition", "textDocument/documentSymbol", "workspace/symbol"]);
    let languages = registered[0]["registerOptions"]["documentSelector"].to_string();
    assert!(languages.contains("python") && languages.contains("javascriptreact"), "{languages}");
    assert!(!languages.contains("rust"), "{languages}");
    client.indexed().await;
    let outline = |uri: String| json!({"textDocument": {"uri": uri}});
    assert_eq!(client.call("textDocument/documentSymbol", outline(ground.uri("w/b.rs"))).await, Value::Null);

    let said = json!({"settings": {"rutter": {"modes": {"rust": "full", "python": "companion"}}}});
    client.notify("workspace/didChangeConfiguration", said).await;
    let gone = client.asked("client/unregisterCapability", |_| true).await;
    let ids = |list: &Value| -> Vec<String> {
        list.as_array().expect("a list").iter().map(|one| one["id"].to_string()).collect()
    };
    assert_eq!(ids(&gone["unregisterations"]).len(), 2, "that of the workspace stays: {gone}");
    let new = client.asked("client/registerCapability", |_| true).await;
    assert_eq!(ids(&new["registrations"]), ids(&gone["unregisterations"]));
    let languages = new["registrations"][0]["registerOptions"]["documentSelector"].to_string();
    assert!(languages.contains("rust") && !languages.contains("python"), "{languages}");
    assert_ne!(client.call("textDocument/documentSymbol", outline(ground.uri("w/b.rs"))).await, Value::Null);
    assert_eq!(client.call("textDocument/documentSymbol", outline(ground.uri("w/a.py"))).await, Value::Null);

    client.notify("workspace/didChangeConfiguration", json!({"settings": {"rutter": {"mode": "companion"}}})).await;
    let gone = client.asked("client/unregisterCapability", |_| true).await;
    assert_eq!(ids(&gone["unregisterations"]).len(), 3, "nothing is full any more: {gone}");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_watch_the_index_follows_what_the_client_tells() {
    let ground = Ground::new(&[
        ("w/a.py", F),
        ("w/src/b.py", F),
        ("w/src/deep/c.py", F),
        ("w/.gitignore", "/out/\n"),
        ("w/out/skipped.py", F),
    ]);
    let more = json!({
        "capabilities": {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}},
        "initializationOptions": {"watch": "off"},
    });
    let (mut client, capabilities) = ground.session(&["w"], more).await;
    for operation in ["didCreate", "didRename", "didDelete"] {
        let filters = &capabilities["workspace"]["fileOperations"][operation]["filters"];
        assert_eq!(filters[0]["pattern"]["glob"], "**/*", "{operation}");
    }
    let watches = |params: &Value| params["registrations"][0]["method"] == "workspace/didChangeWatchedFiles";
    client.asked("client/registerCapability", watches).await;
    client.indexed().await;
    ground.comes_to_be("w", "a.py src/b.py src/deep/c.py").await;
    let file = |path: &str| json!({"uri": ground.uri(path)});

    ground.write("w/new.py", F);
    ground.write("w/out/more.py", F);
    ground.stays("w", "a.py src/b.py src/deep/c.py").await;
    client.notify("workspace/didCreateFiles", json!({"files": [file("w/out/more.py"), file("w/new.py")]})).await;
    ground.comes_to_be("w", "a.py new.py src/b.py src/deep/c.py").await;

    fs::rename(ground.path("w/src"), ground.path("w/lib")).expect("a rename");
    let renamed = json!({"files": [{"oldUri": ground.uri("w/src"), "newUri": ground.uri("w/lib")}]});
    client.notify("workspace/didRenameFiles", renamed).await;
    ground.comes_to_be("w", "a.py lib/b.py lib/deep/c.py new.py").await;

    fs::remove_dir_all(ground.path("w/lib/deep")).expect("a removal");
    client.notify("workspace/didDeleteFiles", json!({"files": [file("w/lib/deep")]})).await;
    ground.comes_to_be("w", "a.py lib/b.py new.py").await;

    ground.write("w/a.py", "def g(): pass\n");
    fs::remove_file(ground.path("w/new.py")).expect("a removal");
    let changes = json!([{"uri": ground.uri("w/a.py"), "type": 2}, {"uri": ground.uri("w/new.py"), "type": 3}]);
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": changes})).await;
    ground.comes_to_be("w", "a.py lib/b.py").await;
    comes_to_be_found(&mut client, "g", &[ground.uri("w/a.py")]).await;

    // The watch is switched on: nobody need tell any more.
    client.notify("workspace/didChangeConfiguration", json!({"settings": {"rutter": {"watch": "on"}}})).await;
    client.asked("client/unregisterCapability", |params| params.to_string().contains("didChangeWatchedFiles")).await;
    ground.write("w/seen.py", F);
    ground.comes_to_be("w", "a.py lib/b.py seen.py").await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_documents_follow_the_files_that_they_are() {
    let ground = Ground::new(&[("w/a.py", F), ("w/src/b.py", F)]);
    let (mut client, _) = ground.session(&["w"], json!({"initializationOptions": {"watch": "off"}})).await;
    client.indexed().await;
    // A folder that is renamed under an open document, as editors tell of it.
    let (old, new) = (ground.uri("w/src/b.py"), ground.uri("w/lib/b.py"));
    client.open(&old, "python", "def edited(): pass\n").await;
    ground.comes_to_be("w", "a.py src/b.py*").await;
    fs::rename(ground.path("w/src"), ground.path("w/lib")).expect("a rename");
    let renamed = json!({"files": [{"oldUri": ground.uri("w/src"), "newUri": ground.uri("w/lib")}]});
    client.notify("workspace/didRenameFiles", renamed).await;
    client.close(&old).await;
    client.open(&new, "python", "def edited(): pass\n").await;
    ground.comes_to_be("w", "a.py lib/b.py*").await;
    assert_eq!(found(&mut client, "edited").await, std::slice::from_ref(&new));

    // A file that is deleted under an open document is what the document says, until it is closed.
    let a = ground.uri("w/a.py");
    client.open(&a, "python", F).await;
    ground.stays("w", "a.py lib/b.py*").await;
    fs::remove_file(ground.path("w/a.py")).expect("a removal");
    client.notify("workspace/didDeleteFiles", json!({"files": [{"uri": a}]})).await;
    ground.comes_to_be("w", "a.py* lib/b.py*").await;
    client.close(&a).await;
    client.close(&new).await;
    ground.comes_to_be("w", "lib/b.py").await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_no_run_looks_at_is_in_the_index_while_it_is_open() {
    let ground = Ground::new(&[("w/a.py", F), ("w/.gitignore", "/out/\n"), ("w/out/b.py", F), ("outside/c.py", F)]);
    let (mut client, _) = ground.session(&["w"], json!({})).await;
    client.indexed().await;
    let outside = ground.path("outside/c.py").display().to_string();
    for path in ["w/out/b.py", "outside/c.py"] {
        client.open(&ground.uri(path), "python", "def edited(): pass\n").await;
    }
    ground.comes_to_be("w", &format!("{outside}* a.py out/b.py*")).await;
    for path in ["w/out/b.py", "outside/c.py"] {
        client.close(&ground.uri(path)).await;
    }
    ground.comes_to_be("w", "a.py").await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_folder_has_its_own_index_and_settings() {
    let ground = Ground::new(&[
        ("one/a.py", "def shared(): pass\n\nshared()\n"),
        ("two/a.py", "def shared(): pass\n\nshared()\n"),
        ("two/skipped.py", F),
        ("two/rutter.toml", "exclude = ['skipped.py']\n"),
    ]);
    let (mut client, capabilities) = ground.session(&["one", "two"], json!({})).await;
    assert_eq!(capabilities["workspace"]["workspaceFolders"]["changeNotifications"], true);
    client.indexed().await;
    client.indexed().await;
    assert_eq!((ground.indexed("one"), ground.indexed("two")), ("a.py".to_owned(), "a.py".to_owned()));
    let (one, two) = (ground.uri("one/a.py"), ground.uri("two/a.py"));
    assert_eq!(found(&mut client, "shared").await, [one.clone(), two.clone()]);
    // The same path in two roots is two files: neither hides the other, open or not.
    client.open(&one, "python", "def shared(): pass\n\n\n\nshared()\n").await;
    for (uri, line) in [(&one, 4), (&two, 2)] {
        let params = json!({
            "textDocument": {"uri": uri},
            "position": {"line": 0, "character": 5},
            "context": {"includeDeclaration": false},
        });
        let references = client.call("textDocument/references", params).await;
        assert_eq!(references.as_array().map(Vec::len), Some(1), "{references}");
        assert_eq!((&references[0]["uri"], &references[0]["range"]["start"]["line"]), (&json!(uri), &json!(line)));
    }
    ground.comes_to_be("one", "a.py*").await;
    assert_eq!(ground.indexed("two"), "a.py");
    client.finish().await;
    assert_eq!(ground.indexed("one"), "a.py");
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_come_and_go() {
    let ground = Ground::new(&[("one/a.py", "def first(): pass\n"), ("two/b.py", "def second(): pass\n")]);
    let (mut client, _) = ground.session(&["one"], json!({})).await;
    client.indexed().await;
    let b = ground.uri("two/b.py");
    client.open(&b, "python", "def edited(): pass\n").await;
    let outside = ground.path("two/b.py").display().to_string();
    ground.comes_to_be("one", &format!("{outside}* a.py")).await;
    let folder = |name: &str| json!({"uri": ground.uri(name), "name": name});
    let change = |added: Value, removed: Value| json!({"event": {"added": added, "removed": removed}});

    // An open document goes over to the root that it lies in.
    client.notify("workspace/didChangeWorkspaceFolders", change(json!([folder("two")]), json!([]))).await;
    client.indexed().await;
    ground.comes_to_be("two", "b.py*").await;
    ground.comes_to_be("one", "a.py").await;
    assert_eq!(found(&mut client, "edited").await, std::slice::from_ref(&b));
    assert_eq!(client.outline(&b).await, "edited");
    ground.write("two/c.py", "def third(): pass\n");
    ground.comes_to_be("two", "b.py* c.py").await;

    // What is closed in order has what is on disk, and follows nothing any more.
    client.notify("workspace/didChangeWorkspaceFolders", change(json!([]), json!([folder("two")]))).await;
    ground.comes_to_be("two", "b.py c.py").await;
    ground.comes_to_be("one", &format!("{outside}* a.py")).await;
    assert_eq!(found(&mut client, "third").await, [""; 0]);
    assert_eq!(found(&mut client, "edited").await, std::slice::from_ref(&b));
    ground.write("two/d.py", F);
    ground.stays("two", "b.py c.py").await;

    // All folders may go, and one may come again.
    client.notify("workspace/didChangeWorkspaceFolders", change(json!([]), json!([folder("one")]))).await;
    assert_eq!(client.outline(&b).await, "edited");
    ground.comes_to_be("one", "a.py").await;
    client.notify("workspace/didChangeWorkspaceFolders", change(json!([folder("two")]), json!([]))).await;
    client.indexed().await;
    ground.comes_to_be("two", "b.py* c.py d.py").await;
    client.close(&b).await;
    client.finish().await;
    assert_eq!(ground.indexed("two"), "b.py c.py d.py");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_within_a_folder_answers_for_its_files() {
    let ground = Ground::new(&[
        ("outer/a.py", "from inner.b import deep\n\ndeep()\n"),
        ("outer/inner/b.py", "def deep(): pass\n"),
        ("outer/inner/__init__.py", ""),
    ]);
    let (mut client, _) = ground.session(&["outer", "outer/inner"], json!({})).await;
    client.indexed().await;
    client.indexed().await;
    // Both indexes are whole: others who work on the outer workspace know nothing of this session's folders.
    assert_eq!(ground.indexed("outer"), "a.py inner/__init__.py inner/b.py");
    assert_eq!(ground.indexed("outer/inner"), "__init__.py b.py");
    let b = ground.uri("outer/inner/b.py");
    assert_eq!(found(&mut client, "deep").await, std::slice::from_ref(&b), "once");
    let at = |uri: &str, line: u32, character: u32| json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
    let definition = client.call("textDocument/definition", at(&ground.uri("outer/a.py"), 2, 1)).await;
    assert_eq!(definition[0]["uri"], b, "from the outer root names lead into the inner one");
    client.open(&b, "python", "def deep(): pass\n\ndef more(): pass\n").await;
    ground.comes_to_be("outer/inner", "__init__.py b.py*").await;
    assert_eq!(found(&mut client, "more").await, std::slice::from_ref(&b));
    ground.stays("outer", "a.py inner/__init__.py inner/b.py").await;
    client.finish().await;
}
