use std::path::{Path, PathBuf};

use protocol::{ErrorCode, IpcError};

/// Why nothing could be written, or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The history does not give or take it.
    #[error(transparent)]
    History(#[from] history::Error),
    /// What is written to takes no more, or what is read from gives no more.
    #[error("The export cannot go on: {0}. Check that there is room on the disk, then try again.")]
    Stream(#[from] std::io::Error),
    /// A file cannot be written; nothing half is left of it.
    #[error(
        "{} cannot be written: {reason}. Check that there is room and that the folder can be written, or choose another.",
        .path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// In the system's words.
        reason: String,
    },
    /// A line that could not be written as JSON.
    #[error("The export cannot go on: {0}.")]
    Json(#[from] serde_json::Error),
    /// Not our format.
    #[error(
        "This is no export of Dragoman: its first line does not say so. Choose a file that `dragoman-cli export` wrote (its name ends in .jsonl)."
    )]
    NotOurs,
    /// Written by a newer version.
    #[error(
        "This export was written by a newer Dragoman (its format is {found}, this one reads {known}). Update Dragoman; nothing was changed."
    )]
    Newer {
        /// Its version.
        found: u32,
        /// The newest that is read.
        known: u32,
    },
}

impl Error {
    /// This file cannot be written.
    pub fn file(path: &Path, reason: impl ToString) -> Self {
        Self::File {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::History(error) => error.into(),
            Error::File { path, reason } => Self::new(ErrorCode::Storage, message)
                .arg("path", path.display())
                .arg("reason", reason),
            Error::Stream(_) | Error::Json(_) | Error::NotOurs | Error::Newer { .. } => {
                Self::new(ErrorCode::Internal, message)
            }
        }
    }
}
