//! What an editor shows beside its main server: code lenses, faded code, our own requests; and who serves what.

use std::{collections::BTreeSet, fs, path::Path, process::Command, time::Duration};

use rutter::lsp::Options;
use serde_json::{Value, json};

use crate::support::{
    client::{Client, uri},
    place::Place,
};

/// Three functions of one Python file: one that is complex, one that is simple and calls it, one with dead code.
const TEXT: &str = "\
def tangled(a, b):
    for x in a:
        if x and b:
            while b:
                if x > b:
                    b -= 1 if a else 2
                else:
                    return x
    return None


def plain(a):
    return tangled(a, 1)


def dead(a):
    return a
    print(a)
    print(a + 1)
";

fn capabilities() -> Value {
    json!({
        "experimental": {
            "commands": {"commands": ["rutter.showWhy", "rutter.showCallers", "rutter.showControlFlow"]},
            "rutter": {"status": true},
        },
        "workspace": {"codeLens": {"refreshSupport": true}},
        "window": {"workDoneProgress": true},
    })
}

async fn client(workspace: &Place, capabilities: Value, options: Value) -> Client {
    let params = json!({
        "rootUri": uri(&workspace.root),
        "capabilities": capabilities,
        "initializationOptions": options,
    });
    let server = Options { index_dir: Some(workspace.top.join("index")), ..Options::default() };
    let (mut client, _) = Client::start(server, params).await;
    client.indexed().await;
    client
}

fn uri_of(workspace: &Place, path: &str) -> String {
    uri(&workspace.root.join(path))
}

fn at(uri: &str, line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}})
}

