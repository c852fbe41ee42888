//! The link step: files that were written, and those that rest on what has changed in them, are linked.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use super::{IndexError, Progress, Silent};
use crate::{
    kv::{Filled, LinkUpdate, Store, Todo},
    languages,
    link::{self, IndexWorld, Shared},
    record::{Group, Layout, group},
    resolve::{Resolver, World},
};

/// Files that are linked from one snapshot, and written in one transaction.
const BATCH: usize = 1000;
/// A thread forgets what it has found out when that takes more memory; in bytes. All of it can be found out again, and what is
/// found does not depend on what was known before.
const FOUND_BYTES: usize = 10 << 20;
/// What it has read of other files is forgotten, too.
const WORLD_BYTES: usize = 24 << 20;
/// As few of them where others write so often that links are out of date when they are made.
const LEAST: usize = 16;
/// Files that a thread takes at a time: neighbours, which mostly rest on the same others.
const RUN: usize = 16;

/// Links all files that are to be linked. Stopped by the flag, it leaves the rest to whoever comes next.
pub fn link_pending(store: &Store, threads: usize, cancel: &AtomicBool) -> Result<(), IndexError> {
    link_all(store, threads, cancel, &Silent)
}

/// The same, and tells how far it is.
pub(super) fn link_all(
    store: &Store,
    threads: usize,
    cancel: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), IndexError> {
    let mut batch = BATCH;
    loop {
        let mut todo = store.snapshot()?.todo(batch)?;
        if todo.is_empty() || cancel.load(Ordering::Relaxed) {
            return Ok(());
        }
        todo.sort_by(|a, b| a.path.cmp(&b.path));
        let done: Mutex<Vec<LinkUpdate>> = Mutex::default();
        let take_in = |linked| {
            done.lock().unwrap_or_else(PoisonError::into_inner).extend(linked);
            Ok(())
        };
        let shared = Shared::of(&store.snapshot()?);
        Linking { store, threads, cancel, progress, shared: &shared, kept: WORLD_BYTES }.link(&todo, &take_in)?;
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|update| update.todo.file_id);
        batch = if store.put_links(&done)? { BATCH } else { (batch / 2).max(LEAST) };
    }
}

/// How much a build takes at a time, by how large is what linking reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room {
    /// Files between which the database that is read is mapped anew: what was read of it is memory till then, and the larger it
    /// is, the farther apart lies what a file asks for.
    batch: usize,
    /// What a thread keeps of what it has read, and all threads together of facts that somebody has asked for lately. Files of
    /// large projects rest on more, and what does not fit is read again and again.
    kept: usize,
}

impl Room {
    fn of(bytes: u64) -> Self {
        let batch = ((128 << 30) / bytes.max(1)).clamp(64, 500) as usize;
        Room { batch, kept: (bytes / 8).clamp(WORLD_BYTES as u64, 48 << 20) as usize }
    }
}

/// Links all files of an index that is built, and that nobody else writes to.
pub(super) fn link_filled(
    filled: &Filled,
    threads: usize,
    cancel: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), IndexError> {
    let mut todo = filled.store().snapshot()?.todo(usize::MAX)?;
    if !todo.is_empty() {
        progress.to_link(todo.len() as u64);
    }
    // Neighbours rest on the same others.
    todo.sort_by(|a, b| a.path.cmp(&b.path));
    let snapshot = filled.store().snapshot()?;
    let room = Room::of(snapshot.file_bytes()?);
    let shared = Shared::of_all(&snapshot, room.kept)?;
    drop(snapshot);
    for batch in todo.chunks(room.batch).take_while(|_| !cancel.load(Ordering::Relaxed)) {
        let (store, kept) = (filled.store(), room.kept);
        let linking = Linking { store, threads, cancel, progress, shared: &shared, kept };
        linking.link(batch, &|linked| Ok(filled.add_links(&linked)?))?;
        filled.remap()?;
    }
    Ok(())
}

struct Linking<'a> {
    store: &'a Store,
    threads: usize,
    cancel: &'a AtomicBool,
    progress: &'a dyn Progress,
    shared: &'a Shared,
    /// What a thread keeps of what it has read, in bytes.
    kept: usize,
}

