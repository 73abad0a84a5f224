use std::sync::Arc;

use keyring_core::CredentialStore;

use crate::Error;

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

/// One kind of keyring. Every function may block; they are called on the
/// keyring's own thread only.
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
