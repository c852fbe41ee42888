//! The language server: the only place that knows the types of the protocol.
//!
//! A message goes through the framing (`transport`), the routes (`server`) and one file of `requests`, which takes a
//! snapshot of its document before the first await and is answered by `query` or `extract` on a worker's thread.
//!
//! A session has the workspaces that the client names (`root`), or the one of the command line, each with an index of its own.
//! Files outside of all of them are answered from their buffers, and while they are open they are in the first one's index
//! under their absolute paths. However a session ends, it closes its documents: the indexes then have what is on disk.

mod analysis;
mod capabilities;
mod configuration;
pub mod convert;
mod diagnostics;
mod disk;
pub mod documents;
mod files;
mod folders;
mod head;
mod keeper;
mod lenses;
mod others;
mod outline;
mod place;
mod registration;
mod requests;
pub mod root;
mod server;
mod state;
mod status;
mod sync;
mod transport;
mod work;
mod workspace;

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{mpsc, oneshot, watch},
};
use tower_lsp::LspService;
use tracing_subscriber::EnvFilter;

use self::{keeper::Note, server::Server, state::State};
pub use self::{transport::End, work::Fault};

/// How long closing the open documents may take at the end of a session.
const FLUSH: Duration = Duration::from_secs(3);

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The one workspace, whatever the client says.
    pub root: Option<PathBuf>,
    /// Where the first root's index is, instead of its usual place.
    pub index_dir: Option<PathBuf>,
    /// The user's own file of settings.
    pub user_file: Option<PathBuf>,
}

/// In bytes: how much a pipe to the client holds.
#[cfg(target_os = "linux")]
const PIPE: usize = 1 << 20;

/// Serves a client on stdin and stdout until it goes.
pub fn run(options: Options) -> ExitCode {
    log_to_stderr();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => {
            tracing::error!("the server cannot start: no threads for it: {fault}");
            return ExitCode::FAILURE;
        }
    };
    let stopped = stopped_by_signal();
    let out = match out() {
        Ok(out) => out,
        Err(fault) => {
            tracing::error!("the server cannot start: no way to write to stdout: {fault}");
            return ExitCode::FAILURE;
        }
    };
    let end = runtime.block_on(serve_until(stopped, tokio::io::stdin(), out, options));
    // A thread that reads stdin cannot be stopped; nor need work be waited for that nobody will see.
    runtime.shutdown_background();
    match end {
        End::AfterShutdown => ExitCode::SUCCESS,
        End::Abrupt => ExitCode::FAILURE,
    }
}

/// Serves one client over any pair of streams until its session ends, and what was open is closed in the index.
pub async fn serve<R, W>(reader: R, writer: W, options: Options) -> End
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    serve_until(std::future::pending(), reader, writer, options).await
}

async fn serve_until<R, W>(stopped: impl Future<Output = ()>, reader: R, writer: W, options: Options) -> End
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (notes, taken) = mpsc::unbounded_channel();
    let (service, socket) = LspService::build(|client| Server::new(Arc::new(State::new(client, options, notes))))
        .custom_method("window/workDoneProgress/cancel", Server::cancel_progress)
        .custom_method(transport::OUTLINE, Server::outline)
        .custom_method("rutter/others", Server::others)
        .custom_method("rutter/controlFlow", Server::control_flow)
        .custom_method("rutter/why", Server::why)
        .custom_method("rutter/callers", Server::callers)
        .custom_method("rutter/metrics", Server::metrics)
        .custom_method("rutter/hotspots", Server::hotspots)
        .custom_method("rutter/status", Server::status)
        .finish();
    let state = service.inner().state.clone();
    let aside = service.inner().aside.clone();
    tokio::spawn(keeper::run(Arc::downgrade(&state), taken));
    let end = transport::run(reader, writer, service, socket, aside, stopped).await;
    // However a session ends, its documents are closed with it: the disk's text counts again. They come first, for a run over
    // a workspace may take its time to stop. What is not done in time the next run finds and does.
    let roots = state.roots.with_nowhere();
    roots.iter().for_each(|root| root.run.cancel());
    let last = async {
        let (done, is_done) = oneshot::channel();
        state.note(Note::CloseAll(done));
        is_done.await?;
        for root in &roots {
            root.run.stop().await;
        }
        Ok::<(), oneshot::error::RecvError>(())
    };
    match tokio::time::timeout(FLUSH, last).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) => tracing::warn!("nobody was there to close the open files in the index"),
        Err(_) => tracing::warn!("the open files were not closed in the index in time; the next run closes them"),
    }
    roots.iter().for_each(|root| root.place.close());
    end
}

/// Ends when a signal asks us to stop: the documents are closed then too.
fn stopped_by_signal() -> impl Future<Output = ()> {
    let (stop, mut stopped) = watch::channel(false);
    if let Err(fault) = ctrlc::set_handler(move || _ = stop.send_replace(true)) {
        tracing::warn!("signals will end the server without closing its documents: {fault}");
    }
    async move {
        if stopped.wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending().await
        }
    }
}

/// stdout as it is: the usual one writes line by line, and a message's header before the message.
#[cfg(unix)]
fn out() -> std::io::Result<impl AsyncWrite + Unpin + Send + 'static> {
    use std::os::fd::AsFd;

    let own = std::io::stdout().as_fd().try_clone_to_owned()?;
    // Room for an answer of usual size: it is written at once, and not again each time that the client has read a part.
    #[cfg(target_os = "linux")]
    if let Err(fault) = rustix::pipe::fcntl_setpipe_size(&own, PIPE) {
        tracing::debug!("stdout stays as wide as it is, or is no pipe: {fault}");
    }
    Ok(tokio::fs::File::from_std(own.into()))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on other systems")]
fn out() -> std::io::Result<impl AsyncWrite + Unpin + Send + 'static> {
    Ok(tokio::io::stdout())
}

/// stdout belongs to the protocol.
fn log_to_stderr() {
    let filter = std::env::var("RUTTER_LOG").or_else(|_| std::env::var("RUST_LOG")).unwrap_or_default();
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::WARN.into()).parse_lossy(filter);
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    if let Err(fault) = subscriber.try_init() {
        tracing::debug!("logging was set up before: {fault}");
    }
}
