//! A file's path on disk <-> its path in the index.
//!
//! In the index a path is relative to the root, with `/` between its parts, and absolute for a file outside of the root.
//! Bytes that are no UTF-8 are written `%XX` with two upper-case hexadecimal digits. A `%` that stands in a name before
//! two such digits is written `%25`, and every other `%` as it is: so two files never share a path, common names are
//! untouched, and the way back is to replace each `%XX`.

use std::{
    ffi::OsStr,
    fmt::Write,
    path::{Component, Path, PathBuf},
};

/// The path of a file as the index has it: relative to the root, with `/`; absolute outside of it; percent-encoded where
/// it is no UTF-8. A relative path is taken as relative to the root. Of two names for one file that differ by a symbolic
/// link above the root, both lead to the same path.
pub fn index_path(root: &Path, file: &Path) -> String {
    let file = normal(&root.join(file));
    if let Ok(relative) = file.strip_prefix(root) {
        return encode(relative);
    }
    // The root is canonical as a rule, while editors name files as the user opened them.
    let canonical_root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let canonical = canonical_even_if_gone(&file);
    match canonical.strip_prefix(&canonical_root) {
        Ok(relative) => encode(relative),
        Err(_) => encode(&file),
    }
}

/// Where on disk a path of the index is.
pub fn disk_path(root: &Path, index_path: &str) -> PathBuf {
    root.join(decode(index_path))
}

/// Without `.` and `..`, by the text alone.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            _ => normal.push(component),
        }
    }
    normal
}

fn canonical_even_if_gone(file: &Path) -> PathBuf {
    let mut tail = Vec::new();
    for ancestor in file.ancestors() {
        if let Ok(mut found) = ancestor.canonicalize() {
            found.extend(tail.iter().rev());
            return found;
        }
        tail.extend(ancestor.file_name());
    }
    file.to_owned()
}

fn encode(path: &Path) -> String {
    let mut out = String::new();
    for component in path.components() {
        match component {
            Component::RootDir => out.push('/'),
            _ => {
                if !out.is_empty() && !out.ends_with('/') {
                    out.push('/');
                }
                encode_part(component.as_os_str(), &mut out);
            }
        }
    }
    out
}

fn encode_part(part: &OsStr, out: &mut String) {
    for chunk in part.as_encoded_bytes().utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            if escape_digits(rest.as_bytes()).is_some() {
                out.push_str("25");
            }
        }
        out.push_str(rest);
        for byte in chunk.invalid() {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// The byte that two upper-case hexadecimal digits at the start stand for.
fn escape_digits(text: &[u8]) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    Some(digit(*text.first()?)? << 4 | digit(*text.get(1)?)?)
}

fn decode(index_path: &str) -> PathBuf {
    let bytes = index_path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], escape_digits(&bytes[at + 1..])) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    os_path(out)
}

#[cfg(unix)]
fn os_path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

/// Only Unix names files by bytes; elsewhere a name that is no text cannot be opened by its encoded form.
#[cfg(not(unix))]
fn os_path(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use proptest::prelude::*;

    use super::*;

    fn name(bytes: &[u8]) -> PathBuf {
        Path::new("/root").join(OsStr::from_bytes(bytes))
    }

    #[test]
    fn paths_are_relative_to_the_root_and_absolute_outside() {
        let root = Path::new("/root/project");
        assert_eq!(index_path(root, Path::new("/root/project/src/a.rs")), "src/a.rs");
        assert_eq!(index_path(root, Path::new("src/./b/../a.rs")), "src/a.rs");
        assert_eq!(index_path(root, Path::new("/elsewhere/a.rs")), "/elsewhere/a.rs");
        assert_eq!(index_path(root, Path::new("/root/project-2/a.rs")), "/root/project-2/a.rs");
        assert_eq!(index_path(Path::new("/"), Path::new("/etc/a.py")), "etc/a.py");
        assert_eq!(disk_path(root, "/elsewhere/a.rs"), Path::new("/elsewhere/a.rs"));
        assert_eq!(disk_path(root, "src/a.rs"), Path::new("/root/project/src/a.rs"));
    }

    #[test]
    fn only_an_ambiguous_percent_sign_is_encoded() {
        let root = Path::new("/root");
        assert_eq!(index_path(root, &name(b"100%.py")), "100%.py");
        assert_eq!(index_path(root, &name(b"a%20b.py")), "a%2520b.py");
        assert_eq!(index_path(root, &name(b"a%ffb.py")), "a%ffb.py");
        assert_eq!(index_path(root, &name(b"a\xffb.py")), "a%FFb.py");
        assert_eq!(index_path(root, &name(b"a%\xffb.py")), "a%%FFb.py");
    }

    #[test]
    fn a_link_above_the_root_makes_no_second_path() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().canonicalize().unwrap().join("real");
        std::fs::create_dir(&real).unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert_eq!(index_path(&real, &link.join("sub/gone.py")), "sub/gone.py");
    }

    proptest! {
        #[test]
        fn every_name_comes_back(bytes in prop::collection::vec(any::<u8>().prop_filter("part of a name", |byte| *byte != 0 && *byte != b'/'), 1..12)) {
            prop_assume!(bytes != b"." && bytes != b"..");
            let file = name(&bytes);
            prop_assert_eq!(disk_path(Path::new("/root"), &index_path(Path::new("/root"), &file)), file);
        }

        /// Names that are made of what the encoding itself is made of.
        #[test]
        fn names_that_look_encoded_come_back(text in "[%2F5a\u{e4}]{1,12}") {
            let file = name(text.as_bytes());
            prop_assert_eq!(disk_path(Path::new("/root"), &index_path(Path::new("/root"), &file)), file);
        }
    }
}
