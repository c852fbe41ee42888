//! The binary over real stdio.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

struct Server {
    child: Child,
    _home: tempfile::TempDir,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let child = Command::new(env!("CARGO_BIN_EXE_rutter"))
            .args(arguments)
            .env("HOME", home.path())
            .env("XDG_CACHE_HOME", home.path().join("cache"))
            .current_dir(home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        Server { child, _home: home }
    }

    fn send(&mut self, message: Value) {
        let body = message.to_string();
        let stdin = self.child.stdin.as_mut().expect("stdin is open");
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
    }

    fn initialize(&mut self) {
        self.send(json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": null, "capabilities": {}}}));
        self.send(json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}));
    }

    /// All that it writes until its end, and its exit code.
    fn rest(mut self) -> (Vec<Value>, Option<i32>) {
        let mut stdout = BufReader::new(self.child.stdout.take().expect("stdout is open"));
        let mut messages = Vec::new();
        loop {
            let mut header = String::new();
            if stdout.read_line(&mut header).expect("text") == 0 {
                break;
            }
            let length = header.strip_prefix("Content-Length: ").expect("nothing but frames on stdout");
            let mut body = vec![0; length.trim().parse::<usize>().expect("a length") + 2];
            stdout.read_exact(&mut body).expect("a whole frame");
            messages.push(serde_json::from_slice(&body[2..]).expect("JSON"));
        }
        let status = self.child.wait().expect("it ends");
        (messages, status.code())
    }
}

#[test]
fn a_session_over_stdio() {
    for arguments in [["lsp"], ["--stdio"]] {
        let mut server = Server::start(&arguments);
        server.initialize();
        let document = json!({"uri": "untitled:a.rs", "languageId": "rust", "version": 1, "text": "fn main() {}\n"});
        server.send(json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}}));
        let params = json!({"textDocument": {"uri": "untitled:a.rs"}});
        server.send(json!({"jsonrpc": "2.0", "id": 2, "method": "textDocument/documentSymbol", "params": params}));
        server.send(json!({"jsonrpc": "2.0", "id": 3, "method": "shutdown"}));
        server.send(json!({"jsonrpc": "2.0", "method": "exit"}));
        let (messages, code) = server.rest();
        let reply = |id: i64| messages.iter().find(|message| message["id"] == id).expect("a reply");
        assert_eq!(reply(1)["result"]["serverInfo"]["name"], "rutter");
        assert_eq!(reply(2)["result"][0]["name"], "main");
        assert_eq!(reply(3)["result"], Value::Null);
        assert_eq!(code, Some(0));
    }
}

#[test]
fn the_end_of_the_input_is_the_end() {
    let mut server = Server::start(&["lsp"]);
    server.initialize();
    drop(server.child.stdin.take());
    let (messages, code) = server.rest();
    assert_eq!(messages[0]["id"], 1, "what was asked is answered first");
    assert_eq!(code, Some(1));
}

#[test]
fn exit_with_an_open_input_is_the_end() {
    let mut server = Server::start(&["lsp"]);
    server.initialize();
    server.send(json!({"jsonrpc": "2.0", "method": "exit"}));
    let stdin = server.child.stdin.take();
    let (_, code) = server.rest();
    drop(stdin);
    assert_eq!(code, Some(1));
}

#[test]
fn a_closed_output_is_the_end() {
    let mut server = Server::start(&["lsp"]);
    drop(server.child.stdout.take());
    server.initialize();
    let status = server.child.wait().expect("it ends");
    assert_eq!(status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn a_parent_that_dies_takes_the_server_along() {
    let mut parent = Command::new("sleep").arg("600").spawn().expect("sleep");
    let mut server = Server::start(&["lsp"]);
    let params = json!({"processId": parent.id(), "capabilities": {}});
    server.send(json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}));
    // The reply shows that the parent is known.
    let mut first = [0; 1];
    server.child.stdout.as_mut().expect("stdout is open").read_exact(&mut first).expect("a reply");
    parent.kill().expect("killing a child of ours");
    parent.wait().expect("waiting for a child of ours");
    let status = server.child.wait().expect("it ends");
    assert_eq!(status.code(), Some(1));
}
