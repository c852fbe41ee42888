use std::process::ExitCode;

use rutter::{
    cli::{self, Face},
    lsp, settings,
};

/// The system's allocator would keep a heap for each thread that ever did something large, as large as that was: a session's
/// memory grew with the hours.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// One heap for all threads, each of which has a few free pieces of every size at hand; what is free for a second goes back to
/// the system. Measured: with jemalloc's own number of heaps, four a core, a session after 3,000 keystrokes takes a third more.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "jemalloc reads its options from a pointer of this name to a text that ends with a zero")]
#[used]
#[unsafe(export_name = "malloc_conf")]
static OPTIONS: &[u8; 47] = b"narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0\0";

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Face::Server { root, index_dir } => {
            lsp::run(lsp::Options { root, index_dir, user_file: settings::user_file() })
        }
        Face::Command(command, context) => cli::run(&command, &context),
    }
}
