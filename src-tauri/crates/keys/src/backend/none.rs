use std::sync::Arc;

use keyring_core::CredentialStore;
use protocol::KeyringReason;

use crate::{Error, backend::Backend};

/// A system whose keyring is not known: keys live in memory only.
pub(crate) struct Platform;

impl Backend for Platform {
    fn name(&self) -> &'static str {
        "none"
    }

    fn open(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        Err(keyring_core::Error::NoDefaultStore)
    }

    fn users(&self, _: &CredentialStore, _: &str) -> keyring_core::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn probe(&self) -> Result<(), Error> {
        Err(Error::Unavailable {
            reason: KeyringReason::NoKeyring,
            detail: "no keyring is known for this system".to_owned(),
        })
    }
}
