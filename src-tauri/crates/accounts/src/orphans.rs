//! Keys in the keyring that no row knows: what is left of a history that was
//! set aside, or of another data folder.

use ::keys::EntryInfo;
use ::providers::AuthHeader;
use protocol::{ErrorCode, IpcError, Keep, KeyAdoptParams, KeyDiscardParams, KeyInfo, OrphanKey};
use stores::{KeyChange, KeyRow, now};

use super::{Accounts, keys::info, way::other_origin};

impl Accounts {
    /// Every key in the keyring that no provider has. Asks the person nothing.
    /// None where this history is not kept: then the one that is may know them.
    ///
    /// # Errors
    /// The keyring's, [`ErrorCode::Storage`].
    pub async fn orphans(&self) -> Result<Vec<OrphanKey>, IpcError> {
        if self.is_passing() {
            return Ok(Vec::new());
        }
        let manifests = self.manifests()?;
        let fits = |origin: &str| {
            let at = manifests.iter().filter(|one| one.origin() == origin);
            let takes =
                at.filter(|one| !matches!(one.auth_header(), Ok(AuthHeader::None) | Err(_)));
            takes.map(|one| one.id.clone()).collect()
        };
        let left = self.left_behind().await?;
        let shown = left.into_iter().map(|entry| OrphanKey {
            providers: fits(&entry.origin),
            id: entry.id,
            origin: entry.origin,
        });
        Ok(shown.collect())
    }

    /// Gives such a key to a provider, before its others.
    ///
    /// # Errors
    /// [`ErrorCode::KeyNotFound`] where it is no such key (any more);
    /// [`ErrorCode::KeyOtherOrigin`] where the provider is elsewhere;
    /// [`ErrorCode::ProviderNotFound`], the keyring's, [`ErrorCode::Storage`].
    pub async fn adopt_key(&self, params: KeyAdoptParams) -> Result<KeyInfo, IpcError> {
        let manifest = self.manifest(&params.provider)?;
        let entry = self.orphan(&params.id, &params.origin).await?;
        let row = KeyRow {
            last4: self.0.keys.last4(&entry.id, &entry.origin).await?,
            id: entry.id,
            provider: manifest.id.clone(),
            origin: entry.origin,
            label: params.label.trim().to_owned(),
            kept: Keep::Keyring,
            created_at: now(),
            used_at: None,
            rests_until: None,
            rests_because: None,
        };
        let origin = manifest.origin();
        if row.origin != origin {
            return Err(other_origin(&origin, &row));
        }
        let keep = row.clone();
        self.0.book.change_keys(KeyChange::Add(keep)).await?;
        Ok(info(row, true, true, now()))
    }

    /// Takes such a key out of the keyring.
    ///
    /// # Errors
    /// [`ErrorCode::KeyNotFound`] where it is no such key (any more); the
    /// keyring's, [`ErrorCode::Storage`].
    pub async fn discard_key(&self, params: &KeyDiscardParams) -> Result<(), IpcError> {
        let entry = self.orphan(&params.id, &params.origin).await?;
        Ok(self.0.keys.forget(&entry.id, &entry.origin).await?)
    }

    /// Everything that the app keeps in the keyring, whoever has it: keys, orphans, the
    /// password of the proxy. The person unlocks it first where it is locked. Nothing
    /// where there is no keyring and no row says that a key is in it.
    ///
    /// # Errors
    /// The keyring's.
    pub async fn kept_keys(&self) -> Result<Vec<EntryInfo>, IpcError> {
        let is_kept = |row: &KeyRow| row.kept == Keep::Keyring;
        match self.0.keys.entries_unlocked().await {
            Err(::keys::Error::Unavailable { .. } | ::keys::Error::NoCollection)
                if !self.0.book.keys().iter().any(is_kept) =>
            {
                Ok(Vec::new())
            }
            entries => Ok(entries?),
        }
    }

    /// Takes one of [`Accounts::kept_keys`] out of the keyring.
    ///
    /// # Errors
    /// The keyring's; it is still there.
    pub async fn forget_kept_key(&self, entry: &EntryInfo) -> Result<(), IpcError> {
        Ok(self.0.keys.forget(&entry.id, &entry.origin).await?)
    }

    async fn orphan(&self, id: &str, origin: &str) -> Result<EntryInfo, IpcError> {
        let mut left = self.left_behind().await?.into_iter();
        let found = left.find(|entry| entry.id == id && entry.origin == origin);
        found.ok_or_else(|| {
            IpcError::new(
                ErrorCode::KeyNotFound,
                "This key is not left over in the keyring any more: it was removed, or a provider has it. Look at the list again.",
            )
        })
    }

    async fn left_behind(&self) -> Result<Vec<EntryInfo>, IpcError> {
        let mut entries = self.0.keys.entries().await?;
        let rows = self.0.book.keys();
        // Of all that is kept under our name only keys have such ids.
        entries.retain(|entry| uuid::Uuid::parse_str(&entry.id).is_ok());
        entries.retain(|entry| !rows.iter().any(|row| row.id == entry.id));
        Ok(entries)
    }
}
