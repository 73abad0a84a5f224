use std::sync::Arc;

use keyring_core::CredentialStore;
use windows_native_keyring_store::Store;

use crate::{Error, backend::Backend};

/// Windows' Credential Manager.
pub(crate) struct Platform;

impl Backend for Platform {
    fn name(&self) -> &'static str {
        "Credential Manager"
    }

    fn open(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(Store::new()?)
    }

    /// It opens with the user's logon and is never locked.
    fn probe(&self) -> Result<(), Error> {
        Ok(())
    }

    /// `ERROR_NO_SUCH_LOGON_SESSION`: nothing to unlock.
    fn no_access_is_locked(&self) -> bool {
        false
    }
}
