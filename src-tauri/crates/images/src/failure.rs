//! Why nothing could be read of a file.

use drawing::Error;
use drawing::format::{Format, Other};

/// Why there are no pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The file does not decode.
    Broken,
    /// It would take too long.
    TooLong,
    /// It holds more bytes than are read of its kind, once it is unpacked.
    TooLarge {
        /// As many as it holds, as far as it says.
        size: u64,
        /// Most that are read.
        limit: u64,
    },
    /// What is packed in it is of another kind.
    Packed,
}

impl Failure {
    /// What is said of the file.
    pub(crate) fn of(self, name: &str, format: Format) -> Error {
        let (name, format) = (name.to_owned(), format.name());
        match self {
            Self::Broken => Error::Broken { name, format },
            Self::TooLong => Error::TooSlow { name, format },
            Self::TooLarge { size, limit } => Error::TooLarge {
                name,
                bytes: size,
                limit,
            },
            Self::Packed => Error::Other {
                name,
                what: Other::Archive,
            },
        }
    }
}