impl Linking<'_> {
    /// Links these files on all threads. What comes of it is taken in on each of them.
    fn link(
        &self,
        todo: &[Todo],
        take_in: &(dyn Fn(Vec<LinkUpdate>) -> Result<(), IndexError> + Sync),
    ) -> Result<(), IndexError> {
        let next = AtomicUsize::new(0);
        // Each thread has a snapshot of its own; if they are not of one state, nothing is written.
        let work = || -> Result<(), IndexError> {
            let snapshot = self.store.snapshot()?;
            let open = link::Open::default();
            let mut run = &todo[..0];
            loop {
                let world = IndexWorld::new(&snapshot, &open).sharing(self.shared);
                let mut resolver = Resolver::new(&world).within(FOUND_BYTES);
                while world.heap_bytes() < self.kept {
                    if run.is_empty() {
                        let from = next.fetch_add(RUN, Ordering::Relaxed).min(todo.len());
                        run = &todo[from..todo.len().min(from + RUN)];
                    }
                    let Some((first, rest)) = run.split_first().filter(|_| !self.cancel.load(Ordering::Relaxed)) else {
                        return Ok(());
                    };
                    run = rest;
                    let linked = linked(&world, &mut resolver, first, snapshot.state());
                    world.checked()?;
                    self.progress.linked(1);
                    take_in(vec![linked])?;
                }
            }
        };
        let threads = self.threads.clamp(1, todo.len().div_ceil(RUN).max(1));
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let own = work();
            others
                .into_iter()
                .fold(own, |all, other| all.and(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))))
        })
    }
}

fn linked(world: &IndexWorld<'_>, resolver: &mut Resolver<'_>, todo: &Todo, state: u64) -> LinkUpdate {
    let linked = match world.file(&todo.path) {
        Some(file) => link::link_file(resolver, file),
        None => link::FileLinks::default(),
    };
    let link::FileLinks { links, references, files, deps } = linked;
    let layouts = world.laid_out(&deps);
    LinkUpdate { todo: todo.clone(), links, references, files, deps, layouts, state }
}

/// Files whose links rest on how the project is laid out are to be linked where that has changed. Such files are no sources,
/// and nobody tells of them.
pub fn follow_layouts(store: &Store) -> Result<(), IndexError> {
    let known = store.snapshot()?.layouts()?;
    follow(store, known)
}

/// [`follow_layouts`], as far as one file has to do with it. `is_moved` if it is there and was not, or the other way round.
pub fn follow_layout_at(store: &Store, path: &str, is_moved: bool) -> Result<(), IndexError> {
    let snapshot = store.snapshot()?;
    let mut known: Vec<Layout> = snapshot.layout(group(Group::Layout, path))?.into_iter().collect();
    for manifest in languages::all().iter().filter_map(|language| language.hooks.rules.manifest) {
        // In a directory without files nobody looks.
        if is_moved || path.rsplit('/').next() == Some(manifest.file_name) {
            known.extend(snapshot.layout(group(Group::Said, manifest.file_name))?);
        }
    }
    drop(snapshot);
    known.dedup();
    follow(store, known)
}

fn follow(store: &Store, known: Vec<Layout>) -> Result<(), IndexError> {
    let snapshot = store.snapshot()?;
    let open = link::Open::default();
    let world = IndexWorld::new(&snapshot, &open);
    let changed: Vec<Layout> = known
        .iter()
        .map(|known| world.said_now(known))
        .zip(&known)
        .filter(|(now, known)| now != *known)
        .map(|(now, _)| now)
        .collect();
    world.checked()?;
    drop(snapshot);
    if changed.is_empty() {
        return Ok(());
    }
    Ok(store.put_layouts(&changed)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_index_is_linked_with_more_room_and_in_smaller_steps_within_bounds() {
        let [small, medium, large] = [1 << 20, 320 << 20, 1_u64 << 40].map(Room::of);
        assert_eq!(small, Room { batch: 500, kept: 24 << 20 });
        assert_eq!(medium, Room { batch: 409, kept: 40 << 20 });
        assert_eq!(large, Room { batch: 64, kept: 48 << 20 });
        assert_eq!(Room::of(0), small);
    }
}
