//! Keys go in, and what may be known of them comes out.

use std::{sync::Arc, time::Instant};

use ::keys::Secret;
use ::providers::Manifest;
use protocol::{
    ErrorCode, IpcError, Keep, KeyInfo, KeyOrderParams, KeySetParams, KeyTestParams, KeyTestReport,
    KeyringStatus, Millis,
};
use stores::{KeyChange, KeyRow, now};
use wire::Endpoint;

use super::{
    Accounts,
    models::listing,
    way::{auth, other_origin, resting},
};

impl Accounts {
    /// How the keyring stands.
    pub async fn keyring(&self) -> KeyringStatus {
        self.0.keys.status().await
    }

    /// Whether the keyring's prompt is open, and each time that changes.
    pub fn keyring_waiting(&self) -> tokio::sync::watch::Receiver<bool> {
        self.0.keys.waiting()
    }

    /// Ends every wait for the keyring's prompt, and closes it.
    pub fn stop_keyring(&self) {
        self.0.keys.stop();
    }

    /// Every key, as far as the page may know it, each provider's in the order
    /// they are tried.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn keys(&self) -> Result<Vec<KeyInfo>, IpcError> {
        let manifests = self.manifests()?;
        let moment = now();
        let mut shown: Vec<KeyInfo> = Vec::new();
        for row in self.0.book.keys().iter().cloned() {
            let manifest = manifests.iter().find(|one| one.id == row.provider);
            let usable = manifest.is_some_and(|one| one.origin() == row.origin);
            let chosen = shown
                .last()
                .is_none_or(|before| before.provider != row.provider);
            shown.push(info(row, chosen, usable, moment));
        }
        Ok(shown)
    }

    /// Stores a key, bound to the provider's present origin, before its others.
    /// Where the history ends with this run the key does too: the keyring would
    /// hold one that nobody knows.
    ///
    /// # Errors
    /// [`ErrorCode::KeyNotUsable`], the keyring's, [`ErrorCode::Storage`].
    pub async fn set_key(&self, params: KeySetParams) -> Result<KeyInfo, IpcError> {
        let manifest = self.manifest(&params.provider)?;
        let secret = Secret::parse(params.key)?;
        let kept = if self.is_passing() {
            Keep::Session
        } else {
            params.keep
        };
        let row = KeyRow {
            id: uuid::Uuid::now_v7().to_string(),
            provider: manifest.id.clone(),
            origin: manifest.origin(),
            label: params.label.trim().to_owned(),
            last4: secret.last4(),
            kept,
            created_at: now(),
            used_at: None,
            rests_until: None,
            rests_because: None,
        };
        let keys = &self.0.keys;
        keys.put(&row.id, &row.origin, secret, kept).await?;
        let keep = row.clone();
        if let Err(error) = self.0.book.change_keys(KeyChange::Add(keep)).await {
            keys.forget(&row.id, &row.origin).await?;
            return Err(error);
        }
        Ok(info(row, true, true, now()))
    }

    /// Takes a key out of the keyring and forgets it.
    ///
    /// # Errors
    /// The keyring's; then the key stays listed.
    pub async fn remove_key(&self, id: &str) -> Result<(), IpcError> {
        let keys = self.0.book.keys();
        if let Some(row) = keys.iter().find(|row| row.id == id) {
            self.0.keys.forget(&row.id, &row.origin).await?;
            let removed = KeyChange::Remove(id.to_owned());
            self.0.book.change_keys(removed).await?;
        }
        Ok(())
    }

    /// Makes a key the first of its provider's.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`], [`ErrorCode::NotFound`].
    pub async fn choose_key(&self, id: &str) -> Result<(), IpcError> {
        let chosen = KeyChange::Choose(id.to_owned());
        self.0.book.change_keys(chosen).await
    }

    /// Puts a provider's keys in the order they are tried.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`], [`ErrorCode::NotFound`] for an id that is none
    /// of its keys': nothing changes then.
    pub async fn order_keys(&self, params: KeyOrderParams) -> Result<(), IpcError> {
        let ordered = KeyChange::Order {
            provider: params.provider,
            ids: params.ids,
        };
        self.0.book.change_keys(ordered).await
    }

    /// Gives a key another name.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`], [`ErrorCode::NotFound`].
    pub async fn rename_key(&self, id: &str, label: &str) -> Result<(), IpcError> {
        let renamed = KeyChange::Rename {
            id: id.to_owned(),
            label: label.trim().to_owned(),
        };
        self.0.book.change_keys(renamed).await
    }

    /// Asks the provider for its models with a key, stored or just typed. A
    /// list that comes is kept as with [`Accounts::models`].
    ///
    /// # Errors
    /// Only what keeps the question from being asked; what the provider
    /// answers is in the report.
    pub async fn test_key(&self, params: KeyTestParams) -> Result<KeyTestReport, IpcError> {
        let manifest = self.manifest(&params.provider)?;
        let stored = params.id.filter(|_| params.key.is_none());
        let endpoint = match params.key {
            Some(typed) => {
                let secret = Secret::parse(typed)?;
                let header = auth(&manifest)?.map(|auth| secret.authorization(&auth));
                self.way(&manifest, header.transpose()?).await?
            }
            None => {
                let row = stored.as_deref().map(|id| self.key_of(&manifest, id));
                self.endpoint(&manifest, row.transpose()?.as_ref()).await?
            }
        };
        let report = self.ask_for_models(&manifest, &endpoint).await;
        if let (Some(id), Some(true)) = (&stored, report.accepted) {
            self.used(id);
        }
        Ok(report)
    }

    async fn ask_for_models(&self, manifest: &Arc<Manifest>, endpoint: &Endpoint) -> KeyTestReport {
        let begun = Instant::now();
        let (listing, from) = listing(manifest, endpoint);
        let answer = self.client().models(&from, &listing).await;
        let took_ms = millis(begun);
        match answer {
            Ok(models) => {
                let count = u32::try_from(models.len()).ok();
                // What cannot be kept was still answered.
                let kept = self.keep_listing(manifest, models).await;
                self.listing_ended(manifest, &kept);
                KeyTestReport {
                    reachable: true,
                    accepted: self.told_by_the_key(manifest).await,
                    models: count,
                    took_ms,
                    error: None,
                }
            }
            Err(error) => report(error.into(), manifest.listing().is_some(), took_ms),
        }
    }

    /// A list of models proves a key only where it is refused without one.
    async fn told_by_the_key(&self, manifest: &Manifest) -> Option<bool> {
        auth(manifest).ok()??;
        let endpoint = self.way(manifest, None).await.ok()?;
        let (listing, from) = listing(manifest, &endpoint);
        let answer = self.client().models(&from, &listing).await;
        let refused = answer.err().map(|error| IpcError::from(error).code);
        refused.filter(|code| !in_passing(*code)).map(|_| true)
    }

    /// A stored key of this provider, for where it is now.
    pub(super) fn key_of(&self, manifest: &Manifest, id: &str) -> Result<KeyRow, IpcError> {
        let all = self.0.book.keys_of(&manifest.id);
        let row = all.into_iter().find(|row| row.id == id).ok_or_else(|| {
            IpcError::new(
                ErrorCode::KeyNotFound,
                "This key is no longer stored. Enter it again.",
            )
        })?;
        let origin = manifest.origin();
        if row.origin == origin {
            Ok(row)
        } else {
            Err(other_origin(&origin, &row))
        }
    }
}

