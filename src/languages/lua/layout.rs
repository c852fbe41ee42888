//! What `require` calls a Lua file.

use crate::languages::Surroundings;

/// `pl.path` for `pl/path.lua`, `share/lua/5.4/pl/path.lua` and `src/pl/path.lua`, `pl` for `pl/init.lua`: the path below
/// the directory that the interpreter searches, as far as that has one of the usual names.
pub(super) fn module_of(path: &str, _: &dyn Surroundings) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let mut parts: Vec<&str> = stem.split('/').collect();
    let directories = parts.len() - 1;
    if let Some(root) = parts[..directories].iter().rposition(|part| *part == "lua") {
        let is_version = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let version = usize::from(parts[root + 1..directories].first().is_some_and(is_version));
        parts.drain(..root + 1 + version);
    } else if directories > 0 && matches!(parts[0], "src" | "lib") {
        parts.remove(0);
    }
    if parts.len() > 1 {
        parts.pop_if(|name| *name == "init");
    }
    parts.join(".")
}
