//! The names of an index, kept in memory for whoever searches it again and again.
//!
//! A table is made of the keys of one snapshot. From then on this process's writer tells which names it adds, and the table
//! goes on to newer snapshots with these, as long as no transaction is missing: one of another process, say. Names that are
//! gone stay in the table. Who asks the snapshot for their symbols finds none.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, Instant},
};

use super::{Snapshot, StoreError, env::hold, keys};

/// So many added keys are remembered until somebody searches.
const MAX_ADDED: usize = 100_000;
/// A table that nobody has searched for so long is dropped when the index is used for something else.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(300);
/// Names in a table that came after it was made, beyond a quarter of it: then it is made anew.
const MAX_LATE: usize = 1 << 16;
/// A name has characters other than ASCII's letters, digits and `_`.
const OTHER: u64 = 1 << 63;

/// The names of an index.
#[derive(Debug)]
pub struct NameTable {
    /// It has all names of the snapshots of these transactions.
    from: usize,
    to: usize,
    text: String,
    ends: Vec<u32>,
    letters: Vec<u64>,
    /// Keys that hold a digest in the place of a name.
    digests: Vec<Box<[u8]>>,
    /// How many names it was made with.
    made_with: usize,
}

impl NameTable {
    /// `None` if it was given up, or there is more text than a table is made for.
    fn read(snapshot: &Snapshot, go_on: &dyn Fn() -> bool) -> Result<Option<Self>, StoreError> {
        let id = snapshot.txn().id();
        let (text, ends, letters, digests) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        let mut table = NameTable { from: id, to: id, text, ends, letters, digests, made_with: 0 };
        let rows = snapshot.shared().environment.rows;
        let found = rows.keys(snapshot.txn(), keys::NAME.as_bytes()).map_err(|error| snapshot.fail(error))?;
        for key in found {
            let is_added = table.add(key.map_err(|error| snapshot.fail(error))?);
            if !is_added || (table.ends.len().is_multiple_of(4096) && !go_on()) {
                return Ok(None);
            }
        }
        table.text.shrink_to_fit();
        table.ends.shrink_to_fit();
        table.letters.shrink_to_fit();
        table.made_with = table.ends.len();
        Ok(Some(table))
    }

    /// A table of these names and no more.
    #[cfg(test)]
    pub(crate) fn of(names: &[&str]) -> Self {
        let (text, ends, letters, digests) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        let mut table = NameTable { from: 0, to: 0, text, ends, letters, digests, made_with: 0 };
        for name in names {
            assert!(table.add(&keys::name_key(name, crate::record::FileId(1))));
        }
        table
    }

    /// Whether there was room.
    fn add(&mut self, key: &[u8]) -> bool {
        // What is no text is passed over here as it is by `Snapshot::names`.
        let Ok(text) = std::str::from_utf8(key) else { return true };
        let Some(name) = keys::name_of_key(text) else {
            self.digests.push(key.into());
            return true;
        };
        // Equal names of different files follow each other.
        if self.ends.last().is_some_and(|_| self.name(self.ends.len() - 1) == name) {
            return true;
        }
        let Ok(end) = u32::try_from(self.text.len() + name.len()) else { return false };
        self.text.push_str(&name);
        self.ends.push(end);
        self.letters.push(if name.is_ascii() { letters(&name) } else { u64::MAX });
        true
    }

    fn covers(&self, id: usize) -> bool {
        (self.from..=self.to).contains(&id)
    }

    /// How many there are. A name that was added late may be there twice.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn name(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    /// The [`letters`] of each name; all there are for one that is not ASCII.
    pub fn letters(&self) -> &[u64] {
        &self.letters
    }
}

/// Which letters a text has, of either case, which it has twice, which digits, and whether it has anything else: a bit for
/// each.
pub fn letters(text: &str) -> u64 {
    let mut found = 0;
    for byte in text.bytes() {
        found |= match byte.to_ascii_lowercase() {
            letter @ b'a'..=b'z' => {
                let once = 1u64 << (letter - b'a');
                if found & once == 0 { once } else { once << 26 }
            }
            digit @ b'0'..=b'9' => 1 << (52 + digit - b'0'),
            b'_' => 1 << 62,
            _ => OTHER,
        };
    }
    found
}

