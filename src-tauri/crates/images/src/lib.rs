//! Any picture in, a picture that fits the model out.
//!
//! [`thumbnail`] shows a file at once, [`master`] makes of it what is kept,
//! [`rendition`] of that what a target takes, [`tiles`] the same of a long one in
//! parts, [`crop`] and [`mark`] what a person cut out or drew; [`prepare`] goes from
//! file to rendition in one step, [`attach`] makes all of it. [`measure`] says what can
//! be measured in a picture. Everything here blocks: call it from a thread that may.
//!
//! What is given is hostile until shown otherwise: kinds are told by their
//! first bytes and never by a name, sizes are checked before anything is
//! decoded, and a decoder that panics costs that one picture only.

mod deadline;
mod decode;
mod failure;
mod fit;
mod formats;
mod jobs;
mod pixels;
mod source;
mod survey;

pub use drawing::{
    Attached, Caps, Colour, Error, Limits, Mark, Master, Measured, Mime, Outline, Prepared, Rect,
    Thumbnail, Tile, data_url, is_long, parse_data_url, read,
};
pub use jobs::attach::attach;
pub use jobs::edit::{crop, mark};
pub use jobs::master::{master, master_copy, rendition};
pub use jobs::measure::measure;
pub use jobs::outline::outline;
pub use jobs::pages::{page, pages};
pub use jobs::prepare::prepare;
pub use jobs::thumbnail::thumbnail;
pub use jobs::tiles::tiles;
