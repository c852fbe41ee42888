//! Editors that end without a word: what they had not saved is not what the index should have any more.

use std::{collections::HashSet, sync::mpsc::Sender, thread};

use super::Message;
use crate::kv::Sessions;

/// The sessions that are waited for to end, each by a thread that sleeps until then.
#[derive(Debug)]
pub(super) struct Editors {
    sessions: Sessions,
    outbox: Sender<Message>,
    known: HashSet<String>,
}

impl Editors {
    pub fn new(sessions: Sessions, outbox: Sender<Message>) -> Self {
        Editors { sessions, outbox, known: HashSet::new() }
    }

    /// Begins to wait for those that have come.
    pub fn look(&mut self) {
        for name in self.sessions.names() {
            if !self.known.insert(name.clone()) {
                continue;
            }
            let (sessions, outbox) = (self.sessions.clone(), self.outbox.clone());
            let wait = move || {
                if sessions.wait_for_end(&name) {
                    // Whoever has ended hears nothing any more.
                    drop(outbox.send(Message::Abandoned));
                }
            };
            if let Err(error) = thread::Builder::new().name("rutter-editor".to_owned()).spawn(wait) {
                tracing::warn!("an editor's end would go unnoticed until the next run: no thread to wait: {error}");
            }
        }
    }
}