/// Whether a text with these [`letters`] is of ASCII letters, digits and `_` alone.
pub fn is_plain(letters: u64) -> bool {
    letters & OTHER == 0
}

impl Snapshot {
    /// Has somebody look at the names of this snapshot. They are read the first time, and kept. `None` where there is no table
    /// for it: it is older than the one that is there, or reading the names was given up.
    pub fn with_names<T>(
        &self,
        go_on: &dyn Fn() -> bool,
        look: impl FnOnce(&NameTable) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let kept = &self.shared().environment.names;
        let id = self.txn().id();
        let covers = |table: &Option<NameTable>| table.as_ref().is_some_and(|table| table.covers(id));
        if !covers(&kept.table.read().unwrap_or_else(PoisonError::into_inner)) {
            let mut table = kept.table.write().unwrap_or_else(PoisonError::into_inner);
            if table.as_ref().is_some_and(|table| id < table.from) {
                return Ok(None);
            }
            if !covers(&table) && !table.as_mut().is_some_and(|table| kept.follow(table, id)) {
                // Two tables need not be there at once.
                *table = None;
                hold(&kept.journal).is_wanted = true;
                *table = NameTable::read(self, go_on)?;
            }
        }
        *hold(&kept.used) = Some(Instant::now());
        let table = kept.table.read().unwrap_or_else(PoisonError::into_inner);
        table.as_ref().filter(|table| table.covers(id)).map(look).transpose()
    }

    /// The keys of names that are too long for a table, each with such a name and the symbols of one file that bear it.
    pub fn long_names(
        &self,
        names: &NameTable,
        visit: &mut dyn FnMut(&str, &[crate::record::SymbolId]),
    ) -> Result<(), StoreError> {
        for key in &names.digests {
            let ids = self.ids_at(key)?;
            if let Some(&id) = ids.first()
                && let Some(symbol) = self.symbol(id)?
            {
                visit(&symbol.name, &ids);
            }
        }
        Ok(())
    }
}

/// What a generation's readers keep of its names, and what its writer tells them.
#[derive(Debug, Default)]
pub(super) struct Names {
    table: RwLock<Option<NameTable>>,
    journal: Mutex<Journal>,
    /// When somebody has looked at the table last.
    used: Mutex<Option<Instant>>,
    /// Held while a transaction is committed and told of: a snapshot may show what is not told so far.
    committing: Mutex<()>,
}

/// The keys of names that this process has added lately.
#[derive(Debug, Default)]
struct Journal {
    is_wanted: bool,
    /// Of all transactions after the first of these, up to the second, it has the keys.
    after: usize,
    to: usize,
    added: VecDeque<(usize, Box<[u8]>)>,
}

/// The keys of names that a transaction adds, if somebody wants to know.
pub(super) struct Added(Option<Vec<Box<[u8]>>>);

impl Added {
    /// A key of whatever kind.
    pub(super) fn push(&mut self, key: &[u8]) {
        if let Some(added) = &mut self.0
            && key.starts_with(keys::NAME.as_bytes())
        {
            added.push(key.into());
        }
    }
}

impl Names {
    pub(super) fn adding(&self) -> Added {
        Added(hold(&self.journal).is_wanted.then(Vec::new))
    }

