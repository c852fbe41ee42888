//! One session with a server in this process: what a client may send, and what must hold of what is written.

use std::{
    io::Cursor,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use rutter::lsp::{Options, serve};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, runtime::Runtime};

/// Far beyond what any session takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// The id of the request behind everything.
const LAST: &str = "the last";
/// All panics of this process, of whatever thread: who has sessions served counts them.
pub static PANICS: AtomicU64 = AtomicU64::new(0);

/// A session as it should be, but for its end.
pub fn messages() -> Vec<Value> {
    let uri = "untitled:a.py";
    let document = json!({"uri": uri});
    let place = json!({"line": 1, "character": 6});
    let start = json!({"line": 0, "character": 0});
    let text = "def f(a):\n    return f(a)\n";
    let notification = |method: &str, params: Value| json!({"jsonrpc": "2.0", "method": method, "params": params});
    let request =
        |id: u64, method: &str, params: Value| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let symbols = json!({"hierarchicalDocumentSymbolSupport": true});
    let experimental = json!({"commands": {"commands": ["rutter.showWhy"]}, "rutter": {"status": true}});
    let can = json!({"textDocument": {"documentSymbol": symbols}, "window": {"workDoneProgress": true},
        "workspace": {"codeLens": {"refreshSupport": true}}, "experimental": experimental});
    vec![
        request(1, "initialize", json!({"processId": null, "rootUri": null, "capabilities": can})),
        notification("initialized", json!({})),
        notification(
            "textDocument/didOpen",
            json!({"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}),
        ),
        request(2, "textDocument/documentSymbol", json!({"textDocument": document})),
        notification(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": 2},
                "contentChanges": [{"range": {"start": start, "end": start}, "text": "ä = 1\n"}, {"text": text}]}),
        ),
        request(3, "textDocument/hover", json!({"textDocument": document, "position": place})),
        request(
            4,
            "textDocument/references",
            json!({"textDocument": document, "position": place, "context": {"includeDeclaration": true}}),
        ),
        notification("$/cancelRequest", json!({"id": 4})),
        request(5, "textDocument/selectionRange", json!({"textDocument": document, "positions": [place]})),
        request(6, "workspace/symbol", json!({"query": "f"})),
        request(7, "textDocument/foldingRange", json!({"textDocument": document})),
        notification("rutter/others", json!({"languages": ["python"]})),
        request(8, "textDocument/codeLens", json!({"textDocument": document})),
        request(
            9,
            "codeLens/resolve",
            json!({"range": {"start": start, "end": place}, "data": {"uri": uri, "symbol": "1", "part": "all"}}),
        ),
        request(
            10,
            "rutter/controlFlow",
            json!({"textDocument": document, "position": place, "formats": ["boxes", "svg"]}),
        ),
        request(11, "rutter/why", json!({"textDocument": document, "position": place})),
        request(12, "rutter/callers", json!({"textDocument": document, "position": place})),
        request(13, "rutter/metrics", json!({"textDocument": document})),
        request(14, "rutter/hotspots", json!({"limit": 3})),
        request(15, "rutter/status", json!(null)),
        notification("workspace/didChangeConfiguration", json!({"settings": {"rutter": {"mode": "full"}}})),
        notification("textDocument/didClose", json!({"textDocument": document})),
    ]
}

/// How every session ends.
pub fn end() -> Vec<u8> {
    let last = json!({"jsonrpc": "2.0", "id": LAST, "method": "shutdown"});
    let exit = json!({"jsonrpc": "2.0", "method": "exit"});
    [last, exit].iter().flat_map(|message| frame(message.to_string().as_bytes())).collect()
}

pub fn frame(body: &[u8]) -> Vec<u8> {
    [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

/// Has one session served; the promise that is broken, if any. Without `keeps_frames` what was sent may announce the rest to be
/// its own, and then the last request is none.
pub fn try_one(runtime: &Runtime, sent: &[u8], keeps_frames: bool) -> Result<(), String> {
    let panics = PANICS.load(Ordering::Relaxed);
    let written = runtime.block_on(async {
        let (writer, mut written) = tokio::io::duplex(1 << 16);
        let input = Cursor::new(sent.to_vec());
        let served = tokio::spawn(serve(input, writer, Options::default()));
        let mut all = Vec::new();
        let session = async { (written.read_to_end(&mut all).await, served.await) };
        let (read, ended) = tokio::time::timeout(PATIENCE, session).await.map_err(|_| "it does not end")?;
        read.map_err(|fault| fault.to_string())?;
        ended.map_err(|fault| fault.to_string())?;
        Ok::<_, String>(all)
    })?;
    if PANICS.load(Ordering::Relaxed) > panics {
        return Err("a panic".to_owned());
    }
    let mut answers = 0;
    for message in read_all(&written)? {
        let is_sound = message["jsonrpc"] == "2.0"
            && (message["method"].is_string() || (message.get("result").is_some() != message.get("error").is_some()));
        if !is_sound {
            return Err(format!("no message of JSON-RPC: {message}"));
        }
        if message["error"]["code"] == -32603 {
            return Err(format!("an internal error: {message}"));
        }
        answers += u32::from(message["id"] == LAST && message.get("method").is_none());
    }
    match answers {
        0 if keeps_frames => Err("the last request is not answered".to_owned()),
        0 | 1 => Ok(()),
        _ => Err(format!("the last request is answered {answers} times")),
    }
}

/// The messages of an output that has nothing else.
fn read_all(mut bytes: &[u8]) -> Result<Vec<Value>, String> {
    let mut messages = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or("bytes that are no header")?;
        let head = std::str::from_utf8(&bytes[..end]).map_err(|fault| fault.to_string())?;
        let length = head.strip_prefix("Content-Length: ").and_then(|digits| digits.parse::<usize>().ok());
        let length = length.ok_or_else(|| format!("an odd header: {head:?}"))?;
        let body = bytes.get(end + 4..end + 4 + length).ok_or("a message that is cut short")?;
        messages.push(serde_json::from_slice(body).map_err(|fault| fault.to_string())?);
        bytes = &bytes[end + 4 + length..];
    }
    Ok(messages)
}
