//! Any picture in, a picture that fits the model out.
//!
//! [`read`] takes a file that was dropped or chosen. [`thumbnail`] shows it at
//! once, [`master`] makes of it what is kept, [`rendition`] of that what a target
//! takes, [`tiles`] the same of a long one in parts, [`crop`] and [`mark`] what a
//! person cut out or drew; [`prepare`] goes from file to rendition in one step.
//! [`data_url`] wraps it for a request, and [`measure`] says what can be measured
//! in a picture. Everything here blocks: call it from a thread that may.
//!
//! What is given is hostile until shown otherwise: kinds are told by their
//! first bytes and never by a name, sizes are checked before anything is
//! decoded, and a decoder that panics costs that one picture only.

mod apart;
mod avif;
mod band;
mod colour;
mod data_url;
mod deadline;
mod decode;
mod edit;
mod error;
mod exif;
mod fit;
mod format;
mod heif;
mod jpeg;
mod limits;
mod master;
mod measure;
mod outline;
mod pdf;
mod planes;
mod png;
mod prepare;
mod profile;
mod raw;
mod read;
mod shrink;
mod survey;
mod svg;
mod thumbnail;
mod tiles;
mod webp;

pub use apart::drawn_apart;
pub use data_url::{data_url, parse_data_url};
pub use edit::{Mark, Rect, crop, mark};
pub use error::Error;
pub use limits::{Caps, Limits, Mime};
pub use master::{Master, master, master_copy, rendition};
pub use measure::{Colour, Measured, measure};
pub use outline::{Outline, outline};
pub use pdf::{page, pages};
pub use prepare::{Prepared, prepare};
pub use read::read;
pub use thumbnail::{Thumbnail, thumbnail};
pub use tiles::{Tile, is_long, tiles};
