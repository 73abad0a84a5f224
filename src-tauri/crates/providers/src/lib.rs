//! Provider plugins: manifests, base URLs, models and what each accepts.
//!
//! A provider plugin is one JSON file, a [`Manifest`]; the built-in ones
//! (`src-tauri/providers/`, [`builtin`]) and a user's own are the same format,
//! published as `src-tauri/providers/schema.json`. It is data: no code, no
//! templates that evaluate. Nothing here opens a connection.

mod address;
mod base_url;
pub mod belief;
mod builtin;
mod check;
mod error;
mod format;
mod known;
mod limits;
mod listing;
mod manifest;
mod model;
mod parameter;
pub mod plugins;
mod read;
pub mod table;
mod thinking;
mod tokens;
mod view;

pub use address::check_host;
pub use base_url::BaseUrl;
pub use builtin::{builtin, is_builtin};
pub use error::{Error, Refusal};
pub use format::{Format, ListingFormat};
pub use limits::{Fps, Limits};
pub use listing::Listing;
pub use manifest::{Auth, DEMO, Manifest, Prefill, custom};
pub use model::{Input, ModelSpec, Parameters, Price};
pub use parameter::Parameter;
pub use read::AuthHeader;
pub use thinking::{Effort, Thinking, merge};
pub use tokens::Tokens;
