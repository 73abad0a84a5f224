//! Preferences: one small file, validated when read, written whole, with a last
//! good copy beside it.
//!
//! Several processes may use one file. Each writes what it changes over what is in
//! the file by then, so none takes back what another set.

mod allowed;
mod error;
mod file;
mod locale;
mod merge;
mod preferences;

pub use allowed::Allowed;
pub use error::Error;
pub use locale::locale;
pub use preferences::{Preferences, language_in};
