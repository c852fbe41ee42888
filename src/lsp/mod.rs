//! The language server: the only place that knows the types of the protocol.
//!
//! A message goes through the framing (`transport`), the routes (`server`) and one file of `requests`, which takes a
//! snapshot of its document before the first await and is answered by `query` or `extract` on a worker's thread.

mod analysis;
mod capabilities;
pub mod convert;
pub mod documents;
mod keeper;
mod place;
mod requests;
mod server;
mod state;
mod sync;
mod transport;
mod work;
mod workspace;

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{mpsc, oneshot},
};
use tower_lsp::LspService;
use tracing_subscriber::EnvFilter;

use self::{keeper::Note, server::Server, state::State};
pub use self::{transport::End, work::Fault};

/// How long what waits to be written may take at the end of a session.
const FLUSH: Duration = Duration::from_secs(3);

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The workspace, whatever the client says.
    pub root: Option<PathBuf>,
    /// Where the index is, instead of its usual place.
    pub index_dir: Option<PathBuf>,
}

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
    let end = runtime.block_on(serve(tokio::io::stdin(), tokio::io::stdout(), options));
    // A thread that reads stdin cannot be stopped; nor need work be waited for that nobody will see.
    runtime.shutdown_background();
    match end {
        End::AfterShutdown => ExitCode::SUCCESS,
        End::Abrupt => ExitCode::FAILURE,
    }
}

/// Serves one client over any pair of streams until its session ends, and what waits to be written is written.
pub async fn serve<R, W>(reader: R, writer: W, options: Options) -> End
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (notes, taken) = mpsc::unbounded_channel();
    let (service, socket) = LspService::build(|client| Server::new(Arc::new(State::new(client, options, notes))))
        .custom_method("window/workDoneProgress/cancel", Server::cancel_progress)
        .finish();
    let (state, run) = (service.inner().state.clone(), service.inner().run.clone());
    tokio::spawn(keeper::run(Arc::downgrade(&state), taken));
    let end = transport::run(reader, writer, service, socket).await;
    let flush = async {
        run.stop().await;
        let (done, is_done) = oneshot::channel();
        state.note(Note::Flush(done));
        is_done.await
    };
    match tokio::time::timeout(FLUSH, flush).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) => tracing::warn!("nobody was there to write the last changes to the index"),
        Err(_) => tracing::warn!("the last changes were not written to the index in time"),
    }
    state.session().place.close();
    end
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
