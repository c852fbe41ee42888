//! What a client sends, byte by byte: what must hold whatever comes (`session.rs`).

#![no_main]

#[path = "../session.rs"]
mod session;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads"));

fuzz_target!(|bytes: &[u8]| {
    let sent = [bytes, &session::end()].concat();
    if let Err(promise) = session::try_one(&RUNTIME, &sent, false) {
        panic!("broken: {promise}");
    }
});
