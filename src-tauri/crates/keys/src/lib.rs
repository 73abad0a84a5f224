//! API keys in the operating system's keyring, one way: they go in, and come
//! out only as the header of a request to the origin they were entered for.
//!
//! There is no function that gives a key's text, but for its last characters.
//! [`Secret`] does not print, does not serialise and is wiped when dropped;
//! [`Authorization`] holds a header value that is marked sensitive.
//!
//! A locked keyring asks the person, who is given two minutes: [`Keys::waiting`] tells
//! while its prompt is open, and who no longer waits for it closes it. All other work
//! runs on a thread of its own with a shorter limit, because a keyring that does not
//! answer blocks its caller for ever.

mod backend;
mod error;
mod keyring;
mod prompt;
mod secret;
mod unlock;
mod worker;

pub use error::{Error, Locked, Unusable};
pub use keyring::{EntryInfo, Keys};
pub use secret::{Auth, Authorization, Secret};
pub use worker::Limits;
