use std::path::{Path, PathBuf};

use protocol::{ErrorCode, IpcError};

/// What can go wrong with the history. No variant holds what was written in it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file or its folder cannot be read or written.
    #[error(
        "The history in {} cannot be used: {reason}. Check that the folder can be written and the disk is not full.",
        .path.display()
    )]
    Storage {
        /// The file.
        path: PathBuf,
        /// In SQLite's or the system's words.
        reason: String,
        /// The app's own name for it, where it has one: `full`, `read_only`, `in_use`,
        /// `damaged`.
        why: Option<&'static str>,
    },
    /// Another process has it open, and what has to be done needs it alone; nothing
    /// was changed.
    #[error(
        "The history in {} is in use by another Dragoman, of another version. Close Dragoman there first, then start again; nothing was changed.",
        .path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer version of the app; it was not touched.
    #[error(
        "The history in {} was written by a newer Dragoman (its format is {found}, this one knows {known}). Update Dragoman; nothing was changed.",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format that this version knows.
        known: i64,
    },
    /// A search was given up for another.
    #[error("This search was given up for another.")]
    Interrupted,
    /// No such row.
    #[error("There is no {what} {id} in the history (any more).")]
    NotFound {
        /// What was looked for: "conversation", "message", "picture", "key".
        what: &'static str,
        /// Its id.
        id: String,
    },
}

impl Error {
    pub(crate) fn storage(path: &Path, reason: impl ToString) -> Self {
        Self::Storage {
            path: path.to_owned(),
            reason: reason.to_string(),
            why: None,
        }
    }

    /// What SQLite says of a file.
    pub(crate) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, OperationInterrupted, ReadOnly,
        };
        let why = match error.sqlite_error_code() {
            Some(OperationInterrupted) => return Self::Interrupted,
            Some(DiskFull) => Some("full"),
            Some(ReadOnly) => Some("read_only"),
            Some(DatabaseBusy | DatabaseLocked) => Some("in_use"),
            Some(DatabaseCorrupt) => Some("damaged"),
            _ => None,
        };
        Self::Storage {
            path: path.to_owned(),
            reason: error.to_string(),
            why,
        }
    }

    /// Is a page of the file not what it should be?
    pub(crate) fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Storage {
                why: Some("damaged"),
                ..
            }
        )
    }

    /// A call that never answered: it panicked, or the history was closed before it.
    pub(crate) fn unanswered(path: &Path) -> Self {
        Self::storage(path, "the call was given up before it was done")
    }

    pub(crate) fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound {
            what,
            id: id.to_owned(),
        }
    }
}

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Storage { path, reason, why } => {
                let error = IpcError::new(ErrorCode::Storage, message)
                    .arg("path", path.display())
                    .arg("reason", reason);
                match why {
                    Some(why) => error.arg("why", why),
                    None => error,
                }
            }
            Error::InUse { path } => IpcError::new(ErrorCode::Storage, message)
                .arg("path", path.display())
                .arg("reason", "in use by another Dragoman")
                .arg("why", "in_use"),
            Error::Newer { path, .. } => {
                IpcError::new(ErrorCode::StorageNewer, message).arg("path", path.display())
            }
            Error::Interrupted => IpcError::new(ErrorCode::Internal, message),
            Error::NotFound { what, id } => IpcError::new(ErrorCode::NotFound, message)
                .arg("what", what)
                .arg("id", id),
        }
    }
}

/// An error inside a call: SQLite's own, or one of ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Inner {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Ours(#[from] Error),
}

impl Inner {
    pub(crate) fn at(self, path: &Path) -> Error {
        match self {
            Self::Sqlite(error) => Error::sqlite(path, &error),
            Self::Ours(error) => error,
        }
    }
}
