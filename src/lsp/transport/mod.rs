//! Our own framing between the client and the service.
//!
//! The service of `tower-lsp` ends its loop, with success, over any frame that it cannot read, and notices neither `exit`
//! with an open stdin nor a closed stdout. So it speaks with us over pipes, gets nothing but messages in good form, and
//! all that concerns the life of the process is decided here.

mod aside;
mod envelope;
mod frame;
mod outgoing;
mod parent;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream},
    sync::{oneshot, watch},
    task::JoinHandle,
};
use tower_lsp::{ClientSocket, LanguageServer, LspService};

pub(super) use self::aside::Aside;
use self::{
    envelope::{INVALID_REQUEST, METHOD_NOT_FOUND, Message, NOT_INITIALIZED, PARSE_ERROR, Refusal},
    frame::{Frame, FrameReader},
    outgoing::Outgoing,
};

/// Of each pipe between us and the service.
const PIPE: usize = 64 << 10;
/// How many handlers may be under way. They only wait; what they wait for has bounds of its own. With the default of 4 the
/// service would not even see a `$/cancelRequest` while four wait.
const HANDLERS: usize = 1 << 20;
/// How long what is under way may take to be answered once the client has gone or said `exit`.
const GRACE: Duration = Duration::from_secs(3);

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// `exit` or the end of the input after `shutdown`.
    AfterShutdown,
    /// Without a `shutdown`, or with the client gone.
    Abrupt,
}

/// Who waits for the reply to `initialize`: its id, and whom to tell.
type Awaited = Arc<Mutex<Option<(Value, oneshot::Sender<()>)>>>;

/// The name under which the service knows `textDocument/documentSymbol`: its own answer to it would be of the service's
/// types.
pub(super) const OUTLINE: &str = "rutter/documentSymbol";

/// Serves one client until its session ends, or until we are `stopped`.
pub(super) async fn run<R, W, S>(
    reader: R,
    writer: W,
    service: LspService<S>,
    socket: ClientSocket,
    aside: Aside,
    stopped: impl Future<Output = ()>,
) -> End
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
    S: LanguageServer,
{
    let (to_service, service_in) = tokio::io::duplex(PIPE);
    let (service_out, from_service) = tokio::io::duplex(PIPE);
    let server = tower_lsp::Server::new(service_in, service_out, socket).concurrency_level(HANDLERS);
    let mut serving = tokio::spawn(server.serve(service));

    let (outgoing, waiting) = outgoing::channel();
    let mut writing = tokio::spawn(outgoing::write(writer, waiting));
    let awaited = Awaited::default();
    let mut pumping = tokio::spawn(pump(from_service, outgoing.clone(), awaited.clone(), aside));
    let (parent, parent_known) = watch::channel(None);

    let mut front =
        Front { frames: FrameReader::new(reader), to_service, outgoing, awaited, parent, phase: Phase::Uninitialized };
    tokio::select! {
        () = front.listen() => {}
        () = parent::gone(parent_known) => tracing::info!("the client's process has gone"),
        () = stopped => tracing::info!("stopped by a signal"),
        _ = &mut writing => tracing::info!("the client reads no more"),
        _ = &mut pumping => tracing::error!("the service has stopped"),
    }
    let end = if front.phase == Phase::ShutDown { End::AfterShutdown } else { End::Abrupt };
    // With its input closed the service finishes what is under way, and stops.
    drop(front);
    let finish = async {
        settle(&mut serving).await;
        settle(&mut pumping).await;
        settle(&mut writing).await;
    };
    if tokio::time::timeout(GRACE, finish).await.is_err() {
        tracing::warn!("requests were left unanswered at the end of the session");
    }
    for task in [serving.abort_handle(), pumping.abort_handle(), writing.abort_handle()] {
        task.abort();
    }
    end
}

