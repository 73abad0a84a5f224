//! Why a picture cannot be attached.

use std::borrow::Cow;

use protocol::{ErrorCode, IpcError};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::format::{FormatName, Other, Phrase, named};

/// Why a picture cannot be attached.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Error {
    /// The bytes are no picture that is known.
    #[error(
        "“{name}” is not a picture. Attach a JPEG, PNG, WebP, HEIC, AVIF, GIF, SVG, TIFF, BMP, \
         ICO or PDF file; \
         a file that was only renamed to look like one does not become one."
    )]
    NotAPicture {
        /// File name.
        name: String,
    },
    /// No picture, but something else that is known.
    #[error("“{name}” is {}, not a picture. {}", what.name(), what.advice())]
    Other {
        /// File name.
        name: String,
        /// What it is.
        what: Other,
    },
    /// A picture of a kind that is not read yet: a format, or a codec within one
    /// ([`crate::codec`]).
    #[error("“{name}” is a file of the kind {format}, which Dragoman cannot read yet. {advice}")]
    Unsupported {
        /// File name.
        name: String,
        /// The kind.
        format: Cow<'static, str>,
        /// How to get a file that is read.
        advice: Cow<'static, str>,
    },
    /// Begins like a picture but does not decode.
    #[error(
        "“{name}” begins like a {format} picture, but what follows is damaged or cut off. \
         Copy or download it again, or open it in an image editor and save it anew."
    )]
    Broken {
        /// File name.
        name: String,
        /// The kind it says it is.
        #[serde(deserialize_with = "named")]
        format: FormatName,
    },
    /// Decodes, but not within a few seconds.
    #[error(
        "“{name}” is a {format} picture that takes more than a few seconds to draw. \
         Open it in an image viewer, save it as PNG or JPEG, and attach that."
    )]
    TooSlow {
        /// File name.
        name: String,
        /// The kind.
        #[serde(deserialize_with = "named")]
        format: FormatName,
    },
    /// Reading it ended the process that reads pictures: a decoder crashed, or there
    /// was not enough memory.
    #[error(
        "“{name}” ended the process that reads pictures: it is damaged, or takes more memory \
         than one picture may. Open it in an image viewer, save it as PNG or JPEG, and attach that."
    )]
    Crashed {
        /// File name.
        name: String,
    },
    /// There is no process that reads pictures.
    #[error(
        "“{name}” cannot be read: {program}, the part of Dragoman that reads pictures, does not \
         start: {reason}. {}",
        AGAIN
    )]
    NoReader {
        /// File name.
        name: String,
        /// The program that was to be started.
        program: String,
        /// Why it was not, in the system's words.
        reason: String,
    },
    /// A PDF that is encrypted.
    #[error(
        "“{name}” is a protected PDF, which is not opened. Open it in a PDF viewer, print it to \
         a new PDF or take a screenshot of the page, and attach that."
    )]
    Protected {
        /// File name.
        name: String,
    },
    /// A part of a picture that lies outside of it, or is empty.
    #[error(
        "The part to cut out of “{name}” is empty or lies outside of its {width} × {height} \
         pixels. Select a part of the picture."
    )]
    OutOfPicture {
        /// File name.
        name: String,
        /// Width of the picture in pixels.
        width: u32,
        /// Height of the picture in pixels.
        height: u32,
    },
    /// Zero bytes.
    #[error(
        "“{name}” is empty: it holds 0 bytes. Copy or download it again; \
         if it is still being written, wait until that is done."
    )]
    Empty {
        /// File name.
        name: String,
    },
    /// A folder.
    #[error("“{name}” is a folder. Open it and attach the pictures in it.")]
    IsFolder {
        /// Its name.
        name: String,
    },
    /// Not there, or not there any more.
    #[error(
        "“{name}” cannot be found. It was moved, renamed or deleted, or it is a link that \
         leads nowhere. Find the picture again and attach it from where it is now."
    )]
    NotFound {
        /// File name.
        name: String,
    },
    /// There, but the system does not let it be read.
    #[error(
        "“{name}” cannot be read: {reason}. Give yourself permission to read it, \
         or copy it to a folder of your own, and attach it again."
    )]
    NotReadable {
        /// File name.
        name: String,
        /// The system's words.
        reason: String,
    },
    /// A device, a pipe or a socket.
    #[error(
        "“{name}” is neither a file nor a folder but a device, a pipe or a socket. \
         Attach a picture file."
    )]
    NotAFile {
        /// Its name.
        name: String,
    },
    /// More bytes than are read.
    #[error(
        "“{name}” holds {}, and at most {} are read. Save it smaller or as JPEG, and attach that.",
        size(*bytes),
        size(*limit)
    )]
    TooLarge {
        /// File name.
        name: String,
        /// Its bytes.
        bytes: u64,
        /// Most bytes that are read.
        limit: u64,
    },
    /// More pixels than are decoded.
    #[error(
        "“{name}” is {width} × {height} pixels, {} megapixels, and at most {} are opened. \
         Make it smaller, or crop it to what you ask about, and attach that.",
        mega(u64::from(*width) * u64::from(*height)),
        mega(*limit)
    )]
    TooManyPixels {
        /// File name.
        name: String,
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// Most pixels that are decoded.
        limit: u64,
    },
    /// No size and quality of it keeps within the target's limit.
    #[error(
        "“{name}” cannot be made to fit into {}, the most this model takes for a picture. \
         Crop it to what you ask about, or choose another model.",
        size(u64::from(*limit))
    )]
    CannotFit {
        /// File name.
        name: String,
        /// Most bytes the target takes.
        limit: u32,
    },
    /// An address on the web instead of a file.
    #[error(
        "This is a link to {host}, and links are not opened. \
         Save the picture to a file first, and attach that file."
    )]
    LinkNotRead {
        /// The host it leads to.
        host: String,
    },
}