fn git(root: &Path, args: &[&str]) {
    let run =
        Command::new("git").arg("-C").arg(root).args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(args).output();
    let output = run.expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn committed(files: &[(&str, &str)]) -> Place {
    let workspace = Place::new(files);
    git(&workspace.root, &["init", "--quiet"]);
    git(&workspace.root, &["add", "."]);
    git(&workspace.root, &["commit", "--quiet", "-m", "first"]);
    workspace
}

/// The titles of a document's lenses in their order, as the client would show them.
async fn lenses(client: &mut Client, uri: &str) -> Vec<String> {
    let found = client.call("textDocument/codeLens", json!({"textDocument": {"uri": uri}})).await;
    let mut titles = Vec::new();
    for lens in found.as_array().into_iter().flatten() {
        assert!(lens.get("command").is_none_or(Value::is_null), "text comes later: {lens}");
        let resolved = client.call("codeLens/resolve", lens.clone()).await;
        titles.push(format!(
            "{}: {}",
            lens["range"]["start"]["line"],
            resolved["command"]["title"].as_str().unwrap_or("?")
        ));
        if resolved["command"]["command"] != "" {
            assert_eq!(resolved["command"]["arguments"], json!([uri, lens["range"]["start"]]), "{resolved}");
        }
    }
    titles
}

#[tokio::test(flavor = "multi_thread")]
async fn lenses_are_over_what_is_complex_or_has_changed() {
    let workspace = committed(&[("a.py", TEXT)]);
    let mut client = client(&workspace, capabilities(), Value::Null).await;
    let uri = uri_of(&workspace, "a.py");
    client.open(&uri, "python", TEXT).await;
    let complex = ["0: cognitive 17", "0: 1 caller", "0: control flow"];
    assert_eq!(lenses(&mut client, &uri).await, complex);
    // One `if` more in the simple one, and a new function, which is as simple.
    let edited = TEXT.replace(
        "    return tangled(a, 1)\n",
        "    if a:\n        return tangled(a, 1)\n\n\ndef new(a):\n    return 1 if a else 2\n",
    );
    client.change(&uri, 2, json!([{"text": edited}])).await;
    let changed = ["11: cognitive 1 (+1) · cyclomatic 2 (+1)", "11: no callers found", "11: control flow"];
    assert_eq!(lenses(&mut client, &uri).await, [complex, changed].concat());
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_makes_lenses_anew() {
    let workspace = committed(&[("a.py", TEXT)]);
    let edited = TEXT.replace("    return tangled(a, 1)\n", "    return tangled(a, 1) if a else 0\n");
    workspace.write("work/a.py", &edited);
    let mut client = client(&workspace, capabilities(), json!({"lens": "changed"})).await;
    let uri = uri_of(&workspace, "a.py");
    client.open(&uri, "python", &edited).await;
    assert_eq!(lenses(&mut client, &uri).await[0], "11: cognitive 1 (+1) · cyclomatic 2 (+1)");
    git(&workspace.root, &["commit", "--quiet", "-am", "second"]);
    // The end of the first run is a reason to ask again, too.
    while !lenses(&mut client, &uri).await.is_empty() {
        client.asked("workspace/codeLens/refresh", |_| true).await;
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_our_commands_gets_all_in_one_text() {
    let workspace = committed(&[("a.py", TEXT)]);
    let mut client =
        client(&workspace, json!({"window": {"workDoneProgress": true}}), json!({"lens_threshold": 10})).await;
    let uri = uri_of(&workspace, "a.py");
    client.open(&uri, "python", TEXT).await;
    assert_eq!(lenses(&mut client, &uri).await, ["0: cognitive 17 · 1 caller"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lenses_follow_their_settings_and_do_without_git() {
    let workspace = Place::new(&[("a.py", TEXT)]);
    let mut client = client(&workspace, capabilities(), json!({"lens": "off"})).await;
    let uri = uri_of(&workspace, "a.py");
    client.open(&uri, "python", TEXT).await;
    assert!(lenses(&mut client, &uri).await.is_empty());
    let all = json!({"settings": {"rutter": {"lens": "on", "lens_threshold": 0}}});
    client.notify("workspace/didChangeConfiguration", all).await;
    let mut shown = lenses(&mut client, &uri).await;
    while shown.is_empty() {
        client.asked("workspace/codeLens/refresh", |_| true).await;
        shown = lenses(&mut client, &uri).await;
    }
    assert_eq!(shown.len(), 9, "{shown:?}");
    assert_eq!(shown[3..5], ["11: cognitive 0", "11: no callers found"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_no_path_reaches_is_faded_until_it_is_reached_or_closed() {
    let workspace = Place::new(&[("a.py", TEXT)]);
    let mut client = client(&workspace, capabilities(), Value::Null).await;
    for uri in [uri_of(&workspace, "a.py"), "untitled:b.py".to_owned()] {
        client.open(&uri, "python", TEXT).await;
        let told = client.notification("textDocument/publishDiagnostics", |params| params["uri"] == *uri).await;
        let faded = &told["diagnostics"];
        assert_eq!(faded.as_array().map(Vec::len), Some(1), "{told}");
        assert_eq!(
            (&faded[0]["severity"], &faded[0]["source"], &faded[0]["tags"]),
            (&json!(4), &json!("rutter"), &json!([1]))
        );
        let range = json!({"start": {"line": 17, "character": 4}, "end": {"line": 18, "character": 16}});
        assert_eq!((&faded[0]["range"], &faded[0]["code"]), (&range, &json!("unreachable")));
        client.change(&uri, 2, json!([{"text": TEXT.replace("    return a\n", "    a += 1\n")}])).await;
        let told = client.notification("textDocument/publishDiagnostics", |params| params["uri"] == *uri).await;
        assert_eq!((&told["diagnostics"], &told["version"]), (&json!([]), &json!(2)));
        client.change(&uri, 3, json!([{"text": TEXT}])).await;
        client.notification("textDocument/publishDiagnostics", |params| params["uri"] == *uri).await;
        client.close(&uri).await;
        let told = client.notification("textDocument/publishDiagnostics", |params| params["uri"] == *uri).await;
        assert_eq!(told["diagnostics"], json!([]));
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_faded_where_that_is_switched_off() {
    let workspace = Place::new(&[("a.py", TEXT)]);
    let mut client = client(&workspace, capabilities(), Value::Null).await;
    let uri = uri_of(&workspace, "a.py");
    client.open(&uri, "python", TEXT).await;
    client.notification("textDocument/publishDiagnostics", |params| params["diagnostics"] != json!([])).await;
    let off = json!({"settings": {"rutter": {"unreachable": "off"}}});
    client.notify("workspace/didChangeConfiguration", off).await;
    client.notification("textDocument/publishDiagnostics", |params| params["diagnostics"] == json!([])).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_another_serves_is_left_to_it_as_soon_as_that_is_said() {
    let workspace = Place::new(&[("a.py", TEXT), ("b.rs", "fn b() {}\n")]);
    let registers = json!({"dynamicRegistration": true});
    let capabilities = json!({
        "textDocument": {"definition": registers, "documentSymbol": registers},
        "window": {"workDoneProgress": true},
    });
    let mut client =
        client(&workspace, capabilities, json!({"others": ["rust"], "modes": {"go": "full", "c": "companion"}})).await;
    let languages = |params: &Value, method: &str| {
        let list = params["registrations"].as_array().cloned().unwrap_or_default();
        let of = list.into_iter().find(|registration| registration["method"] == method)?;
        let selector = of["registerOptions"]["documentSelector"].as_array()?.clone();
        Some(selector.iter().filter_map(|one| one["language"].as_str().map(str::to_owned)).collect::<Vec<_>>())
    };
    let serves = |params: &Value, name: &str| {
        languages(params, "textDocument/definition").is_some_and(|all| all.iter().any(|language| language == name))
    };
    let first = &client.asked("client/registerCapability", |params| serves(params, "python")).await;
    assert!(!serves(first, "rust") && !serves(first, "c") && serves(first, "go"), "{first}");
    // The editor's side sees another server come; what is set counts more.
    client.notify("rutter/others", json!({"languages": ["python", "go"]})).await;
    client.asked("client/unregisterCapability", |_| true).await;
    let second = &client.asked("client/registerCapability", |params| serves(params, "rust")).await;
    assert!(!serves(second, "python") && serves(second, "go"), "{second}");
    let uri = uri_of(&workspace, "a.py");
    client.open(&uri, "python", TEXT).await;
    let hover = client.hover(&uri, 11, 5).await;
    assert!(hover.contains("cyclomatic") && !hover.contains("def plain"), "only what adds: {hover}");
    assert_eq!(client.call("textDocument/definition", at(&uri, 12, 12)).await, Value::Null);
    client.notify("rutter/others", json!({"languages": []})).await;
    client.asked("client/registerCapability", |params| serves(params, "python")).await;
    assert_ne!(client.call("textDocument/definition", at(&uri, 12, 12)).await, Value::Null);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_the_index_is_doing_is_told_and_can_be_asked() {
    let workspace = Place::new(&[("a.py", TEXT), ("b.min.js", &"x".repeat(9000))]);
    let mut client = client(&workspace, capabilities(), Value::Null).await;
    let told = client.notification("rutter/didChangeStatus", |params| params["roots"][0]["state"] == "ready").await;
    let root = &told["roots"][0];
    assert_eq!((&root["files"], &root["skipped"], &root["percentage"]), (&json!(1), &json!(1), &Value::Null));
    assert_eq!(root["indexDir"], json!(workspace.top.join("index")));
    assert!(root["symbols"].as_u64().is_some_and(|symbols| symbols >= 3), "{told}");
    assert_eq!(client.call("rutter/status", Value::Null).await, told);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hotspots_are_what_is_complex_and_changes() {
    let simple = "def f(a):\n    if a:\n        return 1\n";
    let workspace = committed(&[("often.py", simple), ("complex.py", TEXT), ("straight.py", "def g(): pass\n")]);
    for round in 0..20 {
        workspace.write("work/often.py", &format!("{simple}# {round}\n"));
        git(&workspace.root, &["commit", "--quiet", "-am", "again"]);
    }
    let mut client = client(&workspace, capabilities(), Value::Null).await;
    let found = client.call("rutter/hotspots", json!({"limit": 2})).await;
    let told: Vec<_> = found["functions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["name"].clone(), one["score"].clone(), one["commits"].clone()))
        .collect();
    assert_eq!(told, [(json!("f"), json!(21), json!(20)), (json!("tangled"), json!(17), json!(0))]);
    assert_eq!(found["files"][0]["path"], "often.py");
    assert_eq!((&found["history"]["commits"], found["files"].as_array().map(Vec::len)), (&json!(20), Some(2)));
    // The same on the command line.
    let listed = workspace.json(&["hotspots", "--json", "--index-dir", &workspace.top.join("index").to_string_lossy()]);
    assert_eq!((&listed["functions"][0]["fqn"], &listed["functions"][0]["score"]), (&json!("often.f"), &json!(21)));
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_typed_in_answers_for_its_text() {
    let workspace = committed(&[("a.py", TEXT)]);
    let mut client = client(&workspace, capabilities(), json!({"others": ["python"]})).await;
    let uri = uri_of(&workspace, "a.py");
    client.open(&uri, "python", TEXT).await;
    client.change(&uri, 7, json!([{"text": format!("# ä\n{TEXT}")}])).await;
    let flow = client.call("rutter/controlFlow", json!({"textDocument": {"uri": uri}, "position": {"line": 17, "character": 4}, "formats": ["boxes", "dot", "mermaid", "svg", "cubism"]})).await;
    assert_eq!((&flow["version"], &flow["function"]["name"]), (&json!(7), &json!("dead")));
    let blocks = flow["blocks"].as_array().expect("blocks");
    let unreachable = blocks.iter().find(|block| block["kind"] == "unreachable").expect("one");
    assert_eq!(unreachable["range"]["start"], json!({"line": 18, "character": 4}));
    assert_eq!(unreachable["code"][0], "print(a)");
    for format in ["dot", "mermaid", "svg"] {
        assert!(flow[format].as_str().is_some_and(|text| text.contains("unreachable")), "{format}");
    }
    let lines = flow["boxes"]["lines"].as_array().expect("lines");
    for place in flow["boxes"]["blocks"].as_array().expect("places") {
        let (line, columns) = (place["line"].as_u64().expect("a line"), place["columns"].as_array().expect("columns"));
        assert_eq!(columns.len() as u64, place["endLine"].as_u64().expect("a line") - line);
        let text = lines[line as usize].as_str().expect("text");
        let at = |end: usize| columns[0][end].as_u64().expect("a column") as usize;
        assert!(text[at(0)..at(1)].contains(&format!("B{} ", place["id"])), "{text}");
    }
    let why = client.call("rutter/why", at(&uri, 1, 6)).await;
    let heavy = why["lines"].as_array().expect("lines").iter().find(|line| line["line"] == 5).expect("the inner if");
    assert_eq!((&heavy["cognitive"], &heavy["nesting"], &heavy["causes"]), (&json!(4), &json!(3), &json!("if")));
    assert_eq!(heavy["ranges"][0], json!({"start": {"line": 5, "character": 16}, "end": {"line": 5, "character": 18}}));
    let callers = client.call("rutter/callers", at(&uri, 1, 6)).await;
    assert_eq!(
        (&callers["function"]["name"], &callers["callers"][0]["function"]["name"]),
        (&json!("tangled"), &json!("plain"))
    );
    assert_eq!(callers["callers"][0]["ranges"][0]["start"], json!({"line": 13, "character": 11}));
    assert_eq!(callers["callers"][0]["confidence"], "exact");
    // On the name in a call it is about what is called.
    assert_eq!(client.call("rutter/callers", at(&uri, 13, 13)).await["function"]["name"], "tangled");
    let metrics = client.call("rutter/metrics", json!({"textDocument": {"uri": uri}})).await;
    let names: Vec<_> =
        metrics["functions"].as_array().expect("functions").iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["tangled", "plain", "dead"]);
    assert_eq!(metrics["functions"][0]["head"], json!({"cyclomatic": 7, "cognitive": 17}));
    assert!(metrics["head"].as_str().is_some_and(|commit| commit.len() >= 40));
    // Where there is nothing.
    for (method, params) in
        [("rutter/why", at(&uri, 0, 0)), ("rutter/controlFlow", at(&uri, 0, 0)), ("rutter/callers", at(&uri, 0, 0))]
    {
        assert_eq!(client.call(method, params).await, Value::Null, "{method}");
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hover_in_an_open_file_says_by_how_many_it_is_used() {
    let workspace = Place::new(&[("a.py", TEXT)]);
    let mut client = client(&workspace, capabilities(), Value::Null).await;
    let uri = uri_of(&workspace, "a.py");
    client.open(&uri, "python", TEXT).await;
    let mut hover = String::new();
    for _ in 0..100 {
        hover = client.hover(&uri, 0, 5).await;
        if hover.contains("used by 1 function") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(hover.contains("used by 1 function"), "{hover}");
    client.finish().await;
}

/// Each field of the answers stands in its section of the page, and each that stands there is in an answer.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_on_our_protocol_has_the_fields_of_each_answer() {
    let workspace = committed(&[("a.py", TEXT)]);
    workspace.write("work/a.py", &format!("{TEXT}\n"));
    git(&workspace.root, &["commit", "--quiet", "-am", "second"]);
    let mut client = client(&workspace, capabilities(), Value::Null).await;
    let uri = uri_of(&workspace, "a.py");
    client.open(&uri, "python", TEXT).await;
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/PROTOCOL.md")).expect("the page");
    let words = |text: &str| -> BTreeSet<String> { text.split('"').skip(1).step_by(2).map(str::to_owned).collect() };
    let definition = page.split("A *function* in answers").nth(1).and_then(|rest| rest.split("\n\n").next());
    let of_a_function = words(definition.expect("a definition"));
    let mut asked = at(&uri, 0, 5);
    asked["formats"] = json!(["boxes", "dot", "mermaid", "svg"]);
    for (method, params) in [
        ("rutter/controlFlow", asked),
        ("rutter/why", at(&uri, 0, 5)),
        ("rutter/callers", at(&uri, 0, 5)),
        ("rutter/metrics", json!({"textDocument": {"uri": uri}})),
        ("rutter/hotspots", json!({"limit": 5})),
        ("rutter/status", Value::Null),
    ] {
        let heading = format!("### `{method}`\n");
        let section = page
            .split(&heading)
            .nth(1)
            .and_then(|rest| rest.split("\n#").next())
            .expect("a section")
            .replace('\n', " ");
        let (params_of_page, answer_of_page) = section.split_once("he answer").expect("params, then the answer");
        let named: BTreeSet<&str> = answer_of_page.split(|c: char| !c.is_alphanumeric()).collect();
        let answer = client.call(method, params.clone()).await;
        let mut found = BTreeSet::new();
        fields(&answer, &mut found);
        let undocumented: Vec<_> =
            found.iter().filter(|field| !named.contains(&***field) && !of_a_function.contains(*field)).collect();
        assert!(undocumented.is_empty(), "{method}: {undocumented:?} of {answer}");
        let listed = words(answer_of_page);
        let missing: Vec<_> = listed.difference(&found).collect();
        assert!(missing.is_empty(), "{method}: {missing:?} not in {answer}");
        let mut given = BTreeSet::new();
        fields(&params, &mut given);
        assert!(given.iter().all(|param| params_of_page.contains(&format!("\"{param}\""))), "{method}: {given:?}");
    }
    client.finish().await;
}

/// The names of all fields in a value, but for those of ranges and positions, which are LSP's.
fn fields(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) if members.contains_key("start") && members.contains_key("end") => {}
        Value::Object(members) if members.len() == 2 && members.contains_key("character") => {}
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.insert(name.clone());
            fields(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| fields(item, found)),
        _ => {}
    }
}

/// `editors/PROTOCOL.md` names what there is, and nothing else.
#[test]
fn the_page_on_our_protocol_has_all_of_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("editors/PROTOCOL.md")).expect("the page");
    let words = |text: &str| {
        let of = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '/' | '.')));
        of.filter(|word| word.starts_with("rutter/") || word.starts_with("rutter.show"))
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    let server = ["mod.rs", "status.rs", "requests/code_lens.rs"]
        .map(|file| fs::read_to_string(root.join("src/lsp").join(file)).expect("a source"));
    let mut served = words(&server.concat());
    served.retain(|word| !word.contains("documentSymbol"));
    assert_eq!(words(&page), served);
}
