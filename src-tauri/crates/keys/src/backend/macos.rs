use std::collections::HashMap;
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

    /// Attributes are read, which asks for no password.
    fn users(&self, store: &CredentialStore, service: &str) -> keyring_core::Result<Vec<String>> {
        let found = store.search(&HashMap::from([("service", service)]))?;
        let names = found.iter().filter_map(keyring_core::Entry::get_specifiers);
        Ok(names
            .filter(|(of, _)| of == service)
            .map(|(_, user)| user)
            .collect())
    }

    /// Its password is asked for within the call that needs it.
    fn asks_within(&self) -> bool {
        true
    }

    /// The keychain is always there; whether it is locked shows on first use.
    fn probe(&self) -> Result<(), Error> {
        Ok(())
    }
}
