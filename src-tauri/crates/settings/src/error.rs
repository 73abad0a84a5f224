use std::path::PathBuf;

use protocol::{ErrorCode, IpcError};

/// What can go wrong with the preferences.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file or its folder cannot be written; nothing was changed.
    #[error(
        "The settings cannot be written to {}: {reason}. Check the folder’s permissions and free space.",
        .path.display()
    )]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// In the system's words.
        reason: String,
    },
}

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let Error::NotWritten { path, reason } = error;
        Self::new(ErrorCode::Storage, message)
            .arg("path", path.display())
            .arg("reason", reason)
    }
}
