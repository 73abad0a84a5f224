//! Provider plugins: manifests, base URLs, models and what each accepts.
//!
//! A provider plugin is one JSON file, a [`Manifest`]; the built-in ones
//! (`src-tauri/providers/`, [`builtin`]) and a user's own are the same format,
//! published as `src-tauri/providers/schema.json`. It is data: no code, no
//! templates that evaluate. Nothing here opens a connection.

mod address;
mod base_url;
mod builtin;
mod check;
mod error;
mod manifest;

pub use base_url::BaseUrl;
pub use builtin::{DEMO, builtin};
pub use error::{Error, Refusal};
pub use manifest::{Auth, AuthHeader, Input, Limits, Manifest, ModelSpec, Parameter, custom};
