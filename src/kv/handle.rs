//! Which generation of an index is open, and the change to the next one.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use super::{
    StoreError,
    decoded::Decoded,
    env::{Environment, MAP_BYTES, hold},
    place,
    schema::{self, Identity},
    store::Shared,
};

/// How often readers look whether another process has published a new generation. Writers always look.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// An open index, whichever generation that is just now.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) dir: PathBuf,
    current: RwLock<Arc<Shared>>,
    /// When `CURRENT` was looked at last. Held by whoever changes the generation; taken before the index's own lock.
    pub(super) looked: Mutex<Instant>,
    pub(super) decoded: Decoded,
}

impl Handle {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Handle {
            dir: shared.dir.clone(),
            current: RwLock::new(shared),
            looked: Mutex::new(Instant::now()),
            decoded: Decoded::default(),
        }
    }

    /// The generation that is open.
    pub(super) fn now(&self) -> Arc<Shared> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The generation that counts, or did a second ago. One that cannot be opened leaves the old one in its place.
    pub(super) fn recent(&self) -> Arc<Shared> {
        if let Ok(mut looked) = self.looked.try_lock()
            && looked.elapsed() >= LOOK_EVERY
            && let Err(error) = self.follow(&mut looked)
        {
            tracing::warn!("the index was replaced, and the new one is not read: {error}");
        }
        self.now()
    }

    /// The generation that counts.
    pub(super) fn fresh(&self) -> Result<Arc<Shared>, StoreError> {
        self.follow(&mut hold(&self.looked))?;
        Ok(self.now())
    }

    /// The caller holds the lock on changes.
    pub(super) fn replace(&self, looked: &mut Instant, next: Arc<Shared>) {
        *looked = Instant::now();
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
    }

    fn follow(&self, looked: &mut Instant) -> Result<(), StoreError> {
        *looked = Instant::now();
        let now = self.now();
        let Some(generation) = place::successor(&self.dir, now.generation)? else { return Ok(()) };
        let data_dir = place::data_dir(&self.dir, generation);
        match Environment::open(&data_dir, now.environment.access, MAP_BYTES)? {
            (environment, Identity::Ours) => {
                self.replace(looked, now.succeeded_by(generation, environment));
                Ok(())
            }
            (_, identity) => Err(schema::wrong(&data_dir, identity)),
        }
    }
}
