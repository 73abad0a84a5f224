//! One door a file; each takes params, calls its crate, and maps the error.

mod blocking;
pub mod chat;
pub mod desktop;
pub mod history;
pub mod images;
pub mod keys;
pub mod out;
pub mod providers;
mod saving;
pub mod settings;
