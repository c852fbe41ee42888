//! A client in the same process, over pipes. At its end every request must have had exactly one reply, and nothing may be
//! left that nobody has looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

use rutter::lsp::{End, Options, serve};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream},
    sync::mpsc,
    task::JoinHandle,
};

/// Far beyond what anything takes: only what hangs meets it.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    to_server: Option<DuplexStream>,
    incoming: mpsc::UnboundedReceiver<Value>,
    server: JoinHandle<End>,
    reading: JoinHandle<()>,
    next_id: i64,
    /// Requests without a reply, by their ids as JSON.
    open: BTreeSet<String>,
    replies: BTreeMap<String, Value>,
    /// Replies to what had no id.
    pub faults: Vec<Value>,
    notifications: Vec<Value>,
    /// The server's requests that nobody has looked at.
    requests: Vec<Value>,
    /// What is set in the editor, by scope; without one under the empty text.
    pub configuration: BTreeMap<String, Value>,
    finished: bool,
}

pub fn frame(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub async fn read_frame<R: AsyncRead + Unpin>(reader: &mut BufReader<R>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some(("Content-Length", digits)) => length = digits.parse().expect("a length"),
            Some(other) => panic!("an odd header: {other:?}"),
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.ok()?;
    Some(serde_json::from_slice(&body).expect("the server writes JSON"))
}

pub fn uri(path: &Path) -> String {
    tower_lsp::lsp_types::Url::from_file_path(path).expect("an absolute path").to_string()
}

impl Client {
    /// Connected, and nothing said.
    pub fn connect(options: Options) -> Self {
        let (to_server, server_in) = tokio::io::duplex(1 << 16);
        let (server_out, from_server) = tokio::io::duplex(1 << 16);
        let server = tokio::spawn(serve(server_in, server_out, options));
        let (sender, incoming) = mpsc::unbounded_channel();
        let reading = tokio::spawn(async move {
            let mut reader = BufReader::new(from_server);
            while let Some(message) = read_frame(&mut reader).await {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Client {
            to_server: Some(to_server),
            incoming,
            server,
            reading,
            next_id: 1,
            open: BTreeSet::new(),
            replies: BTreeMap::new(),
            faults: Vec::new(),
            notifications: Vec::new(),
            requests: Vec::new(),
            configuration: BTreeMap::new(),
            finished: false,
        }
    }

    /// Through the handshake; the server's capabilities beside.
    pub async fn start(options: Options, params: Value) -> (Self, Value) {
        let mut client = Client::connect(options);
        let result = client.call("initialize", params).await;
        client.notify("initialized", json!({})).await;
        (client, result["capabilities"].clone())
    }

    /// In a workspace, with an index of its own, and a client that can do what common ones can.
    pub async fn in_workspace(root: &Path, index_dir: &Path) -> Self {
        let options = Options { index_dir: Some(index_dir.to_owned()), ..Options::default() };
        let params = json!({
            "processId": std::process::id(),
            "rootUri": uri(root),
            "capabilities": {
                "textDocument": {
                    "hover": {"contentFormat": ["markdown", "plaintext"]},
                    "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
                },
                "window": {"workDoneProgress": true},
            },
        });
        Client::start(options, params).await.0
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.to_server.as_mut().expect("the input is open").write_all(bytes).await.expect("the server reads");
    }

    pub async fn send(&mut self, message: Value) {
        self.send_bytes(&frame(&message.to_string())).await;
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
    }

    /// Sends a request; its reply is to be taken with [`Client::reply`].
    pub async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = Value::from(self.next_id);
        self.next_id += 1;
        self.request_as(id.clone(), method, params).await;
        id
    }

    pub async fn request_as(&mut self, id: Value, method: &str, params: Value) {
        assert!(self.open.insert(id.to_string()), "an id is used once");
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await;
    }

    /// The whole reply to a request.
    pub async fn reply(&mut self, id: &Value) -> Value {
        let id = id.to_string();
        loop {
            if let Some(reply) = self.replies.remove(&id) {
                return reply;
            }
            assert!(self.open.contains(&id), "no such request: {id}");
            self.hear().await;
        }
    }

    /// The result of a request that must succeed.
    pub async fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params).await;
        let mut reply = self.reply(&id).await;
        assert!(reply.get("error").is_none(), "{method}: {reply}");
        reply["result"].take()
    }

    /// The code of the error that a request must meet.
    pub async fn error(&mut self, method: &str, params: Value) -> i64 {
        let id = self.request(method, params).await;
        let reply = self.reply(&id).await;
        reply["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method} is no error: {reply}"))
    }

    /// The code of the next error that names no request.
    pub async fn fault(&mut self) -> i64 {
        while self.faults.is_empty() {
            self.hear().await;
        }
        self.faults.remove(0)["error"]["code"].as_i64().expect("a code")
    }

    /// The next notification with this method that `wanted` takes.
    pub async fn notification(&mut self, method: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let fits = |message: &Value| message["method"] == method && wanted(&message["params"]);
            if let Some(at) = self.notifications.iter().position(fits) {
                return self.notifications.remove(at)["params"].take();
            }
            self.hear().await;
        }
    }

    /// Waits until the run over a workspace has been shown as ended.
    pub async fn indexed(&mut self) {
        let ended = self.notification("$/progress", |params| params["value"]["kind"] == "end").await;
        let begins = |params: &Value| params["value"]["kind"] == "begin" && params["token"] == ended["token"];
        self.notifications.retain(|message| !(message["method"] == "$/progress" && begins(&message["params"])));
    }

    async fn hear(&mut self) {
        let heard = tokio::time::timeout(PATIENCE, self.incoming.recv()).await;
        let message = heard.unwrap_or_else(|_| panic!("nothing comes; without a reply: {:?}", self.open));
        let message = message.unwrap_or_else(|| panic!("the server has gone; without a reply: {:?}", self.open));
        self.take(message).await;
    }

    async fn take(&mut self, message: Value) {
        match (message.get("method").is_some(), message.get("id")) {
            (true, Some(id)) => {
                let reply = json!({"jsonrpc": "2.0", "id": id, "result": self.answer(&message)});
                if self.to_server.is_some() {
                    self.send(reply).await;
                }
                self.requests.push(message);
            }
            (true, None) => self.notifications.push(message),
            (false, Some(Value::Null)) => self.faults.push(message),
            (false, Some(id)) => {
                assert!(self.open.remove(&id.to_string()), "a reply to no request, or a second one: {message}");
                self.replies.insert(id.to_string(), message);
            }
            (false, None) => panic!("no message: {message}"),
        }
    }

    fn answer(&self, request: &Value) -> Value {
        if request["method"] != "workspace/configuration" {
            return Value::Null;
        }
        let items = request["params"]["items"].as_array().expect("items");
        let of = |item: &Value| {
            assert_eq!(item["section"], "rutter");
            let own = item["scopeUri"].as_str().and_then(|scope| self.configuration.get(scope));
            own.or(self.configuration.get("")).cloned().unwrap_or_default()
        };
        items.iter().map(of).collect()
    }

    /// The parameters of the next request of the server with this method that `wanted` takes.
    pub async fn asked(&mut self, method: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let fits = |message: &Value| message["method"] == method && wanted(&message["params"]);
            if let Some(at) = self.requests.iter().position(fits) {
                return self.requests.remove(at)["params"].take();
            }
            self.hear().await;
        }
    }

    pub async fn open(&mut self, uri: &str, language: &str, text: &str) {
        let item = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": item})).await;
    }

    pub async fn change(&mut self, uri: &str, version: i64, changes: Value) {
        let params = json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": changes});
        self.notify("textDocument/didChange", params).await;
    }

    pub async fn close(&mut self, uri: &str) {
        self.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}})).await;
    }

    /// The names of a document's outline, each with its children in brackets.
    pub async fn outline(&mut self, uri: &str) -> String {
        let symbols = self.call("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}})).await;
        names(&symbols)
    }

    /// Hover's text; empty where there is none.
    pub async fn hover(&mut self, uri: &str, line: u32, character: u32) -> String {
        let params = json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
        let hover = self.call("textDocument/hover", params).await;
        hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// Says good-bye as the protocol has it.
    pub async fn finish(mut self) {
        assert_eq!(self.call("shutdown", Value::Null).await, Value::Null);
        self.notify("exit", Value::Null).await;
        assert_eq!(self.end().await, End::AfterShutdown);
    }

    /// Closes the server's input and waits for its end.
    pub async fn hang_up(mut self) -> End {
        self.to_server = None;
        self.end().await
    }

    async fn end(&mut self) -> End {
        let ended = tokio::time::timeout(PATIENCE, &mut self.server).await.expect("the server ends");
        self.to_server = None;
        (&mut self.reading).await.expect("the reader ends");
        while let Ok(message) = self.incoming.try_recv() {
            self.take(message).await;
        }
        self.finished = true;
        assert!(self.open.is_empty(), "without a reply: {:?}", self.open);
        assert!(self.replies.is_empty(), "replies that nobody looked at: {:?}", self.replies);
        assert!(self.faults.is_empty(), "faults that nobody looked at: {:?}", self.faults);
        let kinds = |kind: &str| {
            let of_kind = |message: &&Value| message["params"]["value"]["kind"] == kind;
            self.notifications.iter().filter(of_kind).count()
        };
        assert!(kinds("begin") <= kinds("end") + 1, "progress that does not end");
        for message in &self.notifications {
            let method = message["method"].as_str().unwrap_or_default();
            // What is told of documents and indexes comes when it comes.
            let told = ["$/progress", "rutter/didChangeStatus", "textDocument/publishDiagnostics"];
            assert!(told.contains(&method) || method.starts_with("window/"), "unexpected: {message}");
        }
        ended.expect("the server does not panic")
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if !self.finished && !std::thread::panicking() {
            panic!("a session of a test must be finished");
        }
    }
}

pub fn names(symbols: &Value) -> String {
    let list = symbols.as_array().map_or(&[][..], Vec::as_slice);
    let name = |symbol: &Value| {
        let children = names(&symbol["children"]);
        let name = symbol["name"].as_str().unwrap_or_default();
        if children.is_empty() { name.to_owned() } else { format!("{name}({children})") }
    };
    list.iter().map(name).collect::<Vec<_>>().join(" ")
}
