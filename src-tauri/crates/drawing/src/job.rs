//! What is asked of the process that reads pictures, and what it says.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::format::Format;
use crate::limits::{Caps, Limits};
use crate::picture::{Attached, Mark, Master, Measured, Outline, Prepared, Rect, Thumbnail, Tile};

/// What is wanted of a file, whose bytes are the one payload of the job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Want {
    /// What becomes of it when it is attached: first a small picture of at most so many
    /// pixels a side, then the master and what is sent of it.
    Attached {
        /// Longest side of the small picture.
        side: u32,
        /// What is decoded at all.
        caps: Caps,
        /// What the target takes.
        limits: Limits,
        /// The one beside the other, on two threads.
        side_by_side: bool,
    },
    /// A picture that fits the target.
    Prepared(Limits),
    /// The same, of a long picture, in parts.
    Tiles(Limits),
    /// What is kept of it.
    Master(Caps),
    /// The same where it is a copy.
    MasterCopy(Caps),
    /// A small picture of at most so many pixels a side.
    Thumbnail(u32, Caps),
    /// The picture with marks drawn onto it.
    Marked(Vec<Mark>, Caps),
    /// A part of the picture.
    Cropped(Rect, Caps),
    /// What the file says of its picture.
    Outline,
    /// How many pages it has.
    Pages(Caps),
    /// One page; the first is 1.
    Page(u32, Caps),
    /// What can be measured in it.
    Measured,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// What the file is called.
    pub name: String,
    /// What is wanted.
    pub want: Want,
    /// Longest that anyone waits.
    pub patience: Duration,
}

impl Want {
    /// Longest that anyone waits for it, where the work is not bounded before: drawings
    /// and pages are given four seconds by whoever draws them, decoders as many as 100
    /// megapixels take a slow machine. This is for one that hangs.
    pub fn patience(&self, format: Format) -> Duration {
        let seconds = match (format, self) {
            (_, Self::Outline | Self::Pages(_)) | (Format::Pdf | Format::Svg, _) => 20,
            _ => 90,
        };
        Duration::from_secs(seconds)
    }
}

/// Something that keeps the process to its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// Most memory.
    Memory,
    /// Most time of a processor.
    Processor,
    /// No file is opened but fonts, and none is written.
    Files,
    /// No call of the system but those that decoding takes: no socket, no other program.
    Calls,
}

/// The first that the process says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Of which version it is.
    pub version: String,
    /// What holds it.
    pub bounds: Vec<Bound>,
}

/// The version of these words: the app speaks to no process of another.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What was made. Each `Vec<u8>` within is a payload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Made {
    /// What becomes of an attached file.
    Attached(Box<Attached>),
    /// A picture that fits.
    Prepared(Prepared),
    /// Parts that fit.
    Tiles(Vec<Tile>),
    /// What is kept; `None` where that takes decoding and only a copy was wanted.
    Master(Option<Master>),
    /// A small picture.
    Thumbnail(Thumbnail),
    /// What the file says; `None` where it is no picture.
    Outline(Option<Outline>),
    /// Pages; `None` where it has none.
    Pages(Option<u32>),
    /// A page, as PNG.
    Page {
        /// The file.
        #[serde(skip)]
        png: Vec<u8>,
    },
    /// What was measured.
    Measured(Measured),
}

impl Made {
    /// The bytes that cross beside the header, in order.
    pub fn payloads(&mut self) -> Vec<&mut Vec<u8>> {
        match self {
            Self::Attached(attached) => {
                vec![&mut attached.master.bytes, &mut attached.prepared.bytes]
            }
            Self::Prepared(prepared) => vec![&mut prepared.bytes],
            Self::Tiles(tiles) => {
                let bytes = tiles.iter_mut().map(|tile| &mut tile.prepared.bytes);
                bytes.collect()
            }
            Self::Master(master) => master.iter_mut().map(|master| &mut master.bytes).collect(),
            Self::Thumbnail(thumbnail) => vec![&mut thumbnail.bytes],
            Self::Page { png } => vec![png],
            Self::Outline(_) | Self::Pages(_) | Self::Measured(_) => Vec::new(),
        }
    }
}

/// An answer to a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What came of it.
    pub made: Result<Made, Error>,
    /// Of each payload, how many of the file's last bytes follow it: see [`crate::tail`].
    pub tails: Vec<u64>,
    /// Another answer to the same job follows.
    pub more: bool,
    /// The process ends after this: something in it broke, or still runs.
    pub last: bool,
}
