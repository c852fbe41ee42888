//! Why git's objects cannot be read.

/// The causes are git's own: a damaged or missing object, mostly.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error("the git repository cannot be read: {0}; `git fsck` says more")]
    Git(Box<gix::Error>),
    #[error("`{0}` is no name of an object of git's")]
    NoObject(String),
    #[error("no longer wanted")]
    Cancelled,
}

impl From<gix::Error> for HistoryError {
    fn from(error: gix::Error) -> Self {
        HistoryError::Git(Box::new(error))
    }
}
