//! One door a file; each takes params, calls its crate, and maps the error.

pub mod backup;
pub mod blocking;
pub mod chat;
pub mod desktop;
pub mod history;
mod home;
pub mod images;
pub mod keys;
pub mod out;
pub mod providers;
mod saving;
pub mod settings;