/// What helps where the program that reads pictures is missing. Whoever builds Dragoman
/// has built a part of it only.
const AGAIN: &str = if cfg!(debug_assertions) {
    "Build it: cargo build -p draw."
} else {
    "Install Dragoman again, and restart it."
};

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let made = |code, name: String| Self::new(code, message.clone()).arg("name", name);
        match error {
            Error::NotAPicture { name } => made(ErrorCode::NotAPicture, name),
            Error::Other { name, what } => {
                made(ErrorCode::NotAPicture, name).arg("what", what.id())
            }
            Error::Unsupported { name, format, .. } => {
                let made = made(ErrorCode::UnsupportedFormat, name).arg("format", &format);
                let Some(phrase) = Phrase::of(&format) else {
                    return made;
                };
                let made = made.arg("kind", phrase.id());
                match phrase.whose() {
                    Some(whose) => made.arg("whose", whose),
                    None => made,
                }
            }
            // There is no code of their own: nothing acts on the difference.
            Error::TooSlow { name, format } => {
                made(ErrorCode::UnsupportedFormat, name).arg("format", format)
            }
            Error::Crashed { name } => made(ErrorCode::PictureCrashed, name),
            Error::NoReader {
                name,
                program,
                reason,
            } => made(ErrorCode::PictureReader, name)
                .arg("program", program)
                .arg("reason", reason),
            Error::Protected { name } => made(ErrorCode::PdfProtected, name),
            Error::OutOfPicture { name, .. } => made(ErrorCode::Parameter, name),
            Error::Broken { name, format } => {
                made(ErrorCode::BrokenPicture, name).arg("format", format)
            }
            Error::Empty { name } => made(ErrorCode::EmptyFile, name),
            Error::IsFolder { name } => made(ErrorCode::IsFolder, name),
            Error::NotFound { name } => made(ErrorCode::FileNotFound, name),
            Error::NotReadable { name, reason } => {
                made(ErrorCode::FileNotReadable, name).arg("reason", reason)
            }
            Error::NotAFile { name } => made(ErrorCode::NotAFile, name),
            Error::TooLarge { name, bytes, limit } => made(ErrorCode::FileTooLarge, name)
                .arg("bytes", bytes)
                .arg("limit", limit),
            Error::TooManyPixels {
                name,
                width,
                height,
                limit,
            } => made(ErrorCode::TooManyPixels, name)
                .arg("width", width)
                .arg("height", height)
                .arg("limit", limit),
            Error::CannotFit { name, limit } => {
                made(ErrorCode::CannotFit, name).arg("limit", limit)
            }
            Error::LinkNotRead { host } => {
                Self::new(ErrorCode::LinkNotRead, message).arg("host", host)
            }
        }
    }
}

/// Bytes as people read them: `512 bytes`, `1.5 MiB`.
fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1024 => return format!("{bytes} bytes"),
        1024..1_048_576 => (1024.0, "KiB"),
        _ => (1_048_576.0, "MiB"),
    };
    let value = format!("{:.1}", bytes as f64 / unit);
    format!("{} {name}", value.trim_end_matches(".0"))
}

/// Pixels in millions.
fn mega(pixels: u64) -> String {
    let value = format!("{:.1}", pixels as f64 / 1e6);
    value.trim_end_matches(".0").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(64 * 1024 * 1024), "64 MiB");
        assert_eq!(mega(100_000_000), "100");
    }
}
