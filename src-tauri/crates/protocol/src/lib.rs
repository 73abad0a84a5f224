//! The contract between Dragoman's page and its backend.
//!
//! Params, responses, events and errors, once, in Rust; exported to TypeScript
//! (`ui/src/lib/ipc/contract/`) by the test `contract`, which also fails when
//! the committed files are stale.
//!
//! Conventions: camelCase on the wire, enums tagged by `type` where a variant
//! carries fields, ids are strings, every field is always present (`null` when
//! there is nothing to say), sizes are bytes or pixels, times are milliseconds
//! (moments since the Unix epoch).

mod backup;
mod chat;
mod commands;
pub mod dates;
mod desktop;
mod error;
mod history;
mod images;
mod keys;
mod manifest;
mod markdown;
mod message;
mod out;
mod params;
mod presets;
mod providers;
mod rows;
mod search;
mod settings;

pub use backup::*;
pub use chat::*;
pub use commands::*;
pub use desktop::*;
pub use error::*;
pub use history::*;
pub use images::*;
pub use keys::*;
pub use manifest::*;
pub use markdown::*;
pub use message::*;
pub use out::*;
pub use params::*;
pub use presets::*;
pub use providers::*;
pub use rows::*;
pub use search::*;
pub use settings::*;

/// Milliseconds since the Unix epoch.
pub type Millis = i64;
