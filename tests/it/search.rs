//! A search with the names kept in memory is answered as one without.

use std::sync::Arc;

use proptest::{collection::vec, prelude::*, sample::select};
use rutter::{
    kv::{FileRows, FileUpdate, Snapshot, Store},
    query::{Buffers, Hit, Search, View, search},
    record::{
        FileRecords,
        SymbolKind::{Class, Function, Impl, Variable},
    },
};

use crate::samples::{Def, def, records};

/// Enough of one beginning to fill an answer and what it is chosen from, in other cases, letters and orders, too.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => "[aAbB][a-cB_1]{0,4}",
        4 => "[_1c][aAb_1]{0,3}",
        2 => "[ab] [ab]{1,2}",
        1 => "[a\u{e9}\u{c4}\u{212a}k$:./]{1,3}",
        1 => "a{500}[ab]{1,2}",
    ]
}

fn file() -> impl Strategy<Value = Vec<Def>> {
    let kind = select(vec![Function, Class, Variable, Impl]);
    vec((name(), kind).prop_map(|(name, kind)| def(&name, &format!("m::{name}"), kind)), 0..200)
}

const PATHS: [&str; 5] = ["a.rs", "b/b.rs", "b/c.rs", "d.rs", "e.rs"];

#[derive(Clone, Debug)]
enum Step {
    Put(&'static str, Vec<Def>),
    Remove(&'static str),
    /// The buffer of a file has this.
    Open(&'static str, Vec<Def>),
    Close(&'static str),
    Ask(String, usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let path = || select(&PATHS[..]);
    let text = prop_oneof![
        4 => "[aAbB][a-cB_1]{0,2}",
        2 => name(),
        1 => "[a_\u{e9}\u{212a}k$ .]{0,3}",
    ];
    prop_oneof![
        4 => (path(), file()).prop_map(|(path, defs)| Step::Put(path, defs)),
        1 => path().prop_map(Step::Remove),
        1 => (path(), file()).prop_map(|(path, defs)| Step::Open(path, defs)),
        1 => path().prop_map(Step::Close),
        8 => (text, select(vec![0, 1, 5, 128]), any::<bool>()).prop_map(|(text, limit, all)| Step::Ask(text, limit, all)),
    ]
}

fn found(
    snapshot: &Snapshot,
    buffers: &Buffers,
    (text, limit, all): (&str, usize, bool),
    keep_names: bool,
) -> Vec<Hit> {
    let kind = (!all).then_some(Class);
    let question = Search { text, limit, kind, without: &[], keep_names, cancel: None };
    search(&View::new(snapshot, buffers), &question).unwrap()
}

fn recorded(path: &str, defs: &[Def]) -> FileRecords {
    records(path, 0, "x", defs)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_names_in_memory_give_the_answer_of_the_rows(steps in vec(step(), 4..24)) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), "/home/me/project").unwrap();
        let mut buffers = Buffers::new();
        // One that stays behind.
        let mut older: Option<Snapshot> = None;
        for step in steps {
            match step {
                Step::Put(path, defs) => {
                    let rows = FileRows::encode(&recorded(path, &defs));
                    store.apply(vec![FileUpdate::Replace(rows)]).unwrap();
                }
                Step::Remove(path) => {
                    store.apply(vec![FileUpdate::Remove(path.into())]).unwrap();
                }
                Step::Open(path, defs) => {
                    let records = recorded(path, &defs);
                    buffers.insert(records.file.path.clone(), Arc::new(records));
                }
                Step::Close(path) => {
                    buffers.remove(path);
                }
                Step::Ask(text, limit, all) => {
                    let question = (text.as_str(), limit, all);
                    let newest = store.snapshot().unwrap();
                    for snapshot in [Some(&newest), older.as_ref(), Some(&newest)].into_iter().flatten() {
                        prop_assert_eq!(
                            found(snapshot, &buffers, question, true),
                            found(snapshot, &buffers, question, false)
                        );
                    }
                    older = Some(newest);
                }
            }
        }
    }
}

#[test]
fn names_that_come_after_the_first_search_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), "/home/me/project").unwrap();
    let put = |path: &str, name: &str| {
        let rows = FileRows::encode(&recorded(path, &[def(name, &format!("m::{name}"), Function)]));
        store.apply(vec![FileUpdate::Replace(rows)]).unwrap();
    };
    let found = |text: &str| {
        let hits = found(&store.snapshot().unwrap(), &Buffers::new(), (text, 10, true), true);
        hits.into_iter().map(|hit| hit.symbol.name).collect::<Vec<_>>()
    };
    put("a.rs", "load");
    assert_eq!(found("load"), ["load"]);
    put("b.rs", "load_all");
    assert_eq!(found("load"), ["load", "load_all"]);
    put("a.rs", "store");
    assert_eq!((found("load"), found("store")), (vec!["load_all".to_owned()], vec!["store".to_owned()]));
    put("b.rs", "load");
    put("a.rs", "load_all");
    assert_eq!(found("load"), ["load", "load_all"]);
}
