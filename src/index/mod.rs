//! From a workspace on disk to its index: where it lives, what belongs to it, and the pipeline that fills it.
//!
//! A run goes: the index's own stamps ([`stamp`]), the walk ([`scan`]), what of it is new or changed ([`plan`]), reading
//! and extracting on all cores and one writer ([`pipeline`]). No step depends on the order in which threads get on.

mod budget;
mod error;
mod ingest;
mod linking;
mod path;
mod pipeline;
mod place;
mod plan;
mod run;
mod runlog;
mod scan;
mod settings;
mod skip;
mod stamp;
mod surroundings;
pub mod watch;

pub use error::IndexError;
pub use ingest::{buffer_origin, forget, is_text_of, language_of, refresh};
pub use linking::link_pending;
pub use path::{disk_path, index_path};
pub use place::{SETTINGS_FILE, cache_dir, check_root, index_dir_in, make_index_dir, workspace_root};
pub use run::{Distance, distance, run, run_logged};
pub use scan::{check_glob, would_meet};
pub use settings::{First, Progress, Settings, Silent, Summary, Watching};
pub use stamp::is_current;
