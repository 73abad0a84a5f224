//! A prompt of the keyring: for what it is opened, and that it is open.

use std::{pin::Pin, time::Duration};

use tokio::sync::watch;

use crate::Error;

/// An entry that is to be read, written or removed.
#[derive(Debug, Clone)]
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "other keyrings ask within their own calls")
)]
pub(crate) struct Wanted {
    pub service: String,
    pub user: String,
}

/// Unlocks what an entry lies in; dropped, it closes the prompt.
pub(crate) type Unlocked = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// A call that may ask the person and takes longer waits for them.
pub(crate) const ASKS: Duration = Duration::from_secs(1);

/// Says that a prompt is open for as long as it is held.
pub(crate) struct Waiting(watch::Sender<bool>);

impl Waiting {
    pub(crate) fn begin(told: &watch::Sender<bool>) -> Self {
        told.send_replace(true);
        Self(told.clone())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.send_replace(false);
    }
}
