//! Work off the protocol's thread: bounded in number, cancellable, and a panic in it is an error to one request.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinHandle},
};
use tower_lsp::jsonrpc::{Error, ErrorCode};
use tracing::{Instrument, Span};

use crate::{index::IndexError, kv::StoreError};

/// Why a request has no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fault {
    #[error("the text was changed before it was looked at; ask again")]
    Modified,
    #[error("the request was cancelled")]
    Cancelled,
    #[error("parsing the text takes too long; make the file smaller or leave it out")]
    TooSlow,
    #[error("a fault in rutter: {0}; its log says where")]
    Panicked(Arc<JoinError>),
    #[error("there is no index, not even a temporary one; rutter has said why at the start")]
    NoIndex,
    #[error("no temporary index can be made: {0}; set TMPDIR to a directory that can be written to")]
    Temporary(Arc<std::io::Error>),
    #[error("the index was lost and is being built anew; ask again in a moment")]
    Renewing,
    #[error("{0}")]
    Store(Arc<StoreError>),
    #[error("{0}")]
    Index(Arc<IndexError>),
}

impl From<JoinError> for Fault {
    fn from(fault: JoinError) -> Self {
        if fault.is_cancelled() { Fault::Cancelled } else { Fault::Panicked(Arc::new(fault)) }
    }
}

impl From<StoreError> for Fault {
    fn from(fault: StoreError) -> Self {
        Fault::Store(Arc::new(fault))
    }
}

impl From<IndexError> for Fault {
    fn from(fault: IndexError) -> Self {
        Fault::Index(Arc::new(fault))
    }
}

/// LSP's `RequestFailed`.
const REQUEST_FAILED: i64 = -32803;

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let code = match &fault {
            Fault::Modified => ErrorCode::ContentModified,
            Fault::Cancelled => ErrorCode::RequestCancelled,
            Fault::Panicked(_) => ErrorCode::InternalError,
            Fault::TooSlow
            | Fault::NoIndex
            | Fault::Renewing
            | Fault::Temporary(_)
            | Fault::Store(_)
            | Fault::Index(_) => ErrorCode::ServerError(REQUEST_FAILED),
        };
        Error { code, message: fault.to_string().into(), data: None }
    }
}

/// Set when nobody waits for the work any more; long work looks at it between its steps.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }

    pub fn check(&self) -> Result<(), Fault> {
        if self.0.load(Ordering::Relaxed) { Err(Fault::Cancelled) } else { Ok(()) }
    }
}

/// Sets the flag when it is dropped: with the future that holds it.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// The threads that requests may take.
#[derive(Clone, Debug)]
pub struct Workers(Arc<Semaphore>);

impl Workers {
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Workers(Arc::new(Semaphore::new(cores * 4)))
    }

    /// Runs blocking work. When the returned future is dropped, the work is told to stop, and not started if it waits.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Cancel) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let cancel = Cancel::default();
        let _guard = CancelOnDrop(cancel.clone());
        let permit = self.0.clone().acquire_owned().await.map_err(|_| Fault::Cancelled)?;
        let span = Span::current();
        let blocking = move || {
            let _permit = permit;
            cancel.check()?;
            span.in_scope(|| job(&cancel))
        };
        tokio::task::spawn_blocking(blocking).await?
    }
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs a request's work as a task of its own, in a span of its own: a panic in it is that request's error, and when the
/// service drops the request, the work goes with it.
pub async fn request<T: Send + 'static>(
    method: &'static str,
    work: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Error> {
    let span = tracing::info_span!("request", method);
    let mut task = AbortOnDrop(tokio::spawn(work.instrument(span)));
    let outcome = match (&mut task.0).await {
        Ok(outcome) => outcome,
        Err(fault) => Err(Fault::from(fault)),
    };
    outcome.map_err(|fault| {
        tracing::debug!(method, "{fault}");
        Error::from(fault)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_internal_error() {
        let outcome: Result<(), Error> = request("test", async { panic!("on purpose") }).await;
        assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::InternalError));
        let workers = Workers::new();
        let inside = workers.clone();
        let blocking: Result<(), Error> =
            request("test", async move { inside.run(|_| panic!("on purpose")).await }).await;
        assert_eq!(blocking.map_err(|error| error.code), Err(ErrorCode::InternalError));
        assert_eq!(workers.run(|_| Ok(7)).await.ok(), Some(7), "the worker's place is free again");
    }

    #[tokio::test]
    async fn dropping_a_request_stops_its_work() {
        let workers = Workers::new();
        let (started, has_started) = mpsc::channel();
        let (stopped, has_stopped) = mpsc::channel();
        let work = tokio::spawn(request("test", async move {
            let job = move |cancel: &Cancel| {
                started.send(()).map_err(|_| Fault::Cancelled)?;
                while cancel.check().is_ok() {
                    std::thread::yield_now();
                }
                stopped.send(()).map_err(|_| Fault::Cancelled)
            };
            workers.run(job).await
        }));
        tokio::task::spawn_blocking(move || has_started.recv()).await.expect("a thread").expect("the work starts");
        work.abort();
        tokio::task::spawn_blocking(move || has_stopped.recv()).await.expect("a thread").expect("the work stops");
    }
}
