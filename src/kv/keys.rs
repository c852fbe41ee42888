//! Keys: text, `namespace:` and what the record is known by.
//!
//! A `:` in a path or a name is written `::`. A path or a name stands last in its key or before digits only, so that no
//! two records meet in one key. LMDB takes keys of at most 511 bytes; a key that would be longer is cut and ends in a
//! digest, and its value says whose it is. Ids have 16 digits, so that they sort as text.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_128;

use crate::record::{FileId, SymbolId};

/// The longest key that LMDB takes as distributions build it.
pub const MAX_KEY_BYTES: usize = 511;

/// `~` and 32 hexadecimal digits.
const DIGEST_BYTES: usize = 33;
/// `:4294967295:4294967295`.
const CHUNK_TAIL_BYTES: usize = 22;
/// `:18446744073709551615`.
const ID_TAIL_BYTES: usize = 21;

/// A family of keys, for documentation, counting and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// What all its keys start with, and no other's.
    pub prefix: &'static str,
    /// The shape of its keys.
    pub key: &'static str,
}

/// All that is ever written.
pub const NAMESPACES: [Namespace; 25] = [
    Namespace { prefix: AST_FILE, key: "ast:file:{file_id}" },
    Namespace { prefix: CFG_FUNC, key: "cfg:func:{function_id}" },
    Namespace { prefix: CHUNK, key: "chunk:{path}:{byte_start}:{byte_end}" },
    Namespace { prefix: EXECLOG, key: "execlog:{execution_id}" },
    Namespace { prefix: FILE_EXPORTS, key: "file:exports:{file_id}" },
    Namespace { prefix: FILE_IMPORTS, key: "file:imports:{file_id}" },
    Namespace { prefix: FILE_PATH, key: "file:path:{path}" },
    Namespace { prefix: FILE_PATH_OF, key: "file:path_of:{file_id}" },
    Namespace { prefix: FILE_SYM, key: "file:sym:{file_id}" },
    Namespace { prefix: "meta:clash", key: "meta:clash" },
    Namespace { prefix: "meta:index", key: "meta:index" },
    Namespace { prefix: METRICS_FILE, key: "metrics:file:{path}" },
    Namespace { prefix: METRICS_SYMBOL, key: "metrics:symbol:{symbol_id}" },
    Namespace { prefix: METRICS_WHY, key: "metrics:why:{symbol_id}" },
    Namespace { prefix: NAME, key: "name:{name}:{file_id}" },
    Namespace { prefix: REF_DEP, key: "ref:dep:{part}:{file_id}" },
    Namespace { prefix: REF_FACTS, key: "ref:facts:{file_id}" },
    Namespace { prefix: REF_LAYOUT, key: "ref:layout:{group}" },
    Namespace { prefix: REF_LINKS, key: "ref:links:{file_id}" },
    Namespace { prefix: REF_OWNER, key: "ref:owner:{word}:{file_id}" },
    Namespace { prefix: REF_TODO, key: "ref:todo:{file_id}" },
    Namespace { prefix: SYM_FQN, key: "sym:fqn:{fqn}" },
    Namespace { prefix: SYM_FQN_OF, key: "sym:fqn_of:{symbol_id}" },
    Namespace { prefix: SYM_ID, key: "sym:id:{symbol_id}" },
    Namespace { prefix: SYM_REV, key: "sym:rev:{symbol_id}:{file_id}" },
];

pub(super) const AST_FILE: &str = "ast:file:";
pub(super) const CFG_FUNC: &str = "cfg:func:";
pub(super) const CHUNK: &str = "chunk:";
pub(super) const EXECLOG: &str = "execlog:";
pub(super) const FILE_EXPORTS: &str = "file:exports:";
pub(super) const FILE_IMPORTS: &str = "file:imports:";
pub(super) const FILE_PATH: &str = "file:path:";
pub(super) const FILE_PATH_OF: &str = "file:path_of:";
pub(super) const FILE_SYM: &str = "file:sym:";
pub(super) const METRICS_FILE: &str = "metrics:file:";
pub(super) const METRICS_SYMBOL: &str = "metrics:symbol:";
pub(super) const METRICS_WHY: &str = "metrics:why:";
pub(super) const NAME: &str = "name:";
pub(super) const REF_DEP: &str = "ref:dep:";
pub(super) const REF_OWNER: &str = "ref:owner:";
pub(super) const REF_TODO: &str = "ref:todo:";
pub(super) const REF_FACTS: &str = "ref:facts:";
pub(super) const REF_LAYOUT: &str = "ref:layout:";
pub(super) const REF_LINKS: &str = "ref:links:";
pub(super) const SYM_FQN: &str = "sym:fqn:";
pub(super) const SYM_FQN_OF: &str = "sym:fqn_of:";
pub(super) const SYM_ID: &str = "sym:id:";
pub(super) const SYM_REV: &str = "sym:rev:";

