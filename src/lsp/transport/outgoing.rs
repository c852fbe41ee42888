//! What waits to be written to the client: bounded in bytes.
//!
//! While the client does not read, answers wait here. At the bound whoever has more to say waits: the service, and with it
//! the reading of further messages. So a client that asks without ever reading fills its own pipe and not our memory. The
//! bound is far beyond what a client pipelines that does read, which must not be stopped by its own answers.

use std::sync::Arc;

use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
};

/// In bytes. A single message beyond it waits until it is alone.
const BOUND: u32 = 64 << 20;

/// Bodies on their way to the client.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    bodies: mpsc::UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
    bound: u32,
}

/// A body, and the room that it takes until it is written.
type Waiting = (Vec<u8>, OwnedSemaphorePermit);

/// Nobody writes any more.
#[derive(Debug)]
pub(super) struct Closed;

/// The two ends.
pub(super) fn channel() -> (Outgoing, mpsc::UnboundedReceiver<Waiting>) {
    bounded(BOUND)
}

fn bounded(bound: u32) -> (Outgoing, mpsc::UnboundedReceiver<Waiting>) {
    let (bodies, waiting) = mpsc::unbounded_channel();
    (Outgoing { bodies, room: Arc::new(Semaphore::new(bound as usize)), bound }, waiting)
}

impl Outgoing {
    /// Waits for room. Messages of one sender keep their order.
    pub async fn send(&self, body: Vec<u8>) -> Result<(), Closed> {
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX).min(self.bound);
        let room = self.room.clone().acquire_many_owned(length).await.map_err(|_| Closed)?;
        self.bodies.send((body, room)).map_err(|_| Closed)
    }
}

/// Writes until nobody sends any more, or the client has gone.
pub(super) async fn write<W: AsyncWrite + Unpin>(mut writer: W, mut waiting: mpsc::UnboundedReceiver<Waiting>) {
    while let Some((body, room)) = waiting.recv().await {
        // In one piece: each write to stdout is another thread's work.
        let mut message = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        message.extend_from_slice(&body);
        drop(body);
        let written = async {
            writer.write_all(&message).await?;
            // Many small messages go out together.
            if waiting.is_empty() { writer.flush().await } else { Ok(()) }
        };
        if let Err(fault) = written.await {
            tracing::debug!("writing to the client failed: {fault}");
            return;
        }
        drop(room);
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    /// Whether a message goes out without waiting.
    async fn goes_at_once(outgoing: &Outgoing, length: usize) -> bool {
        tokio::select! {
            biased;
            sent = outgoing.send(vec![b' '; length]) => sent.is_ok(),
            () = std::future::ready(()) => false,
        }
    }

    #[tokio::test]
    async fn who_has_more_than_the_bound_to_say_waits_for_the_client_to_read() {
        let (outgoing, waiting) = bounded(1000);
        assert!(goes_at_once(&outgoing, 600).await);
        assert!(goes_at_once(&outgoing, 400).await);
        assert!(!goes_at_once(&outgoing, 1).await, "the client reads nothing");
        let (mut client, server) = tokio::io::duplex(64);
        let writing = tokio::spawn(write(server, waiting));
        let reading = tokio::spawn(async move {
            let mut all = Vec::new();
            client.read_to_end(&mut all).await.map(|_| all)
        });
        outgoing.send(vec![b' '; 5000]).await.expect("it is written once it is alone");
        drop(outgoing);
        writing.await.expect("the writer ends");
        let read = reading.await.expect("a reader").expect("reading from memory");
        let headers = ["600", "400", "5000"].map(|length| format!("Content-Length: {length}\r\n\r\n").len());
        assert_eq!(read.len(), 6000 + headers.iter().sum::<usize>());
    }

    #[tokio::test]
    async fn a_client_that_has_gone_stops_nobody() {
        let (outgoing, waiting) = bounded(10);
        drop(waiting);
        assert!(outgoing.send(vec![0; 8]).await.is_err());
        assert!(outgoing.send(vec![0; 8]).await.is_err());
    }
}
