//! Any picture in, a picture that fits the model out.
//!
//! [`read`] takes a file that was dropped or chosen, [`prepare`] makes of its
//! bytes what is kept and sent, [`data_url`] wraps it for a request, and
//! [`measure`] says what can be measured in a picture. Everything here blocks:
//! call it from a thread that may.
//!
//! What is given is hostile until shown otherwise: kinds are told by their
//! first bytes and never by a name, sizes are checked before anything is
//! decoded, and a decoder that panics costs that one picture only.

mod colour;
mod data_url;
mod decode;
mod error;
mod exif;
mod fit;
mod format;
mod limits;
mod measure;
mod prepare;
mod raw;
mod read;
mod survey;

pub use data_url::{data_url, parse_data_url};
pub use error::Error;
pub use limits::{Limits, Mime};
pub use measure::{Colour, Measured, measure};
pub use prepare::{Prepared, prepare};
pub use read::read;