/// The record of the format, the root and the writing program.
pub const META_INDEX: &[u8] = b"meta:index";
/// The paths of files whose ids are salted.
pub const META_CLASH: &[u8] = b"meta:clash";

pub fn file_path_key(path: &str) -> Vec<u8> {
    fit(joined(FILE_PATH, &escape(path)), MAX_KEY_BYTES)
}

/// The keys of the files in a directory, and deeper.
pub fn file_below_prefix(directory: &str) -> Vec<u8> {
    joined(FILE_PATH, &escape(&format!("{directory}/")))
}

/// The path of a file that is indexed.
pub fn file_path_of_key(file: FileId) -> Vec<u8> {
    id_key(FILE_PATH_OF, file.0)
}

pub fn file_sym_key(file: FileId) -> Vec<u8> {
    id_key(FILE_SYM, file.0)
}

pub fn sym_id_key(symbol: SymbolId) -> Vec<u8> {
    id_key(SYM_ID, symbol.0)
}

pub fn sym_fqn_key(fqn: &str) -> Vec<u8> {
    fit(joined(SYM_FQN, fqn), MAX_KEY_BYTES)
}

pub fn sym_fqn_of_key(symbol: SymbolId) -> Vec<u8> {
    id_key(SYM_FQN_OF, symbol.0)
}

/// The references to a symbol from one file.
pub fn sym_rev_key(symbol: SymbolId, file: FileId) -> Vec<u8> {
    let mut key = sym_rev_prefix(symbol);
    push_number(&mut key, file.0);
    key
}

/// What the keys of all references to a symbol start with.
pub fn sym_rev_prefix(symbol: SymbolId) -> Vec<u8> {
    let mut key = id_key(SYM_REV, symbol.0);
    key.push(b':');
    key
}

pub fn chunk_key(path: &str, byte_start: u32, byte_end: u32) -> Vec<u8> {
    let mut key = chunk_prefix(path);
    push_number(&mut key, byte_start.into());
    key.push(b':');
    push_number(&mut key, byte_end.into());
    key
}

/// What the keys of a file's chunks start with. Other keys may start with it, too: ask [`chunk_tail`].
pub fn chunk_prefix(path: &str) -> Vec<u8> {
    let mut key = fit(joined(CHUNK, &escape(path)), MAX_KEY_BYTES - CHUNK_TAIL_BYTES);
    key.push(b':');
    key
}

/// The range of bytes behind a prefix, if the key is `digits:digits` from there on.
pub fn chunk_tail(prefix: &[u8], key: &[u8]) -> Option<(u32, u32)> {
    let tail = key.strip_prefix(prefix)?;
    let colon = tail.iter().position(|&byte| byte == b':')?;
    Some((number(&tail[..colon])?.try_into().ok()?, number(&tail[colon + 1..])?.try_into().ok()?))
}

pub fn ast_nodes_key(file: FileId) -> Vec<u8> {
    id_key(AST_FILE, file.0)
}

pub fn cfg_blocks_key(function: SymbolId) -> Vec<u8> {
    id_key(CFG_FUNC, function.0)
}

pub fn file_metrics_key(path: &str) -> Vec<u8> {
    fit(joined(METRICS_FILE, &escape(path)), MAX_KEY_BYTES)
}

pub fn symbol_metrics_key(symbol: SymbolId) -> Vec<u8> {
    id_key(METRICS_SYMBOL, symbol.0)
}

