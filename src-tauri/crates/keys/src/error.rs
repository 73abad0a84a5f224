use protocol::{ErrorCode, IpcError, KeyringReason};

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

impl Unusable {
    /// A name for it that stays, for the page's own wording.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Blank => "blank",
            Self::Character => "character",
            Self::TooLong(_) => "too_long",
        }
    }
}

/// Why a keyring stays locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Locked {
    /// Nobody was asked to unlock it.
    #[error("it was not asked to open")]
    Unasked,
    /// The person closed its prompt, or it could not be shown.
    #[error("its window was closed before it was unlocked")]
    Dismissed,
    /// Its prompt stood open for as long as it is waited for.
    #[error("nobody unlocked it within {0} s")]
    Unanswered(u64),
    /// The person stopped waiting.
    #[error("the wait for it was stopped")]
    Stopped,
    /// It did not answer; perhaps it waits for a prompt of its own.
    #[error("it does not answer")]
    NoAnswer,
}

impl Locked {
    pub(crate) fn reason(self) -> KeyringReason {
        match self {
            Self::Unasked => KeyringReason::Locked,
            Self::Dismissed => KeyringReason::Dismissed,
            Self::Unanswered(_) => KeyringReason::Unanswered,
            Self::Stopped => KeyringReason::Stopped,
            Self::NoAnswer => KeyringReason::NoAnswer,
        }
    }
}

/// What can go wrong with keys. No variant holds any part of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no key.
    #[error("This key cannot be used: {0}.")]
    NotUsable(#[from] Unusable),
    /// The keyring is there, but locked.
    #[error(
        "The keyring is locked: {0}. Unlock it and try again, or keep the key for this run only."
    )]
    Locked(Locked),
    /// The keyring is there, and has no collection to keep keys in.
    #[error(
        "The keyring has no collection to keep keys in. Create or choose one (in KeePassXC a database for the Secret Service) and try again, or keep the key for this run only."
    )]
    NoCollection,
    /// No keyring can be reached.
    #[error(
        "The keyring cannot be reached ({detail}). Start one and try again, or keep the key for this run only."
    )]
    Unavailable {
        /// What is wrong.
        reason: KeyringReason,
        /// In the system's own words.
        detail: String,
    },
    /// No key under this id and origin.
    #[error("The key is not in the keyring any more. Enter it again.")]
    NotFound,
    /// A key cannot be bound to this address.
    #[error("\"{0}\" is no address that a key can be bound to. Give one with scheme and host.")]
    Origin(String),
}

impl Error {
    /// A keyring that failed, in its own words.
    pub(crate) fn failed(error: impl ToString) -> Self {
        Self::Unavailable {
            reason: KeyringReason::Failed,
            detail: error.to_string(),
        }
    }
}

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NotUsable(unusable) => {
                let out = IpcError::new(ErrorCode::KeyNotUsable, message)
                    .arg("why", unusable.slug())
                    .arg("reason", unusable);
                match unusable {
                    Unusable::TooLong(limit) => out.arg("limit", limit),
                    _ => out,
                }
            }
            Error::Locked(locked) => {
                let out = IpcError::new(ErrorCode::KeyringLocked, message)
                    .arg("why", locked.reason().slug());
                match locked {
                    Locked::Unanswered(seconds) => out.arg("seconds", seconds),
                    _ => out,
                }
            }
            Error::NoCollection => IpcError::new(ErrorCode::KeyringNoCollection, message),
            Error::Unavailable { reason, detail } => {
                IpcError::new(ErrorCode::KeyringUnavailable, message)
                    .arg("why", reason.slug())
                    .arg("reason", detail)
            }
            Error::NotFound => IpcError::new(ErrorCode::KeyNotFound, message),
            Error::Origin(origin) => IpcError::new(ErrorCode::BaseUrl, message)
                .arg("url", origin)
                .arg("why", "not_an_address")
                .arg("reason", "a key cannot be bound to it"),
        }
    }
}
