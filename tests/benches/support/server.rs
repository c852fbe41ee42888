//! The built program as a server on the other side of two pipes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

#[derive(Debug)]
pub struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last: u64,
}

/// Indexes a workspace with the built program.
pub fn index(root: &Path, index: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rutter"));
    let built = command.arg("index").arg(root).arg("--index-dir").arg(index).output().unwrap();
    assert!(built.status.success(), "{built:?}");
}

impl Server {
    pub fn start(index: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rutter"))
            .arg("lsp")
            .arg("--index-dir")
            .arg(index)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Server { child, input, output, last: 0 }
    }

    /// The handshake of an editor with one folder, which counts columns in bytes and reads Markdown. `options` are settings.
    pub fn initialize(&mut self, root: &Path, options: &Value) {
        let params = json!({
            "processId": null,
            "rootUri": format!("file://{}", root.display()),
            "initializationOptions": options,
            "capabilities": {
                "general": {"positionEncodings": ["utf-8"]},
                "textDocument": {"hover": {"contentFormat": ["markdown"]}},
            },
        });
        self.request("initialize", params);
        self.notify("initialized", json!({}));
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn request(&mut self, method: &str, params: Value) -> Value {
        self.send(method, params);
        let body = self.reply_bytes();
        let reply: Value = serde_json::from_slice(&body).unwrap();
        reply["result"].clone()
    }

    /// Sends a request; its reply is the next that [`Server::reply_bytes`] gives.
    pub fn send(&mut self, method: &str, params: Value) {
        self.last += 1;
        let id = self.last;
        self.write(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
    }

    /// The reply to the last request, as it came. Requests of the server's are answered on the way.
    pub fn reply_bytes(&mut self) -> Vec<u8> {
        // Only the small is looked into all through: that would be a part of the times that are taken. What is no reply has
        // its method in front.
        const SMALL: usize = 1 << 10;
        loop {
            let body = self.read();
            if body.len() > SMALL {
                if body[..64].windows(8).any(|word| word == b"\"method\"") {
                    continue;
                }
                return body;
            }
            let message: Value = serde_json::from_slice(&body).unwrap();
            let to = message.get("id").cloned();
            match (message.get("method"), to) {
                (None, Some(to)) if to == json!(self.last) => return body,
                (Some(_), Some(to)) => self.write(&json!({"jsonrpc": "2.0", "id": to, "result": null})),
                _ => {}
            }
        }
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.write(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    pub fn finish(mut self) {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.child.wait().unwrap();
    }

    fn write(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn read(&mut self) -> Vec<u8> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server is gone");
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
                None => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        body
    }
}
