//! Which generation of an index is open, and the change to the next one.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, RwLock, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Store, StoreError,
    decoded::Decoded,
    env::{Environment, MAP_BYTES, hold},
    names::KEPT_FOR,
    place,
    schema::{self, Identity},
    session::Session,
    store::Shared,
};

/// How often readers look whether another process has published a new generation. Writers always look.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Told that another generation has taken the index's place.
type Hearer = Box<dyn Fn() + Send + Sync>;

/// An open index, whichever generation that is just now.
pub(super) struct Handle {
    /// The directory of all formats.
    pub(super) dir: PathBuf,
    /// The directory of this format in it.
    pub(super) home: PathBuf,
    /// The workspace that the index is signed with, once it was opened for writing: then a new one may be begun here.
    pub(super) root: Mutex<Option<String>>,
    hearers: Mutex<Vec<Weak<Hearer>>>,
    /// Another generation, which may have nothing so far, has taken the index's place.
    pub(super) renewed: AtomicBool,
    pub(super) session: Mutex<Option<Session>>,
    current: RwLock<Arc<Shared>>,
    /// When `CURRENT` was looked at last. Held by whoever changes the generation; taken before the index's own lock.
    pub(super) looked: Mutex<Instant>,
    pub(super) decoded: Decoded,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// Somebody hears of it as long as this lives.
pub struct Hearing {
    _hearer: Arc<Hearer>,
}

impl fmt::Debug for Hearing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hearing").finish_non_exhaustive()
    }
}

impl Handle {
    pub(super) fn new(dir: PathBuf, shared: Arc<Shared>) -> Self {
        Handle {
            dir,
            home: shared.dir.clone(),
            root: Mutex::default(),
            hearers: Mutex::default(),
            renewed: AtomicBool::default(),
            session: Mutex::default(),
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
        let is_time = || self.looked.try_lock().is_ok_and(|looked| looked.elapsed() >= LOOK_EVERY);
        if (*hold(&self.now().bad) || is_time())
            && let Err(error) = self.look()
        {
            tracing::warn!("the index was replaced, and the new one is not read: {error}");
        }
        self.now()
    }

    /// The generation that counts.
    pub(super) fn fresh(&self) -> Result<Arc<Shared>, StoreError> {
        self.look()?;
        Ok(self.now())
    }

    /// The caller holds the lock on changes.
    pub(super) fn replace(&self, looked: &mut Instant, next: Arc<Shared>) {
        *looked = Instant::now();
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
    }

    /// Has somebody hear of each new generation that was not built here. It must be quick, and not use the index.
    pub(super) fn hear(&self, hearer: impl Fn() + Send + Sync + 'static) -> Hearing {
        let hearer: Arc<Hearer> = Arc::new(Box::new(hearer));
        hold(&self.hearers).push(Arc::downgrade(&hearer));
        Hearing { _hearer: hearer }
    }

    pub(super) fn tell(&self) {
        self.renewed.store(true, Ordering::Relaxed);
        hold(&self.hearers).retain(|hearer| hearer.upgrade().inspect(|hearer| hearer()).is_some());
    }

    /// Whether nothing that is written here would be found again.
    pub(super) fn is_lost(&self, shared: &Shared) -> bool {
        *hold(&shared.bad) || !shared.environment.is_there()
    }

    fn look(&self) -> Result<(), StoreError> {
        self.now().environment.names.drop_unused(KEPT_FOR);
        self.follow(&mut hold(&self.looked))?;
        let root = hold(&self.root).clone();
        match root {
            Some(root) if self.is_lost(&self.now()) => Store::open(&self.dir, &root).map(drop),
            _ => Ok(()),
        }
    }

    fn follow(&self, looked: &mut Instant) -> Result<(), StoreError> {
        *looked = Instant::now();
        let now = self.now();
        let Some(generation) = place::successor(&self.home, now.generation)? else { return Ok(()) };
        let data_dir = place::data_dir(&self.home, generation);
        match Environment::open(&data_dir, now.environment.access, MAP_BYTES)? {
            (environment, Identity::Ours) => {
                self.replace(looked, now.succeeded_by(generation, environment));
                self.tell();
                Ok(())
            }
            (_, identity) => Err(schema::wrong(&data_dir, identity)),
        }
    }
}
