use protocol::{ErrorCode, IpcError};

/// Why a text cannot be used as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Nothing but blanks.
    #[error("it is empty")]
    Empty,
    /// A blank or a line break inside.
    #[error("it has a blank or a line break inside; paste the key alone, without \"Bearer\"")]
    Blank,
    /// A control character, or one outside ASCII: no HTTP header takes it.
    #[error(
        "it has a character that no HTTP header takes; keys are plain letters, digits and signs"
    )]
    Character,
    /// Longer than the keyring, or a header, takes.
    #[error("it is longer than {0} bytes, the most that can be kept")]
    TooLong(u32),
}

/// What can go wrong with keys. No variant holds any part of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no key.
    #[error("This key cannot be used: {0}.")]
    NotUsable(#[from] Unusable),
    /// The keyring is there, but locked, or waits for its prompt to be answered.
    #[error(
        "The keyring is locked ({reason}). Unlock it and try again, or keep the key for this run only."
    )]
    Locked {
        /// In the system's own words, or how long it was waited for.
        reason: String,
    },
    /// No keyring can be reached.
    #[error(
        "The keyring cannot be reached ({reason}). Start one and try again, or keep the key for this run only."
    )]
    Unavailable {
        /// In the system's own words.
        reason: String,
    },
    /// No key under this id and origin.
    #[error("The key is not in the keyring any more. Enter it again.")]
    NotFound,
    /// A key cannot be bound to this address.
    #[error("\"{0}\" is no address that a key can be bound to. Give one with scheme and host.")]
    Origin(String),
}

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NotUsable(reason) => {
                IpcError::new(ErrorCode::KeyNotUsable, message).arg("reason", reason)
            }
            Error::Locked { reason } => {
                IpcError::new(ErrorCode::KeyringLocked, message).arg("reason", reason)
            }
            Error::Unavailable { reason } => {
                IpcError::new(ErrorCode::KeyringUnavailable, message).arg("reason", reason)
            }
            Error::NotFound => IpcError::new(ErrorCode::KeyNotFound, message),
            Error::Origin(origin) => IpcError::new(ErrorCode::BaseUrl, message)
                .arg("url", origin)
                .arg("reason", "a key cannot be bound to it"),
        }
    }
}
