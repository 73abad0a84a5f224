//! One door a file; each takes params, calls its crate, and maps the error.

pub mod blocking;
pub mod chat;
pub mod desktop;
pub mod history;
pub mod images;
pub mod keys;
pub mod providers;
mod saving;
pub mod settings;
