//! Bytes of a file to text, without ever moving a position.
//!
//! UTF-8, valid or not, is kept as it is: a byte that is no UTF-8 stays one byte and is shown as U+FFFD. UTF-16 is brought
//! into UTF-8, and its byte offsets are those of the UTF-8 form; lines and columns are the same in both.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How a file's bytes were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-8 behind a byte order mark, which counts in byte offsets and in no column.
    #[serde(rename = "utf-8-bom")]
    Utf8Bom,
    #[serde(rename = "utf-16le")]
    Utf16Le,
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// UTF-8 but for some bytes, which are kept.
    #[serde(rename = "utf-8-invalid")]
    Utf8Invalid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotText {
    #[error("binary: a NUL byte at offset {0}")]
    Binary(usize),
}

/// How far a file is searched for NUL bytes.
const BINARY_WINDOW: usize = 8192;

/// The text of a file's bytes, or why it is none.
pub(super) fn decode(bytes: Vec<u8>) -> Result<(Vec<u8>, Encoding), NotText> {
    if let Some(encoding) = utf16(&bytes) {
        let decoder = match encoding {
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            _ => encoding_rs::UTF_16BE,
        };
        let (text, _) = decoder.decode_with_bom_removal(&bytes);
        return Ok((text.into_owned().into_bytes(), encoding));
    }
    let window = &bytes[..bytes.len().min(BINARY_WINDOW)];
    if let Some(at) = memchr::memchr(0, window) {
        return Err(NotText::Binary(at));
    }
    let encoding = if std::str::from_utf8(&bytes).is_err() {
        Encoding::Utf8Invalid
    } else if bytes.starts_with(b"\xEF\xBB\xBF") {
        Encoding::Utf8Bom
    } else {
        Encoding::Utf8
    };
    Ok((bytes, encoding))
}

/// UTF-16 by its byte order mark, or, without one, by NUL in nearly every other byte and nowhere else.
fn utf16(bytes: &[u8]) -> Option<Encoding> {
    if bytes.starts_with(b"\xFF\xFE") {
        return Some(Encoding::Utf16Le);
    }
    if bytes.starts_with(b"\xFE\xFF") {
        return Some(Encoding::Utf16Be);
    }
    let window = &bytes[..bytes.len().min(BINARY_WINDOW) & !1];
    let units = window.len() / 2;
    if units < 4 {
        return None;
    }
    let zeros = |from: usize| window.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    match (high_first * 10 >= units * 9, low_first * 10 >= units * 9) {
        (true, false) if low_first == 0 => Some(Encoding::Utf16Be),
        (false, true) if high_first == 0 => Some(Encoding::Utf16Le),
        _ => None,
    }
}
