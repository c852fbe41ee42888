//! Source text as bytes, and the way between byte offsets and lines.
//!
//! Everything below `lsp/` speaks of byte offsets, or of a line and a byte column. What an editor counts in UTF-16 units
//! is known to `lsp/convert.rs` alone.

mod decode;
mod hash;
mod lines;
mod source;

pub use decode::{Encoding, NotText};
pub use hash::sha256_hex;
pub use lines::{LineIndex, Place};
pub use source::{ByteRange, Edit, SourceText};
