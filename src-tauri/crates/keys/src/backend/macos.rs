use std::sync::Arc;

use apple_native_keyring_store::keychain::Store;
use keyring_core::CredentialStore;

use crate::{Error, backend::Backend};

/// The user's login keychain.
pub(crate) struct Platform;

impl Backend for Platform {
    fn name(&self) -> &'static str {
        "Keychain"
    }

    fn open(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(Store::new()?)
    }

    /// The keychain is always there; whether it is locked shows on first use.
    fn probe(&self) -> Result<(), Error> {
        Ok(())
    }
}