pub(super) fn info(row: KeyRow, chosen: bool, usable: bool, moment: Millis) -> KeyInfo {
    let rests_until = resting(row.rests_until, moment);
    KeyInfo {
        id: row.id,
        provider: row.provider,
        origin: row.origin,
        label: row.label,
        last4: row.last4,
        kept: row.kept,
        chosen,
        usable,
        created_at: row.created_at,
        used_at: row.used_at,
        rests_because: row.rests_because.filter(|_| rests_until.is_some()),
        rests_until,
    }
}

/// Says nothing of how the question was asked.
fn in_passing(code: ErrorCode) -> bool {
    use ErrorCode::*;
    matches!(
        code,
        Network | Proxy | Certificate | Timeout | ProviderDown | RateLimit
    )
}

/// What an error of the list tells. Of a provider that is not known to have a
/// list (`listed` is false) one that is not there tells nothing.
fn report(error: IpcError, listed: bool, took_ms: u32) -> KeyTestReport {
    use ErrorCode::*;
    let code = error.code;
    let no_list = !listed && matches!(code, NotAnApi | BadRequest | ModelNotFound | BadAnswer);
    let unreachable = matches!(
        code,
        Network | Proxy | Certificate | Timeout | Redirect | NotAnApi
    );
    KeyTestReport {
        reachable: no_list || !unreachable,
        accepted: match code {
            KeyRefused | Forbidden => Some(false),
            NoBalance | RateLimit => Some(true),
            _ => None,
        },
        models: None,
        took_ms,
        error: (!no_list).then_some(error),
    }
}

/// Time since then, in milliseconds.
pub(super) fn millis(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX)
}
