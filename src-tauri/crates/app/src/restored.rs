//! What was brought back before a home opens.

use std::path::Path;

use accounts::Accounts;
use backup::{KeyOf, Restored};
use protocol::{IpcError, KeyToEnter, Notice};

/// The keys that are to be entered again, with their providers' pages of keys.
pub fn keys_to_enter(accounts: &Accounts, keys: Vec<KeyOf>) -> Vec<KeyToEnter> {
    let named = |key: KeyOf| {
        let manifest = accounts.manifest(&key.provider).ok();
        KeyToEnter {
            name: manifest
                .as_ref()
                .map_or_else(|| key.provider.clone(), |of| of.name.clone()),
            url: manifest.and_then(|of| of.keys_url.clone()),
            provider: key.provider,
            label: key.label,
        }
    };
    keys.into_iter().map(named).collect()
}

/// Ends a restore that was prepared, before anything of the home is opened.
///
/// # Errors
/// It stopped amid moving: the home is not to be opened.
pub(crate) fn finish(home: &Path, notices: &mut Vec<Notice>) -> Result<Option<Restored>, IpcError> {
    let error = match backup::finish(home) {
        Ok(restored) => return Ok(restored),
        Err(error) => error,
    };
    if backup::pending(home).is_none() {
        // Another process did it meanwhile.
        return Ok(None);
    }
    match backup::discard(home) {
        Ok(true) => {
            notices.push(Notice::NotRestored {
                error: error.into(),
            });
            Ok(None)
        }
        _ => Err(error.into()),
    }
}

/// What is said of a set that was brought back.
pub(crate) fn notice(restored: Restored, accounts: &Accounts) -> Notice {
    Notice::Restored {
        at: restored.at,
        aside: restored.aside.map(|aside| aside.display().to_string()),
        keys: keys_to_enter(accounts, restored.keys),
    }
}