/// What adds to a function's complexities.
pub fn why_key(function: SymbolId) -> Vec<u8> {
    id_key(METRICS_WHY, function.0)
}

pub fn imports_key(file: FileId) -> Vec<u8> {
    id_key(FILE_IMPORTS, file.0)
}

pub fn exports_key(file: FileId) -> Vec<u8> {
    id_key(FILE_EXPORTS, file.0)
}

/// What a file's names are, as far as the file tells.
pub fn facts_key(file: FileId) -> Vec<u8> {
    id_key(REF_FACTS, file.0)
}

/// What a file's links rest on, of the groups of one part.
pub fn dep_key(part: u64, file: FileId) -> Vec<u8> {
    let mut key = dep_prefix(part);
    push_number(&mut key, file.0);
    key
}

/// What the keys of a part start with.
pub fn dep_prefix(part: u64) -> Vec<u8> {
    let mut key = id_key(REF_DEP, part);
    key.push(b':');
    key
}

/// What was said of how the project is laid out.
pub fn layout_key(group: u64) -> Vec<u8> {
    id_key(REF_LAYOUT, group)
}

/// The file is to be linked.
pub fn todo_key(file: FileId) -> Vec<u8> {
    id_key(REF_TODO, file.0)
}

/// Where a file's names lead.
pub fn links_key(file: FileId) -> Vec<u8> {
    id_key(REF_LINKS, file.0)
}

pub fn execution_log_key(execution_id: &str) -> Vec<u8> {
    fit(joined(EXECLOG, execution_id), MAX_KEY_BYTES)
}

/// The symbols of one file that bear a name.
pub fn name_key(name: &str, file: FileId) -> Vec<u8> {
    let mut key = name_prefix(name);
    push_number(&mut key, file.0);
    key
}

/// What the keys of a name start with. Other keys may start with it, too: ask [`id_tail`].
pub fn name_prefix(name: &str) -> Vec<u8> {
    text_prefix(NAME, name)
}

/// The containers of a file that are found by a word.
pub fn owner_key(word: &str, file: FileId) -> Vec<u8> {
    let mut key = owner_prefix(word);
    push_number(&mut key, file.0);
    key
}

/// What the keys of a word start with. Other keys may start with it, too: ask [`id_tail`].
pub fn owner_prefix(word: &str) -> Vec<u8> {
    text_prefix(REF_OWNER, word)
}

/// A text behind which an id follows.
fn text_prefix(prefix: &str, text: &str) -> Vec<u8> {
    let mut key = fit(joined(prefix, &escape(text)), MAX_KEY_BYTES - ID_TAIL_BYTES);
    key.push(b':');
    key
}

/// The id behind a prefix, if nothing but digits follows it.
pub fn id_tail(prefix: &[u8], key: &[u8]) -> Option<u64> {
    number(key.strip_prefix(prefix)?)
}

/// The name in a key of the names; `None` where the key holds a digest in its place.
pub fn name_of_key(key: &str) -> Option<Cow<'_, str>> {
    let (name, _) = key.strip_prefix(NAME)?.rsplit_once(':')?;
    if ends_in_digest(name.as_bytes()) {
        return None;
    }
    Some(if name.contains("::") { Cow::Owned(name.replace("::", ":")) } else { Cow::Borrowed(name) })
}

/// A key whose last part is an id.
pub(super) fn id_key(prefix: &str, id: u64) -> Vec<u8> {
    let mut key = Vec::with_capacity(prefix.len() + 2 * ID_TAIL_BYTES);
    key.extend_from_slice(prefix.as_bytes());
    push_number(&mut key, id);
    key
}

/// Decimal digits, without the detour over a formatter: keys are made by the million.
pub(super) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn joined(prefix: &str, text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(prefix.len() + text.len() + ID_TAIL_BYTES + 1);
    key.extend_from_slice(prefix.as_bytes());
    key.extend_from_slice(text.as_bytes());
    key
}

fn escape(text: &str) -> Cow<'_, str> {
    if text.contains(':') { Cow::Owned(text.replace(':', "::")) } else { Cow::Borrowed(text) }
}

