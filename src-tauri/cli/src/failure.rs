//! Why a command did not do what it was asked to, and the code that it ends with then.

use protocol::IpcError;

/// The provider refused or failed, or something here did.
pub const FAILED: u8 = 1;

/// Why a command did not do what it was asked to.
pub enum Failure {
    /// This command was called in a way that makes no sense.
    Usage(&'static str, String),
    /// Something failed; with the provider that it is about.
    Error(IpcError, Option<String>),
}

impl Failure {
    /// The same, about this provider where it names none.
    pub fn about(self, provider: &str) -> Self {
        match self {
            Self::Error(error, about) => {
                Self::Error(error, about.or_else(|| Some(provider.to_owned())))
            }
            usage => usage,
        }
    }
}

impl From<IpcError> for Failure {
    fn from(error: IpcError) -> Self {
        Self::Error(error, None)
    }
}

impl From<history::Error> for Failure {
    fn from(error: history::Error) -> Self {
        IpcError::from(error).into()
    }
}