async fn settle<T>(task: &mut JoinHandle<T>) {
    // A finished handle must not be polled again.
    if !task.is_finished()
        && let Err(fault) = task.await
    {
        tracing::error!("a task of the transport failed: {fault}");
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Uninitialized,
    Running,
    ShutDown,
}

/// The side that faces the client.
struct Front<R> {
    frames: FrameReader<R>,
    to_service: DuplexStream,
    outgoing: Outgoing,
    awaited: Awaited,
    /// The client's process, once it is known.
    parent: watch::Sender<Option<u32>>,
    phase: Phase,
}

/// The session is over.
struct Over;

impl<R: AsyncRead + Unpin> Front<R> {
    async fn listen(&mut self) {
        loop {
            let heard = match self.frames.read().await {
                Ok(Some(Frame::Body(body))) => Message::read(&body),
                Ok(Some(Frame::Malformed(why))) => Err(Refusal::new(Value::Null, PARSE_ERROR, why)),
                Ok(None) => return,
                Err(fault) => {
                    tracing::error!("reading from the client failed: {fault}");
                    return;
                }
            };
            let handled = match heard {
                Ok(message) => self.take(message).await,
                Err(refusal) => self.refuse(refusal).await,
            };
            if handled.is_err() {
                return;
            }
        }
    }

    async fn take(&mut self, message: Message) -> Result<(), Over> {
        let before = self.phase == Phase::Uninitialized;
        match message {
            Message::Notification { method, .. } if method == "exit" => Err(Over),
            Message::Request { id, method, params } if before && method == "initialize" => {
                self.initialize(id, params.unwrap_or_default()).await
            }
            Message::Request { id, method, .. } if before => {
                self.refuse(Refusal::new(id, NOT_INITIALIZED, format!("`{method}` before `initialize`"))).await
            }
            Message::Notification { method, .. } if before => {
                tracing::debug!("`{method}` before `initialize` is dropped");
                Ok(())
            }
            Message::Request { id, method, .. } if self.phase == Phase::ShutDown => {
                self.refuse(Refusal::new(id, INVALID_REQUEST, format!("`{method}` after `shutdown`"))).await
            }
            Message::Request { id, method, .. } if method.starts_with("$/") => {
                self.refuse(Refusal::new(id, METHOD_NOT_FOUND, format!("`{method}` is not known"))).await
            }
            Message::Request { ref method, .. } if method == "shutdown" => {
                self.phase = Phase::ShutDown;
                self.hand_on(message).await
            }
            // Clients send `null`, `{}` or nothing where there is nothing to say; the service takes one of these.
            Message::Request { id, method, .. } if method == "rutter/status" => {
                self.hand_on(Message::Request { id, method, params: None }).await
            }
            Message::Request { id, method, params } if method == "textDocument/documentSymbol" => {
                self.hand_on(Message::Request { id, method: OUTLINE.to_owned(), params }).await
            }
            message => self.hand_on(message).await,
        }
    }

    /// Hands `initialize` on and waits for the reply to it: until then the service would drop what follows, so what
    /// follows stays in the pipe. The parameters travel whole where the service leaves them alone, since its types refuse
    /// all of them for one value that they do not know.
    async fn initialize(&mut self, id: Value, params: Value) -> Result<(), Over> {
        let parent = params.get("processId").and_then(Value::as_u64).and_then(|pid| u32::try_from(pid).ok());
        let parent = parent.filter(|&pid| parent::is_alive(pid));
        let params = json!({"capabilities": {}, "initializationOptions": params});
        let (replied, reply) = oneshot::channel();
        *self.awaited.lock().unwrap_or_else(PoisonError::into_inner) = Some((id.clone(), replied));
        self.hand_on(Message::Request { id, method: "initialize".to_owned(), params: Some(params) }).await?;
        reply.await.map_err(|_| Over)?;
        self.phase = Phase::Running;
        self.parent.send_replace(parent);
        Ok(())
    }

    async fn hand_on(&mut self, message: Message) -> Result<(), Over> {
        let body = message.into_body();
        let sent = async {
            self.to_service.write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes()).await?;
            self.to_service.write_all(&body).await
        };
        sent.await.map_err(|_: io::Error| Over)
    }

    async fn refuse(&self, refusal: Refusal) -> Result<(), Over> {
        let level = if refusal.code == INVALID_REQUEST { "invalid" } else { "refused" };
        tracing::warn!("{level}: {}", refusal.message);
        self.outgoing.send(refusal.into_body()).await.map_err(|_| Over)
    }
}

/// From the service to the client.
async fn pump(from_service: DuplexStream, outgoing: Outgoing, awaited: Awaited, aside: Aside) {
    let mut frames = FrameReader::new(from_service);
    while let Ok(Some(Frame::Body(body))) = frames.read().await {
        let told = {
            let mut awaited = awaited.lock().unwrap_or_else(PoisonError::into_inner);
            if awaited.as_ref().is_some_and(|(id, _)| is_reply(&body, id)) { awaited.take() } else { None }
        };
        let body = if told.is_some() { with_type_hierarchy(body) } else { aside.taken_into(without_null(body)) };
        if outgoing.send(body).await.is_err() {
            break;
        }
        if let Some((_, replied)) = told
            && replied.send(()).is_err()
        {
            tracing::debug!("the session ended before `initialize` was answered");
        }
    }
    // Whoever still waits learns that nothing will come.
    awaited.lock().unwrap_or_else(PoisonError::into_inner).take();
}

/// The types of the service know the requests of type hierarchies, and have no word for offering them. They are offered
/// where call hierarchies are.
fn with_type_hierarchy(body: Vec<u8>) -> Vec<u8> {
    let Ok(mut reply) = serde_json::from_slice::<Value>(&body) else { return body };
    let Some(capabilities) = reply.pointer_mut("/result/capabilities").and_then(Value::as_object_mut) else {
        return body;
    };
    if let Some(offered) = capabilities.get("callHierarchyProvider").cloned() {
        capabilities.insert("typeHierarchyProvider".to_owned(), offered);
    }
    serde_json::to_vec(&reply).unwrap_or(body)
}

/// Where a request has no parameters, the service writes `null`, and LSP has nothing there.
fn without_null(body: Vec<u8>) -> Vec<u8> {
    /// A request without parameters is no longer.
    const SHORT: usize = 256;
    const NULL: &[u8] = b"\"params\":null";
    if body.len() > SHORT || memchr::memmem::find(&body, NULL).is_none() {
        return body;
    }
    let Ok(mut message) = serde_json::from_slice::<Value>(&body) else { return body };
    match message.as_object_mut() {
        Some(members) if members.get("params").is_some_and(Value::is_null) => _ = members.shift_remove("params"),
        _ => return body,
    }
    serde_json::to_vec(&message).unwrap_or(body)
}

fn is_reply(body: &[u8], id: &Value) -> bool {
    serde_json::from_slice::<Value>(body)
        .is_ok_and(|message| message.get("method").is_none() && message.get("id") == Some(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_are_not_there_are_left_out() {
        let told = |text: &str| String::from_utf8(without_null(text.into())).expect("JSON");
        let request = r#"{"jsonrpc":"2.0","method":"workspace/codeLens/refresh","params":null,"id":3}"#;
        assert_eq!(told(request), r#"{"jsonrpc":"2.0","method":"workspace/codeLens/refresh","id":3}"#);
        let reply = r#"{"jsonrpc":"2.0","result":{"params":null},"id":3}"#;
        assert_eq!(told(reply), reply);
    }
}
