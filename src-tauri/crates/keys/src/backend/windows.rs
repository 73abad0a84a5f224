use std::collections::HashMap;
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

    /// A credential is called `<user>.<service>`. The store divides that at the
    /// last dot, which is not where a service with dots begins.
    fn users(&self, store: &CredentialStore, service: &str) -> keyring_core::Result<Vec<String>> {
        let end = format!(".{service}");
        let pattern = end.replace('.', "\\.") + "$";
        let found = store.search(&HashMap::from([("pattern", pattern.as_str())]))?;
        let names = found.iter().filter_map(keyring_core::Entry::get_specifiers);
        Ok(names
            .filter_map(|(service, user)| {
                let name = format!("{user}.{service}");
                name.strip_suffix(&end).map(str::to_owned)
            })
            .collect())
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
