//! Large values that were decoded lately: what a file's names are, and where they lead.
//!
//! They are known by a hash of their bytes as they lie in the index, so an old one can never be taken for a new one, and
//! nobody has to say when something has changed.

use std::{
    any::Any,
    sync::{Arc, Mutex},
};

use xxhash_rust::xxh3::xxh3_128;

use super::env::hold;

/// Bytes of values, as they are stored, that are kept decoded.
const MAX_BYTES: usize = 8 << 20;
/// Smaller values are decoded as fast as they are found.
const MIN_BYTES: usize = 1 << 10;

#[derive(Debug, Default)]
pub(super) struct Decoded(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// The one that was used last stands last.
    kept: Vec<Kept>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    hash: u128,
    bytes: usize,
    value: Arc<dyn Any + Send + Sync>,
}

impl Decoded {
    /// The value of these bytes, decoded now or before.
    pub fn get<T: Any + Send + Sync>(&self, bytes: &[u8], decode: impl FnOnce(&[u8]) -> Option<T>) -> Option<Arc<T>> {
        if bytes.len() < MIN_BYTES {
            return decode(bytes).map(Arc::new);
        }
        let hash = xxh3_128(bytes);
        {
            let inner = &mut *hold(&self.0);
            if let Some(at) = inner.kept.iter().rposition(|kept| kept.hash == hash) {
                let kept = inner.kept.remove(at);
                let value = kept.value.clone();
                inner.kept.push(kept);
                if let Ok(value) = value.downcast() {
                    return Some(value);
                }
            }
        }
        let value = Arc::new(decode(bytes)?);
        let inner = &mut *hold(&self.0);
        inner.kept.push(Kept { hash, bytes: bytes.len(), value: value.clone() });
        inner.bytes += bytes.len();
        let mut gone = 0;
        while inner.bytes > MAX_BYTES && gone + 1 < inner.kept.len() {
            inner.bytes -= inner.kept[gone].bytes;
            gone += 1;
        }
        inner.kept.drain(..gone);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_decoded_once_and_the_oldest_goes() {
        let decoded = Decoded::default();
        let mut made = 0;
        let mut get = |fill: u8, length: usize| {
            let bytes = vec![fill; length];
            let value = decoded.get(&bytes, |bytes| {
                made += 1;
                Some(bytes.len())
            });
            (value.as_deref().copied(), made)
        };
        assert_eq!(get(1, 2000), (Some(2000), 1));
        assert_eq!(get(1, 2000), (Some(2000), 1));
        assert_eq!(get(2, MAX_BYTES), (Some(MAX_BYTES), 2));
        assert_eq!(get(2, MAX_BYTES), (Some(MAX_BYTES), 2), "the newest stays, however large");
        assert_eq!(get(1, 2000), (Some(2000), 3));
    }
}
