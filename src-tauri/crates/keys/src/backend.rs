use std::sync::Arc;
use std::time::Duration;

use keyring_core::CredentialStore;
use tokio::sync::watch;

use crate::Error;
use crate::prompt::{Unlocked, Wanted};

#[cfg(target_os = "linux")]
#[path = "backend/linux.rs"]
mod platform;
#[cfg(target_os = "macos")]
#[path = "backend/macos.rs"]
mod platform;
#[cfg(windows)]
#[path = "backend/windows.rs"]
mod platform;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
#[path = "backend/none.rs"]
mod platform;

pub(crate) use platform::Platform;

/// One kind of keyring. Every function but [`Backend::unlock`] may block; they are
/// called on the keyring's own thread only.
pub(crate) trait Backend: Send + Sync + 'static {
    /// What the keyring calls itself.
    fn name(&self) -> &'static str;

    /// Connects to it.
    fn open(&self) -> keyring_core::Result<Arc<CredentialStore>>;

    /// Tells whether a key could be stored now, without asking the person anything.
    fn probe(&self) -> Result<(), Error>;

    /// The users of all entries under `service`, without asking the person
    /// anything. [`keyring_core::Error::NoStorageAccess`] where that cannot be
    /// told before something is unlocked.
    fn users(&self, store: &CredentialStore, service: &str) -> keyring_core::Result<Vec<String>>;

    /// Has the person unlock what an entry lies in, where it is locked: `told` is true
    /// while a prompt is open. `limits` are how long a step may take that asks nobody,
    /// and how long a prompt may stand open. Dropped, it closes the prompt. A keyring
    /// that asks within its own calls needs none.
    fn unlock(
        &self,
        _wanted: Wanted,
        _limits: (Duration, Duration),
        _told: watch::Sender<bool>,
    ) -> Unlocked {
        Box::pin(std::future::ready(Ok(())))
    }

    /// True where a call to the store asks the person itself, and returns when that was
    /// answered.
    fn asks_within(&self) -> bool {
        false
    }

    /// True when an entry may be given a label that people see in the
    /// keyring's own window.
    fn takes_label(&self) -> bool {
        false
    }

    /// True when [`keyring_core::Error::NoStorageAccess`] means "locked" here.
    fn no_access_is_locked(&self) -> bool {
        true
    }
}
