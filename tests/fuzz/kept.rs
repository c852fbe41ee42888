//! What has broken a promise, in a file to try again.

use std::{env, fs, path::PathBuf};

pub fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = env::temp_dir().join("rutter-fuzz");
    let path = folder.join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}
