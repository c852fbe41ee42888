//! What linking knows of files beside their facts: read one by one, or all at once for a whole build.

use std::{ops::ControlFlow, sync::Arc};

use rustc_hash::FxHashMap;

use crate::{
    kv::{Snapshot, StoreError},
    languages,
    record::{FileId, FileRecord, SymbolId},
    resolve::{PLAIN, Rules},
};

/// A file that is indexed.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) file_id: FileId,
    pub(super) path: Arc<str>,
    pub(super) module: Arc<str>,
    pub(super) rules: &'static Rules,
}

impl Head {
    /// `None` of a file that was skipped.
    pub(super) fn of(record: &FileRecord) -> Option<Self> {
        let FileRecord { file_id, path, module, language, skipped, .. } = record;
        let rules = languages::by_name(language).map_or(&PLAIN, |language| language.hooks.rules);
        skipped.is_none().then(|| Head { file_id: *file_id, path: path.clone(), module: module.clone(), rules })
    }
}

/// All files that are indexed.
#[derive(Debug)]
pub(super) struct Files {
    heads: Vec<Head>,
    by_path: FxHashMap<Arc<str>, u32>,
    /// By what the ids of a file's symbols have in common. Several files may have the same.
    by_part: FxHashMap<u64, Vec<u32>>,
}

impl Files {
    pub(super) fn all(snapshot: &Snapshot) -> Result<Self, StoreError> {
        let mut files = Files { heads: Vec::new(), by_path: FxHashMap::default(), by_part: FxHashMap::default() };
        snapshot.files(&mut |record| {
            files.heads.extend(Head::of(&record));
            ControlFlow::Continue(())
        })?;
        for (at, head) in files.heads.iter().enumerate() {
            files.by_path.insert(head.path.clone(), at as u32);
            files.by_part.entry(SymbolId::file_part_of(&head.path)).or_default().push(at as u32);
        }
        Ok(files)
    }

    pub(super) fn at(&self, path: &str) -> Option<&Head> {
        self.by_path.get(path).map(|&at| &self.heads[at as usize])
    }

    /// The file that a symbol of the index is of, unless several may be.
    pub(super) fn of_symbol(&self, id: SymbolId) -> Option<&Head> {
        match self.by_part.get(&id.file_part()).map(Vec::as_slice) {
            Some([at]) => Some(&self.heads[*at as usize]),
            _ => None,
        }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.heads.iter().map(|head| &head.path)
    }
}
