//! The link step of a run.

use super::IndexError;
use crate::{
    kv::{LinkUpdate, Store},
    link::{self, IndexWorld},
    resolve::{Resolver, World},
};
use std::ops::ControlFlow;

/// Files whose links are written together.
const BATCH: usize = 500;

/// Links all files of the index.
pub fn link_all(store: &Store) -> Result<(), IndexError> {
    let mut paths = Vec::new();
    {
        let snapshot = store.snapshot()?;
        snapshot.files(&mut |file| {
            if file.skipped.is_none() {
                paths.push((file.path.clone(), file.file_id));
            }
            ControlFlow::Continue(())
        })?;
    }
    let mut all = Vec::new();
    {
        let snapshot = store.snapshot()?;
        let open = link::Open::default();
        let world = IndexWorld::new(&snapshot, &open);
        let mut resolver = Resolver::new(&world);
        for (path, file_id) in paths {
            let Some(file) = world.file(&path) else { continue };
            let linked = link::link_file(&mut resolver, file);
            all.push(LinkUpdate { file_id, links: linked.links, references: linked.references });
        }
    }
    for batch in all.chunks(BATCH) {
        store.put_links(batch)?;
    }
    Ok(())
}