    pub(super) fn committing(&self) -> MutexGuard<'_, ()> {
        hold(&self.committing)
    }

    /// A transaction was committed.
    pub(super) fn tell(&self, id: usize, added: Added) {
        let Some(added) = added.0 else { return };
        let journal = &mut *hold(&self.journal);
        if journal.to + 1 != id {
            journal.added.clear();
            journal.after = id - 1;
        }
        journal.to = id;
        journal.added.extend(added.into_iter().map(|key| (id, key)));
        while journal.added.len() > MAX_ADDED
            && let Some((id, _)) = journal.added.pop_front()
        {
            journal.after = id;
        }
    }

    /// Drops the table if nobody has looked at it for so long.
    pub(super) fn drop_unused(&self, kept_for: Duration) {
        let mut used = hold(&self.used);
        if used.is_some_and(|used| used.elapsed() >= kept_for)
            && let Ok(mut table) = self.table.try_write()
        {
            *used = None;
            *table = None;
            *hold(&self.journal) = Journal::default();
        }
    }

    /// Whether the table has now what a newer snapshot has.
    fn follow(&self, table: &mut NameTable, id: usize) -> bool {
        let mut journal = hold(&self.journal);
        if journal.to < id {
            drop(journal);
            drop(self.committing());
            journal = hold(&self.journal);
        }
        let late = table.ends.len() - table.made_with;
        if table.to < journal.after || journal.to < id || late > table.made_with / 4 + MAX_LATE {
            return false;
        }
        let known = table.to;
        let new = || journal.added.iter().filter(|(at, _)| (known + 1..=id).contains(at)).map(|(_, key)| key);
        let (count, bytes) = new().fold((0, 0), |(count, bytes), key| (count + 1, bytes + key.len()));
        table.ends.reserve_exact(count);
        table.letters.reserve_exact(count);
        table.text.reserve_exact(bytes);
        let room = new().all(|key| table.add(key));
        table.to = id;
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_told_without_case_and_twice_from_once() {
        assert_eq!(letters("Load_1"), letters("LOAD_1"));
        assert_eq!(letters("ab") & letters("aab"), letters("ab"));
        assert_ne!(letters("aa") & letters("ab"), letters("aa"));
        assert_eq!(letters("aaa"), letters("aa"));
        assert!(is_plain(letters("az_AZ09")) && !is_plain(letters("$")) && !is_plain(letters("a b")));
    }

    #[test]
    fn a_table_has_a_name_once_that_many_files_have_and_long_ones_by_their_keys() {
        let long = "x".repeat(600);
        let table = NameTable::of(&["a", "a", "a::b", "\u{e9}", &long]);
        let names: Vec<_> = (0..table.len()).map(|at| table.name(at)).collect();
        assert_eq!(names, ["a", "a::b", "\u{e9}"]);
        assert_eq!((table.letters()[2], table.digests.len()), (u64::MAX, 1));
    }

    fn added(keys: &[&str]) -> Added {
        let mut added = Added(Some(Vec::new()));
        keys.iter().for_each(|key| added.push(key.as_bytes()));
        added
    }

    #[test]
    fn a_table_goes_on_with_what_was_added_unless_something_is_not_known() {
        let names = Names::default();
        let mut table = NameTable::of(&["a"]);
        table.to = 6;
        names.tell(7, added(&["name:b:1", "sym:id:1"]));
        names.tell(8, added(&[]));
        names.tell(9, added(&["name:c:1"]));
        assert!(names.follow(&mut table, 8));
        assert_eq!((table.len(), table.name(1), table.covers(8), table.covers(9)), (2, "b", true, false));
        assert!(!names.follow(&mut table, 10), "nobody has told of it");
        assert!(names.follow(&mut table, 9));
        assert_eq!(table.name(2), "c");
        // The tenth was another process's.
        names.tell(11, added(&["name:d:1"]));
        assert!(!names.follow(&mut table, 11));
        table.to = 10;
        assert!(names.follow(&mut table, 11));
    }

    #[test]
    fn a_table_is_dropped_when_nobody_has_used_it_for_long() {
        let names = Names { used: Mutex::new(Some(Instant::now())), ..Names::default() };
        *names.table.write().unwrap() = Some(NameTable::of(&["a"]));
        hold(&names.journal).is_wanted = true;
        names.drop_unused(KEPT_FOR);
        assert!(names.table.read().unwrap().is_some());
        names.drop_unused(Duration::ZERO);
        assert!(names.table.read().unwrap().is_none() && names.adding().0.is_none());
    }

    #[test]
    fn what_is_no_longer_remembered_is_not_known() {
        let names = Names::default();
        let mut table = NameTable::of(&[]);
        names.tell(1, added(&["name:a:1"]));
        names.tell(2, added(&vec!["name:b:1"; MAX_ADDED]));
        assert!(!names.follow(&mut table, 2), "the first was pushed out");
        table.to = 1;
        assert!(names.follow(&mut table, 2));
    }
}
