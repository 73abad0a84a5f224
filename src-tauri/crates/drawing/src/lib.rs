//! What is asked about a picture, and the processes that answer.
//!
//! Files are hostile until shown otherwise, so nothing of them is decoded where keys
//! and conversations are: [`Draw`] gives a file's bytes to `dragoman-draw`, which alone
//! links decoders, and gets encoded pictures back. A file that breaks it is one file
//! that is refused. [`read`] takes a file that was dropped or chosen, [`data_url`] wraps
//! a picture for a request.
//!
//! Everything here blocks: call it from a thread that may.

mod child;
pub mod codec;
pub mod colour;
mod data_url;
mod draw;
mod error;
pub mod format;
pub mod frame;
mod hash;
pub mod job;
mod limits;
mod mime;
mod picture;
pub mod raw;
mod read;
pub mod tail;
pub mod tiff;
mod trust;

pub use data_url::{data_url, parse_data_url};
pub use draw::{Draw, ToAttach};
pub use error::Error;
pub use hash::hash;
pub use limits::{Caps, Limits, is_long};
pub use mime::Mime;
pub use picture::{
    Attached, Colour, Mark, Master, Measured, Outline, Prepared, Rect, Thumbnail, Tile,
};
pub use read::read;
