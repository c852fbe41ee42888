//! The framing under fire: whatever comes is answered or ignored, and the session goes on.

use rutter::lsp::{End, Options};
use serde_json::{Value, json};

use crate::support::client::{Client, frame};

async fn plain() -> Client {
    Client::start(Options::default(), json!({"capabilities": {}})).await.0
}

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;
const NOT_INITIALIZED: i64 = -32002;

#[tokio::test(flavor = "multi_thread")]
async fn malformed_frames_are_answered_and_survived() {
    let mut client = plain().await;
    let nested = "[".repeat(100_000);
    let frames: [(Vec<u8>, i64); 14] = [
        (b"what is this\r\n\r\n".to_vec(), PARSE_ERROR),
        (b"Content-Length: many\r\n\r\n{}".to_vec(), PARSE_ERROR),
        (b"Content-Type: application/json\r\n\r\n{}".to_vec(), PARSE_ERROR),
        (b"Content-Length: 2\r\nContent-Type: a/b; charset=latin1\r\n\r\n{}".to_vec(), PARSE_ERROR),
        (frame("{\"jsonrpc\":"), PARSE_ERROR),
        (frame(""), PARSE_ERROR),
        (b"Content-Length: 4\r\n\r\n\"\xFF\xFE\"".to_vec(), PARSE_ERROR),
        (frame(&nested), PARSE_ERROR),
        (frame(r#"{"jsonrpc":"2.0","method":"a\ud800b"}"#), PARSE_ERROR),
        (frame("[]"), INVALID_REQUEST),
        (frame(r#"[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]"#), INVALID_REQUEST),
        (frame(r#"{"jsonrpc":"2.0","method":{}}"#), INVALID_REQUEST),
        (frame(r#"{"jsonrpc":"2.0","id":{"a":1},"method":"shutdown"}"#), INVALID_REQUEST),
        (frame(r#"{"jsonrpc":"2.0","id":1e99,"method":"shutdown"}"#), INVALID_REQUEST),
    ];
    for (bytes, code) in frames {
        client.send_bytes(&bytes).await;
        assert_eq!(client.fault().await, code, "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(80)]));
        assert_eq!(client.error("no/such/method", json!({})).await, METHOD_NOT_FOUND, "the session goes on");
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_messages_get_their_errors() {
    let mut client = plain().await;
    assert_eq!(client.error("$/unheard/of", json!({})).await, METHOD_NOT_FOUND);
    client.notify("$/unheard/of", json!({})).await;
    client.notify("unheard/of", json!([1])).await;
    client.notify("textDocument/didChange", json!({"textDocument": 7})).await;
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": "file:///not/open.rs"}})).await;
    client.change("file:///not/open.rs", 7, json!([{"text": "x"}])).await;
    assert_eq!(client.error("textDocument/hover", json!({"textDocument": {"uri": 7}})).await, INVALID_PARAMS);
    assert_eq!(client.error("initialize", json!({"capabilities": {}})).await, INVALID_REQUEST);
    // Answers to nothing we asked, in any shape.
    client.send(json!({"jsonrpc": "2.0", "id": 77, "result": {}})).await;
    client.send(json!({"jsonrpc": "2.0", "id": "x", "error": {"code": "odd", "data": []}})).await;
    client.request_as(json!("a string"), "no/such/method", json!({})).await;
    let reply = client.reply(&json!("a string")).await;
    assert_eq!(reply["error"]["code"], METHOD_NOT_FOUND);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_initialize_and_after_shutdown_requests_are_refused() {
    let mut client = Client::connect(Options::default());
    client.notify("initialized", json!({})).await;
    assert_eq!(client.error("textDocument/hover", json!({})).await, NOT_INITIALIZED);
    assert_eq!(client.error("shutdown", Value::Null).await, NOT_INITIALIZED);
    client.call("initialize", json!({"capabilities": {}})).await;
    client.call("shutdown", json!({})).await;
    for method in ["shutdown", "initialize", "textDocument/hover", "no/such", "$/no/such"] {
        assert_eq!(client.error(method, Value::Null).await, INVALID_REQUEST, "{method}");
    }
    assert_eq!(client.hang_up().await, End::AfterShutdown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_shutdown_ends_abruptly() {
    let mut exits = plain().await;
    exits.notify("exit", Value::Null).await;
    assert_eq!(exits.hang_up().await, End::Abrupt);
    assert_eq!(plain().await.hang_up().await, End::Abrupt);
    assert_eq!(Client::connect(Options::default()).hang_up().await, End::Abrupt);
}

#[tokio::test(flavor = "multi_thread")]
async fn initialize_survives_values_that_nobody_knows() {
    let params = json!({
        "processId": -5,
        "rootUri": 7,
        "trace": "shouting",
        "clientInfo": [],
        "capabilities": {
            "general": {"positionEncodings": ["utf-32", "utf-16"]},
            "textDocument": {"foldingRange": {"foldingRangeKind": {"valueSet": ["brand-new"]}}, "completion": 1},
            "workspace": {"symbol": {"symbolKind": {"valueSet": ["none"]}}, "workspaceEdit": {"failureHandling": "pray"}},
        },
    });
    let (client, capabilities) = Client::start(Options::default(), params).await;
    assert_eq!(capabilities["positionEncoding"], "utf-32");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_session_in_one_write_is_answered() {
    let mut client = Client::connect(Options::default());
    let uri = "untitled:one.py";
    let initialize = client.request("initialize", json!({"capabilities": {}})).await;
    client.notify("initialized", json!({})).await;
    client.open(uri, "python", "def first():\n    pass\n").await;
    let symbols = client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}})).await;
    let shutdown = client.request("shutdown", Value::Null).await;
    client.notify("exit", Value::Null).await;
    assert!(client.reply(&initialize).await["result"]["capabilities"].is_object());
    assert_eq!(client.reply(&symbols).await["result"][0]["name"], "first", "an early didOpen is not lost");
    client.reply(&shutdown).await;
    assert_eq!(client.hang_up().await, End::AfterShutdown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_changes_keeps_its_order() {
    let mut client = plain().await;
    let uri = "untitled:flood.py";
    client.open(uri, "python", "def f():\n    pass\n").await;
    for version in 0..1000i64 {
        // Each writes behind what the one before wrote.
        let at = json!({"line": 0, "character": 5 + version});
        let digit = (version % 10).to_string();
        client.change(uri, version + 2, json!([{"range": {"start": at, "end": at}, "text": digit}])).await;
    }
    let name = format!("f{}", "0123456789".repeat(100));
    let symbols = client.call("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}})).await;
    assert_eq!(symbols[0]["name"], name.as_str());
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_requests_is_answered_each_once() {
    let mut client = plain().await;
    let uri = "untitled:flood.py";
    client.open(uri, "python", &"def f():\n    pass\n".repeat(400)).await;
    let mut ids = Vec::new();
    for line in 0..400 {
        let position = json!({"line": line, "character": 5});
        let params = json!({"textDocument": {"uri": uri}, "position": position});
        ids.push(client.request("textDocument/documentHighlight", params).await);
        let id = ids.last().expect("just pushed").clone();
        if line % 3 == 0 {
            client.notify("$/cancelRequest", json!({"id": id})).await;
        }
    }
    for id in &ids {
        let reply = client.reply(id).await;
        let cancelled = reply["error"]["code"] == -32800;
        assert!(cancelled || reply["result"].is_array(), "{reply}");
    }
    client.finish().await;
}
