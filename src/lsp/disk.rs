//! An open document's file on disk: whether it is the same text, and bringing the index up to date with it.

use std::{fs, path::Path, sync::Arc};

use super::{documents::Document, state, work::Fault};
use crate::{
    index::{self, Settings},
    kv::Store,
    text::SourceText,
};

/// Where files are read from and their records go.
#[derive(Debug)]
pub struct Disk<'a> {
    pub store: &'a Store,
    pub root: &'a Path,
    pub settings: &'a Settings,
}

impl Disk<'_> {
    /// Makes the disk's text what the index has of a file; nothing is written where it is already. A file that is gone is
    /// removed.
    pub fn refresh(&self, path: &Arc<str>) -> Result<(), Fault> {
        let on_disk = index::disk_path(self.root, path);
        let is_current = match self.store.snapshot()?.file(path)? {
            Some(known) => index::is_current(&known, &on_disk),
            None => fs::metadata(&on_disk).is_err(),
        };
        if is_current {
            return Ok(());
        }
        index::refresh(self.store, self.root, path, self.settings).map_err(Fault::from)
    }

    /// The same for a file that an editor has let go of: one that no run would look at is removed.
    pub fn close(&self, path: &Arc<str>) -> Result<(), Fault> {
        if index::would_meet(self.root, self.settings, path)? {
            return self.refresh(path);
        }
        match self.store.snapshot()?.file(path)? {
            Some(_) => index::forget(self.store, path).map_err(Fault::from),
            None => Ok(()),
        }
    }
}

/// The disk has the document's text, in whatever encoding, and would take it for the same language.
pub fn is_as_on_disk(root: &Path, document: &Document) -> bool {
    let of_disk = index::language_of(root, &document.path, document.text.bytes());
    if of_disk.map(|language| language.name) != document.language.map(|language| language.name) {
        return false;
    }
    let on_disk = state::read(&index::disk_path(root, &document.path));
    on_disk.is_some_and(|on_disk| without_mark(&on_disk) == without_mark(&document.text))
}

/// Editors take the byte order mark off.
fn without_mark(text: &SourceText) -> &[u8] {
    text.bytes().strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages;
    use crate::lsp::{convert::Location, root::Root};

    fn same(file: &str, on_disk: &[u8], language: &str, buffer: &str) -> bool {
        let dir = tempfile::tempdir().expect("a directory");
        fs::write(dir.path().join(file), on_disk).expect("a file");
        let location = Location::File(dir.path().join(file));
        let language = languages::by_name(language);
        is_as_on_disk(
            dir.path(),
            &Document::new(location, (Root::nowhere(), file.into()), language, 1, buffer.to_owned()),
        )
    }

    #[test]
    fn the_same_text_in_any_encoding_is_the_disks() {
        assert!(same("a.py", b"x = 1\n", "python", "x = 1\n"));
        assert!(same("a.py", b"\xEF\xBB\xBFx = 1\n", "python", "x = 1\n"));
        let wide: Vec<u8> = "\u{FEFF}x = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(same("a.py", &wide, "python", "x = 1\n"));
        assert!(!same("a.py", b"x = 1\n", "python", "x = 2\n"));
        assert!(!same("a.py", b"x = 1\r\n", "python", "x = 1\n"));
    }

    #[test]
    fn what_only_the_editor_takes_for_a_language_is_not() {
        assert!(!same("a.txt", b"x = 1\n", "python", "x = 1\n"));
        assert!(same("tool", b"#!/usr/bin/python3\n", "python", "#!/usr/bin/python3\n"));
    }
}