/// Leaves a key alone that LMDB can hold, and cuts any other to a readable start and the digest of the whole. What holds
/// a NUL is cut before it; what happens to end like a digest gets one, so that it is no other key's.
fn fit(mut key: Vec<u8>, limit: usize) -> Vec<u8> {
    let nul = memchr::memchr(0, &key);
    if key.len() <= limit && nul.is_none() && !ends_in_digest(&key) {
        return key;
    }
    let digest = xxh3_128(&key);
    let mut end = nul.unwrap_or(key.len()).min(limit - DIGEST_BYTES);
    while end < key.len() && key[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    key.truncate(end);
    key.extend_from_slice(format!("~{digest:032x}").as_bytes());
    key
}

/// Whether a key or a part of it says its subject by a digest.
pub(super) fn ends_in_digest(text: &[u8]) -> bool {
    let Some((_, end)) = text.split_last_chunk::<DIGEST_BYTES>() else { return false };
    end[0] == b'~' && end[1..].iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(path: &str, id: u64, other: u64, start: u32, end: u32) -> Vec<(&'static str, Vec<u8>)> {
        vec![
            (FILE_PATH, file_path_key(path)),
            (FILE_SYM, file_sym_key(FileId(id))),
            (FILE_IMPORTS, imports_key(FileId(id))),
            (FILE_EXPORTS, exports_key(FileId(id))),
            (FILE_PATH_OF, file_path_of_key(FileId(id))),
            (REF_DEP, dep_key(other, FileId(id))),
            (REF_LAYOUT, layout_key(other)),
            (REF_OWNER, owner_key(path, FileId(id))),
            (REF_TODO, todo_key(FileId(id))),
            (REF_FACTS, facts_key(FileId(id))),
            (REF_LINKS, links_key(FileId(id))),
            (METRICS_WHY, why_key(SymbolId(id))),
            (SYM_ID, sym_id_key(SymbolId(id))),
            (SYM_FQN, sym_fqn_key(path)),
            (SYM_FQN_OF, sym_fqn_of_key(SymbolId(id))),
            (SYM_REV, sym_rev_key(SymbolId(id), FileId(other))),
            (CHUNK, chunk_key(path, start, end)),
            (AST_FILE, ast_nodes_key(FileId(id))),
            (CFG_FUNC, cfg_blocks_key(SymbolId(id))),
            (METRICS_FILE, file_metrics_key(path)),
            (METRICS_SYMBOL, symbol_metrics_key(SymbolId(id))),
            (EXECLOG, execution_log_key(path)),
            (NAME, name_key(path, FileId(id))),
            ("meta:index", META_INDEX.to_vec()),
            ("meta:clash", META_CLASH.to_vec()),
        ]
    }

    /// Text of the kinds that have broken key schemes: colons, digits, tildes, NUL, lengths around the limit.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[:a0~/\u{0}é]{0,8}", "[a-c:]{440,520}", "[é]{230,260}", "[a:]{0,4}~[0-9a-f]{32}", "\\PC{0,40}",]
    }

    #[test]
    fn no_namespace_is_the_start_of_another() {
        for (i, a) in NAMESPACES.iter().enumerate() {
            for (j, b) in NAMESPACES.iter().enumerate() {
                assert!(i == j || !a.prefix.starts_with(b.prefix), "{} starts with {}", a.prefix, b.prefix);
            }
            assert!(a.key.starts_with(a.prefix));
        }
        assert_eq!(all("p", 1, 2, 3, 4).len(), NAMESPACES.len());
    }

    #[test]
    fn keys_read_as_documented() {
        let symbol = SymbolId(4_503_599_627_370_495);
        assert_eq!(file_path_key("a:b.rs"), b"file:path:a::b.rs");
        assert_eq!(chunk_key("a:b", 0, 9), b"chunk:a::b:0:9");
        assert_eq!(sym_fqn_key("bat::assets"), b"sym:fqn:bat::assets");
        assert_eq!(sym_rev_key(symbol, FileId(7)), b"sym:rev:4503599627370495:7");
        assert_eq!(name_key("new", FileId(7)), b"name:new:7");
        assert_eq!(execution_log_key("x-1"), b"execlog:x-1");
        assert_eq!(name_of_key("name:a::b:7").unwrap(), "a:b");
    }

    #[test]
    fn a_long_key_keeps_its_start_and_ends_in_a_digest() {
        let path = "dir/".repeat(1000);
        let key = file_path_key(&path);
        assert_eq!(key.len(), MAX_KEY_BYTES);
        assert!(key.starts_with(b"file:path:dir/dir/") && ends_in_digest(&key));
        assert_eq!(chunk_tail(&chunk_prefix(&path), &chunk_key(&path, 3, u32::MAX)), Some((3, u32::MAX)));
        assert!(chunk_key(&path, u32::MAX, u32::MAX).len() <= MAX_KEY_BYTES);
        let last_as_it_is = "x".repeat(MAX_KEY_BYTES - FILE_PATH.len());
        assert_eq!(file_path_key(&last_as_it_is), format!("file:path:{last_as_it_is}").into_bytes());
    }

    #[test]
    fn a_key_that_looks_digested_is_digested() {
        let long = file_path_key(&"x".repeat(600));
        let disguised = std::str::from_utf8(&long).unwrap().strip_prefix(FILE_PATH).unwrap();
        assert_ne!(file_path_key(disguised), long);
        assert_ne!(file_path_key("a\0b"), file_path_key("a\0c"));
        assert!(!file_path_key("a\0b").contains(&0));
    }

    proptest! {
        #[test]
        fn every_key_fits_and_lies_in_one_namespace(path in text(), id: u64, other: u64, start: u32, end: u32) {
            for (prefix, key) in all(&path, id, other, start, end) {
                prop_assert!(key.len() <= MAX_KEY_BYTES);
                prop_assert!(!key.contains(&0));
                let key = std::str::from_utf8(&key).expect("keys are UTF-8");
                let homes: Vec<_> = NAMESPACES.iter().filter(|space| key.starts_with(space.prefix)).collect();
                prop_assert_eq!(homes.len(), 1);
                prop_assert_eq!(homes[0].prefix, prefix);
            }
        }

        #[test]
        fn different_things_have_different_keys(
            a in (text(), 0u64..4, 0u64..4, 0u32..20, 0u32..20),
            b in (text(), 0u64..4, 0u64..4, 0u32..20, 0u32..20),
        ) {
            prop_assert_eq!(file_path_key(&a.0) == file_path_key(&b.0), a.0 == b.0);
            prop_assert_eq!(file_metrics_key(&a.0) == file_metrics_key(&b.0), a.0 == b.0);
            prop_assert_eq!(sym_fqn_key(&a.0) == sym_fqn_key(&b.0), a.0 == b.0);
            prop_assert_eq!(
                name_key(&a.0, FileId(a.1)) == name_key(&b.0, FileId(b.1)),
                (&a.0, a.1) == (&b.0, b.1)
            );
            prop_assert_eq!(
                chunk_key(&a.0, a.3, a.4) == chunk_key(&b.0, b.3, b.4),
                (&a.0, a.3, a.4) == (&b.0, b.3, b.4)
            );
            prop_assert_eq!(
                sym_rev_key(SymbolId(a.1), FileId(a.2)) == sym_rev_key(SymbolId(b.1), FileId(b.2)),
                (a.1, a.2) == (b.1, b.2)
            );
        }

        #[test]
        fn a_scan_finds_a_files_own_chunks_and_no_others(a in text(), b in text(), start: u32, end: u32) {
            prop_assert_eq!(chunk_tail(&chunk_prefix(&a), &chunk_key(&a, start, end)), Some((start, end)));
            prop_assert_eq!(chunk_tail(&chunk_prefix(&a), &chunk_key(&b, start, end)).is_some(), a == b);
            prop_assert_eq!(id_tail(&name_prefix(&a), &name_key(&b, FileId(9))).is_some(), a == b);
        }

        #[test]
        fn a_name_comes_back_out_of_its_key(name in text()) {
            let key = String::from_utf8(name_key(&name, FileId(5))).expect("keys are UTF-8");
            if let Some(found) = name_of_key(&key) {
                prop_assert_eq!(found.as_ref(), name);
            } else {
                prop_assert!(name.len() > 400 || name.contains('\0') || ends_in_digest(name.as_bytes()));
            }
        }
    }
}
